"""The BAG of the demo town as an Extract 2.0: zips of XML in a zip, every object once per voorkomen.

In: the rows of the light GeoPackage. Out: the bytes of the zip. It holds what the real one does and a reader must not
count: voorkomens that have ended, withdrawn objects, side addresses, and the parts InOnderzoek and NietBag.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.demo.every_files import zipped
from laadplan.demo.names import MUNICIPALITY, bag_id

Write = Callable[[Mapping[Any, Any], int], str]
"""Writes a row, given its number."""

MAIN = "nummeraanduiding_hoofdadres_identificatie"
"""Column with the id of the main address."""

STAND_ON = "2025-01-01"
"""Day of the delivery."""

DELIVERED = "01012025"
"""The same in names of files."""

FIRST_ON, CHANGED_ON = "2010-03-01", "2018-06-01"
"""Begin of the first voorkomen, and of the second where there are two."""

CHANGED_EVERY = 5
"""One object in so many has a voorkomen that has ended."""

WITHDRAWN_EVERY = 50
WITHDRAWN_FROM = 9_000_000_000
"""One verblijfsobject in so many stands beside one that was withdrawn, with a serial of its own."""

SIDE_FROM = 9_100_000_000
"""Serials of side addresses: each berth has one."""


_LVBAG = "www.kadaster.nl/schemas/lvbag/imbag"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<sl-bag-extract:bagStand xmlns:Objecten="{_LVBAG}/objecten/v20200601" '
    f'xmlns:Objecten-ref="{_LVBAG}/objecten-ref/v20200601" xmlns:Historie="{_LVBAG}/historie/v20200601" '
    f'xmlns:KenmerkInOnderzoek="{_LVBAG}/kenmerkinonderzoek/v20200601" xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:selecties-extract="http://www.kadaster.nl/schemas/lvbag/extract-selecties/v20200601" '
    'xmlns:sl-bag-extract="http://www.kadaster.nl/schemas/lvbag/extract-deelbestand-lvc/v20200601" '
    'xmlns:sl="http://www.kadaster.nl/schemas/standlevering-generiek/1.0">\n'
    "<sl-bag-extract:bagInfo><selecties-extract:LVC-Extract><selecties-extract:StandTechnischeDatum>"
    f"{STAND_ON}</selecties-extract:StandTechnischeDatum></selecties-extract:LVC-Extract></sl-bag-extract:bagInfo>\n"
    "<sl:standBestand><sl:dataset>LVBAG</sl:dataset><sl:inhoud><sl:objectTypen><sl:objectType>{code}</sl:objectType>"
    "</sl:objectTypen></sl:inhoud>\n"
)
_BEFORE = "<sl:stand><sl-bag-extract:bagObject>"
_AFTER = "</sl-bag-extract:bagObject></sl:stand>\n"
_TAIL = "</sl:standBestand>\n</sl-bag-extract:bagStand>\n"

_LETTER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<xb:BAG-Extract-Levering xmlns:xb="http://www.kadaster.nl/schemas/lvbag/extract-levering/v20200601" '
    'xmlns:selecties-extract="http://www.kadaster.nl/schemas/lvbag/extract-selecties/v20200601"><xb:SelectieGegevens>'
    f"<selecties-extract:StandTechnischeDatum>{STAND_ON}</selecties-extract:StandTechnischeDatum>"
    "</xb:SelectieGegevens></xb:BAG-Extract-Levering>\n"
)


def extract(layers: Mapping[str, gpd.GeoDataFrame]) -> bytes:
    """The whole delivery as one zip, equal for equal layers."""
    units, pitches, berths = layers["verblijfsobject"], layers["standplaats"], layers["ligplaats"]
    places = pd.concat([units, pitches, berths])
    parts = {
        "VBO": [*_each(units, _unit), *_withdrawn(units)],
        "STA": list(_each(pitches, lambda row, _: _place(row, "Standplaats"))),
        "LIG": list(_each(berths, lambda row, _: _place(row, "Ligplaats"))),
        "NUM": [*_each(places, _number), *map(_side, berths.to_dict("records"))],
        "OPR": list(_each(places.drop_duplicates("openbare_ruimte_identificatie"), _street)),
        "WPL": list(_each(layers["woonplaats"], _town)),
        "PND": list(_each(layers["pand"], _building)),
    }
    inner = {f"9999{code}{DELIVERED}.zip": _part(MUNICIPALITY, code, objects) for code, objects in parts.items()}
    aside = _unit(units.iloc[0].to_dict() | {"identificatie": bag_id("01", WITHDRAWN_FROM - 1)}, 0)
    not_bag = aside.replace(
        "</Historie:tijdstipRegistratieLV>",
        "</Historie:tijdstipRegistratieLV>" + _leaf("Historie:tijdstipNietBagLV", "2012-04-19T17:11:30.432"),
    )
    inner[f"9999NietBag{DELIVERED}.zip"] = zipped(
        {f"{MUNICIPALITY}NBVBO{DELIVERED}.zip": _part(f"{MUNICIPALITY}NB", "VBO", [not_bag])}
    )
    inner[f"9999InOnderzoek{DELIVERED}.zip"] = zipped(
        {f"{MUNICIPALITY}IOVBO{DELIVERED}.zip": _part(f"{MUNICIPALITY}IO", "VBO", [_doubted(units.iloc[0].to_dict())])}
    )
    return zipped(inner | {"Leveringsdocument-BAG-Extract.xml": _LETTER.encode()})


def _part(prefix: str, code: str, objects: Iterable[str]) -> bytes:
    stands = "".join(
        f"<sl:stand><sl-bag-extract:bagObject>{each}</sl-bag-extract:bagObject></sl:stand>\n" for each in objects
    )
    document = _HEAD.replace("{code}", code) + stands + _TAIL
    return zipped({f"{prefix}{code}{DELIVERED}-000001.xml": document.encode()})


def _each(rows: pd.DataFrame, write: Write) -> Iterable[str]:
    for number, row in enumerate(rows.to_dict("records")):
        yield write(row, number)


def _unit(row: Mapping[Any, Any], number: int) -> str:
    """A verblijfsobject; one in so many was smaller before."""

    def version(status: object, area: int, voorkomen: str) -> str:
        x, y = shapely.get_coordinates(row["geometry"])[0]
        point = _leaf("gml:pos", f"{x:.3f} {y:.3f} 0.0")
        srs = f'srsName="urn:ogc:def:crs:EPSG::28992" srsDimension="3" gml:id="VBO_{row["identificatie"]}_1"'
        uses = "".join(_leaf("Objecten:gebruiksdoel", use) for use in str(row["gebruiksdoel"]).split(","))
        pand = _reference("Objecten:maaktDeelUitVan", "Pand", row["pand_identificatie"])
        inside = (
            _reference("Objecten:heeftAlsHoofdadres", "Nummeraanduiding", row[MAIN])
            + voorkomen
            + _leaf("Objecten:identificatie", row["identificatie"])
            + f"<Objecten:geometrie><Objecten:punt><gml:Point {srs}>{point}"
            + "</gml:Point></Objecten:punt></Objecten:geometrie>"
            + uses
            + _leaf("Objecten:oppervlakte", area)
            + _leaf("Objecten:status", status)
            + pand
        )
        return f"<Objecten:Verblijfsobject>{inside}</Objecten:Verblijfsobject>"

    area = int(str(row["oppervlakte"]))
    if number % CHANGED_EVERY:
        return version(row["status"], area, _voorkomen(1, FIRST_ON))
    before = version("Verblijfsobject gevormd", area + 1, _voorkomen(1, FIRST_ON, CHANGED_ON))
    return _two(before, version(row["status"], area, _voorkomen(2, CHANGED_ON)))


def _two(before: str, after: str) -> str:
    """Two voorkomens, each an object of its own in the file."""
    return f"{before}{_AFTER}{_BEFORE}{after}"


def _withdrawn(units: pd.DataFrame) -> Iterable[str]:
    for number, row in enumerate(units.to_dict("records")[::WITHDRAWN_EVERY]):
        gone = {"identificatie": bag_id("01", WITHDRAWN_FROM + number), "status": "Verblijfsobject ingetrokken"}
        yield _unit(row | gone, 1)


def _place(row: Mapping[Any, Any], tag: str) -> str:
    """A berth or a pitch: a polygon; a berth has a side address."""
    shape = row["geometry"]
    coordinates = " ".join(f"{value:.3f}" for value in shapely.get_coordinates(shape).ravel())
    srs = f'srsName="urn:ogc:def:crs:EPSG::28992" srsDimension="2" gml:id="{tag[:3].upper()}_{row["identificatie"]}_1"'
    ring = f"<gml:exterior><gml:LinearRing>{_leaf('gml:posList', coordinates)}</gml:LinearRing></gml:exterior>"
    side = _reference("Objecten:heeftAlsNevenadres", "Nummeraanduiding", _side_id(row)) if tag == "Ligplaats" else ""
    inside = (
        _reference("Objecten:heeftAlsHoofdadres", "Nummeraanduiding", row[MAIN])
        + _voorkomen(1, FIRST_ON)
        + side
        + _leaf("Objecten:identificatie", row["identificatie"])
        + _leaf("Objecten:status", row["status"])
        + f"<Objecten:geometrie><gml:Polygon {srs}>{ring}</gml:Polygon></Objecten:geometrie>"
    )
    return f"<Objecten:{tag}>{inside}</Objecten:{tag}>"


def _number(row: Mapping[Any, Any], number: int) -> str:
    """A nummeraanduiding; one in so many had another postcode before."""

    def version(postcode: object, voorkomen: str) -> str:
        inside = (
            _leaf("Objecten:identificatie", row[MAIN])
            + _leaf("Objecten:huisnummer", row["huisnummer"])
            + _leaf("Objecten:huisletter", row["huisletter"])
            + _leaf("Objecten:huisnummertoevoeging", row["toevoeging"])
            + _leaf("Objecten:postcode", postcode)
            + _leaf("Objecten:status", "Naamgeving uitgegeven")
            + voorkomen
            + _reference("Objecten:ligtAan", "OpenbareRuimte", row["openbare_ruimte_identificatie"])
        )
        return f"<Objecten:Nummeraanduiding>{inside}</Objecten:Nummeraanduiding>"

    if number % CHANGED_EVERY:
        return version(row["postcode"], _voorkomen(1, FIRST_ON))
    return _two(
        version("1000ZZ", _voorkomen(1, FIRST_ON, CHANGED_ON)), version(row["postcode"], _voorkomen(2, CHANGED_ON))
    )


def _side(row: Mapping[Any, Any]) -> str:
    return _number({**row, MAIN: _side_id(row), "toevoeging": "NEVEN"}, 1)


def _side_id(row: Mapping[Any, Any]) -> str:
    return bag_id("20", SIDE_FROM + int(str(row["identificatie"])[-8:]))


def _street(row: Mapping[Any, Any], _: int) -> str:
    inside = (
        _leaf("Objecten:identificatie", row["openbare_ruimte_identificatie"])
        + _leaf("Objecten:naam", row["openbare_ruimte_naam"])
        + _leaf("Objecten:type", "Weg")
        + _reference("Objecten:ligtIn", "Woonplaats", row["woonplaats_identificatie"])
        + _voorkomen(1, FIRST_ON)
    )
    return f"<Objecten:OpenbareRuimte>{inside}</Objecten:OpenbareRuimte>"


def _town(row: Mapping[Any, Any], _: int) -> str:
    named = _leaf("Objecten:identificatie", row["identificatie"]) + _leaf("Objecten:naam", row["woonplaats"])
    return f"<Objecten:Woonplaats>{named}{_voorkomen(1, FIRST_ON)}</Objecten:Woonplaats>"


def _building(row: Mapping[Any, Any], number: int) -> str:
    """A pand; of one in so many the year was not known before."""

    def version(year: object, voorkomen: str) -> str:
        inside = (
            _leaf("Objecten:identificatie", row["identificatie"])
            + _leaf("Objecten:oorspronkelijkBouwjaar", year)
            + _leaf("Objecten:status", row["status"])
            + voorkomen
        )
        return f"<Objecten:Pand>{inside}</Objecten:Pand>"

    if number % CHANGED_EVERY:
        return version(row["bouwjaar"], _voorkomen(1, FIRST_ON))
    return _two(version(9999, _voorkomen(1, FIRST_ON, CHANGED_ON)), version(row["bouwjaar"], _voorkomen(2, CHANGED_ON)))


def _doubted(row: Mapping[Any, Any]) -> str:
    """What is said of an object whose floor area is being looked into: no object itself."""
    inside = _leaf("KenmerkInOnderzoek:kenmerk", "oppervlakte") + _leaf(
        "KenmerkInOnderzoek:identificatieVanVerblijfsobject", row["identificatie"]
    )
    name = "KenmerkInOnderzoek:KenmerkVerblijfsobjectInOnderzoek"
    return f"<{name}>{inside}</{name}>"


def _voorkomen(number: int, begin: str, end: str = "") -> str:
    """A stretch of validity; an `end` is that of the registration too."""
    closed = _leaf("Historie:eindRegistratie", f"{end}T10:00:00.000") if end else ""
    registered = _leaf("Historie:tijdstipRegistratieLV", f"{begin}T10:30:00.000")
    inside = (
        _leaf("Historie:voorkomenidentificatie", number)
        + _leaf("Historie:beginGeldigheid", begin)
        + _leaf("Historie:eindGeldigheid", end)
        + _leaf("Historie:tijdstipRegistratie", f"{begin}T10:00:00.000")
        + closed
        + f"<Historie:BeschikbaarLV>{registered}</Historie:BeschikbaarLV>"
    )
    return f"<Objecten:voorkomen><Historie:Voorkomen>{inside}</Historie:Voorkomen></Objecten:voorkomen>"


def _reference(name: str, kind: str, identifier: object) -> str:
    return f"<{name}>{_leaf(f'Objecten-ref:{kind}Ref', identifier)}</{name}>"


def _leaf(name: str, value: Any) -> str:
    """An element with a text; nothing where there is no value."""
    return "" if pd.isna(value) or value == "" else f"<{name}>{escape(str(value))}</{name}>"
