"""What is to be started: variants of the guide, a band between signal and act, counted back from the day of need."""

# ruff: noqa: TID252

from __future__ import annotations

from datetime import date, timedelta

import pandas
import pytest

from .buurtplan import DATE, at
from .drawn_use import FULL, GROWS, QUIET, SHORT
from .reading import RunFolder, default_config

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn-use")]

SETTINGS = default_config()["monitoring"]
TODAY = date.fromisoformat(DATE)


@pytest.fixture(params=["use_run", "big_monitor"])
def run(request: pytest.FixtureRequest) -> RunFolder:
    return request.getfixturevalue(request.param)


def test_start_is_the_day_of_need_less_the_lead_time(run: RunFolder) -> None:
    rows = run.frame("Triggers")
    dated = rows[rows["need_on"].notna()]
    for row in dated.itertuples():
        start = date.fromisoformat(row.need_on) - timedelta(weeks=SETTINGS["lead_weeks"])
        if isinstance(row.start_on, str):
            assert date.fromisoformat(row.start_on) == start, row.trigger_id
        else:
            assert row.level == "actie", row.trigger_id
            assert start <= TODAY, row.trigger_id
    assert rows.loc[rows["need_on"].isna(), "start_on"].isna().all()


def test_levels_follow_the_band(run: RunFolder) -> None:
    """Below the signal value ruim, above it signaal, from the act value on actie; a pole must be busy as well."""
    rows = run.frame("Laaddruk")
    rows = rows[(rows["kind"] == "gebied") & (rows["level"] != "onbekend")]
    assert len(rows)
    for row in rows.itertuples():
        if row.laaddruk >= SETTINGS["act_ratio"]:
            assert row.level == "actie", row.code
        elif row.laaddruk >= SETTINGS["signal_ratio"]:
            assert row.level == "signaal", row.code


def test_triggers_are_of_what_was_measured(run: RunFolder) -> None:
    """Variant II is of poles, III of areas; an area that must act has a trigger to act."""
    rows, measured = run.frame("Triggers"), run.frame("Laaddruk")
    assert set(rows.loc[rows["variant"] == "II", "kind"]) <= {"paal"}
    assert set(rows.loc[rows["variant"].isin(["I", "III", "IV", "aanvraag"]), "kind"]) <= {"gebied"}
    act = set(measured.loc[(measured["kind"] == "gebied") & (measured["level"] == "actie"), "code"])
    assert act == set(rows.loc[(rows["variant"] == "III") & (rows["level"] == "actie"), "code"])
    unknown = set(measured.loc[measured["level"] == "onbekend", "code"])
    assert not unknown & set(rows.loc[rows["variant"].isin(["II", "III"]), "code"])
    assert not rows.duplicated(["variant", "kind", "code"]).any()
    assert (rows["reason"].str.len() > 20).all()


def test_full_area_acts_now(use_run: RunFolder) -> None:
    row = at(use_run.frame("Triggers"), variant="III", code=FULL).iloc[0]
    assert row["level"] == "actie"
    assert pandas.isna(row["start_on"]) or row["start_on"] <= DATE
    assert row["evses"] >= 1


def test_full_poles_act_by_themselves(use_run: RunFolder) -> None:
    rows = use_run.frame("Triggers")
    poles = set(rows.loc[(rows["variant"] == "II") & (rows["level"] == "actie"), "code"])
    assert {"VOL-1", "VOL-2", "VOL-3"} <= poles
    assert not {"STIL-1", "KORT-1"} & poles  # those of GROEI are above the norm of two points, their area is not


def test_growing_area_is_dated(use_run: RunFolder) -> None:
    """It passes the norm in a quarter: the pole should have been started already, and the table says since when."""
    rows = use_run.frame("Triggers")
    mine = rows[(rows["code"] == GROWS) & rows["variant"].isin(["III", "IV"])]
    assert len(mine)
    measured = at(use_run.frame("Laaddruk"), kind="gebied", code=GROWS).iloc[0]
    assert measured["passes_on"] in set(mine["need_on"])
    assert set(mine.loc[mine["need_on"].notna(), "level"]) == {"actie"}


def test_areas_with_room_are_left_alone(use_run: RunFolder) -> None:
    rows = use_run.frame("Triggers")
    assert not set(rows.loc[rows["variant"].isin(["II", "III", "IV"]), "code"]) & {SHORT, QUIET}


def test_requests_are_triggers_by_number(use_run: RunFolder) -> None:
    """Eight requests are two poles or more; one alone in another area is none by itself."""
    row = at(use_run.frame("Triggers"), variant="aanvraag", code=FULL).iloc[0]
    assert "8" in row["reason"]
    for each in use_run.frame("Triggers").query("variant == 'aanvraag'").itertuples():
        assert each.kind == "gebied"
