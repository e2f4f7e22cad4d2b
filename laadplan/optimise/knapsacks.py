"""What each site earns at prices, and what the sites taken then serve, compiled.

In: a `Layout`, prices, and where the last round drew the line. Out: worth per option, the options taken, and what they
leave of demand. Hard decisions: a site fills its capacity with the kWh of most gain, all that lie above a line; the
line moves little from round to round, so what lies far above it or far below it is told apart in one pass and only what
is near is selected exactly; sites are filled in parallel and added up in order of site, so that the number of threads
does not show.
"""

import numpy as np
from numba import prange

from laadplan.geo.compiled import compiled, compiled_parallel
from laadplan.optimise.layout import Layout
from laadplan.optimise.problem import Flags, Floats, Wholes

NEAR = 0.02
"""Share of the dearest worth within which the line is looked for where it was: most often it lies there."""

ABOUT = 0.8
"""The price of a wide limit is looked for above this share of what it was, and only then below it."""

HALVINGS = 60
"""Halvings of the stretch in which the price of a wide limit lies."""


def fill_options(layout: Layout, asked: Floats, line: Floats) -> Floats:
    """What each option earns at most, before its own worth and the prices of limits (o).

    Parameters
    ----------
    asked
        Price of a kWh less what it is worth to its group (n, t); infinite where there is no demand.
    line
        Gain per kWh above which an option serves all, at and below it as far as capacity goes (o, t): where it was,
        and on return where it is.
    """
    filled = np.zeros(len(layout.option_worth))
    near = NEAR * float(layout.arc_worth.max(initial=0.0)) * float(layout.period_worth.max(initial=0.0))
    _fill_all(
        layout.demand, layout.period_worth, layout.arc_start, layout.arc_demand, layout.arc_worth,
        layout.option_start, layout.option_capacity, asked, near, line, filled,
    )  # fmt: skip
    return filled


@compiled
def _fill(gain: Floats, kwh: Floats, count: int, capacity: float) -> tuple[float, float]:
    """Most gain within the capacity, and the gain at which it is full; a selection that reorders its input."""
    low, high, room, worth, line = 0, count, capacity, 0.0, 0.0
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
        line = pivot
        for same in range(above, below):
            amount = min(room, kwh[same])
            worth += amount * pivot
            room -= amount
        low = below
    return worth, line


@compiled
def _middle(one: float, two: float, three: float) -> float:
    return max(min(one, two), min(max(one, two), three))


@compiled
def _fill_near(
    gain: Floats, kwh: Floats, count: int, capacity: float, line: float, near: float, some: Floats, their: Floats
) -> tuple[float, float]:
    """The same, when the line is known to lie about here; ``some`` and ``their`` are room to work in."""
    low, high = line - near, line + near
    front, earned, middle, between = 0.0, 0.0, 0.0, 0
    for place in range(count):
        here, amount = gain[place], kwh[place]
        some[between], their[between] = here, amount
        if here > high:
            front += amount
            earned += here * amount
        elif here >= low:
            middle += amount
            between += 1
    if front > capacity or front + middle < capacity:
        return _fill(gain, kwh, count, capacity)
    worth, found = _fill(some, their, between, capacity - front)
    return earned + worth, found if capacity > front else high


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
    near: float,
    line: Floats,
    filled: Floats,
) -> None:
    for site in prange(len(arc_start) - 1):
        first, last = arc_start[site], arc_start[site + 1]
        size = last - first + 1
        gain, kwh, some, their = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
        for period in range(len(period_worth)):
            most = 0.0
            for option in range(option_start[site], option_start[site + 1]):
                most = max(most, option_capacity[option, period])
            if most <= 0.0:
                continue
            count, factor = 0, period_worth[period]
            for arc in range(first, last):
                point = arc_demand[arc]
                here = arc_worth[arc] * factor - asked[point, period]
                gain[count], kwh[count] = here, demand[point, period]
                count += 1 if here > 0.0 else 0
            total, worth = 0.0, 0.0
            for place in range(count):
                total += kwh[place]
                worth += gain[place] * kwh[place]
            before, found, where = -1.0, 0.0, 0.0
            for option in range(option_start[site], option_start[site + 1]):
                capacity = option_capacity[option, period]
                if capacity != before:
                    if capacity <= 0.0:
                        found, where = 0.0, np.inf
                    elif capacity >= total:
                        found, where = worth, 0.0
                    else:
                        found, where = _fill_near(gain, kwh, count, capacity, line[option, period], near, some, their)
                    before = capacity
                filled[option] += found
                line[option, period] = where


@compiled
def option_values(layout: Layout, filled: Floats, limits: Floats) -> Floats:
    """What each option is worth at these prices (o)."""
    values = filled + layout.option_worth
    for option in range(len(values)):
        for entry in range(layout.row_start[option], layout.row_start[option + 1]):
            values[option] -= limits[layout.row[entry]] * layout.use[entry]
    return values


@compiled
def use_of(layout: Layout, row: int, use: Floats) -> None:
    """Adds what each option uses of a limit (o)."""
    for option in range(len(use)):
        for entry in range(layout.row_start[option], layout.row_start[option + 1]):
            if layout.row[entry] == row:
                use[option] += layout.use[entry]


@compiled
def best_options(option_start: Wholes, must: Flags, values: Floats) -> Wholes:
    """The option worth most per site, or -1 where none is worth anything and none must be taken (m)."""
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
def _turning_prices(
    option_start: Wholes, must: Flags, values: Floats, use: Floats, turns: Floats, uses: Floats
) -> bool:
    """Per site the price at which it stops using a limit (``turns``), and what it uses until then (``uses``).

    False where a site has options of unequal use: it then turns more than once.
    """
    for site in range(len(must)):
        without, most, uses[site] = (-np.inf if must[site] else 0.0), -np.inf, 0.0
        for option in range(option_start[site], option_start[site + 1]):
            if use[option] == 0.0:
                without = max(without, values[option])
            elif use[option] < 0.0 or (uses[site] > 0.0 and use[option] != uses[site]):
                return False
            else:
                uses[site] = use[option]
                most = max(most, values[option])
        turns[site] = (most - without) / uses[site] if uses[site] > 0.0 else -np.inf
    return True


@compiled
def _price_of_turns(turns: Floats, uses: Floats, limit: float, before: float) -> float:
    """The lowest price above 0 at which what is still used fits the limit; 0 where it always does."""
    for least in (ABOUT * before, 0.0):
        late = np.flatnonzero(turns > least)
        room = limit - uses[late].sum()
        if room >= 0.0 and least > 0.0:
            continue  # the price lies lower
        if room >= 0.0:
            return 0.0
        for place in np.argsort(turns[late]):
            room += uses[late[place]]
            if room >= 0.0:
                return float(turns[late[place]])
    return np.inf


@compiled
def best_price(
    option_start: Wholes, must: Flags, values: Floats, use: Floats, limit: float, penalty: float, before: float
) -> float:
    """The lowest price at which the limit is kept (use falls as the price rises), or the penalty."""
    turns, uses = np.empty(len(must)), np.empty(len(must))
    if _turning_prices(option_start, must, values, use, turns, uses):
        price = _price_of_turns(turns, uses, limit, before)
        if price < np.inf:
            return min(price, penalty)
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
def take_away(layout: Layout, asked: Floats, line: Floats, taken: Wholes, left: Floats) -> None:
    """Takes from the demand what each option taken would serve at these prices, as if it stood alone."""
    for site in range(len(taken)):
        if taken[site] < 0:
            continue
        first, last = layout.arc_start[site], layout.arc_start[site + 1]
        for period in range(len(layout.period_worth)):
            room, least = layout.option_capacity[taken[site], period], line[taken[site], period]
            if room <= 0.0:
                continue
            factor = layout.period_worth[period]
            for arc in range(first, last):
                point = layout.arc_demand[arc]
                if layout.arc_worth[arc] * factor - asked[point, period] > least:
                    left[point, period] -= layout.demand[point, period]
                    room -= layout.demand[point, period]
            for arc in range(first, last if least > 0.0 else first):
                point = layout.arc_demand[arc]
                if layout.arc_worth[arc] * factor - asked[point, period] == least:
                    amount = max(0.0, min(room, layout.demand[point, period]))
                    left[point, period] -= amount
                    room -= amount
