"""Best plans for maximal coverage: demand counts in full as soon as one of the sites taken reaches it.

In: a `Problem` without capacity, groups or choice of options, with at most one limit, on a number of sites. Out: which
option each site takes. Where the worth of demand does not depend on the site (plain coverage) counting is enough, and
faster; where worth falls with distance (the p-median) the same search keeps the best site of each point. The search
itself is in `laadplan.optimise.chains` and `laadplan.optimise.ruin`.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import numpy as np

from laadplan.optimise.chains import Lines, whole_units, work_of_round
from laadplan.optimise.problem import NONE, Flags, Floats, Problem, Wholes
from laadplan.optimise.ruin import Cover, near_order

LINES = 6
"""Lines of plans in plain coverage: each is searched apart, then they are fused and the worst goes on with the result.
On New York and the Bronx with demand shuffled over the places, 6 lines of 200 rounds per site found better plans in
12 s than one line in 40 s; 10 or 12 lines, 300 rounds, and all lines going on with the result found worse ones, and
fresh starts no better ones."""

YOUNG, GROWN = 50, 200
"""Rounds between two fusions per site that may be chosen, at first and in the end; tried as above."""

FEW = 10
"""Fewer sites get as many rounds as these: a fusion costs more than a few rounds."""

CHUNK_WORK = 2.5e8
"""Steps between two looks at the clock; about a quarter of a second to a second."""

Tell = Callable[[float, float, int], None]


@dataclass(frozen=True)
class Found:
    """A plan on the way.

    Attributes
    ----------
    taken
        Per site (m): place of the option taken, or -1; the best plan so far.
    objective
        Its worth, to within a rounding of 1e-12 of it.
    rounds
        Rounds of the search done.
    """

    taken: Wholes
    objective: float
    rounds: int


def is_uncapacitated(problem: Problem) -> bool:
    """Whether nothing runs full and all that is limited is how many sites are taken.

    So it is where each site has one option of unbounded capacity, no group asks for service, and there is at most one
    limit, that may not be exceeded, counts each site once or not at all, and leaves room for those that must be taken.
    """
    limits = problem.limits
    one_option = len(problem.option_ids) == len(problem.site_ids)
    no_groups = not (problem.groups.least_kwh > 0).any()
    if not (one_option and no_groups and np.isinf(problem.option_capacity).all() and len(limits.ids) <= 1):
        return False
    if not len(limits.ids):
        return True
    counted = bool(np.isin(limits.use, (0.0, 1.0)).all()) and len(np.unique(limits.option)) == len(limits.option)
    return counted and bool(np.isinf(limits.penalty[0])) and room_of(problem) >= 0


def is_cover(problem: Problem) -> bool:
    """Whether the problem is uncapacitated and the worth of demand does not depend on the site that serves it."""
    return is_uncapacitated(problem) and bool((problem.arc_worth == _best_worth(problem)[problem.arc_demand]).all())


def search_cover(
    problem: Problem,
    *,
    rounds: int,
    seed: int = 0,
    clock: Callable[[], float] | None = None,
    until: float = np.inf,
    tell: Tell | None = None,
) -> Wholes:
    """Option taken per site (m), or -1, in the best plan found: the last one of `plans_of_cover`.

    Parameters
    ----------
    problem
        One for which `is_uncapacitated` holds.
    rounds
        Rounds of search of each line of plans (`LINES` in plain coverage, else one): the limit of work.
    seed
        The result depends on it.
    clock, until
        Gives the time, and when to stop; only looked at between chunks of work.
    tell
        Is told the objective, no bound (infinite) and the rounds done, whenever a chunk of work is done.

    Raises
    ------
    ValueError
        The problem has capacity, options, groups or other limits.
    """
    plans = plans_of_cover(problem, rounds=rounds, seed=seed)
    for plan in plans:
        if tell:
            tell(plan.objective, np.inf, plan.rounds)
        if clock and clock() >= until:
            plans.close()
    return plan.taken


def plans_of_cover(problem: Problem, *, rounds: int, seed: int = 0) -> Generator[Found]:
    """The best plan so far, time and again; the first is the greedy one. Stop whenever it is good enough.

    Raises
    ------
    ValueError
        As `search_cover`.
    """
    if not is_uncapacitated(problem):
        raise ValueError("This search is for sites without capacity, one option each, and one limit on their number.")
    cover, sites = make_cover(problem)
    count = min(room_of(problem), int((~cover.kept).sum()))
    many = LINES if len(cover.weight) else 1
    lines = Lines(cover, count, range(seed * LINES, seed * LINES + many))
    yield _found(problem, lines, sites)
    chunk = max(1, int(CHUNK_WORK / work_of_round(cover) / many))
    for first, last in cycles(rounds, count) if many == 1 else generations(rounds, count):
        for done in range(first, last, chunk):
            if not count or lines.objective >= _reachable(cover):
                return
            lines.run(min(chunk, last - done), first, last)
            yield _found(problem, lines, sites)
        if many > 1:
            lines.fuse()
            yield _found(problem, lines, sites)


def generations(rounds: int, count: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each cycle of cooling between two fusions.

    >>> list(generations(10_000, 10))
    [(0, 500), (500, 1500), (1500, 3500), (3500, 5500), (5500, 7500), (7500, 9500), (9500, 10000)]
    """
    end, length = 0, YOUNG * max(count, FEW)
    while end < rounds:
        yield end, min(end + length, rounds)
        end, length = end + length, min(2 * length, GROWN * max(count, FEW))


def cycles(rounds: int, count: int) -> list[tuple[int, int]]:
    """Begin and end of each cycle of cooling without fusion: each twice as long as the one before.

    The first one is of some `GROWN` rounds per site chosen or longer, and the last one ends with the rounds.

    >>> cycles(1400, 1)
    [(0, 350), (350, 700), (700, 1400)]
    """
    first = GROWN * max(count, 1)
    ends = [rounds]
    length = (rounds + 1) // 2
    while length >= first:
        ends.append(ends[-1] - length)
        length //= 2
    return [(begin, end) for begin, end in zip([0, *ends[:0:-1]], ends[::-1], strict=True) if end > begin]


def make_cover(problem: Problem) -> tuple[Cover, Wholes]:
    """The problem renumbered by nearness, and the place in the problem of each of its sites."""
    many, points = len(problem.site_ids), len(problem.demand_ids)
    weight = (problem.demand_kwh * problem.period_worth).sum(axis=1)
    value = weight[problem.arc_demand] * problem.arc_worth
    useful = value > 0
    site, point, value = problem.arc_site[useful], problem.arc_demand[useful], value[useful]
    new_site, new_point = _near_numbers(site, point, many, points)
    site, point = new_site[site], new_point[point]
    order = np.lexsort((point, site))
    site, point, value = site[order], point[order], value[order]
    total = float(_tops(point, value, points).sum() + np.abs(problem.option_worth).sum())
    value = whole_units(value, total)
    plain = is_cover(problem) or not len(value)
    back = np.lexsort((site, -value, point))
    starts = _starts(point, points)
    rank = np.empty(len(point), np.int32)
    rank[back] = np.arange(len(point)) - starts[point[back]]
    old = np.argsort(new_site)
    return Cover(
        start=_starts(site, many),
        points=point.astype(np.int32),
        rank=np.zeros(0, np.int32) if plain else rank,
        back=starts,
        sites=site[back].astype(np.int32),
        worth=np.zeros(0) if plain else value[back],
        weight=_tops(point, value, points) if plain else np.zeros(0),
        given=whole_units(problem.option_worth, total)[old],
        kept=always_taken(problem)[old],
    ), old


def _near_numbers(site: Wholes, point: Wholes, many: int, points: int) -> tuple[Wholes, Wholes]:
    back = np.argsort(point, kind="stable")
    return near_order(_starts(site, many), point, _starts(point, points), site[back])


def _starts(of: Wholes, many: int) -> Wholes:
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=many))])


def _tops(point: Wholes, value: Floats, points: int) -> Floats:
    tops = np.zeros(points)
    np.maximum.at(tops, point, value)
    return tops


def _best_worth(problem: Problem) -> Floats:
    return _tops(problem.arc_demand, problem.arc_worth, len(problem.demand_ids))


def always_taken(problem: Problem) -> Flags:
    """Sites that are always taken: those that must be, and those that count for nothing and are worth taking."""
    counted = np.zeros(len(problem.site_ids), dtype=bool)
    counted[problem.limits.option[problem.limits.use > 0]] = True
    return problem.must | (~counted & (problem.option_worth >= 0) & bool(len(problem.limits.ids)))


def room_of(problem: Problem) -> int:
    """How many sites may be taken besides those that are always taken; below 0 where these are too many."""
    limits = problem.limits
    if not len(limits.ids) or np.isposinf(limits.limit[0]):
        return len(problem.site_ids)
    counted = limits.option[limits.use > 0]
    return int(np.floor(limits.limit[0] + 1e-9)) - int(problem.must[counted].sum())


def _reachable(cover: Cover) -> float:
    """Worth of taking all sites that are not a cost: no plan is worth more."""
    if len(cover.worth):
        first = cover.back[:-1][np.diff(cover.back) > 0]
        served = float(cover.worth[first].sum())
    else:
        served = float(cover.weight.sum())
    return served + float(cover.given[cover.kept].sum()) + float(np.maximum(cover.given[~cover.kept], 0.0).sum())


def _found(problem: Problem, lines: Lines, sites: Wholes) -> Found:
    taken = np.full(len(problem.site_ids), NONE)
    places = np.concatenate([sites[lines.sites], np.flatnonzero(always_taken(problem))])
    taken[places] = problem.option_start[places]
    return Found(taken, lines.objective, lines.rounds)
