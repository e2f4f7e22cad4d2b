"""Who walks where: over the network, or as an estimate where there is none.

In: points by id, and a walking network or none. Out: pairs within the walking norm, as `Reach`. Where no network is
given, or where one of a pair lies too far from it, the walk is the straight line times a stated detour factor, and the
pair is marked as an estimate. The norm is judged on the walk before it is rounded.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.project import Walking
from laadplan.contracts.planning import Reach
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import nearest, within
from laadplan.geo.network import Places, WalkGraph, make_graph
from laadplan.geo.snapping import report_network, report_places, snap
from laadplan.geo.walks import nearest_walk, reach_within

NOISE_M = 1e-6
"""A walk that is this much longer than the norm is as long: sums of lengths carry that much noise (m)."""

PAIRS = ["point", "site", "walk_m", "off_network_m", "estimated"]


def walk_graph(walk_nodes: gpd.GeoDataFrame | None, walk_edges: gpd.GeoDataFrame | None) -> WalkGraph | None:
    """The walking network; none where none was given.

    Raises
    ------
    WrongCrs
        The network is not in RD New.
    BadInput
        An edge names a node that is not there.
    """
    return None if walk_nodes is None or walk_edges is None else make_graph(walk_nodes, walk_edges)


def reach_between(
    points: gpd.GeoSeries,
    sites: gpd.GeoSeries,
    graph: WalkGraph | None,
    walking: Walking,
    *,
    existing: bool,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """All pairs of point and site within the walking norm, as `Reach`.

    Parameters
    ----------
    points, sites
        Demand points and places of poles in RD New, indexed by id.
    graph
        The walking network; None: every walk is estimated.
    walking
        Norm, detour factor, and how far from the network a place may lie.
    existing
        Whether the sites are existing charging locations.
    quality
        Where it is noted how far places lie from the network, and which are estimated.
    """
    names = ("demand points", "charging locations" if existing else "candidates")
    points, sites = gpd.GeoSeries(points.sort_index()), gpd.GeoSeries(sites.sort_index())
    pairs = walks_between(points, sites, graph, walking, names=names, quality=quality)
    if pairs.empty:
        return Reach.empty()
    reach = pd.DataFrame(
        {
            "point_id": points.index.to_numpy()[pairs["point"]],
            "site_id": sites.index.to_numpy()[pairs["site"]],
            "existing": existing,
            "walk_m": pairs["walk_m"].round(1),
            "off_network_m": pairs["off_network_m"].round(1),
            "estimated": pairs["estimated"],
        }
    ).astype({"point_id": "str", "site_id": "str"})
    reach.index = pd.Index(reach["point_id"] + ">" + reach["site_id"], name=Reach.index_name())
    return reach.sort_index()


def walks_between(
    points: gpd.GeoSeries,
    sites: gpd.GeoSeries,
    graph: WalkGraph | None,
    walking: Walking,
    *,
    names: tuple[str, str] = ("points", "sites"),
    quality: Quality | None = None,
) -> pd.DataFrame:
    """All pairs within the walking norm by their row: columns ``point``, ``site``, ``walk_m``, ``off_network_m``,
    ``estimated``; sorted by rows, walks not rounded.

    Parameters
    ----------
    names
        What the two are called in notes, in English and plural.
    """
    quality = quality if quality is not None else Quality()
    if graph is None:
        return _estimates(points, sites, walking.norm_m, walking.detour_factor)
    report_network(graph, walking.norm_m, quality)
    here, there = (snap(graph, places, walking.snap_m) for places in (points, sites))
    for places, ids, name in ((here, points.index, names[0]), (there, sites.index, names[1])):
        report_places(graph, places, ids, name, walking.snap_m, quality)
    walked = _walked(graph, here, there, walking.norm_m)
    if here.on_network.all() and there.on_network.all():
        return walked
    estimated = [
        _estimates(points, sites, walking.norm_m, walking.detour_factor, some=some, others=others)
        for some, others in ((~here.on_network, None), (here.on_network, ~there.on_network))
    ]
    return pd.concat([walked, *(each for each in estimated if len(each))]).sort_values(
        ["point", "site"], ignore_index=True
    )


def nearest_walks(
    places: gpd.GeoSeries, others: gpd.GeoSeries, graph: WalkGraph | None, walking: Walking
) -> pd.DataFrame:
    """How far one walks from each place to the nearest other one: ``walk_m`` and ``estimated``, index of the places.

    ``walk_m`` is infinite where the network leads to none of them, and NaN where there are no others at all.
    """
    straight = nearest(places, others)["distance_m"] * walking.detour_factor
    if graph is None or not len(others):
        return pd.DataFrame({"walk_m": straight, "estimated": True}, index=places.index)
    here, there = (snap(graph, each, walking.snap_m) for each in (places, others))
    walked = nearest_walk(graph, here, there)
    off = gpd.GeoSeries(others[~there.on_network])
    guess = (nearest(places, off)["distance_m"] * walking.detour_factor).fillna(np.inf).to_numpy()
    guess = np.where(here.on_network, guess, straight.to_numpy())
    return pd.DataFrame({"walk_m": np.minimum(walked, guess), "estimated": guess < walked}, index=places.index)


def _walked(graph: WalkGraph, here: Places, there: Places, norm_m: float) -> pd.DataFrame:
    walks = reach_within(graph, here, there, norm_m + NOISE_M)
    point, site = walks.sources, walks.targets
    off_m = here.off_m[point] + there.off_m[site]
    return pd.DataFrame(
        {"point": point, "site": site, "walk_m": walks.walk_m, "off_network_m": off_m, "estimated": False}
    ).astype({"point": np.int64, "site": np.int64})


def _estimates(
    points: gpd.GeoSeries,
    sites: gpd.GeoSeries,
    norm_m: float,
    detour_factor: float,
    *,
    some: np.ndarray | None = None,
    others: np.ndarray | None = None,
) -> pd.DataFrame:
    """Estimated walks between some of the points and some of the sites; None: all of them."""
    here = gpd.GeoSeries(points.to_numpy(), crs=points.crs)[slice(None) if some is None else some]
    there = gpd.GeoSeries(sites.to_numpy(), crs=sites.crs)[slice(None) if others is None else others]
    pairs = within(gpd.GeoSeries(here), gpd.GeoSeries(there), norm_m / detour_factor)
    rows = pairs.rename(columns={"point_id": "point", "other_id": "site"})
    rows["walk_m"] = rows.pop("distance_m") * detour_factor
    return rows.assign(off_network_m=np.nan, estimated=True).astype({"point": np.int64, "site": np.int64})[PAIRS]
