"""Walkway widths: seconds and memory of laadplan beside a per-spot `geopandas.overlay`, at equal results in one run.

The streets are invented: straight pavements in all directions, with facades that jut out, lamp posts, benches and
kiosks, and a spot every 6 m. The peer takes a sample of the spots: for each it cuts the obstacles out of the footways
around it with `overlay`, turns what is left upright and measures there with shapely. `ratio` is our time per spot over
the peer's; `counts` says of how many spots in the sample a figure differs by more than a centimetre.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import affinity

from benchmarks.rows import Row, versions
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.measured import CORRIDORS
from laadplan.geo.width import walkway_widths

SIZES = [25_000, 250_000]
"""Spots."""

SAMPLE = 500
"""Spots that the peer measures."""

POLE_M, REACH_M, SEARCH_M, WITHIN_M = 0.30, 0.60, 10.0, 25.0
LENGTH_M, SPACING_M, FIRST_M, APART_M, IN_A_ROW = 120.0, 6.0, 0.7, 300.0, 60
KERB_M = 0.5
EQUAL_M = 0.0101
SLIVER_M2, JOIN_M = 1e-6, 0.025


def measure(sizes: Sequence[int]) -> list[Row]:
    """A row per size, each measured by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.width"]
    found = []
    for size in sorted(sizes):
        done = subprocess.run([*command, str(size)], check=True, capture_output=True, text=True)
        found.append(_row(size, json.loads(done.stdout)))
    return found


def _row(size: int, told: dict[str, float]) -> Row:
    return Row(
        name="width",
        size=size,
        what=f"{size:,} spots: width at the pole and four corridor lengths",
        peer=f"geopandas.overlay per spot, on {told['sample']:.0f} of the spots in the same run",
        seconds=round(told["seconds"], 1),
        peak_mb=round(told["peak_mb"]),
        output_mb=0.0,
        ratio=round(told["seconds"] / size / (told["peer_seconds"] / told["sample"]), 4),
        output_ratio=1.0,
        counts={
            "ms_per_1000": round(told["seconds"] / size * 1e6),
            "peer_ms_per_1000": round(told["peer_seconds"] / told["sample"] * 1e6),
            "sample": int(told["sample"]),
            "different": int(told["different"]),
            "below_150": int(told["below_150"]),
        },
        versions=versions("laadplan", "geopandas", "numpy", "shapely"),
    )


def run(size: int) -> dict[str, float]:
    """Seconds of both, peak memory (MB) of laadplan, and in how many sampled spots they differ."""
    poles, away_deg, footways, obstacles = make_streets(size)
    begin = time.perf_counter()
    found = walkway_widths(
        poles,
        away_deg,
        footways,
        obstacles,
        pole_width_m=POLE_M,
        reach_m=REACH_M,
        search_m=SEARCH_M,
        within_m=WITHIN_M,
    )
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    sample = poles.index[:: max(1, len(poles) // SAMPLE)][:SAMPLE]
    _ = footways.sindex, obstacles.sindex
    begin = time.perf_counter()
    peers = [peer_widths(poles[each], float(away_deg[each]), footways, obstacles) for each in sample]
    peer_seconds = time.perf_counter() - begin
    ours = found.loc[sample, ["walkway_width_m", *CORRIDORS.values()]].to_numpy(dtype=float)
    return {
        "seconds": seconds,
        "peak_mb": peak,
        "sample": len(sample),
        "peer_seconds": peer_seconds,
        "different": int((np.abs(ours - np.array(peers)) > EQUAL_M).any(axis=1).sum()),
        "below_150": int((found["walkway_width_m"] < 1.5).sum()),
    }


def make_streets(size: int) -> tuple[gpd.GeoSeries, pd.Series, gpd.GeoSeries, gpd.GeoSeries]:
    """So many spots: poles, directions away from the kerb (degrees), footways and obstacles, RD New."""
    generator = np.random.default_rng(1)
    per_street = int((LENGTH_M - SPACING_M) // SPACING_M)
    poles, away, footways, obstacles = [], [], [], []
    for number in range(-(-size // per_street)):
        turn = float(generator.uniform(0, 360))
        corner = (100_000.0 + number % IN_A_ROW * APART_M, 400_000.0 + number // IN_A_ROW * APART_M)
        heads = [shapely.Point(SPACING_M * (place + 1) + FIRST_M, KERB_M) for place in range(per_street)]
        poles += _placed(heads, turn, corner)
        footways += _placed(_pavement(generator), turn, corner)
        obstacles += _placed(_furniture(generator, per_street), turn, corner)
        away += [(turn + 90) % 360] * per_street
    names = pd.Index([f"s{number:07d}" for number in range(size)], dtype="str")
    return (
        gpd.GeoSeries(poles[:size], index=names, crs=RD_EPSG),
        pd.Series(away[:size], index=names),
        gpd.GeoSeries(footways, crs=RD_EPSG).rename(str),
        gpd.GeoSeries(obstacles, crs=RD_EPSG).rename(str),
    )


def _placed(shapes: Sequence[shapely.Geometry], turn: float, corner: tuple[float, float]) -> list[shapely.Geometry]:
    return [affinity.translate(affinity.rotate(shape, turn, origin=(0, 0)), *corner) for shape in shapes]


def _pavement(generator: np.random.Generator) -> list[shapely.Polygon]:
    """Pieces of pavement end to end, each as deep as the facade lets it."""
    ends = np.linspace(0, LENGTH_M, 7)
    depths = np.round(generator.uniform(1.6, 3.6, 6), 2)
    return [shapely.box(a, 0, b, depth) for a, b, depth in zip(ends[:-1], ends[1:], depths, strict=True)]


def _furniture(generator: np.random.Generator, per_street: int) -> list[shapely.Polygon]:
    """A thing near every other spot: a post, a bench or a kiosk, clear of kerb and facade."""
    sizes = [(0.2, 0.2), (1.6, 0.45), (2.0, 0.6)]
    found = []
    for place in range(0, per_street, 2):
        wide, deep = sizes[int(generator.integers(3))]
        x, y = SPACING_M * (place + 1) + FIRST_M + float(generator.uniform(-2, 2)), float(generator.uniform(0.85, 0.95))
        found.append(shapely.box(x - wide / 2, y, x + wide / 2, y + deep))
    return found


def peer_widths(pole: shapely.Point, away_deg: float, footways: gpd.GeoSeries, obstacles: gpd.GeoSeries) -> list[float]:
    """Width at the pole and corridor lengths (m) of one spot, by overlay and shapely."""
    window = pole.buffer(WITHIN_M + SEARCH_M).envelope
    ground, things = (
        gpd.GeoDataFrame(geometry=layer.iloc[layer.sindex.query(window)]) for layer in (footways, obstacles)
    )
    pieces = gpd.overlay(ground, things, how="difference").buffer(JOIN_M, join_style="mitre")
    free = pieces.union_all().buffer(-JOIN_M, join_style="mitre")
    upright = affinity.rotate(affinity.translate(free, -pole.x, -pole.y), 90 - away_deg, origin=(0, 0))
    parts = [part for part in shapely.get_parts(upright) if part.distance(shapely.Point(0, 0)) <= REACH_M]
    if not parts:
        return [float("nan")] * (1 + len(CORRIDORS))
    width = round(_peer_width(parts[0]), 2)
    return [width, *(_peer_length(parts[0], width, least) for least in CORRIDORS)]


def _peer_width(free: shapely.Polygon) -> float:
    ahead = shapely.Polygon([(0, 0), (-SEARCH_M, SEARCH_M), (SEARCH_M, SEARCH_M)])
    xy = np.array(shapely.orient_polygons(free).exterior.coords)
    runs = [pair for pair in pairwise(xy) if pair[1][0] - pair[0][0] < -EQUAL_M]
    wall = shapely.MultiLineString(runs).intersection(ahead)
    things = [wall, *(cut for ring in free.interiors if not (cut := ring.intersection(ahead)).is_empty)]
    heart = shapely.Point(0, 0)
    widest = np.array([max(0.0, heart.distance(thing) - POLE_M / 2) for thing in things])
    between = np.array([[a.distance(b) for b in things] for a in things])
    for _ in things:
        widest = np.minimum(widest, np.maximum(widest[None, :], between).min(axis=1))
    return float(max(widest[0], KERB_M - POLE_M / 2))


def _peer_length(free: shapely.Polygon, width: float, least: float) -> float:
    """A section is wide enough where something so high stands in it: where neither wall nor thing, swept down, is."""
    half, down = POLE_M / 2, 0.005 - least
    whole = shapely.Polygon(free.exterior)
    things = [*map(shapely.Polygon, free.interiors), shapely.box(-half, -half, half, half)]
    swept = [thing.union(affinity.translate(thing, 0, down)).convex_hull for thing in things]
    wide = whole.intersection(affinity.translate(whole, 0, down)).difference(shapely.union_all(swept))
    spans = [shapely.bounds(part) for part in shapely.get_parts(wide) if part.area > SLIVER_M2]
    ends = shapely.bounds(free)
    first = half if width < least - 0.005 else 0.0
    right = [max(low, first) for low, _, high, _ in spans if high >= first]
    before = [max(-high, first) for low, _, high, _ in spans if -low >= first]
    return float(min([*right, ends[2], WITHIN_M]) + min([*before, -ends[0], WITHIN_M]))


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
