"""The siting problem as a model in PuLP, one function per constraint.

In: a `Problem`, and which options may be taken. Out: a `Model`: the PuLP problem with its variables. The formula stands
in `laadplan.optimise.problem`. Hard decisions: rows are made sparsely in numpy and given to PuLP without its operators;
where capacity never binds and each kWh of a demand point is worth the same everywhere (plain coverage), one variable
per demand point stands for all its arcs.
"""

import numpy as np

from laadplan.optimise.columns import Model, add_rows, arc_options, make_columns, make_matrix, reach_kwh, served_names
from laadplan.optimise.problem import Flags, Problem


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
    model = make_columns(problem, kept, strong=strong)
    if model.plain:
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
    entries, options = arc_options(model)
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
    matrix = make_matrix(
        model,
        np.concatenate([own, row]),
        np.concatenate([first + own, column]),
        np.concatenate([np.ones(len(own)), -np.ones(len(row))]),
        len(own),
    )
    add_rows(model, served_names(model, "cover"), matrix, "<=", np.zeros(len(own)))


def serve_at_most_demand(model: Model) -> None:
    """``sum_j x_ijt <= demand_it`` for every demand point and period."""
    problem = model.problem
    place = problem.arc_demand[model.served] * len(problem.period_worth) + model.period
    found, row = np.unique(place, return_inverse=True)
    point, period = np.divmod(found, len(problem.period_worth))
    matrix = make_matrix(model, row, model.blocks[0] + np.arange(len(row)), np.ones(len(row)), len(found))
    names = [f"demand_{problem.demand_ids[i]}_{t}" for i, t in zip(point.tolist(), period.tolist(), strict=True)]
    add_rows(model, names, matrix, "<=", problem.demand_kwh[point, period])


def serve_at_most_capacity(model: Model) -> None:
    """``sum_i x_ijt <= sum_{o of j} capacity_ot y_o`` for every site and period.

    A capacity counts for no more than all demand in reach; where no option has less, the linking says it already.
    """
    problem = model.problem
    periods = len(problem.period_worth)
    place = problem.arc_site[model.served] * periods + model.period
    reach = reach_kwh(problem).ravel()
    effective = np.minimum(
        problem.option_capacity[model.options], reach_kwh(problem)[problem.option_site[model.options]]
    )
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
    matrix = make_matrix(
        model,
        np.concatenate([row_of[place[served]], row_of[option_place[option, period]]]),
        np.concatenate([model.blocks[0] + served, option]),
        np.concatenate([np.ones(len(served)), -effective[option, period]]),
        len(found),
    )
    names = [f"capacity_{problem.site_ids[at // periods]}_{at % periods}" for at in found.tolist()]
    add_rows(model, names, matrix, "<=", np.zeros(len(found)))


def serve_only_from_what_is_open(model: Model) -> None:
    """``x_ijt <= sum_{o of j} min(demand_it, capacity_ot) y_o`` for every arc and period.

    The least of the two says more than the demand alone, and what it leaves out no option could serve.
    """
    problem = model.problem
    rows = np.full((len(problem.arc_demand), len(problem.period_worth)), -1)
    rows[model.served, model.period] = np.arange(len(model.served))
    arcs, options = arc_options(model)
    least = np.minimum(problem.option_capacity[model.options[options]], problem.demand_kwh[problem.arc_demand[arcs]])
    entry, period = np.nonzero((least > 0) & (rows[arcs] >= 0))
    own = np.arange(len(model.served))
    matrix = make_matrix(
        model,
        np.concatenate([own, rows[arcs[entry], period]]),
        np.concatenate([model.blocks[0] + own, options[entry]]),
        np.concatenate([np.ones(len(own)), -least[entry, period]]),
        len(own),
    )
    add_rows(model, served_names(model, "link"), matrix, "<=", np.zeros(len(own)))


def take_one_option(model: Model) -> None:
    """``sum_{o of j} y_o <= 1`` for every site with more options, ``= 1`` where the site must be taken."""
    problem = model.problem
    site = problem.option_site[model.options]
    for name, sense, meant in (
        ("must", "=", problem.must),
        ("one", "<=", ~problem.must & (np.bincount(site, minlength=len(problem.site_ids)) > 1)),
    ):
        sites = np.flatnonzero(meant)
        row = np.full(len(meant), -1)
        row[sites] = np.arange(len(sites))
        columns = np.flatnonzero(row[site] >= 0)
        matrix = make_matrix(model, row[site[columns]], columns, np.ones(len(columns)), len(sites))
        add_rows(model, [f"{name}_{problem.site_ids[j]}" for j in sites.tolist()], matrix, sense, np.ones(len(sites)))


def keep_limits(model: Model) -> None:
    """``sum_o use_ro y_o - over_r <= limit_r``, without over_r where the penalty is infinite."""
    limits = model.problem.limits
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    column = np.full(len(model.problem.option_ids), -1)
    column[model.options] = np.arange(len(model.options))
    kept = column[limits.option] >= 0
    matrix = make_matrix(
        model,
        np.concatenate([row[kept], model.soft]),
        np.concatenate([column[limits.option[kept]], model.blocks[1] + np.arange(len(model.soft))]),
        np.concatenate([limits.use[kept], -np.ones(len(model.soft))]),
        len(limits.ids),
    )
    add_rows(model, [f"limit_{name}" for name in limits.ids], matrix, "<=", limits.limit)


def serve_groups(model: Model) -> None:
    """``sum of x over the demand of group g + short_g >= least_g`` for every group with a least amount above nil."""
    problem, floors = model.problem, model.floors
    point = model.served if model.plain else problem.arc_demand[model.served]
    row_of = np.append(np.full(len(problem.groups.ids), -1), -1)  # group -1 is the last: none
    row_of[floors] = np.arange(len(floors))
    row = row_of[problem.demand_group[point]]
    served = np.flatnonzero(row >= 0)
    kwh = problem.demand_kwh[point, model.period] if model.plain else np.ones(len(point))
    matrix = make_matrix(
        model,
        np.concatenate([row[served], np.arange(len(floors))]),
        np.concatenate([model.blocks[0] + served, model.blocks[2] + np.arange(len(floors))]),
        np.concatenate([kwh[served], np.ones(len(floors))]),
        len(floors),
    )
    names = [f"group_{problem.groups.ids[g]}" for g in floors.tolist()]
    add_rows(model, names, matrix, ">=", problem.groups.least_kwh[floors])
