"""The same sessions in another order, in several files, in another form, on a machine elsewhere: the same outcome."""

# ruff: noqa: TID252

from __future__ import annotations

from pathlib import Path

import pandas
import pytest

from . import buurtplan, drawn_use
from .drawn_use import Session
from .program import Program
from .reading import RunFolder, fingerprints

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn-use")]

FRAMES = ("UseWeeks", "UseHours", "Laaddruk", "LaaddrukWeeks", "LaaddrukHours", "Triggers")


def assert_same(run: RunFolder, other: RunFolder) -> None:
    for name in FRAMES:
        pandas.testing.assert_frame_equal(run.frame(name), other.frame(name), obj=name)


def test_three_files_of_records_far_away(use_run: RunFolder, cards_run: RunFolder) -> None:
    assert_same(cards_run, use_run)


def test_local_time_is_that_of_the_netherlands(
    laadplan: Program, use_run: RunFolder, drawn: list[Session], tmp_path: Path
) -> None:
    """Moments without a zone, on a machine in New York."""
    sessions = drawn_use.as_local_csv(tmp_path / "s.csv", drawn)
    env: dict[str, str | None] = {"TZ": "America/New_York"}
    assert_same(
        buurtplan.monitor(laadplan, use_run.config, "--sessions", sessions, env=env, out=tmp_path / "u"), use_run
    )


def test_same_bytes_twice_and_in_any_order(
    laadplan: Program, use_run: RunFolder, drawn: list[Session], tmp_path: Path
) -> None:
    """Page, workbook and frames of the rows in no order, on a machine in Tokyo."""
    sessions = drawn_use.as_csv(tmp_path / "sessies.csv", drawn_use.shuffled(drawn))
    env: dict[str, str | None] = {"TZ": "Asia/Tokyo"}
    again = buurtplan.monitor(laadplan, drawn_use.project(tmp_path / "plan", sessions), env=env)
    mine, theirs = (fingerprints(run.path, but=("run.json",)) for run in (use_run, again))
    assert {"monitor.html", "monitor.xlsx"} <= mine.keys()
    assert mine == theirs


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
