"""The benchmarks run at a smoke size, and their page is that of their results."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import assess, nearest, reach
from benchmarks.rows import add_rows, read_rows
from benchmarks.table import PAGE, rendered

ROOT = Path(__file__).parents[2]


def test_page_is_that_of_the_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(), "run: python -m benchmarks table"


@pytest.mark.slow
def test_demo_measures_towns_beside_the_smallest(tmp_path: Path) -> None:
    for sizes in (("1000",), ("1500", "1000")):
        command = [sys.executable, "-m", "benchmarks", "demo", "--processes", "1", "--results", str(tmp_path), "--size"]
        subprocess.run([*command, *sizes], cwd=ROOT, check=True)
    rows = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
    assert [row["size"] for row in rows] == [1000, 1500]
    assert rows == read_rows(tmp_path / "demo.json")
    assert (rows[0]["ratio"], rows[0]["output_ratio"]) == (1.0, 1.0)
    assert all(row["seconds"] > 0 and row["peak_mb"] > 50 and row["counts"]["adressen"] > 300 for row in rows)
    assert "| 1,500 |" in rendered(tmp_path)


@pytest.mark.slow
def test_bgt_measures_beside_gdal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "bgt", "--results", str(tmp_path), "--size", "2"]
    subprocess.run(command, cwd=ROOT, check=True)
    row = json.loads((tmp_path / "bgt.json").read_text(encoding="utf-8"))[0]
    assert (row["size"], row["output_mb"] >= 2) == (2, True)
    counts = row["counts"]
    assert counts["gdal_features"] == counts["objects"] > counts["current"] > 500
    assert min(row["seconds"], row["ratio"], row["output_ratio"], row["peak_mb"], counts["gdal_peak_mb"]) > 0
    assert f"| 2 | {counts['objects']:,} |" in rendered(tmp_path)


def test_nearest_measures_beside_sjoin_nearest(tmp_path: Path) -> None:
    add_rows(tmp_path / "nearest.json", nearest.measure([400]))
    rows = read_rows(tmp_path / "nearest.json")
    assert [row["name"] for row in rows] == ["nearest, lines", "nearest, points", "nearest, surfaces"]
    assert all(row["ratio"] > 0 and row["counts"]["others"] == 160 for row in rows)
    assert "| 400 | surfaces | 160 |" in rendered(tmp_path)


def test_nearest_refuses_results_that_differ() -> None:
    peer = pd.DataFrame({"distance_m": [1.0, 2.0], "index_right": ["a", "b"]}, index=["p", "q"])
    own = pd.DataFrame({"distance_m": [1.0, 2.0], "other_id": ["a", "b"]}, index=["p", "q"])
    nearest._compare(own, peer)
    for wrong in (own.assign(other_id=["a", "a"]), own.assign(distance_m=[1.0, 2.1])):
        with pytest.raises(RuntimeError, match="differ"):
            nearest._compare(wrong, peer)


@pytest.mark.slow
def test_sessions_measures_beside_pandas(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "sessions", "--results", str(tmp_path), "--size", "5000"]
    subprocess.run(command, cwd=ROOT, check=True)
    row = json.loads((tmp_path / "sessions.json").read_text(encoding="utf-8"))[0]
    assert (row["size"], row["counts"]["sessions"], row["counts"]["peer_size"]) == (5000, 5000, 5000)
    assert min(row["seconds"], row["ratio"], row["peak_mb"], row["counts"]["peer_peak_mb"]) > 0
    assert "| 5,000 |" in rendered(tmp_path)


@pytest.mark.slow
def test_width_measures_beside_overlay_at_equal_results(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "width", "--results", str(tmp_path), "--size", "60"]
    subprocess.run(command, cwd=ROOT, check=True)
    row = json.loads((tmp_path / "width.json").read_text(encoding="utf-8"))[0]
    counts = row["counts"]
    assert (row["size"], counts["sample"], counts["different"]) == (60, 60, 0)
    assert min(row["ratio"], row["peak_mb"], counts["ms_per_1000"], counts["peer_ms_per_1000"]) > 0
    assert 0 < counts["below_150"] < 60
    assert "| 60 |" in rendered(tmp_path)


@pytest.mark.slow
def test_assess_measures_all_stages_of_towns_beside_each_other(tmp_path: Path) -> None:
    add_rows(tmp_path / "assess.json", assess.measure([400, 800], inhabitants=1000))
    rows = read_rows(tmp_path / "assess.json")
    assert {row["name"] for row in rows} == {f"assess, {stage}" for stage in (*assess.STAGES, "writing", "all")}
    one, two = (
        next(row for row in rows if row["name"] == "assess, all" and row["size"] == size) for size in (400, 800)
    )
    frames = ("Strips", "Bays", "Candidates", "CableRoutes", "Measurements", "Assessments")
    assert {name: 2 * one["counts"][name] for name in frames} == {name: two["counts"][name] for name in frames}
    assert two["counts"]["Assessments"] == 18 * two["counts"]["Candidates"] > 0
    assert (one["ratio"], one["counts"]["towns"], two["counts"]["towns"]) == (1.0, 1, 2)
    assert all(row["peak_mb"] > 50 and row["seconds"] >= 0 for row in rows)
    assert f"| {two['counts']['Bays']:,} | {two['counts']['Candidates']:,} |" in rendered(tmp_path)


def test_reach_measures_beside_networkx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "PEERS", ("networkx",))
    monkeypatch.setattr(reach, "LEAST_S", 0.0)
    monkeypatch.delenv(reach.PEERS_PYTHON, raising=False)
    add_rows(tmp_path / "reach.json", reach.measure([30]))
    [row] = read_rows(tmp_path / "reach.json")
    assert row["name"] == "reach, networkx"
    assert row["counts"]["pairs"] > 30 * 20


def test_reach_leaves_out_a_peer_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "PEERS", ("pandana",))
    monkeypatch.setattr(reach, "LEAST_S", 0.0)
    monkeypatch.delenv(reach.PEERS_PYTHON, raising=False)
    with pytest.warns(UserWarning, match="pandana is not there"):
        assert reach.measure([30]) == []


@pytest.mark.parametrize(("there", "walk_m"), [(("s", "b"), 20.0), (("s", "a"), 20.002)])
def test_reach_refuses_results_that_differ(there: tuple[str, str], walk_m: float) -> None:
    def pairs(at: tuple[str, str], value: float) -> pd.DataFrame:
        index = pd.MultiIndex.from_tuples([at], names=["source", "target"])
        return pd.DataFrame({"walk_m": [value]}, index=index)

    reach._compare(pairs(("s", "a"), 20.0), pairs(("s", "a"), 20.0009))
    with pytest.raises(RuntimeError, match="Results differ"):
        reach._compare(pairs(("s", "a"), 20.0), pairs(there, walk_m))
