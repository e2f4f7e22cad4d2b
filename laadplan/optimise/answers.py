"""From the variables of a model to a plan and back.

In: a `Model` and either the values that a solver gave its variables, or a plan to begin from. Out: a `Choice`, or
values. A solver keeps its rows to a tolerance only: what is read back is cut to what the taken options and the demand
allow, so that a plan is exact whatever solver made it.
"""

import numpy as np

from laadplan.optimise.columns import Model
from laadplan.optimise.problem import NONE, Choice, Flags, Floats, Problem, Wholes

WHOLE_WITHIN = 1e-4
"""A solver's value this near to 0 or 1 is that number; solvers themselves keep to 1e-6 of it."""


def choice_of(model: Model, values: Floats) -> Choice | None:
    """The plan that the values of the variables stand for; None when an open variable is neither 0 nor 1."""
    first, over, _ = model.blocks
    opens = values[:first]
    if not (np.isfinite(values).all() and (np.abs(opens - np.round(opens)) <= WHOLE_WITHIN).all()):
        return None
    problem = model.problem
    taken = np.full(len(problem.site_ids), NONE)
    options = model.options[opens > WHOLE_WITHIN]
    taken[problem.option_site[options]] = options
    if model.plain:
        return Choice(taken, _served_by_first(problem, taken))
    served = np.zeros((len(problem.arc_demand), len(problem.period_worth)))
    served[model.served, model.period] = np.maximum(values[first:over], 0.0)
    return Choice(taken, _cut(problem, taken, served))


def values_of(model: Model, choice: Choice) -> Floats:
    """Values of the variables that stand for a plan.

    Raises
    ------
    ValueError
        The plan takes an option that the model leaves out.
    """
    problem = model.problem
    is_taken = np.zeros(len(problem.option_ids), dtype=bool)
    is_taken[choice.taken[choice.taken != NONE]] = True
    opens = is_taken[model.options]
    if opens.sum() < is_taken.sum():
        raise ValueError("The plan to begin from takes an option that the model leaves out.")
    limits = problem.limits
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    used = np.bincount(row, limits.use * is_taken[limits.option], minlength=len(limits.ids))
    kwh = choice.served_kwh
    if model.plain:
        kwh = _served_by_first(problem, choice.taken)
        covered = _per_demand(problem, kwh) > 0
        served = covered[model.served, model.period].astype(float)
    else:
        served = kwh[model.served, model.period]
    short = problem.groups.least_kwh - served_by_group(problem, kwh)
    return np.concatenate(
        [
            opens.astype(float),
            served,
            np.maximum(used - limits.limit, 0.0)[model.soft],
            np.maximum(short, 0.0)[model.floors],
        ]
    )


def worth_of(problem: Problem, choice: Choice) -> float:
    """Worth of a plan by the formula of `laadplan.optimise.problem`; minus infinity when a hard limit is exceeded."""
    limits, groups = problem.limits, problem.groups
    options = choice.taken[choice.taken != NONE]
    is_taken = np.zeros(len(problem.option_ids))
    is_taken[options] = 1.0
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    used = np.bincount(row, limits.use * is_taken[limits.option], minlength=len(limits.ids))
    over = np.maximum(used - limits.limit, 0.0)
    over[over <= WHOLE_WITHIN * np.maximum(np.abs(limits.limit), 1.0) * np.isinf(limits.penalty)] = 0.0
    short = np.maximum(groups.least_kwh - served_by_group(problem, choice.served_kwh), 0.0)
    lost = float(limits.penalty[over > 0] @ over[over > 0]) + float(groups.penalty @ short)
    kwh = float((problem.arc_worth @ choice.served_kwh) @ problem.period_worth)
    return kwh + float(problem.option_worth[options].sum()) - lost


def served_by_group(problem: Problem, served_kwh: Floats) -> Floats:
    """Per group (g): kWh served over all periods."""
    count = len(problem.groups.ids)
    group = problem.demand_group[problem.arc_demand]
    group = np.where(group == NONE, count, group)
    total = np.bincount(group, served_kwh.sum(axis=1), minlength=count + 1)
    return total[:count].astype(np.float64)


def _per_demand(problem: Problem, served_kwh: Floats) -> Floats:
    """Per demand point and period: kWh served."""
    sums = [np.bincount(problem.arc_demand, column, minlength=len(problem.demand_ids)) for column in served_kwh.T]
    return np.stack(sums, axis=1)


def _room(problem: Problem, taken: Wholes) -> Floats:
    """Per site and period: capacity of the option taken, 0 where none is."""
    room = np.zeros((len(taken), len(problem.period_worth)))
    room[taken != NONE] = problem.option_capacity[taken[taken != NONE]]
    return room


def _served_by_first(problem: Problem, taken: Wholes) -> Floats:
    """All demand in reach served in full by the first open site that reaches it."""
    opens: Flags = _room(problem, taken)[problem.arc_site] > 0
    served = np.zeros(opens.shape)
    for period in range(opens.shape[1]):
        arcs = np.flatnonzero(opens[:, period])
        points, first = np.unique(problem.arc_demand[arcs], return_index=True)
        served[arcs[first], period] = problem.demand_kwh[points, period]
    return served


def _cut(problem: Problem, taken: Wholes, served: Floats) -> Floats:
    """The same served with what exceeds the demand or the room at a site taken off, over all arcs alike."""
    for place, most in ((problem.arc_demand, problem.demand_kwh), (problem.arc_site, _room(problem, taken))):
        total = np.stack([np.bincount(place, column, minlength=len(most)) for column in served.T], axis=1)
        part = np.minimum(1.0, np.divide(most, total, out=np.ones(total.shape), where=total > 0))
        served = served * part[place]
    return served
