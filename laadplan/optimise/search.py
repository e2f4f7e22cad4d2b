"""Good plans for any problem, each with its bound: a greedy plan, then prices and moves in turn.

In: a `Problem` and limits of work. Out: `Found`: a plan that keeps all hard limits (or comes nearest to that), its best
service, and prices that prove how good it is. Hard decisions: a round is so many rounds of pricing and so many moves,
always the same, so that equal work gives equal plans; only sites that the prices hold promising are tried in moves;
the plan is changed by what it gains with the service made best again, not by an estimate.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from laadplan.optimise import moves
from laadplan.optimise.bound import Pricing, best_values, raise_groups, start_pricing
from laadplan.optimise.layout import Layout
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes
from laadplan.optimise.relaxation import relax
from laadplan.optimise.serve import has_groups, serve, serve_groups, worth_of
from laadplan.optimise.sifting import is_large, price_in_turn

FIRST_PRICINGS, PRICINGS = 60, 10
"""Rounds of pricing before the first move, and in a round of the search."""

LARGE_FIRST_PRICINGS, LARGE_PRICINGS = 200, 20
"""The same in large problems, where they are cheap beside moves and plans made anew are dear."""

LARGE_ANEW = 2
"""Rounds of the search in which a plan is made anew in large problems."""

RELAX_AFTER, STUCK_GAP, RELAXINGS = 5, 0.02, 8_000
"""Rounds of search after which a problem of many limits is relaxed if its gap is still so wide, and most rounds of
that. Measured on towns of 20,000 and 200,000: with net, budget and equity 8 to 9 % is left then, with other rules 1 %,
and steps of prices close that as fast."""

LEAST_SHARE = 0.25
"""Options with at least this share in the fractional plan are opened first (measured: 0.5 and 0.1 are worse)."""

MOVES, MOVES_PER_SITE = 300, 0.25
"""Moves in a round of the search, at least, and to a site taken."""

LOOKS, FEW_LOOKS = 10, 5
"""Sites looked at for one path when a plan is made, and in a move: longer chains win little."""

LARGEST = 3
"""Sites closed at once, at most."""

NOISE = 1.0
"""Share by which estimates are varied, so that not the same sites are tried every time (measured: better than 0.1)."""

FAR = 0.5
"""Share of the moves that close and open in two places at once, so that poles go from one to the other."""

TOLLS = (0.9, 0.75, 0.95)
"""Shares of its price that demand is charged in turn when a plan is made anew (measured: 0.9 is best most often)."""

LAST = float(np.finfo(np.float64).max)
"""A value above every estimate: each site is looked at before any is opened."""

AT_LEAST = 20
"""Sites tried in moves, besides those that the number taken asks."""

PROMISING = 2.0
"""Sites tried in moves, to one site taken."""

HARD_WORTH = 1e6
"""A unit of a broken hard limit counts as so many kWh of the best worth."""


@dataclass(frozen=True)
class Found:
    """A plan and its proof.

    Attributes
    ----------
    taken, served_kwh
        Per site (m) the option, or -1; and the best service found of these, per arc and period (k, t).
    objective, bound
        Worth of the plan, and what no plan can exceed by ``prices``.
    is_feasible
        Whether every hard limit is kept.
    votes
        Per option (o): how often the priced problem took it of late, 0 to 1.
    rounds, stopped_by
        Rounds done, and what ended them: gap, work, seconds, or user (Ctrl-C).
    """

    taken: Wholes
    served_kwh: Floats
    objective: float
    bound: float
    is_feasible: bool
    prices: Prices
    votes: Floats
    rounds: int
    stopped_by: str


def search(
    problem: Problem,
    *,
    rounds: int,
    gap: float = 0.0,
    seed: int = 0,
    clock: Callable[[], float] | None = None,
    until: float = np.inf,
    tell: Callable[[float, float, int], None] | None = None,
) -> Found:
    """The best plan found within the work allowed.

    Parameters
    ----------
    rounds
        Rounds of pricing and moves.
    gap
        Proven share of the bound at which it stops sooner.
    clock, until
        A callable that gives the time, and the time to stop at; looked at after each round.
    tell
        Is told objective (minus infinity while no plan keeps all hard limits), bound and rounds done after each round.
    """
    pricing = start_pricing(problem)
    layout, done = pricing.layout, 0
    state = _first_plan(problem, pricing, seed)
    raise_groups(pricing, np.where(state.bonus > 0, layout.group_penalty, 0.0))  # measured: from above it gets there
    price_in_turn(pricing, moves.worth_now(layout, state), _pricings(layout, first=True) if rounds > 0 else 1)
    best, most = state.taken.copy(), _standing(layout, state)
    ended, moved, pricings = "work", (0, most[1], pricing.bound), _pricings(layout, first=False)
    patience = PATIENCE
    while done < rounds:
        try:
            if done == RELAX_AFTER and _is_stuck(pricing, most[1]):
                pricings, patience = 0, RELAXED_PATIENCE
                pricing.votes[:] = relax(pricing, rounds=RELAXINGS, clock=clock, until=until)
                ended = "seconds" if clock is not None and clock() >= until else ended
                state = _better(layout, _rounded_plan(problem, pricing, seed), state)
            state = _one_round(problem, pricing, state, done, seed, pricings)
            done += 1
            if _standing(layout, state) > most:
                best, most = state.taken.copy(), _standing(layout, state)
            if tell is not None:
                tell(most[1] if most[0] == 0 else -np.inf, pricing.bound, done)
        except KeyboardInterrupt:
            ended = "user"
            break
        if most[0] == 0 and pricing.bound - most[1] <= gap * abs(pricing.bound):
            ended = "gap" if ended == "work" else ended
            break
        if clock is not None and clock() >= until:
            ended = "seconds"
            break
        if most[1] - moved[1] + moved[2] - pricing.bound > STALLED_SHARE * abs(pricing.bound):
            moved = (done, most[1], pricing.bound)
        elif done - moved[0] >= patience:
            break
    return _found(problem, pricing, best, done, is_feasible=-most[0] <= ALLOWED, ended=ended)


PATIENCE, RELAXED_PATIENCE, STALLED_SHARE = 40, 20, 1e-4
"""The search ends when in so many rounds the gap closed by less than this share of the bound; sooner when relaxed, as
only moves close it then."""


ALLOWED = 1e-6
"""A hard limit that is broken by no more than this is kept."""


def _standing(layout: Layout, state: moves.State) -> tuple[float, float]:
    """How good a plan is: first how little it breaks of hard limits, then its worth."""
    broken = float(state.sums[moves.BROKEN])
    return (-broken if broken > ALLOWED else 0.0), moves.worth_now(layout, state)


def _better(layout: Layout, other: moves.State, state: moves.State) -> moves.State:
    return other if _standing(layout, other) > _standing(layout, state) else state


def _serve_groups(problem: Problem, pricing: Pricing, state: moves.State) -> None:
    """Where groups ask a least service: the best service of all, and what a kWh is then worth to each group."""
    if has_groups(problem):
        moves.set_service(pricing.layout, state, *serve_groups(problem, state.taken))


def promising(problem: Problem, found: Found, factor: float) -> Flags:
    """Options (o) worth a place in a smaller problem: those of the plan, and the best by prices."""
    pricing = start_pricing(problem, found.prices)
    value = np.maximum(_values(pricing)[1], found.votes - 1.0)
    many = min(int(np.ceil(factor * max((found.taken >= 0).sum(), 1))), len(value))
    kept = np.zeros(len(value), dtype=bool)
    kept[np.lexsort((np.arange(len(value)), -value))[:many]] = True
    kept[found.taken[found.taken >= 0]] = True
    return kept | problem.must[problem.option_site]


def _first_plan(problem: Problem, pricing: Pricing, seed: int, toll: float = 0.0) -> moves.State:
    """The plan that opens the best estimate first, less this share of the prices of demand and scarce limits.

    What prices hold back is opened in the end where there is room for it.
    """
    layout = pricing.layout
    state = moves.empty_state(layout, seed, LOOKS)
    nothing = np.zeros(len(layout.limit))
    hard = _hard_worth(state)
    first = np.where(pricing.active | ~pricing.active.any(), LAST, -np.inf)
    if toll > 0:
        state.bonus[:] = pricing.best.groups
        state.sums[moves.WORTH] -= float(state.bonus @ layout.least)
    moves.open_musts(layout, state, hard)
    if toll > 0:
        state.toll[:] = toll * pricing.best.demand
        moves.build(layout, state, first, toll * pricing.best.limits, hard, 0.0)
        moves.build(layout, state, first, nothing, hard, 0.0)
        state.toll[:] = 0.0
    moves.build(layout, state, first, nothing, hard, 0.0)
    _serve_groups(problem, pricing, state)
    return state


def _rounded_plan(problem: Problem, pricing: Pricing, seed: int) -> moves.State:
    """The plan of the options with the largest shares of a fractional plan, and what still fits beside them."""
    layout = pricing.layout
    state = moves.empty_state(layout, seed, LOOKS)
    hard, first = _hard_worth(state), np.full(len(layout.must), LAST)
    state.bonus[:] = pricing.best.groups
    state.sums[moves.WORTH] -= float(state.bonus @ layout.least)
    moves.open_musts(layout, state, hard)
    shares = np.where(pricing.votes >= LEAST_SHARE, pricing.votes, 0.0)
    moves.open_that_fit(layout, state, np.argsort(-shares, kind="stable")[: np.count_nonzero(shares)])
    state.toll[:] = TOLLS[1] * pricing.best.demand
    moves.build(layout, state, first, TOLLS[1] * pricing.best.limits, hard, 0.0)
    state.toll[:] = 0.0
    moves.build(layout, state, first, np.zeros(len(layout.limit)), hard, 0.0)
    _serve_groups(problem, pricing, state)
    return state


def _is_stuck(pricing: Pricing, objective: float) -> bool:
    """Whether steps of prices stand still, as they do where limits on few options, or groups, bind together."""
    many = len(pricing.layout.limit) > len(pricing.wide) or len(pricing.layout.least) > 0
    return many and pricing.bound - objective > STUCK_GAP * abs(pricing.bound)


def _hard_worth(state: moves.State) -> float:
    return HARD_WORTH * float(max(state.sums[moves.TOP], 1.0))


def _one_round(
    problem: Problem, pricing: Pricing, state: moves.State, done: int, seed: int, pricings: int
) -> moves.State:
    """Prices improved, and the plan: made anew at rounds 0, 1, 2, 4, 8, ... where that is better, and moved on."""
    layout = pricing.layout
    if done & (done - 1) == 0 and (done < LARGE_ANEW or not is_large(layout)):
        other = _first_plan(problem, pricing, seed + done + 1, TOLLS[done.bit_length() % len(TOLLS)])
        state = _better(layout, other, state)
    price_in_turn(pricing, _standing(layout, state)[1], pricings)
    tried = _tried(pricing, state)
    hard = _hard_worth(state)
    good = np.flatnonzero(tried & (state.taken < 0))
    limits = pricing.best.limits
    state = moves.try_sites(layout, state, np.flatnonzero(tried))
    state.counts[moves.LOOKS] = FEW_LOOKS
    count = max(MOVES, int(MOVES_PER_SITE * (state.taken >= 0).sum()))
    moves.ruin_and_recreate(layout, state, good, count, limits, hard, LARGEST, NOISE, FAR)
    moves.build(layout, state, np.where(tried, LAST, -np.inf), np.zeros_like(limits), hard, 0.0)
    _serve_groups(problem, pricing, state)
    return state


def _pricings(layout: Layout, *, first: bool) -> int:
    if is_large(layout):
        return LARGE_FIRST_PRICINGS if first else LARGE_PRICINGS
    return FIRST_PRICINGS if first else PRICINGS


def _tried(pricing: Pricing, state: moves.State) -> Flags:
    """Per site (m) whether it is tried in moves, as its best option is worth most at the prices."""
    by_site, _ = _values(pricing)
    many = int(PROMISING * (state.taken >= 0).sum()) + AT_LEAST
    least = min(np.sort(by_site)[-many], 0.0) if many < len(by_site) else -np.inf
    return by_site >= least


def _values(pricing: Pricing) -> tuple[Floats, Floats]:
    """Worth at the best prices per site (of its best option) and per option."""
    layout, value = pricing.layout, best_values(pricing)
    return np.maximum.reduceat(value, layout.option_start[:-1]) if len(value) else value, value


def _found(problem: Problem, pricing: Pricing, taken: Wholes, done: int, *, is_feasible: bool, ended: str) -> Found:
    served = serve(problem, taken)
    return Found(
        taken=taken,
        served_kwh=served,
        objective=worth_of(problem, taken, served),
        bound=pricing.bound,
        is_feasible=is_feasible,
        prices=pricing.best,
        votes=pricing.votes.copy(),
        rounds=done,
        stopped_by=ended,
    )
