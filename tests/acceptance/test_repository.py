"""The checkout as a newcomer finds it: two commands, a lock, configs, docs, and contracts that catch a violation."""

# ruff: noqa: TID252

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .program import program_environment
from .reading import ROOT, load_yaml

LINTER = Path(sys.executable).with_name("lint-imports")


def test_readme_starts_with_the_two_commands_and_a_picture() -> None:
    top = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:50])
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)|<img[^>]+src=\"([^\"]+)\"", top)
    files = [ROOT / (markdown or html) for markdown, html in pictures]
    assert "make demo" in top
    assert "make test" in top
    assert any(file.is_file() and file.stat().st_size > 5000 for file in files)


def test_make_help_lists_the_targets() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert [
        name
        for name in ("demo", "test", "check", "lint", "docs", "clean")
        if not re.search(rf"\b{name}\b", done.stdout)
    ] == []


def test_lock_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^([\w.\[\]-]+)==", lock)
    assert len(pins) > 20
    assert lock.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?://|--(?:extra-)?index|--find-links", lock)


def test_ci_entry_is_executable_and_calls_make_test() -> None:
    entry = ROOT / ".ci" / "run"
    text = entry.read_text(encoding="utf-8")
    assert os.access(entry, os.X_OK)
    assert "LAADPLAN_REAL_DATA" in text
    assert "make test" in text


@pytest.mark.parametrize("name", ["default.yaml", "otterlo.yaml"])
def test_configs_carry_their_schema(name: str) -> None:
    assert load_yaml(ROOT / "configs" / name)["schema"] == 1


def test_otterlo_config_leans_on_the_variable() -> None:
    text = (ROOT / "configs" / "otterlo.yaml").read_text(encoding="utf-8")
    assert "${LAADPLAN_REAL_DATA}" in text
    assert "national/pc4" in text


def test_schema_refuses_unknown_keys() -> None:
    schema = load_yaml(ROOT / "configs" / "schema.json")
    assert schema["additionalProperties"] is False
    assert "sources" in schema["properties"]


def test_docs_draw_the_graph() -> None:
    pages = [path for path in (ROOT / "docs").rglob("*.md") if "```mermaid" in path.read_text(encoding="utf-8")]
    assert pages
    assert any(re.search(r"candidates", page.read_text(encoding="utf-8"), re.IGNORECASE) for page in pages)


# --- contracts -------------------------------------------------------------------------------------------------------

VIOLATIONS = {
    "a pure room imports a shell": ("geo", "import laadplan.ingest"),
    "neighbours know each other": ("kerb", "import laadplan.demand"),
    "below knows above": ("config", "import laadplan.contracts"),
    "pipeline imports the command line": ("pipeline", "import laadplan.cli"),
    "network outside its home": ("ingest", "import requests"),
    "pulp outside its home": ("demand", "import pulp"),
    "folium outside its home": ("pipeline", "import folium"),
    "pandera outside its home": ("geo", "import pandera"),
}


@pytest.fixture(scope="session")
def linted_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with its contracts, that keeps them."""
    copy = tmp_path_factory.mktemp("contracts")
    shutil.copytree(ROOT / "laadplan", copy / "laadplan", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", ".importlinter", "setup.cfg"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    done = lint(copy)
    assert done.returncode == 0, done.stdout
    return copy


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Import contracts checked in a folder."""
    env = program_environment({"PYTHONPATH": str(folder)})
    return subprocess.run([str(LINTER), "--no-cache"], cwd=folder, capture_output=True, text=True, env=env, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("violation", VIOLATIONS)
def test_planted_violation_is_caught(linted_copy: Path, violation: str) -> None:
    room, line = VIOLATIONS[violation]
    planted = linted_copy / "laadplan" / room / "planted.py"
    planted.write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    try:
        done = lint(linted_copy)
    finally:
        planted.unlink()
    assert done.returncode == 1, done.stdout
    assert "planted" in done.stdout
