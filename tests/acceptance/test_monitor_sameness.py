"""The same sessions in another order, in several files, in another form, on a machine elsewhere: the same outcome."""

# ruff: noqa: TID252

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pandas
import pytest

from . import buurtplan, drawn_use
from .drawn_use import Session
from .program import Program
from .reading import RunFolder, fingerprints

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn-use")]

FRAMES = ("UseWeeks", "UseHours", "Laaddruk", "LaaddrukWeeks", "LaaddrukHours", "Triggers")


def shuffled(sessions: list[Session]) -> list[Session]:
    return random.Random(1).sample(sessions, len(sessions))


FORMS: dict[str, tuple[str, Callable[[Path, list[Session]], Path]]] = {
    "shuffled, in New York": ("America/New_York", lambda folder, s: drawn_use.as_csv(folder / "s.csv", shuffled(s))),
    "local time, in Auckland": ("Pacific/Auckland", lambda folder, s: drawn_use.as_local_csv(folder / "s.csv", s)),
    "three files of CDRs": ("UTC", lambda folder, s: drawn_use.as_cdrs(folder / "cdrs", shuffled(s))),
}


@pytest.mark.parametrize("form", FORMS)
def test_outcome_is_one(laadplan: Program, use_run: RunFolder, drawn: list[Session], tmp_path: Path, form: str) -> None:
    zone, write = FORMS[form]
    sessions = write(tmp_path, drawn)
    run = buurtplan.monitor(laadplan, use_run.config, "--sessions", sessions, env={"TZ": zone}, out=tmp_path / "uit")
    for name in FRAMES:
        pandas.testing.assert_frame_equal(run.frame(name), use_run.frame(name), obj=name)


def test_demand_does_not_depend_on_order_or_zone(buurt_run: RunFolder, backwards_run: RunFolder) -> None:
    """Byte for byte: frames, page, workbook and picture from sources turned round, in New York."""
    mine, theirs = (
        {name: digest for name, digest in fingerprints(run.path, but=("run.json",)).items() if "frames/" not in name}
        for run in (buurt_run, backwards_run)
    )
    assert {"vraag.html", "vraag.xlsx", "vraag.png"} <= mine.keys()
    for name in ("ElectricCars", "BuurtDemand", "DemandClusters", "Demand", "Shortfalls", "PoleCases"):
        pandas.testing.assert_frame_equal(buurt_run.frame(name), backwards_run.frame(name), obj=name)
    assert mine == theirs


def test_files_of_monitor_are_the_same_bytes_twice(laadplan: Program, use_run: RunFolder, tmp_path: Path) -> None:
    again = buurtplan.monitor(laadplan, use_run.config, env={"TZ": "Asia/Tokyo"}, out=tmp_path / "uit")
    mine, theirs = (fingerprints(run.path, but=("run.json",)) for run in (use_run, again))
    assert "monitor.html" in mine
    assert mine == theirs
