"""Reading a demo town from outside, by the public formats alone and with nothing of laadplan.

In: a folder that `laadplan demo` wrote. Out: frames in RD New (EPSG:28992, metres) and plain Python. The BGT is read
here by lxml and not by GDAL, because GDAL falls into the traps that the town must hold; all tolerance towards the
spelling of columns and of the side file lives here.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import re
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

from .bgt_file import read_bgt
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


def pc4_of(addresses: pandas.DataFrame) -> pandas.Series:
    """PC4 of each address, as text."""
    return addresses[column(addresses, "^postcode")].str[:4]


def first_pand(addresses: pandas.DataFrame) -> pandas.Series:
    """Id of the pand, or of the first of several, in which each address lies."""
    return addresses[column(addresses, "^pand")].astype(str).str.split(",").str[0].str.strip()


def in_buurten(town: Town, places: geopandas.GeoDataFrame) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Positions of places and of the buurten in which they lie, in pairs."""
    tree = shapely.STRtree(town.buurten.geometry.to_numpy())
    found, buurt = tree.query(places.geometry.to_numpy(), predicate="intersects")
    return found, buurt


def distance_to(tree: shapely.STRtree, places: geopandas.GeoSeries) -> numpy.ndarray:
    """Distance in metres of each place to the nearest of a tree."""
    return tree.query_nearest(places.to_numpy(), all_matches=False, return_distance=True)[1]
