"""The best plan and the best bound so far, and the answer they make.

In: plans and bounds as they are found. Out: a `Solution`. Hard decisions: a plan counts only when
`laadplan.optimise.check` finds it sound and of the worth it is said to have; a bound by prices is computed anew from
the whole problem by `laadplan.optimise.prices`; whoever offers something worse changes nothing, so that whatever ends
the search (its work, a safety stop, Ctrl-C, a solver that fails) leaves the best of both.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from laadplan.config.optimisation import Optimisation
from laadplan.errors import NoFeasiblePlan
from laadplan.optimise.check import check, refuse_wrong
from laadplan.optimise.components import Part, join_choices, join_prices
from laadplan.optimise.prices import Prices, bound_of
from laadplan.optimise.problem import Choice, Problem

logger = logging.getLogger(__name__)

NO_GAP = 1e-6
"""A gap below this is nil: what is left of it is the tolerance of solvers and of sums."""

STEP_WITHIN = 1e-6
"""Part of a step by which a bound may lie below a multiple of it and still be rounded to it: what sums leave."""

ENDED = ("work", "seconds", "user", "failure")
"""What may end a search but the gap, the worst last: that is told of a problem that was solved in parts."""

OWN = ("laadplan", "1")
"""Name and version of our own search: another version may find another plan for the same problem."""


@dataclass(frozen=True)
class Solution:
    """A plan with its proof.

    Attributes
    ----------
    choice
        What is taken and who is served.
    status
        ``optimal`` only when the gap is nil, ``within_gap`` when it is within the one asked for, else ``feasible``.
    objective, bound, gap
        Worth of the plan, computed anew; what no plan exceeds; (bound - objective) / max(abs(objective), 1).
    bound_by, prices
        ``prices``: `bound_of` finds this bound from the prices (rounded down, in each part, where every worth there is
        a whole number);
        ``solver``: it comes from a tree of branch and bound, and the prices are the best there are.
    solver, solver_version
        Whose plan it is.
    stopped_by
        What ended the search: gap, work, seconds, user or failure. Where the clock or a hand cut a part of it short,
        that is told, also when the plan came within the gap asked for: another machine may find another plan.
    message
        What failed, in words; empty when all went well.
    seconds
        How long it took by the clock given.
    """

    choice: Choice
    status: str
    objective: float
    bound: float
    gap: float
    bound_by: str
    solver: str
    solver_version: str
    stopped_by: str
    seconds: float
    prices: Prices | None
    message: str = ""


@dataclass
class Record:
    """The best plan and the best bound so far, and what ended the search.

    Attributes
    ----------
    problem, settings, clock, tell
        As `laadplan.optimise.solve.solve` takes them.
    step
        What the worth of every plan is a multiple of; 0 when that is not known.
    ended, message
        What ended the search, if it was not the gap; and what failed, in words.
    """

    problem: Problem
    settings: Optimisation
    clock: Callable[[], float]
    tell: Callable[[float, float, int], None]
    step: float = 0.0
    ended: str = "work"
    message: str = ""
    choice: Choice | None = None
    objective: float = -np.inf
    bound: float = np.inf
    bound_by: str = "prices"
    prices: Prices | None = None
    made_by: tuple[str, str] = OWN
    rounds: int = 0
    begin: float = field(init=False)
    priced: float = field(init=False, default=np.inf)
    heard: float = field(init=False, default=np.inf)

    def __post_init__(self) -> None:
        self.begin = self.clock()

    @property
    def until(self) -> float:
        """When the safety stop comes, by the clock."""
        return self.begin + self.settings.seconds_max

    def late(self) -> bool:
        """Whether the safety stop has come, which is noted as what ended the search."""
        if self.clock() < self.until:
            return False
        self.ended = "seconds"
        return True

    @property
    def is_close(self) -> bool:
        """Whether the gap asked for is reached."""
        return self.is_near(self.objective)

    def is_near(self, objective: float) -> bool:
        """Whether the gap asked for would be reached with a plan of this worth."""
        return gap_of(objective, self.bound) <= max(self.settings.gap_share, NO_GAP)

    def hear(self, objective: float, bound: float, rounds: int) -> None:
        """Passes on how far the search is, once there are a plan and a bound; what is told never gets worse."""
        self.rounds = rounds
        objective, self.heard = max(objective, self.objective), min(bound, self.bound, self.heard)
        bound = self.heard
        if np.isfinite([objective, bound]).all():
            self.tell(objective, bound, rounds)

    def offer(self, choice: Choice | None, said: float, made_by: tuple[str, str] = OWN) -> None:
        """Keeps a sound plan that is better than the best.

        Raises
        ------
        LaadplanError
            It is sound, and not worth what is said: an error in laadplan.
        """
        if choice is None or not said > self.objective:
            return
        found = check(self.problem, choice)
        if found.broken:
            logger.warning("A plan of %s is not kept: %s", made_by[0], " ".join(found.broken))
            return
        refuse_wrong(self.problem, choice, objective=said)
        self.choice, self.objective, self.made_by = choice, found.objective, made_by
        self.hear(self.objective, self.bound, self.rounds)

    def price(self, prices: Prices) -> None:
        """Keeps prices whose bound, computed anew, is better than that of the best."""
        bound = bound_of(self.problem, prices)
        if bound < self.priced:
            self.priced, self.prices = bound, prices
            self.prove(bound, "prices")

    def prove(self, bound: float, by: str) -> None:
        """Keeps a bound that is better than the best; in whole steps where there are any."""
        if self.step > 0 and np.isfinite(bound):
            bound = self.step * float(np.floor(bound / self.step + STEP_WITHIN))
        if bound < self.bound:
            self.bound, self.bound_by = bound, by
        self.hear(self.objective, self.bound, self.rounds)

    def fail(self, message: str) -> None:
        """Notes what failed; the best plan so far stands."""
        self.ended, self.message = "failure", message
        logger.warning("%s", message)

    def solution(self) -> Solution:
        """The answer, checked.

        Raises
        ------
        NoFeasiblePlan
            No plan was found that keeps every limit that may not be broken.
        """
        if self.choice is None:
            raise NoFeasiblePlan(
                "No plan was found that keeps all limits that may not be broken.",
                where="optimisation",
                todo=self.message or "Widen a limit, or make it a wish.",
            )
        refuse_wrong(self.problem, self.choice, objective=self.objective, bound=self.bound)
        bound = max(self.bound, self.objective)  # below it by what sums leave at most: checked in the line above
        gap = gap_of(self.objective, bound)
        ended = "gap" if gap <= NO_GAP or (self.is_close and self.ended == "work") else self.ended
        seconds = self.clock() - self.begin
        words = "Solved: objective %.0f, bound %.0f, gap %.4f %%, ended by %s"
        logger.info(words, self.objective, bound, 100 * gap, ended)
        return Solution(
            choice=self.choice,
            status=status_of(gap, self.settings.gap_share),
            objective=self.objective,
            bound=bound,
            gap=gap,
            bound_by=self.bound_by,
            solver=self.made_by[0],
            solver_version=self.made_by[1],
            stopped_by=ended,
            seconds=seconds,
            prices=self.prices,
            message=self.message,
        )


def records_of(whole: Record, parts: Sequence[Part]) -> list[Record]:
    """A record for each part, with the same safety stop, that passes on how far the whole is; of one part its own."""
    if len(parts) == 1:
        return [whole]
    told = np.tile([-np.inf, np.inf, 0.0], (len(parts), 1))

    def hear(place: int, objective: float, bound: float, rounds: int) -> None:
        told[place] = max(objective, told[place, 0]), min(bound, told[place, 1]), rounds
        total = told.sum(axis=0)
        whole.hear(float(total[0]), float(total[1]), int(total[2]))

    found = [
        Record(part.problem, whole.settings, whole.clock, partial(hear, place)) for place, part in enumerate(parts)
    ]
    for record in found:
        record.begin = whole.begin
    return found


def join(whole: Record, parts: Sequence[Part], records: Sequence[Record]) -> None:
    """Keeps what was found for the parts as the plan, the prices and the bound of the whole."""
    whole.ended = max((record.ended for record in records), key=ENDED.index)
    whole.message = next((record.message for record in records if record.message), "")
    choices = [record.choice for record in records if record.choice is not None]
    prices = [record.prices for record in records if record.prices is not None]
    if len(prices) == len(parts):
        whole.price(join_prices(whole.problem, parts, prices))
        by_prices = all(record.bound_by == "prices" for record in records)
        whole.prove(sum(record.bound for record in records), "prices" if by_prices else "solver")
    if len(choices) == len(parts):
        made_by = next((record.made_by for record in records if record.made_by != OWN), OWN)
        objective = sum(record.objective for record in records)
        whole.offer(join_choices(whole.problem, parts, choices), objective, made_by)


def gap_of(objective: float, bound: float) -> float:
    """Proven share by which a better plan could be worth more; infinite where there is no plan or no bound."""
    if not np.isfinite([objective, bound]).all():
        return np.inf
    return max(0.0, bound - objective) / max(abs(objective), 1.0)


def status_of(gap: float, gap_asked: float) -> str:
    """How good a plan of this gap is, as in `Solution`."""
    if gap <= NO_GAP:
        return "optimal"
    return "within_gap" if gap <= gap_asked else "feasible"
