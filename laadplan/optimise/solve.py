"""Solves a siting problem: searches it, prices it, hands what is left to a solver, and checks the answer.

In: a `Problem`, settings, a clock. Out: a `Solution`: a plan with its proof. Hard decisions: there is a plan and a
bound before anything is searched, and each stage only betters them, so that whatever ends the search leaves both; parts
that nothing joins are solved apart; where nothing runs full they go to the searches made for that, all others to one
search for any problem; what the prices leave open goes to a solver whole when that is little, so that its bound counts
for all plans, and in part when it is much, so that only its plan counts.
"""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from laadplan.config.optimisation import Optimisation
from laadplan.geo.compiled import limit_threads
from laadplan.optimise.components import split
from laadplan.optimise.cover import is_cover, is_uncapacitated, plans_of_cover, room_of
from laadplan.optimise.cover_bound import bound_cover
from laadplan.optimise.cover_proof import prove_cover
from laadplan.optimise.fold import Folded, covered_kwh, fold, whole_step
from laadplan.optimise.median import bound_median
from laadplan.optimise.model import build_model
from laadplan.optimise.prices import no_prices, open_options
from laadplan.optimise.problem import NONE, Choice, Flags, Problem, Wholes
from laadplan.optimise.problem_check import check_problem
from laadplan.optimise.record import Record, Solution, join, records_of
from laadplan.optimise.reduce import Reduced, reduce
from laadplan.optimise.search import promising, search
from laadplan.optimise.serve import serve, worth_of
from laadplan.optimise.solvers import solve_model

TOGETHER, OPEN_TOGETHER = 3_000, 300
"""Parts of fewer arcs and sites than this are solved together, about so many at a time; the second where all capacity
is unbounded. Measured: the solver closes small parts faster together; small p-medians are proven faster apart."""

WHOLE_ARCS = 30_000
"""Up to so many arcs times periods the solver gets all open options: it then closes the gap within its nodes."""

SMALL_ROUNDS = 20
"""Rounds of search before that: enough for a good plan to begin from."""

KERNEL, KERNEL_GAP = 1.5, 0.5
"""Of a larger problem the solver gets the most promising options, so many times those of the plan; and this part of the
gap asked for, as the bound of fewer options is below that of all."""

FIRST_ROUNDS, PROOF_ROUNDS = 25, 200
"""Where nothing runs full, a round of work is a round per site taken: so many come before the bound is sought, and so
many at most where the proof takes over."""

MEDIAN_TIMES = 10
"""Where worth differs by site, a round of work is so many rounds per site taken: there is one line of plans instead of
six, and pmed40 needs 2,000 to 6,000 rounds per site for its optimum."""

BOUND_ROUNDS, BOUND_SHARE = 3_000, 0.6
"""Rounds of the bound: that on plain coverage then lies within 1e-5 of the least that prices can prove. Where the
safety stop is near it gets this share of the seconds left."""

JUST_BELOW = 1 - 1e-6
"""A bound less than this part of a step above the plan is the plan, where all worths are multiples of the step."""

PROOF_ARCS = 300_000
"""Up to so many arcs the best plan for plain coverage can be proven by branch and bound within minutes."""


def _standing() -> float:
    """A clock that stands still: no safety stop."""
    return 0.0


def _silent(objective: float, bound: float, rounds: int) -> None:
    """Tells nobody."""


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
        Called with objective, bound and rounds done (all finite) while the search goes on. KeyboardInterrupt, raised by
        it or by Ctrl-C, ends the search with the best plan so far.

    Raises
    ------
    BadInput
        The problem has no meaning: see `laadplan.optimise.problem_check`.
    NoFeasiblePlan
        No plan was found that keeps every limit that may not be broken.
    """
    check_problem(problem)
    limit_threads(settings.threads)
    record = Record(problem, settings, clock, tell)
    parts = split(problem, least=OPEN_TOGETHER if np.isinf(problem.option_capacity).all() else TOGETHER)
    records = records_of(record, parts)
    _search_all(records)
    if len(parts) > 1:
        record.tell = _silent
        join(record, parts, records)
    return record.solution()


def _search_all(records: Sequence[Record]) -> None:
    """A beginning for each part, then a search of each, until the user ends it."""
    for stage, record in product((_begin, _search), records):
        try:
            stage(record)
        except KeyboardInterrupt:
            record.ended = "user"
        except MemoryError:
            record.fail("The search ran out of memory.")
        if record.ended == "user":
            break
    for record in records:
        if record.choice is None or not np.isfinite(record.bound):  # it was stopped before there was anything
            record.tell = _silent
            _begin(record)


def _begin(record: Record) -> None:
    """What must be taken and nothing more, and the bound of all demand served at its best."""
    problem = record.problem
    record.price(no_prices(problem))
    taken = np.where(problem.must, problem.option_start[:-1], NONE)
    served = np.zeros((len(problem.arc_demand), len(problem.period_worth)))
    if problem.must.any():
        served = covered_kwh(problem, taken) if is_uncapacitated(problem) else serve(problem, taken)
    record.offer(Choice(taken, served), worth_of(problem, taken, served))


def _search(record: Record) -> None:
    if is_uncapacitated(record.problem):
        _search_open(record)
    else:
        _search_any(record)


# ---- any problem -----------------------------------------------------------------------------------------------------


def _search_any(record: Record) -> None:
    """Prices and moves in turn, then a solver over the options that are still open or the most promising ones."""
    settings, problem = record.settings, record.problem
    is_small = _arcs(problem) <= WHOLE_ARCS
    found = search(
        problem,
        rounds=min(settings.rounds_max, SMALL_ROUNDS) if is_small else settings.rounds_max,
        gap=settings.gap_share / (1 + settings.gap_share),  # it measures the gap by the bound, we by the plan
        seed=settings.seed,
        clock=record.clock,
        until=record.until,
        tell=record.hear,
    )
    record.ended = "work" if found.stopped_by == "gap" else found.stopped_by
    try:
        record.offer(Choice(found.taken, found.served_kwh), found.objective)
    finally:  # Ctrl-C while the plan is told: its bound is kept as well
        record.price(found.prices)
    if record.is_close or record.ended != "work":
        return
    if not _hand_over_open(record):
        kept = promising(problem, found, KERNEL) | _is_taken(problem, record.choice)
        _hand_over(record, kept, all_open=False)


def _hand_over_open(record: Record) -> bool:
    """Lets the solver better the plan over all options that a better plan may take; False when these are too many."""
    problem = record.problem
    kept = np.ones(len(problem.option_ids), dtype=bool)
    if record.prices is not None and record.choice is not None:
        kept = open_options(problem, record.prices, record.objective + record.step) | _is_taken(problem, record.choice)
    sites = np.bincount(problem.option_site[kept], minlength=len(problem.site_ids)) > 0
    if np.diff(problem.arc_start)[sites].sum() * len(problem.period_worth) > WHOLE_ARCS:
        return False
    _hand_over(record, kept, all_open=True)
    return True


def _hand_over(record: Record, kept: Flags, *, all_open: bool) -> None:
    """Lets the solver better the plan over the options kept; its bound counts when no better plan takes another one."""
    settings, known = record.settings, record.objective
    solved = solve_model(
        build_model(record.problem, keep=kept),
        settings.solver,
        start=record.choice,
        gap=settings.gap_share * (1.0 if all_open else KERNEL_GAP),
        nodes=settings.nodes_max,
        seconds=max(record.until - record.clock(), 1.0),
        threads=1,
        seed=settings.seed,
    )
    if solved.stopped_by not in ("gap", "work"):
        record.ended = solved.stopped_by
    if solved.stopped_by == "failure":
        record.fail(solved.message)
    try:
        record.offer(solved.choice, solved.objective, (solved.solver, solved.version))
    finally:
        if (all_open or kept.all()) and np.isfinite(solved.bound):
            record.prove(max(solved.bound, known), "solver")


# ---- problems in which nothing runs full -----------------------------------------------------------------------------


def _search_open(record: Record) -> None:
    """Plans by ruin and recreate, a bound once there is a good one, and a proof once no better one is found."""
    folded = fold(record.problem)
    reduced = reduce(folded.problem, sites=False)
    record.step = whole_step(folded)
    problem, settings = reduced.problem, record.settings
    count = max(1, min(room_of(problem), len(problem.site_ids))) * (1 if is_cover(problem) else MEDIAN_TIMES)
    provable = is_cover(problem) and _arcs(problem) <= PROOF_ARCS
    most = min(settings.rounds_max, PROOF_ROUNDS) if provable else settings.rounds_max
    plans = plans_of_cover(problem, rounds=most * count, seed=settings.seed)
    latest, priced = None, False
    try:
        for plan in plans:
            latest = plan.taken
            record.hear(plan.objective, record.bound, plan.rounds // count)
            if not priced and plan.rounds >= min(FIRST_ROUNDS, most) * count:
                priced = True
                _bound_open(record, folded, reduced, plan.objective)
            if record.is_near(plan.objective) or record.late():
                break
    finally:
        if latest is not None:
            _offer_open(record, folded, reduced, latest)
    if not priced and not record.is_close:
        _bound_open(record, folded, reduced, record.objective)
    if not (record.is_close or record.late()):
        _prove_open(record, folded, reduced)


def _bound_open(record: Record, folded: Folded, reduced: Reduced, objective: float) -> None:
    """Prices of demand and of the limit on sites."""
    problem = reduced.problem
    until = record.clock() + BOUND_SHARE * (record.until - record.clock())
    if not is_cover(problem):
        enough = max(JUST_BELOW * record.step, record.settings.gap_share * abs(objective))
        prices = bound_median(problem, objective, rounds=BOUND_ROUNDS, enough=enough, clock=record.clock, until=until)
        record.price(folded.restore_prices(reduced.restore_prices(prices)))
        _note_cut(record, until)
        return
    found = bound_cover(
        problem, rounds=BOUND_ROUNDS, clock=record.clock, until=until, objective=objective, tell=record.hear
    )
    record.price(folded.restore_prices(reduced.restore_prices(found.prices)))
    _note_cut(record, until)
    if found.interrupted:
        raise KeyboardInterrupt


def _note_cut(record: Record, until: float) -> None:
    """Notes that the safety stop cut the bound short: what comes after it then depends on the clock too."""
    if record.clock() >= until:
        record.ended = "seconds"


def _prove_open(record: Record, folded: Folded, reduced: Reduced) -> None:
    """Branch and bound over what is left: our own tree in plain coverage, else the solver's."""
    if record.choice is None:
        return
    if not is_cover(reduced.problem):
        _hand_over_open(record)
        return
    if _arcs(reduced.problem) > PROOF_ARCS:
        return
    proof = prove_cover(
        reduced.problem,
        reduced.narrow(record.choice.taken),
        nodes_max=record.settings.nodes_max,
        clock=record.clock,
        until=record.until,
        tell=record.hear,
    )
    _offer_open(record, folded, reduced, proof.taken)
    record.prove(proof.bound, "solver")
    if not proof.proven:
        record.late()
    if proof.interrupted:
        raise KeyboardInterrupt


def _offer_open(record: Record, folded: Folded, reduced: Reduced, taken: Wholes) -> None:
    """Offers a plan of the smaller problem with its best service in the whole one."""
    nothing = np.zeros((len(reduced.problem.arc_demand), 1))
    choice = folded.restore(reduced.restore(Choice(taken, nothing)).taken)
    record.offer(choice, worth_of(record.problem, choice.taken, choice.served_kwh))


def _is_taken(problem: Problem, choice: Choice | None) -> Flags:
    taken = np.zeros(len(problem.option_ids), dtype=bool)
    if choice is not None:
        taken[choice.taken[choice.taken != NONE]] = True
    return taken


def _arcs(problem: Problem) -> int:
    return len(problem.arc_demand) * len(problem.period_worth)
