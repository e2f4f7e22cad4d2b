"""Single bays cut from the parking strips (parkeervlak) of the BGT.

In: road parts. Out: `Strips` (every parkeervlak with what was made of it) and `Bays`. A strip is measured across its
kerb line; its median depth says how cars park in it, and each stretch that is deep enough is divided into bays of about
the standard size. Car parks are laid out in `kerb.carpark`. Angled bays (schuin) are not told from haaks here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import BayRules, Surfaces
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import Strips
from laadplan.kerb.carpark import driven_near, plan_car_park
from laadplan.kerb.line import depths, kerb_line, places
from laadplan.kerb.row import Place, Row, bay_rows, bays_frame

PARKING = "parkeervlak"
"""BGT function of a parking strip."""

LENGTHENED_SHARE = 0.15
"""A bay is drawn at most this much longer than the standard to fill its stretch."""

INSCRIBED_M = 0.05
"""Accuracy of the largest circle that fits a strip (m)."""

CM_DECIMALS = 2
"""Depths are judged in centimetres, as they are printed: the sources are good to decimetres."""

NEAR_M = 30.0
"""Carriageways are looked for within this distance of a strip (m)."""


@dataclass(frozen=True)
class Standard:
    """Standard size of a bay along the kerb for one way of parking (m), and the depths that are taken for it."""

    orientation: str
    length_m: float
    length_min_m: float
    depth_m: tuple[float, float]


@dataclass(frozen=True)
class MeasuredStrip:
    """A strip with its kerb line, its depths along it and the way cars park in it."""

    local_id: str
    surface: shapely.Polygon
    kerb: shapely.LineString
    along_m: np.ndarray
    depth_m: np.ndarray
    standard: Standard | None

    @property
    def broad_m(self) -> float:
        """Diameter of the largest circle that fits the surface (m): what tells a car park from a strip."""
        diameter = 2 * shapely.maximum_inscribed_circle(self.surface, tolerance=INSCRIBED_M).length
        return round(float(diameter), CM_DECIMALS)

    @property
    def median_depth_m(self) -> float:
        """Median depth over the stretch that has any depth (m)."""
        return float(np.median(self.depth_m[self.depth_m > 0])) if (self.depth_m > 0).any() else 0.0


def cut_strips(
    road_parts: gpd.GeoDataFrame, rules: BayRules, surfaces: Surfaces
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """All parking strips at ground level, and the bays cut from them.

    Parameters
    ----------
    road_parts
        `RoadParts`.
    rules
        Standard sizes and tolerances.
    surfaces
        Which functions are carriageways and aisles.

    Returns
    -------
    `Strips` and `Bays`, both in RD New.
    """
    strips, bays = [], []
    driven = driven_near(road_parts, surfaces)
    for strip in measured_strips(road_parts, rules, surfaces):
        row = row_of(strip, rules)
        cut = bay_rows(strip.local_id, [row] if row else [], strip.surface, rules.touching_m)
        strip_row = _strip_row(strip, cut, rules)
        if strip_row["kind"] == "parkeerterrein":
            park = plan_car_park(strip.surface, driven(strip.surface), rules)
            cut, strip_row = park.bays(strip.local_id, rules), strip_row | park.strip(rules)
        bays += cut
        strips.append(strip_row)
    return _strips_frame(strips), bays_frame(bays)


def measured_strips(road_parts: gpd.GeoDataFrame, rules: BayRules, surfaces: Surfaces) -> Iterator[MeasuredStrip]:
    """Every parkeervlak at ground level, measured across its kerb line."""
    ground = road_parts[road_parts["level"] == 0]
    parking = ground[ground["function"] == PARKING].sort_index()
    carriageways = ground[ground["function"].isin(surfaces.driveable)].geometry
    aisles = ground[ground["function"].isin(surfaces.aisle)].geometry
    for local_id, geometry in parking.geometry.items():
        parts = shapely.get_parts(geometry)
        surface = max(parts, key=lambda part: part.area)
        driven = _driven_side(surface, carriageways, aisles, rules)
        kerb = kerb_line(surface, driven, rules.touching_m)
        along = np.arange(rules.step_m / 2, kerb.length, rules.step_m)
        depth = np.round(depths(surface, kerb, along, rules.touching_m), CM_DECIMALS)
        measured = MeasuredStrip(str(local_id), surface, kerb, along, depth, None)
        yield replace(measured, standard=_standard(measured, rules))


def row_of(strip: MeasuredStrip, rules: BayRules) -> Row | None:
    """The row of bays of one strip; None where cars park in no known way."""
    if strip.standard is None:
        return None
    found = []
    for begin, end in usable_stretches(strip, rules):
        for bay_begin, bay_end in divide(begin, end, strip.standard):
            surface = _slice(strip, bay_begin, bay_end)
            whole = (bay_end - bay_begin) * strip.median_depth_m
            if surface is not None and surface.area >= rules.filled_min_share * whole:
                found.append(Place(bay_begin, bay_end, surface))
    return Row(strip.kerb, strip.standard.orientation, strip.median_depth_m, tuple(found))


def usable_stretches(strip: MeasuredStrip, rules: BayRules) -> list[tuple[float, float]]:
    """Begin and end (m along the kerb) of each stretch as deep as the way of parking asks for."""
    if strip.standard is None:
        return []
    deep = (strip.depth_m >= strip.standard.depth_m[0]) & (strip.depth_m <= strip.standard.depth_m[1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], deep, [False]]).astype(int)))
    half = rules.step_m / 2
    return [
        (max(0.0, strip.along_m[first] - half), min(strip.kerb.length, strip.along_m[last - 1] + half))
        for first, last in edges.reshape(-1, 2)
    ]


def divide(begin_m: float, end_m: float, standard: Standard) -> list[tuple[float, float]]:
    """Begin and end of the bays that fit a stretch: as many as the standard size gives, none below the minimum.

    What is left over after bays of at most 15 % above the standard stays unused at the end.

    >>> divide(0.0, 23.0, Standard("langs", 5.5, 5.0, (1.6, 3.0)))
    [(0.0, 5.75), (5.75, 11.5), (11.5, 17.25), (17.25, 23.0)]
    """
    length = end_m - begin_m
    count = round(length / standard.length_m)
    if count and length / count < standard.length_min_m:
        count -= 1
    if not count:
        return []
    size = min(length / count, standard.length_m * (1 + LENGTHENED_SHARE))
    return [(begin_m + place * size, begin_m + (place + 1) * size) for place in range(count)]


def _driven_side(
    surface: shapely.Polygon, carriageways: gpd.GeoSeries, aisles: gpd.GeoSeries, rules: BayRules
) -> shapely.Geometry:
    """Union of the carriageways near the strip; of the aisles where no carriageway touches it."""
    near = gpd.GeoSeries(carriageways[carriageways.dwithin(surface, NEAR_M)])
    if not near.dwithin(surface, rules.touching_m).any():
        touching = gpd.GeoSeries(aisles[aisles.dwithin(surface, rules.touching_m)])
        near = touching if len(touching) else near
    return shapely.union_all(near.to_numpy())


def _standard(strip: MeasuredStrip, rules: BayRules) -> Standard | None:
    langs = Standard("langs", rules.parallel_length_m, rules.parallel_length_min_m, rules.parallel_depth_m)
    haaks = Standard("haaks", rules.perpendicular_width_m, rules.perpendicular_width_min_m, rules.perpendicular_depth_m)
    if strip.broad_m > haaks.depth_m[1]:
        return None
    return next((kind for kind in (langs, haaks) if kind.depth_m[0] <= strip.median_depth_m <= kind.depth_m[1]), None)


def _slice(strip: MeasuredStrip, begin_m: float, end_m: float) -> shapely.Polygon | None:
    """The part of the strip between two places along its kerb."""
    between = strip.along_m[(strip.along_m > begin_m) & (strip.along_m < end_m)]
    here = places(strip.kerb, np.concatenate([[begin_m], between, [end_m]]))
    far = here.points + (strip.median_depth_m * 1.5) * here.right
    near = here.points - 0.5 * here.right
    outline = shapely.make_valid(shapely.Polygon(np.vstack([near, far[::-1]])))
    pieces = [part for part in shapely.get_parts(outline & strip.surface) if part.geom_type == "Polygon"]
    return max(pieces, key=lambda part: part.area, default=None)


def _strip_row(strip: MeasuredStrip, bays: list[dict[str, Any]], rules: BayRules) -> dict[str, Any]:
    used = sum(float(bay["geometry"].area) for bay in bays)
    unused = max(0.0, strip.surface.area - used)
    return {
        "local_id": strip.local_id,
        "kind": _kind(strip, rules),
        "length_m": round(strip.kerb.length, 2),
        "depth_m": round(strip.median_depth_m, 2),
        "bay_count": len(bays),
        "area_m2": round(strip.surface.area, 2),
        "unused_m2": round(unused, 2),
        "reason": _reason(strip, bool(bays), unused, rules),
        "geometry": strip.surface,
    }


def _kind(strip: MeasuredStrip, rules: BayRules) -> str:
    if strip.standard is not None:
        return strip.standard.orientation
    return "parkeerterrein" if strip.broad_m > rules.perpendicular_depth_m[1] else "onbekend"


def _reason(strip: MeasuredStrip, has_bays: bool, unused_m2: float, rules: BayRules) -> str | None:
    depth = f"{strip.median_depth_m:.2f} m diep"
    if strip.standard is None:
        return f"diepte past bij geen parkeerwijze ({depth})"
    if not has_bays:
        return f"te kort voor een vak ({strip.kerb.length:.1f} m lang, {depth})"
    return f"{unused_m2:.1f} m2 niet gebruikt (schuine uiteinden of rest)" if unused_m2 >= 1.0 else None


def _strips_frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    if not rows:
        return Strips.empty()
    table = pd.DataFrame(rows).set_index(Strips.index_name()).astype({"reason": "str"})
    return gpd.GeoDataFrame(table, geometry="geometry", crs=RD_EPSG)
