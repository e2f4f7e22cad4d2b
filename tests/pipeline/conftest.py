"""The little job, and one demo town that was run whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from laadplan.pipeline import job as steps_of
from laadplan.pipeline import run as runner
from laadplan.pipeline.begin import write_demo_town
from laadplan.store.projects import read_project
from tests.pipeline import little_steps

TODAY = date(2026, 11, 23)
SOURCES = ("bgt", "addresses", "buurten", "charge_points", "car_stock")


@dataclass
class Job:
    """A config with its run folder, to run and to change."""

    config: Path
    out: Path

    def run(self, *, today: date = TODAY, **options: Any) -> dict[str, Any]:
        """The manifest of a run."""
        return runner.run(read_project(self.config), self.out, today=today, **options)

    def executed(self, **options: Any) -> set[str]:
        """Names of the steps that a run executes."""
        return set(self.run(**options)["executed"])

    def change(self, section: str, **values: Any) -> None:
        """Other values in a section of the config."""
        settings = yaml.safe_load(self.config.read_text())
        settings[section] = settings.get(section, {}) | values
        self.config.write_text(yaml.safe_dump(settings))

    def source(self, text: str) -> None:
        """Another text in the source of the letters."""
        (self.config.parent / "car_stock.txt").write_text(text)

    def files(self) -> dict[str, bytes]:
        """Bytes of every file in the run folder by its path; the manifest and the work in progress left out."""
        paths = [path for path in sorted(self.out.rglob("*")) if path.is_file()]
        named = {path.relative_to(self.out).as_posix(): path for path in paths}
        return {name: path.read_bytes() for name, path in named.items() if name != "run.json" and ".werk" not in name}

    def killed(self, step: str, *, today: date = TODAY) -> None:
        """Runs in a process of its own, which is killed in the middle of a step."""
        sign = self.config.parent / f"{step}.sign"
        sign.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.little_run", self.config, self.out, today.isoformat()],
            env={**os.environ, "LITTLE_HANG": step, "LITTLE_SIGN": str(sign)},
            cwd=Path(__file__).parents[2],
        )
        try:
            deadline = time.monotonic() + 60
            while not sign.exists() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            assert sign.exists(), f"the run never came to {step}"
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert process.returncode == -signal.SIGKILL


@pytest.fixture
def little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The little job, not run yet."""
    monkeypatch.setattr(steps_of, "MODULES", (little_steps,))
    for name in SOURCES:
        (tmp_path / f"{name}.txt").write_text(name)
    config = tmp_path / "little.yaml"
    config.write_text(
        yaml.safe_dump({"schema": 1, "name": "little", "sources": {name: {"path": f"{name}.txt"} for name in SOURCES}})
    )
    job = Job(config, tmp_path / "plan")
    job.source("abba 12")
    return job


@pytest.fixture(scope="session")
def town_run(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A demo town of a thousand inhabitants, run whole; not to be changed."""
    folder = tmp_path_factory.mktemp("town")
    config = write_demo_town(folder / "sources", inhabitants=1000, seed=1, name="Demodorp")
    job = Job(config, folder / "plan")
    job.run()
    return job


@pytest.fixture
def town(town_run: Job, tmp_path: Path) -> Job:
    """A copy of the demo town that was run, to change and run again."""
    shutil.copytree(town_run.config.parent, tmp_path / "sources")
    shutil.copytree(town_run.out, tmp_path / "plan")
    return Job(tmp_path / "sources" / town_run.config.name, tmp_path / "plan")


@pytest.fixture
def without_products(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Products are written as an empty file: for tests that only ask which steps run."""

    def write(run: Any, step: Any, record: Any, quality: Any) -> None:
        output = step.name.replace("_", ".")
        run.folder.aside(output).write_text("made again")
        record.outputs[output] = runner.sha256_of(run.folder.aside(output))

    monkeypatch.setattr(runner, "_write_file", write)
    return write
