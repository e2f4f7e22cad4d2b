"""Small siting problems, and their best plan by trying every set of candidates.

The split of demand over open poles is a transport problem; it is solved here by paths that add worth, without a solver.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from laadplan.config.optimisation import Optimisation
from laadplan.optimise.old_problem import Problem

EXACT = {"gap_share": 0.0, "score_worth_kwh": 300.0, "pole_least_kwh": 100.0, "floor_penalty_kwh": 20_000.0}
"""Settings under which the best plan, and not a nearly best one, is asked for."""

NIL = 1e-9


def settings(**more):
    """Settings that ask for the best plan."""
    return Optimisation(**EXACT | {"new_poles": 1} | more)


def small_problem(demand, sites, arcs, *, groups=(), buurten=("B1",)):
    """A problem from plain values.

    ``demand`` maps an id to kWh; ``sites`` maps an id to (existing, capacity, score, buurt); ``arcs`` maps a pair of
    ids to worth; ``groups`` are sets of ids that share a bay.
    """
    demand_ids, site_ids = sorted(demand), sorted(sites)
    rows = [sites[name] for name in site_ids]
    pairs = sorted(arcs)
    return Problem(
        demand_ids=tuple(demand_ids),
        demand_kwh=np.array([demand[name] for name in demand_ids], dtype=float),
        site_ids=tuple(site_ids),
        existing=np.array([row[0] for row in rows], dtype=bool),
        capacity_kwh=np.array([row[1] for row in rows], dtype=float),
        score=np.array([row[2] for row in rows], dtype=float),
        buurt=tuple(row[3] for row in rows),
        arc_demand=np.array([demand_ids.index(one) for one, _ in pairs], dtype=int),
        arc_site=np.array([site_ids.index(other) for _, other in pairs], dtype=int),
        arc_worth=np.array([arcs[pair] for pair in pairs], dtype=float),
        bay_groups=tuple(sorted(tuple(sorted(site_ids.index(name) for name in group)) for group in groups)),
        floor_buurten=tuple(buurten),
    )


def random_problem(seed, *, homes=6, candidates=6, existing=2):
    """A problem with ties, bays that are shared, and a buurt without candidates."""
    random = np.random.default_rng(seed)
    demand = {f"h{number}": float(random.integers(1, 9) * 500) for number in range(homes)}
    sites = {
        f"c{number}": (False, 3000.0, float(random.integers(0, 5)) / 4, f"B{random.integers(1, 3)}")
        for number in range(candidates)
    } | {f"e{number}": (True, float(random.integers(0, 3) * 1500), 0.0, "B1") for number in range(existing)}
    arcs = {
        (home, site): float(random.integers(10, 21)) / 20 for home in demand for site in sites if random.random() < 0.6
    }
    groups = [{f"c{number}", f"c{number + 1}"} for number in range(candidates - 1) if random.random() < 0.5]
    return small_problem(demand, sites, arcs, groups=groups, buurten=("B1", "B2", "B3"))


def puzzle(seed, *, candidates=100, shared=0.1):
    """A problem that takes more than one node: every candidate has a home of its own, many share a bay."""
    random = np.random.default_rng(seed)
    names = [f"c{number:03d}" for number in range(candidates)]
    return small_problem(
        {f"h{name}": float(random.integers(900, 1100)) for name in names},
        dict.fromkeys(names, (False, 3000.0, 0.0, "B1")),
        {(f"h{name}", name): 1.0 for name in names},
        groups=[
            {one, other} for first, one in enumerate(names) for other in names[first + 1 :] if random.random() < shared
        ],
    )


def best_worth(problem, settings, poles_allowed):
    """Worth of the best plan, by trying every set of candidates that is allowed."""
    candidates = [place for place, existing in enumerate(problem.existing) if not existing]
    return max(
        worth_of(problem, settings, chosen)
        for size in range(poles_allowed + 1)
        for chosen in combinations(candidates, size)
        if all(len(set(group) & set(chosen)) <= 1 for group in problem.bay_groups)
    )


def worth_of(problem, settings, chosen):
    """Worth of the best plan that opens just these candidates."""
    is_open = problem.existing.copy()
    is_open[list(chosen)] = True
    return (
        best_split(problem, is_open, kwh_worth(problem, settings))
        - settings.pole_least_kwh * len(chosen)
        - settings.floor_penalty_kwh * lacking(problem, settings, is_open)
    )


def kwh_worth(problem, settings):
    """Per arc, what a kWh served over it is worth: its nearness, and the score of its site spread over a full pole."""
    return [
        nearness + settings.score_worth_kwh * problem.score[site] / max(problem.capacity_kwh[site], 1.0)
        for nearness, site in zip(problem.arc_worth, problem.arc_site, strict=True)
    ]


def lacking(problem, settings, is_open):
    """Poles that lack to the floor, over the buurten with demand where a candidate could have helped."""
    helped = {buurt for buurt, existing in zip(problem.buurt, problem.existing, strict=True) if not existing}
    return sum(
        max(0, settings.poles_per_buurt_min - _poles(problem, is_open, code))
        for code in problem.floor_buurten
        if code in helped
    )


def below_floor(problem, settings, is_open):
    """Every buurt with demand that has fewer poles than the floor, also where no candidate could have helped."""
    return tuple(
        code for code in problem.floor_buurten if _poles(problem, is_open, code) < settings.poles_per_buurt_min
    )


def _poles(problem, is_open, code):
    return sum(1 for buurt, there in zip(problem.buurt, is_open, strict=True) if there and buurt == code)


def best_split(problem, is_open, arc_worth):
    """Largest worth of demand served by the open sites, adding the path of most worth until none adds any."""
    homes, sites = len(problem.demand_kwh), len(problem.site_ids)
    source, sink = homes + sites, homes + sites + 1
    edges = [(source, home, problem.demand_kwh[home], 0.0) for home in range(homes)]
    edges += [(homes + site, sink, problem.capacity_kwh[site], 0.0) for site in range(sites) if is_open[site]]
    edges += [
        (int(home), homes + int(site), np.inf, float(worth))
        for home, site, worth in zip(problem.arc_demand, problem.arc_site, arc_worth, strict=True)
    ]
    left = [[begin, end, room, gain] for begin, end, room, gain in edges]
    left += [[end, begin, 0.0, -gain] for begin, end, _, gain in edges]
    total = 0.0
    while True:
        path, gain = _best_path(left, source, sink, homes + sites + 2)
        if gain <= NIL:
            return total
        room = min(left[edge][2] for edge in path)
        for edge in path:
            left[edge][2] -= room
            left[(edge + len(edges)) % len(left)][2] += room
        total += room * gain


def _best_path(left, source, sink, size):
    """Edges of the path of most worth with room on it, and that worth (Bellman and Ford)."""
    worth, came = [-np.inf] * size, [-1] * size
    worth[source] = 0.0
    for _ in range(size):
        for edge, (begin, end, room, gain) in enumerate(left):
            if room > NIL and worth[begin] + gain > worth[end] + NIL:
                worth[end], came[end] = worth[begin] + gain, edge
    if worth[sink] == -np.inf:
        return [], 0.0
    path, place = [], sink
    while place != source:
        path.append(came[place])
        place = left[came[place]][0]
    return path, worth[sink]
