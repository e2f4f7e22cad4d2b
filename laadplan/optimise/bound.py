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
from numba import prange

from laadplan.geo.compiled import compiled, compiled_parallel
from laadplan.optimise.layout import Layout, lay_out
from laadplan.optimise.prices import Prices, no_prices
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes

WIDE_SHARE = 0.05
"""A limit that touches at least this share of the options gets its price exactly."""

PATIENCE = 10
"""Rounds without a better bound after which the steps are shortened."""

SHORTEN = 0.7
"""By which steps are shortened then."""

MEMORY = 0.7
"""Share of the direction before that is kept in the next one."""

FIRST_STEP = 0.1
"""Share of the way to the worth aimed at that the first steps go."""

LIMIT_SCALE = 0.1
"""Worth at stake in a limit: this share of what the largest option under it can serve."""

START_SHARES = (0.0, 0.1, 0.25, 0.5)
"""Shares of the best worth of a demand point that its first price is tried at."""

START_SWEEPS = 3
"""Times that the prices of wide limits are set in turn to begin with."""

HALVINGS = 60
"""Halvings of the stretch in which the price of a wide limit lies."""

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
    )


def _best_start(layout: Layout, top: Prices, wide: Wholes) -> Prices:
    best, lowest = top, np.inf
    for share in START_SHARES:
        demand, limits = share * top.demand, _closing_prices(layout, wide)
        filled = fill_options(layout, demand, np.zeros(len(layout.group)))
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


def _price_once(pricing: Pricing, target: float) -> Wholes:
    layout = pricing.layout
    extra = np.append(pricing.groups, 0.0)[layout.group]
    filled = fill_options(layout, pricing.demand, extra)
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
        _step(pricing, extra, taken, max(bound - target, 1e-6 * abs(bound)))
    return taken


def _go_back(pricing: Pricing) -> None:
    """Begin anew from the best prices, with shorter steps."""
    pricing.stalled = 0
    pricing.step *= SHORTEN
    pricing.demand, pricing.limits = pricing.best.demand.copy(), pricing.best.limits.copy()
    pricing.groups = pricing.best.groups.copy()
    for part in pricing.towards:
        part[:] = 0.0


def _step(pricing: Pricing, extra: Floats, taken: Wholes, above: float) -> None:
    layout = pricing.layout
    left = layout.demand.copy()
    take_away(layout, pricing.demand, extra, taken, left)
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
        towards *= MEMORY
        towards += (1 - MEMORY) * slope
        stuck = ((price <= 0) & (towards > 0)) | ((price >= top) & (towards < 0))
        square += float((np.where(stuck, 0.0, towards) ** 2 * scale).sum())
    if square <= 0:
        return
    length = pricing.step * above / square
    for towards, price, top, scale in zip(pricing.towards, prices, tops, pricing.scale, strict=True):
        np.clip(price - length * scale * towards, 0.0, top, out=price)


def _bound(layout: Layout, demand: Floats, limits: Floats, groups: Floats, earned: float) -> float:
    return float((demand * layout.demand).sum() + limits @ layout.limit - groups @ layout.least + earned)


def fill_options(layout: Layout, price: Floats, extra: Floats) -> Floats:
    """What each option earns at most at these prices, before its own worth and the prices of limits (o)."""
    filled = np.zeros(len(layout.option_worth))
    asked = np.where(layout.demand > 0, price - extra[:, None], np.inf)
    _fill_all(
        layout.demand, layout.period_worth, layout.arc_start, layout.arc_demand, layout.arc_worth,
        layout.option_start, layout.option_capacity, asked, filled,
    )  # fmt: skip
    return filled


def _settle(layout: Layout, filled: Floats, limits: Floats, wide: Wholes) -> tuple[Wholes, float]:
    """Option taken per site at these prices, and their worth; prices of wide limits are set to their best, in place."""
    for row in wide:
        without = limits.copy()
        without[row] = 0.0
        value = option_values(layout, filled, without)
        use = np.zeros(len(value))
        _use_of(layout, row, use)
        limits[row] = _best_price(
            layout.option_start, layout.must, value, use, layout.limit[row], layout.penalty[row], limits[row]
        )
    values = option_values(layout, filled, limits)
    taken = _best_options(layout.option_start, layout.must, values)
    return taken, float(values[taken[taken >= 0]].sum())


# ---- compiled --------------------------------------------------------------------------------------------------------


@compiled
def _fill(gain: Floats, kwh: Floats, count: int, capacity: float) -> float:
    """Most gain within the capacity: a selection of the kWh of most gain, without sorting all; reorders its input."""
    low, high, room, worth = 0, count, capacity, 0.0
    while low < high and room > 0.0:
        pivot = _middle(gain[low], gain[(low + high) // 2], gain[high - 1])
        above, place, below = low, low, high
        front, earned = 0.0, 0.0
        while place < below:
            here = gain[place]
            if here > pivot:
                front += kwh[place]
                earned += here * kwh[place]
                gain[place], gain[above] = gain[above], here
                kwh[place], kwh[above] = kwh[above], kwh[place]
                above += 1
                place += 1
            elif here < pivot:
                below -= 1
                gain[place], gain[below] = gain[below], here
                kwh[place], kwh[below] = kwh[below], kwh[place]
            else:
                place += 1
        if front > room:
            high = above
            continue
        worth += earned
        room -= front
        for same in range(above, below):
            amount = min(room, kwh[same])
            worth += amount * pivot
            room -= amount
        low = below
    return worth


@compiled
def _middle(one: float, two: float, three: float) -> float:
    return max(min(one, two), min(max(one, two), three))


@compiled_parallel
def _fill_all(
    demand: Floats,
    period_worth: Floats,
    arc_start: Wholes,
    arc_demand: Wholes,
    arc_worth: Floats,
    option_start: Wholes,
    option_capacity: Floats,
    asked: Floats,
    filled: Floats,
) -> None:
    for site in prange(len(arc_start) - 1):
        first, last = arc_start[site], arc_start[site + 1]
        gain = np.empty(last - first)
        kwh = np.empty(last - first)
        for period in range(len(period_worth)):
            most = 0.0
            for option in range(option_start[site], option_start[site + 1]):
                most = max(most, option_capacity[option, period])
            if most <= 0.0:
                continue
            count, total, worth = 0, 0.0, 0.0
            for arc in range(first, last):
                point = arc_demand[arc]
                here = arc_worth[arc] * period_worth[period] - asked[point, period]
                if here > 0.0:
                    gain[count] = here
                    kwh[count] = demand[point, period]
                    total += kwh[count]
                    worth += here * kwh[count]
                    count += 1
            before, found = -1.0, 0.0
            for option in range(option_start[site], option_start[site + 1]):
                capacity = option_capacity[option, period]
                if capacity != before:
                    found = worth if capacity >= total else _fill(gain, kwh, count, capacity)
                    before = capacity
                filled[option] += found


@compiled
def option_values(layout: Layout, filled: Floats, limits: Floats) -> Floats:
    """What each option is worth at these prices (o)."""
    values = filled + layout.option_worth
    for option in range(len(values)):
        for entry in range(layout.row_start[option], layout.row_start[option + 1]):
            values[option] -= limits[layout.row[entry]] * layout.use[entry]
    return values


@compiled
def _use_of(layout: Layout, row: int, use: Floats) -> None:
    for option in range(len(use)):
        for entry in range(layout.row_start[option], layout.row_start[option + 1]):
            if layout.row[entry] == row:
                use[option] += layout.use[entry]


@compiled
def _best_options(option_start: Wholes, must: Flags, values: Floats) -> Wholes:
    taken = np.full(len(must), -1)
    for site in range(len(must)):
        most = -np.inf if must[site] else 0.0
        for option in range(option_start[site], option_start[site + 1]):
            if values[option] > most:
                most, taken[site] = values[option], option
    return taken


@compiled
def _used_at(option_start: Wholes, must: Flags, values: Floats, use: Floats, price: float) -> float:
    """Use of a limit at this price for it."""
    used = 0.0
    for site in range(len(must)):
        most, best = (-np.inf if must[site] else 0.0), -1
        for option in range(option_start[site], option_start[site + 1]):
            if values[option] - price * use[option] > most:
                most, best = values[option] - price * use[option], option
        if best >= 0:
            used += use[best]
    return used


@compiled
def _best_price(
    option_start: Wholes, must: Flags, values: Floats, use: Floats, limit: float, penalty: float, before: float
) -> float:
    """The lowest price at which the limit is kept (use falls as the price rises), or the penalty."""
    if _used_at(option_start, must, values, use, 0.0) <= limit:
        return 0.0
    low, high = 0.0, max(before, 1e-6)
    wider = 0.05 * high
    if _used_at(option_start, must, values, use, high) > limit:
        for _ in range(200):
            low, high = high, high + wider
            wider *= 2
            if high >= penalty or _used_at(option_start, must, values, use, high) <= limit:
                break
    else:
        while high - wider > 0.0 and _used_at(option_start, must, values, use, high - wider) <= limit:
            high -= wider
            wider *= 2
        low = max(high - wider, 0.0)
    if high >= penalty:
        high = penalty
        if _used_at(option_start, must, values, use, high) > limit:
            return penalty
    for _ in range(HALVINGS):
        if high - low <= 1e-9 * high:
            break
        price = 0.5 * (low + high)
        if _used_at(option_start, must, values, use, price) <= limit:
            high = price
        else:
            low = price
    return high


@compiled
def add_use(layout: Layout, taken: Wholes, used: Floats) -> None:
    """Adds what the options taken use of each limit."""
    for site in range(len(taken)):
        if taken[site] >= 0:
            for entry in range(layout.row_start[taken[site]], layout.row_start[taken[site] + 1]):
                used[layout.row[entry]] += layout.use[entry]


@compiled
def take_away(layout: Layout, price: Floats, extra: Floats, taken: Wholes, left: Floats) -> None:
    """Takes from the demand what each option taken would serve at these prices, as if it stood alone."""
    for site in range(len(taken)):
        if taken[site] < 0:
            continue
        first, last = layout.arc_start[site], layout.arc_start[site + 1]
        for period in range(len(layout.period_worth)):
            room = layout.option_capacity[taken[site], period]
            if room <= 0.0:
                continue
            gain, arcs, count = np.empty(last - first), np.empty(last - first, dtype=np.int64), 0
            for arc in range(first, last):
                point = layout.arc_demand[arc]
                here = layout.arc_worth[arc] * layout.period_worth[period] + extra[point] - price[point, period]
                if here > 0.0 and layout.demand[point, period] > 0.0:
                    hole = count
                    while hole > 0 and gain[hole - 1] < here:
                        gain[hole], arcs[hole] = gain[hole - 1], arcs[hole - 1]
                        hole -= 1
                    gain[hole], arcs[hole] = here, arc
                    count += 1
            for place in range(count):
                point = layout.arc_demand[arcs[place]]
                amount = min(room, layout.demand[point, period])
                left[point, period] -= amount
                room -= amount
                if room <= 0.0:
                    break
