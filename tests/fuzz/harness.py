"""Reads spoiled deliveries in processes of their own and says how each ended.

In: a format and numbers. Out: per number how it ended: ``frame``, ``refused`` (a LaadplanError), or a failure with what
is needed to see it again. A process that dies or reads for more than ten seconds is a failure; so is a file that
appears, is changed or goes anywhere but in the folder given to the reader's caller.
"""

import contextlib
import faulthandler
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from laadplan.errors import LaadplanError
from tests.fuzz.format import Format
from tests.fuzz.mutate import spoiled

MOST_SECONDS = 10.0
"""A reader that takes longer over 20 kB hangs."""

MOST_SEED_BYTES = 20_000
MOST_MEMORY_BYTES = 8 << 30
"""Address space of a process that reads: more than this for 20 kB is a failure."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass
class Summary:
    """How the readings of one format ended."""

    name: str
    endings: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def line(self) -> str:
        """One line for people."""
        read, refused = self.endings["frame"], self.endings["refused"]
        total = sum(self.endings.values())
        ended = f"{read:7,} frames  {refused:7,} refused  {len(self.failures):3} failures"
        return f"{self.name:28} {total:7,} inputs  {ended}  {self.seconds:6.1f} s"


def fuzz(each: Format, numbers: range) -> Summary:
    """Reads the deliveries with these numbers."""
    summary = Summary(each.name)
    began = time.perf_counter()
    left = numbers
    while len(left):
        left = _go_on(each, left, summary)
    summary.seconds = time.perf_counter() - began
    return summary


def _go_on(each: Format, numbers: range, summary: Summary) -> range:
    """Reads until a process must be replaced; returns the numbers that are left."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_read_all, args=(each, numbers, there), daemon=True)
    process.start()
    there.close()
    try:
        for place, number in enumerate(numbers):
            if not here.poll(MOST_SECONDS * (1 if place else 6)):
                summary.failures.append(f"{each.name} {number}: hangs for more than {MOST_SECONDS:g} s")
                summary.endings["hang"] += 1
                return numbers[place + 1 :]
            try:
                ending, words = here.recv()
            except EOFError:
                process.join()
                summary.failures.append(f"{each.name} {number}: the process died ({process.exitcode})")
                summary.endings["crash"] += 1
                return numbers[place + 1 :]
            summary.endings[ending] += 1
            if words:
                summary.failures.append(f"{each.name} {number}: {words}")
    finally:
        process.kill()
        process.join()
        here.close()
    return numbers[len(numbers) :]


def _read_all(each: Format, numbers: range, said: Connection) -> None:
    """In a process of its own: reads each delivery and says how it ended."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        seed = each.make_seed(_made(here / "seed")).relative_to(here / "seed")
        (here / "outside.txt").write_text("not to be touched")
        os.chdir(_made(here / "work"))
        watched = _Watched()
        for number in numbers:
            delivery = here / "delivery"
            shutil.copytree(here / "seed", delivery)
            spoil(delivery, random.Random(f"{each.name}:{number}"))
            before = _listed(here)
            ending, words = _ending(each, delivery / seed, watched)
            changed = _listed(here) != before
            if watched.opened or changed:
                ending, words = "wrote", f"wrote {watched.opened or 'a file'}"
            said.send((ending, words))
            shutil.rmtree(delivery)


def spoil(delivery: Path, chance: random.Random) -> None:
    """Spoils one file of a delivery."""
    paths = sorted(path for path in delivery.rglob("*") if path.is_file())
    path = chance.choice(paths)
    path.write_bytes(spoiled(path.read_bytes(), chance))


def _ending(each: Format, path: Path, watched: "_Watched") -> tuple[str, str]:
    with watched.watching():
        try:
            each.read(path)
        except LaadplanError:
            return "refused", ""
        except BaseException as error:  # noqa: BLE001 (whatever it is, it is a failure)
            at = traceback.extract_tb(error.__traceback__)[-3:]
            steps = " > ".join(f"{Path(step.filename).name}:{step.lineno}" for step in at)
            return "error", f"{type(error).__name__}: {str(error)[:150]} at {steps}"
    return "frame", ""


class _Watched:
    """Notes every file that Python opens for writing, makes or removes while it watches."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self._on = False
        sys.addaudithook(self._hear)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watches."""
        self.opened, self._on = [], True
        try:
            yield
        finally:
            self._on = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING and arguments[0] != os.devnull:
            self.opened.append(str(arguments[0]))
        elif event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.move", "shutil.unpack_archive"):
            self.opened.append(f"{event} {arguments[0]}")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _listed(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and time of change."""
    facts = {str(path): path.stat() for path in folder.rglob("*") if path.is_file()}
    return {name: (fact.st_size, fact.st_mtime_ns) for name, fact in facts.items()}
