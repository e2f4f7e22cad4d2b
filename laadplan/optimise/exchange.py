"""Single exchanges that better a plan: one site for another, until none that is looked at does.

In: a problem and its solution. Out: a solution at least as good, with the same bound. A search that may stop within a
gap leaves sites beside which a better one is free, and those are the first that people ask about. What is tried is what
`laadplan.optimise.alternatives` tells of each site, so that no plan is told that its own explanation betters.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from laadplan.config.optimisation import Optimisation
from laadplan.optimise.alternatives import DIGITS, Repair, best_repairs
from laadplan.optimise.check import refuse_wrong
from laadplan.optimise.neighbourhood import arcs_of
from laadplan.optimise.problem import NONE, Choice, Flags, Problem, Wholes
from laadplan.optimise.record import OWN, Solution, gap_of, status_of
from laadplan.optimise.serve import serve, worth_of
from laadplan.optimise.standing import SAME, Standing, stand

PASSES = 12
"""Times that exchanges are sought, at most: after the first only round the sites of the last ones."""

LEAST_WON_KWH = 0.5
"""An exchange that wins less is none: the explanation tells whole kWh."""


def exchange(
    problem: Problem,
    solution: Solution,
    settings: Optimisation,
    *,
    clock: Callable[[], float],
    tell: Callable[[float, float, int], None],
) -> Solution:
    """The solution with exchanges made; as it was where none betters it, or the search was stopped or proved its plan.

    Ctrl-C leaves those that were made.

    Parameters
    ----------
    settings
        Of the search: the safety stop is what is left of its seconds.
    clock, tell
        As `laadplan.optimise.solve.solve` takes them; told are worth, bound and passes done.
    """
    if solution.status == "optimal" or solution.stopped_by in ("user", "seconds"):
        return solution
    begin, until = clock(), clock() + settings.seconds_max - solution.seconds
    choice, worth, ended = solution.choice, solution.objective, solution.stopped_by
    sites = _round(problem, choice, np.ones(len(problem.site_ids), dtype=bool))
    try:
        for done in range(PASSES):
            standing = stand(problem, choice)
            repairs = best_repairs(standing, sites)
            better = _exchanged(standing, repairs, worth)
            if len(repairs) < len(sites):
                ended = "user"
            if better is not None:
                sites = _round(problem, better[0], better[0].taken != choice.taken)
                choice, worth = better
                tell(worth, solution.bound, done + 1)
            if better is None or ended == "user":
                break
            if clock() >= until:
                ended = "seconds"
                break
    except KeyboardInterrupt:
        ended = "user"
    found = replace(solution, stopped_by=ended, seconds=solution.seconds + clock() - begin)
    return found if choice is solution.choice else _told(problem, found, choice, worth, settings)


def _round(problem: Problem, choice: Choice, changed: Flags) -> Wholes:
    """Sites taken, and not of need, that share demand with sites that changed."""
    near = np.zeros(len(problem.demand_ids), dtype=bool)
    near[problem.arc_demand[arcs_of(problem, np.flatnonzero(changed))]] = True
    shares = np.zeros(len(problem.site_ids), dtype=bool)
    shares[problem.arc_site[near[problem.arc_demand]]] = True
    return np.flatnonzero((shares | changed) & (choice.taken != NONE) & ~problem.must)


def _exchanged(standing: Standing, repairs: dict[int, Repair], worth: float) -> tuple[Choice, float] | None:
    """The choice with all exchanges that stand apart, or with the best one; None where neither betters it."""
    problem, order = standing.problem, sorted(repairs, key=lambda site: (round(repairs[site].worth_lost, DIGITS), site))
    good = [(site, repairs[site].option) for site in order if repairs[site].worth_lost < -LEAST_WON_KWH]
    for several in (_apart(standing, good), good[:1]):
        if not several:
            return None
        taken = standing.choice.taken.copy()
        for site, option in several:
            taken[site] = NONE
            if option != NONE:
                taken[standing.option_site[option]] = option
        served = serve(problem, taken)
        reached = worth_of(problem, taken, served)
        if reached > worth + LEAST_WON_KWH:
            return Choice(taken, served), reached
    return None


def _apart(standing: Standing, good: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of these exchanges the first of those that share demand, as long as all together break no limit that is hard."""
    problem, used = standing.problem, standing.used.copy()
    touched = np.zeros(len(problem.demand_ids), dtype=bool)
    kept = []
    for site, option in good:
        both = [site] if option == NONE else [site, int(standing.option_site[option])]
        demand = problem.arc_demand[arcs_of(problem, np.array(both))]
        if touched[demand].any() or not _fits(standing, used, int(standing.choice.taken[site]), option):
            continue
        touched[demand] = True
        kept.append((site, option))
    return kept


def _fits(standing: Standing, used: np.ndarray, closed: int, opened: int) -> bool:
    """Whether one option for another keeps all hard limits; if so, ``used`` is what is used then."""
    limits = standing.problem.limits
    rows, use = standing.use_of(closed)
    more, extra = standing.use_of(opened)
    after = used.copy()
    after[rows] -= use
    after[more] += extra
    both = np.union1d(rows, more)
    over = after[both] > limits.limit[both] + SAME * np.maximum(np.abs(limits.limit[both]), 1.0)
    if (over & np.isinf(limits.penalty[both])).any():
        return False
    used[:] = after
    return True


def _told(problem: Problem, solution: Solution, choice: Choice, worth: float, settings: Optimisation) -> Solution:
    """The solution with another choice, checked."""
    found = refuse_wrong(problem, choice, objective=worth, bound=solution.bound)
    bound = max(solution.bound, found.objective)
    gap = gap_of(found.objective, bound)
    status = status_of(gap, settings.gap_share)
    return replace(
        solution,
        choice=choice,
        objective=found.objective,
        bound=bound,
        gap=gap,
        status=status,
        solver=OWN[0],
        solver_version=OWN[1],
        stopped_by="gap" if status != "feasible" and solution.stopped_by == "work" else solution.stopped_by,
    )
