"""Cars, forecasts, requests, plans, jobs and roads of the demo town, read back from every format."""

import csv

import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.demo.car_stock import car_stock
from laadplan.demo.every_tables import FORMS, company_cars, forecast_rows, fuel_counts
from laadplan.demo.every_tables_lists import job_rows, plan_rows, request_rows
from laadplan.demo.plan import make_plan
from laadplan.demo.whole import make_whole
from laadplan.ingest.car_stock import read_vehicles
from laadplan.ingest.forecast import read_forecast
from laadplan.ingest.jobs import read_jobs
from laadplan.ingest.municipal_cars import read_municipal_cars
from laadplan.ingest.planned_homes import read_planned_homes
from laadplan.ingest.rdw import read_registrations
from laadplan.ingest.requests import read_requests
from laadplan.ingest.road_managers import read_road_managers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-tables")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make_whole(make_plan(1000, 1), tmp_path_factory.mktemp("main"))


def write(whole, folder):
    for name, form in FORMS.items():
        target = folder / name.partition("/")[0]
        target.mkdir(exist_ok=True)
        form(whole, target)
    return folder


@pytest.fixture(scope="module")
def folder(whole, tmp_path_factory):
    return write(whole, tmp_path_factory.mktemp("every"))


def test_equal_towns_give_equal_bytes(whole, folder, tmp_path):
    again = write(whole, tmp_path)

    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(files) >= len(FORMS)
    assert {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()} == files


@pytest.mark.parametrize("name", ["telling.csv", "telling", "voertuigen.csv"])
def test_registered_cars_are_those_of_the_figures(whole, folder, name):
    found = read_registrations(folder / "registrations" / name)

    assert found.groupby("fuel")["cars"].sum().to_dict() == fuel_counts(whole)
    assert found["cars"].sum() == sum(figures.cars for figures in whole.figures)


def test_counts_and_single_cars_give_the_same_frame(folder):
    of_counts = read_registrations(folder / "registrations" / "telling")
    of_cars = read_registrations(folder / "registrations" / "voertuigen.csv")

    pd.testing.assert_frame_equal(of_cars, of_counts)


@pytest.mark.parametrize("name", ["lijst.csv", "odata.json"])
def test_totals_of_the_municipality_are_those_of_the_figures(whole, folder, name):
    found = read_municipal_cars(folder / "municipal_cars" / name).loc["GM9901|2024"]

    cars = sum(figures.cars for figures in whole.figures)
    assert found["cars"] == found["private_cars"] + found["company_cars"] == cars
    assert found["company_cars"] == company_cars(cars)
    assert found["electric_cars"] == sum(figures.electric_cars for figures in whole.figures)


def test_the_raw_table_of_the_car_stock_reads_as_the_cleaned_one(whole, folder, tmp_path):
    (tmp_path / "autos.csv").write_text(car_stock(whole.town, whole.figures))

    raw = read_vehicles(folder / "car_stock" / "kim_ruw.csv")

    pd.testing.assert_frame_equal(raw, read_vehicles(tmp_path / "autos.csv"))


def test_the_forecast_is_the_true_demand_in_each_layout(whole, folder):
    rows = forecast_rows(whole)
    long = read_forecast(folder / "forecast" / "lang.csv", unit="EVSE")
    wide = read_forecast(folder / "forecast" / "breed.xlsx", unit="EVSE")
    energy = read_forecast(folder / "forecast" / "kwh.csv", unit="kWh")

    pd.testing.assert_frame_equal(wide, long)
    assert long["value_evse"].to_dict() == {f"{code}|{year}|{name}": evse for code, year, name, evse, _ in rows}
    assert energy["value_kwh_year"].to_dict() == {
        f"{code}|{year}|{name}": kwh for code, year, name, _, kwh in rows[:-1]
    }


def test_requests_are_the_same_from_list_and_workbook(whole, folder):
    quality = Quality()

    listed = read_requests(folder / "requests" / "lijst.csv", quality=quality)
    from_book = read_requests(folder / "requests" / "werkmap.xlsx")

    pd.testing.assert_frame_equal(listed, from_book)
    assert list(listed.index) == [row[0] for row in request_rows(whole)]
    assert sum(quality.skipped.values()) == quality.read - len(listed) == 2


def test_plans_are_the_same_from_list_and_layer_but_for_where_they_lie(whole, folder):
    listed = read_planned_homes(folder / "planned_homes" / "lijst.xlsx")
    drawn = read_planned_homes(folder / "planned_homes" / "vlakken.gpkg")

    where = ["buurtcode", "x_rd_m", "y_rd_m"]
    pd.testing.assert_frame_equal(listed.drop("P9999||").drop(columns=where), drawn.drop(columns=where))
    assert drawn["dwellings"].sum() == sum(row[2] for row in plan_rows(whole)) > 0
    assert listed["buurtcode"].notna().all()
    assert drawn["x_rd_m"].notna().all()


def test_jobs_are_those_of_the_firms(whole, folder):
    found = read_jobs(folder / "jobs" / "banen.csv")

    rows = job_rows(whole)
    assert found["establishments"].sum() == sum(figures.firms for figures in whole.figures)
    assert found["jobs"].sum() == sum(row[3] for row in rows if row[3] != "x")
    assert found["jobs"].isna().sum() == sum(row[3] == "x" for row in rows)


def test_roads_are_the_same_from_geopackage_and_pages(whole, folder):
    quality = Quality()

    of_pages = read_road_managers(folder / "road_managers" / "wfs", quality=quality)
    of_layer = read_road_managers(folder / "road_managers" / "nwb.gpkg")

    pd.testing.assert_frame_equal(pd.DataFrame(of_pages), pd.DataFrame(of_layer))
    assert len(of_layer) == sum(len(quarter.segments) for quarter in whole.quarters)
    assert quality.dropped.keys() == {"hetzelfde wegvak nog een keer"}


def test_number_plates_are_none_that_exist(folder):
    with (folder / "registrations" / "voertuigen.csv").open(newline="") as stream:
        plates = [row["kenteken"] for row in csv.DictReader(stream)]

    assert {plate[0] for plate in plates} == {"A", "E"}
