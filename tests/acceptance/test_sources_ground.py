"""BGT: what is current in Otterlo, counted here with lxml; the same town in every form; memory by the area."""

# ruff: noqa: TID252

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import shapely
from lxml import etree

from laadplan.contracts.quality import Quality
from laadplan.ingest.bgt import read_buildings, read_obstacles, read_road_parts, read_terrain, read_trees

from .program import program_environment

pytestmark = [pytest.mark.xdist_group("sources-forms"), pytest.mark.slow]


@cache
def members(path: Path) -> list[dict[str, str]]:
    """Per object its id and what it is; `current` is empty for what has an eindRegistratie or is a plan."""
    found = []
    for _, member in etree.iterparse(path, tag="{*}cityObjectMember"):
        item = member[0]
        text = {etree.QName(each).localname: (each.text or "").strip() for each in item.iter(etree.Element)}
        current = "" if text.get("eindRegistratie") or text.get("bgt-status") == "plan" else "ja"
        found.append({"type": etree.QName(item).localname, **text, "current": current})
        member.clear()
    return found


def current(path: Path) -> list[dict[str, str]]:
    return [each for each in members(path) if each["current"]]


@pytest.fixture(scope="module")
def bgt(real_data: Path) -> Path:
    return real_data / "ede-otterlo" / "bgt"


@pytest.mark.real
def test_road_parts_of_otterlo(bgt: Path) -> None:
    stated, quality = current(bgt / "bgt_wegdeel.gml"), Quality()
    frame = read_road_parts(bgt, quality=quality)
    assert len(members(bgt / "bgt_wegdeel.gml")) == quality.read == 2444
    assert len(frame) == len(stated) == 1252
    assert set(frame.index) == {each["lokaalID"] for each in stated}
    assert frame["function"].value_counts().to_dict() == dict(Counter(each["function"] for each in stated))
    assert (frame["function"] == "inrit").sum() == 346
    assert sum(quality.summary()["dropped"].values()) == 2444 - 1252
    parking = frame[frame["function"] == "parkeervlak"]
    assert len(parking) == 54
    assert parking.area.sum() == pytest.approx(8846, abs=2)


@pytest.mark.real
def test_buildings_of_otterlo(bgt: Path) -> None:
    quality = Quality()
    frame = read_buildings(bgt, quality=quality)
    assert quality.read == 2273
    assert len(frame) == 1711
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    assert frame.area.sum() == pytest.approx(191_521, abs=5)


@pytest.mark.real
def test_trees_and_green_of_otterlo(bgt: Path) -> None:
    trees = [each for each in current(bgt / "bgt_vegetatieobject.gml") if each.get("plus-type") == "boom"]
    terrain = read_terrain(bgt)
    assert len(read_trees(bgt)) == len(trees) == 2088
    assert (terrain["kind"] == "begroeid").sum() == len(current(bgt / "bgt_begroeidterreindeel.gml")) == 638


@pytest.mark.real
def test_lamp_posts_and_other_obstacles_of_otterlo(bgt: Path) -> None:
    frame = read_obstacles(bgt)
    assert (frame["type"] == "lichtmast").sum() == 388
    for kind in ("paal", "put", "kast", "bord", "straatmeubilair", "scheiding"):
        assert (frame["kind"] == kind).sum() == len(current(bgt / f"bgt_{kind}.gml")), kind


@pytest.mark.real
def test_levels_are_kept(bgt: Path) -> None:
    frame = read_road_parts(bgt)
    assert frame["level"].value_counts().to_dict() == dict(
        Counter(int(each["relatieveHoogteligging"]) for each in current(bgt / "bgt_wegdeel.gml"))
    )


@pytest.mark.real
def test_area_is_clipped_and_counted(bgt: Path) -> None:
    """What touches the area stays whole; the rest is dropped by a rule of its own."""
    box, quality = shapely.box(180_900, 456_900, 181_100, 457_100), Quality()
    whole = read_road_parts(bgt)
    frame = read_road_parts(bgt, box, quality=quality)
    assert set(frame.index) == set(whole.index[whole.intersects(box)])
    assert (
        quality.summary()["dropped"]["buiten het gebied"]
        + len(frame)
        + sum(number for rule, number in quality.summary()["dropped"].items() if rule.startswith("historie"))
        == quality.read
    )


# --- the same town in every form -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("form", ["2015", "bgt.gpkg", "ogc", "sqlite"])
@pytest.mark.parametrize("reader", [read_road_parts, read_buildings, read_trees])
def test_forms_of_the_bgt_are_one_town(every_town: Path, form: str, reader) -> None:  # type: ignore[no-untyped-def]
    expected, quality = reader(every_town / "bgt"), Quality()
    frame = reader(every_town / "vormen" / "bgt" / form, quality=quality)
    lost = len(expected) - len(frame)
    assert set(frame.index) <= set(expected.index)
    if lost:
        assert any("point" in finding or "GML" in finding for finding in quality.findings), quality.findings
        assert sum(quality.summary()["dropped"].values()) >= lost
    same = expected.loc[frame.index]
    assert shapely.hausdorff_distance(same.geometry.array, frame.geometry.array).max() < 0.3


# --- memory ----------------------------------------------------------------------------------------------------------

MEASURE = """
import resource, sys
from pathlib import Path
import shapely
from laadplan.ingest.bgt import read_road_parts
frame = read_road_parts(Path(sys.argv[1]), shapely.box(100_000, 400_000, 100_020, 400_020))
print(len(frame), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
LARGEST_RISE_MB = 60
"""Memory that a file of 70 MB may take above one of 3 MB when the same few objects are asked for."""


MEMBER = (
    '<cityObjectMember><imgeo:Wegdeel gml:id="b{key}"><creationDate>2020-01-01</creationDate>'
    "<imgeo:relatieveHoogteligging>0</imgeo:relatieveHoogteligging>"
    "<imgeo:tijdstipRegistratie>2020-01-01T00:00:00.000</imgeo:tijdstipRegistratie>"
    "<imgeo:identificatie><imgeo:NEN3610ID><imgeo:namespace>NL.IMGeo</imgeo:namespace>"
    "<imgeo:lokaalID>G0001.{key}</imgeo:lokaalID></imgeo:NEN3610ID></imgeo:identificatie>"
    "<imgeo:bronhouder>G0001</imgeo:bronhouder><imgeo:bgt-status>bestaand</imgeo:bgt-status>"
    "<imgeo:plus-status>geenWaarde</imgeo:plus-status>"
    '<function xmlns="http://www.opengis.net/citygml/transportation/2.0">voetpad</function>'
    '<surfaceMaterial xmlns="http://www.opengis.net/citygml/transportation/2.0">open verharding</surfaceMaterial>'
    '<imgeo:geometrie2dWegdeel><gml:Polygon srsName="urn:ogc:def:crs:EPSG::28992"><gml:exterior><gml:LinearRing>'
    '<gml:posList srsDimension="2">{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>'
    "</imgeo:geometrie2dWegdeel></imgeo:Wegdeel></cityObjectMember>\n"
)
"""One road part, of about 1.1 kB."""


def road_parts(folder: Path, number: int) -> Path:
    """A delivery of so many road parts, of which four lie in the area asked for."""
    folder.mkdir()
    with (folder / "bgt_wegdeel.gml").open("w", encoding="utf-8") as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<CityModel xmlns:gml="http://www.opengis.net/gml" '
            'xmlns:imgeo="http://www.geostandaarden.nl/imgeo/2.1" xmlns="http://www.opengis.net/citygml/2.0">\n'
        )
        for each in range(number):
            x, y = 100_000 + each % 1000 * 10, 400_000 + each // 1000 * 10
            ring = f"{x} {y} {x + 9} {y} {x + 9} {y + 9} {x} {y + 9} {x} {y}"
            stream.write(MEMBER.format(key=f"{each:032x}", ring=ring))
        stream.write("</CityModel>\n")
    return folder


@pytest.mark.slow
def test_memory_follows_the_area_and_not_the_file(tmp_path: Path) -> None:
    small, large = road_parts(tmp_path / "klein", 3_000), road_parts(tmp_path / "groot", 60_000)
    told = []
    for folder in (small, large):
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(folder)],
            capture_output=True,
            text=True,
            check=False,
            env=program_environment(),
        )
        assert done.returncode == 0, done.stderr
        told.append([int(word) for word in done.stdout.split()])
    size_mb = (large / "bgt_wegdeel.gml").stat().st_size / 1e6
    assert size_mb > 60
    assert told[0][0] == told[1][0] == 9, "nine touch the area"
    assert told[1][1] - told[0][1] < LARGEST_RISE_MB
