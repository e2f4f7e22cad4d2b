"""Making demo towns: seconds, memory and size of the files, and whether they grow with the inhabitants alone.

Each town is made by a process of its own in a folder that is thrown away. The peer of every size is the smallest in the
same run: `ratio` is time per inhabitant over that of the smallest.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.rows import Row, versions

SIZES = [10_000, 30_000, 100_000, 300_000]
_EVERY_S = 0.2

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
        begin = time.perf_counter()
        made = subprocess.Popen([sys.executable, str(script), str(town), str(size), str(processes)])
        peak: list[float] = [0.0]
        watch = threading.Thread(target=_watch, args=(made, peak))
        watch.start()
        if made.wait():
            raise RuntimeError(f"The town of {size} inhabitants was not made.")
        seconds = time.perf_counter() - begin
        watch.join()
        written = sum(path.stat().st_size for path in town.rglob("*") if path.is_file()) / 1e6
        counts = json.loads((town / "waarheid.json").read_text(encoding="utf-8"))["aantallen"]
        bays = sum(counts["vakken"].values())
        counted = {"adressen": counts["adressen"], "vakken": bays, "bomen": counts["vegetatieobject"]}
    return seconds, peak[0], written, counted


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Notes the largest sum of the resident memory of a process and its children, in MB, five times a second."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_resident_mb(pid) for pid in _family(process.pid)))
        time.sleep(_EVERY_S)


def _family(pid: int) -> list[int]:
    """A process and all below it; Linux only."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [child for each in task.read_text().split() for child in _family(int(each))]
        except OSError:
            continue
    return found


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * 4096 / 1e6
