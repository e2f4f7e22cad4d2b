"""Demand served against number of new poles: a plan of its own for each of some numbers.

In: a problem, its plan, and the way it was solved. Out: `PoleCurve`. A plan of fewer poles may also be taken where more
are allowed, and a bound for more poles also holds for fewer: both are used, so that worth never falls (but at the plan
itself, which is shown as it is) and a bound never lies below one of a smaller plan. Plans on the curve get less work
than the plan itself; beyond it each is also tried as the one before it with poles added, or the curve would bend down
behind the plan for want of work alone. The curve is not made smooth.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from laadplan.contracts.choosing import PoleCurve
from laadplan.optimise.problem import NONE, Choice, Problem
from laadplan.optimise.standing import stand

POINTS = 12
"""Plans on the curve: enough to see where it bends, few enough to wait for."""

MANY_ARCS, FEW_POINTS = 500_000, 6
"""Of a larger problem so many plans: each of them costs some ten seconds at 200,000 inhabitants."""

BEYOND = 1.5
"""The curve goes on to so many times the number asked: what a larger plan would bring is what a council asks next."""

NUMBER = "aantal palen"
"""Kind of the limit that is moved; a budget goes, and only the plan itself keeps to it."""


class Answer(Protocol):
    """What solving a problem gives: `laadplan.optimise.solve.Solution` is one."""

    @property
    def choice(self) -> Choice:
        """The choice found."""

    @property
    def objective(self) -> float:
        """Its worth."""

    @property
    def bound(self) -> float:
        """No choice is worth more."""


def pole_curve(
    problem: Problem, plan: Answer, option_poles: np.ndarray, *, asked: int, solve: Callable[[Problem, int], Answer]
) -> pd.DataFrame:
    """The curve as `PoleCurve`.

    Parameters
    ----------
    problem, plan
        The problem of the plan and its answer.
    option_poles
        Per option (o): new poles that it places; 0 for existing ones.
    asked
        New poles allowed in the plan; of a budget what it pays at most.
    solve
        Answers a problem of so many poles, with less work than the plan itself was given; KeyboardInterrupt ends the
        curve there.
    """
    total = float(problem.demand_kwh.sum())
    found, points = {asked: plan}, POINTS if len(problem.arc_demand) <= MANY_ARCS else FEW_POINTS
    with suppress(KeyboardInterrupt):  # the plans made until then stand
        for number in numbers_of(asked, _least(problem, option_poles), points):
            if number == asked:
                continue
            posed = with_number(problem, number, option_poles)
            found[number] = solve(posed, number)
            if number > asked:
                fewer = max((each for each in found if each < number), key=lambda each: (found[each].objective, each))
                found[number] = _grown(found[number], found[fewer], posed, number, solve)
    rows, best, bounds = {}, None, _bounds(found, asked, shares="budget" not in problem.limits.kinds)
    for number in sorted(found):
        mine = found[number]
        best = mine if best is None or mine.objective > best.objective else best
        shown = plan if number == asked else best
        taken = shown.choice.taken[shown.choice.taken != NONE]
        served = float(total - stand(problem, shown.choice).left_kwh.sum())
        rows[f"{number:04d}"] = {
            "poles_allowed": number,
            "poles_chosen": int(option_poles[taken].sum()),
            "served_kwh_year": round(served, 3),
            "served_share": min(served / total, 1.0) if total else 0.0,
            "objective": round(shown.objective, 3),
            "bound": round(max(bounds[number], shown.objective), 3),
            "is_plan": number == asked,
        }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis(PoleCurve.index_name())
    frame.index = frame.index.astype("str")
    return PoleCurve.checked(frame.astype(PoleCurve.kinds()))


@dataclass(frozen=True)
class _Better:
    """A better choice for a problem, with the bound that was found before it."""

    choice: Choice
    objective: float
    bound: float


def _grown(
    made: Answer, fewer: Answer, problem: Problem, number: int, solve: Callable[[Problem, int], Answer]
) -> Answer:
    """The answer, or the choice of fewer poles with some added where that is better.

    To keep what was chosen narrows the problem: the choice is one of the whole problem, the bound is not.
    """
    kept = solve(replace(problem, must=problem.must | (fewer.choice.taken != NONE)), number)
    if kept.objective <= made.objective:
        return made
    return _Better(kept.choice, kept.objective, max(made.bound, kept.objective))


def numbers_of(asked: int, least: int = 0, points: int = POINTS) -> list[int]:
    """The numbers of poles on the curve: from none, or from those that are decided, to beyond the number asked.

    >>> numbers_of(10)
    [0, 1, 3, 4, 5, 7, 8, 10, 11, 12, 14, 15]
    >>> numbers_of(1333, points=6)
    [0, 400, 800, 1200, 1333, 1600, 2000]
    """
    most = max(int(np.ceil(BEYOND * asked)), asked + 1)
    steps = np.linspace(least, max(most, least), points)
    return sorted({int(np.floor(step + 0.5)) for step in steps} | {asked})


def with_number(problem: Problem, number: int, option_poles: np.ndarray) -> Problem:
    """The same problem with so many new poles allowed; without such a limit it gets one, and its budget goes."""
    limits = problem.limits
    kept = [place for place, kind in enumerate(limits.kinds) if kind not in (NUMBER, "budget")]
    sizes = np.diff(limits.start)
    entry = np.concatenate([*[np.arange(limits.start[place], limits.start[place + 1]) for place in kept], []]).astype(
        int
    )
    counted = np.flatnonzero(option_poles > 0)
    changed = replace(
        limits,
        ids=(NUMBER, *[limits.ids[place] for place in kept]),
        kinds=(NUMBER, *[limits.kinds[place] for place in kept]),
        start=np.concatenate([[0], np.cumsum([len(counted), *sizes[kept]])]).astype(np.int64),
        option=np.concatenate([counted, limits.option[entry]]).astype(np.int64),
        use=np.concatenate([option_poles[counted].astype(float), limits.use[entry]]),
        limit=np.concatenate([[float(number)], limits.limit[kept]]),
        penalty=np.concatenate([[np.inf], limits.penalty[kept]]),
    )
    return replace(problem, limits=changed)


def _least(problem: Problem, option_poles: np.ndarray) -> int:
    """New poles that are decided: fewer cannot be."""
    fewest = np.minimum.reduceat(option_poles, problem.option_start[:-1]) if len(problem.site_ids) else np.empty(0, int)
    return int(fewest[problem.must].sum())


def _bounds(found: dict[int, Answer], asked: int, *, shares: bool) -> dict[int, float]:
    """Per number the least bound of it and of all larger ones.

    The plan itself ``shares`` its bound with fewer poles only where it kept to a number: a plan of fewer poles that are
    dearer than its budget may be worth more than it.
    """
    least, bounds = np.inf, {}
    for number in sorted(found, reverse=True):
        bounds[number] = min(least, found[number].bound)
        least = bounds[number] if shares or number != asked else least
    return bounds
