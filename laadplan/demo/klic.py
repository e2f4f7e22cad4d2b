"""KLIC deliveries of the demo town in IMKL 2.0, cut at the border of what was asked for, as the Kadaster does.

In: the whole town. Out: the text of a delivery. Traps of real ones are in it: a Kabelbed along every cable, a station
drawn once per voltage, unknown voltages written as 0, cables out of use, lighting of 230 V owned by the municipality,
connections of gas, and everything in a delivery that belongs to other nets. EPSG:28992, millimetres.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point, Polygon

from laadplan.demo.every_files import zipped
from laadplan.demo.grid import LOW_V, STATION
from laadplan.demo.model import Cable
from laadplan.demo.names import MUNICIPALITY, hashed
from laadplan.demo.whole import Whole

OPERATOR, GEMEENTE = "KL9999", f"GM{MUNICIPALITY}"
"""Codes of the owners; neither is issued."""

UNKNOWN_SHARE, OLD_SHARE, LIGHTING_SHARE = 0.06, 0.04, 0.10
"""Shares of the cables with an unknown voltage, with a dead one beside them, and with lighting beside them."""

OLD_BESIDE_M, LIGHTING_BESIDE_M = 0.4, 0.3

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:imkl="http://www.geostandaarden.nl/imkl/wibon"'
    ' xmlns:net="http://inspire.ec.europa.eu/schemas/net/4.0"'
    ' xmlns:base="http://inspire.ec.europa.eu/schemas/base/3.3"'
    ' xmlns:us-net-el="http://inspire.ec.europa.eu/schemas/us-net-el/4.0"'
    ' xmlns:us-net-common="http://inspire.ec.europa.eu/schemas/us-net-common/4.0" gml:id="levering">\n'
)
_TAIL = "</gml:FeatureCollection>\n"
_CODES = "http://definities.geostandaarden.nl/imkl2015/id/waarde"
_SRS = ' srsName="urn:ogc:def:crs:EPSG::28992"'

THEMES = {"LS": "laagspanning", "MS": "middenspanning", "G": "gasLageDruk", "W": "water"}
"""Nets of the operator in a delivery."""


@dataclass(frozen=True)
class Request:
    """A request and what was delivered for it, within `polygon`."""

    number: str
    kind: str
    delivered_on: str
    polygon: Polygon


def write_delivery(whole: Whole, request: Request, folder: Path) -> Path:
    """Writes the zip of a delivery below the folder; equal towns give equal bytes."""
    path = folder / f"Levering_{request.number}_1.zip"
    stem = f"{request.number}_1/GI_gebiedsinformatielevering_{request.number}_1_V2.xml"
    letter = {f"{request.number}_1/LI.pdf": b"%PDF-1.4\n"}
    path.write_bytes(zipped(letter | {stem: delivery_text(whole, request).encode()}))
    return path


def delivery_text(whole: Whole, request: Request) -> str:
    """The XML of a delivery."""
    members = [*_account(request), *_owners(whole), *_nets(), *_cables(whole, request), *_points(whole, request)]
    return _HEAD + "".join(f"<gml:featureMember>{member}</gml:featureMember>\n" for member in members) + _TAIL


def main_id(cable: Cable) -> str:
    """The id of a cable of the model in a delivery."""
    return f"{OPERATOR}.EKBL_{cable.local_id}"


def _account(request: Request) -> Iterator[str]:
    yield (
        '<imkl:GebiedsinformatieLevering gml:id="nl.imkl-KA0000._Levering"><imkl:datumLeveringSamengesteld>'
        f"{request.delivered_on}T08:00:00.000+01:00</imkl:datumLeveringSamengesteld>"
        "<imkl:indicatieLeveringCompleet>true</imkl:indicatieLeveringCompleet></imkl:GebiedsinformatieLevering>"
    )
    yield (
        '<imkl:GebiedsinformatieAanvraag gml:id="nl.imkl-KA0000._Aanvraag">'
        f"<imkl:klicMeldnummer>{request.number}</imkl:klicMeldnummer>"
        f'<imkl:aanvraagSoort xlink:href="{_CODES}/AanvraagSoortValue/{request.kind}"/>'
        f"<imkl:aanvraagDatum>{request.delivered_on}T07:00:00.000+01:00</imkl:aanvraagDatum>"
        "</imkl:GebiedsinformatieAanvraag>"
    )


def _owners(whole: Whole) -> Iterator[str]:
    for code, name in ((OPERATOR, "Demo-Netbeheer"), (GEMEENTE, f"Gemeente {whole.town.name}")):
        yield (
            f'<imkl:Beheerder gml:id="nl.imkl-{code}._Beheerder"><imkl:bronhoudercode>{code}</imkl:bronhoudercode>'
            f"<imkl:organisatie><imkl:Organisatie><imkl:naam>{name}</imkl:naam></imkl:Organisatie>"
            "</imkl:organisatie></imkl:Beheerder>"
        )


def _nets() -> Iterator[str]:
    for owner, net in (*((OPERATOR, net) for net in THEMES), (GEMEENTE, "LS")):
        thema = f'<imkl:thema xlink:href="{_CODES}/Thema/{THEMES[net]}"/>'
        yield f'<imkl:Utiliteitsnet gml:id="nl.imkl-{owner}.{net}">{thema}</imkl:Utiliteitsnet>'


def _cables(whole: Whole, request: Request) -> Iterator[str]:
    shapely.prepare(request.polygon)
    for quarter in whole.quarters:
        for cable in quarter.grid.cables:
            if not request.polygon.intersects(cable.line):
                continue
            write = partial(_cable_with_links, polygon=request.polygon)
            net = "LS" if cable.voltage_v == LOW_V else "MS"
            words = "Laagspanningskabel met functie LS" if net == "LS" else "Middenspanningskabel met functie MS"
            chance = int(hashed(whole.town.seed, "klic", cable.local_id)[:6], 16) / 0x1000000
            known = str(cable.voltage_v) if chance > UNKNOWN_SHARE else "0"
            yield from write(main_id(cable), cable.line, f"{OPERATOR}.{net}", known, str(cable.voltage_v), words)
            yield from write(f"{OPERATOR}.KBED_{cable.local_id}", cable.line, f"{OPERATOR}.{net}", kind="Kabelbed")
            yield from _beside(cable, chance, request.polygon) if net == "LS" else ()


def _beside(cable: Cable, chance: float, polygon: Polygon) -> Iterator[str]:
    """A dead cable or one for lighting beside some."""
    write = partial(_cable_with_links, polygon=polygon)
    if chance > 1 - OLD_SHARE:
        line = cable.line.offset_curve(OLD_BESIDE_M)
        words = "Laagspanningskabel met functie LS"
        yield from write(f"{OPERATOR}.EKBL_oud_{cable.local_id}", line, f"{OPERATOR}.LS", "0", "400", words, "disused")
    elif chance > 1 - OLD_SHARE - LIGHTING_SHARE:
        line = cable.line.offset_curve(-LIGHTING_BESIDE_M)
        yield from write(f"{GEMEENTE}.{cable.local_id}", line, f"{GEMEENTE}.LS", "230", "230")


def _cable_with_links(
    name: str,
    line: LineString | MultiLineString,
    net: str,
    volt: str = "",
    nominal: str = "",
    description: str = "",
    status: str = "functional",
    *,
    polygon: Polygon,
    kind: str = "Elektriciteitskabel",
) -> Iterator[str]:
    """The object and the link of every piece of it within the polygon."""
    pieces = [piece for piece in shapely.get_parts(line.intersection(polygon)) if piece.length > 0]
    pieces = [piece for piece in pieces if piece.geom_type == "LineString"]
    if not pieces:
        return
    links = "".join(f'<net:link xlink:href="nl.imkl-{name}_{number}"/>' for number in range(len(pieces)))
    uom = ' uom="urn:ogc:def:uom:OGC::V"'
    voltage = f"<us-net-el:operatingVoltage{uom}>{volt}</us-net-el:operatingVoltage>" if volt else ""
    voltage += f"<us-net-el:nominalVoltage{uom}>{nominal}</us-net-el:nominalVoltage>" if nominal else ""
    words = f"<imkl:omschrijving>{description}</imkl:omschrijving>" if description else ""
    content = f"{_begin(name, net)}{links}{_status(status)}{voltage}{words}"
    yield f'<imkl:{kind} gml:id="nl.imkl-{name}">{content}</imkl:{kind}>'
    for number, piece in enumerate(pieces):
        yield (
            f'<us-net-common:UtilityLink gml:id="nl.imkl-{name}_{number}"><net:centrelineGeometry>'
            f"<gml:LineString{_SRS}><gml:posList>{_positions(piece)}</gml:posList></gml:LineString>"
            "</net:centrelineGeometry></us-net-common:UtilityLink>"
        )


def _begin(name: str, net: str) -> str:
    return (
        "<net:beginLifespanVersion>2019-01-01T00:00:00</net:beginLifespanVersion><net:inspireId><base:Identifier>"
        f"<base:localId>{name}</base:localId><base:namespace>nl.imkl</base:namespace></base:Identifier>"
        f'</net:inspireId><net:inNetwork xlink:href="nl.imkl-{net}"/>'
    )


def _status(status: str) -> str:
    code = f"http://inspire.ec.europa.eu/codelist/ConditionOfFacilityValue/{status}"
    return f'<us-net-common:currentStatus xlink:href="{code}"/>'


def _points(whole: Whole, request: Request) -> Iterator[str]:
    inside = partial(shapely.intersects, request.polygon)
    for quarter in whole.quarters:
        for place in quarter.grid.installations:
            if not inside(place.point):
                continue
            if place.kind == STATION:
                for net in ("LS", "MS"):
                    name = f"{OPERATOR}.TGBW_{net}_{place.local_id}"
                    yield _point(name, "TechnischGebouw", place.point, net, "", "Netstation")
            else:
                yield _point(f"{OPERATOR}.KAST_{place.local_id}", "Kast", place.point, "LS", "", "Verdeelkast")
        points = [address.point for address in quarter.addresses]
        for row in np.flatnonzero(inside(np.array(points, dtype=object))) if points else ():
            address = quarter.addresses[row]
            for net in ("LS", "G"):
                name = f"{OPERATOR}.APPU_{net}_{address.number_id}"
                yield _point(name, "Appurtenance", address.point, net, "deliveryPoint", "Huisaansluiting")
            yield _point(f"{OPERATOR}.APPU_W_{address.number_id}", "Appurtenance", address.point, "W", "overig", "")


def _point(name: str, kind: str, place: Point, net: str, type_: str, description: str) -> str:
    code = f'<us-net-common:appurtenanceType xlink:href="{_CODES}/x/{type_}"/>' if type_ else ""
    return (
        f'<imkl:{kind} gml:id="nl.imkl-{name}">{_begin(name, f"{OPERATOR}.{net}")}{_status("functional")}'
        f"<us-net-common:geometry><gml:Point{_SRS}><gml:pos>{_positions(place)}</gml:pos></gml:Point>"
        f"</us-net-common:geometry>{code}<imkl:omschrijving>{description}</imkl:omschrijving></imkl:{kind}>"
    )


def _positions(shape: LineString | Point) -> str:
    return " ".join(f"{number:.3f}" for number in shapely.get_coordinates(shape).ravel())
