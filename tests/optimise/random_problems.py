"""Small siting problems with everything in them, for tests against oracles.

Amounts and worths are round numbers, so that plans tie and capacities, limits and floors are met exactly.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from laadplan.optimise.problem import NONE, Groups, Limits, Problem


def random_problem(
    seed: int,
    *,
    demand: int = 5,
    sites: int = 4,
    options: int = 3,
    periods: int = 2,
    limits: int = 3,
    groups: int = 2,
    capacitated: bool = True,
    hard_floors: bool = False,
) -> Problem:
    """A problem of at most these sizes, by its seed.

    It has demand of nil, points and sites without arcs, sites that must be taken, options without capacity, with
    unbounded capacity and opening in a later period, costs and gains of taking, limits hard and soft, floors (soft;
    with ``hard_floors`` also hard), groups with a penalty, and ties. To take the first option of each site that must be
    taken and nothing else always keeps every hard limit, unless there are hard floors: then some other plan does.
    ``capacitated=False`` gives plain coverage: capacity unbounded and arcs to a point all of the same worth.
    """
    random = np.random.default_rng(seed)
    n, m, t = (int(random.integers(1, most + 1)) for most in (demand, sites, periods))
    counts = random.integers(1, options + 1, m)
    start = np.concatenate([[0], np.cumsum(counts)])
    must = random.random(m) < 0.2
    arc_start, arc_demand = _random_arcs(random, n, m)
    point_worth = random.integers(0, 21, n) / 20
    worth = random.integers(0, 21, len(arc_demand)) / 20 if capacitated else point_worth[arc_demand]
    group_count = int(random.integers(0, groups + 1))
    return Problem(
        demand_ids=tuple(f"h{place}" for place in range(n)),
        demand_kwh=random.integers(0, 7, (n, t)) * 500.0,
        demand_group=random.integers(NONE, group_count, n) if group_count else np.full(n, NONE),
        period_worth=np.sort(random.integers(1, 5, t) / 4)[::-1].copy(),
        site_ids=tuple(f"s{place}" for place in range(m)),
        must=must,
        arc_start=arc_start,
        arc_demand=arc_demand,
        arc_worth=worth,
        option_start=start,
        option_ids=tuple(str(place) for count in counts for place in range(count)),
        option_capacity=_random_capacity(random, int(start[-1]), t, capacitated=capacitated),
        option_worth=random.integers(-4, 2, int(start[-1])) * 100.0,
        limits=_random_limits(random, start, must, int(random.integers(0, limits + 1)), hard_floors=hard_floors),
        groups=Groups(
            ids=tuple(f"g{place}" for place in range(group_count)),
            least_kwh=random.integers(0, 6, group_count) * 500.0,
            penalty=random.integers(0, 5, group_count) / 2,
        ),
    )


def _random_arcs(random, n, m):
    reached = random.random((m, n)) < random.choice([0.3, 0.6, 1.0])
    return np.concatenate([[0], np.cumsum(reached.sum(axis=1))]), np.nonzero(reached)[1]


def _random_capacity(random, options, periods, *, capacitated):
    opens = np.where(random.random(options) < 0.7, 0, random.integers(0, periods, options))
    sizes = random.integers(0, 5, options) * 1000.0
    sizes[random.random(options) < 0.15] = np.inf
    size = sizes if capacitated else np.full(options, np.inf)
    return np.where(np.arange(periods) >= opens[:, None], size[:, None], 0.0)


def _random_limits(random, start, must, count, *, hard_floors):
    """Limits that a witness plan keeps where they are hard: the first option of each must, with floors some more."""
    options, floors_of = int(start[-1]), random.random(count) < 0.3
    witness = np.zeros(options, dtype=bool)
    witness[start[:-1][must]] = True
    if hard_floors:
        witness[[int(random.integers(a, b)) for a, b in pairwise(start)]] = True
        witness = _one_each(witness, start)
    rows, uses, most, penalty = [], [], [], []
    for floor in floors_of:
        uses_option = random.random(options) < 0.7
        use = random.integers(1, 4, int(uses_option.sum())) * (-1.0 if floor else 1.0)
        hard = bool(random.random() < 0.6) and (hard_floors or not floor)
        limit = float(random.integers(0, 6)) * (-1.0 if floor else 1.0)
        rows.append(np.flatnonzero(uses_option))
        uses.append(use)
        most.append(max(limit, float(use @ witness[uses_option])) if hard else limit)
        penalty.append(np.inf if hard else float(random.integers(1, 6) * 100))
    return Limits(
        ids=tuple(f"r{place}" for place in range(count)),
        kinds=tuple("ondergrens buurt" if floor else "aantal palen" for floor in floors_of),
        start=np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)]).astype(np.int64),
        option=np.concatenate([*rows, np.zeros(0, dtype=np.int64)]).astype(np.int64),
        use=np.concatenate([*uses, np.zeros(0)]),
        limit=np.array(most, dtype=float),
        penalty=np.array(penalty, dtype=float),
    )


def _one_each(witness, start):
    """Of two options taken at a site, the last."""
    kept = np.zeros_like(witness)
    for first, end in pairwise(start):
        taken = np.flatnonzero(witness[first:end])
        kept[first + taken[-1:]] = True
    return kept


def renamed(problem: Problem, seed: int) -> Problem:
    """The same problem under other ids, so that demand, sites, options, limits and groups stand in another order."""
    random = np.random.default_rng(seed)
    n, m, r, g = (problem.sizes[name] for name in ("demand", "sites", "limits", "groups"))
    demand, sites, rows, floors = (random.permutation(size) for size in (n, m, r, g))  # old places in the new order
    new_point, new_group = np.argsort(demand), np.append(np.argsort(floors), NONE)
    arcs = [
        problem.arc_start[j]
        + np.argsort(new_point[problem.arc_demand[problem.arc_start[j] : problem.arc_start[j + 1]]])
        for j in sites
    ]
    options = [random.permutation(np.arange(problem.option_start[j], problem.option_start[j + 1])) for j in sites]
    uses = [np.arange(problem.limits.start[row], problem.limits.start[row + 1]) for row in rows]
    arc, option, use = (np.concatenate([*parts, np.zeros(0)]).astype(np.int64) for parts in (arcs, options, uses))
    new_option = np.argsort(option)
    return Problem(
        demand_ids=tuple(f"punt {place:03d}" for place in range(n)),
        demand_kwh=problem.demand_kwh[demand],
        demand_group=new_group[problem.demand_group[demand]],
        period_worth=problem.period_worth,
        site_ids=tuple(f"plek-{place:03d}" for place in range(m)),
        must=problem.must[sites],
        arc_start=_starts(arcs),
        arc_demand=new_point[problem.arc_demand[arc]],
        arc_worth=problem.arc_worth[arc],
        option_start=_starts(options),
        option_ids=tuple(f"kans {problem.option_ids[place]}" for place in option),
        option_capacity=problem.option_capacity[option],
        option_worth=problem.option_worth[option],
        limits=Limits(
            ids=tuple(f"grens|{place}" for place in range(r)),
            kinds=tuple(problem.limits.kinds[row] for row in rows),
            start=_starts(uses),
            option=new_option[problem.limits.option[use]],
            use=problem.limits.use[use],
            limit=problem.limits.limit[rows],
            penalty=problem.limits.penalty[rows],
        ),
        groups=Groups(
            ids=tuple(f"buurt {place}" for place in range(g)),
            least_kwh=problem.groups.least_kwh[floors],
            penalty=problem.groups.penalty[floors],
        ),
    )


def _starts(parts):
    return np.concatenate([[0], np.cumsum([len(part) for part in parts], dtype=np.int64)]).astype(np.int64)
