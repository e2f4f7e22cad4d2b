"""Prices of a large problem, found on the part of its sites that prices hold promising.

In: a `Pricing` under way. Out: the same, with better prices whose bound counts for all sites. Hard decisions: a round
of pricing on a part of the sites is as much cheaper as the part is smaller, and its bound counts for that part only; so
after so many rounds the best prices of the part are priced over all sites, which gives the bound and shows which sites
were wrongly left out: they stay in the part from then on. Small problems are priced as a whole.
"""

from dataclasses import replace

import numpy as np

from laadplan.optimise.bound import LONG_MEMORY, VOTE, Pricing, improve_prices, price_whole
from laadplan.optimise.layout import Layout, part_of
from laadplan.optimise.problem import Floats, Wholes

LARGE = 1_000_000
"""Arcs times periods from which a part is priced: below that all rounds together take a few seconds."""

WHOLE_ROUNDS = 20
"""Rounds over all sites to begin with: they show which sites are promising."""

PROMISING = 3.0
"""Sites in the part, by worth at the best prices, to one site that these take; and each that was ever taken."""

INNER_ROUNDS = 20
"""Rounds on the part before its prices are priced over all sites."""


def is_large(layout: Layout) -> bool:
    """Whether a part of the sites is priced."""
    return len(layout.arc_demand) * len(layout.period_worth) >= LARGE


def price_in_turn(pricing: Pricing, target: float, rounds: int) -> None:
    """So many rounds of pricing, most of them on a part of the sites where the problem is large.

    Parameters
    ----------
    target
        Worth of the best plan known: the bound is driven towards it.
    """
    if not is_large(pricing.layout):
        improve_prices(pricing, target, rounds)
        return
    if pricing.values is None:
        pricing.memory = LONG_MEMORY
        improve_prices(pricing, target, min(rounds, WHOLE_ROUNDS))
        rounds -= WHOLE_ROUNDS
        _, pricing.values = price_whole(pricing, pricing.best)
        _widen(pricing, pricing.values)
    while rounds > 0 and pricing.part is not None:
        _price_part(pricing, pricing.part, target, min(rounds, INNER_ROUNDS))
        rounds -= INNER_ROUNDS


def _price_part(pricing: Pricing, part: tuple[Layout, Wholes], target: float, rounds: int) -> None:
    """So many rounds on the part; then over all sites."""
    layout, options = part
    inner = replace(pricing, layout=layout, votes=pricing.votes[options], line=pricing.line[options])
    improve_prices(inner, target, rounds)
    pricing.demand, pricing.limits, pricing.groups = inner.demand, inner.limits, inner.groups
    pricing.step, pricing.stalled = inner.step, inner.stalled
    pricing.votes *= (1 - VOTE) ** rounds
    pricing.votes[options] = inner.votes
    pricing.line[options] = inner.line
    if inner.bound >= pricing.bound:
        return
    best, values = price_whole(pricing, inner.best)
    if best < pricing.bound:
        pricing.bound, pricing.best, pricing.values = best, inner.best, values
    _widen(pricing, values)


def _widen(pricing: Pricing, values: Floats) -> None:
    """Takes in the sites that these values hold promising, and those that were taken of late."""
    layout = pricing.layout
    first = layout.option_start[:-1]
    by_site = np.maximum.reduceat(values, first)
    many = min(int(PROMISING * (by_site > 0).sum()) + 1, len(by_site))
    least = min(float(np.partition(by_site, -many)[-many]), 0.0)
    active = (by_site >= least) | layout.must | (np.maximum.reduceat(pricing.votes, first) > 0) | pricing.active
    if (active & ~pricing.active).any():
        pricing.active = active
        pricing.part = part_of(layout, np.flatnonzero(active))
