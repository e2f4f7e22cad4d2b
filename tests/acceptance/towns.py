"""Reading a demo town from outside, by the public formats alone and with nothing of laadplan.

In: a folder that `laadplan demo` wrote. Out: frames in RD New (EPSG:28992, metres) and plain Python. The BGT is read
here by lxml and not by GDAL, because GDAL falls into the traps that the town must hold; all tolerance towards the
spelling of columns and of the side file lives here.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas
import numpy
import pandas
import pyogrio
import shapely
from lxml import etree

from .conftest import program_environment, program_path
from .reading import RD, column

BGT_TYPES = re.findall(
    r"\w+",
    """
    bak begroeidterreindeel bord buurt functioneelgebied gebouwinstallatie installatie kast kunstwerkdeel mast
    onbegroeidterreindeel ondersteunendwaterdeel ondersteunendwegdeel ongeclassificeerdobject openbareruimte
    openbareruimtelabel overbruggingsdeel overigbouwwerk overigescheiding paal pand put scheiding sensor spoor
    stadsdeel straatmeubilair tunneldeel vegetatieobject waterdeel waterinrichtingselement waterschap wegdeel
    weginrichtingselement wijk
    """,
)
"""The 35 object types of a complete GML-light delivery, empty ones included (as in the delivery of Otterlo, 2020)."""

SUPPRESSED, ABSENT = -99997, -99995
"""CBS: figure kept secret, and figure not (yet) there."""

DISABLED = r"gpp|gehandicapt|invalide|disabled"
LOADING = r"laad-?\s?en|laden.{0,6}lossen|\bladen\b|\blossen\b|loading|laad_?los"


@dataclass(frozen=True)
class Strip:
    """A parking strip as the side file plants it: its BGT id, orientation, bays as polygons in RD New, and regimes."""

    lokaal_id: str
    orientation: str
    count: int
    bays: tuple[shapely.Polygon, ...]
    regimes: tuple[str, ...]


@dataclass(frozen=True)
class Town:
    """A folder with a demo town, and what the program said while making it."""

    folder: Path
    stdout: str = ""
    stderr: str = ""
    peak_kib: int = 0

    @cached_property
    def _read(self) -> dict[str, Any]:
        return {}

    def path(self, name: str) -> Path:
        """A file of the town, which must be there."""
        found = self.folder / name
        assert found.is_file(), f"no {name}; there are {sorted(p.name for p in self.folder.iterdir())}"
        return found

    @cached_property
    def truth(self) -> dict[str, Any]:
        """The side file."""
        return json.loads(self.path("waarheid.json").read_text(encoding="utf-8"))

    @cached_property
    def strips(self) -> list[Strip]:
        """Parking strips of the side file."""
        return [
            Strip(
                each["lokaalID"],
                each["richting"],
                int(each["aantal_vakken"]),
                tuple(shapely.Polygon(ring) for ring in each["vakken"]),
                tuple(json.dumps(regime) for regime in each.get("regimes") or []),
            )
            for each in self.truth["parkeerstroken"]
        ]

    @cached_property
    def driveways(self) -> dict[str, bool]:
        """Whether a dwelling has a driveway of its own, by id of its address, from the side file."""
        listed = self.truth["woningen_met_eigen_oprit"]
        pairs = listed.items() if isinstance(listed, dict) else listed
        return {str(key): bool(value) for key, value in pairs}

    def bgt(self, name: str) -> geopandas.GeoDataFrame:
        """All versions of all objects of a BGT type; see `read_bgt`."""
        if name not in self._read:
            self._read[name] = read_bgt(self.path(f"bgt/bgt_{name}.gml"))
        return self._read[name]

    def current(self, name: str) -> geopandas.GeoDataFrame:
        """Objects of a BGT type as they are today: registration not ended, neither plan nor history."""
        rows = self.bgt(name)
        return rows[
            ~rows["ended"] & rows["bgt_status"].isin(["bestaand", "geenWaarde"]) & (rows["plus_status"] != "plan")
        ]

    def parts(self, function: str) -> geopandas.GeoDataFrame:
        """Current road parts with a function."""
        rows = self.current("wegdeel")
        return rows[rows["function"] == function]

    def layer(self, file: str, layer: str) -> geopandas.GeoDataFrame:
        """A layer of a GeoPackage."""
        key = f"{file}:{layer}"
        if key not in self._read:
            layers = list(pyogrio.list_layers(self.path(file))[:, 0])
            assert layer in layers, f"{file} has no layer {layer}; it has {layers}"
            self._read[key] = geopandas.read_file(self.path(file), layer=layer)
        return self._read[key]

    @property
    def addresses(self) -> geopandas.GeoDataFrame:
        """Verblijfsobjecten."""
        return self.layer("bag-light.gpkg", "verblijfsobject")

    @property
    def dwellings(self) -> geopandas.GeoDataFrame:
        """Verblijfsobjecten with a woonfunctie."""
        rows = self.addresses
        return rows[rows[column(rows, "^gebruiksdoel")].astype(str).str.contains("woonfunctie")]

    @property
    def buurten(self) -> geopandas.GeoDataFrame:
        """CBS buurten."""
        return self.layer("cbs_buurten.gpkg", "buurten")

    @property
    def municipality(self) -> shapely.Geometry:
        """The municipality's outline."""
        return self.layer("cbs_buurten.gpkg", "gemeenten").union_all()

    @cached_property
    def cars(self) -> pandas.DataFrame:
        """Car stock per PC4, the PC4 as text."""
        return pandas.read_csv(self.path("autos_pc4.csv"), dtype={"pc4": str})

    @cached_property
    def trees(self) -> geopandas.GeoDataFrame:
        """The municipal tree register."""
        file = self.path("bomen.csv")
        header = file.read_text(encoding="utf-8-sig").splitlines()[0]
        mark = max(";\t,", key=header.count)
        rows = pandas.read_csv(
            file, sep=mark, decimal="," if mark != "," else ".", encoding="utf-8-sig", low_memory=False
        )
        east, north = rows[column(rows, r"^x\b|^x_|rd_?x")], rows[column(rows, r"^y\b|^y_|rd_?y")]
        return geopandas.GeoDataFrame(rows, geometry=geopandas.points_from_xy(east, north), crs=RD)

    @cached_property
    def locations(self) -> list[dict[str, Any]]:
        """OCPI locations."""
        content = json.loads(self.path("laadpunten_ocpi.json").read_text(encoding="utf-8"))
        listed = content.get("data", content) if isinstance(content, dict) else content
        return list(listed.values()) if isinstance(listed, dict) else listed

    @property
    def charging(self) -> geopandas.GeoSeries:
        """Places of the OCPI locations in RD New; the transformation is good to 0.3 m."""
        east = [float(each["coordinates"]["longitude"]) for each in self.locations]
        north = [float(each["coordinates"]["latitude"]) for each in self.locations]
        return geopandas.GeoSeries(geopandas.points_from_xy(east, north), crs=4326).to_crs(RD)

    @cached_property
    def walking(self) -> Walking:
        """The walking network."""
        return read_osm(self.path("lopen.osm"))

    def grid(self, layer: str) -> geopandas.GeoDataFrame:
        """A layer of the grid operator's file."""
        return self.layer("elektriciteitsnet.gpkg", layer)


# --- BGT -------------------------------------------------------------------------------------------------------------


FLAT = 1e-6
"""Sine-like measure below which three points of an arc count as lying on a line."""

COLUMNS = [
    "gml_id",
    "lokaal_id",
    "level",
    "bgt_status",
    "plus_status",
    "function",
    "plus_type",
    "ended",
    "labels",
    "arcs",
]
"""Columns of a type without members."""


def read_bgt(path: Path) -> geopandas.GeoDataFrame:
    """One row per member of a GML-light file, arcs replaced by eight chords.

    ``labels`` counts points that stand in the member beside its own geometry, ``arcs`` the arcs in its geometry,
    ``level`` is the relatieveHoogteligging, ``ended`` says that the registration of this version has ended.
    """
    rows, shapes = [], []
    for member in members(path):
        feature = member[0]
        texts = {etree.QName(node).localname: (node.text or "").strip() for node in feature}
        place = next((n for n in feature if re.match("geometrie(2d|0d)?", etree.QName(n).localname)), None)
        own_points = 0 if place is None else len(list(place.iter("{*}Point")))
        rows.append(
            {
                "type": etree.QName(feature).localname,
                "gml_id": next((value for key, value in feature.attrib.items() if key.endswith("}id")), None),
                "lokaal_id": feature.findtext(".//{*}NEN3610ID/{*}lokaalID"),
                "bronhouder": texts.get("bronhouder"),
                "level": int(texts.get("relatieveHoogteligging") or 0),
                "bgt_status": texts.get("bgt-status"),
                "plus_status": texts.get("plus-status"),
                "function": texts.get("function"),
                "plus_type": texts.get("plus-type"),
                "registered": texts.get("tijdstipRegistratie"),
                "ended_on": texts.get("eindRegistratie") or None,
                "ended": bool(texts.get("eindRegistratie")),
                "terminated_on": texts.get("terminationDate") or None,
                "bag_id": texts.get("identificatieBAGPND"),
                "labels": len(list(feature.iter("{*}Point"))) - own_points,
                "arcs": 0 if place is None else len(list(place.iter("{*}Arc"))),
            }
        )
        shapes.append(None if place is None else shape_of(place))
        member.clear()
    frame = pandas.DataFrame(rows, columns=list(rows[0]) if rows else COLUMNS)
    return geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries(shapes, index=frame.index, crs=RD))


def members(path: Path) -> Iterator[etree._Element]:
    """Members of a CityModel, one by one."""
    for _, member in etree.iterparse(path, tag="{*}cityObjectMember"):
        yield member


def shape_of(place: etree._Element) -> shapely.Geometry | None:
    """Geometry in RD New of a geometry element: its polygons, else its lines, else its points."""
    polygons = [polygon_of(node) for node in place.iter("{*}Polygon", "{*}PolygonPatch")]
    if polygons:
        return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    lines = [shapely.LineString(positions(node)) for node in place.iter("{*}LineString", "{*}Curve")]
    if lines:
        return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
    points = [shapely.Point(each) for node in place.iter("{*}Point") for each in positions(node)]
    return (points[0] if len(points) == 1 else shapely.MultiPoint(points)) if points else None


def polygon_of(node: etree._Element) -> shapely.Polygon:
    """Polygon of a gml:Polygon."""
    rings = [positions(ring) for kind in ("exterior", "interior") for ring in node.findall(f"{{*}}{kind}")]
    return shapely.Polygon(rings[0], rings[1:])


def positions(node: etree._Element) -> numpy.ndarray:
    """All positions below an element in document order, repeated ones left out; shape (n, 2), metres in RD New."""
    lists = node.iter("{*}posList", "{*}pos")
    found = numpy.concatenate([numbers(each, arc=etree.QName(each.getparent()).localname == "Arc") for each in lists])
    fresh = numpy.ones(len(found), dtype=bool)
    fresh[1:] = (found[1:] != found[:-1]).any(axis=1)
    return found[fresh]


def numbers(node: etree._Element, *, arc: bool) -> numpy.ndarray:
    """Positions of one list, those of an arc filled in along its circle; shape (n, 2), metres in RD New."""
    found = numpy.array((node.text or "").split(), dtype=float).reshape(-1, 2)
    return along_circle(found) if arc and len(found) == 3 else found


def along_circle(three: numpy.ndarray) -> numpy.ndarray:
    """Points along the arc through three points, its ends exact; three points on a line are given back as they are."""
    first, middle, last = (complex(*point) for point in three)
    across = (last - first) / (middle - first) if middle != first else complex(1)
    if abs(across.imag) < FLAT:
        return three
    centre = first + (middle - first) * (across - abs(across) ** 2) / (2j * across.imag)
    turn = numpy.angle((middle - centre) / (first - centre)), numpy.angle((last - centre) / (middle - centre))
    angles = numpy.concatenate([numpy.linspace(0, turn[0], 5), turn[0] + numpy.linspace(0, turn[1], 5)[1:]])
    points = centre + (first - centre) * numpy.exp(1j * angles)
    filled = numpy.column_stack([points.real, points.imag])
    filled[[0, -1]] = three[[0, -1]]
    return filled


# --- OSM -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walking:
    """An OSM XML file: nodes by id as (lon, lat), ways as node ids with tags."""

    version: str
    node_ids: list[str]
    places: dict[str, tuple[float, float]]
    ways: list[tuple[list[str], dict[str, str]]]

    @cached_property
    def lines(self) -> geopandas.GeoDataFrame:
        """Ways with a highway tag as lines in RD New."""
        walkable = [(refs, tags) for refs, tags in self.ways if "highway" in tags]
        shapes = [shapely.LineString([self.places[ref] for ref in refs]) for refs, _ in walkable]
        kinds = {
            "highway": [tags["highway"] for _, tags in walkable],
            "name": [tags.get("name") for _, tags in walkable],
        }
        return geopandas.GeoDataFrame(kinds, geometry=shapes, crs=4326).to_crs(RD)

    def components(self) -> list[int]:
        """Numbers of nodes in the connected parts of the network, largest first."""
        root: dict[str, str] = {}

        def find(node: str) -> str:
            root.setdefault(node, node)
            while root[node] != node:
                root[node] = root[root[node]]
                node = root[node]
            return node

        for refs, tags in self.ways:
            if "highway" in tags:
                for first, second in pairwise(refs):
                    root[find(first)] = find(second)
        counts = pandas.Series([find(node) for node in root]).value_counts()
        return [int(count) for count in counts]


def read_osm(path: Path) -> Walking:
    """Nodes and ways of an OSM XML file."""
    root = etree.parse(path).getroot()
    node_ids = [node.attrib["id"] for node in root.iter("node")]
    places = {n.attrib["id"]: (float(n.attrib["lon"]), float(n.attrib["lat"])) for n in root.iter("node")}
    ways = [
        ([nd.attrib["ref"] for nd in way.iter("nd")], {tag.attrib["k"]: tag.attrib["v"] for tag in way.iter("tag")})
        for way in root.iter("way")
    ]
    return Walking(root.attrib.get("version", ""), node_ids, places, ways)


# --- bays ------------------------------------------------------------------------------------------------------------


def sides(bay: shapely.Polygon) -> tuple[float, float]:
    """Length and width of the smallest rectangle round a bay, in metres, the longer one first."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(bay))
    first, second = numpy.hypot(*(corners[1] - corners[0])), numpy.hypot(*(corners[2] - corners[1]))
    return float(max(first, second)), float(min(first, second))


def axis(bay: shapely.Polygon) -> numpy.ndarray:
    """Unit vector along the longer side of a bay."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(bay))
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    longer = first if numpy.hypot(*first) >= numpy.hypot(*second) else second
    return longer / numpy.hypot(*longer)


def angle_to_neighbour(bays: tuple[shapely.Polygon, ...]) -> float:
    """Median angle in degrees, 0 to 90, between a bay's long side and the way to the nearest other bay of the strip.

    About 0 for langs, where bays stand bumper to bumper, and about 90 for haaks, where they stand door to door.
    """
    centres = numpy.array([shapely.get_coordinates(shapely.centroid(bay))[0] for bay in bays])
    angles = []
    for index, bay in enumerate(bays):
        away = centres - centres[index]
        distance = numpy.hypot(*away.T)
        distance[index] = numpy.inf
        nearest = int(distance.argmin())
        cosine = abs(float(away[nearest] @ axis(bay)) / float(distance[nearest]))
        angles.append(float(numpy.degrees(numpy.arccos(min(1.0, cosine)))))
    return float(numpy.median(angles))


# --- figures ---------------------------------------------------------------------------------------------------------


def known(values: pandas.Series) -> pandas.Series:
    """CBS figures with what is suppressed or absent left out."""
    numbers = pandas.to_numeric(values, errors="coerce")
    return numbers.where(numbers > -99990)


def address_ids(town: Town) -> str:
    """Name of the column of the addresses that holds the ids of nummeraanduidingen."""
    return str(column(town.addresses, "^nummeraanduiding.*identificatie", "^nummeraanduiding", "hoofdadres"))


# --- starting the program --------------------------------------------------------------------------------------------


def start(*options: object, env: dict[str, str | None] | None = None, **settings: Any) -> subprocess.Popen[bytes]:
    """`laadplan demo` with options, in a process group of its own so that a whole tree can be stopped."""
    return subprocess.Popen(
        [str(program_path()), "demo", *map(str, options)],
        env=program_environment(env),
        start_new_session=True,
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings},
    )


def make(folder: Path, inhabitants: int, seed: int = 1, *options: object, **settings: Any) -> Town:
    """A town, made by the program; ``peak_kib`` is the largest resident set of any one of its processes."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaint:
        process = start(
            folder, "--inhabitants", inhabitants, "--seed", seed, *options, stdout=told, stderr=complaint, **settings
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        complaint.seek(0)
        stdout, stderr = told.read().decode(), complaint.read().decode()
    assert process.returncode == 0, stderr
    return Town(folder, stdout, stderr, usage.ru_maxrss)


def make_on_a_terminal(folder: Path, inhabitants: int, seed: int, env: dict[str, str | None]) -> tuple[int, str]:
    """Exit code and what a person sees on a terminal while a town is made on one core."""
    ours, theirs = pty.openpty()
    core = {min(os.sched_getaffinity(0))}
    process = start(
        folder,
        *("--inhabitants", inhabitants, "--seed", seed),
        env={"TERM": "xterm-256color", "NO_COLOR": None, "COLUMNS": "120", **env},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        preexec_fn=lambda: os.sched_setaffinity(0, core),
    )
    os.close(theirs)
    seen = bytearray()
    with suppress(OSError):  # the terminal closes with EIO when the last process lets go of it
        while part := os.read(ours, 65536):
            seen += part
    os.close(ours)
    return process.wait(), seen.decode(errors="replace")


def group_is_gone(group: int, within_s: float = 5.0) -> bool:
    """Whether no process of a group is left, or soon."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def entries(folder: Path) -> set[str]:
    """Relative paths of everything below a folder."""
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*")}
