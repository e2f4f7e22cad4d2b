"""One KLIC delivery as IMKL writes it: cables and points as plain records, and what the delivery says of itself.

In: the XML of a delivery as a stream. Out: a `Delivery`. Names are read whatever their namespace, so that IMKL 2.0 and
its forerunner 1.2 are read alike. Only an `Elektriciteitskabel` is a cable; its geometry stands in the `UtilityLink`s
that it refers to. Content is confidential: no message here shows an id or a coordinate.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

import numpy as np
import shapely
from lxml import etree

from laadplan.errors import BadInput, WrongCrs
from laadplan.ingest.xml import elements, local_name

MEMBERS = ("featureMember", "featureMembers", "member")
HREF = "{http://www.w3.org/1999/xlink}href"
GML_ID = "{http://www.opengis.net/gml/3.2}id"
NAMESPACE = "http://www.geostandaarden.nl/imkl/"
"""How every version's namespace begins."""

CURRENT = "http://www.geostandaarden.nl/imkl/wibon"
"""Namespace of IMKL 2.0."""

NO_CABLES = ("Kabelbed", "Duct", "Mantelbuis")
"""Objects that lie along electricity cables and would count their length again."""

POINTS = ("Appurtenance", "Kast", "TechnischGebouw")

_AGAIN = "Download the delivery again."


@dataclass
class Delivery:
    """What one delivery holds; `cables` and `points` are records by the names of IMKL, with their geometry."""

    where: str
    number: str = ""
    request_kind: str = ""
    requested_on: date | None = None
    delivered_on: date | None = None
    complete: bool = True
    namespaces: frozenset[str] = frozenset()
    cables: list[dict[str, Any]] = field(default_factory=list)
    points: list[dict[str, Any]] = field(default_factory=list)
    links: dict[str, list[shapely.LineString]] = field(default_factory=dict)
    themes: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)


def read_delivery(stream: IO[bytes], where: str) -> Delivery:
    """The delivery in a stream of XML.

    Raises
    ------
    BadInput
        It is not whole XML, or no IMKL, or a geometry cannot be read.
    WrongCrs
        A geometry is not in RD New.
    """
    delivery = Delivery(where)
    for member in elements(stream, MEMBERS, where, roots=("FeatureCollection",)):
        delivery.namespaces |= {name for name in member.nsmap.values() if name.startswith(NAMESPACE)}
        for feature in member.iterchildren(tag=etree.Element):
            _take(delivery, feature)
    if not delivery.namespaces:
        raise BadInput("The file holds no IMKL.", where=where, todo="Deliver the XML or the zip of a KLIC delivery.")
    for cable in delivery.cables:
        found = [delivery.links[link] for link in cable.pop("links") if link in delivery.links]
        cable["pieces"] = [line for lines in found for line in lines if line.length > 0]
    return delivery


def _take(delivery: Delivery, feature: etree._Element) -> None:
    name = local_name(feature)
    taker = TAKERS.get(name)
    if taker is not None:
        taker(delivery, feature)
    elif name in POINTS:
        delivery.points.append(_object(feature) | {"object": name, "point": _point(feature, delivery.where)})
    else:
        delivery.others[name] += 1


def _take_cable(delivery: Delivery, feature: etree._Element) -> None:
    cable = _object(feature) | {
        "voltage_v": _voltage(feature, "operatingVoltage"),
        "nominal_voltage_v": _voltage(feature, "nominalVoltage"),
        "links": [_href(item) for item in feature.iterchildren(tag=etree.Element) if local_name(item) == "link"],
    }
    delivery.cables.append(cable)


def _take_link(delivery: Delivery, feature: etree._Element) -> None:
    delivery.links[_id(feature)] = _lines(feature, delivery.where)


def _take_network(delivery: Delivery, feature: etree._Element) -> None:
    delivery.themes[_id(feature)] = _code(feature, "thema")


def _take_owner(delivery: Delivery, feature: etree._Element) -> None:
    names = [item.text for item in feature.iter(tag=etree.Element) if local_name(item) == "naam" and item.text]
    code = _text(feature, "bronhoudercode") or owner_code(_id(feature))
    if names:
        delivery.owners[code] = str(names[0]).strip()


def _take_delivery(delivery: Delivery, feature: etree._Element) -> None:
    delivery.delivered_on = _day(_text(feature, "datumLeveringSamengesteld"))
    delivery.complete = _text(feature, "indicatieLeveringCompleet") != "false"


def _take_request(delivery: Delivery, feature: etree._Element) -> None:
    delivery.number = _text(feature, "klicMeldnummer")
    delivery.request_kind = _code(feature, "aanvraagSoort")
    delivery.requested_on = _day(_text(feature, "aanvraagDatum"))


TAKERS: dict[str, Callable[[Delivery, etree._Element], None]] = {
    "Elektriciteitskabel": _take_cable,
    "UtilityLink": _take_link,
    "Utiliteitsnet": _take_network,
    "Beheerder": _take_owner,
    "GebiedsinformatieLevering": _take_delivery,
    "GebiedsinformatieAanvraag": _take_request,
}
"""Object type to what takes it into the delivery."""


def owner_code(identifier: str) -> str:
    """The code of the owner in an id: four digits after KL, GM or another pair of letters.

    >>> owner_code("nl.imkl-KL1031.EKBL_12")
    'KL1031'
    """
    return identifier.rpartition("nl.imkl-")[2].partition(".")[0]


def _object(feature: etree._Element) -> dict[str, Any]:
    """What cables and points have in common."""
    local = next((item.text for item in feature.iter(tag=etree.Element) if local_name(item) == "localId"), None)
    return {
        "id": (local or _id(feature).rpartition("nl.imkl-")[2]).strip(),
        "network": _code(feature, "inNetwork", whole=True),
        "status": _code(feature, "currentStatus"),
        "type": _code(feature, "appurtenanceType"),
        "label": _text(feature, "label"),
        "description": _text(feature, "omschrijving"),
        "registered_on": (_text(feature, "beginLifespanVersion") or _text(feature, "validFrom"))[:10],
    }


def _id(feature: etree._Element) -> str:
    return feature.get(GML_ID) or ""


def _href(item: etree._Element) -> str:
    return (item.get(HREF) or "").removeprefix("#")


def _child(feature: etree._Element, name: str) -> etree._Element | None:
    return next((item for item in feature.iterchildren(tag=etree.Element) if local_name(item) == name), None)


def _text(feature: etree._Element, name: str) -> str:
    item = _child(feature, name)
    return "" if item is None else (item.text or "").strip()


def _code(feature: etree._Element, name: str, *, whole: bool = False) -> str:
    """A code from a list: the end of what the child refers to, or its text."""
    item = _child(feature, name)
    if item is None:
        return ""
    found = _href(item) or (item.text or "").strip()
    return found if whole else found.rpartition("/")[2]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _voltage(feature: etree._Element, name: str) -> float:
    """Voltage in V; not a number where it is 0, negative or no number: the owner does not know it."""
    item = _child(feature, name)
    try:
        value = float((item.text or "") if item is not None else "")
    except ValueError:
        return float("nan")
    if item is not None and (item.get("uom") or "").endswith(":kV"):
        value *= 1000
    return value if 0 < value < float("inf") else float("nan")


def _lines(feature: etree._Element, where: str) -> list[shapely.LineString]:
    _refuse_other_crs(feature, where)
    found = [_numbers(item, where) for item in feature.iter(tag=etree.Element) if local_name(item) == "posList"]
    if not found:
        points = [_numbers(item, where) for item in feature.iter(tag=etree.Element) if local_name(item) == "pos"]
        found = [np.concatenate(points)] if points else []
    if any(local_name(item) in ("Arc", "ArcString", "Circle") for item in feature.iter(tag=etree.Element)):
        raise BadInput("A cable has a curve with an arc, which laadplan cannot read.", where=where, todo=_AGAIN)
    if any(len(numbers) < 2 for numbers in found):
        raise BadInput("A line has fewer than two points.", where=where, todo=_AGAIN)
    return [shapely.LineString(numbers) for numbers in found]


def _point(feature: etree._Element, where: str) -> shapely.Point | None:
    _refuse_other_crs(feature, where)
    for item in feature.iter(tag=etree.Element):
        if local_name(item) == "pos":
            return shapely.Point(_numbers(item, where)[0])
    return None


def _numbers(item: etree._Element, where: str) -> np.ndarray:
    """The coordinates under an element (n, 2); of three dimensions the third is left out."""
    holder = next((each for each in [item, *item.iterancestors()] if each.get("srsDimension")), None)
    size = 3 if holder is not None and holder.get("srsDimension") == "3" else 2
    try:
        numbers = np.array((item.text or "").split(), dtype=float)
    except ValueError:
        numbers = np.array([])
    if not len(numbers) or len(numbers) % size or not np.isfinite(numbers).all():
        raise BadInput("The coordinates of an object cannot be read.", where=where, todo=_AGAIN)
    return numbers.reshape(-1, size)[:, :2]


def _refuse_other_crs(feature: etree._Element, where: str) -> None:
    for item in feature.iter(tag=etree.Element):
        name = item.get("srsName")
        if name and not name.endswith((":28992", "/28992", "#28992")):
            words = f"A geometry is in {name[:60]}, not in RD New (EPSG:28992)."
            raise WrongCrs(words, where=where, todo="Deliver the KLIC delivery as the Kadaster made it.")
