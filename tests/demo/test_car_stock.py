"""Cars per PC4 from the figures of a town made by hand, read back by our own reader."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from laadplan.demo.car_stock import COLUMNS, car_stock
from laadplan.demo.charging import electric_share
from laadplan.ingest.car_stock import read_vehicles
from tests.demo.handmade import make_figures, make_town


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def figures():
    """Two cells with one PC4, of which the second has a third of the cars electric, and a cell without people."""
    one, two, empty = make_figures(make_town())
    return [
        replace(one, households=100, cars=90, electric_cars=0, land_ha=10.0),
        replace(two, households=300, cars=210, electric_cars=15, land_ha=30.0),
        empty,
    ]


def test_cells_of_a_pc4_count_together_and_one_without_households_is_left_out() -> None:
    found = rows(car_stock(make_town(), figures()))

    assert [row["pc4"] for row in found] == ["6751"]
    assert float(found[0]["cars_per_household"]) == pytest.approx(300 / 400)
    assert float(found[0]["households_per_km2"]) == pytest.approx(400 / 0.4)
    assert float(found[0]["beginning_2024"]) == pytest.approx(15 / 300)


def test_the_electric_share_grows_as_in_the_country() -> None:
    row = rows(car_stock(make_town(), figures()))[0]

    shares = {year: float(row[f"beginning_{year}"]) for year in (2020, 2022, 2023, 2024)}
    assert shares == pytest.approx(
        {year: 0.05 * electric_share(year) / electric_share(2024) for year in shares}, abs=1e-5
    )
    assert float(row["p_electric"]) == shares[2022]


def test_no_share_exceeds_one() -> None:
    all_electric = [replace(each, electric_cars=each.cars) for each in figures()]

    row = rows(car_stock(make_town(), all_electric))[0]

    assert all(0 <= float(value) <= 1 for name, value in row.items() if name.startswith(("p_", "beginning_")))


def test_a_town_without_cars_has_the_head_alone() -> None:
    assert car_stock(make_town(), [replace(each, cars=0) for each in figures()]) == ",".join(COLUMNS) + "\n"


def test_our_reader_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "autos_pc4.csv"
    path.write_text(car_stock(make_town(), figures()), encoding="utf-8")

    found = read_vehicles(path)

    assert found.index.to_list() == ["6751"]
    assert found["stock_year"].to_list() == [2024]
