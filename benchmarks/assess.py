"""From parking strips to verdicts: seconds and memory per stage for a municipality of a given number of bays.

The municipality is a demo town beside itself, see `benchmarks.municipality`. Its frames are read from disk, and then
the steps of the main job run one after the other in a process of its own on two cores, each as a run calls it: bays are
cut, spots found, cables routed, quantities measured, and every spot is held against the national base. All frames are
checked and written as a run does; that is the stage `writing`. Frames stay in memory, as in a run. `cpu_ms` is the time
at work: less than that by the clock where others use the machine. `ratio` is the time at work per bay over that of the
smallest size of the same run, for that hardly depends on what others do.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, versions

SIZES = [25_000, 250_000]
"""Bays, about."""

INHABITANTS = 20_000
"""Size of the town that lies beside itself."""

STAGES = ("bays", "candidates", "cable_routes", "measurements", "assessments")
WRITING, ALL = "writing", "all"
CORES = 2

Told = dict[str, dict[str, float]]
"""Per stage seconds by the clock and at work, peak memory and size of files (MB); `counts` holds rows per frame."""


def measure(sizes: Sequence[int], inhabitants: int = INHABITANTS) -> list[Row]:
    """A row per size and stage."""
    from benchmarks.municipality import read_town, write_town

    with tempfile.TemporaryDirectory() as place:
        project = write_town(Path(place) / "town", inhabitants)
        truth = json.loads((Path(place) / "town" / "waarheid.json").read_text(encoding="utf-8"))
        per_town = sum(truth["aantallen"]["vakken"].values())
        town = read_town(project, Path(place) / "run")
        told = {size: _measured(town, max(1, round(size / per_town))) for size in sorted(sizes)}
    return [_row(size, stage, told) for size in told for stage in (*STAGES, WRITING, ALL)]


def _row(size: int, stage: str, told: dict[int, Told]) -> Row:
    found, least = told[size], min(told)
    per_bay = {each: told[each][stage]["cpu_seconds"] / told[each]["counts"]["Bays"] for each in (size, least)}
    return Row(
        name=f"assess, {stage}",
        size=size,
        what=f"{found['counts']['towns']:.0f} demo towns beside each other, {CORES} cores",
        peer=f"about {least:,} bays in the same run, time at work per bay",
        seconds=round(found[stage]["seconds"], 1),
        peak_mb=round(found[stage]["peak_mb"]),
        output_mb=round(found[stage]["output_mb"], 1),
        ratio=round(per_bay[size] / per_bay[least], 2),
        output_ratio=1.0,
        counts={name: int(number) for name, number in found["counts"].items()}
        | {"cpu_ms": round(found[stage]["cpu_seconds"] * 1000)},
        versions=versions("laadplan", "geopandas", "numpy", "pandas", "pandera", "pyarrow", "shapely"),
    )


def _measured(town: dict[str, Any], times: int) -> Told:
    from benchmarks.municipality import beside

    with tempfile.TemporaryDirectory() as folder:
        for name, frame in beside(town, times).items():
            frame.to_parquet(Path(folder) / f"{name}.parquet")
        command = [sys.executable, "-m", "benchmarks.assess", folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: Told = json.loads(done.stdout)
    told["counts"]["towns"] = times
    return told


def run(folder: Path) -> Told:
    """Runs the stages on the frames in a folder, in this process."""
    from benchmarks.municipality import CONTRACTS, NAME, TODAY
    from laadplan.contracts.quality import Quality
    from laadplan.pipeline.begin import demo_project
    from laadplan.pipeline.graph import snake_case
    from laadplan.pipeline.job import read_job
    from laadplan.store.frames import read_frame, write_frame

    project, graph = demo_project(INHABITANTS, NAME), read_job()
    names = {snake_case(contract.__name__): contract for contract in CONTRACTS}
    frames = {name: read_frame(contract, folder / f"{name}.parquet") for name, contract in names.items()}
    told: Told = {"counts": {}, WRITING: dict.fromkeys(("seconds", "cpu_seconds", "peak_mb", "output_mb"), 0.0)}
    for stage in STAGES:
        step, watch = graph.steps[stage], Watch()
        arguments = {name: getattr(project, name) for name in step.sections}
        arguments |= {name: frames.get(name) for name in step.frames}
        arguments |= {name: {"quality": Quality(), "today": TODAY}[service] for name, service in step.services.items()}
        made = step.function(**arguments)
        told[stage] = watch.told() | {"output_mb": 0.0}
        for contract, frame in zip(step.makes, made if isinstance(made, tuple) else (made,), strict=True):
            path, watch = folder / "out" / f"{contract.__name__}.parquet", Watch()
            frames[snake_case(contract.__name__)] = write_frame(frame, contract, path)
            written = watch.told()
            told[stage]["output_mb"] += path.stat().st_size / 1e6
            told["counts"][contract.__name__] = len(frame)
            told[WRITING] = _together([told[WRITING], written | {"output_mb": 0.0}])
        del made
    told[ALL] = _together([told[stage] for stage in (*STAGES, WRITING)])
    return told


def _together(parts: list[dict[str, float]]) -> dict[str, float]:
    """The sum of all, but of memory the most."""
    return {name: (max if name == "peak_mb" else sum)(part[name] for part in parts) for name in parts[0]}


class Watch:
    """Seconds, seconds at work and the largest resident memory of this process since it was made; Linux only."""

    def __init__(self) -> None:
        """Begins anew."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._begin, self._at_work = time.perf_counter(), time.process_time()

    def told(self) -> dict[str, float]:
        """Seconds, and memory in MB."""
        seconds = {
            "seconds": time.perf_counter() - self._begin,
            "cpu_seconds": time.process_time() - self._at_work,
        }
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return seconds | {"peak_mb": int(peak.split()[1]) * 1024 / 1e6}


if __name__ == "__main__":
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    print(json.dumps(run(Path(sys.argv[1]))))
