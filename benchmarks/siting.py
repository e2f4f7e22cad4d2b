"""Choosing sites: laadplan's optimiser beside its peers, each measurement in a process of its own.

In: names of cases, seconds for the peers, and the frames of a town for the municipal case. Out: rows and curves. A case
holds problems and who works on them; all jobs of a case run one after the other on the same cores. Hard decisions:

- The peers get `seconds`; laadplan gets the part of it that the goal names, and its row is of a run with that limit:
  not read off a longer one. A solver's limit counts its search alone; its seconds here count the model too.
- The objective is counted anew from each plan (`benchmarks.recount`), and a bound that comes with prices is checked
  by `laadplan.optimise.prices.bound_of`. A plan that breaks a limit fails the benchmark.
- Each solver gets the same cores and is told to use so many threads; SCIP, and spopt's CBC, use one.
"""

import json
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np

from benchmarks import curves, instances, processes, recount
from benchmarks.rows import versions
from laadplan.optimise.prices import Prices, bound_of
from laadplan.optimise.problem import Problem

PEERS = "LAADPLAN_PEERS"
"""Environment variable: the Python that has spopt; without it spopt's rows are left out."""

SECONDS = 300.0
"""Time limit of the peers (s) for which the goals were set."""

THREADS = 2

AGREE = 1e-6
"""Share by which a bound may differ from what its prices give: rounding."""


@dataclass(frozen=True)
class Job:
    """Who works on a problem, and what part of the peers' seconds they get."""

    by: str
    part: float = 1.0


def ours(seconds: float) -> Job:
    """laadplan with so many seconds where the peers get `SECONDS`."""
    return Job("laadplan", seconds / SECONDS)


@dataclass(frozen=True)
class Task:
    """A problem with its name, how it is made, which plain model fits it, and who works on it.

    `best_in` gives the best objective that others published for the problem; where there is none and `best_of_run` is
    set, the best plan of the run counts, whoever made it.
    """

    name: str
    make: Callable[[], Problem]
    model: str
    jobs: tuple[Job, ...]
    best_in: Callable[[Problem], float] | None = None
    best_of_run: bool = False


@dataclass(frozen=True)
class Measured:
    """One measurement, a row of the results.

    `name` is the case, `task` the problem, `by` who worked on it; `limit_s` is the limit given; `seconds` and
    `cpu_seconds` (at work) include `build_seconds`; `peak_mb` is that of the whole process and all below it. `checked`:
    the bound was computed anew from its prices.
    """

    name: str
    task: str
    by: str
    size: dict[str, int]
    limit_s: float
    threads: int
    seconds: float
    build_seconds: float
    cpu_seconds: float
    peak_mb: float
    load: float
    status: str
    objective: float
    bound: float | None = None
    gap: float | None = None
    checked: bool = False
    best_known: float | None = None
    curve: curves.Curve = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def measure(
    cases: Mapping[str, Sequence[Task]], *, seconds: float, threads: int, lanes: int
) -> Iterator[list[Measured]]:
    """The rows of each case as it is done; so many cases at a time, each lane on cores of its own.

    Cases that take longest begin first. Raises as the first case that fails does, when the others are done.
    """
    cores = sorted(os.sched_getaffinity(0))
    places: SimpleQueue[list[int]] = SimpleQueue()
    for lane in range(lanes):
        places.put(cores[lane * threads : (lane + 1) * threads] or cores[:threads])
    order = sorted(cases, key=lambda name: -expected_s(cases[name], seconds))
    with ThreadPoolExecutor(lanes) as pool:
        yield from pool.map(lambda name: _case(name, cases[name], seconds, threads, places), order)


def expected_s(tasks: Sequence[Task], seconds: float) -> float:
    """About how long a case takes: the limits of all its jobs."""
    return sum(job.part * seconds for task in tasks for job in task.jobs)


def _case(
    name: str, tasks: Sequence[Task], seconds: float, threads: int, places: "SimpleQueue[list[int]]"
) -> list[Measured]:
    cores = places.get()
    try:
        return [row for task in tasks for row in _beside_best(task, list(_task(name, task, seconds, threads, cores)))]
    finally:
        places.put(cores)


def _task(name: str, task: Task, seconds: float, threads: int, cores: list[int]) -> Iterator[Measured]:
    with tempfile.TemporaryDirectory() as place:
        problem = task.make()
        with (Path(place) / "problem.pickle").open("wb") as file:
            pickle.dump(problem, file)
        if not all(_is_ours(job) for job in task.jobs):
            np.savez(Path(place) / "arrays.npz", **instances.rival_arrays(problem))
        for job in task.jobs:
            row = measured(name, task, problem, job, Path(place), seconds * job.part, threads, cores)
            if row:
                _say(row)
                yield row


def _beside_best(task: Task, rows: list[Measured]) -> list[Measured]:
    best = max((row.objective for row in rows), default=None)
    return [replace(row, best_known=best) for row in rows] if task.best_of_run else rows


def measured(
    name: str, task: Task, problem: Problem, job: Job, place: Path, limit_s: float, threads: int, cores: list[int]
) -> Measured | None:
    """The row of one job; nothing where the peer is not there."""
    python = os.environ.get(PEERS, "") if job.by == "spopt" else sys.executable
    if not shutil.which(python):
        print(f"{task.name}: {job.by} is left out, {PEERS} names no Python that has it.", file=sys.stderr)
        return None
    given = {"solver": job.by, "model": task.model, "seconds": limit_s, "threads": threads, "cores": cores}
    script = ["-m", "benchmarks.engine"] if _is_ours(job) else ["-P", str(Path(__file__).with_name("rivals.py"))]
    surroundings = {"NUMBA_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    (place / "log.txt").write_text("", encoding="utf-8")
    ran = processes.ran([python, *script, str(place), json.dumps(given)], surroundings=surroundings)
    told = json.loads(ran.said)
    objective, checked = _counted(problem, place / "plan.npz", told["bound"])
    log = (place / "log.txt").read_text(encoding="utf-8", errors="replace")
    return Measured(
        name=name,
        task=task.name,
        by=job.by,
        size=problem.sizes,
        limit_s=limit_s,
        threads=1 if job.by in ("SCIP", "spopt") else threads,
        seconds=round(told["seconds"], 3),
        build_seconds=round(told["build_seconds"], 4),
        cpu_seconds=round(told["cpu_seconds"], 2),
        peak_mb=round(ran.peak_mb),
        load=round(ran.load, 1),
        status=told["status"],
        objective=objective,
        bound=told["bound"] if np.isfinite(told["bound"]) else None,
        gap=_or_none(curves.gap_of(objective, told["bound"])),
        checked=checked,
        best_known=task.best_in(problem) if task.best_in else None,
        curve=_curve(task, job, told, log, objective),
        versions=versions("laadplan") | told["versions"],
    )


def _is_ours(job: Job) -> bool:
    return job.by.startswith("laadplan")


def _curve(task: Task, job: Job, told: dict[str, Any], log: str, objective: float) -> curves.Curve:
    """Objective and bound over time, up to the outcome."""
    if _is_ours(job):
        return [(at, best, bound) for at, best, bound in told["curve"]]
    if task.model == "median":  # its log tells costs
        return [(told["seconds"], objective, told["bound"])]
    known = curves.read_curve(job.by, log, told["build_seconds"])
    return curves.settled([*known, (told["seconds"], objective, told["bound"])])


def _counted(problem: Problem, path: Path, bound: float) -> tuple[float, bool]:
    """The plan's worth counted anew, and whether the bound is what its prices give."""
    plan = dict(np.load(path))
    taken = plan["taken"]
    if taken.dtype == bool:  # a peer knows sites alone
        taken = np.where(taken, problem.option_start[:-1], -1)
    if np.isfinite(problem.option_capacity).any():
        served = plan.get("served_kwh")
        if served is None:
            served = (plan["served"] * problem.demand_kwh[problem.arc_demand, 0])[:, None]
        objective = recount.counted(problem, taken, served)
    else:
        objective = recount.covered(problem, taken)
    if "p_demand" not in plan:
        return objective, False
    again = bound_of(problem, Prices(plan["p_demand"], plan["p_limits"], plan["p_groups"]))
    return objective, bool(again <= bound * (1 + AGREE))


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _say(row: Measured) -> None:
    gap = "" if row.gap is None else f", gap {100 * row.gap:.3f} %"
    told = f"{row.task}: {row.by} {row.seconds:.1f} s, {row.peak_mb:.0f} MB, {row.objective:,.1f}{gap}, {row.status}"
    print(told, file=sys.stderr, flush=True)


def keep(path: Path, rows: Sequence[Measured]) -> None:
    """Replaces the rows of the cases measured; all others stay. Curves are kept in a few digits."""
    names = {row.name for row in rows}
    kept = [row for row in read(path) if row["name"] not in names]
    new = [asdict(row) | {"curve": [[_short(value) for value in point] for point in row.curve]} for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted([*kept, *new], key=lambda row: str(row["name"]))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in ordered)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def read(path: Path) -> list[dict[str, Any]]:
    """All rows of a file; none where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def _short(value: float) -> float | None:
    return float(f"{value:.7g}") if np.isfinite(value) else None
