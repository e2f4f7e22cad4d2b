"""Making a demo town by the program, on its own, on a terminal, or to be stopped; what is left of it afterwards."""

# ruff: noqa: TID252

from __future__ import annotations

import os
import pty
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from .program import start
from .towns import Town


def start_demo(folder: Path, inhabitants: int, seed: int, *options: object, **settings: Any) -> subprocess.Popen[bytes]:
    """The program while it makes a town."""
    return start("demo", folder, "--inhabitants", inhabitants, "--seed", seed, *options, **settings)


def make(folder: Path, inhabitants: int, seed: int = 1, *options: object) -> Town:
    """A town, made by the program; ``peak_kib`` is the largest resident set of any one of its processes."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaint:
        process = start_demo(folder, inhabitants, seed, *options, stdout=told, stderr=complaint)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        complaint.seek(0)
        stdout, stderr = told.read().decode(), complaint.read().decode()
    assert process.returncode == 0, stderr
    return Town(folder, stdout, stderr, usage.ru_maxrss)


def make_on_a_terminal(folder: Path, inhabitants: int, seed: int, env: dict[str, str | None]) -> tuple[int, str]:
    """Exit code and what a person sees on a terminal while a town is made on one core."""
    ours, theirs = pty.openpty()
    core = {min(os.sched_getaffinity(0))}
    process = start_demo(
        *(folder, inhabitants, seed),
        env={"TERM": "xterm-256color", "NO_COLOR": None, "COLUMNS": "120", **env},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        preexec_fn=lambda: os.sched_setaffinity(0, core),
    )
    os.close(theirs)
    seen = bytearray()
    with suppress(OSError):  # the terminal closes with EIO when the last process lets go of it
        while part := os.read(ours, 65536):
            seen += part
    os.close(ours)
    return process.wait(), seen.decode(errors="replace")


def group_is_gone(group: int, within_s: float = 5.0) -> bool:
    """Whether no process of a group is left, or soon."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def entries(folder: Path) -> set[str]:
    """Relative paths of everything below a folder."""
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*")}
