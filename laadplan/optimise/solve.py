"""Solves a siting problem: reduces it, searches and prices it, hands what is left to a solver, and checks the answer.

In: a `Problem`, settings, a clock. Out: a `Solution`: a plan with its proof. Hard decisions: the search always has a
plan, so that whatever ends it (its work, a safety stop, Ctrl-C, a solver that fails) leaves the best plan so far with
the best bound so far; small problems go to the solver whole, of larger ones only the options that the prices leave
open; worth and limits of the answer are computed anew by `laadplan.optimise.check` before it leaves.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from laadplan.config.optimisation import Optimisation
from laadplan.geo.compiled import limit_threads
from laadplan.optimise.check import check, refuse_wrong
from laadplan.optimise.cover import is_cover, plans_of_cover
from laadplan.optimise.cover_bound import bound_cover
from laadplan.optimise.cover_proof import prove_cover
from laadplan.optimise.model import build_model
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import NONE, Choice, Flags, Floats, Problem, Wholes
from laadplan.optimise.problem_check import check_problem
from laadplan.optimise.reduce import Reduced, reduce
from laadplan.optimise.search import promising, search
from laadplan.optimise.solvers import solve_model

logger = logging.getLogger(__name__)

NO_GAP = 1e-6
"""A gap below this is nil: what is left of it is the solver's tolerance."""

WHOLE_ARCS = 30_000
"""Up to so many arcs times periods the solver gets the whole model: it then closes the gap within its nodes."""

SMALL_ROUNDS = 20
"""Rounds of search before that: enough for a good plan to begin from."""

FIRST_ROUNDS, PROOF_ROUNDS = 25, 200
"""Plain coverage: rounds per site taken before its bound is sought, and at most where the proof takes over."""

BOUND_ROUNDS, BOUND_SHARE = 3_000, 0.6
"""Rounds of the bound on plain coverage: it then lies within 1e-5 of the least that prices can prove. Where the safety
stop is near it gets this share of the seconds left."""

PROOF_ARCS = 300_000
"""Up to so many arcs the best plan for plain coverage can be proven by branch and bound within minutes."""

KERNEL = 1.5
"""Of a larger problem the solver gets the most promising options, so many times those of the plan."""

OWN = "laadplan"
"""Name of our own search where no solver had a hand in the plan."""

OWN_VERSION = "1"
"""Version of our own search: another one may find another plan for the same problem."""


def _standing() -> float:
    """A clock that stands still: no safety stop."""
    return 0.0


def _silent(objective: float, bound: float, rounds: int) -> None:
    """Tells nobody."""


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
        ``prices`` or ``solver``; the best prices found (of the bound itself where ``bound_by`` says prices).
    solver, solver_version
        Whose plan it is.
    stopped_by
        What ended the search: gap, work, seconds, user or failure.
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


def solve(
    problem: Problem,
    settings: Optimisation,
    *,
    clock: Callable[[], float] = _standing,
    tell: Callable[[float, float, int], None] = _silent,
) -> Solution:
    """The best plan that was found within the limits of work, with the best bound that was proven.

    Parameters
    ----------
    problem
        What may be chosen.
    settings
        Gap asked for, limits of work, safety stop, solver, threads and seed.
    clock
        Seconds since some moment.
    tell
        Called with objective, bound and rounds done while the search goes on.

    Raises
    ------
    BadInput
        The problem has no meaning: see `laadplan.optimise.problem_check`.
    """
    check_problem(problem)
    limit_threads(settings.threads)
    best = _Best(problem, settings, clock, tell)
    try:
        _search(best)
    except KeyboardInterrupt:
        best.ended = "user"
    return best.solution()


@dataclass
class _Best:
    """The best plan and the best bound so far, and what ended the search."""

    problem: Problem
    settings: Optimisation
    clock: Callable[[], float]
    tell: Callable[[float, float, int], None]
    choice: Choice | None = None
    objective: float = -np.inf
    bound: float = np.inf
    bound_by: str = "prices"
    prices: Prices | None = None
    solver: tuple[str, str] = (OWN, OWN_VERSION)
    ended: str = "work"
    message: str = ""
    rounds: int = 0
    begin: float = field(init=False)

    def __post_init__(self) -> None:
        self.begin = self.clock()

    @property
    def until(self) -> float:
        """When the safety stop comes, by the clock."""
        return self.begin + self.settings.seconds_max

    @property
    def gap(self) -> float:
        """Proven share by which a better plan could be worth more."""
        return max(0.0, self.bound - self.objective) / max(abs(self.objective), 1.0)

    @property
    def is_close(self) -> bool:
        """Whether the gap asked for is reached."""
        return self.gap <= max(self.settings.gap_share, NO_GAP)

    def heard(self, objective: float, bound: float, rounds: int) -> None:
        """Passes on how far the search is."""
        self.rounds = rounds
        self.tell(objective, bound, rounds)

    def offer(self, choice: Choice | None, solver: tuple[str, str]) -> None:
        """Keeps a sound plan that is better than the best."""
        if choice is None:
            return
        found = check(self.problem, choice)
        if not found.broken and found.objective > self.objective:
            self.choice, self.objective, self.solver = choice, found.objective, solver
        self.tell(self.objective, self.bound, self.rounds)

    def prove(self, bound: float, by: str) -> None:
        """Keeps a bound that is better than the best."""
        if bound < self.bound:
            self.bound, self.bound_by = bound, by
        self.tell(self.objective, self.bound, self.rounds)

    def solution(self) -> Solution:
        """The answer, checked."""
        choice = self.choice if self.choice is not None else _musts_alone(self.problem)
        found = refuse_wrong(self.problem, choice, objective=check(self.problem, choice).objective, bound=self.bound)
        self.objective = found.objective
        ended = "gap" if self.is_close else self.ended
        seconds = self.clock() - self.begin
        words = "Solved: objective %.0f, bound %.0f, gap %.4f %%, ended by %s"
        logger.info(words, self.objective, self.bound, 100 * self.gap, ended)
        return Solution(
            choice=choice,
            status=_status(self.gap, self.settings.gap_share),
            objective=self.objective,
            bound=max(self.bound, self.objective),
            gap=self.gap,
            bound_by=self.bound_by,
            solver=self.solver[0],
            solver_version=self.solver[1],
            stopped_by=ended,
            seconds=seconds,
            prices=self.prices,
            message=self.message,
        )


def _status(gap: float, gap_asked: float) -> str:
    if gap <= NO_GAP:
        return "optimal"
    return "within_gap" if gap <= gap_asked + NO_GAP else "feasible"


def _musts_alone(problem: Problem) -> Choice:
    """What must be taken and nothing more, serving nobody: the plan before any search."""
    taken = np.where(problem.must, problem.option_start[:-1], NONE)
    return Choice(taken, np.zeros((len(problem.arc_demand), len(problem.period_worth))))


def _search(best: _Best) -> None:
    if is_cover(best.problem):
        _search_cover(best)
        return
    is_small = _arcs(best.problem) <= WHOLE_ARCS
    found = search(
        best.problem,
        rounds=min(best.settings.rounds_max, SMALL_ROUNDS) if is_small else best.settings.rounds_max,
        gap=best.settings.gap_share,
        seed=best.settings.seed,
        clock=best.clock,
        until=best.until,
        tell=best.heard,
    )
    best.prices = found.prices
    best.offer(Choice(found.taken, found.served_kwh), (OWN, OWN_VERSION))
    best.prove(found.bound, "prices")
    best.ended = found.stopped_by
    if not best.is_close and best.ended == "work":
        _hand_over(best, None if is_small else promising(best.problem, found, KERNEL))


def _search_cover(best: _Best) -> None:
    """Plain coverage: a plan by ruin and recreate, a bound by first-order search, and a proof by branch and bound."""
    settings = best.settings
    reduced = reduce(best.problem, sites=False)
    provable = _arcs(reduced.problem) <= PROOF_ARCS
    most = min(settings.rounds_max, PROOF_ROUNDS) if provable else settings.rounds_max
    count = max(1, _most_sites(reduced.problem))
    taken = np.full(len(best.problem.site_ids), NONE)
    for plan in plans_of_cover(reduced.problem, rounds=most * count, seed=settings.seed, threads=settings.threads):
        best.rounds, taken = plan.rounds // count, plan.taken
        if best.prices is None and best.rounds >= min(FIRST_ROUNDS, most):
            _bound_cover(best, reduced, plan.objective)
        best.heard(plan.objective, best.bound, best.rounds)
        near = best.bound - plan.objective <= settings.gap_share * abs(plan.objective)
        if near or best.clock() >= best.until:
            break
    best.offer(reduced.restore(Choice(taken, covered_kwh(reduced.problem, taken))), (OWN, OWN_VERSION))
    if best.prices is None:
        _bound_cover(best, reduced, best.objective)
    best.ended = "seconds" if best.clock() >= best.until else "work"
    if provable and not best.is_close and best.ended == "work":
        _prove(best, reduced, taken)


def _most_sites(problem: Problem) -> int:
    """Sites that the limit lets be taken; all where there is none."""
    return int(problem.limits.limit[0]) if len(problem.limits.ids) else len(problem.site_ids)


def _bound_cover(best: _Best, reduced: Reduced, objective: float) -> None:
    until = best.clock() + BOUND_SHARE * (best.until - best.clock())
    found = bound_cover(
        reduced.problem, rounds=BOUND_ROUNDS, clock=best.clock, until=until, objective=objective, tell=best.heard
    )
    best.prices = reduced.restore_prices(found.prices)
    best.prove(found.bound, "prices")


def _prove(best: _Best, reduced: Reduced, taken: Wholes) -> None:
    proof = prove_cover(
        reduced.problem, taken, nodes_max=best.settings.nodes_max, clock=best.clock, until=best.until, tell=best.heard
    )
    best.offer(reduced.restore(Choice(proof.taken, covered_kwh(reduced.problem, proof.taken))), (OWN, OWN_VERSION))
    best.prove(max(proof.bound, best.objective), "solver")


def covered_kwh(problem: Problem, taken: Wholes) -> Floats:
    """Service per arc and period (k, t) of sites without capacity: each point by the first of its best sites taken."""
    site = problem.arc_site
    arcs = np.flatnonzero((taken != NONE)[site])
    order = arcs[np.lexsort((site[arcs], -problem.arc_worth[arcs], problem.arc_demand[arcs]))]
    points, first = np.unique(problem.arc_demand[order], return_index=True)
    served = np.zeros((len(site), len(problem.period_worth)))
    served[order[first]] = problem.demand_kwh[points]
    return served


def _arcs(problem: Problem) -> int:
    return len(problem.arc_demand) * len(problem.period_worth)


def _hand_over(best: _Best, keep: Flags | None) -> None:
    """Lets the solver better the plan over the options kept; over all of them its bound counts too."""
    settings = best.settings
    solved = solve_model(
        build_model(best.problem, keep=keep),
        settings.solver,
        start=best.choice,
        gap=settings.gap_share,
        nodes=settings.nodes_max,
        seconds=max(best.until - best.clock(), 1.0),
        threads=1,
        seed=settings.seed,
    )
    best.offer(solved.choice, (solved.solver, solved.version))
    if keep is None and np.isfinite(solved.bound):
        best.prove(solved.bound, "solver")
    best.ended = {"gap": "work"}.get(solved.stopped_by, solved.stopped_by)
    best.message = solved.message if solved.stopped_by == "failure" else ""
