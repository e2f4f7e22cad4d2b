"""Search for plans where nothing runs full: take away a few neighbouring sites, fill up anew, keep what is good.

In: a `Cover`, that is which site serves which demand at what worth, both ways, and how many sites may be taken. Out: a
`State`, that holds a plan and goes on from where it stopped (`laadplan.optimise.chains`). Hard decisions: what taking
each site would add is kept up to date after every change, so that a round costs what the few sites it touches cost,
however large the town; sites and demand are renumbered by nearness, so that a round stays within a small part of
memory; worth is rounded to whole multiples of a power of two, so that sums are exact and the result does not depend on
their order.

Method
------
Ruin and recreate (Schrimpf et al. 2000) of neighbours with blinks (Christiaens and Vanden Berghe 2020), accepted as in
simulated annealing: a loss is accepted with chance ``exp(-loss / temperature)``. The temperature is counted in shares
of what the plan loses with a site on average, because a ruin is local; it falls in cycles that double in length.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from laadplan.geo.compiled import compiled, compiled_parallel, prange
from laadplan.optimise.problem import Flags, Floats, Wholes
from laadplan.optimise.sparse_rows import Shorts

Randoms = npt.NDArray[np.uint64]

RUIN_MOST = 4
"""Sites taken away in one round, at most. Of 3, 4, 5, 6 and 8 on invented towns of another seed than those of the
benchmarks (10,000 to 200,000 points), 4 gave the best plans in equal time."""

BLINK_SHARE = 0.6
"""Chance that a site is overlooked when the best one is sought; of 0.01 to 0.75, tried as above."""

APART_SHARE = 0.5
"""Chance that a ruin of two or more sites begins in two places, by which sites move from one quarter to another."""

WARM_SHARE = 0.1
COLD_SHARE = 0.003
"""Temperature at the start and the end of a cycle, in shares of what the plan loses with a site on average. Of 0.03 and
0.1 to begin with, 0.1 was better by 0.03 % on cities with demand shuffled over the places; equal on invented towns."""


class Cover(NamedTuple):
    """Which site serves which demand, both ways; numbered by nearness.

    ``points[start[j]:start[j + 1]]`` are the points of site j, and ``sites[back[i]:back[i + 1]]`` the sites of point i,
    of most worth first. ``weight`` is the worth of a point (plain coverage), or empty: then ``worth`` holds that of
    each arc of ``sites`` and ``rank`` the place of each arc of ``points`` among those of its point. ``given`` is the
    worth of the site itself, and ``kept`` says that it is always taken.
    """

    start: Wholes
    points: Shorts
    rank: Shorts
    back: Wholes
    sites: Shorts
    worth: Floats
    weight: Floats
    given: Floats
    kept: Flags


class State(NamedTuple):
    """A plan: what is taken, and what each site would add to it; or several of them, one a row.

    ``served`` is the number of sites taken that reach a point and ``owner`` their sum (plain coverage); or it is
    the place of the best one among those of the point. ``chosen[:many[0]]`` are the sites taken that may go and
    ``place`` where each stands in it; ``seen`` marks the sites ``touched`` by the round whose number is its last.
    ``worth`` is that of the plan, of the best plan so far, and what a site taken is worth to the plan on average.
    """

    served: Shorts
    owner: Wholes
    gain: Floats
    taken: Flags
    chosen: Wholes
    place: Wholes
    many: Wholes
    seen: Wholes
    touched: Wholes
    best: Wholes
    best_many: Wholes
    worth: Floats
    random: Randoms


@compiled
def near_order(start: Wholes, points: Wholes, back: Wholes, sites: Wholes) -> tuple[Wholes, Wholes]:
    """New numbers of sites and of points, by walking from site to point to site: neighbours get near numbers."""
    new_site = np.full(len(start) - 1, -1, np.int64)
    new_point = np.full(len(back) - 1, -1, np.int64)
    queue = np.empty(len(new_site), np.int64)
    met, points_met, head = 0, 0, 0
    for root in range(len(new_site)):
        if new_site[root] >= 0:
            continue
        new_site[root], queue[met] = met, root
        met += 1
        while head < met:
            site = queue[head]
            head += 1
            for arc in range(start[site], start[site + 1]):
                point = points[arc]
                if new_point[point] >= 0:
                    continue
                new_point[point] = points_met
                points_met += 1
                for other in sites[back[point] : back[point + 1]]:
                    if new_site[other] < 0:
                        new_site[other], queue[met] = met, other
                        met += 1
    for point in range(len(new_point)):
        if new_point[point] < 0:
            new_point[point] = points_met
            points_met += 1
    return new_site, new_point


@compiled
def _next(random: Randoms) -> np.uint64:
    """The next 64 random bits (Marsaglia's xorshift)."""
    bits = random[0]
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    random[0] = bits
    return np.uint64(bits)


@compiled
def _below(random: Randoms, most: int) -> int:
    return int((_next(random) >> np.uint64(33)) % np.uint64(most))


@compiled
def _share(random: Randoms) -> float:
    return float(_next(random) >> np.uint64(11)) * 2.0**-53


@compiled
def _add(cover: Cover, state: State, site: int) -> float:
    """Takes the site; what it adds to the plan."""
    state.taken[site] = True
    if len(cover.worth):
        return float(cover.given[site]) + _add_better(cover, state, site)
    added = 0.0
    for arc in range(cover.start[site], cover.start[site + 1]):
        point = cover.points[arc]
        state.owner[point] += site
        state.served[point] += 1
        if state.served[point] == 1:
            weight = cover.weight[point]
            added += weight
            for back in range(cover.back[point], cover.back[point + 1]):
                state.gain[cover.sites[back]] -= weight
    return float(cover.given[site]) + added


@compiled
def _add_better(cover: Cover, state: State, site: int) -> float:
    """The same where worth differs per arc: points to which it is nearer than all others taken go over to it."""
    added = 0.0
    for arc in range(cover.start[site], cover.start[site + 1]):
        point = cover.points[arc]
        new, old, base = cover.rank[arc], state.served[point], cover.back[point]
        if new >= old:
            continue
        had = cover.worth[base + old] if base + old < cover.back[point + 1] else 0.0
        more = cover.worth[base + new] - had
        added += more
        for back in range(base, base + new):
            state.gain[cover.sites[back]] -= more
        for back in range(base + new, base + old):
            state.gain[cover.sites[back]] -= cover.worth[back] - had
        state.served[point] = new
    return added


@compiled
def _drop(cover: Cover, state: State, site: int, stamp: int, touched: int) -> tuple[float, int]:
    """Takes the site away; what the plan loses by it, and how many sites were touched so far."""
    state.taken[site] = False
    if len(cover.worth):
        lost, touched = _drop_worse(cover, state, site, stamp, touched)
        return cover.given[site] + lost, touched
    lost = 0.0
    for arc in range(cover.start[site], cover.start[site + 1]):
        point = cover.points[arc]
        state.owner[point] -= site
        state.served[point] -= 1
        if state.served[point] == 0:
            weight = cover.weight[point]
            lost += weight
            for back in range(cover.back[point], cover.back[point + 1]):
                other = cover.sites[back]
                state.gain[other] += weight
                if state.seen[other] != stamp:
                    state.seen[other] = stamp
                    state.touched[touched] = other
                    touched += 1
    return cover.given[site] + lost, touched


@compiled
def _drop_worse(cover: Cover, state: State, site: int, stamp: int, touched: int) -> tuple[float, int]:
    """The same where worth differs per arc: its points go over to the next one taken."""
    lost = 0.0
    for arc in range(cover.start[site], cover.start[site + 1]):
        point = cover.points[arc]
        old, base, end = cover.rank[arc], cover.back[point], cover.back[point + 1]
        if state.served[point] != old:
            continue
        new = base + old + 1
        while new < end and not state.taken[cover.sites[new]]:
            new += 1
        left = cover.worth[new] if new < end else 0.0
        less = cover.worth[base + old] - left
        lost += less
        state.served[point] = new - base
        for back in range(base, new):
            other = cover.sites[back]
            state.gain[other] += min(less, cover.worth[back] - left)
            if state.seen[other] != stamp:
                state.seen[other] = stamp
                state.touched[touched] = other
                touched += 1
    return lost, touched


@compiled
def _best_of_all(state: State, tops: Floats) -> int:
    """The site that adds most, by blocks that add no more than their ``tops``; -1 where none adds anything."""
    size = (len(state.gain) + len(tops) - 1) // len(tops)
    best = -1
    while True:
        block = int(np.argmax(tops))
        if tops[block] <= (state.gain[best] if best >= 0 else 0.0):
            return best
        top, at = 0.0, -1
        end = min(block * size + size, len(state.gain))
        for site in range(block * size, end):
            if not state.taken[site] and state.gain[site] > top:
                top, at = state.gain[site], site
        tops[block] = top
        if at >= 0 and (best < 0 or top > state.gain[best]):
            best = at


@compiled
def begin(cover: Cover, state: State) -> None:
    """The sites that are always taken, and then the greedy plan."""
    for site in range(len(cover.kept)):
        if cover.kept[site]:
            state.worth[0] += _add(cover, state, site)
    if len(state.gain):
        tops = np.full(int(np.sqrt(len(state.gain))) + 1, np.inf)
        while state.many[0] < len(state.chosen):
            site = _best_of_all(state, tops)
            if site < 0:
                break
            state.worth[0] += _add(cover, state, site)
            _list(state, site)
    _keep_best(state)


@compiled
def _list(state: State, site: int) -> None:
    state.chosen[state.many[0]], state.place[site] = site, state.many[0]
    state.many[0] += 1


@compiled
def _unlist(state: State, site: int) -> None:
    state.many[0] -= 1
    last = state.chosen[state.many[0]]
    state.chosen[state.place[site]], state.place[last] = last, state.place[site]


@compiled
def _keep_best(state: State) -> None:
    state.best_many[0] = state.many[0]
    state.best[: state.many[0]] = state.chosen[: state.many[0]]
    state.worth[1] = state.worth[0]


@compiled
def become(cover: Cover, state: State, sites: Wholes) -> None:
    """Makes these sites the plan, besides those that are always taken."""
    state.seen[-1] += 1
    touched = 0
    for place in range(state.many[0]):
        lost, touched = _drop(cover, state, state.chosen[place], state.seen[-1], touched)
        state.worth[0] -= lost
    state.many[0] = 0
    for site in sites:
        state.worth[0] += _add(cover, state, site)
        _list(state, site)
    if state.worth[0] > state.worth[1]:
        _keep_best(state)


@compiled
def scatter(cover: Cover, state: State) -> None:
    """Sites at random in the place of those of the plan."""
    many = state.many[0]
    become(cover, state, state.chosen[:0])
    for _ in range(many):
        site = _below(state.random, len(state.gain))
        if not state.taken[site]:
            state.worth[0] += _add(cover, state, site)
            _list(state, site)
    _keep_best(state)


@compiled
def mean_loss(cover: Cover, state: State) -> float:
    """What the plan loses where one of the sites taken goes, on average."""
    total = 0.0
    touched = 0
    state.seen[-1] += 1
    for site in state.chosen[: state.many[0]]:
        lost, touched = _drop(cover, state, site, state.seen[-1], touched)
        total += lost
        _add(cover, state, site)
    return float(total / max(state.many[0], 1))


@compiled_parallel
def rounds_of_all(cover: Cover, states: State, rounds: int, done: float, step: float) -> None:
    """Rounds of each of the plans, on several threads."""
    for line in prange(len(states.many)):
        state = State(
            states.served[line],
            states.owner[line],
            states.gain[line],
            states.taken[line],
            states.chosen[line],
            states.place[line],
            states.many[line],
            states.seen[line],
            states.touched[line],
            states.best[line],
            states.best_many[line],
            states.worth[line],
            states.random[line],
        )
        _rounds(cover, state, rounds, done, step)


@compiled
def _rounds(cover: Cover, state: State, rounds: int, done: float, step: float) -> None:
    """Rounds of ruin and recreate; ``done`` is the share of the cycle behind us, ``step`` that of a round."""
    sites = len(state.chosen) if len(state.chosen) < RUIN_MOST else RUIN_MOST
    out, new = np.empty(RUIN_MOST, np.int64), np.empty(len(state.chosen), np.int64)
    for turn in range(rounds):
        if state.many[0] == 0:
            return
        warmth = WARM_SHARE * (COLD_SHARE / WARM_SHARE) ** (done + step * turn)
        warmth *= state.worth[2]
        many = _pick_ruin(cover, state, out, 1 + _below(state.random, sites))
        state.seen[-1] += 1
        touched, worth = 0, state.worth[0]
        for site in out[:many]:
            lost, touched = _drop(cover, state, site, state.seen[-1], touched)
            worth -= lost
        room = many + len(state.chosen) - state.many[0]
        added, gain = _recreate(cover, state, touched, room, new)
        worth += gain
        if worth - state.worth[0] >= warmth * np.log(_share(state.random) + 1e-300):
            for site in out[:many]:
                _unlist(state, site)
            for site in new[:added]:
                _list(state, site)
            state.worth[0] = worth
            if worth > state.worth[1]:
                _keep_best(state)
        else:
            for site in new[:added]:
                _drop(cover, state, site, state.seen[-1], touched)
            for site in out[:many]:
                _add(cover, state, site)


@compiled
def _pick_ruin(cover: Cover, state: State, out: Wholes, goal: int) -> int:
    """Sites to take away: near one or two of those taken; how many."""
    many = 0
    seeds = 2 if goal > 1 and _share(state.random) < APART_SHARE else 1
    for turn in range(seeds):
        first = many
        many = _put(out, many, state.chosen[_below(state.random, state.many[0])])
        if many == first:
            continue
        most = goal if turn == seeds - 1 else goal // 2
        for _ in range(4 * goal):
            if many >= most:
                break
            site = _neighbour(cover, state, out[first + _below(state.random, many - first)])
            if site >= 0 and not cover.kept[site]:
                many = _put(out, many, site)
    return many


@compiled
def _put(out: Wholes, many: int, site: int) -> int:
    """Adds the site to the list where it is not in it; how many it holds."""
    for other in out[:many]:
        if other == site:
            return many
    out[many] = site
    return many + 1


@compiled
def _neighbour(cover: Cover, state: State, site: int) -> int:
    """The site taken that serves a point near a point of this one, or -1: by a random walk over points and sites."""
    for _ in range(2):
        if cover.start[site + 1] == cover.start[site]:
            return -1
        point = cover.points[cover.start[site] + _below(state.random, cover.start[site + 1] - cover.start[site])]
        site = cover.sites[cover.back[point] + _below(state.random, cover.back[point + 1] - cover.back[point])]
    if len(cover.worth):
        at = cover.back[point] + state.served[point]
        return cover.sites[at] if at < cover.back[point + 1] else -1
    return state.owner[point] if state.served[point] == 1 else -1


@compiled
def _recreate(cover: Cover, state: State, touched: int, room: int, new: Wholes) -> tuple[int, float]:
    """Takes sites that add most, some overlooked by chance; how many, and what they add."""
    many, gain = 0, 0.0
    while many < room:
        site = _best_touched(state, touched, BLINK_SHARE)
        if site < 0:
            site = _best_touched(state, touched, 0.0)
        if site < 0:
            site = _best_touched(state, -1, 0.0)
        if site < 0:
            break
        gain += _add(cover, state, site)
        new[many] = site
        many += 1
    return many, gain


@compiled
def _best_touched(state: State, touched: int, blink: float) -> int:
    """Of the sites touched (-1: of all), the one that adds most, or -1 where none adds anything."""
    best, top = -1, 0.0
    for at in range(touched if touched >= 0 else len(state.gain)):
        site = state.touched[at] if touched >= 0 else at
        if state.gain[site] > top and not state.taken[site] and (blink == 0.0 or _share(state.random) >= blink):
            best, top = site, state.gain[site]
    return best
