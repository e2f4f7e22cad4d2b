"""Rounds of the primal-dual method, compiled: from one plan and its prices to the next.

In: `Rows`, where plan and prices stand, and how long steps are. Out: the same, so many rounds further. Hard decisions:
sites are moved in parallel and then rows, in a fixed number of blocks, and each sum is added up in one order, so that
the number of threads does not show. What a site's options and arcs agree on is found by Newton's steps, kept between
bounds. The formula is in `laadplan.optimise.relaxation`.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from laadplan.geo.compiled import compiled, compiled_parallel
from laadplan.optimise.layout import Layout
from laadplan.optimise.problem import Floats, Wholes
from laadplan.optimise.relaxation_rows import Rows

LINK_STEPS, LINKED = 60, 1e-12
"""Most steps in which the share of a site is sought that its options and arcs agree on; and how close."""


class At(NamedTuple):
    """Shares of arcs and of options; prices of cells, of capacity, of limits and of groups."""

    z: Floats
    y: Floats
    cells: Floats
    rooms: Floats
    limits: Floats
    groups: Floats


@compiled_parallel
def walk_on(
    rows: Rows, at: At, anchor: At, to: At, beyond: At, weight: float, since: int, count: int, blocks: int
) -> None:
    """So many rounds, in place; what comes out is the same for any number of threads."""
    asked, served = np.empty(len(at.cells)), np.empty(len(at.cells))
    sites, cells, limits = len(rows.must), len(at.cells), len(at.limits)
    for step in range(count):
        pull = 1.0 / (since + step + 2)
        for cell in range(cells):
            group = rows.group[cell]
            asked[cell] = at.cells[cell] - (rows.part[cell] * at.groups[group] if group >= 0 else 0.0)
        for block in prange(blocks):
            first, last = sites * block // blocks, sites * (block + 1) // blocks
            _move_sites(rows, at, anchor, to, beyond, asked, pull, weight, first, last)
        for block in prange(blocks):
            first, last = cells * block // blocks, cells * (block + 1) // blocks
            _move_cells(rows, at, anchor, to, beyond, served, pull, weight, first, last)
            first, last = limits * block // blocks, limits * (block + 1) // blocks
            _move_limits(rows, at, anchor, to, beyond, pull, weight, first, last)
        short = rows.least.copy()
        for cell in range(cells):
            if rows.group[cell] >= 0:
                short[rows.group[cell]] -= rows.part[cell] * served[cell]
        for group in range(len(short)):
            goes = at.groups[group] + weight * rows.group_step[group] * short[group]
            to.groups[group] = min(max(goes, 0.0), rows.group_penalty[group])
            _go(at.groups, anchor.groups, to.groups, beyond.groups, pull, group)


@compiled
def _go(at: Floats, anchor: Floats, to: Floats, beyond: Floats, pull: float, place: int) -> None:
    """Goes beyond where the round led by as much again, and is pulled back to the anchor."""
    beyond[place] = 2 * to[place] - at[place]
    at[place] = (1 - pull) * beyond[place] + pull * anchor[place]


@compiled
def _move_sites(
    rows: Rows, at: At, anchor: At, to: At, beyond: At, asked: Floats, pull: float, weight: float, first: int, last: int
) -> None:
    """Next shares and prices of capacity of some sites."""
    over = np.empty(rows.periods)
    for site in range(first, last):
        opened = _linked(rows, to, weight, site) if _slide(rows, at, to, asked, weight, site) else 0.0
        over[:] = 0.0
        for arc in range(rows.arc_start[site], rows.arc_start[site + 1]):
            to.z[arc] = min(max(to.z[arc], 0.0), opened)
            _go(at.z, anchor.z, to.z, beyond.z, pull, arc)
            over[rows.cell[arc] % rows.periods] += rows.load[arc] * beyond.z[arc]
        for option in range(rows.option_start[site], rows.option_start[site + 1]):
            to.y[option] = to.y[option] if opened > 0.0 else 0.0
            _go(at.y, anchor.y, to.y, beyond.y, pull, option)
            for period in range(rows.periods):
                over[period] -= rows.room[option * rows.periods + period] * beyond.y[option]
        for period in range(rows.periods):
            place = site * rows.periods + period
            to.rooms[place] = max(at.rooms[place] + weight * rows.room_step[place] * over[period], 0.0)
            _go(at.rooms, anchor.rooms, to.rooms, beyond.rooms, pull, place)


@compiled
def _slide(rows: Rows, at: At, to: At, asked: Floats, weight: float, site: int) -> bool:
    """Moves arcs and options of a site as if they were not linked; whether any of the site can be open."""
    base, push, opens = site * rows.periods, 0.0, rows.must[site]
    for arc in range(rows.arc_start[site], rows.arc_start[site + 1]):
        cell, step = rows.cell[arc], rows.arc_step[arc] / weight
        earned = rows.gain[arc] - asked[cell] - rows.load[arc] * at.rooms[base + cell % rows.periods]
        to.z[arc] = at.z[arc] + step * earned
        push += max(to.z[arc], 0.0) / step
    for option in range(rows.option_start[site], rows.option_start[site + 1]):
        earned = rows.worth[option]
        for entry in range(rows.row_start[option], rows.row_start[option + 1]):
            earned -= rows.use[entry] * at.limits[rows.row[entry]]
        for period in range(rows.periods):
            earned += rows.room[option * rows.periods + period] * at.rooms[base + period]
        step = rows.option_step[option] / weight
        to.y[option] = at.y[option] + step * earned
        opens = opens or to.y[option] + step * push > 0.0
    return bool(opens)


@compiled
def _linked(rows: Rows, to: At, weight: float, site: int) -> float:
    """Shares of the options nearest to where they slid, so that no arc serves more than their sum; that sum."""
    push, _ = _push_of(rows, to, weight, site, 1.0)
    opened, _ = _sum_of(rows, to, weight, site, push)
    if rows.must[site] or opened >= 1.0:
        push = _push_to_one(rows, to, weight, site)
    else:
        low, high = opened, 1.0  # the less open, the more arcs push
        for _ in range(LINK_STEPS):
            push, fall = _push_of(rows, to, weight, site, opened)
            total, rise = _sum_of(rows, to, weight, site, push)
            if abs(total - opened) <= LINKED:
                break
            if total > opened:
                low = opened
            else:
                high = opened
            opened += (total - opened) / (1.0 + rise * fall)
            if not low < opened < high:
                opened = 0.5 * (low + high)
    total = 0.0
    for option in range(rows.option_start[site], rows.option_start[site + 1]):
        to.y[option] = max(to.y[option] + rows.option_step[option] / weight * push, 0.0)
        total += to.y[option]
    return total


@compiled
def _push_of(rows: Rows, to: At, weight: float, site: int, opened: float) -> tuple[float, float]:
    """How hard the arcs push a site open that is open so far, and how much less by opening it more."""
    push, fall = 0.0, 0.0
    for arc in range(rows.arc_start[site], rows.arc_start[site + 1]):
        if to.z[arc] > opened:
            push += (to.z[arc] - opened) * weight / rows.arc_step[arc]
            fall += weight / rows.arc_step[arc]
    return push, fall


@compiled
def _sum_of(rows: Rows, to: At, weight: float, site: int, push: float) -> tuple[float, float]:
    """Shares of the options together under a push, and how much more by pushing harder."""
    total, rise = 0.0, 0.0
    for option in range(rows.option_start[site], rows.option_start[site + 1]):
        step = rows.option_step[option] / weight
        if to.y[option] + step * push > 0.0:
            total += to.y[option] + step * push
            rise += step
    return total, rise


@compiled
def _push_to_one(rows: Rows, to: At, weight: float, site: int) -> float:
    """The push at which the options of a site are one together (Newton steps from above)."""
    push = np.inf
    for option in range(rows.option_start[site], rows.option_start[site + 1]):
        push = min(push, (1.0 - to.y[option]) * weight / rows.option_step[option])
    for _ in range(LINK_STEPS):
        total, rise = _sum_of(rows, to, weight, site, push)
        if total - 1.0 <= LINKED or rise <= 0.0:
            break
        push -= (total - 1.0) / rise
    return float(push)


@compiled
def _move_cells(
    rows: Rows,
    at: At,
    anchor: At,
    to: At,
    beyond: At,
    served: Floats,
    pull: float,
    weight: float,
    first: int,
    last: int,
) -> None:
    """Next prices of some cells of demand, and the share of each that is served."""
    for cell in range(first, last):
        total = 0.0
        for place in range(rows.cell_start[cell], rows.cell_start[cell + 1]):
            total += beyond.z[rows.cell_arc[place]]
        served[cell] = total
        to.cells[cell] = max(at.cells[cell] + weight * rows.cell_step[cell] * (total - 1.0), 0.0)
        _go(at.cells, anchor.cells, to.cells, beyond.cells, pull, cell)


@compiled
def _move_limits(
    rows: Rows, at: At, anchor: At, to: At, beyond: At, pull: float, weight: float, first: int, last: int
) -> None:
    """Next prices of some limits."""
    for row in range(first, last):
        over = -rows.limit[row]
        for entry in range(rows.limit_start[row], rows.limit_start[row + 1]):
            over += rows.limit_use[entry] * beyond.y[rows.limit_option[entry]]
        to.limits[row] = min(max(at.limits[row] + weight * rows.limit_step[row] * over, 0.0), rows.penalty[row])
        _go(at.limits, anchor.limits, to.limits, beyond.limits, pull, row)


@compiled
def price_rooms(layout: Layout, asked: Floats, top: Floats, sites: Wholes, rooms: Floats) -> None:
    """Prices of the largest capacity of some sites at which no more is asked than there is (in place)."""
    for site in sites:
        first, last = layout.arc_start[site], layout.arc_start[site + 1]
        gain, kwh = np.empty(last - first), np.empty(last - first)
        for period in range(len(layout.period_worth)):
            count = 0
            for arc in range(first, last):
                point = layout.arc_demand[arc]
                here = layout.arc_worth[arc] * layout.period_worth[period] - asked[point, period]
                if here > 0.0:
                    gain[count], kwh[count] = here, layout.demand[point, period]
                    count += 1
            left, rooms[site, period] = top[site, period] * (1.0 + 1e-9), 0.0
            for place in np.argsort(-gain[:count]):
                left -= kwh[place]
                if left < 0.0:
                    rooms[site, period] = gain[place] * top[site, period]
                    break
