"""Charge points of quarters made by hand as OCPI, read back by our own reader."""

import json
from pathlib import Path

import geopandas as gpd

from laadplan.demo import ocpi
from laadplan.ingest.charge_points import read_charge_points
from tests.demo.handmade import make_cell, make_empty_quarter, make_quarter


def document(*parts: str) -> str:
    return ocpi.HEAD + ocpi.SEPARATOR.join(part for part in parts if part) + ocpi.TAIL


def test_parts_make_one_array_with_unique_ids() -> None:
    quarters = [make_quarter(make_cell(cell)) for cell in (0, 1, 12)]

    found = json.loads(document(*map(ocpi.part, quarters), ocpi.part(make_empty_quarter())))

    assert [location["id"] for location in found][:4] == ["DEMO0000001", "DEMO0000002", "DEMO0000003", "DEMO0001001"]
    evses = [evse["evse_id"] for location in found for evse in location["evses"]]
    assert len(set(evses)) == len(evses) == 2 * len(found) == 18


def test_a_town_without_charge_points_has_an_empty_array() -> None:
    assert ocpi.part(make_empty_quarter()) == ""
    assert json.loads(document(ocpi.part(make_empty_quarter()))) == []


def test_coordinates_are_text_and_power_is_in_watts_where_it_is_known() -> None:
    found = json.loads(document(ocpi.part(make_quarter())))

    assert all(isinstance(each, str) for location in found for each in location["coordinates"].values())
    powers = [location["evses"][0]["connectors"][0]["max_electric_power"] for location in found]
    assert powers == [11_040, None, 150_000]


def test_our_reader_finds_them_where_they_were_planted(tmp_path: Path) -> None:
    path = tmp_path / "laadpunten_ocpi.json"
    path.write_text(document(ocpi.part(make_quarter())), encoding="utf-8")

    found = read_charge_points(path)

    planted = gpd.GeoSeries([pole.point for pole in make_quarter().poles], crs=28992)
    assert (found.geometry.reset_index(drop=True).distance(planted) < 0.05).all()
