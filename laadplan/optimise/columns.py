"""The columns of the model in PuLP: which variables there are, their names and their worth.

In: a `Problem`, and which options may be taken. Out: a `Model` without constraints, and the means to add them.
Variables are named by id, so that equal problems give equal models whatever the order of the rows they were made of.

Names
-----
``open_<site>_<option>`` (y), then ``kwh_<demand>_<site>_<period>`` (x) or ``covered_<demand>_<period>`` (z, share of
the demand served), then ``over_<limit>`` and ``short_<group>``.
"""

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


def make_columns(problem: Problem, kept: Flags, *, strong: bool) -> Model:
    """A model with variables and objective, for the options kept (o).

    Raises
    ------
    ValueError
        A site that must be taken keeps no option.
    """
    _refuse_unkept(problem, kept)
    plain = _is_plain(problem, kept)
    served, period = _served_pairs(problem, kept, plain=plain)
    model = Model(
        lp=pulp.LpProblem("laadplan", pulp.LpMaximize),
        problem=problem,
        plain=plain,
        strong=strong,
        options=np.flatnonzero(kept),
        served=served,
        period=period,
        soft=np.flatnonzero(np.isfinite(problem.limits.penalty)),
        floors=np.flatnonzero(problem.groups.least_kwh > 0),
        variables=[],
    )
    _add_variables(model)
    model.lp.setObjective(pulp.LpAffineExpression(zip(model.variables, _worths(model).tolist(), strict=True)))
    return model


def reach_kwh(problem: Problem) -> Floats:
    """Per site and period (m, t): kWh of all demand in reach."""
    sums = [
        np.bincount(problem.arc_site, column[problem.arc_demand], minlength=len(problem.site_ids))
        for column in problem.demand_kwh.T
    ]
    return np.stack(sums, axis=1)


def arc_options(model: Model) -> tuple[Wholes, Wholes]:
    """Every arc with every open variable of its site: places of both."""
    problem = model.problem
    many = np.bincount(problem.option_site[model.options], minlength=len(problem.site_ids))
    first = np.concatenate([[0], np.cumsum(many)])[:-1]
    times = many[problem.arc_site]
    arcs = np.repeat(np.arange(len(times)), times)
    within = np.arange(len(arcs)) - np.repeat(np.cumsum(times) - times, times)
    return arcs, first[problem.arc_site[arcs]] + within


def served_names(model: Model, kind: str) -> list[str]:
    """A name for each served variable, or for a row of its own."""
    problem, period = model.problem, model.period.tolist()
    if model.plain:
        pairs = zip(model.served.tolist(), period, strict=True)
        return [f"{kind}_{problem.demand_ids[i]}_{t}" for i, t in pairs]
    ends = zip(problem.arc_demand[model.served].tolist(), problem.arc_site[model.served].tolist(), period, strict=True)
    return [f"{kind}_{problem.demand_ids[i]}_{problem.site_ids[j]}_{t}" for i, j, t in ends]


def make_matrix(model: Model, row: Wholes, column: Wholes, value: Floats, rows: int) -> csr_array:
    """Rows over all variables; what is named twice is added up."""
    return coo_array((value, (row, column)), shape=(rows, len(model.variables))).tocsr()


def add_rows(model: Model, names: list[str], matrix: csr_array, sense: str, limit: Floats) -> None:
    """Adds a row per name to the problem, without the empty ones that hold anyway."""
    start, columns, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    for name, begin, end, most in zip(_distinct(names), start[:-1], start[1:], limit.tolist(), strict=True):
        if begin == end and (most >= 0.0 if sense == "<=" else most <= 0.0):
            continue
        terms = zip([model.variables[column] for column in columns[begin:end]], values[begin:end], strict=True)
        row = pulp.LpConstraint(pulp.LpAffineExpression(terms), SENSES[sense], name=name, rhs=most)
        model.lp.addConstraint(row)


def _refuse_unkept(problem: Problem, kept: Flags) -> None:
    left = np.bincount(problem.option_site[kept], minlength=len(problem.site_ids))
    without = np.flatnonzero(problem.must & (left == 0))
    if len(without):
        raise ValueError(f"Site {problem.site_ids[without[0]]} must be taken and none of its options is kept.")


def _is_plain(problem: Problem, kept: Flags) -> bool:
    """Whether no capacity can bind and all arcs to a point are worth the same."""
    capacity, reach = problem.option_capacity[kept], reach_kwh(problem)[problem.option_site[kept]]
    if not ((capacity <= 0) | (capacity >= reach)).all():
        return False
    worth = np.zeros(len(problem.demand_ids))
    worth[problem.arc_demand] = problem.arc_worth
    return bool((worth[problem.arc_demand] == problem.arc_worth).all())


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
    served = _distinct(served_names(model, "covered" if model.plain else "kwh"))
    model.variables.extend(lp.add_variable(name, 0.0, share) for name in served)
    for kind, ids, places in (("over", problem.limits.ids, model.soft), ("short", problem.groups.ids, model.floors)):
        names = _distinct([f"{kind}_{ids[place]}" for place in places.tolist()])
        model.variables.extend(lp.add_variable(name, 0.0) for name in names)


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
