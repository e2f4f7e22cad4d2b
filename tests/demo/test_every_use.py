"""The demo town in every form of charge points and their use: what is read back is what the model holds."""

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.demo.charging_sessions import months_of, sessions_of
from laadplan.demo.charging_use import use_of
from laadplan.demo.every_use import FORMS
from laadplan.demo.every_use_sessions import LOCAL, POLL_DAYS, POLL_HOURS, busy_at, uses_of
from laadplan.demo.plan import make_plan
from laadplan.demo.whole import make_whole
from laadplan.ingest.charge_points import read_charge_points, read_evses
from laadplan.ingest.occupancy import read_occupancy
from laadplan.ingest.sessions import read_sessions
from tests.ingest.test_session_use import hold

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-use")]

INHABITANTS, SEED = 1_000, 1
COLUMNS = {"location_id": "Paalcode", "evse_id": "EVSE", "address": "Straat", "access": "Toegang"}
COLUMNS |= {"status": "Toestand", "max_power_kw": "Vermogen (kW)", "x_rd": "RD X", "y_rd": "RD Y"}
VALUES = {"access": {"Straat": "openbaar", "Terrein": "semi-openbaar"}, "status": {"Stuk": "OUTOFORDER"}}
LIST = {"columns": COLUMNS, "values": VALUES}

PLACES = {
    "ocpi_pages": ({}, 2),
    "charging_point_locations_ocpi.json.gz": ({}, 2),
    "charging_point_locations.geojson.gz": ({}, 2),
    "gemeente.details.json": ({}, 2),
    "gemeente.geojson": ({}, 1),
    "overpass.json": ({}, 2),
    "osm.geojson": ({}, 2),
    "open_charge_map.csv": ({}, 2),
    "laadpalen_exploitant.csv": (LIST, 2),
    "laadpalen_exploitant.xlsx": (LIST, 2),
}
"""File or folder to how it is read and the EVSE that each location then counts."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make_whole(make_plan(INHABITANTS, SEED), tmp_path_factory.mktemp("main"))


@pytest.fixture(scope="module")
def folder(whole, tmp_path_factory):
    """Every form, written."""
    return written(whole, tmp_path_factory.mktemp("every"))


def written(whole, folder):
    for name, form in FORMS.items():
        target = folder / name.partition("/")[0]
        target.mkdir(exist_ok=True)
        form(whole, target)
    return folder


@pytest.fixture(scope="module")
def uses(whole):
    return uses_of(whole)


def test_equal_towns_give_equal_bytes(whole, folder, tmp_path):
    again = written(whole, tmp_path)

    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    assert files
    assert all((folder / name).read_bytes() == (again / name).read_bytes() for name in files)


@pytest.mark.parametrize("name", PLACES)
def test_each_form_holds_the_poles_of_the_town(whole, folder, name):
    options, evses = PLACES[name]

    found = read_charge_points(folder / "charge_points" / name, **options)

    poles = [pole.point for quarter in whole.quarters for pole in quarter.poles]
    nearest = shapely.STRtree(poles).nearest(found.geometry.to_numpy())
    distances = shapely.distance(found.geometry.to_numpy(), np.array(poles)[nearest])
    assert (sorted(nearest), set(found["evse_count"])) == (list(range(len(poles))), {evses})
    assert distances.max() < 0.05
    assert found["max_power_kw"].max() == 11.04
    assert found["max_power_kw"].isna().any()


@pytest.mark.parametrize("name", ["ocpi_pages", "charging_point_locations_ocpi.json.gz"])
def test_the_traps_of_ocpi_are_dropped_with_their_reason(folder, name):
    quality = Quality()

    read_charge_points(folder / "charge_points" / name, quality=quality)

    assert quality.dropped["ligt buiten Nederland"] == ["BUITENLAND"]
    assert set(quality.dropped["niet gepubliceerd (publish is onwaar)"]) == {"VERBORGEN"}  # pages overlap
    nothing = [ids for rule, ids in quality.dropped.items() if rule.startswith("geen laadpunt")]
    assert nothing == [["GEPLAND", "TWEEDE-PARTIJ"]]


@pytest.mark.parametrize("name", ["ocpi_pages", "gemeente.details.json", "laadpalen_exploitant.csv"])
def test_each_form_with_evse_holds_those_of_the_town(whole, folder, name):
    options, _ = PLACES[name]

    found = read_evses(folder / "charge_points" / name, **options)

    poles = sum(len(quarter.poles) for quarter in whole.quarters)
    assert (len(found), found["location_id"].nunique()) == (2 * poles, poles)
    assert (found["status"] == "OUTOFORDER").any()


@pytest.mark.parametrize("name", ["cdrs", "laadpaaldata.csv", "sessies_utrecht.csv"])
def test_sessions_are_those_of_the_model_also_when_the_clock_changes(folder, uses, name):
    quality = Quality()

    found = read_sessions(folder / "sessions" / name, quality=quality)

    ordered = found.sort_values(["started_at", "energy_kwh"])
    expected = sorted((use.start, use.session.kwh, use.end) for use in uses)
    assert [pd.Timestamp(start) for start, _, _ in expected] == ordered["started_at"].to_list()
    assert [pd.Timestamp(end) for _, _, end in expected] == ordered["ended_at"].to_list()
    np.testing.assert_allclose(ordered["energy_kwh"], [kwh for _, kwh, _ in expected])
    assert set(quality.skipped) <= {"komt meer dan eens voor", "gecrediteerd"}
    nights = [(use.start.astimezone(LOCAL), use.end.astimezone(LOCAL)) for use in uses]
    assert any(start.utcoffset() != end.utcoffset() for start, end in nights)


@pytest.mark.parametrize("name", ["cdrs", "laadpaaldata.csv", "sessies_utrecht.csv"])
def test_use_of_the_sessions_is_what_the_other_reader_adds_up_to(folder, uses, name):
    places = {use.evse["evse_id"]: use.location["id"] for use in uses}

    quality = hold(folder / "sessions" / name, places=places)

    assert quality.facts["sessions"] == len(uses)


def test_sessions_add_up_to_the_months_of_the_model(whole, folder):
    found = read_sessions(folder / "sessions" / "cdrs")

    uses = [use for quarter in whole.quarters for use in use_of(quarter, quarter.poles)]
    planted = [month for use in uses for month in months_of(sessions_of(use, SEED))]
    assert len(found) == sum(month.sessions for month in planted)
    assert found["energy_kwh"].sum() == pytest.approx(sum(month.energy_wh for month in planted) / 1000)
    assert found["connected_h"].sum() == pytest.approx(sum(month.connected_min for month in planted) / 60)


def test_no_token_of_a_driver_is_read(folder):
    raw = (folder / "sessions" / "sessies_utrecht.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    cars = {line.partition(";")[0] for line in raw}

    found = read_sessions(folder / "sessions" / "sessies_utrecht.csv").reset_index().to_csv()

    assert len(cars) > 1
    assert not any(car in found for car in cars)


@pytest.mark.parametrize("name", ["snapshots", "ocpi", "peilingen.csv"])
def test_polls_are_those_of_the_model(folder, uses, name):
    found = read_occupancy(folder / "occupancy" / name)

    moments = [moment.to_pydatetime() for moment in found["polled_at"].drop_duplicates().sort_values()]
    where = {use.evse["evse_id"]: use.location["id"] for use in uses}
    busy = {moment: Counter(where[evse] for evse in busy_at(uses, moment)) for moment in moments}
    expected = [busy[row.polled_at.to_pydatetime()][row.location_id] for row in found.itertuples()]
    assert len(moments) == len(POLL_DAYS) * len(POLL_HOURS)
    assert found["occupied"].to_list() == expected
    assert sum(expected) > 0


def test_hours_that_were_not_polled_are_null(folder):
    content = json.loads((folder / "occupancy" / "snapshots" / f"{POLL_DAYS[0]}.json").read_text(encoding="utf-8"))

    shares = [each["occ"] for each in content["locations"].values()]
    assert {sum(share is not None for share in each) for each in shares} == {len(POLL_HOURS)}
