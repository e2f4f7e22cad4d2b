"""Making demo towns: seconds, memory and size of the files, and whether they grow with the inhabitants alone.

Each town is made by a process of its own in a folder that is thrown away. The peer of every size is the smallest in the
same run: `ratio` is time per inhabitant over that of the smallest.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import ran
from benchmarks.rows import Row, versions

SIZES = [10_000, 30_000, 100_000, 300_000]

_MAKE = """
import sys, pathlib
from laadplan.demo.sources import write_demo
if __name__ == "__main__":
    write_demo(pathlib.Path(sys.argv[1]), int(sys.argv[2]), 1, processes=int(sys.argv[3]))
"""


def measure(sizes: Sequence[int], processes: int) -> list[Row]:
    """A row per size."""
    found = {size: _town(size, processes) for size in sorted(sizes)}
    least = min(found)
    per_head = {size: (seconds / size, written / size) for size, (seconds, _, written, _) in found.items()}
    return [
        Row(
            name="demo",
            size=size,
            what=f"a demo town of {size:,} inhabitants, {processes} processes",
            peer=f"the town of {least:,} inhabitants in the same run, per inhabitant",
            seconds=round(seconds, 1),
            peak_mb=round(peak),
            output_mb=round(written, 1),
            ratio=round(per_head[size][0] / per_head[least][0], 2),
            output_ratio=round(per_head[size][1] / per_head[least][1], 2),
            counts=counts,
            versions=versions("laadplan", "shapely", "pyogrio", "pyarrow"),
        )
        for size, (seconds, peak, written, counts) in found.items()
    ]


def _town(size: int, processes: int) -> tuple[float, float, float, dict[str, int]]:
    """Seconds, peak memory and size of the files in MB, and what was counted."""
    with tempfile.TemporaryDirectory() as folder:
        script, town = Path(folder) / "make.py", Path(folder) / "town"
        script.write_text(_MAKE, encoding="utf-8")
        made = ran([sys.executable, str(script), str(town), str(size), str(processes)])
        written = sum(path.stat().st_size for path in town.rglob("*") if path.is_file()) / 1e6
        counts = json.loads((town / "waarheid.json").read_text(encoding="utf-8"))["aantallen"]
        bays = sum(counts["vakken"].values())
        counted = {"adressen": counts["adressen"], "vakken": bays, "bomen": counts["vegetatieobject"]}
    return made.seconds, made.peak_mb, written, counted
