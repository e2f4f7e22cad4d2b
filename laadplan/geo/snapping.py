"""Places snapped on the walking network: on the nearest point of the nearest edge.

In: points in RD New and a `WalkGraph`. Out: `Places`, and what is told of how far they lie from the network.

Hard decisions
--------------
What lies farther from every edge than a cap is off the network: its distances are estimated, and it is named. A
network has loose pieces: a path in a courtyard whose gate nobody drew, an edge cut at the border of the area. A place
whose nearest edge lies on a small piece is snapped on a larger piece where that lies within the cap, because people
can get out of a courtyard; where none does, its distances are what the network says, which may be that nothing lies in
reach. The straight part between a place and its edge knows no barriers: the cap keeps it short.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import nearest
from laadplan.geo.network import Places, WalkGraph

SMALL_PIECE_M = 500.0
"""A loose piece with less network than this (m), a street or two, is small; the longest piece never is. A hamlet that
really is cut off has more."""

OFF_RULE = "verder dan {cap:.0f} m van het loopnetwerk: loopafstand geschat"


def snap(graph: WalkGraph, points: gpd.GeoSeries, cap_m: float) -> Places:
    """Where each point lies on the network, in the order of the points.

    Parameters
    ----------
    points
        Points in RD New.
    cap_m
        Points farther than this from every edge (m) are off the network.

    Raises
    ------
    WrongCrs
        The points are not in RD New.
    """
    edge = _nearest_edge(graph, points, np.arange(len(graph.lines)), cap_m)
    small = is_small(graph)
    if small.any():
        stuck = np.flatnonzero((edge >= 0) & small[edge])
        better = _nearest_edge(graph, gpd.GeoSeries(points.iloc[stuck]), np.flatnonzero(~small), cap_m)
        edge[stuck] = np.where(better >= 0, better, edge[stuck])
    return _placed(graph, points.to_numpy(), edge)


def is_small(graph: WalkGraph) -> np.ndarray:
    """Per edge whether it lies on a small loose piece."""
    return np.asarray((graph.piece > 0) & (graph.piece_m[graph.piece] < SMALL_PIECE_M))


def report_network(graph: WalkGraph, norm_m: float, quality: Quality) -> None:
    """Notes of how many pieces the network is, and whether it is smaller than the walking norm."""
    total = float(graph.length_m.sum())
    if not total:
        quality.find("The walking network is empty here: all walking distances are estimated.")
        return
    share = float(graph.piece_m[0]) / total
    quality.facts |= {"network_pieces": len(graph.piece_m), "network_share_in_largest_piece": round(share, 4)}
    if norm_m > graph.width_m:
        quality.find(
            f"The walking norm of {norm_m:.0f} m is longer than the walking network is wide ({graph.width_m:.0f} m): "
            "it tells little apart."
        )


def report_places(graph: WalkGraph, places: Places, ids: pd.Index, name: str, cap_m: float, quality: Quality) -> None:
    """Notes how far places lie from the network, which lie too far from it, and which on a small loose piece.

    Parameters
    ----------
    ids, name
        Their ids, and what they are called, in English and plural: ``demand points``.
    """
    on = places.on_network
    quality.drop(OFF_RULE.format(cap=cap_m), ids[~on])
    if on.any():
        middle, high, most = np.quantile(places.off_m[on], [0.5, 0.95, 1.0])
        told = {"median": middle, "p95": high, "largest": most}
        quality.facts |= {f"{name}: {word} snap_m": round(float(value), 1) for word, value in told.items()}
    if (~on).any():
        quality.find(
            f"{(~on).sum()} of {len(places)} {name} lie farther than {cap_m:.0f} m from the walking network: their "
            "walking distances are estimated."
        )
    lost = on.copy()
    lost[on] = is_small(graph)[places.edge[on]]
    quality.facts[f"{name}: on small loose pieces"] = int(lost.sum())
    if lost.any():
        quality.find(
            f"{lost.sum()} of {len(places)} {name} lie on loose pieces of the walking network of less than "
            f"{SMALL_PIECE_M:.0f} m, with no other within {cap_m:.0f} m: from there one gets no farther."
        )


def _nearest_edge(graph: WalkGraph, points: gpd.GeoSeries, edges: np.ndarray, cap_m: float) -> np.ndarray:
    """The nearest of some edges per point; of a tie the first by id; -1 where none lies within the cap."""
    edges = edges[np.argsort(graph.id_rank[edges])]
    lines = gpd.GeoSeries(graph.lines[edges], crs=RD_EPSG)
    found = nearest(points, lines, within_m=cap_m)["other_id"]
    hit = found.astype(float).fillna(-1).to_numpy(dtype=int)
    return np.asarray(np.append(edges, -1)[hit], dtype=np.int32)


def _placed(graph: WalkGraph, points: np.ndarray, edge: np.ndarray) -> Places:
    along, off = np.zeros(len(edge)), np.zeros(len(edge))
    on = edge >= 0
    lines = graph.lines[edge[on]]
    straight = shapely.line_locate_point(lines, points[on], normalized=True)
    along[on] = np.nan_to_num(straight) * graph.length_m[edge[on]]
    off[on] = shapely.distance(lines, points[on])
    return Places(edge.astype(np.int32), along, off)
