"""Charge points and their use: EVSE and not connectors, unknown power is empty, clocks and time zones."""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import gzip
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.charge_points import read_charge_points, read_evses
from laadplan.ingest.occupancy import read_occupancy
from laadplan.ingest.sessions import read_sessions

from .delivered import kept, project, report
from .program import Program

pytestmark = pytest.mark.slow

NO_SUPPLY = {"REMOVED", "PLANNED"}
HERE = {"latitude": "52.1009", "longitude": "5.7742"}
"""A place in Otterlo, as OCPI writes it: text."""


# --- charge points ---------------------------------------------------------------------------------------------------


def connector(power_w: int | None = 11_000, standard: str = "IEC_62196_T2") -> dict[str, Any]:
    return {
        "id": "1",
        "standard": standard,
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 16,
        "max_electric_power": power_w,
        "last_updated": "2026-01-01T00:00:00Z",
    }


def evse(
    key: str, *connectors: dict[str, Any], status: str = "AVAILABLE", updated: str = "2026-01-01T00:00:00Z"
) -> dict[str, Any]:
    return {
        "uid": key,
        "evse_id": key,
        "status": status,
        "connectors": list(connectors or (connector(),)),
        "last_updated": updated,
    }


def location(key: str, *evses: dict[str, Any], party: str = "ABC", **other: Any) -> dict[str, Any]:
    return {
        "country_code": "NL",
        "party_id": party,
        "id": key,
        "publish": True,
        "name": key,
        "address": "Dorpsstraat 1",
        "city": "Otterlo",
        "country": "NLD",
        "coordinates": HERE,
        "evses": list(evses),
        "time_zone": "Europe/Amsterdam",
        "operator": {"name": "Exploitant"},
        "last_updated": "2026-01-01T00:00:00Z",
        **other,
    }


def written(path: Path, content: Any) -> Path:
    text = json.dumps(content).encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
    return path


def test_evse_and_not_connectors(tmp_path: Path) -> None:
    path = written(
        tmp_path / "ocpi.json",
        [
            location(
                "een", evse("NL*ABC*E1", connector(), connector(None), connector(50_000, "CHADEMO")), evse("NL*ABC*E2")
            ),
            location("weg", evse("NL*ABC*E3", status="REMOVED"), evse("NL*ABC*E4", status="PLANNED")),
            location("deels", evse("NL*ABC*E5", status="REMOVED"), evse("NL*ABC*E6", status="OUTOFORDER")),
        ],
    )
    frame = read_charge_points(path)
    assert frame["evse_count"].to_dict() == {"een": 2, "deels": 1}
    assert set(read_evses(path).index) == {"NL*ABC*E1", "NL*ABC*E2", "NL*ABC*E6"}


@pytest.mark.parametrize("power", [None, 0])
def test_unknown_power_is_empty(tmp_path: Path, power: int | None) -> None:
    path = written(tmp_path / "ocpi.json", [location("een", evse("NL*ABC*E1", connector(power)))])
    assert read_charge_points(path)["max_power_kw"].isna().all()
    assert read_evses(path)["max_power_kw"].isna().all()


def test_power_in_watt_is_told_in_kilowatt(tmp_path: Path) -> None:
    path = written(tmp_path / "ocpi.json", [location("een", evse("NL*ABC*E1", connector(3_700), connector(22_000)))])
    assert read_charge_points(path).loc["een", "max_power_kw"] == 22.0


def test_foreign_hidden_and_double_are_dropped_by_rule(tmp_path: Path) -> None:
    """A Belgian pole tagged NLD stays foreign; the same EVSE at two parties counts once."""
    antwerp, berlin = {"latitude": "50.6", "longitude": "4.40"}, {"latitude": "52.5", "longitude": "13.4"}
    path = written(
        tmp_path / "ocpi.json",
        [
            location("hier", evse("NL*ABC*E1")),
            location("hier-ook", evse("NL*ABC*E1"), party="XYZ"),
            location("elders", evse("NL*ABC*E7"), country="BEL", coordinates=antwerp),
            location("vermomd", evse("NL*ABC*E8"), coordinates=berlin),
            location("verborgen", evse("NL*ABC*E9"), publish=False),
        ],
    )
    quality = Quality()
    frame = read_charge_points(path, quality=quality)
    assert frame["evse_count"].sum() == 1
    assert quality.read == 5
    assert len(frame) + sum(quality.summary()["dropped"].values()) == 5
    assert sum(number for rule, number in quality.summary()["dropped"].items() if "Nederland" in rule) == 2


@pytest.mark.parametrize("form", ["array", "page", "gzip", "folder"])
def test_forms_of_ocpi_are_one(tmp_path: Path, form: str) -> None:
    one, two = location("een", evse("NL*ABC*E1")), location("twee", evse("NL*ABC*E2"), evse("NL*ABC*E3"))
    if form == "folder":
        for number, part in enumerate((one, two)):
            written(
                tmp_path / f"bladzijde{number}.json",
                {"data": [part], "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"},
            )
        path = tmp_path
    else:
        content = (
            {"data": [one, two], "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}
            if form == "page"
            else [one, two]
        )
        path = written(tmp_path / ("ocpi.json.gz" if form == "gzip" else "ocpi.json"), content)
    assert read_charge_points(path)["evse_count"].to_dict() == {"een": 1, "twee": 2}


@pytest.mark.real
@pytest.mark.parametrize("name", ["ede-otterlo/chargers/ede", "maasgouw-wessem/chargers/maasgouw"])
def test_real_evse(real_data: Path, name: str) -> None:
    """Every EVSE id once, those removed or planned apart."""
    path = real_data / f"{name}.details.json"
    stated = json.loads(path.read_text(encoding="utf-8"))
    ids: dict[str, set[str]] = {}
    for key, item in stated.items():
        for each in item["evses"]:
            name = (each["evse_id"] or f"{key}/{each['uid']}").replace("*", "").upper()
            ids.setdefault(name, set()).add(each["status"])
    alive = {key for key, statuses in ids.items() if not statuses <= NO_SUPPLY}
    maybe = {key for key, statuses in ids.items() if statuses & NO_SUPPLY} & alive
    connectors = sum(len(each["connectors"]) for item in stated.values() for each in item["evses"])
    evses, points = read_evses(path), read_charge_points(path)
    assert len(alive) - len(maybe) <= len(evses) <= len(alive)
    assert points["evse_count"].sum() == len(evses) < connectors
    assert set(points.index) <= set(stated)


@pytest.mark.real
def test_unknown_power_of_republished_points_is_empty(real_data: Path) -> None:
    path = real_data / "amsterdam-zeeheldenbuurt/chargers/amsterdam.geojson"
    stated = {
        item["properties"]["locationId"]: item["properties"].get("maxPowerKw")
        for item in json.loads(path.read_text(encoding="utf-8"))["features"]
        if "locationId" in item["properties"]
    }
    frame = read_charge_points(path)
    power = frame["max_power_kw"]
    assert 0 in set(stated.values())
    assert {key for key in frame.index if pandas.isna(power[key])} == {key for key in frame.index if not stated[key]}


@pytest.mark.real
@pytest.mark.slow
def test_points_and_evse_have_one_area(laadplan: Program, tmp_path: Path, real_data: Path) -> None:
    """Both are read the stated margin around the area; more may be kept when it says that it lies outside."""
    path = real_data / "maasgouw-wessem/chargers/maasgouw.details.json"
    box = (189_000, 351_500, 190_500, 353_000)
    config = project(tmp_path, {"charge_points": path}, box, margin_m=100)
    points, evses = kept(laadplan, config, "ChargePoints"), kept(laadplan, config, "Evses")
    inside = points[points["in_area"]]
    assert inside.within(shapely.box(*box)).all()
    assert not points[~points["in_area"]].within(shapely.box(*box)).any()
    assert evses.within(shapely.box(*box).buffer(100.1, join_style="mitre")).all()
    assert set(inside.get("location_id", inside.index)) <= set(evses["location_id"])


# --- sessions --------------------------------------------------------------------------------------------------------


def sessions_csv(
    path: Path, rows: list[tuple[str, ...]], header: str = "evse_uid;start_datetime;end_datetime;total_energy"
) -> Path:
    path.write_text("\n".join([header, *(";".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def test_no_time_that_runs_backwards(tmp_path: Path) -> None:
    path = sessions_csv(
        tmp_path / "sessies.csv",
        [
            ("NL*ABC*E1", "2024-03-01 10:00:00", "2024-03-01 12:30:00", "10.5"),
            ("NL*ABC*E1", "2024-03-02 10:00:00", "2024-03-02 09:00:00", "10.5"),
            ("NL*ABC*E1", "2024-03-03 10:00:00", "2024-03-03 10:00:00", "10.5"),
            ("NL*ABC*E1", "1970-01-01 00:00:00", "1970-01-01 02:00:00", "10.5"),
            ("NL*ABC*E1", "2124-03-03 10:00:00", "2124-03-03 12:00:00", "10.5"),
            ("NL*ABC*E1", "2024-03-04 10:00:00", "2024-06-04 10:00:00", "10.5"),
            ("NL*ABC*E1", "geen idee", "2024-03-04 10:00:00", "10.5"),
            ("NL*ABC*E1", "2024-03-05 23:30:00", "2024-03-06 00:30:00", "7.5"),
        ],
    )
    quality = Quality()
    frame = read_sessions(path, until=date(2025, 1, 1), quality=quality)
    assert sorted(frame["connected_h"]) == [1.0, 2.5]
    assert quality.read == 8
    assert sum(quality.summary()["dropped"].values()) == 6
    assert len(quality.summary()["dropped"]) >= 4, "by rule"
    assert not quality.dropped, "ids of sessions are confidential"


def test_summer_and_winter_time(tmp_path: Path) -> None:
    """Local times: 1:30 to 3:30 lasts one hour in the last night of March, three in that of October."""
    path = sessions_csv(
        tmp_path / "sessies.csv",
        [
            ("NL*ABC*E1", "2024-03-31 01:30:00", "2024-03-31 03:30:00", "5"),
            ("NL*ABC*E1", "2024-10-27 01:30:00", "2024-10-27 03:30:00", "6"),
            ("NL*ABC*E1", "2024-07-01 01:30:00", "2024-07-01 03:30:00", "7"),
        ],
    )
    frame = read_sessions(path).set_index("energy_kwh")
    assert frame["connected_h"].to_dict() == {5.0: 1.0, 6.0: 3.0, 7.0: 2.0}
    assert frame.loc[7.0, "started_at"] == pandas.Timestamp("2024-06-30T23:30:00Z")


def test_moments_with_a_zone_are_what_they_say(tmp_path: Path) -> None:
    path = sessions_csv(
        tmp_path / "s.csv",
        [
            ("NL*ABC*E1", "2024-07-01T01:30:00Z", "2024-07-01T03:30:00+02:00", "5"),
            ("NL*ABC*E1", "2024-07-01T02:30:00Z", "2024-07-01T03:30:00Z", "5"),
        ],
    )
    frame = read_sessions(path)
    assert list(frame["started_at"]) == [pandas.Timestamp("2024-07-01T02:30:00Z")], "the first has no length"


def test_overlap_at_one_evse_ends_when_the_next_begins(tmp_path: Path) -> None:
    path = sessions_csv(
        tmp_path / "s.csv",
        [
            ("NL*ABC*E1", "2024-07-01 08:00:00", "2024-07-01 12:00:00", "5"),
            ("NL*ABC*E1", "2024-07-01 11:00:00", "2024-07-01 13:00:00", "6"),
            ("NL*ABC*E2", "2024-07-01 11:00:00", "2024-07-01 13:00:00", "7"),
        ],
    )
    frame = read_sessions(path).sort_values("energy_kwh")
    assert list(frame["connected_h"]) == [3.0, 2.0, 2.0]
    assert frame["energy_kwh"].sum() == 18


def cdr(key: str, begin: str, end: str, kwh: float, **other: Any) -> dict[str, Any]:
    hours = (datetime.fromisoformat(end) - datetime.fromisoformat(begin)) / timedelta(hours=1)
    return {
        "country_code": "NL",
        "party_id": "ABC",
        "id": key,
        "start_date_time": begin,
        "end_date_time": end,
        "currency": "EUR",
        "cdr_token": {"uid": "GEHEIM-UID-123", "type": "RFID", "contract_id": "NL-GEHEIM-1"},
        "auth_method": "WHITELIST",
        "cdr_location": {
            "id": "een",
            "coordinates": HERE,
            "evse_uid": "1",
            "evse_id": "NL*ABC*E1",
            "connector_id": "1",
        },
        "charging_periods": [],
        "total_cost": {"excl_vat": 1},
        "total_energy": kwh,
        "total_time": hours,
        "last_updated": end,
        **other,
    }


def test_charge_detail_records(tmp_path: Path) -> None:
    """Energy in kWh, a record twice counts once, a credit takes its record along, and cards are never kept."""
    path = written(
        tmp_path / "cdrs.json",
        {
            "data": [
                cdr("CDR-71", "2024-05-01T10:00:00Z", "2024-05-01T12:00:00Z", 12.5),
                cdr("CDR-71", "2024-05-01T10:00:00Z", "2024-05-01T12:00:00Z", 12.5),
                cdr("2", "2024-05-02T10:00:00Z", "2024-05-02T12:00:00Z", 8),
                cdr("3", "2024-05-02T10:00:00Z", "2024-05-02T12:00:00Z", 8, credit=True, credit_reference_id="2"),
            ],
            "status_code": 1000,
        },
    )
    quality = Quality()
    frame = read_sessions(path, quality=quality)
    assert list(frame["energy_kwh"]) == [12.5]
    assert len(frame) + sum(quality.summary()["dropped"].values()) == quality.read == 4
    assert "GEHEIM" not in frame.reset_index().to_csv() + json.dumps(quality.summary())
    assert "CDR-71" not in frame.reset_index().to_csv(), "the source's own ids are not taken over"


# Defect: read as local time.
def test_times_of_ocpi_without_a_zone_are_utc(tmp_path: Path) -> None:
    """OCPI 2.2.1, type DateTime: the absence of the timezone designator implies a UTC timestamp."""
    path = written(tmp_path / "cdrs.json", [cdr("1", "2024-07-01T10:00:00", "2024-07-01T12:00:00", 12.5)])
    frame = read_sessions(path)
    assert list(frame["started_at"]) == [pandas.Timestamp("2024-07-01T10:00:00Z")]
    assert list(frame["connected_h"]) == [2.0]


def test_the_hour_that_occurs_twice(tmp_path: Path) -> None:
    """From 2:45 to 2:15 in the last night of October is half an hour, not a clock that runs backwards."""
    path = sessions_csv(tmp_path / "s.csv", [("NL*ABC*E1", "2024-10-27 02:45:00", "2024-10-27 02:15:00", "3")])
    assert list(read_sessions(path)["connected_h"]) == [0.5]


@pytest.mark.parametrize("energy", ["1e999", '"drie"', "-5", "true", "[]", "null"])
def test_energy_that_is_no_number_in_a_record_is_missing(tmp_path: Path, energy: str) -> None:
    path = written(tmp_path / "cdrs.json", [cdr("1", "2024-07-01T10:00:00Z", "2024-07-01T12:00:00Z", 12345.5)])
    path.write_text(path.read_text(encoding="utf-8").replace("12345.5", energy), encoding="utf-8")
    frame = read_sessions(path)
    assert frame["energy_kwh"].isna().all()
    assert len(frame) == 1


@pytest.mark.real
def test_real_sessions(real_data: Path) -> None:
    """Every row kept or counted; energy in kWh; times as the source's own connected time says."""
    path = real_data / "national/sessions/laadpaaldata_2018.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        stated = list(csv.DictReader(stream))
    quality = Quality()
    frame = read_sessions(path, quality=quality)
    assert quality.read == len(stated)
    assert len(frame) + sum(quality.summary()["dropped"].values()) == len(stated)
    assert (frame["connected_h"] > 0).all()
    assert (frame["ended_at"] > frame["started_at"]).all()
    assert 5 < frame["energy_kwh"].median() < 15
    assert ((frame["ended_at"] - frame["started_at"]) / pandas.Timedelta(hours=1)).sub(
        frame["connected_h"]
    ).abs().max() < 1e-3
    whole = sum(1 for row in stated if ordinary(row))
    assert len(frame) >= whole > 9_000
    assert (frame["started_at"].dt.year.between(2017, 2019)).all()


def ordinary(row: dict[str, str]) -> bool:
    """Whether begin, end and connected time of a row agree within two minutes, and are of a day or so."""
    try:
        begin, end = (datetime.fromisoformat(row[name]) for name in ("Started", "Ended"))
        hours = float(row["ConnectedTime"])
    except ValueError:
        return False
    return (
        timedelta(0) < end - begin < timedelta(days=10)
        and abs((end - begin) / timedelta(hours=1) - hours) < 1 / 30
        and float(row["TotalEnergy"]) > 500
    )


def test_energy_that_is_no_number_is_not_zero(tmp_path: Path) -> None:
    path = sessions_csv(
        tmp_path / "s.csv",
        [
            ("NL*ABC*E1", "2024-07-01 08:00:00", "2024-07-01 12:00:00", ""),
            ("NL*ABC*E1", "2024-07-02 08:00:00", "2024-07-02 12:00:00", "9"),
        ],
    )
    frame = read_sessions(path)
    assert frame["energy_kwh"].isna().sum() == 1
    assert frame["energy_kwh"].dropna().tolist() == [9.0]


# --- occupancy -------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_hours_not_polled_have_no_row(real_data: Path) -> None:
    """The source gives the share of the EVSE that is occupied, in percent."""
    folder = real_data / "maasgouw-wessem/chargers/snapshots"
    polled = occupied = 0
    for file in sorted(folder.glob("*.json")):
        for item in json.loads(file.read_text(encoding="utf-8"))["locations"].values():
            values = [value for value in item["occ"] if value is not None]
            polled, occupied = polled + len(values), occupied + sum(round(item["n"] * value / 100) for value in values)
    frame = read_occupancy(folder)
    assert len(frame) == polled
    assert frame["occupied"].sum() == occupied
    assert (frame["occupied"] <= frame["evses"]).all()


@pytest.mark.real
def test_status_without_time_is_refused(real_data: Path) -> None:
    with pytest.raises(BadInput):
        read_occupancy(real_data / "ede-otterlo/chargers/ede.status.json")


def test_sessions_in_a_report_are_confidential(laadplan: Program, tmp_path: Path) -> None:
    path = written(
        tmp_path / "cdrs.json",
        [
            cdr("SESSIE-77", "2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z", 12.5),
            cdr("SESSIE-78", "2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z", 1),
        ],
    )
    told = report(laadplan, project(tmp_path, {"sessions": path}))
    assert told["quality"]["use_weeks"]["read"] == 2
    assert sum(told["quality"]["use_weeks"]["dropped"].values()) == 1
    assert "SESSIE-7" not in json.dumps(told)
