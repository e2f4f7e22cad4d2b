"""Single bays cut from the parking strips (parkeervlak) of the BGT.

In: road parts. Out: `Strips` (every parkeervlak with what was made of it) and `Bays`. The parts of a parkeervlak are
cut one by one (see `strip`); a part too broad for a strip, of which rows along its sides use too little, is a car park.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import BayRules, Surfaces
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import Strips
from laadplan.contracts.quality import Quality
from laadplan.kerb.around import PARKING, Surroundings
from laadplan.kerb.carpark import NEAR_M, CarPark, plan_car_park
from laadplan.kerb.row import Row, bay_rows, bays_frame
from laadplan.kerb.strip import Cut, cut_strip

INSCRIBED_M = 0.05
"""Accuracy of the largest circle that fits a strip (m)."""

STRIP_SHARE = 0.6
"""A broad surface of which rows along its sides use less than this is a car park."""

ON_SHARE = 0.5
"""A strip of which more than this lies on another one is the same place drawn twice."""

SLIVER_M2 = 1.0
"""Parts of a parkeervlak smaller than this are slivers of the map, and less than this unused is not worth a word."""


@dataclass(frozen=True)
class _Strip:
    """A parkeervlak with what was made of its parts; the first part is the largest.

    ``on`` is another parkeervlak that it lies on: nobody parks there twice.
    """

    local_id: str
    surface: BaseGeometry
    parts: tuple[Cut, ...]
    rows: tuple[Row, ...]
    park: CarPark | None
    on: str | None = None

    @property
    def kind(self) -> str:
        """How most cars park here."""
        if self.park is not None:
            return "parkeerterrein"
        area: Counter[str] = Counter()
        for row in self.rows:
            area[row.orientation] += round(sum(place.surface.area for place in row.places) * 100)
        return max(sorted(area), key=lambda kind: area[kind]) if area else "onbekend"


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
    ground = road_parts[road_parts["level"] == 0].sort_index()
    around = Surroundings.of(ground, surfaces)
    strips, bays = [], []
    parking = gpd.GeoSeries(ground.geometry[ground["function"] == PARKING])
    beneath = _on_others(parking)
    for local_id, surface in parking.items():
        strip = _cut_parts(str(local_id), surface, around, rules)
        if local_id in beneath:
            strip = replace(strip, rows=(), park=None, on=beneath[local_id])
        cut = bay_rows(strip.local_id, strip.rows, surface, rules.touching_m)
        bays += cut
        strips.append(_strip_row(strip, cut, rules))
    return _strips_frame(strips), bays_frame(bays)


def _on_others(parking: gpd.GeoSeries) -> dict[str, str]:
    """Strips of which most lies on another one that comes first by id, and that one."""
    shapes = parking.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    most = shared > ON_SHARE * shapely.area(shapes[second])
    ids = parking.index.to_numpy()
    return dict(zip(ids[second[most]][::-1], ids[first[most]][::-1], strict=True))


def report_bays(strips: gpd.GeoDataFrame, bays: gpd.GeoDataFrame, quality: Quality) -> None:
    """Notes how many bays there are of each kind, what no bay uses, and which strips hold none."""
    quality.facts |= {f"bays {kind}": int(number) for kind, number in bays["orientation"].value_counts().items()}
    quality.facts |= {f"bays of {origin}": int(number) for origin, number in bays["origin"].value_counts().items()}
    quality.facts |= {
        "strips": len(strips),
        "m2 of strips that no bay uses": round(float(strips["unused_m2"].sum()), 1),
    }
    none = strips.index[strips["bay_count"] == 0]
    if len(none):
        quality.find(f"{len(none)} of {len(strips)} parkeervlakken hold no bay, see 'reason' in Strips.")


def _cut_parts(local_id: str, surface: BaseGeometry, around: Surroundings, rules: BayRules) -> _Strip:
    """All parts of a parkeervlak, the largest first."""
    parts = sorted(
        shapely.get_parts(surface), key=lambda part: (-round(part.area, 2), part.centroid.x, part.centroid.y)
    )
    parts = [part for part in parts if part.area >= SLIVER_M2] or parts[:1]
    cuts = [(part, cut_strip(part, around, rules)) for part in parts]
    parks = [_car_park(part, cut, around, rules) for part, cut in cuts]
    rows = [row for (_, cut), park in zip(cuts, parks, strict=True) for row in (park or cut).rows]
    return _Strip(local_id, surface, tuple(cut for _, cut in cuts), tuple(rows), parks[0])


def _car_park(part: shapely.Polygon, cut: Cut, around: Surroundings, rules: BayRules) -> CarPark | None:
    """The layout of a surface too broad for a strip, of which rows along its sides use too little; None for a strip."""
    if cut.used_m2 >= STRIP_SHARE * part.area:
        return None
    diameter = round(float(2 * shapely.maximum_inscribed_circle(part, tolerance=INSCRIBED_M).length), 2)
    if diameter <= rules.perpendicular_depth_m[1]:
        return None
    return plan_car_park(part, around.ways(part, NEAR_M), rules)


def _strip_row(strip: _Strip, bays: list[dict[str, Any]], rules: BayRules) -> dict[str, Any]:
    used = float(np.sum(shapely.area([bay["geometry"] for bay in bays])))
    unused = max(0.0, strip.surface.area - used)
    return {
        "local_id": strip.local_id,
        "kind": _kind(strip, rules),
        "length_m": round(_length_m(strip), 2),
        "depth_m": round(strip.parts[0].depth_m, 2),
        "bay_count": len(bays),
        "area_m2": round(strip.surface.area, 2),
        "unused_m2": round(unused, 2),
        "reason": _reason(strip, bool(bays), unused, rules),
        "geometry": strip.surface,
    }


def _length_m(strip: _Strip) -> float:
    """Length of the kerb of all rows; of the largest part where there is none."""
    kerbs = {row.kerb.wkb: row.kerb.length for row in strip.rows}
    return sum(kerbs.values()) or strip.parts[0].kerb.length


def _kind(strip: _Strip, rules: BayRules) -> str:
    if strip.kind != "onbekend":
        return strip.kind
    depth = strip.parts[0].depth_m
    for kind, (low, high) in (("langs", rules.parallel_depth_m), ("haaks", rules.perpendicular_depth_m)):
        if low <= depth <= high:
            return kind
    return "onbekend"


def _reason(strip: _Strip, has_bays: bool, unused_m2: float, rules: BayRules) -> str | None:
    if strip.on is not None:
        return f"ligt op parkeervlak {strip.on}: niet nog eens in vakken verdeeld"
    depth = f"{strip.parts[0].depth_m:.2f} m diep"
    if strip.park is not None:
        return strip.park.reason(rules)
    if _kind(strip, rules) == "onbekend":
        return f"diepte past bij geen parkeerwijze ({depth})"
    if not has_bays:
        return f"te kort voor een vak ({_length_m(strip):.1f} m lang, {depth})"
    return f"{unused_m2:.1f} m2 niet gebruikt (schuine uiteinden of rest)" if unused_m2 >= SLIVER_M2 else None


def _strips_frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    if not rows:
        return Strips.empty()
    table = pd.DataFrame(rows).set_index(Strips.index_name()).astype({"reason": "str"})
    return gpd.GeoDataFrame(table, geometry="geometry", crs=RD_EPSG)
