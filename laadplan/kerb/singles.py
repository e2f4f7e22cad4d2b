"""Which bays of registers are single bays with a surface, and strips of which the number is known in single bays.

In: `ParkingBays`. Out: one surface per bay, each place once. What has no surface, is no bay by its size or has no
number is dropped with its rule; where two registers draw the same place, the one of the municipality goes before OSM,
and within one register the smaller id.
"""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import BayRules, Surfaces
from laadplan.contracts.quality import Quality
from laadplan.kerb.line import places
from laadplan.kerb.side import kerb_line

RANKS = ("gemeente", "OSM")
"""Registers that are read, the one that goes before first; the cut of the BGT comes after both."""

SMALLEST_M2 = 5.0
"""Smallest surface of a bay (m2): the narrowest langs bay that is counted, 1.6 x 5.0 m, has 8."""

LARGEST_M2 = 75.0
"""Largest surface of one bay (m2): a place for a coach takes 60."""

ONE_PIECE_SHARE = 0.90
"""A bay drawn in several parts is taken for its largest part where that is at least this share of it."""

SQUEEZED, ROOMY = 0.75, 1.50
"""A strip is divided by its number where its bays come out between these times the standard size along the kerb."""

OVERLAP_SHARE = 0.25
"""Two surfaces that share more than this of the smaller are one place: neighbours are drawn a decimetre or two over
each other, 8 % of a langs bay."""

NEAR_M = 30.0
"""Carriageways are looked for within this distance of a strip (m)."""

SAMPLE_M = 1.0
"""A strip is divided across its kerb line, followed by points this far apart (m)."""

BEFORE_M = 0.50
"""A piece begins this far before the kerb line (m): the edge is not quite straight between two points of it."""

POINT = "vak is een punt: geen vlak"
BROKEN = "kapotte geometrie"
PIECES = "vak in losse delen"
SMALL = f"te klein voor een vak (minder dan {SMALLEST_M2:g} m2)"
LARGE = f"te groot voor een vak (meer dan {LARGEST_M2:g} m2)"
NO_NUMBER = "strook zonder aantal vakken"
NO_FIT = "strook: aantal vakken past niet bij de vorm"
DOUBLE = "overlapt een vak dat voorgaat (gemeente voor OSM)"

COLUMNS = ["orientation", "regime", "origin", "geometry"]


def single_bays(
    parking_bays: gpd.GeoDataFrame,
    road_parts: gpd.GeoDataFrame,
    rules: BayRules,
    surfaces: Surfaces,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """Single bays of registers by id, in order: ``orientation``, ``regime``, ``origin`` and a polygon in RD New (m).

    Parameters
    ----------
    parking_bays
        `ParkingBays`; the parkeervlakken of the BGT among them are left to the cut.
    road_parts
        `RoadParts`: along which side a strip is divided; may be empty.
    rules, surfaces
        Standard sizes; which functions are carriageways.
    quality
        Where bays that are dropped are noted, each with its rule.
    """
    known = parking_bays[parking_bays["origin"].isin(RANKS)].sort_index()
    known = _with_surface(known, quality)
    several = (known["kind"] == "strook").to_numpy()
    bays = _of_one_size(known[~several][COLUMNS], quality)
    pieces = _divided(known[several], road_parts, rules, surfaces, quality)
    return _once(pd.concat([bays, pieces]).sort_index() if len(pieces) else bays, quality)


def shared_pairs(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places in two arrays of surfaces (m RD) of which more than `OVERLAP_SHARE` of the smaller is shared."""
    here, there = shapely.STRtree(second).query(first, predicate="intersects")
    shared = shapely.area(shapely.intersection(first[here], second[there]))
    least = np.minimum(shapely.area(first[here]), shapely.area(second[there]))
    same = shared > OVERLAP_SHARE * least
    return here[same], there[same]


def _with_surface(bays: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The bays with a valid surface, of which the largest part is nearly all."""
    shapes = bays.geometry.to_numpy()
    point = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT))
    broken = ~point & (~shapely.is_valid(shapes) | (shapely.area(shapes) == 0))
    quality.drop(POINT, bays.index[point])
    quality.drop(BROKEN, bays.index[broken])
    bays = gpd.GeoDataFrame(bays[~point & ~broken])
    parts, at = shapely.get_parts(bays.geometry.to_numpy(), return_index=True)
    largest = np.lexsort((-shapely.area(parts), at))[np.unique(at, return_index=True)[1]]
    whole = shapely.area(parts[largest]) >= ONE_PIECE_SHARE * bays.area.to_numpy()
    quality.drop(PIECES, bays.index[~whole])
    return gpd.GeoDataFrame(bays.set_geometry(parts[largest], crs=bays.crs)[whole])


def _of_one_size(bays: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    small, large = bays.area < SMALLEST_M2, bays.area > LARGEST_M2
    quality.drop(SMALL, bays.index[small])
    quality.drop(LARGE, bays.index[large])
    return gpd.GeoDataFrame(bays[~small & ~large])


def _divided(
    strips: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame, rules: BayRules, surfaces: Surfaces, quality: Quality
) -> gpd.GeoDataFrame:
    """Strips in as many equal bays as they are said to hold; their ids with '#' and a number."""
    number = strips["capacity"]
    countable = number.notna() & (number >= 1) & (number == number.round())
    quality.drop(NO_NUMBER, strips.index[~countable])
    strips = strips[countable]
    driven = road_parts.geometry.to_numpy()[
        ((road_parts["level"] == 0) & road_parts["function"].isin(surfaces.driveable)).to_numpy()
    ]
    near = shapely.STRtree(driven)
    rows, unfit = [], []
    told = zip(strips.index, strips["orientation"], strips["capacity"].astype("int64"), strict=True)
    for (bay_id, orientation, count), surface in zip(told, strips.geometry.to_numpy(), strict=True):
        roads = driven[np.sort(near.query(surface, predicate="dwithin", distance=NEAR_M))]
        kerb = kerb_line(surface, shapely.union_all(roads), rules.touching_m)
        way = _orientation(str(orientation), surface.area, kerb.length, int(count), rules)
        pieces = _slices(surface, kerb, int(count)) if way else []
        unfit += [] if pieces else [bay_id]
        rows += [(f"{bay_id}#{place:02d}", bay_id, way, piece) for place, piece in enumerate(pieces, 1)]
    quality.drop(NO_FIT, unfit)
    name = str(strips.index.name)
    table = pd.DataFrame(rows, columns=[name, "of", "orientation", "geometry"]).set_index(name)
    for column in ("regime", "origin"):
        table[column] = table["of"].map(strips[column])
    return gpd.GeoDataFrame(table[COLUMNS], geometry="geometry", crs=strips.crs)


def _orientation(told: str, area_m2: float, length_m: float, number: int, rules: BayRules) -> str | None:
    """How cars park on a strip of so many bays, as told or by their form; None where the bays would have no size."""
    size, depth = length_m / number, area_m2 / length_m
    orientation = told if told != "onbekend" else ("langs" if size > depth else "haaks")
    langs = orientation == "langs"
    standard = rules.parallel_length_m if langs else rules.perpendicular_width_m
    low, high = rules.parallel_depth_m if langs else rules.perpendicular_depth_m
    fits = SQUEEZED * standard <= size <= ROOMY * standard and low <= round(depth, 2) <= high
    return orientation if fits else None


def _slices(surface: shapely.Polygon, kerb: shapely.LineString, number: int) -> list[shapely.Polygon]:
    """The surface in equal pieces across its kerb line; none where a piece would be empty."""
    reach = 2 * surface.area / kerb.length
    found: list[shapely.Polygon] = []
    for begin, end in pairwise(np.linspace(0.0, kerb.length, number + 1)):
        here = places(kerb, np.linspace(begin, end, int(np.ceil((end - begin) / SAMPLE_M)) + 1))
        outline = np.vstack([here.points - BEFORE_M * here.right, (here.points + reach * here.right)[::-1]])
        piece = shapely.intersection(shapely.make_valid(shapely.Polygon(outline)), surface)
        parts = [part for part in shapely.get_parts(piece) if part.geom_type == "Polygon"]
        found += [max(parts, key=lambda part: float(part.area))] if parts else []
    return found if len(found) == number else []


def _once(bays: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """Each place once: of two bays over each other the one of higher rank, then the smaller id."""
    if not len(bays):
        return bays
    shapes = bays.geometry.to_numpy()
    order = np.lexsort((np.arange(len(bays)), bays["origin"].map(RANKS.index).to_numpy()))
    rank = np.empty(len(bays), dtype=int)
    rank[order] = np.arange(len(bays))
    first, second = shared_pairs(shapes, shapes)
    before = rank[first] < rank[second]
    gone = np.zeros(len(bays), dtype=bool)
    for here, there in sorted(zip(first[before], second[before], strict=True), key=lambda pair: rank[pair[1]]):
        gone[there] |= not gone[here]
    quality.drop(DOUBLE, bays.index[gone])
    return gpd.GeoDataFrame(bays[~gone])
