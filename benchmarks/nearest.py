"""Distances to the nearest: seconds of `laadplan.geo.nearest` beside `geopandas.sjoin_nearest`, in one run.

Points lie at random in a square with 2.5 of them per 1,000 m2, as spots in a town; what they are measured to is as
dense as street trees (points), kerbs (lines of three corners) and houses (surfaces), and there are 0.4 of them per
point. Each is timed twice, in turns; the faster counts. Distances must be equal to a nanometre and ids wherever there
is no tie.
"""

import time
from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.rows import Row, versions
from laadplan.contracts.frame import RD_EPSG
from laadplan.geo.nearest import nearest

SIZES = [25_000, 250_000]
"""Points that are measured from."""

OTHERS_SHARE = 0.4
"""Others that are measured to, per point."""

CORNER, DENSITY = np.array([180_000.0, 450_000.0]), 0.0025
"""Corner of the square in RD New (m), and points per m2."""

EQUAL_M = 1e-9


def measure(sizes: Sequence[int]) -> list[Row]:
    """A row per size and kind of geometry; `ratio` is our time over that of the peer."""
    return [_row(size, kind) for size in sizes for kind in KINDS]


def _row(size: int, kind: str) -> Row:
    random = np.random.default_rng(size)
    side = np.sqrt(size / DENSITY)
    points = _series(_points(CORNER + random.uniform(0, side, (size, 2)), random), "p")
    places = CORNER + random.uniform(0, side, (int(size * OTHERS_SHARE), 2))
    others = _series(KINDS[kind](places, random), "o")
    left, right = gpd.GeoDataFrame(geometry=points), gpd.GeoDataFrame(geometry=others)
    ours, own = _timed(lambda: nearest(points, others))
    theirs, peer = _timed(lambda: gpd.sjoin_nearest(left, right, distance_col="distance_m"))
    _compare(own, peer)
    return Row(
        name=f"nearest, {kind}",
        size=size,
        what=f"{size:,} points to {len(others):,} {kind}",
        peer="geopandas.sjoin_nearest on the same in the same run",
        seconds=round(ours, 2),
        peak_mb=0,
        output_mb=0,
        ratio=round(ours / theirs, 2),
        output_ratio=0,
        counts={"others": len(others), "peer_ms": round(theirs * 1000)},
        versions=versions("laadplan", "geopandas", "shapely"),
    )


def _points(places: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return np.asarray(shapely.points(places))


def _lines(places: np.ndarray, random: np.random.Generator) -> np.ndarray:
    steps = random.uniform(-15, 15, (2, len(places), 2))
    return np.asarray(shapely.linestrings(np.stack([places, places + steps[0], places + steps.sum(axis=0)], axis=1)))


def _surfaces(places: np.ndarray, random: np.random.Generator) -> np.ndarray:
    high = places + random.uniform(5, 14, places.shape)
    return np.asarray(shapely.box(*places.T, *high.T))


KINDS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "points": _points,
    "lines": _lines,
    "surfaces": _surfaces,
}


def _series(shapes: np.ndarray, letter: str) -> gpd.GeoSeries:
    names = pd.Index([f"{letter}{number:07d}" for number in range(len(shapes))])
    return gpd.GeoSeries(shapes, index=names, crs=RD_EPSG)


def _timed(work: Callable[[], pd.DataFrame]) -> tuple[float, pd.DataFrame]:
    """The faster of two turns, and what it gave."""
    seconds = []
    for _ in range(2):
        begin = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), found


def _compare(own: pd.DataFrame, peer: pd.DataFrame) -> None:
    """Refuses results that differ."""
    tied = peer.index.duplicated(keep=False)
    apart = (own["distance_m"] - peer.groupby(level=0)["distance_m"].first()).abs().max()
    other = (own["other_id"].reindex(peer.index[~tied]) != peer["index_right"][~tied]).sum()
    if not apart <= EQUAL_M or other:
        raise RuntimeError(f"Results differ: by {apart} m, and {other} ids.")
