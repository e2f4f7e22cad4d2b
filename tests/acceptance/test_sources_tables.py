"""Requests, forecasts, plans, jobs, cars and road managers: refusals that show no values, units, missing figures."""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas
import openpyxl
import pandas
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, LaadplanError
from laadplan.ingest.car_stock import read_vehicles
from laadplan.ingest.forecast import read_forecast
from laadplan.ingest.jobs import read_jobs
from laadplan.ingest.municipal_cars import read_municipal_cars
from laadplan.ingest.planned_homes import read_planned_homes
from laadplan.ingest.rdw import read_registrations
from laadplan.ingest.requests import read_requests
from laadplan.ingest.road_managers import read_road_managers

from .delivered import kept, project, refused, report
from .program import Program

pytestmark = pytest.mark.slow


def table(path: Path, header: str, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    return path


# --- requests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Naam", "Petersen"),
        ("naam aanvrager", "Petersen"),
        ("E-mail", "p@voorbeeld.nl"),
        ("Telefoonnummer", "0612345678"),
        ("Achternaam", "Petersen"),
        ("Kenteken", "XX-999-X"),
        ("BSN", "999990019"),
        ("Geboortedatum", "1970-02-03"),
    ],
)
def test_requests_with_a_person_are_refused_without_showing_one(tmp_path: Path, column: str, value: str) -> None:
    path = table(
        tmp_path / "aanvragen.csv", f"id;datum;postcode;status;{column}", f"1;2024-03-01;6731AB;ingediend;{value}"
    )
    with pytest.raises(BadInput) as error:
        read_requests(path)
    assert column.lower() in str(error.value).lower()
    assert value not in str(error.value)


def test_a_name_shows_in_no_output_of_the_program(laadplan: Program, tmp_path: Path) -> None:
    path = table(tmp_path / "aanvragen.csv", "id;datum;postcode;status;Naam", "1;2024-03-01;6731AB;ingediend;Petersen")
    line = refused(laadplan, project(tmp_path, {"requests": path}), "Requests", tmp_path / "uit")
    assert "Naam" in line
    assert "Petersen" not in line


def test_a_person_in_a_cell_is_refused_without_showing_one(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv",
        "id;datum;postcode;status;opmerking",
        "1;2024-03-01;6731AB;ingediend;bel p.petersen@voorbeeld.nl",
    )
    with pytest.raises(BadInput) as error:
        read_requests(path)
    assert "opmerking" in str(error.value)
    assert "petersen" not in str(error.value)


def test_names_are_refused_in_a_workbook_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Datum", "Postcode", "Status", "Voornaam"], ["2024-03-01", "6731AB", "ingediend", "Petra"]):
        book.active.append(row)
    book.save(tmp_path / "aanvragen.xlsx")
    with pytest.raises(BadInput) as error:
        read_requests(tmp_path / "aanvragen.xlsx")
    assert "Voornaam" in str(error.value)
    assert "Petra" not in str(error.value)


def test_requests_count_without_names(laadplan: Program, tmp_path: Path) -> None:
    path = table(
        tmp_path / "aanvragen.csv",
        "id;datum;postcode;status",
        "1;2024-03-01;6731 ab;ingediend",
        "2;01-04-2024;6731AC;afgewezen",
        "3;2024-03-01;6731;ingediend",
        "4;2024-03-01;;ingediend",
        "1;2024-03-01;6731 ab;ingediend",
    )
    config = project(tmp_path, {"requests": path})
    told = report(laadplan, config)["quality"]["requests"]
    frame = kept(laadplan, config, "Requests")
    assert list(frame["pc6"]) == ["6731AB", "6731AC"]
    assert list(frame["requested_on"]) == ["2024-03-01", "2024-04-01"]
    assert list(frame["is_open"]) == [True, False]
    assert told["read"] == 5
    assert sum(told["dropped"].values()) == 3


def test_unknown_status_is_no_open_request(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "id;datum;postcode;status", "1;2024-03-01;6731AB;in de wacht bij Piet")
    frame = read_requests(path)
    assert list(frame["status"]) == ["onbekend"]
    assert not frame["is_open"].any()


# --- forecasts, plans, jobs ------------------------------------------------------------------------------------------


def test_unit_of_a_forecast_must_be_stated(laadplan: Program, tmp_path: Path) -> None:
    path = table(tmp_path / "prognose.csv", "buurtcode;jaar;scenario;waarde", "BU00010001;2030;midden;12")
    config = project(tmp_path, {"forecast": path})
    done = laadplan("check", config)
    assert done.returncode == 2
    assert "unit" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("unit", "filled", "empty"), [("EVSE", "value_evse", "value_kwh_year"), ("kWh", "value_kwh_year", "value_evse")]
)
def test_figures_stand_under_their_unit(laadplan: Program, tmp_path: Path, unit: str, filled: str, empty: str) -> None:
    path = table(
        tmp_path / "prognose.csv",
        "buurtcode;jaar;scenario;waarde",
        "BU00010001;2030;laag;8",
        "BU00010001;2030;midden;12,5",
        "BU00010001;2030;hoog;",
    )
    columns = {"value_evse" if unit == "EVSE" else "value_kwh_year": "waarde"}
    try:
        frame = read_forecast(path, unit=unit)
    except LaadplanError:
        frame = read_forecast(path, unit=unit, columns=columns)
    assert frame.set_index("scenario")[filled].dropna().to_dict() == {"laag": 8.0, "midden": 12.5}
    assert frame[empty].isna().all()


def test_planned_homes_without_number_are_not_zero(tmp_path: Path) -> None:
    path = table(
        tmp_path / "plannen.csv",
        "plan_id;naam;woningen;jaar;parkeernorm",
        "P1;Veld;40;2028;1,6",
        "P2;Kamp;n.n.b.;2030;",
    )
    frame = read_planned_homes(
        path,
        columns={
            "dwellings": "woningen",
            "delivery_year": "jaar",
            "parking_norm": "parkeernorm",
            "plan_id": "plan_id",
            "name": "naam",
        },
    )
    found = frame.set_index("plan_id")
    assert found["dwellings"].to_dict() == pytest.approx({"P1": 40.0, "P2": float("nan")}, nan_ok=True)
    assert found["parking_norm"].to_dict() == pytest.approx({"P1": 1.6, "P2": float("nan")}, nan_ok=True)


def test_secret_jobs_are_missing(tmp_path: Path) -> None:
    path = table(tmp_path / "banen.csv", "pc6;jaar;banen", "6731AB;2024;15", "6731AC;2024;x", "6731AD;2024;0")
    frame = read_jobs(path, columns={"jobs": "banen", "year": "jaar"}).set_index("area_code")
    assert frame["jobs"].to_dict() == pytest.approx(
        {"6731AB": 15.0, "6731AC": float("nan"), "6731AD": 0.0}, nan_ok=True
    )


# --- cars ------------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_car_stock_of_the_country(real_data: Path) -> None:
    """Newest year, shares as shares, and nothing filled in where the table has nothing."""
    path = real_data / "national/pc4/Data_Cleaned_KIM.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        stated = list(csv.DictReader(stream))
    years = sorted(name for name in stated[0] if name.startswith("beginning_"))
    frame = read_vehicles(path)
    assert set(frame["stock_year"]) == {int(years[-1].removeprefix("beginning_"))}
    missing = sum(row[years[-1]].strip() in ("", "NA", "nan", "-99997", "-99995") for row in stated)
    assert frame["electric_share"].isna().sum() == missing
    assert frame["electric_share"].dropna().between(0, 1).all()


@pytest.mark.real
@pytest.mark.parametrize("name", ["merken_brandstof_counts.csv", "cumulatief.csv"])
def test_registrations_add_up(real_data: Path, name: str) -> None:
    path = real_data / "national/rdw" / name
    with path.open(encoding="utf-8-sig", newline="") as stream:
        stated = sum(int(float(row["Aantal auto's"])) for row in csv.DictReader(stream))
    frame = read_registrations(path)
    assert frame["cars"].sum() == stated
    assert set(frame.loc[frame["fuel"] == "Elektriciteit", "electric"]) == {"volledig"}
    assert "volledig" not in set(frame.loc[frame["fuel"].isin(["Benzine", "Diesel"]), "electric"])


@pytest.mark.real
def test_a_forecast_is_no_count_of_cars(real_data: Path) -> None:
    """voorspelling.csv holds calculated numbers, of which some are no whole cars."""
    with pytest.raises(BadInput):
        read_registrations(real_data / "national/rdw/voorspelling.csv")


def test_a_hybrid_is_one_car(tmp_path: Path) -> None:
    rows = [
        {"kenteken": "XX001A", "voertuigsoort": "Personenauto", "brandstof_omschrijving": "Benzine", "merk": "A"},
        {"kenteken": "XX001A", "voertuigsoort": "Personenauto", "brandstof_omschrijving": "Elektriciteit", "merk": "A"},
        {"kenteken": "XX002A", "voertuigsoort": "Personenauto", "brandstof_omschrijving": "Elektriciteit", "merk": "A"},
        {"kenteken": "XX003A", "voertuigsoort": "Bromfiets", "brandstof_omschrijving": "Elektriciteit", "merk": "A"},
    ]
    path = tmp_path / "rdw.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    frame = read_registrations(path)
    assert frame.groupby("electric")["cars"].sum().to_dict() == {"deels": 1, "volledig": 1}
    assert "XX00" not in frame.reset_index().to_csv()


def test_totals_of_municipalities(tmp_path: Path) -> None:
    path = table(
        tmp_path / "autos.csv", "gemeentecode;jaar;autos;elektrisch", "GM0228;2024;60000;-99997", "GM0001;2024;10;0"
    )
    frame = read_municipal_cars(
        path,
        {"GM0228"},
        columns={"cars": "autos", "electric_cars": "elektrisch", "year": "jaar", "municipality_code": "gemeentecode"},
    )
    assert list(frame["cars"]) == [60000]
    assert frame["electric_cars"].isna().all()


# --- road managers ---------------------------------------------------------------------------------------------------


def test_road_managers(tmp_path: Path) -> None:
    path = tmp_path / "nwb.gpkg"
    geopandas.GeoDataFrame(
        {
            "wvk_id": [1, 2, 3, 4, 5],
            "stt_naam": ["A", "B", "C", "D", "E"],
            "wegbehsrt": ["R", "P", "G", "W", None],
            "wegbehcode": ["1", "GL", "228", "x", None],
        },
        geometry=[
            shapely.LineString([(180_000 + x, 457_000), (180_050 + x, 457_000)]) for x in (0, 100, 200, 300, 400)
        ],
        crs=28992,
    ).to_file(path, layer="wegvakken")
    frame = read_road_managers(path)
    assert frame["manager_kind"].to_dict() == {
        "1": "rijk",
        "2": "provincie",
        "3": "gemeente",
        "4": "waterschap",
        "5": "onbekend",
    }


def test_quality_of_a_table_counts_missing_figures(tmp_path: Path) -> None:
    quality = Quality()
    frame = read_jobs(
        table(tmp_path / "b.csv", "pc6;jaar;banen", "6731AB;2024;", "6731AC;2024;3"),
        columns={"jobs": "banen", "year": "jaar"},
        quality=quality,
    )
    assert quality.summary()["missing"]["jobs"] == pandas.isna(frame["jobs"]).sum() == 1
