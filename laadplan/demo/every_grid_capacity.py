"""Indications of grid capacity of the demo town in every format: the map as CSV, ArcGIS and IM JSON, and an own list.

In: the whole town. Out: files below a folder. Every wijk is a feeding area with a class of its own; the same classes
stand in every format. The traps of the real map are in them: rows without a feeding area in the class without colour,
background polygons with area 0, a queue beside a class, a period that ends before it begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
import xlsxwriter

from laadplan.demo.every_files import write_csv, write_json
from laadplan.demo.grid import STATION
from laadplan.demo.names import MUNICIPALITY, hashed
from laadplan.demo.whole import Form, Whole
from laadplan.geo.rd import RD_EPSG

INDICATED_ON = "2026-01-15"
OPERATOR = "Demo-Netbeheer"
COLOURS = ("transparant", "yellow", "amber", "red")
"""Colours of the classes 0 to 3 in the exchange format."""

WORDS = ("ja", "mondjesmaat", "nee", "nee")
"""The words of the municipality's own list for the same classes: the config must say what they mean."""


@dataclass(frozen=True)
class FeedingArea:
    """A wijk as a feeding area with the classes of both directions and the queue for use in MW."""

    code: str
    name: str
    polygon: shapely.Geometry
    offtake: int
    feed_in: int
    queue_mw: float
    postcodes: tuple[str, ...]
    stations: tuple[str, ...]


def feeding_areas(whole: Whole) -> list[FeedingArea]:
    """The feeding areas of the town, in order of their code."""
    found = []
    for wijk in sorted({cell.wijk for cell in whole.town.cells}):
        quarters = [quarter for quarter in whole.quarters if quarter.cell.wijk == wijk]
        digits = hashed(whole.town.seed, "capaciteit", wijk)
        offtake, feed_in = int(digits[0], 16) % 4, int(digits[1], 16) % 4
        codes = {each.postcode for quarter in quarters for each in quarter.addresses}
        places = [each.local_id for quarter in quarters for each in quarter.grid.installations if each.kind == STATION]
        area = shapely.union_all([quarter.cell.polygon for quarter in quarters])
        queue = round(int(digits[2], 16) / 4, 2) if offtake > 1 else 0.0
        name = quarters[0].cell.wijk_name
        found.append(
            FeedingArea(wijk, name, area, offtake, feed_in, queue, tuple(sorted(codes)), tuple(sorted(places)))
        )
    return found


def write_postcodes(whole: Whole, folder: Path) -> None:
    """The map per postcode and per feeding area; the last postcode of each area has lost its area."""
    header = ["postcode", "Gemeentecode", "voedingsgebied_id", "voedingsgebied_naam", "RNB_postcode", "afname", "opwek"]
    rows = []
    for area in feeding_areas(whole):
        shared = [f"GM{MUNICIPALITY}", area.code, area.name, OPERATOR, area.offtake, area.feed_in]
        rows += [[code, *shared] for code in area.postcodes[:-1]]
        rows += [[code, f"GM{MUNICIPALITY}", "", "", OPERATOR, 0, 0] for code in area.postcodes[-1:]]
    write_csv(folder / "congestie_pc6.csv", header, rows)
    header = ["voedingsgebied_id", "jaar", "RNB", "wachtrij_afname", "unieke_verzoeken_afname"]
    lines = [
        [area.code, 2026, OPERATOR, _comma(area.queue_mw), round(area.queue_mw * 4)] for area in feeding_areas(whole)
    ]
    write_csv(folder / "voedingsgebieden.csv", header, lines)


def write_arcgis(whole: Whole, folder: Path) -> None:
    """The map as two services, one per direction, with a background polygon of area 0."""
    areas = feeding_areas(whole)
    for name, key in (("afname", "afname"), ("teruglevering", "opwek")):
        features = [_feature(area, key) for area in areas]
        ground = shapely.box(*shapely.total_bounds([area.polygon for area in areas]))
        nothing = {key: 0, "voedingsgebied_id": "0", "voedingsgebied_naam": "0", "RNB": None}
        features.append({"attributes": nothing, "geometry": {"rings": _rings(ground)}})
        fields = [
            {"name": each, "type": "esriFieldTypeString"} for each in ("voedingsgebied_id", "voedingsgebied_naam")
        ]
        fields += [{"name": "RNB", "type": "esriFieldTypeString"}, {"name": key, "type": "esriFieldTypeInteger"}]
        fields += [{"name": "wachtrij_afname", "type": "esriFieldTypeDouble"}] * (key == "afname")
        content = {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": RD_EPSG}, "fields": fields}
        path = folder / f"Capaciteitskaart_elektriciteitsnet_v2_{name}.json"
        write_json(path, content | {"features": features})


def write_im(whole: Whole, folder: Path) -> None:
    """The exchange format of the grid operators, version 1.3."""
    content = {
        "conforms_to": "http://data.netbeheernederland.nl/capaciteitskaart/v1.3.0",
        "creator": "demo@example.org",
        "publisher": OPERATOR,
        "identifier": "demo_capaciteitskaart",
        "issued": INDICATED_ON,
        "valid": {"start": "2026-12-21", "end": "2026-01-21"},
        "energy_areas": [_energy_area(area) for area in feeding_areas(whole)],
    }
    write_json(folder / "im_capaciteitskaart.json", content)


def write_list(whole: Whole, folder: Path) -> None:
    """A municipality's own list per station, in words of its own."""
    with xlsxwriter.Workbook(str(folder / "stations.xlsx")) as book:
        book.set_properties({"title": "Ruimte per station", "created": datetime.fromisoformat(INDICATED_ON)})
        sheet = book.add_worksheet("stations")
        sheet.write_row(0, 0, ["Stationsnummer", "Ruimte", "Datum", "Voor"])
        for row, (station, area) in enumerate(_stations(whole), start=1):
            sheet.write_row(row, 0, [station, WORDS[area.offtake], INDICATED_ON, "klein"])


def _stations(whole: Whole) -> Iterator[tuple[str, FeedingArea]]:
    return ((station, area) for area in feeding_areas(whole) for station in area.stations)


def _feature(area: FeedingArea, key: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "voedingsgebied_id": area.code,
        "voedingsgebied_naam": area.name,
        "RNB": OPERATOR,
        key: area.offtake if key == "afname" else area.feed_in,
    }
    if key == "afname":
        attributes["wachtrij_afname"] = area.queue_mw
    return {"attributes": attributes, "geometry": {"rings": _rings(area.polygon)}}


def _rings(shape: shapely.Geometry) -> list[Any]:
    """Rings as ArcGIS writes them: exteriors clockwise, holes the other way."""
    found = []
    for polygon in shapely.get_parts(shapely.orient_polygons(shape, exterior_cw=True)):
        found += [shapely.get_coordinates(ring).round(3).tolist() for ring in (polygon.exterior, *polygon.interiors)]
    return found


def _energy_area(area: FeedingArea) -> dict[str, Any]:
    return {
        "short_code": area.code,
        "description": area.name,
        "demand_capacity_in_queue": area.queue_mw,
        "demand_requests_in_queue": round(area.queue_mw * 4),
        "works": [],
        "postcode_areas": [
            {
                "postcode": code,
                "demand_constraint": COLOURS[area.offtake],
                "generation_constraint": COLOURS[area.feed_in],
            }
            for code in area.postcodes
        ],
    }


def _comma(number: float) -> str:
    return f"{number:.2f}".replace(".", ",")


FORMS: dict[str, Form] = {
    "netcapaciteit-csv/congestie_pc6": write_postcodes,
    "netcapaciteit-arcgis/capaciteitskaart": write_arcgis,
    "netcapaciteit-im/im_capaciteitskaart": write_im,
    "netcapaciteit-eigen/stations": write_list,
}
"""Path below the folder, without suffix, to what writes it."""
