"""Streets of our own drawing, delivered as a BGT in its usual forms, and the configs and runs that tests make of them.

In: shapes in metres round an origin of our own. Out: a delivery, a config, frames in RD New (EPSG:28992). Nothing of
laadplan is imported here: what a test expects it works out from its own drawing.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
import shapely
import shapely.affinity

from .delivered import LEFT_OUT, stated
from .program import Program
from .reading import RD, RunFolder, write_yaml
from .rich import DATE

ORIGIN = (155_000.0, 463_000.0)
"""Where drawings lie in RD New (m): their own coordinates start here."""

ROAD, PARKING, FOOTWAY, DRIVEWAY = "rijbaan lokale weg", "parkeervlak", "voetpad", "inrit"
TERRAIN = ("begroeidterreindeel", "onbegroeidterreindeel", "ondersteunendwegdeel", "waterdeel")
"""Types that are delivered together, empty or not."""


@dataclass
class Drawing:
    """Objects of a BGT, each with its type, id, what it is, and its shape round the origin."""

    things: list[tuple[str, str, str, shapely.Geometry]] = field(default_factory=list)

    def add(self, kind: str, name: str, what: str, shape: shapely.Geometry) -> Drawing:
        """The drawing with one more object."""
        self.things.append((kind, name, what, shape))
        return self

    def road_part(self, name: str, function: str, shape: shapely.Geometry) -> Drawing:
        """The drawing with one more road part."""
        return self.add("wegdeel", name, function, shape)

    def joined(self, other: Drawing, east: float, north: float = 0.0) -> Drawing:
        """The drawing with another one beside it, so many metres away."""
        for kind, name, what, shape in other.things:
            self.add(kind, name, what, shapely.affinity.translate(shape, east, north))
        return self

    def shape(self, name: str) -> shapely.Geometry:
        """Shape of an object in RD New."""
        return next(in_rd(shape) for _, each, _, shape in self.things if each == name)


def in_rd(shape: Any) -> Any:
    """A shape where it lies in RD New."""
    return shapely.affinity.translate(shape, *ORIGIN)


def lokaal_id(name: str) -> str:
    """Id of an object by its name in the drawing."""
    return f"G0001.{name}"


# --- deliveries ------------------------------------------------------------------------------------------------------


def as_geopackage(drawing: Drawing, folder: Path) -> Path:
    """A GeoPackage with a layer per type."""
    path = folder / "bgt.gpkg"
    for kind, rows in _by_type(drawing).items():
        frame = geopandas.GeoDataFrame(
            [
                {
                    "lokaal_id": lokaal_id(name),
                    "eind_registratie": None,
                    "bgt_status": "bestaand",
                    "plus_status": "geenWaarde",
                    "relatieve_hoogteligging": 0,
                    "bronhouder": "G0001",
                    "functie": what if kind == "wegdeel" else None,
                    "plus_type": None if kind == "wegdeel" else what,
                }
                for name, what, _ in rows
            ],
            geometry=[in_rd(shape) for _, _, shape in rows],
            crs=RD,
        )
        for shapes, part in frame.groupby(frame.geom_type):
            suffix = {"Point": "_punt", "LineString": "_lijn"}.get(str(shapes), "")
            pyogrio.write_dataframe(part, path, layer=kind + suffix, driver="GPKG", append=path.exists())
        if kind in TERRAIN:
            for other in set(TERRAIN) - set(_by_type(drawing)):
                pyogrio.write_dataframe(
                    frame.iloc[:0], path, layer=other, driver="GPKG", geometry_type="Polygon", append=True
                )
    return path


def as_pages(drawing: Drawing, folder: Path) -> Path:
    """Pages of the OGC API, one per type."""
    pages = folder / "ogc"
    pages.mkdir()
    for kind, rows in _by_type(drawing).items():
        features = [
            {
                "type": "Feature",
                "id": lokaal_id(name),
                "properties": {
                    "lokaal_id": lokaal_id(name),
                    "eind_registratie": None,
                    "status": "bestaand",
                    "relatieve_hoogteligging": 0,
                    "bronhouder": "G0001",
                    ("functie" if kind == "wegdeel" else "plus_type"): what,
                },
                "geometry": shapely.geometry.mapping(in_rd(shape)),
            }
            for name, what, shape in rows
        ]
        address = f"https://api.pdok.nl/lv/bgt/ogc/v1/collections/{kind}/items?f=json"
        page = {"type": "FeatureCollection", "links": [{"rel": "self", "href": address}], "features": features}
        (pages / f"{kind}.json").write_text(json.dumps(page), encoding="utf-8")
    return pages


def as_gml(drawing: Drawing, folder: Path) -> Path:
    """A folder with GML-light; only road parts."""
    path = folder / "gml"
    path.mkdir()
    members = [
        MEMBER.format(key=f"{place:036d}", name=lokaal_id(name), function=what, shape=_gml_polygon(in_rd(shape)))
        for place, (name, what, shape) in enumerate(_by_type(drawing)["wegdeel"])
    ]
    (path / "bgt_wegdeel.gml").write_text(HEAD + "\n".join(members) + "</CityModel>\n", encoding="utf-8")
    return path


def _gml_polygon(polygon: shapely.Polygon) -> str:
    rings = [("exterior", polygon.exterior), *(("interior", ring) for ring in polygon.interiors)]
    parts = [
        f"<gml:{side}><gml:LinearRing><gml:posList>{' '.join(f'{x:.3f} {y:.3f}' for x, y in ring.coords)}"
        f"</gml:posList></gml:LinearRing></gml:{side}>"
        for side, ring in rings
    ]
    return f'<gml:Polygon srsName="urn:ogc:def:crs:EPSG::28992">{"".join(parts)}</gml:Polygon>'


def _by_type(drawing: Drawing) -> dict[str, list[tuple[str, str, shapely.Geometry]]]:
    found: dict[str, list[tuple[str, str, shapely.Geometry]]] = {}
    for kind, name, what, shape in drawing.things:
        found.setdefault(kind, []).append((name, what, shape))
    return found


HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<CityModel xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:imgeo="http://www.geostandaarden.nl/imgeo/2.1" xmlns="http://www.opengis.net/citygml/2.0">\n'
)
MEMBER = (
    '<cityObjectMember><TrafficArea xmlns="http://www.opengis.net/citygml/transportation/2.0" gml:id="b{key}">'
    '<creationDate xmlns="http://www.opengis.net/citygml/2.0">2020-01-01</creationDate>'
    "<imgeo:relatieveHoogteligging>0</imgeo:relatieveHoogteligging>"
    "<imgeo:tijdstipRegistratie>2020-01-01T00:00:00.000</imgeo:tijdstipRegistratie>"
    "<imgeo:identificatie><imgeo:NEN3610ID><imgeo:namespace>NL.IMGeo</imgeo:namespace>"
    "<imgeo:lokaalID>{name}</imgeo:lokaalID></imgeo:NEN3610ID></imgeo:identificatie>"
    "<imgeo:bronhouder>G0001</imgeo:bronhouder><imgeo:bgt-status>bestaand</imgeo:bgt-status>"
    "<imgeo:plus-status>geenWaarde</imgeo:plus-status><function>{function}</function>"
    "<surfaceMaterial>open verharding</surfaceMaterial>"
    "<imgeo:geometrie2dWegdeel>{shape}</imgeo:geometrie2dWegdeel></TrafficArea></cityObjectMember>"
)


# --- other sources ---------------------------------------------------------------------------------------------------


def points(path: Path, rows: Iterable[tuple[float, float, Mapping[str, Any]]], layer: str = "punten") -> Path:
    """A GeoPackage of points round the origin with their columns."""
    listed = list(rows)
    frame = geopandas.GeoDataFrame(
        [dict(about) for _, _, about in listed], geometry=[in_rd(shapely.Point(x, y)) for x, y, _ in listed], crs=RD
    )
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")
    return path


def shapes(path: Path, rows: Iterable[tuple[shapely.Geometry, Mapping[str, Any]]], layer: str = "vlakken") -> Path:
    """A GeoPackage of shapes round the origin with their columns."""
    listed = list(rows)
    frame = geopandas.GeoDataFrame(
        [dict(about) for _, about in listed], geometry=[in_rd(shape) for shape, _ in listed], crs=RD
    )
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")
    return path


# --- configs and runs ------------------------------------------------------------------------------------------------


def config_of(folder: Path, sources: Mapping[str, Any], **sections: Any) -> Path:
    """Path of a config with these sources and no others, and these sections."""
    folder.mkdir(parents=True, exist_ok=True)
    given = {**LEFT_OUT, **{name: stated(source) for name, source in sources.items()}}
    area = {"municipality_code": "GM0001", "margin_m": 0, **sections.pop("area", {})}
    content = {"schema": 1, "name": "straat", "area": area, "sources": given, **sections}
    return write_yaml(content, folder / "laadplan.yaml")


def run_until(laadplan: Program, config: Path, frame: str, out: Path | None = None, *options: object) -> RunFolder:
    """A run as far as a frame, which must succeed."""
    folder = out or config.parent / "uit"
    done = laadplan("run", config, "--until", frame, "--out", folder, "--date", DATE, *options, cwd=config.parent)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr}"
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return RunFolder(folder, config, manifest, 0, done.stdout, done.stderr)


def by_id(frame: pandas.DataFrame, key: str) -> pandas.DataFrame:
    """A frame by one of its columns, in its order."""
    return frame.set_index(key).sort_index()
