"""Reading the BGT as GML-light: seconds and memory of laadplan beside GDAL on the same file, in one run.

The file holds road parts of demo towns, arcs, history and plans included, beside each other until it is of the size
asked for. Each reader runs in a process of its own, twice, in turns; the faster of two counts. GDAL writes the schema
of the file beside it: its first read makes that, its second finds it. `ratio` is our time over that of GDAL's
first read, `output_ratio` over that of the second.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import shapely

from benchmarks.rows import Row, versions
from laadplan.demo import gml
from laadplan.demo.plan import make_plan
from laadplan.demo.records import Record, records
from laadplan.demo.town import make_quarter

SIZES = [100, 1000]
"""Megabytes of GML."""

INHABITANTS = 5000
"""Size of the demo town that is repeated."""

APART_M = 3000.0
IN_A_ROW = 20
TURNS = 2

_LAADPLAN = """
import resource, sys, time
from pathlib import Path
from laadplan.contracts.quality import Quality
from laadplan.ingest.bgt import read_road_parts
import pandera.geopandas
quality = Quality()
begin = time.perf_counter()
found = read_road_parts(Path(sys.argv[1]).parent, quality=quality)
seconds = time.perf_counter() - begin
kinds = found.geom_type.value_counts().to_dict()
"""
_GDAL = """
import resource, sys, time
import geopandas
begin = time.perf_counter()
found = geopandas.read_file(sys.argv[1])
seconds = time.perf_counter() - begin
kinds = found.geom_type.value_counts().to_dict()
"""
_TELL = """
import json
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
print(json.dumps([seconds, peak, len(found), kinds]))
"""

Measured = tuple[float, float, int, dict[str, int]]
"""Seconds, peak memory in MB, number of features, and how many of each kind of geometry."""


def measure(sizes: Sequence[int]) -> list[Row]:
    """A row per size (MB)."""
    return [_row(size) for size in sorted(sizes)]


def _row(size: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bgt_wegdeel.gml"
        objects = _write(path, size * 1e6)
        turns = [_turn(path) for _ in range(TURNS)]
        written = path.stat().st_size / 1e6
    ours, first, second = (min(each) for each in zip(*turns, strict=True))
    return Row(
        name="bgt",
        size=size,
        what=f"{size:,} MB of road parts as GML-light, whole, checked against the contract",
        peer="GDAL (geopandas.read_file) on the same file in the same run",
        seconds=round(ours[0], 1),
        peak_mb=round(max(turn[0][1] for turn in turns)),
        output_mb=round(written, 1),
        ratio=round(ours[0] / first[0], 2),
        output_ratio=round(ours[0] / second[0], 2),
        counts={
            "objects": objects,
            "current": ours[2],
            "gdal_features": first[2],
            "gdal_points": first[3].get("Point", 0),
            "gdal_first_ms": round(first[0] * 1000),
            "gdal_second_ms": round(second[0] * 1000),
            "gdal_peak_mb": round(max(turn[1][1] for turn in turns)),
        },
        versions=versions("laadplan", "geopandas", "lxml", "pyogrio", "shapely") | {"gdal": _gdal()},
    )


def _turn(path: Path) -> tuple[Measured, Measured, Measured]:
    """laadplan, GDAL without its schema, GDAL with it."""
    path.with_suffix(".gfs").unlink(missing_ok=True)
    return _run(_LAADPLAN, path), _run(_GDAL, path), _run(_GDAL, path)


def _run(script: str, path: Path) -> Measured:
    done = subprocess.run([sys.executable, "-c", script + _TELL, str(path)], check=True, capture_output=True, text=True)
    seconds, peak, number, kinds = json.loads(done.stdout)
    return seconds, peak, number, kinds


def _gdal() -> str:
    import pyogrio

    return ".".join(str(part) for part in pyogrio.__gdal_version__)


def _write(path: Path, size: float) -> int:
    """Writes the file; returns the number of objects in it."""
    written, objects = 0, 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(gml.HEAD)
        for part in _towns():
            text = gml.members("wegdeel", part)
            file.write(text)
            written += len(text)
            objects += len(part)
            if written >= size:
                break
        file.write(gml.TAIL)
    return objects


def _towns() -> Iterator[list[Record]]:
    """The road parts of a town again and again, each time elsewhere and with other ids."""
    town = make_plan(INHABITANTS, 1, "Demostad")
    own = [record for cell in town.cells for record in records(make_quarter(town, cell.index), "wegdeel")]
    shapes = np.array([record.shape for record in own], dtype=object)
    number = 0
    while True:
        step = np.array([number % IN_A_ROW, number // IN_A_ROW]) * APART_M
        moved = shapely.transform(shapes, partial(_stepped, step=step))
        serial = f".{number:04x}"
        yield [
            each._replace(shape=shape, local_id=each.local_id[:5] + serial + each.local_id[10:])
            for each, shape in zip(own, moved, strict=True)
        ]
        number += 1


def _stepped(places: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Places moved, on the millimetre grid."""
    return np.asarray(np.round(places + step, 3))
