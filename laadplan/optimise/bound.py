"""Prices that make the bound of a problem low: a deflected subgradient on all demand, limits and groups at once.

In: a `Problem`, prices to start from, and a worth to aim at (that of the best plan known). Out: prices, whose bound
anyone can compute with `laadplan.optimise.prices.bound_of`. Hard decisions: each round fills all sites, in parallel
over sites, and adds up in order of site, so that the number of threads does not show; steps are measured per kWh of
demand (a point of ten times the demand is not moved ten times as far); the price of a limit that touches a large share
of all options (number of poles, budget) is not stepped to but found exactly each round, because on one line the best
price can be.
"""

from dataclasses import dataclass

import numpy as np

from laadplan.optimise.knapsacks import (
    add_use,
    best_options,
    best_price,
    fill_options,
    option_values,
    take_away,
    use_of,
)
from laadplan.optimise.layout import Layout, lay_out
from laadplan.optimise.prices import Prices, no_prices
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes

WIDE_SHARE = 0.05
"""A limit that touches at least this share of the options gets its price exactly."""

PATIENCE = 10
"""Rounds without a better bound after which the steps are shortened."""

SHORTEN = 0.7
"""By which steps are shortened then."""

MEMORY, LONG_MEMORY = 0.7, 0.9
"""Share of the direction before that is kept in the next one; and in large problems, which get more rounds."""

FIRST_STEP = 0.1
"""Share of the way to the worth aimed at that the first steps go."""

LIMIT_SCALE = 0.1
"""Worth at stake in a limit: this share of what the largest option under it can serve."""

START_SHARES = (0.0, 0.1, 0.25, 0.5)
"""Shares of the best worth of a demand point that its first price is tried at."""

START_SWEEPS = 3
"""Times that the prices of wide limits are set in turn to begin with."""

VOTE = 0.05
"""Share that one round counts for in the votes for an option."""


@dataclass
class Pricing:
    """Prices under way: what is best so far, where the search stands, and how it moves.

    Attributes
    ----------
    best, bound
        Prices with the lowest bound so far, and that bound.
    votes
        Per option (o): how often the priced problem took it of late, 0 to 1.
    line
        Per option and period (o, t): gain per kWh above which it served all in the last round.
    values, active, part
        Of a large problem (`laadplan.optimise.sifting`): worth per option at the best prices, the sites that are priced
        most often, and the layout of those with their options.
    """

    layout: Layout
    best: Prices
    bound: float
    votes: Floats
    demand: Floats
    limits: Floats
    groups: Floats
    towards: tuple[Floats, Floats, Floats]
    scale: tuple[Floats, Floats, Floats]
    highest: Floats
    wide: Wholes
    line: Floats
    active: Flags
    values: Floats | None = None
    part: tuple[Layout, Wholes] | None = None
    memory: float = MEMORY
    step: float = FIRST_STEP
    stalled: int = 0


def start_pricing(problem: Problem, start: Prices | None = None) -> Pricing:
    """Prices to begin with: those given, or each demand point at the share of its best worth that gives the best bound.

    Limits that touch many options begin at prices at which nothing is taken.
    """
    layout = lay_out(problem)
    top = no_prices(problem)
    extra = np.append(layout.group_penalty, 0.0)[layout.group]
    options = np.bincount(layout.row, minlength=len(layout.limit))
    wide = np.flatnonzero(options >= max(WIDE_SHARE * len(layout.option_worth), 2))
    first = start or _best_start(layout, top, wide)
    return Pricing(
        layout=layout,
        best=first,
        bound=np.inf,
        votes=np.zeros(len(layout.option_worth)),
        demand=first.demand.copy(),
        limits=first.limits.copy(),
        groups=first.groups.copy(),
        towards=(np.zeros_like(layout.demand), np.zeros_like(layout.limit), np.zeros_like(layout.least)),
        scale=_scales(layout),
        highest=top.demand + extra[:, None],
        wide=wide,
        line=np.zeros_like(layout.option_capacity),
        active=np.zeros(len(layout.must), dtype=bool),
    )


def _best_start(layout: Layout, top: Prices, wide: Wholes) -> Prices:
    best, lowest, line = top, np.inf, np.zeros_like(layout.option_capacity)
    for share in START_SHARES:
        demand, limits = share * top.demand, _closing_prices(layout, wide)
        filled = fill_options(layout, asked_prices(layout, demand, np.zeros_like(layout.least)), line)
        for _ in range(START_SWEEPS):
            _, earned = _settle(layout, filled, limits, wide)
        bound = _bound(layout, demand, limits, top.groups, earned)
        if bound < lowest:
            best, lowest = Prices(demand, limits, top.groups.copy()), bound
    return best


def _closing_prices(layout: Layout, wide: Wholes) -> Floats:
    """Prices of wide limits at which no option pays; of others 0."""
    dearest = float(layout.arc_worth.max(initial=0.0))
    served = np.minimum(layout.option_capacity, layout.demand.sum(axis=0)) * layout.period_worth * dearest
    most = float((served.sum(axis=1) + np.maximum(layout.option_worth, 0.0)).max(initial=0.0))
    prices = np.zeros(len(layout.limit))
    for row in wide:
        use = np.abs(layout.use[layout.row == row])
        prices[row] = min(most / use[use > 0].min(initial=np.inf) + 1.0, layout.penalty[row])
    return prices


def _scales(layout: Layout) -> tuple[Floats, Floats, Floats]:
    """How far a price moves per unit too much asked: the worth at stake there for its size."""
    demand = np.divide(1.0, layout.demand, out=np.zeros_like(layout.demand), where=layout.demand > 0)
    served = np.minimum(layout.option_capacity, layout.demand.sum(axis=0)).sum(axis=1)
    most = np.zeros(len(layout.limit))
    worth = np.zeros(len(layout.limit))
    entry = np.repeat(np.arange(len(served)), np.diff(layout.row_start))
    np.maximum.at(most, layout.row, np.abs(layout.use))
    np.maximum.at(worth, layout.row, served[entry])
    size = most * np.maximum(most, np.abs(layout.limit))
    limits = np.divide(LIMIT_SCALE * worth, size, out=np.zeros_like(size), where=size > 0)
    groups = np.divide(1.0, layout.least, out=np.zeros_like(layout.least), where=layout.least > 0)
    return demand, limits, groups


def raise_groups(pricing: Pricing, bonus: Floats) -> None:
    """Goes on from these prices of groups; the price of their demand rises as much, or all would be served twice."""
    pricing.demand += np.append(bonus - pricing.groups, 0.0)[pricing.layout.group][:, None]
    np.clip(pricing.demand, 0.0, pricing.highest, out=pricing.demand)
    pricing.groups[:] = bonus


def price(problem: Problem, start: Prices | None, target: float, rounds: int) -> tuple[Prices, float]:
    """The best prices of so many rounds, and the bound by them.

    Parameters
    ----------
    start
        Prices to begin with; None: half the worth of the best arc of each demand point.
    target
        Worth of the best plan known: the bound is driven towards it.
    """
    pricing = start_pricing(problem, start)
    improve_prices(pricing, target, rounds)
    return pricing.best, pricing.bound


def improve_prices(pricing: Pricing, target: float, rounds: int) -> Wholes:
    """So many rounds of pricing; per site the option (or -1) that the last round took.

    Parameters
    ----------
    target
        Worth of the best plan known: the bound is driven towards it.
    """
    taken = np.full(len(pricing.layout.must), -1)
    for _ in range(rounds):
        taken = _price_once(pricing, target)
    return taken


def look_at(pricing: Pricing, prices: Prices) -> tuple[Floats, int]:
    """Worth of each option (o) and how many are taken at prices found elsewhere, those of wide limits at their best.

    Where they bound better than any before, they are kept, and pricing goes on from them.
    """
    layout, limits = pricing.layout, prices.limits.copy()
    filled = fill_options(layout, asked_prices(layout, prices.demand, prices.groups), pricing.line.copy())
    taken, earned = _settle(layout, filled, limits, pricing.wide)
    bound = _bound(layout, prices.demand, limits, prices.groups, earned)
    values = option_values(layout, filled, limits)
    if bound < pricing.bound:
        pricing.best, pricing.bound = Prices(prices.demand, limits, prices.groups), bound
        pricing.values = None if pricing.values is None else values
        _go_back(pricing)
    return values, int((taken >= 0).sum())


def _price_once(pricing: Pricing, target: float) -> Wholes:
    layout = pricing.layout
    asked = asked_prices(layout, pricing.demand, pricing.groups)
    filled = fill_options(layout, asked, pricing.line)
    taken, earned = _settle(layout, filled, pricing.limits, pricing.wide)
    bound = _bound(layout, pricing.demand, pricing.limits, pricing.groups, earned)
    pricing.votes *= 1 - VOTE
    pricing.votes[taken[taken >= 0]] += VOTE
    if bound < pricing.bound - 1e-12 * abs(pricing.bound) or not np.isfinite(pricing.bound):
        pricing.bound = bound
        pricing.best = Prices(pricing.demand.copy(), pricing.limits.copy(), pricing.groups.copy())
        pricing.stalled = 0
    else:
        pricing.stalled += 1
    if pricing.stalled >= PATIENCE:
        _go_back(pricing)
    else:
        _step(pricing, asked, taken, max(bound - target, 1e-6 * abs(bound)))
    return taken


def _go_back(pricing: Pricing) -> None:
    """Begin anew from the best prices, with shorter steps."""
    pricing.stalled = 0
    pricing.step *= SHORTEN
    pricing.demand, pricing.limits = pricing.best.demand.copy(), pricing.best.limits.copy()
    pricing.groups = pricing.best.groups.copy()
    for part in pricing.towards:
        part[:] = 0.0


def _step(pricing: Pricing, asked: Floats, taken: Wholes, above: float) -> None:
    layout = pricing.layout
    left = layout.demand.copy()
    take_away(layout, asked, pricing.line, taken, left)
    used = np.zeros(len(layout.limit))
    add_use(layout, taken, used)
    room = layout.limit - used
    room[pricing.wide] = 0.0
    served = np.bincount(layout.group + 1, (layout.demand - left).sum(axis=1), minlength=len(layout.least) + 1)[1:]
    slopes = (left, room, served - layout.least)
    prices = (pricing.demand, pricing.limits, pricing.groups)
    tops = (pricing.highest, layout.penalty, layout.group_penalty)
    square = 0.0
    for slope, towards, price, top, scale in zip(slopes, pricing.towards, prices, tops, pricing.scale, strict=True):
        towards *= pricing.memory
        towards += (1 - pricing.memory) * slope
        stuck = ((price <= 0) & (towards > 0)) | ((price >= top) & (towards < 0))
        square += float((np.where(stuck, 0.0, towards) ** 2 * scale).sum())
    if square <= 0:
        return
    length = pricing.step * above / square
    for towards, price, top, scale in zip(pricing.towards, prices, tops, pricing.scale, strict=True):
        np.clip(price - length * scale * towards, 0.0, top, out=price)


def best_values(pricing: Pricing) -> Floats:
    """Worth of each option at the best prices (o)."""
    return price_whole(pricing, pricing.best)[1] if pricing.values is None else pricing.values


def price_whole(pricing: Pricing, prices: Prices) -> tuple[float, Floats]:
    """The bound by these prices, and the worth of each option (o)."""
    layout = pricing.layout
    filled = fill_options(layout, asked_prices(layout, prices.demand, prices.groups), pricing.line.copy())
    values = option_values(layout, filled, prices.limits)
    taken = best_options(layout.option_start, layout.must, values)
    earned = float(values[taken[taken >= 0]].sum())
    return _bound(layout, prices.demand, prices.limits, prices.groups, earned), values


def _bound(layout: Layout, demand: Floats, limits: Floats, groups: Floats, earned: float) -> float:
    return float((demand * layout.demand).sum() + limits @ layout.limit - groups @ layout.least + earned)


def asked_prices(layout: Layout, demand: Floats, groups: Floats) -> Floats:
    """Price of a kWh less what it is worth to its group (n, t); infinite where there is no demand."""
    extra = np.append(groups, 0.0)[layout.group]
    return np.where(layout.demand > 0, demand - extra[:, None], np.inf)


def _settle(layout: Layout, filled: Floats, limits: Floats, wide: Wholes) -> tuple[Wholes, float]:
    """Option taken per site at these prices, and their worth; prices of wide limits are set to their best, in place."""
    for row in wide:
        without = limits.copy()
        without[row] = 0.0
        value = option_values(layout, filled, without)
        use = np.zeros(len(value))
        use_of(layout, row, use)
        limits[row] = best_price(
            layout.option_start, layout.must, value, use, layout.limit[row], layout.penalty[row], limits[row]
        )
    values = option_values(layout, filled, limits)
    taken = best_options(layout.option_start, layout.must, values)
    return taken, float(values[taken[taken >= 0]].sum())
