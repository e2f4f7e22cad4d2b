"""An independent check of plans, in plain numpy.

In: a `Problem`, and a plan with what it is said to be worth. Out: its worth and every constraint computed anew, or an
error. Nothing here is shared with the model, the search or the solvers: the formula of `laadplan.optimise.problem` is
written out once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from laadplan.errors import LaadplanError, some_of
from laadplan.optimise.problem import Choice, Flags, Floats, Problem, Wholes

WITHIN = 1e-6
"""Share of what is compared, or kWh or units where that is below one, within which two amounts are the same: solvers
keep their rows to 1e-6 or 1e-7."""


@dataclass(frozen=True)
class Checked:
    """A plan as the check finds it.

    Attributes
    ----------
    objective
        Its worth by the formula; limits that may not be exceeded count in ``broken`` and not here.
    served_kwh
        kWh served over all arcs and periods.
    over, short
        Units above each limit (r), kWh below the least of each group (g); 0 where kept.
    broken
        A sentence for each constraint that may not be broken and is; empty for a sound plan.
    """

    objective: float
    served_kwh: float
    over: Floats
    short: Floats
    broken: tuple[str, ...]


def check(problem: Problem, choice: Choice) -> Checked:
    """The plan's worth and what it breaks, computed from the problem alone.

    Raises
    ------
    ValueError
        The arrays of the plan do not have the sizes of the problem, or name options that are not there.
    """
    _refuse_misfit(problem, choice)
    served = np.where(np.isfinite(choice.served_kwh), choice.served_kwh, 0.0)
    options = choice.taken[choice.taken >= 0]
    over = np.maximum(_use(problem, options) - problem.limits.limit, 0.0)
    over[over <= _slack(problem.limits.limit)] = 0.0
    short = np.maximum(problem.groups.least_kwh - _group_kwh(problem, served), 0.0)
    soft = np.isfinite(problem.limits.penalty)
    worth = (served * problem.arc_worth[:, None] * problem.period_worth[None, :]).sum()
    worth += problem.option_worth[options].sum()
    worth -= (over[soft] * problem.limits.penalty[soft]).sum() + (short * problem.groups.penalty).sum()
    return Checked(
        objective=float(worth),
        served_kwh=float(served.sum()),
        over=over,
        short=short,
        broken=tuple(_broken(problem, choice, over)),
    )


def refuse_wrong(problem: Problem, choice: Choice, *, objective: float, bound: float = np.inf) -> Checked:
    """The check of a plan that is sound, worth what is said, and not above its bound.

    Raises
    ------
    LaadplanError
        It is not: an error in laadplan, not in the input.
    """
    found = check(problem, choice)
    wrong = list(found.broken)
    if not abs(found.objective - objective) <= _slack(found.objective):
        wrong.append(f"The plan is worth {found.objective:.6f} and is said to be worth {objective:.6f}.")
    if not found.objective <= bound + _slack(found.objective):
        wrong.append(f"The plan is worth {found.objective:.6f}, above its bound of {bound:.6f}.")
    if wrong:
        raise LaadplanError(
            "The plan does not hold: " + " ".join(wrong), where="optimisation", todo="Please report this as a fault."
        )
    return found


def _refuse_misfit(problem: Problem, choice: Choice) -> None:
    sites, arcs, periods = len(problem.site_ids), len(problem.arc_demand), len(problem.period_worth)
    if choice.taken.shape != (sites,) or choice.served_kwh.shape != (arcs, periods):
        raise ValueError("The plan does not have the sizes of the problem.")
    if not ((choice.taken >= -1) & (choice.taken < len(problem.option_ids))).all():
        raise ValueError("The plan takes an option that is not there.")


def _broken(problem: Problem, choice: Choice, over: Floats) -> Iterator[str]:
    """A sentence for each kind of constraint that is broken, with the first few places."""
    served, sites = choice.served_kwh, problem.site_ids
    begin, end = problem.option_start[:-1], problem.option_start[1:]
    elsewhere = (choice.taken >= 0) & ((choice.taken < begin) | (choice.taken >= end))
    yield from _say("The option taken is of another site", elsewhere, sites)
    yield from _say("Nothing is taken where something must be", problem.must & (choice.taken < 0), sites)
    bad = np.flatnonzero(~(np.isfinite(served) & (served >= -WITHIN)).all(axis=1))
    if len(bad):
        ends = [f"{problem.demand_ids[problem.arc_demand[a]]} at {sites[_arc_site(problem)[a]]}" for a in bad.tolist()]
        yield f"Served energy is negative or not a number: {some_of(ends)}."
    sound = np.where(np.isfinite(served), served, 0.0)
    by_demand = _sums(problem.arc_demand, sound, len(problem.demand_ids))
    above = np.any(by_demand > problem.demand_kwh + _slack(problem.demand_kwh), axis=1)
    yield from _say("More is served than is asked", above, problem.demand_ids)
    room = np.zeros((len(sites), len(problem.period_worth)))
    room[choice.taken >= 0] = problem.option_capacity[choice.taken[choice.taken >= 0]]
    by_site = _sums(_arc_site(problem), sound, len(sites))
    full = np.any(by_site > room + _slack(np.where(np.isfinite(room), room, 0.0)), axis=1)
    yield from _say("More is served than the option taken can", full, sites)
    yield from _say("A limit is exceeded", np.isinf(problem.limits.penalty) & (over > 0), problem.limits.ids)


def _say(what: str, where: Flags, ids: tuple[str, ...]) -> Iterator[str]:
    if where.any():
        yield f"{what}: {some_of([ids[place] for place in np.flatnonzero(where)])}."


def _arc_site(problem: Problem) -> Wholes:
    return np.repeat(np.arange(len(problem.site_ids)), np.diff(problem.arc_start))


def _sums(place: Wholes, amounts: Floats, count: int) -> Floats:
    """Amounts (k, t) added up per place (count, t)."""
    return np.stack([np.bincount(place, column, minlength=count) for column in amounts.T], axis=1)


def _use(problem: Problem, options: Wholes) -> Floats:
    """Per limit, what the options use of it."""
    limits = problem.limits
    counts = np.isin(limits.option, options)
    used = np.zeros(len(limits.ids))
    np.add.at(used, np.repeat(np.arange(len(used)), np.diff(limits.start))[counts], limits.use[counts])
    return used


def _group_kwh(problem: Problem, served: Floats) -> Floats:
    total = np.zeros(len(problem.groups.ids))
    group = problem.demand_group[problem.arc_demand]
    np.add.at(total, group[group >= 0], served.sum(axis=1)[group >= 0])
    return total


def _slack(amount: Floats | float) -> Floats:
    return np.asarray(WITHIN * np.maximum(np.abs(amount), 1.0))
