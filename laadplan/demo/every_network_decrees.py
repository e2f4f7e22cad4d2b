"""Published traffic decrees of the demo town, as the search service of the KOOP answers: pages of JSON or XML.

In: the whole town: one decree per pole. Out: a folder with pages. Marks come in all their forms: a point, an address, a
line or a surface in degrees, a point in RD New as of old, the whole municipality, and none at all. Between the decrees
stand publications of another kind; the last record of a page is the first of the next.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import geopandas as gpd

from laadplan.demo.every_files import write_json
from laadplan.demo.model import Pole
from laadplan.demo.whole import Whole
from laadplan.geo.rd import RD_EPSG, to_wgs84

PER_PAGE = 20
CHARGING = "aanwijzen parkeerplaats voor het opladen van elektrische voertuigen"
OTHER = "plaatsing of verwijdering van verkeerstekens"
EVERY_OTHER = 5
"""One in so many decrees is about something else, and one in so many publications is a permit."""

FORMS_OF_MARK = ("Punt", "Adres", "Lijn", "Vlak", "oud", "Gemeente", "geen")
FIRST_YEAR = 2019
SPREAD_DEG = 0.00005
"""Half the size of a line or a surface: about 5 m."""

Degrees = tuple[float, float]
"""Longitude and latitude."""

NAMESPACES = {
    "sru": "http://docs.oasis-open.org/ns/search-ws/sruResponse",
    "gzd": "http://standaarden.overheid.nl/sru",
    "dcterms": "http://purl.org/dc/terms/",
    "overheidwetgeving": "http://standaarden.overheid.nl/wetgeving/",
}


def publications(whole: Whole) -> list[dict[str, Any]]:
    """All publications as plain rows: ``identifier, date, type, decree_type, title, marks``."""
    poles = [pole for quarter in whole.quarters for pole in quarter.poles]
    degrees = to_wgs84(gpd.GeoSeries([pole.point for pole in poles], crs=RD_EPSG))
    places = list(zip(degrees.x, degrees.y, strict=True))
    rows = []
    for number, (pole, place) in enumerate(zip(poles, places, strict=True), start=1):
        rows.append(_decree(number, pole, place))
        if number % EVERY_OTHER == 0:
            rows.append(_permit(number))
    return rows


def write_decrees_json(whole: Whole, folder: Path) -> None:
    """Pages of JSON in a folder of their own."""
    target = folder / "json"
    target.mkdir(exist_ok=True)
    for number, (rows, total, following) in enumerate(_pages(publications(whole)), start=1):
        records = {"record": [_record(row, whole.town.name) for row in rows]}
        answer: dict[str, Any] = {"version": "2.0", "numberOfRecords": total, "records": records}
        if following:
            answer["nextRecordPosition"] = following
        write_json(target / f"{number:03d}.json", {"searchRetrieveResponse": answer})


def write_decrees_xml(whole: Whole, folder: Path) -> None:
    """Pages of XML in a folder of their own."""
    target = folder / "xml"
    target.mkdir(exist_ok=True)
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
    for number, (rows, total, following) in enumerate(_pages(publications(whole)), start=1):
        records = "".join(_xml("sru:record", _prefixed(_record(row, whole.town.name))) for row in rows)
        after = f"<sru:nextRecordPosition>{following}</sru:nextRecordPosition>" if following else ""
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<sru:searchRetrieveResponse {spaces}>'
            f"<sru:version>2.0</sru:version><sru:numberOfRecords>{total}</sru:numberOfRecords><sru:records>\n{records}</sru:records>{after}"
            "</sru:searchRetrieveResponse>\n"
        )
        (target / f"{number:03d}.xml").write_text(text, encoding="utf-8")


def _pages(rows: list[dict[str, Any]]) -> Iterator[tuple[list[dict[str, Any]], int, int]]:
    """Rows per page, the total, and the number of the first record after the page (0: none)."""
    for start in range(0, max(len(rows) - 1, 1), PER_PAGE - 1):
        end = start + PER_PAGE
        yield rows[start:end], len(rows), end if end < len(rows) else 0


def _decree(number: int, pole: Pole, place: Degrees) -> dict[str, Any]:
    is_other = number % EVERY_OTHER == 0
    where = f"{pole.street} {pole.number}"
    return {
        "identifier": f"gmb-{_year(number)}-{99_000 + number}",
        "date": f"{_year(number)}-{1 + number % 12:02d}-15",
        "type": "verkeersbesluit of -mededeling",
        "decree_type": OTHER if is_other else CHARGING,
        "title": f"Verkeersbesluit {'parkeerverbod' if is_other else 'oplaadplaats'} {where}",
        "marks": _mark(FORMS_OF_MARK[number % len(FORMS_OF_MARK)], pole, place, where),
    }


def _permit(number: int) -> dict[str, Any]:
    return {
        "identifier": f"gmb-{_year(number)}-{98_000 + number}",
        "date": f"{_year(number)}-02-01",
        "type": "omgevingsvergunning",
        "decree_type": "",
        "title": "Aanvraag omgevingsvergunning dakkapel",
        "marks": {},
    }


def _year(number: int) -> int:
    return FIRST_YEAR + number % 6


def _mark(form: str, pole: Pole, place: Degrees, label: str) -> dict[str, Any]:
    (x, y), d = place, SPREAD_DEG
    corners = [(x - d, y - d), (x + d, y - d), (x + d, y + d), (x - d, y + d), (x - d, y - d)]
    ring = ",".join(f"{lon:.7f} {lat:.7f}" for lon, lat in corners)
    point = f"{y:.7f} {x:.7f}"
    known: dict[str, dict[str, Any]] = {
        "Punt": {"Punt": {"locatiepunt": point, "geometrielabel": label}},
        "Adres": {"Adres": {"locatiepunt": point, "straatnaam": pole.street, "geometrielabel": label}},
        "Lijn": {"Lijn": {"locatiegebied": f"LINESTRING({x - d:.7f} {y:.7f},{x:.7f} {y:.7f},{x + d:.7f} {y:.7f})"}},
        "Vlak": {"Vlak": {"locatiegebied": f"POLYGON(({ring}))", "geometrielabel": label}},
        "oud": {"Punt": {"geometrie": f"POINT({pole.point.x:.2f}  {pole.point.y:.2f})"}},
        "Gemeente": {"Gemeente": {"locatiegebied": f"POLYGON(({ring}))"}},
    }
    return known.get(form, {})


def _record(row: dict[str, Any], town: str) -> dict[str, Any]:
    """A record as the JSON of the service has it."""
    tpmeta: dict[str, Any] = {"jaargang": row["date"][:4]}
    if row["decree_type"]:
        tpmeta["typeVerkeersbesluit"] = row["decree_type"]
    if row["marks"]:
        tpmeta["gebiedsmarkering"] = row["marks"]
    meta = {
        "owmskern": {
            "identifier": row["identifier"],
            "title": row["title"],
            "type": {"scheme": "OVERHEIDop.Rubriek", "$": row["type"]},
            "creator": {"scheme": "OVERHEID.Gemeente", "$": town},
            "modified": row["date"],
        },
        "owmsmantel": {"available": row["date"]},
        "tpmeta": tpmeta,
    }
    urls = {
        "preferredUrl": f"https://zoek.officielebekendmakingen.nl/{row['identifier']}.html",
        "url": f"https://repository.overheid.nl/frbr/officielepublicaties/gmb/{row['identifier']}.xml",
    }
    data = {"gzd": {"originalData": {"meta": meta}, "enrichedData": urls}}
    return {"recordSchema": "gzd", "recordPacking": "xml", "recordData": data}


def _prefixed(value: Any, name: str = "") -> Any:
    """The record with the prefix of each name."""
    if not isinstance(value, dict):
        return value
    return {
        key if key in ("$", "scheme") else f"{_prefix(key, name)}:{key}": _prefixed(each, key)
        for key, each in value.items()
    }


def _prefix(key: str, above: str) -> str:
    if key in ("gzd", "originalData", "enrichedData", "preferredUrl", "url"):
        return "gzd"
    if above in ("owmskern", "owmsmantel"):
        return "dcterms"
    return "sru" if key.startswith("record") else "overheidwetgeving"


def _xml(name: str, value: Any) -> str:
    if not isinstance(value, dict):
        return f"<{name}>{escape(str(value))}</{name}>"
    scheme = f' scheme="{value["scheme"]}"' if "scheme" in value else ""
    inner = "".join(_xml(key, each) for key, each in value.items() if key not in ("$", "scheme"))
    return f"<{name}{scheme}>{inner}{escape(str(value.get('$', '')))}</{name}>\n"
