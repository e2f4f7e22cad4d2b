"""Good plans with their bound for any siting problem: build, price, improve, in turns.

In: a `Problem`, limits of work. Out: a `Found`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from laadplan.optimise import moves
from laadplan.optimise.bound import fill_options, improve_prices, option_values, start_pricing
from laadplan.optimise.prices import Prices, bound_of
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes


@dataclass(frozen=True)
class Found:
    """A plan, prices, votes per option, and what ended the search."""

    taken: Wholes
    served_kwh: Floats
    prices: Prices
    bound: float
    votes: Floats
    rounds: int
    stopped_by: str


def search(
    problem: Problem,
    *,
    rounds: int,
    gap: float,
    seed: int = 0,
    clock: Callable[[], float] = lambda: 0.0,
    until: float = np.inf,
    tell: Callable[[float, float, int], None] = lambda objective, bound, done: None,
) -> Found:
    """Provisional."""
    pricing = start_pricing(problem)
    layout = pricing.layout
    hard = 1e6
    state = moves.empty_state(layout, seed)
    for site in np.flatnonzero(problem.must):
        moves.open_option(layout, state, int(site), int(problem.option_start[site]))
        moves.fill_site(layout, state, int(site))
        state.counts[moves.LOGGED] = 0
    moves.build(layout, state, np.full(len(layout.must), 1e9), np.zeros(len(layout.limit)), hard, 0.0)
    ended, done = "work", 0
    random = np.random.default_rng(seed)
    best = (state.taken.copy(), state.flow.copy(), float(state.sums[moves.WORTH]))
    while True:
        improve_prices(pricing, best[2], 20)
        done += 20
        if state.sums[moves.WORTH] > best[2]:
            best = (state.taken.copy(), state.flow.copy(), float(state.sums[moves.WORTH]))
        tell(best[2], pricing.bound, done)
        if pricing.bound - best[2] <= gap * max(abs(best[2]), 1.0):
            ended = "gap"
        elif clock() > until:
            ended = "seconds"
        if ended != "work" or done >= rounds:
            break
        extra = np.append(pricing.best.groups, 0.0)[layout.group]
        values = option_values(layout, fill_options(layout, pricing.best.demand, extra), pricing.best.limits)
        site_values = np.maximum.reduceat(values, layout.option_start[:-1])
        opened = np.flatnonzero(state.taken >= 0)
        good = np.flatnonzero((state.taken < 0) & (site_values >= 0))
        many = 1 + len(opened) // 4
        seeds = np.concatenate(
            [random.choice(opened, many) if len(opened) else opened, random.choice(good, many) if len(good) else good]
        )
        random.shuffle(seeds)
        moves.ruin_and_recreate(layout, state, seeds, site_values, pricing.best.limits, hard, 3, 0.1, 0.0)
    return Found(best[0], best[1], pricing.best, bound_of(problem, pricing.best), pricing.votes, done, ended)


def promising(problem: Problem, prices: Prices, votes: Floats, taken: Wholes, *, most_arcs: int) -> Flags:
    """Options worth giving to a solver: those voted for, and those taken."""
    order = np.argsort(-votes, kind="stable")
    arcs = np.diff(problem.arc_start)[problem.option_site[order]] * len(problem.period_worth)
    keep = np.zeros(len(votes), dtype=bool)
    keep[order[: int(np.searchsorted(np.cumsum(arcs), most_arcs))]] = True
    keep[taken[taken >= 0]] = True
    return keep
