"""A smaller problem with the same best plans, and the way back.

In: any `Problem`. Out: a `Reduced` that holds the smaller problem and restores its choice and its prices. Nothing is
approximated: what is left out changes no best worth.

Reductions
----------
arcs
    Left out where nothing can be gained over them: no demand, no capacity, or worth nil to a point of no group.
demand
    Points that the same sites reach at the same worth, in the same group, are one point; points nobody reaches go.
options
    Left out where another one of the site has as much capacity, as much worth and no more use of any limit.
sites
    Left out where another one of unbounded capacity reaches all its points at as much worth, costs no more of anything,
    and having both brings nothing; and where they reach nobody and bring nothing. Never a site that must be taken.

Hard decisions: points are first put together by a 128-bit hash of their arcs and then held against each other arc by
arc; those that turn out to differ stay apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from laadplan.geo.compiled import compiled
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import NONE, Choice, Flags, Floats, Problem, Wholes

Hashes = npt.NDArray[np.uint64]
Shorts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Reduced:
    """A smaller problem with what it was made from.

    Attributes
    ----------
    problem, original
        The smaller problem, and the one it stands for.
    point_of
        Per demand point of the original (n): place of the point that stands for it, or -1.
    sites, options
        Per site and option of the smaller problem: its place in the original; rising.
    """

    problem: Problem
    original: Problem
    point_of: Wholes
    sites: Wholes
    options: Wholes

    def restore(self, choice: Choice) -> Choice:
        """The same choice in the original: what one point is served is divided by demand over those it stands for."""
        taken = np.full(len(self.original.site_ids), NONE)
        taken[self.sites] = np.where(choice.taken == NONE, NONE, self.options[choice.taken])
        arcs, place = self._arcs()
        points = self.original.arc_demand[arcs]
        whole = self.problem.demand_kwh[self.point_of[points]]
        share = np.divide(self.original.demand_kwh[points], whole, out=np.zeros(whole.shape), where=whole > 0)
        served = np.zeros((len(self.original.arc_demand), len(self.original.period_worth)))
        served[arcs] = choice.served_kwh[place] * share
        return Choice(taken, served)

    def restore_prices(self, prices: Prices) -> Prices:
        """The same prices in the original; the bound is the same there too, unless sites were left out."""
        demand = np.zeros(self.original.demand_kwh.shape)
        known = self.point_of != NONE
        demand[known] = prices.demand[self.point_of[known]]
        return replace(prices, demand=demand)

    def narrow(self, taken: Wholes) -> Wholes:
        """A choice of options of the original in the smaller problem; what was left out there is not taken."""
        place = np.full(len(self.original.option_ids) + 1, NONE)
        place[self.options] = np.arange(len(self.options))
        return np.asarray(place[taken[self.sites]])

    def _arcs(self) -> tuple[Wholes, Wholes]:
        """Arcs of the original that have one in the smaller problem, and its place."""
        site = np.full(len(self.original.site_ids), NONE)
        site[self.sites] = np.arange(len(self.sites))
        many = max(1, len(self.problem.demand_ids))
        own, point = site[self.original.arc_site], self.point_of[self.original.arc_demand]
        known = np.flatnonzero((own != NONE) & (point != NONE))
        keys = self.problem.arc_site * many + self.problem.arc_demand
        sought = own[known] * many + point[known]
        place = np.minimum(np.searchsorted(keys, sought), max(0, len(keys) - 1))
        there = keys[place] == sought if len(keys) else np.zeros(len(known), dtype=bool)
        return known[there], place[there]


def reduce(problem: Problem, *, sites: bool = True) -> Reduced:
    """A smaller problem of the same best worth.

    Parameters
    ----------
    problem
        Any problem.
    sites
        Whether sites may be left out; without, prices of the smaller problem certify the same bound of the original.
    """
    found = _begin(problem)
    found = _without_options(found, ~_worse_options(found.problem))
    found = _merged(_with_arcs(found, _useful_arcs(found.problem)))
    if not sites:
        return found
    kept = ~(_idle_sites(found.problem) | _worse_sites(found.problem))
    return (
        found if kept.all() else _merged(_without_options(found, np.repeat(kept, np.diff(found.problem.option_start))))
    )


def merge_reach(batches: Iterable[tuple[Wholes, Wholes, Floats]], sites: int) -> tuple[Wholes, Wholes, Floats]:
    """Points in batches that never stand in memory together, those that the same sites reach as one.

    Parameters
    ----------
    batches
        Of each batch: starts of its arcs per site (sites + 1), points of the batch they lead to (rising per site), and
        kWh per point.
    sites
        Number of sites.

    Returns
    -------
    Starts per site, points, and kWh per point, of the points that are left; without those that no site reaches.
    """
    start, points, kwh = np.zeros(sites + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    for more in batches:
        start, points, kwh = _joined((start, points, kwh), _one_each(*more))
        start, points, kwh = _one_each(start, points, kwh)
    return start, points, kwh


def _one_each(start: Wholes, points: Wholes, kwh: Floats) -> tuple[Wholes, Wholes, Floats]:
    first = _alike(start, points, np.zeros(len(points)), np.zeros(len(kwh), dtype=np.int64))
    kept = first == np.arange(len(kwh))
    kept[np.bincount(points, minlength=len(kwh)) == 0] = False
    place = np.cumsum(kept) - 1
    arcs = kept[points]
    total = np.bincount(first, weights=kwh, minlength=len(kwh))[kept]
    return _starts(start, arcs), place[points[arcs]], total


def _joined(one: tuple[Wholes, Wholes, Floats], other: tuple[Wholes, Wholes, Floats]) -> tuple[Wholes, Wholes, Floats]:
    """Two sets of points beside each other."""
    site = np.concatenate([np.repeat(np.arange(len(part[0]) - 1), np.diff(part[0])) for part in (one, other)])
    points = np.concatenate([one[1], other[1] + len(one[2])])
    order = np.lexsort((points, site))
    return one[0] + other[0], points[order], np.concatenate([one[2], other[2]])


def _begin(problem: Problem) -> Reduced:
    points, sites, options = len(problem.demand_ids), len(problem.site_ids), len(problem.option_ids)
    return Reduced(problem, problem, np.arange(points), np.arange(sites), np.arange(options))


def _starts(start: Wholes, kept: Flags) -> Wholes:
    """Starts of rows of which only some members are kept."""
    return np.asarray(np.concatenate([[0], np.cumsum(kept)])[start])


def _useful_arcs(problem: Problem) -> Flags:
    """Arcs over which something can be gained."""
    grouped = np.append(problem.groups.penalty > 0, False)[problem.demand_group]
    open_in = np.zeros((len(problem.site_ids), len(problem.period_worth)), dtype=bool)
    np.logical_or.at(open_in, problem.option_site, problem.option_capacity > 0)
    point = problem.arc_demand
    some = (open_in[problem.arc_site] & (problem.demand_kwh[point] > 0)).any(axis=1)
    return np.asarray(some & ((problem.arc_worth > 0) | grouped[point]))


def _with_arcs(found: Reduced, kept: Flags) -> Reduced:
    problem = found.problem
    if kept.all():
        return found
    smaller = replace(
        problem,
        arc_start=_starts(problem.arc_start, kept),
        arc_demand=problem.arc_demand[kept],
        arc_worth=problem.arc_worth[kept],
    )
    return replace(found, problem=smaller)


def _merged(found: Reduced) -> Reduced:
    """Points that are alike as one, without those that nobody reaches."""
    problem = found.problem
    many = len(problem.demand_ids)
    first = _alike(problem.arc_start, problem.arc_demand, problem.arc_worth, problem.demand_group)
    kept = (first == np.arange(many)) & (np.bincount(problem.arc_demand, minlength=many) > 0)
    place = np.where(kept, np.cumsum(kept) - 1, NONE)
    total = np.zeros((int(kept.sum()), len(problem.period_worth)))
    for period in range(total.shape[1]):
        total[:, period] = np.bincount(first, weights=problem.demand_kwh[:, period], minlength=many)[kept]
    arcs = kept[problem.arc_demand]
    smaller = replace(
        problem,
        demand_ids=tuple(problem.demand_ids[point] for point in np.flatnonzero(kept)),
        demand_kwh=total,
        demand_group=problem.demand_group[kept],
        arc_start=_starts(problem.arc_start, arcs),
        arc_demand=place[problem.arc_demand[arcs]],
        arc_worth=problem.arc_worth[arcs],
    )
    stands_for = np.append(place[first], NONE)
    return replace(found, problem=smaller, point_of=stands_for[found.point_of])


def _without_options(found: Reduced, kept: Flags) -> Reduced:
    """Only these options, without sites that have none left."""
    problem, limits = found.problem, found.problem.limits
    if kept.all():
        return found
    start = _starts(problem.option_start, kept)
    sites = np.diff(start) > 0
    uses = kept[limits.option]
    arcs = np.repeat(sites, np.diff(problem.arc_start))
    place = np.cumsum(kept) - 1
    smaller = replace(
        problem,
        site_ids=tuple(problem.site_ids[site] for site in np.flatnonzero(sites)),
        must=problem.must[sites],
        arc_start=np.concatenate([[0], np.cumsum(np.diff(problem.arc_start)[sites])]),
        arc_demand=problem.arc_demand[arcs],
        arc_worth=problem.arc_worth[arcs],
        option_start=np.concatenate([[0], np.cumsum(np.diff(start)[sites])]),
        option_ids=tuple(problem.option_ids[option] for option in np.flatnonzero(kept)),
        option_capacity=problem.option_capacity[kept],
        option_worth=problem.option_worth[kept],
        limits=replace(
            limits, start=_starts(limits.start, uses), option=place[limits.option[uses]], use=limits.use[uses]
        ),
    )
    return replace(found, problem=smaller, sites=found.sites[sites], options=found.options[kept])


def _worse_options(problem: Problem) -> Flags:
    """Options no better than another one of their site in every respect."""
    return np.asarray(
        _find_worse_options(problem.option_start, problem.option_capacity, problem.option_worth, *_uses(problem))
    )


def _droppable(problem: Problem) -> Flags:
    """Sites that may always be left out of a plan without loss of anything but what they serve."""
    negative = np.zeros(len(problem.option_ids), dtype=bool)
    negative[problem.limits.option[problem.limits.use < 0]] = True
    needed = np.zeros(len(problem.site_ids), dtype=bool)
    needed[problem.option_site[negative | (problem.option_worth > 0)]] = True
    return np.asarray(~(needed | problem.must))


def _idle_sites(problem: Problem) -> Flags:
    """Sites that reach nobody and bring nothing."""
    return np.asarray(_droppable(problem) & (np.diff(problem.arc_start) == 0))


def _worse_sites(problem: Problem) -> Flags:
    """Sites no better than another one of unbounded capacity in every respect."""
    single = np.diff(problem.option_start) == 1
    bounded = np.zeros(len(problem.site_ids), dtype=bool)
    bounded[problem.option_site[np.isfinite(problem.option_capacity).any(axis=1)]] = True
    point_start, point_sites = turned(problem.arc_start, problem.arc_demand, len(problem.demand_ids))
    arcs = (problem.arc_start, problem.arc_demand, problem.arc_worth, point_start, point_sites)
    options = (problem.option_start, problem.option_worth, *_uses(problem))
    return np.asarray(_find_worse_sites(*arcs, *options, _droppable(problem), single & ~bounded))


def _uses(problem: Problem) -> tuple[Wholes, Wholes, Floats]:
    """Limits by option: starts, rows in rising order, and the use."""
    limits = problem.limits
    rows = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    order = np.lexsort((rows, limits.option))
    counts = np.bincount(limits.option, minlength=len(problem.option_ids))
    return np.concatenate([[0], np.cumsum(counts)]), rows[order], limits.use[order]


def turned(start: Wholes, members: Wholes | Shorts, many: int) -> tuple[Wholes, Shorts]:
    """Sparse rows the other way round: starts per member (many + 1), and the rows it stands in, rising."""
    counts = np.bincount(members, minlength=many)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts, _owners(start, members, starts)


def _alike(start: Wholes, points: Wholes, worth: Floats, group: Wholes) -> Wholes:
    """Per point the first one with the same sites at the same worth and the same group; itself where there is none."""
    one, two = _hashes(start, points, (worth + 0.0).view(np.uint64), group.astype(np.int64))
    order = np.argsort(one, kind="stable")
    same = (one[order[1:]] == one[order[:-1]]) & (two[order[1:]] == two[order[:-1]])
    heads = np.concatenate([[True], ~same])[: len(order)]
    first = np.empty(len(group), dtype=np.int64)
    first[order] = order[np.flatnonzero(heads)][np.cumsum(heads) - 1] if len(order) else order
    differs = _differing(start, points, worth, group, first)
    return np.where(differs[first], np.arange(len(first)), first)


@compiled
def _owners(start: Wholes, members: Wholes | Shorts, starts: Wholes) -> Shorts:
    place = starts.copy()
    owners = np.empty(len(members), np.int32)
    for owner in range(len(start) - 1):
        for at in range(start[owner], start[owner + 1]):
            owners[place[members[at]]] = owner
            place[members[at]] += 1
    return owners


@compiled
def _mixed(value: np.uint64) -> np.uint64:
    """A number of which each bit depends on all bits of the value (the finish of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(value ^ (value >> np.uint64(31)))


@compiled
def _hashes(start: Wholes, points: Wholes, worth: Hashes, group: Wholes) -> tuple[Hashes, Hashes]:
    """Two hashes of 64 bits of each point's arcs and group; sums, so that the order of the arcs does not matter."""
    one, two = np.empty(len(group), np.uint64), np.empty(len(group), np.uint64)
    for point in range(len(group)):
        one[point] = _mixed(np.uint64(group[point]))
        two[point] = _mixed(one[point])
    for site in range(len(start) - 1):
        of_site = _mixed(np.uint64(site) + np.uint64(0x9E3779B97F4A7C15))
        for at in range(start[site], start[site + 1]):
            of_arc = _mixed(of_site ^ worth[at])
            one[points[at]] += of_arc
            two[points[at]] += _mixed(of_arc + np.uint64(0xD1B54A32D192ED03))
    return one, two


@compiled
def _differing(start: Wholes, points: Wholes, worth: Floats, group: Wholes, first: Wholes) -> Flags:
    """First points of which some that were put with it differ from it after all, by their arcs or group."""
    many = len(first)
    differs = np.zeros(many, np.bool_)
    size, seen, at_worth = np.zeros(many, np.int64), np.zeros(many, np.int64), np.zeros(many)
    for point in range(many):
        size[first[point]] += 1
        if group[point] != group[first[point]]:
            differs[first[point]] = True
    for site in range(len(start) - 1):
        for at in range(start[site], start[site + 1]):
            head = first[points[at]]
            if seen[head] == 0:
                at_worth[head] = worth[at]
            elif worth[at] != at_worth[head]:
                differs[head] = True
            seen[head] += 1
        for at in range(start[site], start[site + 1]):
            head = first[points[at]]
            if seen[head] != 0 and seen[head] != size[head]:
                differs[head] = True
            seen[head] = 0
    return differs


@compiled
def _uses_no_more(start: Wholes, rows: Wholes, use: Floats, one: int, other: int) -> bool:
    """Whether an option uses no more of any limit than another one."""
    a, b = start[one], start[other]
    while a < start[one + 1] or b < start[other + 1]:
        row_a = rows[a] if a < start[one + 1] else np.int64(2**62)
        row_b = rows[b] if b < start[other + 1] else np.int64(2**62)
        of_a = use[a] if row_a <= row_b else 0.0
        of_b = use[b] if row_b <= row_a else 0.0
        if of_a > of_b:
            return False
        if row_a <= row_b:
            a += 1
        if row_b <= row_a:
            b += 1
    return True


@compiled
def _find_worse_options(
    start: Wholes, capacity: Floats, worth: Floats, use_start: Wholes, use_rows: Wholes, use: Floats
) -> Flags:
    worse = np.zeros(len(worth), np.bool_)
    for site in range(len(start) - 1):
        for one in range(start[site], start[site + 1]):
            for other in range(start[site], start[site + 1]):
                if one == other or worth[other] < worth[one] or not (capacity[other] >= capacity[one]).all():
                    continue
                if not _uses_no_more(use_start, use_rows, use, other, one):
                    continue
                equal = worth[other] == worth[one] and (capacity[other] == capacity[one]).all()
                if other < one or not (equal and _uses_no_more(use_start, use_rows, use, one, other)):
                    worse[one] = True
    return worse


@compiled
def _reaches_all(start: Wholes, points: Wholes, worth: Floats, one: int, other: int) -> bool:
    """Whether a site reaches all points of another one, at as much worth."""
    a = start[one]
    for b in range(start[other], start[other + 1]):
        while a < start[one + 1] and points[a] < points[b]:
            a += 1
        if a == start[one + 1] or points[a] != points[b] or worth[a] < worth[b]:
            return False
    return True


@compiled
def _costs_no_more(
    start: Wholes, worth: Floats, use_start: Wholes, use_rows: Wholes, use: Floats, one: int, other: int
) -> bool:
    """Whether the only option of a site costs no more, of worth and limits, than any option of another one."""
    only = start[one]
    for option in range(start[other], start[other + 1]):
        if worth[only] < worth[option] or not _uses_no_more(use_start, use_rows, use, only, option):
            return False
    return True


@compiled
def _find_worse_sites(
    start: Wholes,
    points: Wholes,
    arc_worth: Floats,
    point_start: Wholes,
    point_sites: Shorts,
    option_start: Wholes,
    option_worth: Floats,
    use_start: Wholes,
    use_rows: Wholes,
    use: Floats,
    droppable: Flags,
    unbounded: Flags,
) -> Flags:
    worse = np.zeros(len(droppable), np.bool_)
    for site in range(len(droppable)):
        if not droppable[site] or start[site] == start[site + 1]:
            continue
        rare = points[start[site]]
        for at in range(start[site], start[site + 1]):
            point = points[at]
            if point_start[point + 1] - point_start[point] < point_start[rare + 1] - point_start[rare]:
                rare = point
        for at in range(point_start[rare], point_start[rare + 1]):
            other = point_sites[at]
            if other == site or not unbounded[other] or not _reaches_all(start, points, arc_worth, other, site):
                continue
            if not _costs_no_more(option_start, option_worth, use_start, use_rows, use, other, site):
                continue
            back = droppable[other] and unbounded[site] and _reaches_all(start, points, arc_worth, site, other)
            if other < site or not (
                back and _costs_no_more(option_start, option_worth, use_start, use_rows, use, site, other)
            ):
                worse[site] = True
                break
    return worse
