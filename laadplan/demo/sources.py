"""Writing the demo town as a municipality's sources would be delivered, quarter by quarter.

In: a folder and the arguments of ``make_plan``. Out: the files. Quarters are made in several processes; each is turned
into its part of every file and forgotten, and the parts are joined in the order of the cells: memory stays bounded, and
the bytes do not depend on the number of processes. All is written aside and moved into place at the end, so that a run
that fails or is stopped leaves the folder as it was.

What is written is a list in ``files``; a new source is a line there.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from functools import lru_cache
from pathlib import Path

from laadplan.demo.aside import move_into, refuse_folder, written_aside
from laadplan.demo.every import write_every
from laadplan.demo.figures import Figures, figures_of, settled
from laadplan.demo.files import FILES
from laadplan.demo.joining import Part, Spool, part_of, write_layers
from laadplan.demo.model import Town
from laadplan.demo.plan import make_plan
from laadplan.demo.town import make_quarter
from laadplan.demo.whole import make_whole
from laadplan.demo.workers import stopped_once, working
from laadplan.errors import ConfigError

Progress = Callable[[int, int], None]
"""Called with the number of quarters done and their total."""

EVERY_FORMAT = "vormen"
"""Folder with every other format of the sources."""

MOST_IN_EVERY_FORMAT = 20_000
"""Inhabitants of a town that is held in memory whole, as some formats need."""

_CELLS_PER_PROCESS = 24
"""A town with fewer cells than this is made faster by one process than by two, which must start first."""

_MOST_PROCESSES = 8
_AHEAD = 3
"""Quarters in the making per process, so that none waits while a large one is written."""


def write_demo(
    folder: Path,
    inhabitants: int = 2000,
    seed: int = 1,
    name: str = "Demodorp",
    *,
    force: bool = False,
    every_format: bool = False,
    beside: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    processes: int | None = None,
) -> list[Path]:
    """The files written, sorted.

    Parameters
    ----------
    folder
        Where to write; made if absent.
    inhabitants
        Number of inhabitants, 1,000 to 1,000,000.
    seed
        Source of all chance, 0 or more.
    name
        Name of the municipality and of its one woonplaats.
    force
        Whether to write in a folder that holds something: files of the same names are replaced, others stay.
    every_format
        Whether each source is also written in every other format that the readers know, below ``vormen/``.
    beside
        Further files by name, as text, written and moved into place with the others.
    progress
        Told how many quarters are done.
    processes
        Number of processes; by default as many as there are processors, up to 8.

    Raises
    ------
    ConfigError
        If the size or the seed is impossible, the folder holds something or cannot be written, or the disk is full;
        the folder is as it was then.
    """
    town = make_plan(inhabitants, seed, name)
    if every_format and inhabitants > MOST_IN_EVERY_FORMAT:
        words = f"Every format is written for at most {MOST_IN_EVERY_FORMAT:,} inhabitants."
        raise ConfigError(words, where="--every-format", todo="Ask for a smaller town, or for its main formats.")
    refuse_folder(folder, force=force)
    with stopped_once(), written_aside(folder, inhabitants) as aside:
        _write_parts(town, aside, processes or _processes(town), progress or _silent)
        if every_format:
            write_every(make_whole(town, aside), aside / EVERY_FORMAT, progress or _silent)
        for file, text in (beside or {}).items():
            (aside / file).write_text(text, encoding="utf-8", newline="")
        return move_into(folder, aside, force=force)


def _silent(_done: int, _total: int) -> None:
    """No progress."""


def _processes(town: Town) -> int:
    """How many processes are worth their start."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _MOST_PROCESSES, len(town.cells) // _CELLS_PER_PROCESS))


def _write_parts(town: Town, aside: Path, processes: int, progress: Progress) -> None:
    """All files, from the parts of all quarters."""
    found: list[Figures] = []
    with Spool(aside, town, FILES) as spool, working(processes) as executor:
        for part in _parts(town, executor, processes):
            spool.add(part)
            found.append(part.figures)
            progress(len(found), len(town.cells))
        jobs = spool.finish(settled(found, town.inhabitants))
        if executor is None:
            for job in jobs:
                write_layers(job)
        else:
            list(executor.map(write_layers, jobs))


def _parts(town: Town, executor: Executor | None, processes: int) -> Iterator[Part]:
    """The parts of all quarters in the order of the cells; only a few are ever waiting."""
    arguments = (town.inhabitants, town.seed, town.name)
    if executor is None:
        for cell in town.cells:
            yield _part(*arguments, cell.index)
        return
    waiting: deque[Future[Part]] = deque()
    for cell in town.cells:
        waiting.append(executor.submit(_part, *arguments, cell.index))
        if len(waiting) >= _AHEAD * processes:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _part(inhabitants: int, seed: int, name: str, index: int) -> Part:
    """The part of one quarter in all files; a process makes the plan once."""
    town = _planned(inhabitants, seed, name)
    quarter = make_quarter(town, index)
    return part_of(town, quarter, figures_of(quarter), FILES)


@lru_cache(maxsize=1)
def _planned(inhabitants: int, seed: int, name: str) -> Town:
    return make_plan(inhabitants, seed, name)
