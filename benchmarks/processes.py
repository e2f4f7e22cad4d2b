"""A measurement in a process of its own: seconds by the clock and at work, and the most memory of it and all below it.

In: a command. Out: what it cost and what it said. Memory is sampled ten times a second over the whole family, because a
solver may be a program of its own beside the Python that holds the model; Linux only.
"""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 0.1
"""Memory is looked at once in so many seconds."""

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

SAID_CHARACTERS = 400
"""So much of a failed command's last words is told."""


@dataclass(frozen=True)
class Ran:
    """What a command cost: seconds by the clock and at work (with all it started), MB, the load; and its words."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    load: float
    said: str


def ran(command: Sequence[str], *, surroundings: Mapping[str, str] | None = None) -> Ran:
    """Runs a command to its end.

    Raises
    ------
    RuntimeError
        It ended with an error, or was ended; with its last words.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=wrong, env={**os.environ, **(surroundings or {})})
        peak: list[float] = [0.0]
        watch = threading.Thread(target=_note_peak, args=(process, peak))
        watch.start()
        try:
            _, outcome, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            process.returncode = 0  # waited for here, which Popen cannot know
            watch.join()
        seconds = time.perf_counter() - begin
        said.seek(0)
        wrong.seek(0)
        if outcome:
            words = wrong.read()[-SAID_CHARACTERS:]
            raise RuntimeError(f"{command[0]} {command[1]} ended with {os.waitstatus_to_exitcode(outcome)}: {words}")
        return Ran(seconds, used.ru_utime + used.ru_stime, peak[0], os.getloadavg()[0], said.read())


def _note_peak(process: "subprocess.Popen[bytes]", peak: list[float]) -> None:
    """Notes the largest sum of the resident memory of a process and its children, in MB, until it has ended."""
    while process.returncode is None:
        mb = sum(_resident_mb(pid) for pid in _family(process.pid))
        if not mb:  # it ended, though nobody has asked for its outcome yet
            return
        peak[0] = max(peak[0], mb)
        time.sleep(EVERY_S)


def _family(pid: int) -> list[int]:
    """A process and all below it."""
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
    return pages * PAGE_BYTES / 1e6
