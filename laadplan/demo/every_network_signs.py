"""The traffic signs of the demo town in the forms of the NDW: version 3, version 4 (degrees and RD New) and CSV.

In: the whole town: its poles and the regimes of its parking strips. Out: one file each, with the same signs. A charging
bay has its meaning in a text below E4 or E8, or in the code E8c; besides there is a sign that was removed, one told of
twice, one without a place, and one far from the town.
"""

import csv
import io
import json
import uuid
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
from shapely import Point

from laadplan.demo.every_files import RD_CRS, collection, json_text, write_json, write_packed
from laadplan.demo.model import Quarter
from laadplan.demo.whole import Whole
from laadplan.geo.rd import RD_EPSG, to_wgs84

CHARGING = (("E4", "opladen elektrische voertuigen"), ("E8c", ""), ("E8", "uitsluitend opladen elektrische auto's"))
"""Ways in which a charging bay is signed, in turn."""

REGIMES = {"gpp": ("E6", ""), "laden en lossen": ("E7", "laden en lossen ma t/m za 7-12 h")}
OTHER = (("E9", "vergunninghouders"), ("E1", ""), ("C12", "uitgezonderd laden en lossen"))
"""Signs at the first buildings of a quarter, in turn."""

FAR_M = 20_000.0
NWB_VERSION = "2025-01-01"
SEEN = ("2020-05-07", "2024-12-15")
MUNICIPALITY = "GM9901"
SIDES = ("N", "O", "Z", "W")


@dataclass(frozen=True)
class Sign:
    """A sign: code, text below it, place in RD New (none: not given), street, and whether it still stands."""

    sign_id: str
    code: str
    text: str
    point: Point | None
    street: str
    stands: bool = True


def signs_of(whole: Whole) -> list[Sign]:
    """All signs, those that are gone or far away too."""
    found = [sign for quarter in whole.quarters for sign in _signs(quarter)]
    first = found[0]
    far = Point(found[-1].point.x + FAR_M, found[-1].point.y)  # type: ignore[union-attr]
    return [
        *found,
        Sign(_identifier("weg", first.sign_id), "E4", CHARGING[0][1], first.point, first.street, stands=False),
        Sign(_identifier("nergens", first.sign_id), "E4", CHARGING[0][1], None, first.street),
        Sign(_identifier("ver", first.sign_id), "E7", "", far, "Demo-Verweg"),
    ]


def write_signs_v3(whole: Whole, folder: Path) -> None:
    """Messages of version 3; the first sign is told of twice, and coordinates are text."""
    signs = [sign for sign in signs_of(whole) if sign.point]
    rows = [_message(number, sign, place) for number, (sign, place) in enumerate(_placed(signs), start=1)]
    older = rows[0] | {"id": len(rows) + 1, "rvv_code": "E9", "publication_timestamp": "2023-01-01T00:00:00.000Z"}
    write_json(folder / "borden_v3.json", [*rows, older])


def write_signs_v4(whole: Whole, folder: Path) -> None:
    """Features of version 4 in degrees."""
    features = [_feature(sign, place) for sign, place in _placed(signs_of(whole))]
    write_json(folder / "borden_v4.geojson", collection(features))


def write_signs_rd(whole: Whole, folder: Path) -> None:
    """Features of version 4 in RD New, packed, as the file of the whole country."""
    features = [_feature(sign, [sign.point.x, sign.point.y] if sign.point else None) for sign in signs_of(whole)]
    write_packed(folder / "borden_rd.geojson.gz", json_text(collection(features, crs=RD_CRS)))


def write_signs_csv(whole: Whole, folder: Path) -> None:
    """The CSV of the whole country."""
    rows = [_line(sign, place) for sign, place in _placed(signs_of(whole))]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    (folder / "borden.csv").write_text(text.getvalue(), encoding="utf-8")


def _signs(quarter: Quarter) -> list[Sign]:
    poles = [
        Sign(_identifier("pole", pole.local_id), *CHARGING[number % len(CHARGING)], pole.point, pole.street)
        for number, pole in enumerate(quarter.poles)
    ]
    kept = [
        Sign(_identifier(regime, f"{strip.local_id}{place}"), *REGIMES[regime], bay.centroid, "")
        for strip in quarter.strips
        for place, (bay, regime) in enumerate(zip(strip.bays, strip.regimes, strict=False))
        if regime in REGIMES
    ]
    homes = zip(quarter.addresses, OTHER, strict=False)
    other = [Sign(_identifier(told[0], home.number_id), *told, home.point, home.street) for home, told in homes]
    return [*poles, *kept, *other]


def _identifier(kind: str, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"laadplan-demo/{kind}/{name}"))


def _placed(signs: list[Sign]) -> list[tuple[Sign, list[float] | None]]:
    """The signs with longitude and latitude in degrees."""
    points = to_wgs84(gpd.GeoSeries([sign.point or Point(0, 0) for sign in signs], crs=RD_EPSG))
    places = np.column_stack([points.x, points.y]).round(9).tolist()
    return [(sign, place if sign.point else None) for sign, place in zip(signs, places, strict=True)]


def _message(number: int, sign: Sign, place: list[float] | None) -> dict[str, object]:
    assert sign.point is not None
    assert place is not None
    return {
        "id": number,
        "ndw_id": sign.sign_id,
        "type": "updated" if sign.stands else "removed",
        "schema_version": "3.0",
        "validated": "n",
        "rvv_code": sign.code,
        "text_signs": [{"type": "VRIJ", "text": sign.text}] if sign.text else [],
        "location": {
            "wgs84": {"latitude": str(place[1]), "longitude": str(place[0])},
            "rd": {"x": f"{sign.point.x:.3f}", "y": f"{sign.point.y:.3f}"},
            "placement": "R",
            "side": SIDES[number % len(SIDES)],
            "bearing": 90 * (number % len(SIDES)),
            "road": {"name": sign.street, "wvk_id": "990000001", "nwb_version": NWB_VERSION},
            "county": {"name": "Demodorp", "code": MUNICIPALITY, "townname": "Demodorp"},
        },
        "details": {"first_seen": SEEN[0], "last_seen": SEEN[1]},
        "publication_timestamp": "2024-12-16T10:00:00.000Z",
    }


def _told(sign: Sign) -> dict[str, object]:
    """What version 4 and the CSV spell alike."""
    return {
        "validated": "n",
        "rvvCode": sign.code,
        "status": "PLACED" if sign.stands else "REMOVED",
        "placement": "R",
        "side": "N",
        "bearing": 90,
        "roadName": sign.street,
        "roadSectionId": 990000001,
        "nwbVersion": NWB_VERSION,
        "countyName": "Demodorp",
        "countyCode": MUNICIPALITY,
        "townName": "Demodorp",
        "firstSeenOn": SEEN[0],
        "lastSeenOn": SEEN[1],
    }


def _feature(sign: Sign, place: list[float] | None) -> dict[str, object]:
    told = _told(sign) | {"textSigns": [{"type": "VRIJ", "text": sign.text}] if sign.text else []}
    geometry = {"type": "Point", "coordinates": place} if place else None
    return {"type": "Feature", "id": sign.sign_id, "geometry": geometry, "properties": told}


def _line(sign: Sign, place: list[float] | None) -> dict[str, object]:
    texts = json.dumps([{"type": "VRIJ", "text": sign.text}]) if sign.text else ""
    degrees = {"latitude": place[1], "longitude": place[0]} if place else {"latitude": "", "longitude": ""}
    rd = {"rdX": round(sign.point.x, 3), "rdY": round(sign.point.y, 3)} if sign.point else {"rdX": "", "rdY": ""}
    return {"id": sign.sign_id} | _told(sign) | {"textSigns": texts} | degrees | rd | {"removedOn": ""}
