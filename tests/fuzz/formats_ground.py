"""The forms of the BGT to fuzz: GML-light with all kinds of geometry, a zip, a GeoPackage, a SQLite file, a page."""

import zipfile
from pathlib import Path

from laadplan.contracts.quality import Quality
from laadplan.ingest.bgt import read_buildings, read_obstacles, read_road_parts, read_terrain, read_trees
from tests.frames import box, moved
from tests.fuzz.format import Format
from tests.ingest.bgt_forms import feature, geopackage, municipal, page, small
from tests.ingest.delivery import RD, TAGS, curved, deliver, document, multi, place, polygon, positions, square, thing

AREA = moved(box(-100, -100, 100, 100))
ARC = polygon(curved(("Arc", [(0, 0), (10, 10), (20, 0)]), ("LineStringSegment", [(20, 0), (0, 0)])))
PLUS = "<function>voetpad</function><imgeo:plus-functieWegdeel>verkeersdrempel</imgeo:plus-functieWegdeel>"
TREE = "<class>niet-bgt</class><imgeo:plus-type>boom</imgeo:plus-type>"


def _roads() -> str:
    ended = thing("wegdeel", "then", square(9, 0), ended="2018-10-24T13:02:04", extra=PLUS)
    planned = thing("wegdeel", "soon", square(9, 9), status="plan")
    return document(thing("wegdeel", "now", square(), extra=PLUS), thing("wegdeel", "arc", ARC), ended, planned)


def _road_gml(folder: Path) -> Path:
    (folder / "bgt_wegdeel.gml").write_text(_roads(), encoding="utf-8")
    return folder


def _building_gml(folder: Path) -> Path:
    shape = multi(square(crs=None), square(5, 5, crs=None))
    return deliver(folder, "pand", thing("pand", "a", shape), thing("pand", "b", multi(square(crs=None))))


def _tree_gml(folder: Path) -> Path:
    return deliver(
        folder, "vegetatieobject", *(thing("vegetatieobject", f"t{n}", place(n, n), extra=TREE) for n in (1, 2))
    )


def _terrain_gml(folder: Path) -> Path:
    for kind in ("begroeidterreindeel", "onbegroeidterreindeel", "ondersteunendwegdeel", "waterdeel"):
        deliver(folder, kind, thing(kind, f"{kind}1", square(), extra="<class>heide</class>"))
    return folder


def _obstacle_gml(folder: Path) -> Path:
    TAGS.setdefault("scheiding", ("imgeo:Scheiding", "", "geometrie2dOverigeConstructie"))
    line = f'<gml:LineString srsName="{RD}">{positions([(0, 0), (9, 0)])}</gml:LineString>'
    segments = f"<gml:Arc>{positions([(0, 0), (5, 5), (9, 0)])}</gml:Arc>"
    curve = f'<gml:Curve srsName="{RD}"><gml:segments>{segments}</gml:segments></gml:Curve>'
    return deliver(folder, "scheiding", *(thing("scheiding", f"s{n}", each) for n, each in enumerate((line, curve))))


def _road_zip(folder: Path) -> Path:
    path = folder / "extract.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("bgt_wegdeel.gml"), _roads())
    return path


def _road_page(folder: Path) -> Path:
    page(folder / "wegdeel_1.json", feature("a", functie="voetpad"), feature("c", end="2019-01-01"), following=True)
    page(folder / "wegdeel_2.json", feature("b", status="plan"), feature("d", fysiek_voorkomen="asfalt", level=1))
    return folder


def _read_roads(path: Path) -> object:
    return read_road_parts(path, AREA, quality=Quality())


FORMATS: tuple[Format, ...] = (
    Format("bgt-gml-wegdeel", _road_gml, _read_roads),
    Format("bgt-gml-pand", _building_gml, lambda path: read_buildings(path, AREA)),
    Format("bgt-gml-vegetatieobject", _tree_gml, lambda path: read_trees(path, AREA)),
    Format("bgt-gml-terrein", _terrain_gml, lambda path: read_terrain(path)),
    Format("bgt-gml-obstakel", _obstacle_gml, lambda path: read_obstacles(path, AREA)),
    Format("bgt-zip", _road_zip, _read_roads),
    Format("bgt-gpkg", lambda folder: small(geopackage(folder / "bgt.gpkg")), _read_roads),
    Format("bgt-gpkg-gemeente", lambda folder: small(municipal(folder / "parkeren.gpkg")), _read_roads),
    Format("bgt-sqlite", lambda folder: small(geopackage(folder / "bgt.sqlite", "trafficarea", "SQLite")), _read_roads),
    Format("bgt-ogc", _road_page, _read_roads),
)
