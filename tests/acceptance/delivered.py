"""Configs of a few sources at a time, what the program says of them, and what it keeps.

In: where sources lie. Out: a config, the report of `laadplan check --json`, frames of `laadplan run --until`. Nothing
of laadplan is imported here: what a test compares with, it counts itself.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import pandas

from .program import Program
from .reading import fingerprints, write_yaml
from .rich import DATE

LEFT_OUT = dict.fromkeys(("bgt", "addresses", "buurten", "charge_points", "car_stock"))
DONE, FINDINGS, BAD_INPUT = 0, 1, 3


def project(folder: Path, sources: Mapping[str, Any], box: tuple[float, ...] | None = None, **area: Any) -> Path:
    """Path of a config with these sources and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    where = {"municipality_code": "GM0001", "bbox_rd": list(box) if box else None, "margin_m": 0, **area}
    given = {**LEFT_OUT, **{name: stated(source) for name, source in sources.items()}}
    return write_yaml({"schema": 1, "name": "bron", "area": where, "sources": given}, folder / "laadplan.yaml")


def stated(source: Any) -> Any:
    """A source as a config wants it; a bare path becomes one with a date and a licence."""
    if isinstance(source, Path):
        return {"path": str(source), "label": source.name, "reference_on": 2024, "licence": "CC0"}
    if isinstance(source, Mapping):
        return {
            key: stated(value) if isinstance(value, Path) and key != "path" else plain(value)
            for key, value in source.items()
        }
    return source


def plain(value: Any) -> Any:
    """A value as YAML knows it."""
    return str(value) if isinstance(value, Path) else {**value} if isinstance(value, Mapping) else value


def report(laadplan: Program, config: Path) -> dict[str, Any]:
    """What `laadplan check --json` says of a config that can be read."""
    done = laadplan("check", config, "--json", "--date", DATE, cwd=config.parent)
    assert done.returncode in (DONE, FINDINGS), done.stderr
    return json.loads(done.stdout)


def kept(laadplan: Program, config: Path, frame: str) -> pandas.DataFrame:
    """A frame as a run keeps it."""
    out = config.parent / "uit"
    done = laadplan("run", config, "--until", frame, "--out", out, "--date", DATE, "--quiet", cwd=config.parent)
    assert done.returncode == DONE, done.stderr
    path = out / "frames" / f"{frame}.parquet"
    try:
        return geopandas.read_parquet(path)
    except ValueError:
        return pandas.read_parquet(path)


def refused(laadplan: Program, config: Path, frame: str, out: Path) -> str:
    """The one line on stderr of a run that must fail on its input and leave ``out`` alone."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "eerder.txt").write_text("eerder resultaat", encoding="utf-8")
    before = fingerprints(out)
    done = laadplan("run", config, "--until", frame, "--out", out, "--date", DATE, "--quiet", cwd=config.parent)
    assert done.returncode == BAD_INPUT, f"exit code {done.returncode}\n{done.stderr}"
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert fingerprints(out) == before
    return lines[0]
