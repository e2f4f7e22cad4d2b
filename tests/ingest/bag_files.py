"""Deliveries of the BAG in the shape of the real ones, invented: an Extract of one street, pages of a service."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.frames import X, Y

HOME, SHOP, BOAT = "0228010000000001", "0228010000000002", "0228020000000003"
NUMBER, SHOP_NUMBER, BOAT_NUMBER = "0228200000000001", "0228200000000002", "0228200000000003"
STREET, OTHER_STREET = "0228300000000001", "0228300000000002"
PAND, SHED = "0228100000000001", "0228100000000002"
STAND = "2025-01-01"

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><s:bagStand xmlns:s="http://www.kadaster.nl/schemas/lvbag/extract'
    '-deelbestand-lvc/v20200601" xmlns:sl="http://www.kadaster.nl/schemas/standlevering-generiek/1.0" xmlns:Objecten='
    '"www.kadaster.nl/schemas/lvbag/imbag/objecten/v20200601" xmlns:Historie="www.kadaster.nl/schemas/lvbag/imbag/'
    'historie/v20200601" xmlns:ref="www.kadaster.nl/schemas/lvbag/imbag/objecten-ref/v20200601" xmlns:gml='
    '"http://www.opengis.net/gml/3.2" xmlns:x="http://www.kadaster.nl/schemas/lvbag/extract-selecties/v20200601">'
)
INFO = f"<s:bagInfo><x:StandTechnischeDatum>{STAND}</x:StandTechnischeDatum></s:bagInfo>"


def leaf(name: str, value: object) -> str:
    return f"<Objecten:{name}>{value}</Objecten:{name}>"


def ref(name: str, kind: str, *ids: str) -> str:
    return leaf(name, "".join(f"<ref:{kind}Ref>{each}</ref:{kind}Ref>" for each in ids))


def point(x: float, y: float) -> str:
    inside = f"<gml:Point><gml:pos>{X + x} {Y + y} 0.0</gml:pos></gml:Point>"
    return leaf("geometrie", leaf("punt", inside))


def polygon(x: float, y: float) -> str:
    corners = [(x, y), (x + 10, y), (x + 10, y + 4), (x, y + 4), (x, y)]
    positions = " ".join(f"{X + east} {Y + north}" for east, north in corners)
    ring = f'<gml:LinearRing><gml:posList srsDimension="2">{positions}</gml:posList></gml:LinearRing>'
    srs = 'srsName="urn:ogc:def:crs:EPSG::28992"'
    return leaf("geometrie", f"<gml:Polygon {srs}><gml:exterior>{ring}</gml:exterior></gml:Polygon>")


def voorkomen(begin: str = "2010-01-01", end: str = "", *, number: int = 1, closed: str = "", mark: str = "") -> str:
    ended = f"<Historie:eindGeldigheid>{end}</Historie:eindGeldigheid>" if end else ""
    replaced = f"<Historie:eindRegistratie>{closed}T10:00:00.000</Historie:eindRegistratie>" if closed else ""
    marked = f"<Historie:{mark}>2012-01-01T10:00:00.000</Historie:{mark}>" if mark else ""
    return leaf(
        "voorkomen",
        f"<Historie:Voorkomen><Historie:voorkomenidentificatie>{number}</Historie:voorkomenidentificatie>"
        f"<Historie:beginGeldigheid>{begin}</Historie:beginGeldigheid>{ended}"
        f"<Historie:tijdstipRegistratie>{begin}T10:00:00.000</Historie:tijdstipRegistratie>{replaced}"
        f"<Historie:BeschikbaarLV>{marked}</Historie:BeschikbaarLV></Historie:Voorkomen>",
    )


def unit(
    identifier: str = HOME,
    *,
    number: str = NUMBER,
    panden: tuple[str, ...] = (PAND,),
    uses: tuple[str, ...] = ("woonfunctie",),
    area: int = 100,
    status: str = "Verblijfsobject in gebruik",
    place: str = "",
    valid: str = "",
) -> str:
    return leaf(
        "Verblijfsobject",
        ref("heeftAlsHoofdadres", "Nummeraanduiding", number)
        + (valid or voorkomen())
        + leaf("identificatie", identifier)
        + (place or point(0, 0))
        + "".join(leaf("gebruiksdoel", use) for use in uses)
        + leaf("oppervlakte", area)
        + leaf("status", status)
        + ref("maaktDeelUitVan", "Pand", *panden),
    )


def boat(identifier: str = BOAT, *, status: str = "Plaats aangewezen") -> str:
    """A ligplaats with two side addresses."""
    return leaf(
        "Ligplaats",
        ref("heeftAlsHoofdadres", "Nummeraanduiding", BOAT_NUMBER)
        + voorkomen()
        + "<!-- a remark -->"
        + ref("heeftAlsNevenadres", "Nummeraanduiding", "0228200000000998", "0228200000000999")
        + leaf("identificatie", identifier)
        + leaf("status", status)
        + polygon(100, 0),
    )


def number(identifier: str, house: int, *, letter: str = "", postcode: str = "6731AA", valid: str = "") -> str:
    return leaf(
        "Nummeraanduiding",
        leaf("identificatie", identifier)
        + leaf("huisnummer", house)
        + (leaf("huisletter", letter) if letter else "")
        + (leaf("postcode", postcode) if postcode else "")
        + leaf("status", "Naamgeving uitgegeven")
        + (valid or voorkomen())
        + ref("ligtAan", "OpenbareRuimte", STREET),
    )


def street(identifier: str = STREET, name: str = "Dorpsstraat") -> str:
    within = ref("ligtIn", "Woonplaats", "1234")
    return leaf("OpenbareRuimte", leaf("identificatie", identifier) + leaf("naam", name) + within + voorkomen())


def town() -> str:
    return leaf("Woonplaats", leaf("identificatie", "1234") + leaf("naam", "Otterlo") + voorkomen())


def pand(identifier: str = PAND, year: int = 1950, *, status: str = "Pand in gebruik", valid: str = "") -> str:
    described = leaf("oorspronkelijkBouwjaar", year) + leaf("status", status)
    return leaf("Pand", leaf("identificatie", identifier) + described + (valid or voorkomen()))


PARTS: Mapping[str, str] = {
    "VBO": unit() + unit(SHOP, number=SHOP_NUMBER, uses=("winkelfunctie", "kantoorfunctie"), place=point(20, 0)),
    "LIG": boat(),
    "NUM": number(NUMBER, 12, letter="A") + number(SHOP_NUMBER, 14) + number(BOAT_NUMBER, 1, postcode=""),
    "OPR": street() + street(OTHER_STREET, "Brink"),
    "WPL": town(),
    "PND": pand() + pand(SHED, 9999),
}
"""A home, a shop and a houseboat in one street."""


def document(objects: str, info: str = INFO) -> bytes:
    return f"{HEAD}{info}<sl:standBestand><sl:stand>{objects}</sl:stand></sl:standBestand></s:bagStand>".encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content)
    return memory.getvalue()


def write_extract(path: Path, parts: Mapping[str, str] = PARTS, *, info: str = INFO, beside: Any = None) -> Path:
    """An Extract as one zip of zips."""
    inner = {
        f"9999{code}01012025.zip": zipped({f"0228{code}01012025-000001.xml": document(objects, info)})
        for code, objects in parts.items()
    }
    path.write_bytes(zipped(inner | (beside or {})))
    return path


def write_unpacked(folder: Path, parts: Mapping[str, str] = PARTS) -> Path:
    """An Extract whose parts lie in a folder as XML."""
    folder.mkdir(exist_ok=True)
    for code, objects in parts.items():
        (folder / f"0228{code}01012025-000001.xml").write_bytes(document(objects))
    return folder


WFS = {
    "identificatie": HOME,
    "oppervlakte": 100,
    "status": "Verblijfsobject in gebruik",
    "gebruiksdoel": "woonfunctie",
    "openbare_ruimte": "Dorpsstraat",
    "huisnummer": 12,
    "huisletter": "A",
    "toevoeging": None,
    "postcode": "6731AA",
    "woonplaats": "Otterlo",
    "bouwjaar": 1950,
    "pandidentificatie": PAND,
    "pandstatus": "Pand in gebruik",
}
"""Properties of a verblijfsobject in the WFS."""

RD = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}


def feature(properties: Mapping[str, Any], coordinates: tuple[float, float] = (X, Y)) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": list(coordinates)}
    return {"type": "Feature", "id": "verblijfsobject.1", "geometry": place, "properties": dict(properties)}


def write_page(path: Path, features: list[dict[str, Any]], **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), encoding="utf-8")
    return path
