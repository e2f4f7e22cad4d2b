"""What stands in the way of who walks: objects of the BGT and trees, each as the surface that it takes.

In: `Obstacles` and `Trees`, RD New. Out: polygons. The BGT draws most objects as a point or a line: they get the size
that such a thing has, by kind. What lies flush with the ground (a kolk, a manhole, a gutter) is in nobody's way.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG, require_rd

FLUSH_KINDS = ("put",)
"""Object types that lie flush with the ground: kolk, manhole, hydrant cover."""

FLUSH_TYPES = ("lijnafwatering", "molgoot", "rooster", "roostergoot", "wegmarkering", "wildrooster")
"""Types of other objects that lie flush with the ground."""

RADIUS_M = {
    "bak": 0.30,
    "bord": 0.05,
    "gebouwinstallatie": 0.15,
    "installatie": 0.30,
    "kast": 0.30,
    "mast": 0.15,
    "overigescheiding": 0.05,
    "paal": 0.08,
    "scheiding": 0.05,
    "sensor": 0.10,
    "straatmeubilair": 0.30,
    "weginrichtingselement": 0.08,
}
"""Half the width (m) of an object that is drawn as a point or a line, by kind (assumption: common street furniture)."""

TYPE_RADIUS_M = {"lichtmast": 0.12, "abri": 0.75, "fietsenkluis": 0.50, "fietsenrek": 0.75, "bank": 0.60}
"""The same for types that differ from their kind; a bench of 1.2 m drawn as a point may lie in any direction."""

STEM_RADIUS_M = 0.15
"""Half the diameter (m) of a stem of unknown thickness: the median of street trees is about 0.3 m (assumption)."""

QUARTER_PIECES = 4
"""Pieces a quarter of a circle is drawn in; of a lamp post of 0.24 m that leaves out 2 mm."""


def walking_obstacles(obstacles: gpd.GeoDataFrame | None, trees: gpd.GeoDataFrame | None) -> gpd.GeoSeries:
    """Surfaces that nobody can walk on, RD New, by the id of the object or the tree (``boom`` and its id).

    Parameters
    ----------
    obstacles
        `Obstacles`; only those at ground level count. None where not delivered.
    trees
        `Trees`; a stem is as thick as known: its diameter, else the upper end of its class, else 0.30 m.

    Raises
    ------
    WrongCrs
        One of the two is not in RD New.
    """
    parts = [_objects(obstacles)] if obstacles is not None else []
    parts += [_stems(trees)] if trees is not None else []
    nothing = gpd.GeoSeries([], index=pd.Index([], dtype="str"), crs=RD_EPSG)
    return gpd.GeoSeries(pd.concat([nothing, *parts]), crs=RD_EPSG) if parts else nothing


def _objects(obstacles: gpd.GeoDataFrame) -> gpd.GeoSeries:
    require_rd(obstacles, "obstacles")
    flush = obstacles["kind"].isin(FLUSH_KINDS) | obstacles["type"].isin(FLUSH_TYPES)
    standing = obstacles[~flush & (obstacles["level"] == 0)]
    radius = standing["type"].map(TYPE_RADIUS_M).fillna(standing["kind"].map(RADIUS_M)).to_numpy(dtype=float)
    flat = shapely.get_dimensions(standing.geometry.to_numpy()) == shapely.get_dimensions(shapely.box(0, 0, 1, 1))
    return _wide(standing.geometry, np.where(flat, 0.0, radius))


def _stems(trees: gpd.GeoDataFrame) -> gpd.GeoSeries:
    require_rd(trees, "trees")
    known = trees["stem_diameter_m"].fillna(trees["stem_max_m"]) / 2
    radius = known.where(known > 0, STEM_RADIUS_M).to_numpy(dtype=float)
    stems = trees.geometry.set_axis("boom " + trees.index.astype("str"))
    return _wide(stems, radius)


def _wide(shapes: gpd.GeoSeries, radius_m: np.ndarray) -> gpd.GeoSeries:
    """The shapes with so much round them; a polygon without stays as it is."""
    drawn = shapes.to_numpy()
    buffered = shapely.buffer(drawn, radius_m, quad_segs=QUARTER_PIECES, cap_style="round", join_style="mitre")
    return gpd.GeoSeries(np.where(radius_m > 0, buffered, drawn), index=shapes.index, crs=RD_EPSG)
