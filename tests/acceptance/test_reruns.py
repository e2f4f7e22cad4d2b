"""The demo town run again: unchanged, from cold, after an edit, after a kill, and with its rows in another order."""

# ruff: noqa: TID252

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import DATE
from .program import Program, start
from .reading import LAYERS, MANIFEST, RunFolder, edited, executed, fingerprints, steps, tree_norm_trail, write_yaml
from .spoiling import copy_town, shuffle_sources

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

UPSTREAM = {"roadparts", "buildings", "trees", "terrain", "dwellings", "bays", "candidates", "demandpoints", "demand"}


@pytest.fixture(scope="session")
def cold_again(
    small_town_run: RunFolder, run_to: Callable[..., RunFolder], tmp_path_factory: pytest.TempPathFactory
) -> RunFolder:
    """The same town in another folder, asked for a summary in JSON."""
    return run_to(small_town_run.config, tmp_path_factory.mktemp("cold") / "plan", "--json")


def test_progress_is_on_stderr(small_town_run: RunFolder) -> None:
    assert small_town_run.seconds < 2 or small_town_run.stderr.strip()


def test_json_is_one_document_on_stdout(cold_again: RunFolder) -> None:
    assert json.loads(cold_again.stdout)


def test_second_cold_run_writes_the_same_bytes(small_town_run: RunFolder, cold_again: RunFolder) -> None:
    assert fingerprints(cold_again.path, but=(MANIFEST,)) == fingerprints(small_town_run.path, but=(MANIFEST,))


def test_demo_sources_are_untouched_by_a_run(
    small_town_run: RunFolder, make_town: Callable[..., Path], tmp_path: Path
) -> None:
    fresh = make_town(tmp_path / "town", 1000, seed=2)
    assert fingerprints(small_town_run.config.parent) == fingerprints(fresh.parent)


def test_unchanged_second_run_executes_nothing_and_is_quiet(
    small_town_run: RunFolder, run_to: Callable[..., RunFolder]
) -> None:
    before = fingerprints(small_town_run.path, but=(MANIFEST,))
    again = run_to(small_town_run.config, small_town_run.path, "--quiet")
    assert executed(again.manifest) == set()
    assert steps(again.manifest).keys() == steps(small_town_run.manifest).keys()
    assert fingerprints(small_town_run.path, but=(MANIFEST,)) == before
    assert again.stdout == ""
    assert len(again.stderr.splitlines()) <= 3


def test_locatie_id_is_stable_when_date_changes(small_town_run: RunFolder, laadplan: Program, tmp_path: Path) -> None:
    done = laadplan("run", small_town_run.config, "--out", tmp_path / "plan", "--date", "2027-02-01", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    later = RunFolder(tmp_path / "plan", small_town_run.config, {}, 0, "", "")
    assert set(later.sites()["locatie_id"]) == set(small_town_run.sites()["locatie_id"])
    assert later.chosen() == small_town_run.chosen()


def test_edited_norm_runs_only_what_depends_on_it(
    small_town_run: RunFolder, run_to: Callable[..., RunFolder], tmp_path: Path
) -> None:
    """Back at the old norm every byte is as it was."""
    town = copy_town(small_town_run.config, tmp_path / "town")
    out = tmp_path / "plan"
    first = run_to(town.config, out)
    original = town.config.read_bytes()
    write_yaml(edited(town.config, tree_norm_trail, 7.25), town.config)
    second = run_to(town.config, out)
    ran = executed(second.manifest)
    assert "assessments" in ran
    assert ran & UPSTREAM == set()
    assert 7.25 in assessment_norms(second)
    assert set(second.sites()["locatie_id"]) == set(first.sites()["locatie_id"])
    town.config.write_bytes(original)
    run_to(town.config, out)
    assert fingerprints(out, but=(MANIFEST,)) == fingerprints(small_town_run.path, but=(MANIFEST,))


def assessment_norms(run: RunFolder) -> set[float]:
    """Every number that stands in a column of norms."""
    assessments = RunFolder(run.path, run.config, {}, 0, "", "").frame("Assessments")
    found = set()
    for name in [name for name in assessments.columns if "norm" in name]:
        for value in assessments[name].dropna().astype(str).str.extractall(r"(\d+(?:[.,]\d+)?)")[0]:
            found.add(float(value.replace(",", ".")))
    return found


def test_shuffled_rows_choose_the_same_sites(
    small_town_run: RunFolder, run_to: Callable[..., RunFolder], tmp_path: Path
) -> None:
    town = copy_town(small_town_run.config, tmp_path / "town")
    shuffle_sources({key: town.source(key) for key in ("bgt", "addresses", "buurten", "charge_points", "car_stock")})
    again = run_to(town.config, tmp_path / "plan")
    assert fingerprints(town.folder) != fingerprints(small_town_run.config.parent)
    assert again.chosen() == small_town_run.chosen()
    for layer in ("reservelocaties", "afgevallen"):
        assert set(again.layer(layer)["locatie_id"]) == set(small_town_run.layer(layer)["locatie_id"])


def test_killed_run_resumes(small_town_run: RunFolder, run_to: Callable[..., RunFolder], tmp_path: Path) -> None:
    out = tmp_path / "plan"
    kill_once_frames_appear(small_town_run.config, out, frames=4)
    assert not (out / "plankaart.gpkg").exists()
    resumed = run_to(small_town_run.config, out)
    assert 0 < len(executed(resumed.manifest)) < len(steps(resumed.manifest))
    assert fingerprints(out, but=(MANIFEST,)) == fingerprints(small_town_run.path, but=(MANIFEST,))


def kill_once_frames_appear(config: Path, out: Path, frames: int) -> None:
    """Start a run and end it hard as soon as it has written so many frames."""
    process = start_run(config, out)
    try:
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            if len(list(out.rglob("*.parquet"))) >= frames:
                break
            time.sleep(0.002)
        assert process.poll() is None, "the run ended before it could be killed"
    finally:
        end(process)


def start_run(config: Path, out: Path) -> subprocess.Popen[bytes]:
    """A run that is under way, with nobody who listens."""
    nobody = subprocess.DEVNULL
    return start("run", config, "--out", out, "--date", DATE, stdout=nobody, stderr=nobody)


def end(process: subprocess.Popen[bytes]) -> None:
    """The run and what it started stopped without warning."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("seconds", [1.5, 3.0])
def test_run_killed_on_top_of_results_leaves_whole_files(
    small_town_run: RunFolder, tmp_path: Path, seconds: float
) -> None:
    town = copy_town(small_town_run.config, tmp_path / "town")
    out = tmp_path / "plan"
    shutil.copytree(small_town_run.path, out)
    write_yaml(edited(town.config, tree_norm_trail, 7.25), town.config)
    process = start_run(town.config, out)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    end(process)
    left = RunFolder(out, town.config, json.loads((out / MANIFEST).read_text(encoding="utf-8")), 0, "", "")
    assert fingerprints(small_town_run.path).keys() <= fingerprints(out).keys()
    assert all(left.layer(name) is not None for name in LAYERS)
    assert all(len(left.frame(name)) for name in ("RoadParts", "Candidates", "Assessments"))
