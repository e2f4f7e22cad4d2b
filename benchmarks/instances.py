"""Problems to measure on: invented ones of known recipe.

In: sizes and a seed. Out: a `laadplan.optimise.problem.Problem`. Nothing here is about a real town.

Recipes
-------
coverage
    Demand (whole numbers 1 to 10) and sites at random in a square, covering within 300 m as the crow flies; the side
    makes a point see 9 to 30 sites. As many sites as a greedy choice needs for about 70 % of the demand.
capacitated
    The same, each kWh worth 1 at the door falling to 0.5 at 300 m, and each site able to serve so much that all sites
    chosen together serve 75 % of the demand.
streets
    Addresses of demand 1 at random on the crossings of a street grid of 50 m, added up per crossing; sites on
    crossings; walking along the streets (|dx| + |dy|) up to 300 m; worth and capacity as above.
"""

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from laadplan.optimise.problem import Floats, Groups, Limits, Problem, Wholes

REACH_M = 300.0
FAR_WORTH = 0.5
SERVED_SHARE = 0.75
STREET_M = 50.0
"""Crossings of the street grid lie so far apart (m)."""

SIDES_KM = {1_000: 5.5, 10_000: 7.0, 50_000: 12.0, 200_000: 13.85}
"""Demand points to the side of the square (km) of the coverage recipe."""

COVERAGE = {(1_000, 1_000): 53, (10_000, 2_000): 108, (50_000, 10_000): 326, (200_000, 20_000): 454}
"""Demand points and sites to the number chosen."""


def coverage(points: int, sites: int, chosen: int | None = None, *, seed: int = 1) -> Problem:
    """A plain problem of maximal coverage by the recipe above."""
    random = np.random.default_rng(seed)
    side = 1_000 * SIDES_KM.get(points, 5.5 * float(np.sqrt(points / 1_000)))
    demand = random.integers(1, 11, points).astype(float)
    arcs = _arcs(random.uniform(0, side, (points, 2)), random.uniform(0, side, (sites, 2)), p=2.0)
    many = chosen if chosen is not None else COVERAGE[points, sites]
    return plain(demand, sites, arcs, np.ones(len(arcs[2])), many)


def capacitated(points: int, sites: int, chosen: int, *, seed: int = 1) -> Problem:
    """A problem with capacity and worth that falls with distance, by the recipe above."""
    random = np.random.default_rng(seed)
    side = 1_000 * SIDES_KM.get(points, 5.5 * float(np.sqrt(points / 1_000)))
    demand = random.integers(1, 11, points).astype(float)
    arcs = _arcs(random.uniform(0, side, (points, 2)), random.uniform(0, side, (sites, 2)), p=2.0)
    capacity = SERVED_SHARE * demand.sum() / chosen
    return plain(demand, sites, arcs, 1 - (1 - FAR_WORTH) * arcs[2] / REACH_M, chosen, capacity=capacity)


def streets(addresses: int, crossings: int, sites: int, chosen: int, *, quarters: int = 1, seed: int = 1) -> Problem:
    """A town on a street grid by the recipe above; with quarters, demand grows and so many sites open in each of them.

    With quarters an option of a site is the quarter in which it opens; demand grows by 6 to 25 % a quarter, a quarter's
    capacity is that of the site, and each quarter opens an equal part of the sites.
    """
    random = np.random.default_rng(seed)
    width = int(np.ceil(np.sqrt(crossings)))
    counts = np.bincount(random.integers(0, crossings, addresses), minlength=crossings)
    used = np.flatnonzero(counts)
    stands = np.sort(random.integers(0, crossings, sites))
    place = np.column_stack([np.arange(crossings) // width, np.arange(crossings) % width]).astype(float) * STREET_M
    arcs = _arcs(place[used], place[stands], p=1.0)
    demand = counts[used].astype(float)
    worth = 1 - (1 - FAR_WORTH) * arcs[2] / REACH_M
    capacity = SERVED_SHARE * demand.sum() / chosen
    if quarters == 1:
        return plain(demand, sites, arcs, worth, chosen, capacity=capacity)
    growth = np.cumprod(np.concatenate([[1.0], random.uniform(1.06, 1.25, quarters - 1)]))
    return _in_quarters(demand[:, None] / growth[-1] * growth, sites, arcs, worth, chosen, capacity)


def plain(
    demand: Floats,
    sites: int,
    arcs: tuple[Wholes, Wholes, Floats],
    worth: Floats,
    chosen: int,
    *,
    capacity: float = np.inf,
    must: tuple[int, ...] = (),
) -> Problem:
    """Choose at most so many sites, each with one option: demand (n), arcs as (point, site, metres), worth per arc."""
    start, points, order = _by_site(arcs, sites)
    all_options = np.arange(sites)
    limits = Limits(
        ids=("aantal palen",),
        kinds=("aantal palen",),
        start=np.array([0, sites]),
        option=all_options,
        use=np.ones(sites),
        limit=np.array([float(chosen)]),
        penalty=np.array([np.inf]),
    )
    return Problem(
        demand_ids=tuple(f"d{place:07d}" for place in range(len(demand))),
        demand_kwh=demand[:, None],
        demand_group=np.full(len(demand), -1),
        period_worth=np.ones(1),
        site_ids=tuple(f"s{place:07d}" for place in range(sites)),
        must=np.isin(all_options, must),
        arc_start=start,
        arc_demand=points,
        arc_worth=worth[order],
        option_start=np.arange(sites + 1),
        option_ids=("1",) * sites,
        option_capacity=np.full((sites, 1), capacity),
        option_worth=np.zeros(sites),
        limits=limits,
        groups=no_groups(),
    )


def places(points: Floats, reach_m: float, chosen: int) -> Problem:
    """Maximal coverage of points (n, 2; m) by sites at the same points; points at one place count together."""
    unique, counts = np.unique(points, axis=0, return_counts=True)
    at = unique.astype(float)
    arcs = _arcs(at, at, p=2.0, reach_m=reach_m)
    return plain(counts.astype(float), len(at), arcs, np.ones(len(arcs[2])), chosen)


def rival_arrays(problem: Problem) -> dict[str, Any]:
    """A plain problem as arrays for programs that know nothing of laadplan: one period, one capacity, one limit.

    Raises
    ------
    ValueError
        The problem has more periods, options, limits or capacities than the plain models know.
    """
    capacity = np.unique(problem.option_capacity)
    plain_limit = len(problem.limits.ids) == 1 and (problem.limits.use == 1).all()
    one_each = len(problem.option_ids) == len(problem.site_ids) == len(problem.limits.option)
    if len(problem.period_worth) != 1 or len(capacity) != 1 or not (plain_limit and one_each) or problem.must.any():
        raise ValueError("The peers' plain models know one period, one capacity and one number of sites.")
    return {
        "demand": problem.demand_kwh[:, 0],
        "arc_start": problem.arc_start,
        "arc_demand": problem.arc_demand,
        "arc_worth": problem.arc_worth,
        "capacity": capacity[0],
        "chosen": int(problem.limits.limit[0]),
    }


def no_groups() -> Groups:
    """No groups of demand."""
    return Groups((), np.zeros(0), np.zeros(0))


def _in_quarters(
    demand: Floats, sites: int, arcs: tuple[Wholes, Wholes, Floats], worth: Floats, chosen: int, capacity: float
) -> Problem:
    start, points, order = _by_site(arcs, sites)
    quarters = demand.shape[1]
    opens = np.tile(np.arange(quarters), sites)
    limits = Limits(
        ids=tuple(f"aantal palen|{quarter}" for quarter in range(quarters)),
        kinds=("aantal palen",) * quarters,
        start=np.arange(quarters + 1) * sites,
        option=np.concatenate([np.arange(sites) * quarters + quarter for quarter in range(quarters)]),
        use=np.ones(sites * quarters),
        limit=np.full(quarters, float(chosen // quarters)),
        penalty=np.full(quarters, np.inf),
    )
    return Problem(
        demand_ids=tuple(f"d{place:07d}" for place in range(len(demand))),
        demand_kwh=demand,
        demand_group=np.full(len(demand), -1),
        period_worth=np.ones(quarters),
        site_ids=tuple(f"s{place:07d}" for place in range(sites)),
        must=np.zeros(sites, dtype=bool),
        arc_start=start,
        arc_demand=points,
        arc_worth=worth[order],
        option_start=np.arange(sites + 1) * quarters,
        option_ids=tuple(str(quarter) for quarter in opens),
        option_capacity=np.where(np.arange(quarters) >= opens[:, None], capacity, 0.0),
        option_worth=np.zeros(sites * quarters),
        limits=limits,
        groups=no_groups(),
    )


def _arcs(points: Floats, sites: Floats, *, p: float, reach_m: float = REACH_M) -> tuple[Wholes, Wholes, Floats]:
    """Point, site and metres of every pair within reach."""
    pairs = cKDTree(points).sparse_distance_matrix(cKDTree(sites), reach_m, p=p, output_type="ndarray")
    return pairs["i"].astype(np.int64), pairs["j"].astype(np.int64), pairs["v"]


def _by_site(arcs: tuple[Wholes, Wholes, Floats], sites: int) -> tuple[Wholes, Wholes, Wholes]:
    """Starts per site, points in rising order, and the order of the arcs."""
    order = np.lexsort((arcs[0], arcs[1]))
    start = np.concatenate([[0], np.cumsum(np.bincount(arcs[1], minlength=sites))])
    return start, arcs[0][order], order
