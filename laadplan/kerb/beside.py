"""What stands and lies near each pole: distances to trees, walls, things in the street, other poles and junctions.

In: positions of poles and the layers to measure to. Out: the columns of `Measurements` about what is near, in m from
the heart of the pole, rounded to centimetres, up to `LOOKED_M`: what lies further gives that value, which means at
least. A layer that is absent or empty gives empty values. Only what is at ground level counts.
"""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.contracts.measured import CHARGE_POINTS_LOOKED_M, LOOKED_M
from laadplan.contracts.sources import PLANNED
from laadplan.geo.nearest import nearest
from laadplan.geo.rounding import rounded
from laadplan.kerb.junctions import junctions

CABINET, MANHOLE = "kast", "put"

OVERHEAD = ("gebouwinstallatie",)
"""Kinds of obstacle that hang over the street, such as a canopy (luifel)."""

FLUSH = (
    *("detectielus", "molgoot", "lijnafwatering", "wegmarkering", "wildrooster", "rooster", "boomspiegel"),
    "verkeersdrempel",
)
"""Types of obstacle that lie in the surface: nothing stands in the way there."""

CROSSINGS = ("inrit", "overweg", "verkeersdrempel")
"""Functions and plus-functions of road parts where the kerb is crossed or the carriageway raised."""

CROWN_REACH_M = 15.0
"""A crown that is not known may reach this far from its stem (m): half of the broadest crown of a street tree."""


def measure_trees(poles: gpd.GeoSeries, trees: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Distance to the nearest stem and to the nearest crown that is known: columns of `Measurements`, index of poles.

    The crown reaches as far as measured, or else as far as its class allows. Where no crown near is known but trees are
    near, ``crown_m`` is empty; a crown that is not known within `CROWN_REACH_M` is told as ``crown_unknown``.
    """
    found = _look(poles, trees, "tree_m", "tree_id")
    found["crown_m"], found["crown_unknown"] = np.nan, False
    if trees is None or trees.empty:
        return found
    radius = trees["crown_diameter_m"].fillna(trees["crown_max_m"]) / 2
    known, other = gpd.GeoSeries(trees.geometry[radius.notna()]), gpd.GeoSeries(trees.geometry[radius.isna()])
    crowns = rounded(nearest(poles, known, within_m=LOOKED_M, radius_m=radius.dropna())["distance_m"])
    treeless = found["tree_m"].eq(LOOKED_M) & found["tree_id"].isna()
    found["crown_m"] = crowns.mask(crowns.isna() & treeless, LOOKED_M)
    unknown = nearest(poles, other, within_m=CROWN_REACH_M)
    found["crown_unknown"] = unknown["other_id"].notna()
    return found


def measure_street(
    poles: gpd.GeoSeries, buildings: gpd.GeoDataFrame | None, obstacles: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Distance to the nearest wall, cabinet, standing thing and manhole: columns of `Measurements`, index of poles.

    Standing things are all obstacles but manholes (put), what hangs over the street and what lies flush in it.
    """
    things = None if obstacles is None else obstacles[obstacles["level"] == 0]
    if things is None:
        cabinets = manholes = standing = None
    else:
        cabinets, manholes = things[things["kind"] == CABINET], things[things["kind"] == MANHOLE]
        lying = things["kind"].isin([MANHOLE, *OVERHEAD]) | things["type"].isin(list(FLUSH))
        standing = things[~lying]
    ground = None if buildings is None else buildings[(buildings["level"] == 0) & (buildings["status"] != PLANNED)]
    return pd.concat(
        [
            _look(poles, ground, "facade_m"),
            _look(poles, cabinets, "cabinet_m"),
            _typed(_look(poles, standing, "obstacle_m", "obstacle_type"), standing),
            _typed(_look(poles, manholes, "manhole_m", "manhole_type"), manholes),
        ],
        axis=1,
    )


def measure_charge_points(poles: gpd.GeoSeries, charge_points: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Distance to the nearest existing charging location: columns of `Measurements`, index of poles."""
    return _look(poles, charge_points, "charge_point_m", "charge_point_id", looked_m=CHARGE_POINTS_LOOKED_M)


def measure_roads(poles: gpd.GeoSeries, road_parts: gpd.GeoDataFrame | None, driveable: Sequence[str]) -> pd.DataFrame:
    """Distance to the nearest junction and to the nearest exit, hump or level crossing, index of poles.

    Road parts are drawn without gaps: where there are any but no junction or crossing, none is near.
    """
    names = ["junction_m", "crossing_m", "crossing_type"]
    if road_parts is None or road_parts.empty:
        return pd.concat([_nothing(poles, name) for name in names], axis=1)
    meeting = junctions(road_parts, driveable)
    junction = nearest(poles, meeting.geometry, within_m=LOOKED_M, radius_m=meeting["radius_m"])["distance_m"]
    what = road_parts["plus_function"].where(road_parts["plus_function"].isin(CROSSINGS), road_parts["function"])
    crossings = road_parts.assign(type=what)[(road_parts["level"] == 0) & what.isin(CROSSINGS)]
    found = nearest(poles, crossings.geometry, within_m=LOOKED_M)
    columns = {
        "junction_m": rounded(junction.fillna(LOOKED_M)),
        "crossing_m": rounded(found["distance_m"].fillna(LOOKED_M)),
        "crossing_type": found["other_id"].map(crossings["type"]).astype("str"),
    }
    return pd.DataFrame(columns, index=poles.index)


def _look(
    poles: gpd.GeoSeries,
    layer: gpd.GeoDataFrame | None,
    distance: str,
    other: str | None = None,
    *,
    looked_m: float = LOOKED_M,
) -> pd.DataFrame:
    """Columns with the distance to the nearest of the layer and, where asked for, with its id."""
    names = [distance, *([other] if other else [])]
    if layer is None or layer.empty:
        return pd.concat([_nothing(poles, name) for name in names], axis=1)
    found = nearest(poles, layer.geometry, within_m=looked_m)
    metres = rounded(found["distance_m"].fillna(looked_m))
    return pd.DataFrame({distance: metres} | ({other: found["other_id"]} if other else {}), index=poles.index)


def _typed(found: pd.DataFrame, layer: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """The columns with the type of the nearest instead of its id."""
    if layer is None:
        return found
    name = str(found.columns[1])
    return found.assign(**{name: found[name].map(layer["type"]).astype("str")})


def _nothing(poles: gpd.GeoSeries, name: str) -> pd.Series:
    """An empty column: numbers for metres, words for all else."""
    if name.endswith("_m"):
        return pd.Series(np.nan, index=poles.index, name=name)
    return pd.Series(None, index=poles.index, dtype="str", name=name)
