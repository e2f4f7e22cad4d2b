"""Compiles all loops of `laadplan.geo.compiled` once, so that no run or test waits for it.

In: nothing. Out: what numba keeps on disk beside the modules. Run as ``python -m laadplan.pipeline.warm``, as ``make``
does. Each loop is called as a run calls it, on a street of six homes; several processes share the work.
"""

import importlib
import pkgutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from types import ModuleType

import geopandas as gpd
import numpy as np
import shapely
from numba.core.dispatcher import Dispatcher

import laadplan.geo
import laadplan.optimise
from laadplan.config.optimisation import Optimisation
from laadplan.contracts.frame import RD_EPSG
from laadplan.geo.network import make_graph
from laadplan.geo.snapping import snap
from laadplan.geo.walks import nearest_walk, reach_within, walk_to_nodes
from laadplan.optimise.cover import plans_of_cover
from laadplan.optimise.filling import Filler
from laadplan.optimise.framing_spacing import near_cliques
from laadplan.optimise.problem import NONE, Groups, Limits, Problem
from laadplan.optimise.reduce import reduce
from laadplan.optimise.serve import serve
from laadplan.optimise.solve import solve

SETTINGS = Optimisation(gap_share=0.0, rounds_max=40)
"""So that the search does not stop before each of its loops had its turn."""

LONG = 5_000
"""Rounds in which plans are fused in vain, and begin anew."""


def warm() -> None:
    """Calls every loop, each part in a process of its own."""
    with ProcessPoolExecutor(len(PARTS)) as pool:
        for part in [pool.submit(PARTS[name]) for name in PARTS]:
            part.result()


def loops() -> Iterator[Dispatcher]:
    """All compiled loops, those that only other loops call included."""
    for room in (laadplan.geo, laadplan.optimise):
        for module in _modules(room):
            yield from (each for each in vars(module).values() if isinstance(each, Dispatcher))


def _modules(room: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        yield importlib.import_module(found.name)


def _walk() -> None:
    """A walk along the street, both ways."""
    nodes = gpd.GeoDataFrame(geometry=shapely.points([(0.0, 0.0), (9.0, 0.0)]), index=["a", "b"], crs=RD_EPSG)
    street = {"from_node": ["a"], "to_node": ["b"], "length_m": [9.0]}
    lines = [shapely.LineString([(0, 0), (9, 0)])]
    graph = make_graph(nodes, gpd.GeoDataFrame(street, geometry=lines, index=["ab"], crs=RD_EPSG))
    places = snap(graph, nodes.geometry, 5.0)
    reach_within(graph, places, places, 9.0)
    walk_to_nodes(graph, places, 9.0)
    nearest_walk(graph, places, places)
    near_cliques(np.zeros((2, 2)), 1.0)


def _choose() -> None:
    """Poles that run full, and homes round each of the squares that are to be served alike."""
    groups = Groups(("a", "b"), np.full(2, 2.0), np.ones(2))
    problem = replace(_street(), option_capacity=np.full((6, 1), 1.5))
    solve(replace(problem, groups=groups, demand_group=np.arange(6) // 3), SETTINGS)
    serve(problem, np.arange(6))
    Filler.of(problem).worth(np.arange(6), problem.demand_kwh)


def _cover() -> None:
    """Poles that never run full, wherever they stand."""
    solve(_street(), SETTINGS)
    reduce(_street())
    deque(plans_of_cover(_street(), rounds=LONG), maxlen=0)


def _cover_near() -> None:
    """Poles that never run full, and are worth more where they are near."""
    street = _street()
    solve(replace(street, arc_worth=np.where(street.arc_demand == street.arc_site, 1.0, 0.5)), SETTINGS)


PARTS = {each.__name__: each for each in (_walk, _choose, _cover, _cover_near)}


def _street() -> Problem:
    """Six homes and six places round two squares, each place near two of three homes; three poles at most.

    No plan reaches more than five homes, though half a pole everywhere would reach all: it takes a search and a proof.
    """
    homes = np.arange(6).reshape(2, 3)
    near = np.sort(np.stack([homes, np.roll(homes, 1, axis=1)], axis=2).reshape(6, 2), axis=1)
    ids = tuple("abcdef")
    limit = Limits(("a",), ("a",), np.array([0, 6]), np.arange(6), np.ones(6), np.full(1, 3.0), np.array([np.inf]))
    return Problem(
        demand_ids=ids,
        demand_kwh=np.ones((6, 1)),
        demand_group=np.full(6, NONE),
        period_worth=np.ones(1),
        site_ids=ids,
        must=np.zeros(6, dtype=bool),
        arc_start=np.arange(0, 13, 2),
        arc_demand=near.ravel(),
        arc_worth=np.ones(12),
        option_start=np.arange(7),
        option_ids=ids,
        option_capacity=np.full((6, 1), np.inf),
        option_worth=np.zeros(6),
        limits=limit,
        groups=Groups((), np.zeros(0), np.zeros(0)),
    )


if __name__ == "__main__":
    warm()
