"""Parking bays of the demo town in other formats: Amsterdam's dump and layer, and OpenStreetMap.

In: the whole town. Out: files below a folder. In the dump the sign of a bay is not there, as in the real one: who may
park at a bay of soort MULDER is unknown.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.every_files import write_json
from laadplan.demo.layers import write_layer
from laadplan.demo.whole import Form, Whole
from laadplan.geo.rd import RD_EPSG, to_wgs84

CAR_PARK = "parkeerterrein"
TYPES = {"langs": "File", "haaks": "Haaks", "schuin": "Schuin", CAR_PARK: "Haaks"}
SOORTEN = {"openbaar": ("FISCAAL", ""), "gpp": ("MULDER", "E6a"), "laden en lossen": ("MULDER", "E7")}
"""Regime to kind and sign in the register of Amsterdam."""

OSM_ORIENTATIONS = {"langs": "parallel", "haaks": "perpendicular", "schuin": "diagonal", CAR_PARK: "perpendicular"}
OSM_REGIMES = {
    "openbaar": {"access": "yes"},
    "gpp": {"parking_space": "disabled"},
    "laden en lossen": {"parking_space": "loading"},
}
OSM_FROM = 9_000_000_000
"""Numbers of nodes and ways begin here; no real ones are as high."""

Bay = tuple[str, str, str, str, Polygon]
"""Id, road part, orientation, regime and surface."""


def bays(whole: Whole) -> Iterator[Bay]:
    """Every bay of the town, its id after that of its strip."""
    for quarter in whole.quarters:
        for strip in quarter.strips:
            for number, (bay, regime) in enumerate(zip(strip.bays, strip.regimes, strict=True), start=1):
                yield f"{strip.local_id}-{number}", strip.local_id, strip.orientation, regime, bay


def write_dump(whole: Whole, folder: Path) -> None:
    r"""Amsterdam's bays as PostgreSQL copies them out: no header, ``\N`` for missing, EWKB in hex."""
    found = list(bays(whole))
    degrees = to_wgs84(gpd.GeoSeries([each[-1] for each in found], crs=RD_EPSG)).to_numpy()
    shapes = shapely.to_wkb(
        shapely.set_srid([shapely.MultiPolygon([each]) for each in degrees], 4326), hex=True, include_srid=True
    )
    middles = shapely.to_wkb(shapely.set_srid(shapely.centroid(degrees), 4326), hex=True, include_srid=True)
    rows = (
        "\t".join((bay_id, r"\N", SOORTEN[regime][0], TYPES[way], "1", shape, middle, part, "parkeervlak", r"\N", "0"))
        for (bay_id, part, way, regime, _), shape, middle in zip(found, shapes, middles, strict=True)
    )
    (folder / "vakken.csv").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8", newline="")


def write_register(whole: Whole, folder: Path) -> None:
    """Amsterdam's bays as a layer in degrees, with signs; a bay for one car carries a licence plate."""
    found = list(bays(whole))
    table = pd.DataFrame(
        {
            "id": [each[0] for each in found],
            "soort": [SOORTEN[each[3]][0] for each in found],
            "type": [TYPES[each[2]] for each in found],
            "aantal": 1,
            "regimes": [_regimes(each[3]) for each in found],
        }
    )
    shapes = gpd.GeoSeries([each[-1] for each in found], crs=RD_EPSG)
    write_layer(folder / "parkeervakken.geojson", gpd.GeoDataFrame(table, geometry=shapes), "parkeervakken")


def write_overpass(whole: Whole, folder: Path) -> None:
    """Strips by turns as one way with its capacity and as ways of single bays, as Overpass answers; one garage."""
    nodes: dict[tuple[float, float], int] = {}
    drawn: list[tuple[Polygon, dict[str, str]]] = []
    strips = [strip for quarter in whole.quarters for strip in quarter.strips]
    for place, strip in enumerate(strips):
        way = {"orientation": OSM_ORIENTATIONS[strip.orientation]}
        if place % 2 and strip.orientation != CAR_PARK:
            tags = {"amenity": "parking", "parking": "street_side", "capacity": str(len(strip.bays)), **way}
            drawn.append((strip.polygon, tags))
        else:
            for bay, regime in zip(strip.bays, strip.regimes, strict=True):
                tags = {"amenity": "parking_space", **way, **OSM_REGIMES[regime]}
                drawn.append((bay, tags))
    degrees = to_wgs84(gpd.GeoSeries([shape.exterior for shape, _ in drawn], crs=RD_EPSG))
    ways = [_way(line, tags, nodes, at) for at, (line, (_, tags)) in enumerate(zip(degrees, drawn, strict=True))]
    garage = {"type": "node", "id": OSM_FROM - 1, "lat": 52.5, "lon": 5.2, "tags": {"amenity": "parking_entrance"}}
    corners = [{"type": "node", "id": number, "lat": y, "lon": x} for (x, y), number in nodes.items()]
    answer = {"version": 0.6, "generator": "Overpass API", "elements": [garage, *corners, *ways]}
    write_json(folder / "overpass.json", answer)


def _way(
    ring: BaseGeometry, tags: dict[str, str], nodes: dict[tuple[float, float], int], place: int
) -> dict[str, object]:
    """A closed way in degrees; its corners are added to the nodes, and a corner of two ways is one node."""
    corners = [(round(x, 7), round(y, 7)) for x, y in ring.coords]
    numbers = [nodes.setdefault(corner, OSM_FROM + len(nodes)) for corner in corners]
    return {"type": "way", "id": OSM_FROM + place, "nodes": numbers, "tags": tags}


def _regimes(regime: str) -> str:
    soort, sign = SOORTEN[regime]
    return json.dumps([{"soort": soort, "eType": sign, "kenteken": "XX-99-XX" if regime == "gpp" else None}])


BAY_FORMS: dict[str, Form] = {
    "parking_bays/vakken": write_dump,
    "parking_bays/parkeervakken": write_register,
    "parking_bays/overpass": write_overpass,
}
"""Path below the folder, without suffix, to what writes it."""
