"""The commands as typed: help, check, init, columns, and how they answer."""

# ruff: noqa: TID252

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .program import Program, program_environment
from .reading import SITE_COLUMNS, fingerprints, load_yaml, source_paths

pytestmark = pytest.mark.slow

COMMANDS = ("run", "check", "init", "fetch", "demo", "columns")
HEAVY = (
    "geopandas",
    "pandas",
    "numpy",
    "shapely",
    "pyogrio",
    "pulp",
    "highspy",
    "pandera",
    "matplotlib",
    "folium",
    "lxml",
)


def test_help_lists_the_commands(laadplan: Program) -> None:
    done = laadplan("--help")
    assert done.returncode == 0
    assert [name for name in COMMANDS if not re.search(rf"\b{name}\b", done.stdout)] == []


def test_help_is_quick(laadplan: Program) -> None:
    """The best of five, so that a busy machine does not decide."""
    assert min(seconds_of(laadplan, "--help") for _ in range(5)) < 0.4


def seconds_of(laadplan: Program, *args: str) -> float:
    """Wall time of a call."""
    begin = time.perf_counter()
    done = laadplan(*args)
    seconds = time.perf_counter() - begin
    assert done.returncode == 0, done.stderr
    return seconds


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["fetch", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['laadplan', *{arguments!r}]\n"
        "from laadplan.cli.app import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=program_environment(), check=False
    )
    assert done.stdout.rstrip().endswith("heavy: []"), done.stdout[-300:] + done.stderr


def test_module_is_the_same_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "laadplan", "--help"],
        capture_output=True,
        text=True,
        env=program_environment(),
        check=False,
    )
    assert done.returncode == 0
    assert "check" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(laadplan: Program, command: str) -> None:
    done = laadplan(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 100


def test_run_offers_its_options(laadplan: Program) -> None:
    shown = laadplan("run", "--help").stdout
    assert [name for name in ("--until", "--out", "--date", "--quiet", "--json") if name not in shown] == []


@pytest.mark.parametrize("arguments", [["nonsense"], ["run"], ["run", "--bogus"], ["init", "GM22", "."]])
def test_wrong_use_has_exit_code_two(laadplan: Program, tmp_path: Path, arguments: list[str]) -> None:
    done = laadplan(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_run_until_a_frame_stops_there_in_the_default_folder(
    laadplan: Program, small_town_config: Path, tmp_path: Path
) -> None:
    done = laadplan("run", small_town_config, "--until", "RoadParts", cwd=tmp_path)
    made = [path.relative_to(tmp_path).parts for path in tmp_path.rglob("*.parquet") if ".werk" not in path.parts]
    assert done.returncode == 0, done.stderr
    assert [parts for parts in made if parts[0] == "maps" and parts[2:] == ("frames", "RoadParts.parquet")]
    assert not [parts for parts in made if parts[-1] in ("Candidates.parquet", "Plan.parquet")]
    assert list(tmp_path.rglob("plankaart.gpkg")) == []


def test_run_until_an_unknown_frame_names_it(laadplan: Program, small_town_config: Path, tmp_path: Path) -> None:
    done = laadplan("run", small_town_config, "--until", "Luchtkastelen", "--out", tmp_path / "plan")
    assert done.returncode == 2
    assert "Luchtkastelen" in done.stderr
    assert "RoadParts" in done.stderr
    assert "Traceback" not in done.stderr


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_of_the_demo_finds_nothing_wrong(laadplan: Program, small_town_config: Path, tmp_path: Path) -> None:
    before = fingerprints(small_town_config.parent)
    done = laadplan("check", small_town_config, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("read", "kept", "dropped", "missing", "date"):
        assert word in done.stdout.lower(), word
    assert list(tmp_path.iterdir()) == []
    assert fingerprints(small_town_config.parent) == before


def test_check_answers_in_json(laadplan: Program, small_town_config: Path, tmp_path: Path) -> None:
    done = laadplan("check", small_town_config, "--json", cwd=tmp_path)
    report = json.dumps(json.loads(done.stdout)).lower()
    assert [
        key for key in ("addresses", "buurten", "charge", "wegdeel") if key not in report and "road" not in report
    ] == []
    assert re.search(r'"[a-z_]*(read|gelezen)[a-z_]*": \d', report)
    assert re.search(r'"[a-z_]*(kept|behouden)[a-z_]*": \d', report)


def test_check_tells_a_broken_source(laadplan: Program, small_town_config: Path, tmp_path: Path) -> None:
    town = tmp_path / "town"
    shutil.copytree(small_town_config.parent, town)
    addresses = source_paths(town / small_town_config.name)["addresses"]
    addresses.unlink()
    done = laadplan("check", town / small_town_config.name, cwd=tmp_path)
    assert done.returncode in (1, 3)
    assert addresses.name in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# --- init ------------------------------------------------------------------------------------------------------------


def test_init_writes_a_commented_config_that_passes_check(
    laadplan: Program, small_town_config: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bronnen"
    shutil.copytree(small_town_config.parent, folder, ignore=shutil.ignore_patterns("*.yaml", "waarheid.json"))
    municipality = next(iter(re.findall(r"GM\d{4}", small_town_config.read_text(encoding="utf-8"))), "GM0228")
    before = set(tmp_path.rglob("*"))
    done = laadplan("init", municipality, folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    config = written_config(done.stdout, set(tmp_path.rglob("*")) - before, folder)
    content = load_yaml(config)
    assert re.search(r"(?m)^\s*#", config.read_text(encoding="utf-8"))
    assert content["schema"] == 1
    assert {"bgt", "addresses", "buurten", "charge_points", "car_stock"} <= source_paths(config).keys()
    assert all(path.exists() for path in source_paths(config).values())
    checked = laadplan("check", config, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def written_config(stdout: str, new: set[Path], folder: Path) -> Path:
    """The config that `init` wrote, or the one it printed, put in the folder."""
    files = sorted(path for path in new if path.suffix in (".yaml", ".yml"))
    if files:
        return files[0]
    config = folder / "laadplan.yaml"
    config.write_text(stdout, encoding="utf-8")
    return config


@pytest.mark.slow
def test_init_finds_the_real_sources(laadplan: Program, real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ede-otterlo"
    shutil.copytree(real_data / "ede-otterlo", folder)
    folder.chmod(0o755)
    before = set(tmp_path.rglob("*"))
    done = laadplan("init", "GM0228", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    config = written_config(done.stdout, set(tmp_path.rglob("*")) - before, folder)
    found = source_paths(config)
    assert found["bgt"] == (folder / "bgt").resolve()
    assert found["addresses"].name == "dutch_addresses_28992.gpkg"
    assert found["buurten"].name == "cbs_buurten2024_ede_DERIVED.gpkg"
    assert found["charge_points"].parent.name == "chargers"


def test_init_of_an_empty_folder_says_what_it_misses(laadplan: Program, tmp_path: Path) -> None:
    done = laadplan("init", "GM0228", tmp_path, cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert "bgt" in done.stderr.lower()
    assert "Traceback" not in done.stderr


# --- columns ---------------------------------------------------------------------------------------------------------


def test_columns_explains_every_site_column(laadplan: Program) -> None:
    done = laadplan("columns")
    assert done.returncode == 0
    assert [name for name in SITE_COLUMNS if name not in done.stdout] == []


def test_columns_answers_in_json(laadplan: Program) -> None:
    done = laadplan("columns", "--json")
    text = json.dumps(json.loads(done.stdout))
    assert [name for name in SITE_COLUMNS if name not in text] == []
