"""The demo town of twenty thousand: planted overload found again, planted dates foretold, planted homes recognised."""

# ruff: noqa: TID252

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy
import pandas
import pytest

from .buurtplan import DATE, at
from .reading import RunFolder
from .towns import Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("big-town")]

KINDS = ("paal", "gebied")
TODAY = date.fromisoformat(DATE)
HORIZON = timedelta(weeks=30)
"""Dates that matter now: a pole takes thirty weeks from start to working (`monitoring.lead_weeks`)."""

SIX_WEEKS = timedelta(weeks=6)


def planted(town: Town, kind: str) -> dict[str, dict[str, Any]]:
    """Truth per pole or area."""
    if kind == "paal":
        return {each["location_id"]: each for each in town.truth["laadpalen"]}
    return town.truth["buurten_laaddruk"]


def told(run: RunFolder, kind: str) -> pandas.DataFrame:
    """What is said of poles or areas, by code."""
    return at(run.frame("Laaddruk"), kind=kind).set_index("code")


@pytest.mark.parametrize("kind", KINDS)
def test_planted_overload_is_found(big_town: Town, big_monitor: RunFolder, kind: str) -> None:
    """Precision and recall of at least 0.9; what is not known for want of history counts as missed."""
    over = {code for code, each in planted(big_town, kind).items() if each["overbelast"]}
    rows = told(big_monitor, kind)
    found = set(rows.index[rows["level"] == "actie"])
    assert len(over) >= 5
    assert len(over) < len(planted(big_town, kind))
    assert len(over & found) >= 0.9 * len(found), f"precision; wrongly found: {sorted(found - over)}"
    assert len(over & found) >= 0.9 * len(over), f"recall; missed: {sorted(over - found)}"


def test_planted_dates_are_foretold(big_town: Town, big_monitor: RunFolder) -> None:
    """Within six weeks for 80 % of the poles and areas that pass the norm within the time that a pole takes."""
    off: dict[str, timedelta | None] = {}
    for kind in KINDS:
        rows = told(big_monitor, kind)
        for code, each in planted(big_town, kind).items():
            if each["overbelast"] or not each["norm_overschreden_op"] or code not in rows.index:
                continue
            passes = date.fromisoformat(each["norm_overschreden_op"])
            if TODAY < passes <= TODAY + HORIZON and rows.loc[code, "level"] != "onbekend":
                foretold = rows.loc[code, "passes_on"]
                off[code] = abs(date.fromisoformat(foretold) - passes) if isinstance(foretold, str) else None
    near = [code for code, gap in off.items() if gap is not None and gap <= SIX_WEEKS]
    assert len(off) >= 5, f"too few planted to pass within thirty weeks to say anything: {off}"
    assert len(near) >= 0.8 * len(off), {code: gap and gap.days for code, gap in off.items()}


def test_intervals_of_dates_hold_the_planted_ones(big_town: Town, big_monitor: RunFolder) -> None:
    """Intervals of 80 %: of all that will pass within five years about that part; 65 % at least by so few."""
    inside = []
    for kind in KINDS:
        rows = told(big_monitor, kind)
        for code, each in planted(big_town, kind).items():
            passes = each["norm_overschreden_op"]
            if code in rows.index and isinstance(rows.loc[code, "passes_from"], str) and passes:
                last = rows.loc[code, "passes_until"]
                inside.append(rows.loc[code, "passes_from"] <= passes <= (last if isinstance(last, str) else "9"))
    assert len(inside) >= 15
    assert numpy.mean(inside) >= 0.65


def test_planted_occupancy_is_measured(big_town: Town, big_monitor: RunFolder) -> None:
    """Occupancy at the busiest hour within a tenth of what was planted, in the middle of all."""
    for kind in KINDS:
        rows, truth = told(big_monitor, kind), planted(big_town, kind)
        known = [code for code in rows.index if code in truth and pandas.notna(rows.loc[code, "busiest_share"])]
        ratio = numpy.array([rows.loc[code, "busiest_share"] / truth[code]["drukste_uur"] for code in known])
        assert len(known) >= 15
        assert 0.9 < numpy.median(ratio) < 1.1
        assert numpy.mean(abs(ratio - 1) < 0.25) >= 0.8


def test_planted_faults_are_counted(big_town: Town, big_monitor: RunFolder) -> None:
    """Each kind of fault that was planted in the sessions is told, and no session of such a kind is lost silently."""
    faults = big_town.truth["cdr_fouten"]
    assert min(faults.values()) >= 5
    said = str(big_monitor.manifest)
    words = {
        "einde_voor_begin": "einde ligt niet na het begin",
        "dubbel_id_andere_inhoud": "",
        "onbekende_locatie": "",
    }
    for fault, sentence in words.items():
        assert sentence in said, fault
