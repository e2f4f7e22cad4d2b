"""Nothing that tells of a driver leaves: no session, card, request or postcode, and no pole of a few persons."""

# ruff: noqa: TID252

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import drawn_use
from .buurtplan import at, words_in
from .drawn_use import FULL, QUIET, SECRET_POSTCODE, SECRET_REQUEST, SECRET_SESSION, SECRET_TOKEN, Session
from .reading import RunFolder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn-use")]

PUBLIC = ("Laaddruk", "LaaddrukWeeks", "LaaddrukHours", "Triggers")
CONFIDENTIAL = ("UseWeeks", "UseHours", "Requests", "Sessions")


def said(run: RunFolder) -> Iterator[tuple[str, str]]:
    """All that was said or written for readers; the addresses themselves are open data and hold postcodes."""
    yield "stdout", run.stdout
    yield "stderr", run.stderr
    yield "run.json", json.dumps(run.manifest)
    for name, text in words_in(run.path):
        if not name.startswith("frames/") or Path(name).stem in PUBLIC:
            yield name, text


@pytest.mark.parametrize("secret", [SECRET_SESSION, SECRET_TOKEN, SECRET_REQUEST, "GEHEIM"])
def test_no_driver_in_anything_written(cards_run: RunFolder, use_run: RunFolder, secret: str) -> None:
    for run in (cards_run, use_run):
        everything = [("stdout", run.stdout), ("stderr", run.stderr), *words_in(run.path)]
        assert len(everything) > 8
        for name, text in everything:
            if secret == SECRET_REQUEST and Path(name).stem == "Requests":
                continue
            if secret == "GEHEIM" and Path(name).stem == "Requests":
                continue
            assert secret not in text, name


def test_no_postcode_of_a_request_for_readers(use_run: RunFolder) -> None:
    """One request came from that postcode; its area may be told, the postcode may not."""
    texts = dict(said(use_run))
    assert {"monitor.html", "monitor.xlsx", "stdout"} <= texts.keys()
    for name, text in texts.items():
        assert SECRET_POSTCODE not in text, name


def test_pole_of_a_few_persons_is_not_told_of(use_run: RunFolder) -> None:
    """Six sessions in the period, below ten: no row of the pole, no figure of the area it would be all of."""
    assert len([1 for each in drawn_use.every_session() if each.pole == "STIL-1"]) == drawn_use.FEW
    for name in PUBLIC:
        assert "STIL-1" not in use_run.frame(name).to_csv(), name
    row = at(use_run.frame("Laaddruk"), kind="gebied", code=QUIET).iloc[0]
    assert row["level"] == "onbekend"
    told = ["laaddruk", "busiest_share", "occupancy_share", "kwh_evse_month", "sessions_evse_month"]
    assert row[told].isna().all()
    assert QUIET not in set(use_run.frame("LaaddrukWeeks")["area_id"])
    assert QUIET not in set(use_run.frame("LaaddrukHours")["area_id"])
    for name in ("monitor.html", "monitor.xlsx"):
        assert "STIL-1" not in dict(words_in(use_run.path))[name]


def test_week_of_few_sessions_cannot_be_taken_apart(use_run: RunFolder, drawn: list[Session]) -> None:
    """Areas are told of poles that are told themselves: no difference is left that is a quiet pole."""
    weeks = at(use_run.frame("LaaddrukWeeks"), area_id=FULL).set_index("week_on")
    own = use_run.frame("UseWeeks")
    own = own[own["location_id"].str.startswith("VOL")].groupby("week_on")[["sessions", "energy_kwh"]].sum()
    both = weeks.join(own.add_suffix("_own"), how="inner")
    assert len(both) >= 13
    assert (both["sessions"] == both["sessions_own"]).all()


def test_confidential_frames_are_marked(use_run: RunFolder) -> None:
    """Use per pole is kept in the run folder for the next run, not under a name that a reader takes for a result."""
    for name in ("monitor.html", "monitor.xlsx"):
        text = dict(words_in(use_run.path))[name]
        assert "UseWeeks" not in text
        assert "UseHours" not in text
