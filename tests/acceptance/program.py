"""The program as it is installed, and the environment in which tests start it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Program = Callable[..., subprocess.CompletedProcess[str]]


def program_environment(env: dict[str, str | None] | None = None) -> dict[str, str]:
    """This process's variables, wide uncoloured output, and changes on top; None takes a variable away."""
    changes = {"COLUMNS": "500", "NO_COLOR": "1", "TERM": "dumb", "PYTHONHASHSEED": "random", **(env or {})}
    merged: dict[str, str | None] = {**os.environ, **changes}
    return {key: value for key, value in merged.items() if value is not None}


def program_path() -> Path:
    """The installed command beside the interpreter that runs the tests."""
    return Path(sys.executable).with_name("laadplan")


def start(*words: object, env: dict[str, str | None] | None = None, **settings: Any) -> subprocess.Popen[bytes]:
    """The program with words behind its name, in a process group of its own so that a whole tree can be stopped."""
    return subprocess.Popen(
        [str(program_path()), *map(str, words)],
        env=program_environment(env),
        start_new_session=True,
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings},
    )
