"""Walking distances within 300 m: seconds of `laadplan.geo.walks` beside networkx and pandana, in one run.

The network is a grid of streets of about 50 m of which an eighth is missing, with 100,000 crossings; walks are from
some of them to all. The peers run in a process of a Python that has them, which ``LAADPLAN_PEERS`` names (default:
this one), with as many threads; one that is not there is left out, with a warning. Of several turns the fastest counts;
making the network is timed apart. Pairs must be the same and distances equal to a millimetre; a pair at the limit
itself may be missing.
"""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.rows import Row, versions
from laadplan.contracts.frame import RD_EPSG
from laadplan.geo.network import Places, WalkGraph, make_graph
from laadplan.geo.walks import THREADS, reach_within

SIZES = [1_000]
"""Crossings that are walked from."""

PEERS = ("networkx", "pandana")
PEERS_PYTHON = "LAADPLAN_PEERS"
LIMIT_M = 300.0
EQUAL_M = 0.001
SIDE, STREETS = 317, 176_289
"""Crossings along a side of the grid, and streets that are left of it."""

SMOKE_SIDE = 20
"""The same of a smoke test, which walks from fewer crossings."""

STREET_M, JITTER_M = 50.0, 10.0
"""Length of a street, and by how much it may be shorter or longer."""

STEP_M = 1 / 8
"""Lengths are multiples of this (m): pandana counts in whole millimetres, and cuts off what is left of each street."""

CORNER = np.array([180_000.0, 450_000.0])
TURNS, LEAST_S = 3, 3.0
"""Turns of each, and more until so many seconds are spent: a machine is seldom quiet. Peers do the same."""


def measure(sizes: Sequence[int]) -> list[Row]:
    """A row per size and peer; `ratio` is our time over that of the peer."""
    return [row for size in sizes for row in _rows(size)]


def _rows(size: int) -> list[Row]:
    streets, places = _streets(SIDE if size >= SIZES[0] else SMOKE_SIDE)
    nodes, edges = _frames(streets, places)
    begin = time.perf_counter()
    graph = make_graph(nodes, edges)
    making = time.perf_counter() - begin
    crossings = _crossings(graph, places)
    random = np.random.default_rng(size)
    sources = random.choice(np.flatnonzero(crossings.on_network), size, replace=False)
    seconds, pairs = _ours(graph, crossings, sources)
    rows = []
    for peer in PEERS:
        found = _peer(peer, streets, places, sources)
        if found is not None:
            told, others = found
            _compare(pairs, others)
            rows.append(_row(size, peer, seconds, making, len(pairs), graph, told))
    return rows


def _row(
    size: int, peer: str, seconds: float, making: float, pairs: int, graph: WalkGraph, found: dict[str, np.ndarray]
) -> Row:
    theirs, made = float(found["seconds"]), float(found["making"])
    return Row(
        name=f"reach, {peer}",
        size=size,
        what=f"{size:,} sources on {graph.nodes:,} nodes and {len(graph.lines):,} edges, {THREADS} threads",
        peer=f"{found['called']} in the same run",
        seconds=round(seconds, 4),
        peak_mb=0,
        output_mb=0,
        ratio=round(seconds / theirs, 4),
        output_ratio=0,
        counts={
            "pairs": pairs,
            "peer_ms": round(theirs * 1000),
            "making_ms": round(making * 1000),
            "peer_making_ms": round(made * 1000),
        },
        versions=versions("laadplan", "numba") | {peer: str(found["version"])},
    )


def _streets(side: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Streets between crossings by number, with their length (m), and the places of the crossings."""
    random = np.random.default_rng(side)
    number = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    heads = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    left = round(len(tails) * STREETS / (2 * SIDE * (SIDE - 1)))
    kept = np.sort(random.permutation(len(tails))[:left])
    length = STREET_M + random.integers(-round(JITTER_M / STEP_M), round(JITTER_M / STEP_M), len(kept)) * STEP_M
    x, y = np.meshgrid(np.arange(side) * STREET_M, np.arange(side) * STREET_M)
    places = CORNER + np.column_stack([x.ravel(), y.ravel()])
    return pd.DataFrame({"tail": tails[kept], "head": heads[kept], "length_m": length}), places


def _frames(streets: pd.DataFrame, places: np.ndarray) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    names = pd.Index(np.char.mod("n%07d", np.arange(len(places))), name="node_id")
    nodes = gpd.GeoDataFrame({"origin": "OSM"}, index=names, geometry=shapely.points(places), crs=RD_EPSG)
    ends = streets[["tail", "head"]].to_numpy()
    edges = gpd.GeoDataFrame(
        {"from_node": names[ends[:, 0]], "to_node": names[ends[:, 1]], "length_m": streets["length_m"].to_numpy()},
        index=pd.Index(np.char.mod("e%07d", np.arange(len(ends))), name="edge_id"),
        geometry=shapely.linestrings(places[ends]),
        crs=RD_EPSG,
    )
    return nodes, edges


def _crossings(graph: WalkGraph, places: np.ndarray) -> Places:
    """Each crossing as a place at an end of one of its streets; without any it lies off the network."""
    row = {tuple(place): number for number, place in enumerate(places.tolist())}
    edge, along = np.full(len(places), -1, dtype=np.int32), np.zeros(len(places))
    lines = shapely.get_coordinates(graph.lines).reshape(-1, 2, 2)
    for end in (0, 1):
        at = np.array([row[tuple(place)] for place in lines[:, end].tolist()])
        edge[at] = np.arange(len(at))
        along[at] = end * graph.length_m
    return Places(edge, along, np.zeros(len(places)))


def _ours(graph: WalkGraph, crossings: Places, sources: np.ndarray) -> tuple[float, pd.DataFrame]:
    chosen = Places(crossings.edge[sources], crossings.along_m[sources], crossings.off_m[sources])
    seconds: list[float] = []
    while len(seconds) < TURNS or sum(seconds) < LEAST_S:
        begin = time.perf_counter()
        walks = reach_within(graph, chosen, crossings, LIMIT_M)
        seconds.append(time.perf_counter() - begin)
    return min(seconds), _pairs(walks.sources, walks.targets, walks.walk_m)


def _peer(
    peer: str, streets: pd.DataFrame, places: np.ndarray, sources: np.ndarray
) -> tuple[dict[str, np.ndarray], pd.DataFrame] | None:
    """What a peer tells of itself and the pairs it found, in a process of its own; None where it is not there."""
    python = os.environ.get(PEERS_PYTHON, sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.npz", Path(folder) / "found.npz"
        tail, head, length_m = (streets[name].to_numpy() for name in ("tail", "head", "length_m"))
        np.savez(
            given, tail=tail, head=head, length_m=length_m, places=places, sources=sources, limit_m=np.array(LIMIT_M)
        )
        threads = os.environ | {"OMP_NUM_THREADS": str(THREADS)}
        script = Path(__file__).with_name("reach_peers.py")
        done = subprocess.run(
            [python, str(script), peer, str(given), str(made)], env=threads, capture_output=True, text=True
        )
        if done.returncode == 3:
            warnings.warn(
                f"{peer} is not there in {python}: name a Python that has it in {PEERS_PYTHON}.", stacklevel=2
            )
            return None
        if done.returncode:
            raise RuntimeError(done.stderr)
        found = dict(np.load(made))
    return found, _pairs(found["source"], found["target"], found["walk_m"])


def _pairs(source: np.ndarray, target: np.ndarray, walk_m: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"source": source, "target": target, "walk_m": walk_m}).set_index(["source", "target"])


def _compare(own: pd.DataFrame, peer: pd.DataFrame) -> None:
    """Refuses results that differ."""
    both = own.join(peer.rename(columns={"walk_m": "walk_m_peer"}), how="outer")
    inner = both[both.min(axis=1) < LIMIT_M - EQUAL_M]
    apart = (inner["walk_m"] - inner["walk_m_peer"]).abs().max()
    if inner.isna().any(axis=None) or not apart <= EQUAL_M:
        raise RuntimeError(f"Results differ: by {apart} m, and {int(inner.isna().sum().sum())} pairs.")
