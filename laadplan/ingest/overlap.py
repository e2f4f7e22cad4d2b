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
from laadplan.errors import BadInput

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
        known = shapely.multilinestrings(shapely.get_parts(geometry[here & confidential]))
        near = here & ~confidential & shapely.dwithin(geometry, known, SAME_SOURCES_M)
        geometry[near] = _beyond(geometry[near], known, SAME_SOURCES_M)
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
        beyond = _beyond(piece, whole, SAME_M)
        added = [part for part in shapely.get_parts(beyond) if part.length > SAME_M]
        if added:
            whole = shapely.MultiLineString([*shapely.get_parts(whole), *added])
    return whole


def _beyond(lines: Any, known: Any, distance_m: float) -> Any:
    """What of the lines lies farther than a distance (m) from those that are known.

    Raises
    ------
    BadInput
        A line is so broken that it cannot be compared.
    """
    try:
        return shapely.difference(lines, shapely.buffer(known, distance_m, cap_style="flat"))
    except shapely.errors.GEOSException:
        words = "The line of a cable that is delivered twice is broken."
        raise BadInput(words, where="cables", todo="Repair it with 'Fix geometries' in QGIS.") from None
