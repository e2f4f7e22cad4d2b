"""The cases of `benchmarks.siting`: which problems, who works on them, and what part of the peers' time they get.

In: folders with real data and with a town's frames, where there are. Out: cases by name. Limits of laadplan are parts
of the peers' 300 s, as the goals name them: a hundredth for coverage of 10,000 points, 30 s for a city, and so on, a
little less because check and certificate follow a search, some seconds in the largest problems.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import instances
from benchmarks.engine import BUILDER
from benchmarks.rows import RESULTS
from benchmarks.siting import SECONDS, THREADS, Job, Task, expected_s, keep, measure, ours

REAL_DATA = "LAADPLAN_REAL_DATA"
"""Environment variable: the folder with real data and the literature's instances."""


def invented() -> dict[str, Sequence[Task]]:
    """Cases of known recipe, which need no data."""
    return {
        "coverage-1k": (
            Task(
                "coverage 1k x 1k",
                partial(instances.coverage, 1_000, 1_000),
                "coverage",
                (ours(6), Job("CBC"), Job("HiGHS"), Job("SCIP"), Job("spopt")),
            ),
        ),
        "building-10k": (
            Task(
                "building and 10 s of CBC, 10k x 2k",
                partial(instances.coverage, 10_000, 2_000),
                "coverage",
                (Job(BUILDER, 10 / SECONDS), Job("CBC", 10 / SECONDS), Job("spopt", 10 / SECONDS)),
            ),
        ),
        "coverage-10k": (
            Task(
                "coverage 10k x 2k",
                partial(instances.coverage, 10_000, 2_000),
                "coverage",
                (ours(3), ours(SECONDS), Job("CBC"), Job("HiGHS"), Job("SCIP"), Job("spopt")),
            ),
        ),
        "coverage-50k": (
            Task(
                "coverage 50k x 10k",
                partial(instances.coverage, 50_000, 10_000),
                "coverage",
                (ours(74), Job("CBC"), Job("HiGHS")),
            ),
        ),
        "coverage-200k": (
            Task(
                "coverage 200k x 20k",
                partial(instances.coverage, 200_000, 20_000),
                "coverage",
                (ours(112), Job("HiGHS")),
            ),
        ),
        "capacitated-1k": (
            Task(
                "capacitated 1k x 300",
                partial(instances.capacitated, 1_000, 300, 35),
                "capacitated",
                (ours(3), Job("CBC"), Job("HiGHS")),
            ),
        ),
        "capacitated-10k": (
            Task(
                "capacitated 10k x 3k",
                partial(instances.capacitated, 10_000, 3_000, 350),
                "capacitated",
                (ours(3), ours(58), Job("HiGHS")),
            ),
        ),
        "streets-200k": (
            Task(
                "streets 200k x 20k",
                partial(instances.streets, 200_000, 46_787, 20_000, 2_000),
                "capacitated",
                (ours(20),),
            ),
        ),
        "streets-quarters": (
            Task(
                "streets 200k x 20k, 8 quarters",
                partial(instances.streets, 200_000, 46_787, 20_000, 2_000, quarters=8),
                "quarters",
                (ours(109),),
            ),
        ),
        "streets-500k": (
            Task(
                "streets 500k x 200k",
                partial(instances.streets, 500_000, 131_479, 200_000, 4_000),
                "capacitated",
                (ours(80),),
            ),
        ),
    }


def main(arguments: Sequence[str]) -> None:
    """Measures the cases asked for, all where none is named, and keeps their rows as each is done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks siting", description=__doc__)
    parser.add_argument("--case", nargs="+", help="Names of cases; all where none is named.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="Limit of the peers; laadplan's goes with it.")
    parser.add_argument("--threads", type=int, default=THREADS, help="Threads and cores of each measurement.")
    parser.add_argument("--lanes", type=int, default=1, help="Cases side by side, each on cores of its own.")
    parser.add_argument("--only", nargs="+", help="Only what these did: laadplan, CBC, HiGHS, SCIP, spopt.")
    parser.add_argument("--town", type=Path, nargs=2, metavar=("CONFIG", "FRAMES"), help="For the municipal case.")
    parser.add_argument("--list", action="store_true", help="Only list the cases with their longest duration.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="Folder with results.")
    asked = parser.parse_args(arguments)
    known = invented() | _with_data(os.environ.get(REAL_DATA), asked.town)
    unknown = sorted(set(asked.case or ()) - set(known))
    if unknown:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(known)}")
    cases = {name: _of(known[name], asked.only) for name in asked.case or known}
    if asked.list:
        for name, tasks in cases.items():
            print(f"{name:24} {expected_s(tasks, asked.seconds) / 60:6.1f} min at most, model building beside it")
        return
    for rows in measure(cases, seconds=asked.seconds, threads=asked.threads, lanes=asked.lanes):
        keep(asked.results / "siting.json", rows)


def _with_data(data: str | None, town: tuple[Path, Path] | None) -> dict[str, Sequence[Task]]:
    if not data and not town:
        return {}
    from benchmarks.siting_sets import sets

    return sets(Path(data) if data else None, town)


def _of(tasks: Sequence[Task], only: Sequence[str] | None) -> list[Task]:
    """The tasks with only the jobs of those named."""
    kept = [replace(task, jobs=tuple(job for job in task.jobs if not only or job.by in only)) for task in tasks]
    return [task for task in kept if task.jobs]
