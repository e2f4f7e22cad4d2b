"""Moves on a plan, compiled: options opened and closed, and the service after each the best there is.

In: a `Layout` and a `State`. The service is a flow from sites to demand, kept best by paths that add worth: an opened
site takes over demand along chains (it serves a point that another served, which serves another instead); demand that
lost its site finds another the same way. So the worth of a move is that of the best service after it, not an estimate,
but for chains that were cut off. Groups count by a bonus per kWh, which the search takes from the best service of the
whole plan. Hard decisions: chains are looked for first come first served, not where nothing can be won any more, and
only so many sites far; each change is logged, so a move that does not pay is taken back exactly; no move breaks a hard
limit that was kept.
"""

import heapq
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from laadplan.geo.compiled import compiled
from laadplan.optimise.layout import Layout, part_of
from laadplan.optimise.problem import Flags, Floats, Wholes

Small = npt.NDArray[np.int32]

NIL = 1e-7
"""kWh below which an amount is nothing."""

GAIN = 1e-9
"""Worth per kWh below which a path is not worth following."""

CHAIN = 400
"""A path of more arcs than this is not followed (there is none in a best flow of this length but by rounding)."""

FEW_LOOKS = 40
"""Sites looked at for one path, in a search: longer chains win little."""

LOG = 1 << 19
"""Changes that one move may make."""

MARK, LOGGED, RANDOM, LOOKS = 0, 1, 2, 3
WORTH, BROKEN, TOP = 0, 1, 2


class State(NamedTuple):
    """A plan with its service, and what the search for paths writes down.

    ``flow`` (k, t), ``left`` (n, t) and ``room`` (m, t) in kWh; ``used`` per limit; ``got`` and ``bonus`` per group;
    ``toll`` is taken off for each kWh (n, t) in estimates only; ``head``, ``after`` and ``before`` chain the arcs of
    open sites per demand point; ``back`` holds the sites tried in moves that reach point i at
    ``back_start[i]:back_start[i + 1]``; ``counts`` and ``sums`` hold MARK, LOGGED, RANDOM, LOOKS; WORTH, BROKEN, TOP.
    """

    taken: Wholes
    flow: Floats
    left: Floats
    room: Floats
    used: Floats
    got: Floats
    bonus: Floats
    toll: Floats
    head: Small
    after: Small
    before: Small
    arc_site: Small
    back_start: Wholes
    back: Small
    site_gain: Floats
    site_from: Small
    site_mark: Wholes
    point_gain: Floats
    point_from: Small
    point_mark: Wholes
    queue: Small
    queued: Flags
    log_place: Wholes
    log_value: Floats
    spare: Floats
    spare_mark: Wholes
    price: Floats
    price_mark: Wholes
    counts: Wholes
    sums: Floats


def empty_state(layout: Layout, seed: int, looks: int = FEW_LOOKS) -> State:
    """The plan in which nothing is taken."""
    points, periods = layout.demand.shape
    sites, arcs = len(layout.must), len(layout.arc_demand)
    arc_site = np.repeat(np.arange(sites, dtype=np.int32), np.diff(layout.arc_start))
    worth = layout.arc_worth.max(initial=0.0) * layout.period_worth.max(initial=0.0)
    state = State(
        taken=np.full(sites, -1),
        flow=np.zeros((arcs, periods)),
        left=layout.demand.copy(),
        room=np.zeros((sites, periods)),
        used=np.zeros(len(layout.limit)),
        got=np.zeros(len(layout.least)),
        bonus=np.zeros(len(layout.least)),
        toll=np.zeros_like(layout.demand),
        head=np.full(points, -1, dtype=np.int32),
        after=np.full(arcs, -1, dtype=np.int32),
        before=np.full(arcs, -1, dtype=np.int32),
        arc_site=arc_site,
        back_start=np.zeros(points + 1, dtype=np.int64),
        back=np.zeros(0, dtype=np.int32),
        site_gain=np.zeros(sites),
        site_from=np.zeros(sites, dtype=np.int32),
        site_mark=np.zeros(sites, dtype=np.int64),
        point_gain=np.zeros(points),
        point_from=np.zeros(points, dtype=np.int32),
        point_mark=np.zeros(points, dtype=np.int64),
        queue=np.zeros(sites + 1, dtype=np.int32),
        queued=np.zeros(sites, dtype=np.bool_),
        log_place=np.zeros((LOG, 2), dtype=np.int64),
        log_value=np.zeros((LOG, 3)),
        spare=np.zeros((sites, periods)),
        spare_mark=np.zeros(sites, dtype=np.int64),
        price=np.zeros((points, periods)),
        price_mark=np.zeros(points, dtype=np.int64),
        counts=np.array([1, 0, 2 * seed + 1, looks]),
        sums=np.array([0.0, 0.0, worth + layout.group_penalty.max(initial=0.0)]),
    )
    over = np.maximum(0.0, -layout.limit)
    hard = np.isinf(layout.penalty)
    state.sums[WORTH] -= float(over[~hard] @ layout.penalty[~hard])
    state.sums[BROKEN] = float(over[hard].sum())
    return state


def try_sites(layout: Layout, state: State, sites: Wholes) -> State:
    """The same plan, in whose moves these sites are tried."""
    part, _ = part_of(layout, sites)
    site = np.repeat(sites.astype(np.int32), np.diff(part.arc_start))
    many = np.bincount(part.arc_demand, minlength=len(layout.demand))
    start = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    return state._replace(back_start=start, back=site[np.argsort(part.arc_demand, kind="stable")])


def set_service(layout: Layout, state: State, served: Floats, bonus: Floats) -> None:
    """Takes this service over: kWh per arc and period of the options taken, and the worth of a kWh to its group.

    It must be the best service at that bonus.
    """
    served = np.where(served > NIL, served, 0.0)
    points, sites = layout.demand.shape[0], len(layout.must)
    state.sums[WORTH] -= _worth_served(layout, state.flow) + float(state.bonus @ (state.got - layout.least))
    state.flow[:] = served
    for period in range(served.shape[1]):
        state.left[:, period] = layout.demand[:, period] - np.bincount(layout.arc_demand, served[:, period], points)
        capacity = np.where(state.taken >= 0, layout.option_capacity[np.maximum(state.taken, 0), period], 0.0)
        state.room[:, period] = capacity - np.bincount(state.arc_site, served[:, period], sites)
    per_group = np.bincount(layout.group[layout.arc_demand] + 1, served.sum(axis=1), len(layout.least) + 1)
    state.got[:] = per_group[1:]
    state.bonus[:] = bonus
    state.sums[WORTH] += _worth_served(layout, served) + float(bonus @ (state.got - layout.least))


def _worth_served(layout: Layout, served: Floats) -> float:
    return float((layout.arc_worth @ served) @ layout.period_worth)


def worth_now(layout: Layout, state: State) -> float:
    """Worth of the plan: WORTH without the bonus of groups, less what groups fall short."""
    short = np.maximum(layout.least - state.got, 0.0)
    return float(state.sums[WORTH] - state.bonus @ (state.got - layout.least) - layout.group_penalty @ short)


# ---- what a change does to worth and limits --------------------------------------------------------------------------


@compiled
def chance(state: State) -> float:
    """The next random number of the plan's own row, from 0 to 1."""
    state.counts[RANDOM] = state.counts[RANDOM] * 6364136223846793005 + 1442695040888963407
    return float((state.counts[RANDOM] >> 11) & ((1 << 52) - 1)) / float(1 << 52)


@compiled
def _bonus(group: int, bonus: Floats) -> float:
    """Worth that a kWh has for its group."""
    return float(bonus[group]) if group >= 0 else 0.0


@compiled
def push(layout: Layout, state: State, arc: int, period: int, amount: float) -> None:
    """So many kWh more (or less) over the arc, logged."""
    point, site, place = layout.arc_demand[arc], state.arc_site[arc], state.counts[LOGGED]
    state.log_place[place, 0], state.log_place[place, 1] = arc, period
    state.log_value[place, 0] = state.flow[arc, period]
    state.log_value[place, 1] = state.left[point, period]
    state.log_value[place, 2] = state.room[site, period]
    state.counts[LOGGED] += 1
    state.flow[arc, period] += amount
    state.left[point, period] -= amount
    state.room[site, period] -= amount
    if abs(state.flow[arc, period]) < NIL:
        state.flow[arc, period] = 0.0
    state.sums[WORTH] += amount * layout.arc_worth[arc] * layout.period_worth[period]
    group = layout.group[point]
    if group >= 0:
        state.got[group] += amount
        state.sums[WORTH] += amount * state.bonus[group]


@compiled
def _change_use(layout: Layout, state: State, option: int, sign: float) -> None:
    for entry in range(layout.row_start[option], layout.row_start[option + 1]):
        row = layout.row[entry]
        before = max(0.0, state.used[row] - layout.limit[row])
        state.used[row] += sign * layout.use[entry]
        more = max(0.0, state.used[row] - layout.limit[row]) - before
        if np.isinf(layout.penalty[row]):
            state.sums[BROKEN] += more
        else:
            state.sums[WORTH] -= more * layout.penalty[row]
    state.sums[WORTH] += sign * layout.option_worth[option]


@compiled
def fits(layout: Layout, state: State, option: int) -> bool:
    """Whether the option may be taken: no hard limit goes over, or further over."""
    for entry in range(layout.row_start[option], layout.row_start[option + 1]):
        row, use = layout.row[entry], layout.use[entry]
        most = layout.limit[row] + 1e-9 * max(1.0, abs(layout.limit[row]))
        if use > 0.0 and np.isinf(layout.penalty[row]) and state.used[row] + use > most:
            return False
    return True


@compiled
def _any_fits(layout: Layout, state: State, first: int, end: int) -> bool:
    for option in range(first, end):  # noqa: SIM110 (a generator does not compile)
        if fits(layout, state, option):
            return True
    return False


@compiled
def worth_of_taking(layout: Layout, state: State, option: int, prices: Floats, hard_worth: float) -> float:
    """Own worth of an option less what soft limits lose by it and what scarce limits ask for it."""
    worth = layout.option_worth[option]
    for entry in range(layout.row_start[option], layout.row_start[option + 1]):
        row, use = layout.row[entry], layout.use[entry]
        before = max(0.0, state.used[row] - layout.limit[row])
        more = max(0.0, state.used[row] + use - layout.limit[row]) - before
        if np.isinf(layout.penalty[row]):
            worth -= more * hard_worth + max(0.0, prices[row] * use)
        else:
            worth -= more * layout.penalty[row]
    return float(worth)


# ---- opening, closing, taking back -----------------------------------------------------------------------------------


@compiled
def _link(layout: Layout, state: State, site: int) -> None:
    for arc in range(layout.arc_start[site], layout.arc_start[site + 1]):
        point = layout.arc_demand[arc]
        state.after[arc], state.before[arc] = state.head[point], -1
        if state.head[point] >= 0:
            state.before[state.head[point]] = arc
        state.head[point] = arc


@compiled
def _unlink(layout: Layout, state: State, site: int) -> None:
    for arc in range(layout.arc_start[site], layout.arc_start[site + 1]):
        if state.before[arc] >= 0:
            state.after[state.before[arc]] = state.after[arc]
        else:
            state.head[layout.arc_demand[arc]] = state.after[arc]
        if state.after[arc] >= 0:
            state.before[state.after[arc]] = state.before[arc]


@compiled
def _log_site(state: State, site: int, before: int) -> None:
    place = state.counts[LOGGED]
    state.log_place[place, 0], state.log_place[place, 1] = -1 - site, before
    state.counts[LOGGED] += 1


@compiled
def open_option(layout: Layout, state: State, site: int, option: int) -> None:
    """Takes the option at a closed site; it serves nothing yet."""
    _log_site(state, site, -1)
    state.taken[site] = option
    state.room[site, :] = layout.option_capacity[option, :]
    _link(layout, state, site)
    _change_use(layout, state, option, 1.0)


@compiled
def close_site(layout: Layout, state: State, site: int) -> None:
    """Lets go of what an open site serves and closes it."""
    for arc in range(layout.arc_start[site], layout.arc_start[site + 1]):
        for period in range(state.flow.shape[1]):
            if state.flow[arc, period] > 0.0:
                push(layout, state, arc, period, -state.flow[arc, period])
    _change_use(layout, state, state.taken[site], -1.0)
    _log_site(state, site, state.taken[site])
    _unlink(layout, state, site)
    state.taken[site] = -1
    state.room[site, :] = 0.0


@compiled
def take_back(layout: Layout, state: State, worth: float, broken: float, got: Floats) -> None:
    """Undoes all that is logged."""
    for place in range(state.counts[LOGGED] - 1, -1, -1):
        arc, period = state.log_place[place, 0], state.log_place[place, 1]
        if arc >= 0:
            state.flow[arc, period] = state.log_value[place, 0]
            state.left[layout.arc_demand[arc], period] = state.log_value[place, 1]
            state.room[state.arc_site[arc], period] = state.log_value[place, 2]
            continue
        site, before = -1 - arc, period
        if before < 0:
            _unlink(layout, state, site)
            _change_use(layout, state, state.taken[site], -1.0)
            state.taken[site] = -1
            state.room[site, :] = 0.0
        else:
            state.taken[site] = before
            state.room[site, :] = layout.option_capacity[before, :]
            _link(layout, state, site)
            _change_use(layout, state, before, 1.0)
    state.counts[LOGGED] = 0
    state.sums[WORTH], state.sums[BROKEN] = worth, broken
    state.got[:] = got


# ---- paths that add worth --------------------------------------------------------------------------------------------


@compiled
def fill_site(layout: Layout, state: State, site: int) -> None:
    """An open site takes on demand, straight or along chains, as long as that adds worth."""
    for period in range(state.flow.shape[1]):
        while state.room[site, period] > NIL and state.counts[LOGGED] < LOG - 3 * CHAIN:
            if _path_from_site(layout, state, site, period) <= 0.0:
                break


@compiled
def serve_point(layout: Layout, state: State, point: int) -> None:
    """Demand that is left finds a site, straight or along chains, as long as that adds worth."""
    for period in range(state.flow.shape[1]):
        while state.left[point, period] > NIL and state.counts[LOGGED] < LOG - 3 * CHAIN:
            if _path_from_point(layout, state, point, period) <= 0.0:
                break


@compiled
def _path_from_site(layout: Layout, state: State, start: int, period: int) -> float:
    """kWh moved along the best path of an open site with room; 0 where none adds worth."""
    state.counts[MARK] += 1
    mark, factor, top = state.counts[MARK], layout.period_worth[period], state.sums[TOP]
    best, end, ends_at_site = GAIN, -1, False
    state.site_gain[start], state.site_mark[start] = 0.0, mark
    state.queue[0], first, last, size = start, 0, 1, len(state.queue)
    looks = state.counts[LOOKS]
    while first != last:
        site = state.queue[first]
        first = (first + 1) % size
        state.queued[site] = False
        gained = state.site_gain[site]
        if gained + top <= best or looks <= 0:
            continue
        looks -= 1
        for arc in range(layout.arc_start[site], layout.arc_start[site + 1]):
            point = layout.arc_demand[arc]
            here = gained + layout.arc_worth[arc] * factor
            left = state.left[point, period]
            bonus = _bonus(layout.group[point], state.bonus) if left > NIL else 0.0
            if here + bonus <= best or layout.demand[point, period] <= NIL:
                continue
            if state.point_mark[point] == mark and state.point_gain[point] >= here - GAIN:
                continue
            state.point_mark[point], state.point_gain[point], state.point_from[point] = mark, here, arc
            if left > NIL:
                best, end, ends_at_site = here + bonus, point, False
                continue
            other = state.head[point]
            while other >= 0:
                giver = state.arc_site[other]
                if giver != site and state.flow[other, period] > NIL and giver != start:
                    then = here - layout.arc_worth[other] * factor
                    if state.site_mark[giver] != mark or state.site_gain[giver] < then - GAIN:
                        state.site_mark[giver], state.site_gain[giver], state.site_from[giver] = mark, then, other
                        if then > best:
                            best, end, ends_at_site = then, giver, True
                        if then + top > best and state.room[giver, period] <= NIL and not state.queued[giver]:
                            state.queued[giver] = True
                            state.queue[last] = giver
                            last = (last + 1) % size
                other = state.after[other]
    if end < 0:
        return 0.0
    return _follow_to_site(layout, state, start, period, end, ends_at_site)


@compiled
def _follow_to_site(layout: Layout, state: State, start: int, period: int, end: int, ends_at_site: bool) -> float:
    """Pushes what the path can take, from its end back to the site it starts from."""
    amount = state.room[start, period]
    if not ends_at_site:
        amount = min(amount, state.left[end, period])
    for moving in (False, True):
        place, at_site, steps = end, ends_at_site, 0
        while not (at_site and place == start):
            if at_site:
                arc = state.site_from[place]
                if moving:
                    push(layout, state, arc, period, -amount)
                else:
                    amount = min(amount, state.flow[arc, period])
                place = layout.arc_demand[arc]
            else:
                arc = state.point_from[place]
                if moving:
                    push(layout, state, arc, period, amount)
                place = state.arc_site[arc]
            at_site = not at_site
            steps += 1
            if steps > CHAIN:
                return 0.0
    return float(amount)


@compiled
def _path_from_point(layout: Layout, state: State, start: int, period: int) -> float:
    """kWh moved along the best path of a point with demand left; 0 where none adds worth."""
    state.counts[MARK] += 1
    mark, factor, top = state.counts[MARK], layout.period_worth[period], state.sums[TOP]
    best, end, ends_at_site = GAIN, -1, False
    state.point_mark[start], state.point_gain[start] = mark, _bonus(layout.group[start], state.bonus)
    first, last, size = 0, 0, len(state.queue)
    point, gained, more = start, state.point_gain[start], True
    site, arc, looks = -1, layout.arc_start[0], state.counts[LOOKS]
    while more:
        other = state.head[point]  # sites that may serve this point instead
        while other >= 0:
            taker = state.arc_site[other]
            then = gained + layout.arc_worth[other] * factor
            better = state.site_mark[taker] != mark or state.site_gain[taker] < then - GAIN
            if taker != site and then > best and better:
                state.site_mark[taker], state.site_gain[taker], state.site_from[taker] = mark, then, other
                if state.room[taker, period] > NIL:
                    best, end, ends_at_site = then, taker, True
                elif not state.queued[taker]:
                    state.queued[taker] = True
                    state.queue[last] = taker
                    last = (last + 1) % size
            other = state.after[other]
        more = False
        while not more:  # the next point that a site could let go of
            if site < 0 or arc >= layout.arc_start[site + 1]:
                if first == last or looks <= 0:
                    break
                looks -= 1
                site = state.queue[first]
                first = (first + 1) % size
                state.queued[site] = False
                arc = layout.arc_start[site]
                continue
            here, arc = arc, arc + 1
            if state.flow[here, period] <= NIL or state.site_gain[site] <= best:
                continue
            point = layout.arc_demand[here]
            gained = state.site_gain[site] - layout.arc_worth[here] * factor
            if point == start or gained + top <= best:
                continue
            if state.point_mark[point] == mark and state.point_gain[point] >= gained - GAIN:
                continue
            state.point_mark[point], state.point_gain[point], state.point_from[point] = mark, gained, here
            loss = _bonus(layout.group[point], state.bonus)
            if gained - loss > best:
                best, end, ends_at_site = gained - loss, point, False
            more = True
    while first != last:
        state.queued[state.queue[first]] = False
        first = (first + 1) % size
    if end < 0:
        return 0.0
    return _follow_to_point(layout, state, start, period, end, ends_at_site)


@compiled
def _follow_to_point(layout: Layout, state: State, start: int, period: int, end: int, ends_at_site: bool) -> float:
    amount = state.left[start, period]
    if ends_at_site:
        amount = min(amount, state.room[end, period])
    for moving in (False, True):
        place, at_site, steps = end, ends_at_site, 0
        while at_site or place != start:
            if at_site:
                arc = state.site_from[place]
                if moving:
                    push(layout, state, arc, period, amount)
                place = layout.arc_demand[arc]
            else:
                arc = state.point_from[place]
                if moving:
                    push(layout, state, arc, period, -amount)
                else:
                    amount = min(amount, state.flow[arc, period])
                place = state.arc_site[arc]
            at_site = not at_site
            steps += 1
            if steps > CHAIN:
                return 0.0
    return float(amount)


# ---- what a closed site would bring ----------------------------------------------------------------------------------


@compiled
def _fill(gain: Floats, kwh: Floats, count: int, capacity: float) -> float:
    """Most gain within the capacity; puts its (few) items in order of gain."""
    for place in range(1, count):
        here, amount, hole = gain[place], kwh[place], place
        while hole > 0 and gain[hole - 1] < here:
            gain[hole], kwh[hole] = gain[hole - 1], kwh[hole - 1]
            hole -= 1
        gain[hole], kwh[hole] = here, amount
    worth, room = 0.0, capacity
    for place in range(count):
        amount = min(room, kwh[place])
        worth += amount * gain[place]
        room -= amount
        if room <= 0.0:
            break
    return worth


@compiled
def _find_spare(layout: Layout, state: State, site: int) -> None:
    """Worth of one kWh of room more at an open site: its best point with demand left; 0 while it has room."""
    state.spare_mark[site] = state.counts[MARK]
    bonus = state.bonus
    for period in range(state.flow.shape[1]):
        best, factor = 0.0, layout.period_worth[period]
        if state.room[site, period] <= NIL:
            for arc in range(layout.arc_start[site], layout.arc_start[site + 1]):
                point = layout.arc_demand[arc]
                if state.left[point, period] > NIL:
                    best = max(best, layout.arc_worth[arc] * factor + _bonus(layout.group[point], bonus))
        state.spare[site, period] = best


@compiled
def _find_price(layout: Layout, state: State, point: int) -> None:
    """What the sites that serve a point lose at least when another takes a kWh of it over."""
    state.price_mark[point] = state.counts[MARK]
    for period in range(state.flow.shape[1]):
        least, factor, arc = np.inf, layout.period_worth[period], state.head[point]
        while arc >= 0:
            if state.flow[arc, period] > NIL:
                site = state.arc_site[arc]
                if state.spare_mark[site] != state.counts[MARK]:
                    _find_spare(layout, state, site)
                least = min(least, layout.arc_worth[arc] * factor - state.spare[site, period])
            arc = state.after[arc]
        state.price[point, period] = least


@compiled
def estimate(layout: Layout, state: State, site: int, prices: Floats, hard_worth: float, found: Floats) -> int:
    """The best option of a closed site that fits, or -1; ``found`` gets its worth, less the prices of scarce limits.

    What it could take over from other sites counts for what they would gain by the room they get. Not less than the
    true worth of opening it, where chains are short.
    """
    first, last = layout.arc_start[site], layout.arc_start[site + 1]
    options = slice(layout.option_start[site], layout.option_start[site + 1])
    if not _any_fits(layout, state, options.start, options.stop):
        return -1
    earned = np.zeros(options.stop - options.start)
    gain, kwh = np.empty(2 * (last - first)), np.empty(2 * (last - first))
    for period in range(state.flow.shape[1]):
        factor, count = layout.period_worth[period], 0
        for arc in range(first, last):
            point = layout.arc_demand[arc]
            worth, left = layout.arc_worth[arc] * factor, state.left[point, period]
            if left > NIL:
                net = worth + _bonus(layout.group[point], state.bonus) - state.toll[point, period]
                if net > 0.0:
                    gain[count], kwh[count] = net, left
                    count += 1
            served = layout.demand[point, period] - left
            if served > NIL:
                if state.price_mark[point] != state.counts[MARK]:
                    _find_price(layout, state, point)
                asked = max(state.price[point, period], state.toll[point, period])
                if worth > asked + GAIN:
                    gain[count], kwh[count] = worth - asked, served
                    count += 1
        before, worth = -1.0, 0.0
        for option in range(options.start, options.stop):
            if layout.option_capacity[option, period] != before:
                before = layout.option_capacity[option, period]
                worth = _fill(gain, kwh, count, before) if before > 0.0 else 0.0
            earned[option - options.start] += worth
    best, most = -1, -np.inf
    for option in range(options.start, options.stop):
        if fits(layout, state, option):
            worth = earned[option - options.start] + worth_of_taking(layout, state, option, prices, hard_worth)
            if worth > most:
                best, most = option, worth
    found[0] = most
    return best


# ---- a plan from prices, and ruin and recreate -----------------------------------------------------------------------


@compiled
def build(layout: Layout, state: State, values: Floats, prices: Floats, hard_worth: float, least: float) -> None:
    """Opens closed sites, the best estimate first, until none that fits is worth more than ``least``.

    ``values`` (m): an order to look at the sites in, not below the estimates where these are to be exact.
    """
    heap = [(-values[site], site) for site in range(len(values)) if state.taken[site] < 0 and values[site] > -np.inf]
    heapq.heapify(heap)
    found = np.zeros(1)
    while len(heap) > 0:
        _, site = heapq.heappop(heap)
        option = estimate(layout, state, site, prices, hard_worth, found)
        if option < 0 or found[0] <= least:
            continue
        if len(heap) > 0 and found[0] < -heap[0][0] - GAIN:
            heapq.heappush(heap, (-found[0], site))
            continue
        state.counts[LOGGED] = 0
        open_option(layout, state, site, option)
        fill_site(layout, state, site)
    state.counts[LOGGED] = 0


@compiled
def open_musts(layout: Layout, state: State, hard_worth: float) -> None:
    """Opens what must be open: the option that breaks least and then is worth most."""
    for site in range(len(layout.must)):
        if not layout.must[site] or state.taken[site] >= 0:
            continue
        best, most = -1, -np.inf
        for option in range(layout.option_start[site], layout.option_start[site + 1]):
            before, broken = state.sums[WORTH], state.sums[BROKEN]
            got = state.got.copy()
            state.counts[LOGGED] = 0
            open_option(layout, state, site, option)
            fill_site(layout, state, site)
            gain = state.sums[WORTH] - before - hard_worth * (state.sums[BROKEN] - broken)
            take_back(layout, state, before, broken, got)
            if gain > most:
                best, most = option, gain
        open_option(layout, state, site, best)
        fill_site(layout, state, site)
    state.counts[LOGGED] = 0


@compiled
def open_all(layout: Layout, state: State, taken: Wholes) -> None:
    """Opens the options taken, in order of site, each with its best service."""
    for site in range(len(taken)):
        if taken[site] >= 0:
            state.counts[LOGGED] = 0
            open_option(layout, state, site, taken[site])
            fill_site(layout, state, site)
    state.counts[LOGGED] = 0


@compiled
def open_that_fit(layout: Layout, state: State, options: Wholes) -> None:
    """Opens these options in this order, at sites that are closed, where no hard limit is broken by it."""
    for option in options:
        site = np.searchsorted(layout.option_start, option, side="right") - 1
        if state.taken[site] < 0 and fits(layout, state, option):
            state.counts[LOGGED] = 0
            open_option(layout, state, site, option)
            fill_site(layout, state, site)
    state.counts[LOGGED] = 0


@compiled
def _near(layout: Layout, state: State, closed: Wholes, many: int, sites: Wholes) -> int:
    """Sites tried in moves that reach demand of those just closed, themselves among them; how many were written."""
    state.counts[MARK] += 1
    mark, count = state.counts[MARK], 0
    for place in range(many):
        if state.site_mark[closed[place]] != mark and state.taken[closed[place]] < 0 and count < len(sites):
            state.site_mark[closed[place]] = mark
            sites[count] = closed[place]
            count += 1
    for place in range(many):
        for arc in range(layout.arc_start[closed[place]], layout.arc_start[closed[place] + 1]):
            point = layout.arc_demand[arc]
            for entry in range(state.back_start[point], state.back_start[point + 1]):
                site = state.back[entry]
                if state.site_mark[site] != mark and state.taken[site] < 0 and count < len(sites):
                    state.site_mark[site] = mark
                    sites[count] = site
                    count += 1
    return count


@compiled
def _open_near(layout: Layout, state: State, start: int) -> int:
    """An open site at random that shares demand with this one, or the site itself."""
    for _ in range(6):
        arcs = layout.arc_start[start + 1] - layout.arc_start[start]
        if arcs == 0:
            return start
        point = layout.arc_demand[layout.arc_start[start] + int(chance(state) * arcs)]
        many, arc = 0, state.head[point]
        found = start
        while arc >= 0:
            if state.arc_site[arc] != start:
                many += 1
                if chance(state) * many < 1.0:
                    found = state.arc_site[arc]
            arc = state.after[arc]
        if found != start:
            return found
    return start


@compiled
def ruin_and_recreate(
    layout: Layout,
    state: State,
    good: Wholes,
    moves: int,
    prices: Floats,
    hard_worth: float,
    largest: int,
    noise: float,
    far: float,
) -> int:
    """So many times closes some sites that lie together and opens others; how many times that was kept.

    What does not pay is taken back. It begins at an open site, or at a closed one of ``good`` and those open around.

    Parameters
    ----------
    prices, hard_worth
        Prices of limits, by which options of unequal use are compared; worth of a unit less of a hard limit broken.
    largest, noise
        At most so many sites are closed at once; estimates vary at random by this share.
    far
        Share of the moves that close and open in two places at once: so poles go from one to the other.
    """
    kept = 0
    closed, sites = np.empty(2 * largest + 4, dtype=np.int64), np.empty(1200, dtype=np.int64)
    opened = np.flatnonzero(state.taken >= 0)
    for move in range(moves if len(opened) > 0 else 0):
        worth, broken, got = state.sums[WORTH], state.sums[BROKEN], state.got.copy()
        state.counts[LOGGED] = 0
        many, gone = 0, 0
        for _ in range(2 if chance(state) < far else 1):
            if move % 2 == 0 or len(good) == 0:
                seed = opened[int(chance(state) * len(opened))]
            else:
                seed = good[int(chance(state) * len(good))]
            if _is_fixed(layout, state, seed):
                continue
            is_new = state.taken[seed] < 0
            more = _ruin(layout, state, seed, 1 + int(chance(state) * largest), closed[many:])
            gone += more
            if more > 0 and is_new:
                closed[many + more] = seed
                more += 1
            many += more
        if many == 0:
            continue
        count = _near(layout, state, closed, many, sites)
        aim = worth - _could_serve(layout, state, closed[:many]) if broken <= 1e-9 else -np.inf
        if not _recreate(layout, state, sites[:count], prices, hard_worth, noise, aim, gone):
            take_back(layout, state, worth, broken, got)
            continue
        _force_musts(layout, state, closed, many, prices, hard_worth)
        _serve_again(layout, state, closed[:many])
        loses = worth - state.sums[WORTH]
        breaks_more = state.sums[BROKEN] > broken + 1e-9 * max(1.0, broken)
        if breaks_more or (loses > 0.0 and state.sums[BROKEN] > broken - 1e-9):
            take_back(layout, state, worth, broken, got)
        elif loses != 0.0:
            kept += 1
    state.counts[LOGGED] = 0
    return kept


@compiled
def _is_fixed(layout: Layout, state: State, site: int) -> bool:
    """Whether the site is open and can only stay as it is."""
    only = layout.option_start[site + 1] - layout.option_start[site] == 1
    return bool(layout.must[site] and only and state.taken[site] >= 0)


@compiled
def _ruin(layout: Layout, state: State, seed: int, many: int, closed: Wholes) -> int:
    count, site = 0, seed
    if state.taken[seed] < 0:
        site = _open_near(layout, state, seed)
        many = max(many - 1, 1)
    for _ in range(many):
        if state.taken[site] >= 0 and not _is_fixed(layout, state, site):
            closed[count] = site
            count += 1
            close_site(layout, state, site)
        site = _open_near(layout, state, site)
    return count


@compiled
def _serve_again(layout: Layout, state: State, closed: Wholes) -> None:
    """What lost its site and has not found another yet, finds one."""
    for site in closed:
        for arc in range(layout.arc_start[site], layout.arc_start[site + 1]):
            for period in range(state.flow.shape[1]):
                if state.left[layout.arc_demand[arc], period] > NIL:
                    serve_point(layout, state, layout.arc_demand[arc])
                    break


@compiled
def _could_serve(layout: Layout, state: State, closed: Wholes) -> float:
    """Worth, at most, of serving what lost its site by open sites that have room."""
    worth = 0.0
    for site in closed:
        for arc in range(layout.arc_start[site], layout.arc_start[site + 1]):
            point = layout.arc_demand[arc]
            for period in range(state.flow.shape[1]):
                if state.left[point, period] <= NIL:
                    continue
                best, other = 0.0, state.head[point]
                while other >= 0:
                    if state.room[state.arc_site[other], period] > NIL:
                        best = max(best, layout.arc_worth[other])
                    other = state.after[other]
                if best > 0.0:
                    gain = best * layout.period_worth[period] + _bonus(layout.group[point], state.bonus)
                    worth += gain * state.left[point, period]
    return worth


@compiled
def _recreate(
    layout: Layout,
    state: State,
    sites: Wholes,
    prices: Floats,
    hard_worth: float,
    noise: float,
    aim: float,
    gone: int,
) -> bool:
    """Opens some of these sites, the best estimate first; False where that cannot reach the worth aimed at.

    Estimates are not below the true worth but for what is served by chains; about as many sites open as are ``gone``.
    """
    estimates, found, top = np.empty(len(sites)), np.zeros(1), 0.0
    factor, fresh = np.empty(len(sites)), np.zeros(len(sites), dtype=np.int64)
    state.counts[MARK] += 1
    for place in range(len(sites)):
        factor[place] = 1.0 + noise * (chance(state) - 0.5)
        option = estimate(layout, state, sites[place], prices, hard_worth, found)
        estimates[place] = -np.inf if option < 0 else found[0] * factor[place]
        if option >= 0:
            top = max(top, _true_worth(layout, option, prices, found[0]))
    step = 0
    while len(sites) > 0:
        place = int(np.argmax(estimates))
        if estimates[place] == -np.inf:
            return True
        site = sites[place]
        if state.taken[site] >= 0:
            estimates[place] = -np.inf
            continue
        if fresh[place] < step or step == 0:
            option = estimate(layout, state, site, prices, hard_worth, found)
            fresh[place] = step
            if option < 0:
                estimates[place] = -np.inf
                continue
            if step > 0 and found[0] * factor[place] < estimates[place] - GAIN:
                estimates[place] = found[0] * factor[place]
                continue
        else:
            option = estimate(layout, state, site, prices, hard_worth, found)
        brings = _true_worth(layout, option, prices, found[0])
        if brings <= 0.0:
            estimates[place] = -np.inf
            continue
        if state.sums[WORTH] + brings + max(gone - step - 1, 0) * top < aim:
            return False
        open_option(layout, state, site, option)
        fill_site(layout, state, site)
        estimates[place] = -np.inf
        step += 1
        state.counts[MARK] += 1
    return True


@compiled
def _true_worth(layout: Layout, option: int, prices: Floats, estimated: float) -> float:
    """The estimate with what was taken off for scarce limits."""
    worth = estimated
    for entry in range(layout.row_start[option], layout.row_start[option + 1]):
        if np.isinf(layout.penalty[layout.row[entry]]):
            worth += max(0.0, prices[layout.row[entry]] * layout.use[entry])
    return worth


@compiled
def _force_musts(layout: Layout, state: State, closed: Wholes, many: int, prices: Floats, hard_worth: float) -> None:
    found = np.zeros(1)
    for place in range(many):
        site = closed[place]
        if layout.must[site] and state.taken[site] < 0:
            state.counts[MARK] += 1
            option = estimate(layout, state, site, prices, hard_worth, found)
            if option < 0:
                state.sums[BROKEN] += 1e18  # no way back: the caller takes the move back
                return
            open_option(layout, state, site, option)
            fill_site(layout, state, site)
