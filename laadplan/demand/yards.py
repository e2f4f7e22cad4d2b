"""The ground as a car meets it: houses, sheds, streets, parking bays, inritten, and what bars the way.

In: buildings, road parts and terrain of the BGT (RD New, m). Out: all polygons at ground level with what each is. Own
ground is what is left: erf, other unplanted terrain, and wood, heath or grassland in which a house stands.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from laadplan.config.project import Surfaces
from laadplan.contracts.sources import PLANNED
from laadplan.geo.nearest import nearest
from laadplan.geo.rays import Flags, Floats, Ints

INRIT_REACH_M = 10.0
"""An inrit this near (m) to a house, and to no other as near, leads to it, straight or not."""

SHED_REACH_M = 30.0
"""A building without an address belongs to the nearest with one, up to this far (m)."""

ON_GROUND_M = 1.0
"""A house this near (m) to road parts or terrain has its ground drawn."""

INRIT = "inrit"
BAY = "parkeervlak"
OWN = "onbegroeid"
"""Kind of terrain that may be own ground: erf, and other ground without plants."""

PLANTED = "begroeid"
PUBLIC_GREEN = "groenvoorziening"
"""Cover of planted terrain that is public; a house in wood, heath or grassland stands on ground of its own."""

PASSABLE = "ondersteunend"
"""Kind of terrain that a drive may cross unseen: verges. Public green and water it crosses by a drawn inrit."""

HOUSE, SHED, STREET, BAYS, DRIVE, BARRIER, OTHER = range(7)
"""What a polygon is to a strip."""


@dataclass(frozen=True)
class Ground:
    """All that strips meet: shapes, what each is, whose it is (row of the house, -1: nobody's), and its area (m2)."""

    shapes: npt.NDArray[np.object_]
    kinds: Ints
    owners: Ints
    areas_m2: Floats


def lay_ground(
    houses: gpd.GeoSeries,
    buildings: gpd.GeoDataFrame,
    addressed: pd.Index,
    road_parts: gpd.GeoDataFrame,
    terrain: gpd.GeoDataFrame,
    surfaces: Surfaces,
) -> Ground:
    """Buildings, road parts and terrain at ground level, each with what it is to a car.

    Parameters
    ----------
    houses
        Shapes of the buildings that own something: their rows are the owners.
    buildings
        `Buildings` that stand.
    addressed
        Ids of buildings with an address; the others are sheds and garages, and belong to the nearest of these.
    road_parts, terrain
        `RoadParts` and `Terrain`.
    surfaces
        Functions of road parts that are streets.
    """
    roads, land = on_the_ground(road_parts), _not_own(on_the_ground(terrain))
    has_address = buildings.index.isin(addressed)
    streets = {*surfaces.driveable, *surfaces.aisle} - {INRIT}
    what = roads["function"].map({**dict.fromkeys(streets, STREET), BAY: BAYS, INRIT: DRIVE}).fillna(OTHER)
    hard = np.where(land["kind"] == PASSABLE, OTHER, BARRIER)
    kinds = np.concatenate([np.where(has_address, HOUSE, SHED), what.to_numpy(dtype=int), hard]).astype(np.int64)
    nobody = np.full(len(roads) + len(land), -1)
    owners = np.concatenate([_owners(houses, buildings, has_address), nobody]).astype(np.int64)
    polygons, part = shapely.get_parts(_all(buildings, roads, land), return_index=True)
    return Ground(polygons, kinds[part], owners[part], shapely.area(polygons))


def _not_own(land: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Terrain that cannot be a garden or a yard; planted terrain of no known cover is taken for public."""
    wild = land["kind"].eq(PLANTED) & land["cover"].ne(PUBLIC_GREEN) & land["cover"].notna()
    return land[~(land["kind"].eq(OWN) | wild)]


def _owners(houses: gpd.GeoSeries, buildings: gpd.GeoDataFrame, has_address: Flags) -> Ints:
    """Row of the house that each building is, or that a shed belongs to; -1: of none of them."""
    sheds, homes = gpd.GeoSeries(buildings.geometry[~has_address]), gpd.GeoSeries(buildings.geometry[has_address])
    whose = nearest(sheds, homes, within_m=SHED_REACH_M)["other_id"]
    owner = pd.Series(buildings.index, index=buildings.index).where(has_address, whose.reindex(buildings.index))
    return np.asarray(houses.index.get_indexer(pd.Index(owner)))


def _all(*frames: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    return np.concatenate([frame.geometry.to_numpy() for frame in frames])


def on_the_ground(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What lies on the ground now: not planned, not above or below."""
    return frame[(frame["level"] == 0) & (frame["status"] != PLANNED)].sort_index()


def is_drawn(houses: gpd.GeoSeries, *drawn: gpd.GeoDataFrame) -> Flags:
    """Whether road parts or terrain are drawn against each house."""
    rows, _ = shapely.STRtree(_all(*drawn)).query(houses.to_numpy(), predicate="dwithin", distance=ON_GROUND_M)
    return np.isin(np.arange(len(houses)), rows)


def inrit_near(houses: gpd.GeoSeries, ground: Ground) -> Flags:
    """Whether an inrit lies nearer to each house than to any other, and within reach of it."""
    inrits = ground.shapes[ground.kinds == DRIVE]
    others = ground.kinds == HOUSE
    shapes, owners = ground.shapes[others], ground.owners[others]
    drive, other = shapely.STRtree(shapes).query(inrits, predicate="dwithin", distance=INRIT_REACH_M)
    apart = pd.Series(np.round(shapely.distance(inrits[drive], shapes[other]), 2))
    is_nearest = (apart == apart.groupby(drive).transform("min")).to_numpy()
    return np.isin(np.arange(len(houses)), owners[other[is_nearest]])
