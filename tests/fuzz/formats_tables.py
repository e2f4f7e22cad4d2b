"""Formats to fuzz: cars, forecasts, requests, planned dwellings, jobs and road managers, each as a tiny delivery."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import shapely

from laadplan.demo.every_files import write_csv, write_json, write_workbook
from laadplan.ingest.car_stock import read_vehicles
from laadplan.ingest.forecast import read_forecast
from laadplan.ingest.jobs import read_jobs
from laadplan.ingest.municipal_cars import read_municipal_cars
from laadplan.ingest.planned_homes import read_planned_homes
from laadplan.ingest.rdw import read_registrations
from laadplan.ingest.requests import read_requests
from laadplan.ingest.road_managers import read_road_managers
from tests.frames import X, Y
from tests.fuzz.format import Format

RD = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}

REGISTRATIONS = [
    {"brandstof_omschrijving": "Benzine", "datum_eerste_toelating": "20160101", "count_kenteken": "120"},
    {"brandstof_omschrijving": "Elektriciteit", "datum_eerste_toelating": "20230101", "count_kenteken": "7"},
]
PLATES = ("kenteken", "voertuigsoort", "brandstof_omschrijving", "datum_eerste_toelating")
STOCK = ("pc4", "proportion_company_car", "beginning_2023", "beginning_2024", "cars_per_household")
TOTALS = {"RegioS": "GM0228  ", "Perioden": "2024JJ00", "TotaalPersonenautoS_1": 55000, "Elektriciteit_4": None}
REQUESTS = ("aanvraagnummer", "datum", "postcode", "status")
PLANS = ("plannummer", "plannaam", "aantal", "type", "opleverjaar", "buurtcode", "x", "y")
LONG = ("buurtcode", "jaar", "scenario", "EVSE")
WIDE = ("buurtcode", "2030 laag", "2030 midden", "2030 hoog")
JOBS = ("pc6", "jaar", "sector", "banen")


def csv_of(name: str, columns: Sequence[str], *rows: Sequence[object]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        write_csv(folder / name, columns, rows)
        return folder / name

    return make


def json_of(name: str, content: object) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        write_json(folder / name, content)
        return folder / name

    return make


def workbook_of(name: str, *rows: Sequence[object]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        write_workbook(folder / name, "Blad1", rows)
        return folder / name

    return make


def plan_layer(folder: Path) -> Path:
    rows = gpd.GeoDataFrame(
        {"plan_id": ["P1", "P2"], "aantal": [40, 12], "jaar": [2028, 2030]},
        geometry=[shapely.box(X, Y, X + 50, Y + 40), shapely.box(X + 90, Y, X + 120, Y + 40)],
        crs=28992,
    )
    path = folder / "plannen.gpkg"
    rows.to_file(path, layer="plannen", driver="GPKG", engine="pyogrio", SPATIAL_INDEX="NO", VERSION="1.2")
    with closing(sqlite3.connect(path)) as base:  # small: no table of tiles, and little pages
        base.execute("DROP TABLE gpkg_tile_matrix")
        base.execute("DROP TABLE gpkg_tile_matrix_set")
        base.execute("PRAGMA page_size = 512")
        base.execute("VACUUM")
    return path


def road(wvk_id: int, kind: str | None, west: float) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"wvk_id": wvk_id, "wegbehsrt": kind, "wegbehnaam": "Ede", "gme_id": 228, "stt_naam": "Weg"},
        "geometry": {"type": "LineString", "coordinates": [[X + west, Y], [X + west + 50, Y + 10]]},
    }


def plan(number: int) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"plan_id": f"P{number}", "aantal": 12, "jaar": 2028},
        "geometry": {"type": "Point", "coordinates": [X + number, Y]},
    }


def collection(*features: dict[str, object]) -> dict[str, object]:
    return {"type": "FeatureCollection", "crs": RD, "features": list(features)}


def in_evse(path: Path) -> object:
    return read_forecast(path, unit="EVSE")


FORMATS: tuple[Format, ...] = (
    Format("rdw-json", json_of("rdw.json", REGISTRATIONS), read_registrations),
    Format(
        "rdw-csv",
        csv_of("rdw.csv", ("Brandstof omschrijving", "Merk", "count_2024"), ("Diesel", "OPEL", "12.0"), ("LPG", "", 0)),
        read_registrations,
    ),
    Format(
        "rdw-plates",
        csv_of("auto.csv", PLATES, ("A1", "Personenauto", "Benzine", "20200101"), ("A2", "Bus", "Diesel", "20210101")),
        read_registrations,
    ),
    Format("car-stock-csv", csv_of("kim.csv", STOCK, ("6731", 0.1, 0.04, 0.05, 1.4)), read_vehicles),
    Format("municipal-cars-json", json_of("cbs.json", {"value": [TOTALS]}), read_municipal_cars),
    Format("requests-csv", csv_of("a.csv", REQUESTS, ("A1", "01-02-2024", "6731 AB", "Nieuw")), read_requests),
    Format("requests-xlsx", workbook_of("a.xlsx", REQUESTS, ("A1", "2024-02-01", "6731AB", "Nieuw")), read_requests),
    Format(
        "planned-homes-csv",
        csv_of(
            "p.csv", PLANS, ("P1", "Noord", 40, "flat", 2028, "BU02280001", X, Y), ("P2", "", "nnb", "", "", "", "", "")
        ),
        read_planned_homes,
    ),
    Format("planned-homes-gpkg", plan_layer, read_planned_homes),
    Format("planned-homes-geojson", json_of("p.geojson", collection(plan(1), plan(2))), read_planned_homes),
    Format("jobs-csv", csv_of("b.csv", JOBS, ("6731AB", 2024, "G", 12), ("6731AC", 2024, "G", "x")), read_jobs),
    Format("road-managers-json", json_of("w.json", collection(road(1, "G", 0), road(2, None, 60))), read_road_managers),
    Format("forecast-csv", csv_of("f.csv", LONG, ("BU02280001", 2030, "laag", 1.5)), in_evse),
    Format("forecast-xlsx", workbook_of("f.xlsx", ("Prognose",), WIDE, ("BU02280001", 1.5, 2, 3)), in_evse),
)
