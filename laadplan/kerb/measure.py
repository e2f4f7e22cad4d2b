"""Measured quantities of each spot from public sources, before anything is judged.

In: spots and whatever layers were delivered. Out: `Measurements`, one row per spot. Each layer may be absent: then the
quantities it would give are empty or ``onbekend``, never nil and never a pass. Nothing confidential is measured here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.project import SpotRules, Surfaces
from laadplan.contracts.measured import CORRIDORS, UNKNOWN, Measurements, RasterValues
from laadplan.contracts.quality import Quality
from laadplan.geo.hindrance import walking_obstacles
from laadplan.geo.width import ADJOINS, walkway_widths
from laadplan.kerb.beside import measure_charge_points, measure_roads, measure_street, measure_trees
from laadplan.kerb.signposts import measure_signs
from laadplan.kerb.standing import measure_grid, measure_road_manager, measure_zones


@dataclass(frozen=True)
class PublicLayers:
    """What may be measured to: frames under the name of their contract, None where not delivered.

    All in RD New; a frame without rows counts as not delivered.
    """

    bays: gpd.GeoDataFrame
    road_parts: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    obstacles: gpd.GeoDataFrame | None = None
    trees: gpd.GeoDataFrame | None = None
    charge_points: gpd.GeoDataFrame | None = None
    addresses: gpd.GeoDataFrame | None = None
    signs: gpd.GeoDataFrame | None = None
    zones: gpd.GeoDataFrame | None = None
    road_managers: gpd.GeoDataFrame | None = None
    grid_capacity: pd.DataFrame | None = None
    grid_areas: gpd.GeoDataFrame | None = None


def measure_spots(
    candidates: gpd.GeoDataFrame,
    layers: PublicLayers,
    *,
    spots: SpotRules,
    surfaces: Surfaces,
    municipality_code: str,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """All public quantities of each spot, as `Measurements`.

    Parameters
    ----------
    candidates
        `Candidates`, RD New.
    layers
        What was delivered.
    spots
        Size and place of the pole, and how far a footway is looked for.
    surfaces
        Which BGT functions are carriageway and which are footway.
    municipality_code
        CBS code, for indications of grid capacity per municipality.
    quality
        Where it is noted of how many spots each quantity is known.
    """
    if candidates.empty:
        return Measurements.empty()
    poles = candidates.geometry
    measured = pd.concat(
        [
            measure_walkways(candidates, layers, spots, surfaces),
            measure_trees(poles, layers.trees),
            measure_street(poles, layers.buildings, layers.obstacles),
            measure_charge_points(poles, layers.charge_points),
            measure_roads(poles, layers.road_parts, surfaces.driveable),
            measure_signs(candidates, layers.bays, layers.signs),
            measure_zones(poles, layers.zones),
            measure_road_manager(poles, layers.road_managers),
            measure_grid(candidates, layers.grid_capacity, layers.grid_areas, layers.addresses, municipality_code),
        ],
        axis=1,
    )
    measured = measured[Measurements.columns()].astype(Measurements.kinds()).rename_axis(Measurements.index_name())
    if quality is not None:
        quality.facts |= {f"spots with {name}": number for name, number in count_known(measured).items() if number}
        if layers.obstacles is None or layers.obstacles.empty:
            quality.find("No obstacles were delivered: walkways are measured as if nothing stood on them but trees.")
    return measured


def count_known(measured: pd.DataFrame) -> dict[str, int]:
    """Number of spots of which each quantity has a value: neither empty nor ``onbekend``."""
    known = measured.notna() & (measured != UNKNOWN)
    return {str(name): int(number) for name, number in known.sum().items()}


def raster_rows(values: Mapping[str, pd.Series], quality: Quality) -> pd.DataFrame:
    """Values per raster and spot as `RasterValues`.

    Parameters
    ----------
    values
        Name of the raster to its value per spot, NaN where it has none.
    quality
        Where it is noted of how many spots each raster has a value, and which hold nothing here.
    """
    rows = [
        pd.DataFrame(
            {
                "value_id": found.index.astype("str") + f"|{name}",
                "locatie_id": found.index.astype("str"),
                "raster_id": name,
                "value": found.to_numpy(dtype=float),
            }
        )
        for name, found in sorted(values.items())
    ]
    known = {name: int(found.notna().sum()) for name, found in sorted(values.items())}
    quality.facts |= {f"spots with a value of {name}": number for name, number in known.items()}
    for name in [name for name, number in known.items() if not number and len(values[name])]:
        quality.find(f"Raster {name} has no value at any spot.")
    if not rows:
        return RasterValues.empty()
    return pd.concat(rows).set_index("value_id").astype(RasterValues.kinds()).sort_index()


def measure_walkways(
    candidates: gpd.GeoDataFrame, layers: PublicLayers, spots: SpotRules, surfaces: Surfaces
) -> pd.DataFrame:
    """The walkway past each pole: columns of `Measurements`; ``onbekend`` where no footways were delivered.

    Also where none adjoins and nothing tells what the pole stands on: it may be a footway.
    """
    footways = _footways(layers.road_parts, surfaces)
    if footways is None:
        unknown = {"walkway": UNKNOWN, "walkway_width_m": np.nan, "walkway_beyond": False}
        return pd.DataFrame(unknown | dict.fromkeys(CORRIDORS.values(), np.nan), index=candidates.index)
    found = walkway_widths(
        candidates.geometry,
        candidates["away_deg"],
        footways,
        walking_obstacles(layers.obstacles, layers.trees),
        pole_width_m=spots.pole_width_m,
        reach_m=spots.footway_reach_m,
        search_m=spots.footway_search_m,
        within_m=spots.corridor_within_m,
    )
    is_known = candidates["pole_surface"].notna() | (found["walkway"] == ADJOINS)
    return found.assign(walkway=found["walkway"].where(is_known, UNKNOWN))


def _footways(road_parts: gpd.GeoDataFrame | None, surfaces: Surfaces) -> gpd.GeoSeries | None:
    if road_parts is None:
        return None
    ground = road_parts[(road_parts["level"] == 0) & road_parts["function"].isin(surfaces.footway)]
    return gpd.GeoSeries(ground.geometry) if len(ground) else None
