"""Lists that a municipality keeps itself or buys, written from the demo town: requests, planned dwellings, jobs, roads.

In: the whole town. Out: files below a folder, in the shape that users have them: titles above the header, words of
their own, rows that occur twice. All is derived from the town; nobody in it exists.
"""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.demo.every_files import RD_CRS, collection, write_csv, write_json, write_workbook
from laadplan.demo.layers import write_layer
from laadplan.demo.model import Quarter
from laadplan.demo.names import MUNICIPALITY
from laadplan.demo.whole import Form, Whole
from laadplan.geo.rd import RD_EPSG

REQUEST_EVERY = 20
"""Of so many dwellings without a driveway one driver asked for a charge point."""

STATUSES = ("Ingediend", "In behandeling", "Goedgekeurd", "Afgewezen", "Ingetrokken", "Geplaatst", "")
"""Words for where a request stands, in turn."""

_REQUEST_NAMES = ("Aanvraagnummer", "Datum aanvraag", "Postcode", "Status", "Kanaal")
_CHANNELS = ("website", "loket")

HOMES_PER_HA = 4.0
"""Dwellings planned per hectare of land of a buurt: an invented number."""

_KINDS = (("appartement", 0.75, 0.8), ("grondgebonden", 0.25, 1.4))
"""Kind of dwelling, its share in a plan, and the parking norm (places per dwelling)."""

_FIRST_DELIVERY = 2027
_PLAN_HALF_M = 20.0

JOBS_PER_FIRM = 6
"""An invented number."""

SECTORS = ("G handel", "Q zorg")
JOBS_YEAR = 2024

PROVINCIAL = "Demo-Provincialeweg"
"""The road that the province manages."""

_FIRST_WVK = 990_000_000
_WVK_PER_CELL = 10_000
_ROADS_PER_PAGE = 100


def request_rows(whole: Whole) -> list[tuple[str, str, str, str, str]]:
    """Id, date, PC6, status and channel of each request."""
    homes = [
        address
        for quarter in whole.quarters
        for address in quarter.addresses
        if address.is_dwelling and not address.own_driveway
    ]
    return [
        (
            f"LP-{place:05d}",
            f"{1 + place % 28:02d}-{1 + place % 12:02d}-{2023 + place % 3}",
            f"{home.postcode[:4]} {home.postcode[4:]}",
            STATUSES[place % len(STATUSES)],
            _CHANNELS[place % len(_CHANNELS)],
        )
        for place, home in enumerate(homes[::REQUEST_EVERY])
    ]


def _write_requests(whole: Whole, folder: Path) -> None:
    """With a row that occurs twice, and one without a postcode."""
    rows = request_rows(whole)
    write_csv(folder / "lijst.csv", _REQUEST_NAMES, [*rows, rows[0], ("LP-99999", "01-02-2024", "", "Ingediend", "")])


def _write_request_workbook(whole: Whole, folder: Path) -> None:
    """Below a title."""
    rows = [["Aanvragen laadpaal"], [], _REQUEST_NAMES, *request_rows(whole)]
    write_workbook(folder / "werkmap.xlsx", "Aanvragen", rows)


def plan_rows(whole: Whole) -> list[tuple[str, str, int, str, int, float, str, Quarter]]:
    """Id, name, dwellings, kind, year, parking norm and buurtcode of each part of a plan, and its quarter."""
    return [
        (
            f"P{quarter.cell.index:04d}",
            f"Plan {quarter.cell.name}",
            round(HOMES_PER_HA * figures.land_ha * share),
            kind,
            _FIRST_DELIVERY + quarter.cell.index % 5,
            norm,
            quarter.cell.code,
            quarter,
        )
        for quarter, figures in zip(whole.quarters, whole.figures, strict=True)
        for kind, share, norm in _KINDS
    ]


def _write_plan_workbook(whole: Whole, folder: Path) -> None:
    """One row per kind of dwelling; a plan of which the number and year are not known closes the list."""
    names = ("Plannummer", "Plannaam", "Aantal woningen", "Woningtype", "Opleverjaar", "Parkeernorm", "Buurtcode")
    rows = [row[:-1] for row in plan_rows(whole)]
    last = ("P9999", "Verkenning", "n.n.b.", "", "", "", rows[0][-1])
    write_workbook(folder / "lijst.xlsx", "Plannen", [["Woningbouwplannen"], names, *rows, last])


def _write_plan_layer(whole: Whole, folder: Path) -> None:
    """The same plans as polygons."""
    rows = plan_rows(whole)
    names = ("plan_id", "plannaam", "aantal_woningen", "woningtype", "jaar_oplevering", "parkeernorm")
    table = pd.DataFrame([row[:6] for row in rows], columns=list(names))
    places = [row[-1].cell.polygon.representative_point() for row in rows]
    shapes = [shapely.box(*place.buffer(_PLAN_HALF_M).bounds) for place in places]
    write_layer(folder / "vlakken.gpkg", gpd.GeoDataFrame(table, geometry=shapes, crs=RD_EPSG), "plannen")


def job_rows(whole: Whole) -> list[tuple[str, int, str, int | str, int]]:
    """Buurt, year, sector, jobs and establishments; jobs of a single firm are not published."""
    found: list[tuple[str, int, str, int | str, int]] = []
    for quarter, figures in zip(whole.quarters, whole.figures, strict=True):
        trade = figures.firms // 2
        for sector, firms in zip(SECTORS, (trade, figures.firms - trade), strict=True):
            found.append((quarter.cell.code, JOBS_YEAR, sector, "x" if firms == 1 else firms * JOBS_PER_FIRM, firms))
    return found


def _write_jobs(whole: Whole, folder: Path) -> None:
    """Per buurt, with a total below that is of no buurt."""
    names = ("Buurtcode", "Peiljaar", "Sector", "Banen", "Vestigingen")
    total = sum(row[3] for row in job_rows(whole) if isinstance(row[3], int))
    write_csv(folder / "banen.csv", names, [*job_rows(whole), ("Totaal", JOBS_YEAR, "", total, "")])


def road_rows(whole: Whole) -> gpd.GeoDataFrame:
    """Street axes as wegvakken of the NWB; the province manages one road."""
    rows, lines = [], []
    for quarter in whole.quarters:
        for place, segment in enumerate(quarter.segments):
            province = segment.street.name == PROVINCIAL
            rows.append(
                {
                    "wvk_id": _FIRST_WVK + quarter.cell.index * _WVK_PER_CELL + place,
                    "wegbehsrt": "P" if province else "G",
                    "wegbehcode": "99" if province else MUNICIPALITY,
                    "wegbehnaam": "Demo-provincie" if province else whole.town.name,
                    "stt_naam": segment.street.name,
                    "gme_id": int(MUNICIPALITY),
                }
            )
            lines.append(segment.line)
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=lines, crs=RD_EPSG)


def _write_roads(whole: Whole, folder: Path) -> None:
    write_layer(folder / "nwb.gpkg", road_rows(whole), "wegvakken")


def _write_road_pages(whole: Whole, folder: Path) -> None:
    """Pages of the web service; each begins with the last wegvak of the page before."""
    features = road_rows(whole).to_geo_dict()["features"]
    for place in range(0, len(features), _ROADS_PER_PAGE):
        page = features[max(place - 1, 0) : place + _ROADS_PER_PAGE]
        write_json(folder / "wfs" / f"pagina_{place // _ROADS_PER_PAGE:04d}.json", collection(page, crs=RD_CRS))


LISTS: dict[str, Form] = {
    "requests/lijst": _write_requests,
    "requests/werkmap": _write_request_workbook,
    "planned_homes/lijst": _write_plan_workbook,
    "planned_homes/vlakken": _write_plan_layer,
    "jobs/banen": _write_jobs,
    "road_managers/nwb": _write_roads,
    "road_managers/wfs": _write_road_pages,
}
"""As ``FORMS`` of the family."""
