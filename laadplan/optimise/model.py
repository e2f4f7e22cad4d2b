"""The siting problem as a model in PuLP, one function per constraint; the formula stands in `laadplan.optimise.problem`.

In: a `Problem`, and which options may be taken. Out: a `Model`: the PuLP problem with its variables. Hard decisions:
variables are named by id, so that equal problems give equal models; rows are made sparsely in numpy and handed to PuLP
without its operators; where capacity never binds and each kWh of a demand point is worth the same everywhere (plain
coverage), one variable per demand point stands for all its arcs.

Columns
-------
``open_<site>_<option>`` (y), then ``kwh_<demand>_<site>_<period>`` (x) or ``covered_<demand>_<period>`` (z, share of
the demand served), then ``over_<limit>`` and ``short_<group>``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pulp
from scipy.sparse import coo_array, csr_array

from laadplan.optimise.problem import Flags, Floats, Problem, Wholes

UNWRITABLE = str.maketrans("-+[] ->/", "________")
"""PuLP writes each of these in a name as an underscore."""

SENSES = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "=": pulp.LpConstraintEQ}


@dataclass(frozen=True)
class Model:
    """A PuLP problem with the places of what its variables stand for.

    Attributes
    ----------
    lp, problem
        The PuLP problem, and the `Problem` that it is a model of.
    plain
        Whether a served variable is the share of a demand point that is covered, instead of the kWh over an arc.
    strong
        Whether each kWh variable is linked to the options of its site, and not only by capacity.
    options
        Per open variable (c): place of its option.
    served, period
        Per served variable (x): place of its arc, in a plain model of its demand point; and its period.
    soft, floors
        Per over variable: place of its limit; per short variable: place of its group.
    variables
        All of them: open, served, over, short.
    """

    lp: pulp.LpProblem
    problem: Problem
    plain: bool
    strong: bool
    options: Wholes
    served: Wholes
    period: Wholes
    soft: Wholes
    floors: Wholes
    variables: list[pulp.LpVariable]

    @property
    def blocks(self) -> tuple[int, int, int]:
        """Where the served, over and short variables begin."""
        first = len(self.options)
        return first, first + len(self.served), first + len(self.served) + len(self.soft)


def build_model(problem: Problem, *, keep: Flags | None = None, strong: bool = True) -> Model:
    """The model of a problem.

    Parameters
    ----------
    keep
        Per option (o): whether it may be taken; what is left out has no variables. A bound of such a model is no bound
        of the problem. Default: all.
    strong
        Whether each arc is linked to its site in a row of its own: more rows, and a far better bound.

    Raises
    ------
    ValueError
        A site that must be taken keeps no option.
    """
    kept = np.ones(len(problem.option_ids), dtype=bool) if keep is None else np.asarray(keep, dtype=bool)
    _refuse_unkept(problem, kept)
    plain = _is_plain(problem, kept)
    served, period = _served_pairs(problem, kept, plain=plain)
    lp = pulp.LpProblem("laadplan", pulp.LpMaximize)
    options = np.flatnonzero(kept)
    soft = np.flatnonzero(np.isfinite(problem.limits.penalty))
    floors = np.flatnonzero(problem.groups.least_kwh > 0)
    model = Model(lp, problem, plain, strong, options, served, period, soft, floors, [])
    _add_variables(model)
    lp.setObjective(pulp.LpAffineExpression(zip(model.variables, _worths(model).tolist(), strict=True)))
    if plain:
        cover_only_by_what_is_open(model)
    else:
        serve_at_most_demand(model)
        serve_at_most_capacity(model)
        if strong:
            serve_only_from_what_is_open(model)
    take_one_option(model)
    keep_limits(model)
    serve_groups(model)
    return model


def cover_only_by_what_is_open(model: Model) -> None:
    """``z_it <= sum of y_o over the options that reach i and have capacity in t``: demand and linking in one.

    Of a site at most one option is taken, and one that reaches a point can serve all of it.
    """
    problem = model.problem
    entries, options = _arc_options(model)
    point, periods = problem.arc_demand[entries], len(problem.period_worth)
    rows, columns = [], []
    for period in range(periods):
        opens = problem.option_capacity[model.options[options], period] > 0
        rows.append(point[opens] * periods + period)
        columns.append(options[opens])
    row_of = np.full(len(problem.demand_ids) * periods, -1)
    row_of[model.served * periods + model.period] = np.arange(len(model.served))
    row, column = row_of[np.concatenate(rows)], np.concatenate(columns)
    row, column = row[row >= 0], column[row >= 0]
    first, own = model.blocks[0], np.arange(len(model.served))
    matrix = _matrix(
        model,
        np.concatenate([own, row]),
        np.concatenate([first + own, column]),
        np.concatenate([np.ones(len(own)), -np.ones(len(row))]),
        len(own),
    )
    _add_rows(model, _served_names(model, "cover"), matrix, "<=", np.zeros(len(own)))


def serve_at_most_demand(model: Model) -> None:
    """``sum_j x_ijt <= demand_it`` for every demand point and period."""
    problem = model.problem
    place = problem.arc_demand[model.served] * len(problem.period_worth) + model.period
    found, row = np.unique(place, return_inverse=True)
    point, period = np.divmod(found, len(problem.period_worth))
    matrix = _matrix(model, row, model.blocks[0] + np.arange(len(row)), np.ones(len(row)), len(found))
    names = [f"demand_{problem.demand_ids[i]}_{t}" for i, t in zip(point.tolist(), period.tolist(), strict=True)]
    _add_rows(model, names, matrix, "<=", problem.demand_kwh[point, period])


def serve_at_most_capacity(model: Model) -> None:
    """``sum_i x_ijt <= sum_{o of j} capacity_ot y_o`` for every site and period.

    A capacity counts for no more than all demand in reach; where no option has less, the linking says it already.
    """
    problem = model.problem
    periods = len(problem.period_worth)
    place = problem.arc_site[model.served] * periods + model.period
    reach = _reach(problem).ravel()
    effective = np.minimum(problem.option_capacity[model.options], _reach(problem)[problem.option_site[model.options]])
    option_place = problem.option_site[model.options][:, None] * periods + np.arange(periods)
    binds = np.ones(len(reach), dtype=bool)
    if model.strong:
        binds[:] = False
        binds[option_place[(effective > 0) & (effective < reach[option_place])]] = True
    found = np.intersect1d(place, np.flatnonzero(binds))
    row_of = np.full(len(reach), -1)
    row_of[found] = np.arange(len(found))
    served = np.flatnonzero(row_of[place] >= 0)
    option, period = np.nonzero((row_of[option_place] >= 0) & (effective > 0))
    matrix = _matrix(
        model,
        np.concatenate([row_of[place[served]], row_of[option_place[option, period]]]),
        np.concatenate([model.blocks[0] + served, option]),
        np.concatenate([np.ones(len(served)), -effective[option, period]]),
        len(found),
    )
    names = [f"capacity_{problem.site_ids[at // periods]}_{at % periods}" for at in found.tolist()]
    _add_rows(model, names, matrix, "<=", np.zeros(len(found)))


def serve_only_from_what_is_open(model: Model) -> None:
    """``x_ijt <= sum_{o of j} min(demand_it, capacity_ot) y_o`` for every arc and period.

    The least of the two says more than the demand alone, and what it leaves out no option could serve.
    """
    problem = model.problem
    rows = np.full((len(problem.arc_demand), len(problem.period_worth)), -1)
    rows[model.served, model.period] = np.arange(len(model.served))
    arcs, options = _arc_options(model)
    least = np.minimum(problem.option_capacity[model.options[options]], problem.demand_kwh[problem.arc_demand[arcs]])
    entry, period = np.nonzero((least > 0) & (rows[arcs] >= 0))
    own = np.arange(len(model.served))
    matrix = _matrix(
        model,
        np.concatenate([own, rows[arcs[entry], period]]),
        np.concatenate([model.blocks[0] + own, options[entry]]),
        np.concatenate([np.ones(len(own)), -least[entry, period]]),
        len(own),
    )
    _add_rows(model, _served_names(model, "link"), matrix, "<=", np.zeros(len(own)))


def take_one_option(model: Model) -> None:
    """``sum_{o of j} y_o <= 1`` for every site with more options, ``= 1`` where the site must be taken."""
    problem = model.problem
    site = problem.option_site[model.options]
    for sense, meant in (
        ("=", problem.must),
        ("<=", ~problem.must & (np.bincount(site, minlength=len(problem.site_ids)) > 1)),
    ):
        sites = np.flatnonzero(meant)
        row = np.full(len(meant), -1)
        row[sites] = np.arange(len(sites))
        columns = np.flatnonzero(row[site] >= 0)
        matrix = _matrix(model, row[site[columns]], columns, np.ones(len(columns)), len(sites))
        _add_rows(model, [f"one_{problem.site_ids[j]}" for j in sites.tolist()], matrix, sense, np.ones(len(sites)))


def keep_limits(model: Model) -> None:
    """``sum_o use_ro y_o - over_r <= limit_r``, without over_r where the penalty is infinite."""
    limits = model.problem.limits
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    column = np.full(len(model.problem.option_ids), -1)
    column[model.options] = np.arange(len(model.options))
    kept = column[limits.option] >= 0
    matrix = _matrix(
        model,
        np.concatenate([row[kept], model.soft]),
        np.concatenate([column[limits.option[kept]], model.blocks[1] + np.arange(len(model.soft))]),
        np.concatenate([limits.use[kept], -np.ones(len(model.soft))]),
        len(limits.ids),
    )
    _add_rows(model, [f"limit_{name}" for name in limits.ids], matrix, "<=", limits.limit)


def serve_groups(model: Model) -> None:
    """``sum of x over the demand of group g + short_g >= least_g`` for every group with a least amount above nil."""
    problem, floors = model.problem, model.floors
    point = model.served if model.plain else problem.arc_demand[model.served]
    row_of = np.append(np.full(len(problem.groups.ids), -1), -1)  # group -1 is the last: none
    row_of[floors] = np.arange(len(floors))
    row = row_of[problem.demand_group[point]]
    served = np.flatnonzero(row >= 0)
    kwh = problem.demand_kwh[point, model.period] if model.plain else np.ones(len(point))
    matrix = _matrix(
        model,
        np.concatenate([row[served], np.arange(len(floors))]),
        np.concatenate([model.blocks[0] + served, model.blocks[2] + np.arange(len(floors))]),
        np.concatenate([kwh[served], np.ones(len(floors))]),
        len(floors),
    )
    names = [f"group_{problem.groups.ids[g]}" for g in floors.tolist()]
    _add_rows(model, names, matrix, ">=", problem.groups.least_kwh[floors])


def _refuse_unkept(problem: Problem, kept: Flags) -> None:
    left = np.bincount(problem.option_site[kept], minlength=len(problem.site_ids))
    without = np.flatnonzero(problem.must & (left == 0))
    if len(without):
        raise ValueError(f"Site {problem.site_ids[without[0]]} must be taken and none of its options is kept.")


def _is_plain(problem: Problem, kept: Flags) -> bool:
    """Whether no capacity can bind and all arcs to a point are worth the same."""
    capacity, reach = problem.option_capacity[kept], _reach(problem)[problem.option_site[kept]]
    if not ((capacity <= 0) | (capacity >= reach)).all():
        return False
    worth = np.zeros(len(problem.demand_ids))
    worth[problem.arc_demand] = problem.arc_worth
    return bool((worth[problem.arc_demand] == problem.arc_worth).all())


def _reach(problem: Problem) -> Floats:
    """Per site and period (m, t): kWh of all demand in reach."""
    sums = [
        np.bincount(problem.arc_site, column[problem.arc_demand], minlength=len(problem.site_ids))
        for column in problem.demand_kwh.T
    ]
    return np.stack(sums, axis=1)


def _served_pairs(problem: Problem, kept: Flags, *, plain: bool) -> tuple[Wholes, Wholes]:
    """Arc (in a plain model: demand point) and period of everything that could be served at all."""
    opens = np.zeros((len(problem.site_ids), len(problem.period_worth)), dtype=bool)
    np.logical_or.at(opens, problem.option_site[kept], problem.option_capacity[kept] > 0)
    could = opens[problem.arc_site] & (problem.demand_kwh[problem.arc_demand] > 0)
    if plain:
        covered = np.zeros(problem.demand_kwh.shape, dtype=bool)
        arc, period = np.nonzero(could)
        covered[problem.arc_demand[arc], period] = True
        could = covered
    place, period = np.nonzero(could)
    return place, period


def _add_variables(model: Model) -> None:
    problem, lp = model.problem, model.lp
    opens = [
        f"open_{problem.site_ids[j]}_{problem.option_ids[o]}"
        for j, o in zip(problem.option_site[model.options].tolist(), model.options.tolist(), strict=True)
    ]
    model.variables.extend(lp.add_variable(name, cat=pulp.LpBinary) for name in _distinct(opens))
    share = 1.0 if model.plain else None
    served = _distinct(_served_names(model, "covered" if model.plain else "kwh"))
    model.variables.extend(lp.add_variable(name, 0.0, share) for name in served)
    for kind, ids, places in (("over", problem.limits.ids, model.soft), ("short", problem.groups.ids, model.floors)):
        names = _distinct([f"{kind}_{ids[place]}" for place in places.tolist()])
        model.variables.extend(lp.add_variable(name, 0.0) for name in names)


def _served_names(model: Model, kind: str) -> list[str]:
    problem, period = model.problem, model.period.tolist()
    if model.plain:
        pairs = zip(model.served.tolist(), period, strict=True)
        return [f"{kind}_{problem.demand_ids[i]}_{t}" for i, t in pairs]
    ends = zip(
        problem.arc_demand[model.served].tolist(), problem.arc_site[model.served].tolist(), period, strict=True
    )
    return [f"{kind}_{problem.demand_ids[i]}_{problem.site_ids[j]}_{t}" for i, j, t in ends]


def _distinct(names: list[str]) -> list[str]:
    """The names as PuLP writes them, numbered where two would be written alike."""
    written = [name.translate(UNWRITABLE) for name in names]
    if len(set(written)) == len(written):
        return written
    return [f"{name.split('_', 1)[0]}_{place}.{name}" for place, name in enumerate(written)]


def _worths(model: Model) -> Floats:
    """What one of each variable adds to the objective."""
    problem = model.problem
    if model.plain:
        worth = np.zeros(len(problem.demand_ids))
        worth[problem.arc_demand] = problem.arc_worth
        served = worth[model.served] * problem.demand_kwh[model.served, model.period]
    else:
        served = problem.arc_worth[model.served]
    return np.concatenate(
        [
            problem.option_worth[model.options],
            served * problem.period_worth[model.period],
            -problem.limits.penalty[model.soft],
            -problem.groups.penalty[model.floors],
        ]
    )


def _arc_options(model: Model) -> tuple[Wholes, Wholes]:
    """Every arc with every open variable of its site: places of both."""
    problem = model.problem
    many = np.bincount(problem.option_site[model.options], minlength=len(problem.site_ids))
    first = np.concatenate([[0], np.cumsum(many)])[:-1]
    times = many[problem.arc_site]
    arcs = np.repeat(np.arange(len(times)), times)
    within = np.arange(len(arcs)) - np.repeat(np.cumsum(times) - times, times)
    return arcs, first[problem.arc_site[arcs]] + within


def _matrix(model: Model, row: Wholes, column: Wholes, value: Floats, rows: int) -> csr_array:
    """Rows over all variables; what is named twice is added up."""
    return coo_array((value, (row, column)), shape=(rows, len(model.variables))).tocsr()


def _add_rows(model: Model, names: list[str], matrix: csr_array, sense: str, limit: Floats) -> None:
    """Adds the rows to the problem, without those that hold for nothing and any limit."""
    start, columns, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    variables: Sequence[pulp.LpVariable] = model.variables
    for name, begin, end, most in zip(_distinct(names), start[:-1], start[1:], limit.tolist(), strict=True):
        terms = zip([variables[column] for column in columns[begin:end]], values[begin:end], strict=True)
        row = pulp.LpConstraint(pulp.LpAffineExpression(terms), SENSES[sense], name=name, rhs=most)
        model.lp.addConstraint(row)
