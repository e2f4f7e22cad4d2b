"""A plan that is searched again, cut short, interrupted, threatened by its solver, or asked of another one."""

# ruff: noqa: TID252

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .making import group_is_gone
from .program import Program, start
from .reading import RunFolder, fingerprints
from .rich import DATE
from .siting import Counted, left, variant, varied

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

PLAN_FRAMES = ("Plan", "Service", "Solutions", "Unserved", "PlanLimits", "Alternatives", "PoleCurve")
HARD = {"new_poles": 10, "poles_per_spot_max": 3, "spacing_m": 60.0, "bay_share_street_max": 0.12, "gap_share": 0.0}
"""Settings with which a proof takes long."""


def frames_of_the_plan(run: RunFolder) -> dict[str, str]:
    """Digests of what the plan step left."""
    found = fingerprints(run.path / "frames")
    return {name: found[f"{name}.parquet"] for name in PLAN_FRAMES}


def test_threads_change_no_byte(laadplan: Program, quick: RunFolder, small_town_run: RunFolder, tmp_path: Path) -> None:
    two = variant(laadplan, small_town_run, tmp_path, {"threads": 2}, env={"NUMBA_NUM_THREADS": "2"})
    assert frames_of_the_plan(two) == frames_of_the_plan(quick)


def test_the_plan_is_searched_again_for_other_settings(quick: RunFolder, small_town_run: RunFolder) -> None:
    """Guards the tests above: frames of the earlier run were not just taken over."""
    assert "plan" in {str(name).lower() for name in quick.manifest["executed"]}
    assert quick.manifest["executed"] != small_town_run.manifest["executed"]


# --- second opinions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["cbc", "scip"])
def test_second_opinions_agree(laadplan: Program, quick: RunFolder, tmp_path: Path, solver: str) -> None:
    if solver == "scip":
        pytest.importorskip("pyscipopt")
    other = variant(laadplan, quick, tmp_path, {"solver": solver, "gap_share": 0.005, "seconds_max": 60.0})
    one, two = Counted(quick).solution, Counted(other).solution
    assert two["objective"] <= one["bound"] + 1e-3
    assert one["objective"] <= two["bound"] + 1e-3
    assert two["gap"] <= 0.03
    assert two["bound_by"] == "prices" or solver in two["solver"].lower()


# --- cut short -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def hurried(laadplan: Program, quick: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A hard plan with no time at all to search in."""
    return variant(laadplan, quick, tmp_path_factory.mktemp("haast"), {**HARD, "seconds_max": 0.01}, until=None)


def test_a_plan_without_time_is_still_a_sound_plan(hurried: RunFolder) -> None:
    counted = Counted(hurried)
    assert len(counted.new)
    assert counted.bays_twice() == []
    assert counted.new["poles"].sum() <= 10
    assert counted.solution["objective"] == pytest.approx(counted.objective(), abs=0.5)


def test_a_plan_without_time_says_so(hurried: RunFolder) -> None:
    row = Counted(hurried).solution
    assert row["stopped_by"] == "seconds"
    assert row["status"] == "feasible"
    assert row["gap"] > 0
    assert "seconds" in hurried.path.joinpath("run.json").read_text(encoding="utf-8")
    page = (hurried.path / "uitleg.html").read_text(encoding="utf-8")
    assert "tijd" in page.lower()


def test_a_run_stopped_by_hand_in_the_plan_keeps_its_best_plan(
    quick: RunFolder, small_town_run: RunFolder, tmp_path: Path
) -> None:
    """Where in the step the Ctrl-C falls is not ours to say: whatever it meets, what is left is whole and honest."""
    before = fingerprints(small_town_run.path)
    config = varied(quick, tmp_path, {**HARD, "rounds_max": 100_000, "nodes_max": 1_000_000, "seconds_max": 600.0})
    code, told = interrupted(config, tmp_path / "uit", "plan", after_s=4.0)
    assert code in (0, 130), told
    assert "Traceback" not in told
    assert fingerprints(small_town_run.path) == before
    run = left(tmp_path / "uit", config)
    if code == 130:  # ends cleanly: what was there is whole
        assert frames_of_the_plan(run) == frames_of_the_plan(quick)
        return
    counted = Counted(run)
    assert counted.solution["objective"] == pytest.approx(counted.objective(), abs=0.5)
    of_the_curve = "stopped by hand" in run.path.joinpath("run.json").read_text(encoding="utf-8")
    assert of_the_curve or "user" in set(run.frame("Solutions")["stopped_by"])
    for row in run.frame("Solutions").to_dict("records"):
        assert math.isfinite(row["bound"])
        assert row["served_kwh_year"] > 0
    if counted.solution["stopped_by"] == "user":
        assert counted.solution["status"] != "optimal"
        assert counted.solution["bound"] > counted.solution["objective"]


def interrupted(config: Path, out: Path, step: str, after_s: float) -> tuple[int, str]:
    """Exit code and messages of a run that gets Ctrl-C some time after a step has begun."""
    words = ("run", config, "--out", out, "--date", DATE)
    process = start(*words, stdout=subprocess.DEVNULL, env={"PYTHONUNBUFFERED": "1"})
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line.decode()
        if line.decode().rstrip().endswith(f"] {step}"):
            break
    time.sleep(after_s)
    assert process.poll() is None, f"the run ended before it could be stopped\n{told}"
    os.kill(process.pid, signal.SIGINT)
    try:
        _, rest = process.communicate(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert group_is_gone(process.pid)
    return process.returncode, told + rest.decode()


# --- a solver that is not there, crashes, or runs out of memory -------------------------------------------------------

SHIM = "import pulp\n{fault}\n"
FAULTS = {
    "missing": "pulp.PULP_CBC_CMD.available = pulp.COIN_CMD.available = lambda self: False",
    "memory": "def fail(self, *a, **k): raise MemoryError('not enough')\n"
    "pulp.PULP_CBC_CMD.actualSolve = pulp.COIN_CMD.actualSolve = fail",
    "killed": "pulp.PULP_CBC_CMD.pulp_cbc_path = pulp.apis.PULP_CBC_CMD.pulp_cbc_path = {broken!r}",
}
"""What can be wrong with a solver: not installed, out of memory, or its program killed under way."""


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_solver_that_fails_leaves_the_best_plan(
    laadplan: Program, quick: RunFolder, tmp_path: Path, fault: str
) -> None:
    broken = tmp_path / "cbc"
    broken.write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    broken.chmod(0o755)
    content = SHIM.format(fault=FAULTS[fault].replace("{broken!r}", repr(str(broken))))
    (tmp_path / "sitecustomize.py").write_text(content, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    settings = {**HARD, "solver": "cbc", "seconds_max": 30.0}
    run = variant(laadplan, quick, tmp_path / "plan", settings, env={"PYTHONPATH": path})
    plan = Counted(run)
    assert len(plan.new)
    assert plan.solution["objective"] == pytest.approx(plan.objective(), abs=0.5)
    assert plan.solution["bound"] >= plan.solution["objective"] - 1e-3
    assert plan.solution["stopped_by"] == "failure"
    assert plan.solution["status"] != "optimal"
    assert "Traceback" not in run.stderr
    assert "cbc" in (run.stderr + run.stdout).lower(), "the message does not say which solver failed"
