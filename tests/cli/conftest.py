"""The command line called as from a shell, within this process: quick, and with what it writes at hand."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from laadplan.cli import app
from laadplan.pipeline.begin import write_demo_town


@dataclass
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Answer]:
    """Function from words to the answer; works in a folder of its own and leaves logging and the environment alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setenv("NO_COLOR", "1")

    def answer(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["laadplan", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main()
        told = capsys.readouterr()
        return Answer(int(ended.value.code or 0), told.out, told.err)

    return answer


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Config of a demo town of a thousand inhabitants; not to be changed."""
    return write_demo_town(tmp_path_factory.mktemp("cli") / "town", inhabitants=1000, seed=1, name="Demodorp")


@pytest.fixture
def town(small_town: Path, tmp_path: Path) -> Path:
    """Config of a copy of the demo town, to change."""
    return shutil.copytree(small_town.parent, tmp_path / "town") / small_town.name
