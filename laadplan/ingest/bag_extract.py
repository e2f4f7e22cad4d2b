"""The BAG Extract 2.0: a zip of zips of XML, with every object once per voorkomen.

In: the Extract as one zip, or a folder with its parts. Out: one row per object that is valid on a day: what it is,
where it lies, its address and its buildings. Objects in the area are found first; of the other files only what these
refer to is kept, so that memory grows with the area. A zip inside the zip is held in memory, one at a time. What lies
in the parts InOnderzoek, Inactief and NietBag is not read: it repeats objects, or holds none of the BAG.
"""

import hashlib
import re
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

import numpy as np
import shapely
from lxml import etree

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.bag_columns import inner_points
from laadplan.ingest.files import Archive, opened_zip
from laadplan.ingest.gml import point, polygons
from laadplan.ingest.xml import elements, local_name

KINDS = {"VBO": "Verblijfsobject", "LIG": "Ligplaats", "STA": "Standplaats"}
"""Code of a file to the element of what has an address."""

OTHERS = {"NUM": "Nummeraanduiding", "OPR": "OpenbareRuimte", "WPL": "Woonplaats", "PND": "Pand"}
"""Code of a file to the element of what these refer to."""

PART = re.compile(r"(?<![A-Z])(VBO|LIG|STA|NUM|OPR|WPL|PND)\d{8}(-\d+)?\.(zip|xml)", re.IGNORECASE)
"""Name of a part: 9999VBO15092020.zip, 0221VBO15092020-000001.xml; not 0221IOVBO15092020.zip."""

RELATION = re.compile(r"GEM-WPL", re.IGNORECASE)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
STATED = "StandTechnischeDatum"

NOT_BAG = ("tijdstipNietBagLV", "tijdstipInactief", "tijdstipInactiefLV")
"""Marks of a voorkomen that no longer counts."""

STRAIGHT_M = 0.01
"""Distance that an arc may be off; berths and pitches hardly have any."""

HISTORY = "historie: dit voorkomen geldt niet op de peildatum"

_AGAIN = "Download the Extract again."


def is_extract(path: Path) -> bool:
    """Whether the names in a zip or folder are those of an Extract.

    Raises
    ------
    BadInput
        It is the link of gemeenten to woonplaatsen, or no whole zip.
    """
    names = _names(path)
    if any(PART.search(name) for name in names):
        return True
    if any(RELATION.search(name) for name in names):
        raise BadInput(
            "This is the link between gemeenten and woonplaatsen (GEM-WPL-RELATIE): it holds no objects.",
            where=str(path),
            todo="Name the BAG Extract itself.",
        )
    return False


def read_objects(
    path: Path, area: shapely.Geometry | None, today: date | None, quality: Quality
) -> list[dict[str, Any]]:
    """What has an address and is valid on the day, one row per object.

    Notes in `quality` the voorkomens read, the history and what lies outside the area, and the day (``peildatum``).

    Raises
    ------
    BadInput
        A part is broken, or the Extract holds no objects with an address or no day.
    """
    day = today.isoformat() if today else _stated_day(path)
    quality.facts["peildatum"] = day
    found = _in_area(path, area, day, quality)
    numbers = _referred(path, "NUM", {each["number_id"] for each in found}, day)
    streets = _referred(path, "OPR", {_first(each, "OpenbareRuimteRef") for each in numbers.values()}, day)
    places = [*numbers.values(), *streets.values()]
    towns = _referred(path, "WPL", {_first(each, "WoonplaatsRef") for each in places}, day)
    buildings = _referred(path, "PND", {identifier for each in found for identifier in each["panden"]}, day)
    return [each | _address(each, numbers, streets, towns) | _buildings(each, buildings) for each in found]


def _in_area(path: Path, area: shapely.Geometry | None, day: str, quality: Quality) -> list[dict[str, Any]]:
    """What is valid on the day and lies in the area; of what lies elsewhere no more is held than 8 bytes each."""
    kept: dict[str, tuple[tuple[str, str], dict[str, Any]]] = {}
    elsewhere = array("q")
    read: Counter[str] = Counter()
    shapely.prepare(area)
    for identifier, tag, facts, place in _valid(path, day, read):
        if area is not None and not shapely.contains(area, place):
            elsewhere.append(_number(identifier))
        elif identifier not in kept or kept[identifier][0] < _age(facts):
            kept[identifier] = (_age(facts), _object(identifier, tag, facts, place))
    if not read.total():
        words = "The Extract holds no verblijfsobject, ligplaats or standplaats."
        raise BadInput(words, where=str(path), todo=_AGAIN)
    outside = np.unique(np.frombuffer(elsewhere, dtype=np.int64))
    ids = list(kept)
    both = {ids[at] for at in np.flatnonzero(np.isin([_number(each) for each in ids], outside))}
    quality.read = read.total()
    number = len(kept) + len(outside) - len(both)
    for identifier in _moved_out(path, area, day, both):
        del kept[identifier]
    quality.skip(HISTORY, quality.read - number)
    quality.skip(OUTSIDE, number - len(kept))
    return [each for _, each in kept.values()]


def _moved_out(path: Path, area: shapely.Geometry | None, day: str, ids: Collection[str]) -> list[str]:
    """Of objects with a valid voorkomen in the area and one elsewhere, those whose newest lies elsewhere."""
    newest: dict[str, tuple[tuple[str, str], bool]] = {}
    for identifier, _, facts, place in _valid(path, day, Counter()) if ids else ():
        if identifier in ids and (identifier not in newest or newest[identifier][0] < _age(facts)):
            newest[identifier] = (_age(facts), bool(shapely.contains(area, place)))
    return [identifier for identifier, (_, inside) in newest.items() if not inside]


def _valid(
    path: Path, day: str, read: Counter[str]
) -> Iterator[tuple[str, str, dict[str, list[str]], shapely.Geometry]]:
    """Every voorkomen with an address that is valid on the day; all are counted in `read`."""
    for code, tag in KINDS.items():
        for element, where in _elements(path, code, tag):
            read[tag] += 1
            facts = _facts(element)
            if _is_valid(facts, day, where):
                identifier = _identifier(element, where)
                yield identifier, tag, facts, _place(element, identifier, where)


def _number(identifier: str) -> int:
    """An id in 64 bits."""
    digest = hashlib.blake2b(identifier.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _object(identifier: str, tag: str, facts: dict[str, list[str]], place: shapely.Geometry) -> dict[str, Any]:
    return {
        "object_id": identifier,
        "kind": tag.lower(),
        "status": _first(facts, "status"),
        "uses": facts.get("gebruiksdoel", []),
        "area_m2": _first(facts, "oppervlakte"),
        "number_id": _first(facts, "heeftAlsHoofdadres"),
        "panden": sorted(set(facts.get("PandRef", []))),
        "geometry": place,
    }


def _address(
    item: dict[str, Any],
    numbers: dict[str, dict[str, list[str]]],
    streets: dict[str, dict[str, list[str]]],
    towns: dict[str, dict[str, list[str]]],
) -> dict[str, Any]:
    """The address of an object: a number names its own woonplaats where that is not the street's."""
    number = numbers.get(item["number_id"], {})
    street = streets.get(_first(number, "OpenbareRuimteRef"), {})
    town = towns.get(_first(number, "WoonplaatsRef") or _first(street, "WoonplaatsRef"), {})
    return {
        "street": _first(street, "naam"),
        "number": _first(number, "huisnummer"),
        "letter": _first(number, "huisletter"),
        "addition": _first(number, "huisnummertoevoeging"),
        "postcode": _first(number, "postcode"),
        "town": _first(town, "naam"),
    }


def _buildings(item: dict[str, Any], buildings: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    found = [buildings[identifier] for identifier in item["panden"] if identifier in buildings]
    return {
        "years": [_first(each, "oorspronkelijkBouwjaar") for each in found],
        "pand_statuses": [_first(each, "status") for each in found],
    }


def _referred(path: Path, code: str, wanted: Collection[str], day: str) -> dict[str, dict[str, list[str]]]:
    """Of the objects asked for, the voorkomen that is valid on the day."""
    newest: dict[str, tuple[tuple[str, str], dict[str, list[str]]]] = {}
    for element, where in _elements(path, code, OTHERS[code]):
        identifier = _identifier(element, where)
        facts = _facts(element) if identifier in wanted else {}
        if not facts or not _is_valid(facts, day, where):
            continue
        if identifier not in newest or newest[identifier][0] < _age(facts):
            newest[identifier] = (_age(facts), facts)
    return {identifier: facts for identifier, (_, facts) in newest.items()}


def _facts(element: etree._Element) -> dict[str, list[str]]:
    """The texts in an object by the name of their element; a reference to an address by what holds it."""
    found: dict[str, list[str]] = {}
    for item in element.iter(tag=etree.Element):
        text = (item.text or "").strip()
        if not text or len(item):
            continue
        name = local_name(item)
        parent = item.getparent()
        if name == "NummeraanduidingRef" and parent is not None:
            name = local_name(parent)
        found.setdefault(name, []).append(text)
    return found


def _first(facts: dict[str, list[str]], name: str) -> str:
    return facts.get(name, [""])[0]


def _identifier(element: etree._Element, where: str) -> str:
    identifier = next((str(item.text or "").strip() for item in element if local_name(item) == "identificatie"), "")
    if not identifier:
        raise BadInput("An object has no identificatie.", where=where, todo=_AGAIN)
    return identifier


def _is_valid(facts: dict[str, list[str]], day: str, where: str) -> bool:
    """Whether a voorkomen is valid on the day; one that has been replaced without an end ended when it was replaced."""
    if any(name in facts for name in NOT_BAG):
        return False
    begin = _day(_first(facts, "beginGeldigheid"), where)
    end = _first(facts, "eindGeldigheid") or _first(facts, "eindRegistratie")
    return begin <= day and (not end or day < _day(end, where))


def _age(facts: dict[str, list[str]]) -> tuple[str, str]:
    """What orders voorkomens of one object that are valid on the same day: the last registered counts."""
    return _first(facts, "tijdstipRegistratie"), _first(facts, "voorkomenidentificatie").zfill(9)


def _day(text: str, where: str) -> str:
    found = DAY.match(text)
    if found is None:
        raise BadInput(f"A voorkomen has no day of validity but '{text[:40]}'.", where=where, todo=_AGAIN)
    return found[0]


def _place(element: etree._Element, identifier: str, where: str) -> shapely.Geometry:
    """The point of an object, or its polygon."""
    holder = next((item for item in element if local_name(item) == "geometrie"), None)
    try:
        shape = None if holder is None else polygons(holder, STRAIGHT_M) or point(holder)
        if shape is None or shapely.is_empty(shape):
            raise BadInput("An object has no geometry.")
        return inner_points(np.array([shape]))[0]
    except (ValueError, OverflowError) as error:
        what = error.what if isinstance(error, BadInput) else f"A geometry cannot be read ({error})."
        raise BadInput(what, where=where, ids=[identifier], todo=_AGAIN) from None


def _elements(path: Path, code: str, tag: str) -> Iterator[tuple[etree._Element, str]]:
    for stream, where in _documents(path, lambda name: _code(name) == code):
        for element in elements(stream, (tag,), where, roots=("bagStand",)):
            yield element, where


def _code(name: str) -> str:
    """Code of the objects in a part; empty where it is none.

    >>> _code("9999VBO15092020.zip"), _code("0221IOVBO15092020-000001.xml"), _code("Leveringsdocument-BAG-Extract.xml")
    ('VBO', '', '')
    """
    last = name.rpartition("/")[2]
    found = None if "__MACOSX" in name or last.startswith(".") else PART.search(last)
    return found[1].upper() if found else ""


def _stated_day(path: Path) -> str:
    """The day of the delivery, as the first document that states it says."""
    for stream, where in _documents(path, lambda name: bool(_code(name)) or "Leveringsdocument" in name):
        for element in elements(stream, (STATED,), where):
            return _day((element.text or "").strip(), where)
    raise BadInput("The Extract does not state its date.", where=str(path), todo="Give the date (peildatum) yourself.")


def _names(path: Path) -> list[str]:
    if path.is_dir():
        return [each.name for each in sorted(path.iterdir()) if each.is_file()]
    with opened_zip(path) as archive:
        return archive.names


def _documents(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[IO[bytes], str]]:
    """The XML documents whose names are wanted: in the zip, in zips in it, in a folder, or in zips in that."""
    if not path.is_dir():
        with opened_zip(path) as archive:
            yield from _packed(archive, wanted, deeper=True)
        return
    for each in sorted(path.iterdir()):
        if not each.is_file() or not wanted(each.name):
            continue
        if each.suffix.lower() == ".zip":
            with opened_zip(each) as archive:
                yield from _packed(archive, wanted, deeper=False)
        else:
            with each.open("rb") as stream:
                yield stream, str(each)


def _packed(archive: Archive, wanted: Callable[[str], bool], *, deeper: bool) -> Iterator[tuple[IO[bytes], str]]:
    for name in archive.names:
        if not wanted(name):
            continue
        if name.lower().endswith(".xml"):
            with archive.opened(name) as stream:
                yield stream, f"{archive.where}/{name}"
        elif deeper:
            with archive.inner(name) as inside:
                yield from _packed(inside, wanted, deeper=False)
