"""The obstacles of the demo town as GML-light: what stands along its fronts and at its crossings.

In: the whole town. Out: the text of ``bgt_*.gml`` per object type: lampposts and gullies along the fronts, cabinets of
the grid, name signs at crossings, benches, and fences behind some fronts, one of them with an arc. As in a real
delivery one object in some is history, and a type may be without objects.
"""

from collections.abc import Iterator
from typing import NamedTuple

import shapely

from laadplan.demo import gml
from laadplan.demo.model import Quarter
from laadplan.demo.names import SOURCE_HOLDER, local_id
from laadplan.demo.whole import Whole

LAMPPOSTS_APART_M = 30.0
GULLIES_APART_M = 22.0
BENCHES_APART_M = 170.0
FENCE_EVERY = 7
"""One front in so many has a fence."""

GONE_EVERY = 13
"""One object in so many is history."""

EMPTY = ("installatie", "mast", "overigescheiding", "sensor")
"""Types without objects."""

_RD = 'srsName="urn:ogc:def:crs:EPSG::28992"'


class Thing(NamedTuple):
    """An obstacle: its type, what it is, its geometry as GML, and the element that holds it."""

    layer: str
    what: str
    shape: str
    holder: str = ""


def obstacle_files(whole: Whole) -> dict[str, str]:
    """The text of each file by object type."""
    members: dict[str, list[str]] = {layer: [] for layer in ("paal", "put", "kast", "bord", "straatmeubilair")}
    members |= {layer: [] for layer in ("scheiding", *EMPTY)}
    for quarter in whole.quarters:
        for serial, thing in enumerate(_things(quarter)):
            members[thing.layer].append(_member(thing, local_id(quarter.seed, "ding", quarter.cell.index, serial)))
    return {layer: gml.HEAD + "".join(found) + gml.TAIL for layer, found in members.items()}


def _things(quarter: Quarter) -> Iterator[Thing]:
    for number, front in enumerate(quarter.fronts):
        yield from _along(front.line, LAMPPOSTS_APART_M, "paal", "lichtmast")
        yield from _along(front.line, GULLIES_APART_M, "put", "kolk")
        yield from _along(front.line, BENCHES_APART_M, "straatmeubilair", "bank")
        if number % FENCE_EVERY == 0:
            yield Thing("scheiding", "hek", _fence(front.line, with_arc=number == 0), "geometrie2dOverigeConstructie")
    for segment in quarter.segments:
        yield Thing("bord", "straatnaambord", _point(shapely.Point(segment.line.coords[0])))
    for installation in quarter.grid.installations:
        yield Thing("kast", "elektrakast", _point(installation.point))


def _along(line: shapely.LineString, apart_m: float, layer: str, what: str) -> Iterator[Thing]:
    """Points along a line, so far apart."""
    for number in range(1, int(line.length // apart_m) + 1):
        yield Thing(layer, what, _point(line.interpolate(number * apart_m)))


def _point(place: shapely.Point) -> str:
    return f'<gml:Point {_RD}><gml:pos srsDimension="2">{place.x:.3f} {place.y:.3f}</gml:pos></gml:Point>'


def _fence(line: shapely.LineString, *, with_arc: bool) -> str:
    places = " ".join(f"{x:.3f} {y:.3f}" for x, y in line.coords)
    listed = f'<gml:posList srsDimension="2">{places}</gml:posList>'
    if not with_arc:
        return f"<gml:LineString {_RD}>{listed}</gml:LineString>"
    end = shapely.Point(line.coords[-1])
    arc = " ".join(f"{end.x + dx:.3f} {end.y + dy:.3f}" for dx, dy in ((0, 0), (1, 1), (2, 0)))
    return (
        f"<gml:Curve {_RD}><gml:segments><gml:LineStringSegment>{listed}</gml:LineStringSegment>"
        f'<gml:Arc><gml:posList srsDimension="2">{arc}</gml:posList></gml:Arc></gml:segments></gml:Curve>'
    )


def _member(thing: Thing, identifier: str) -> str:
    """One object of a file; `function` says niet-bgt where the plus-type says what it is."""
    name = thing.layer.capitalize()
    is_fence = thing.layer == "scheiding"
    code = (
        f"<imgeo:bgt-type>{thing.what}</imgeo:bgt-type><imgeo:plus-type>waardeOnbekend</imgeo:plus-type>"
        if is_fence
        else f"<function>niet-bgt</function><imgeo:plus-type>{thing.what}</imgeo:plus-type>"
    )
    is_gone = int(identifier[-8:], 16) % GONE_EVERY == 0
    ended = "<imgeo:eindRegistratie>2021-03-04T10:11:12</imgeo:eindRegistratie>" if is_gone else ""
    holder = thing.holder or f"geometrie2d{name}"
    return (
        f'    <cityObjectMember>\n        <imgeo:{name} gml:id="b{identifier.rpartition(".")[2]}">\n'
        f"            <imgeo:relatieveHoogteligging>0</imgeo:relatieveHoogteligging>{ended}\n"
        f"            <imgeo:tijdstipRegistratie>2018-05-06T07:08:09.000</imgeo:tijdstipRegistratie>\n"
        f"            <imgeo:identificatie><imgeo:NEN3610ID><imgeo:namespace>NL.IMGeo</imgeo:namespace>"
        f"<imgeo:lokaalID>{identifier}</imgeo:lokaalID></imgeo:NEN3610ID></imgeo:identificatie>\n"
        f"            <imgeo:bronhouder>{SOURCE_HOLDER}</imgeo:bronhouder>\n"
        f"            <imgeo:bgt-status>bestaand</imgeo:bgt-status>\n            {code}\n"
        f"            <imgeo:{holder}>{thing.shape}</imgeo:{holder}>\n"
        f"        </imgeo:{name}>\n    </cityObjectMember>\n"
    )
