"""Small problems to explain, made by hand or at random, and their best choices by trying all.

Sites have options of one capacity each; an arc is worth what it says per kWh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from scipy.optimize import linprog

from laadplan.optimise.problem import NONE, Choice, Groups, Limits, Problem
from laadplan.optimise.standing import stand, worth_of

Row = tuple[str, str, Mapping[str, float], float, float]
"""A limit: id, kind, use by option, limit, penalty."""


def make_limits(rows: Sequence[Row], options: Sequence[str]) -> Limits:
    entries = [[(options.index(name), use) for name, use in uses.items()] for _, _, uses, _, _ in rows]
    return Limits(
        ids=tuple(row[0] for row in rows),
        kinds=tuple(row[1] for row in rows),
        start=np.concatenate([[0], np.cumsum([len(each) for each in entries])]).astype(np.int64),
        option=np.array([option for each in entries for option, _ in sorted(each)], dtype=np.int64),
        use=np.array([use for each in entries for _, use in sorted(each)], dtype=float),
        limit=np.array([row[3] for row in rows], dtype=float),
        penalty=np.array([row[4] for row in rows], dtype=float),
    )


def make_problem(
    demand: Mapping[str, float],
    sites: Mapping[str, Sequence[float]],
    arcs: Mapping[tuple[str, str], float],
    *,
    limits: Sequence[Row] = (),
    must: Sequence[str] = (),
    groups: Mapping[str, tuple[Sequence[str], float, float]] | None = None,
    worth: float = 0.0,
) -> Problem:
    """A problem of one year.

    ``sites`` gives the capacity of each option of a site, named ``site|1`` and on; ``arcs`` the worth per kWh from site
    to demand point; ``groups`` the points, the least kWh and the penalty of each; ``worth`` that of each new option.
    """
    points, names = sorted(demand), sorted(sites)
    options = [f"{site}|{place}" for site in names for place in range(1, len(sites[site]) + 1)]
    ordered = sorted((names.index(site), points.index(point), value) for (site, point), value in arcs.items())
    counts = (
        np.bincount([site for site, _, _ in ordered], minlength=len(names)) if ordered else np.zeros(len(names), int)
    )
    named = sorted(groups or {})
    group = np.full(len(points), NONE)
    for place, name in enumerate(named):
        group[[points.index(point) for point in (groups or {})[name][0]]] = place
    return Problem(
        demand_ids=tuple(points),
        demand_kwh=np.array([[float(demand[point])] for point in points]).reshape(len(points), 1),
        demand_group=group,
        period_worth=np.ones(1),
        site_ids=tuple(names),
        must=np.array([site in must for site in names], dtype=bool),
        arc_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        arc_demand=np.array([point for _, point, _ in ordered], dtype=np.int64),
        arc_worth=np.array([value for _, _, value in ordered], dtype=float),
        option_start=np.concatenate([[0], np.cumsum([len(sites[site]) for site in names])]).astype(np.int64),
        option_ids=tuple(options),
        option_capacity=np.array([[float(each)] for site in names for each in sites[site]]).reshape(len(options), 1),
        option_worth=np.array([0.0 if name.split("|")[0] in must else worth for name in options]),
        limits=make_limits(limits, options),
        groups=Groups(
            tuple(named),
            np.array([(groups or {})[name][1] for name in named], dtype=float),
            np.array([(groups or {})[name][2] for name in named], dtype=float),
        ),
    )


def served_best(problem: Problem, taken: np.ndarray) -> Choice:
    """The best service of the whole problem with these options, as one linear problem without shortcuts."""
    arcs, groups = len(problem.arc_demand), len(problem.groups.ids)
    capacity = np.where(taken == NONE, 0.0, problem.option_capacity[np.maximum(taken, 0), 0])
    rows = np.zeros((len(problem.demand_ids) + len(problem.site_ids) + groups, arcs + groups))
    for arc, (point, site) in enumerate(zip(problem.arc_demand, problem.arc_site, strict=True)):
        rows[point, arc] = 1.0
        rows[len(problem.demand_ids) + site, arc] = 1.0
        if problem.demand_group[point] >= 0:
            rows[len(problem.demand_ids) + len(problem.site_ids) + problem.demand_group[point], arc] = -1.0
    for group in range(groups):
        rows[len(problem.demand_ids) + len(problem.site_ids) + group, arcs + group] = -1.0
    limits = np.concatenate([problem.demand_kwh[:, 0], np.minimum(capacity, 1e9), -problem.groups.least_kwh])
    cost = np.concatenate([-problem.arc_worth, problem.groups.penalty])
    served = linprog(cost, A_ub=rows, b_ub=limits, method="highs").x[:arcs] if arcs else np.zeros(0)
    return Choice(taken.astype(np.int64), np.maximum(served, 0.0)[:, None])


def choices(problem: Problem, closed: Sequence[str] = ()) -> list[np.ndarray]:
    """Every choice of options that keeps the limits that may not be broken."""
    each = []
    for site, name in enumerate(problem.site_ids):
        own = [] if name in closed else list(range(problem.option_start[site], problem.option_start[site + 1]))
        each.append(own if problem.must[site] and own else [NONE, *own])
    found = []
    hard = np.isinf(problem.limits.penalty)
    for taken in product(*each):
        standing = stand(problem, Choice(np.array(taken), np.zeros((len(problem.arc_demand), 1))))
        if (standing.room[hard] >= -1e-9).all():
            found.append(np.array(taken))
    return found


def best_choice(problem: Problem, closed: Sequence[str] = ()) -> tuple[Choice, float]:
    """The best of all choices, and its worth."""
    tried = [served_best(problem, taken) for taken in choices(problem, closed)]
    worths = [worth_of(stand(problem, choice)) for choice in tried]
    place = int(np.argmax(np.round(worths, 6)))
    return tried[place], worths[place]


def random_problem(seed: int) -> Problem:
    """A problem of five sites and six points with a number, a shared bay, a floor and a group; the same for a seed."""
    draw = np.random.default_rng(seed)
    demand = {f"p{place}": float(draw.integers(1, 9)) for place in range(6)}
    sites = {f"s{place}": [float(draw.integers(3, 9))] * int(draw.integers(1, 3)) for place in range(5)}
    sites = {name: [size * (place + 1) for place, size in enumerate(sizes)] for name, sizes in sites.items()}
    arcs = {
        (site, point): float(draw.integers(5, 11)) / 10 for site in sites for point in demand if draw.random() < 0.6
    }
    options = [f"{site}|{place + 1}" for site, sizes in sites.items() for place in range(len(sizes))]
    poles = {name: float(name.split("|")[1]) for name in options}
    rows: list[Row] = [
        ("aantal palen", "aantal palen", poles, 3.0, np.inf),
        ("vak|1", "vak", {"s0|1": 1.0, "s1|1": 1.0}, 1.0, np.inf),
        ("ondergrens buurt|B", "ondergrens buurt", {"s3|1": -1.0, "s4|1": -1.0}, -1.0, 2.0),
    ]
    groups = {"B": (["p0", "p1"], 6.0, 0.5)}
    return make_problem(demand, sites, arcs, limits=rows, groups=groups, worth=-0.2)


def with_limit(problem: Problem, place: int, limit: float) -> Problem:
    """The same problem with another limit in one row."""
    changed = problem.limits.limit.copy()
    changed[place] = limit
    return replace(problem, limits=replace(problem.limits, limit=changed))
