"""Each cable once, however many deliveries it is in.

In: cables as rows, some of them several times: the same version in two deliveries that are cut at different borders,
an older version, a double in one file. Out: one row per id. Pieces of the same version are joined, each stretch once;
of several versions the newest is kept. A cable of open data that KLIC delivers too is kept only where KLIC does not.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality

SAME_M = 0.01
"""Pieces nearer than this are the same stretch (m): cutting a line at a border and rounding moves it by 1 mm."""

SAME_SOURCES_M = 0.05
"""As `SAME_M`, between KLIC and open data, which are rounded each in its own way (m); own estimate."""

DOUBLE = "dubbel: al in een andere levering of eerder in het bestand"
OLDER = "oudere versie van een kabel die nieuwer is geleverd"
IN_KLIC = "open data op de plek van een kabel uit een KLIC-levering"


def each_once(cables: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The cables with one row per id, with what the newest delivery says of it; geometry in RD New (m)."""
    order = cables.assign(row=np.arange(len(cables))).sort_values(
        ["registered_on", "delivered_on", "delivery"], na_position="first", kind="stable"
    )["row"]
    cables = cables.iloc[order.to_numpy()]
    newest = cables["registered_on"].fillna("").groupby(level=0).transform("max")
    current = cables["registered_on"].fillna("") == newest
    quality.skip(OLDER, int((~current).sum()))
    cables = cables[current]
    same = pd.DataFrame({"id": cables.index, "place": cables.geometry.to_wkb().to_numpy()}).duplicated(keep="last")
    quality.skip(DOUBLE, int(same.sum()))
    cables = cables[~same.to_numpy()]
    kept = cables[~cables.index.duplicated(keep="last")]
    quality.skip(DOUBLE, len(cables) - len(kept))
    return _joined(kept, cables[cables.index.duplicated(keep=False)])


def beyond_klic(cables: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The cables, those of open data only where no KLIC cable of the same voltage level lies."""
    confidential = cables["confidential"].to_numpy(dtype=bool)
    if confidential.all() or not confidential.any():
        return cables
    geometry = cables.geometry.to_numpy().copy()
    for level in sorted(set(cables["voltage_level"])):
        here = (cables["voltage_level"] == level).to_numpy()
        known = shapely.union_all(shapely.buffer(geometry[here & confidential], SAME_SOURCES_M, cap_style="flat"))
        shapely.prepare(known)
        near = here & ~confidential & shapely.intersects(known, geometry)
        geometry[near] = shapely.difference(geometry[near], known)
    left = shapely.length(geometry) > SAME_SOURCES_M
    quality.skip(IN_KLIC, int((~left).sum()))
    return cables.set_geometry(gpd.GeoSeries(geometry, index=cables.index, crs=cables.crs))[left]


def _joined(kept: gpd.GeoDataFrame, several: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows kept, with the pieces of all rows of the same id."""
    if several.empty:
        return kept
    geometry = kept.geometry.to_numpy().copy()
    parts = several.geometry.to_numpy()
    for identifier, rows in several.groupby(level=0).indices.items():
        geometry[kept.index.get_loc(identifier)] = _union(parts[rows])
    return kept.set_geometry(gpd.GeoSeries(geometry, index=kept.index, crs=kept.crs))


def _union(pieces: Any) -> shapely.Geometry:
    """All pieces with each stretch once: the longest whole, of every other what lies beyond those before it."""
    whole, *others = sorted(pieces, key=lambda piece: (-piece.length, piece.wkb))
    for piece in others:
        beyond = shapely.difference(piece, shapely.buffer(whole, SAME_M, cap_style="flat"))
        added = [part for part in shapely.get_parts(beyond) if part.length > SAME_M]
        if added:
            whole = shapely.MultiLineString([*shapely.get_parts(whole), *added])
    return whole
