"""Driveways found in a demo town against those planted in it, and how well probabilities hold.

In: a folder that `laadplan demo` wrote. Out: probability and truth per dwelling, and figures of the two.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.project import Surfaces
from laadplan.config.scenario import HomeRules
from laadplan.demand.driveway import usual_shares
from laadplan.demand.homes import find_homes
from laadplan.geo.nearest import nearest
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.bag import read_dwellings
from laadplan.ingest.bgt import read_buildings, read_road_parts, read_terrain
from laadplan.ingest.cbs import read_buurten

FAR_M = 100.0
"""How far (m) the baseline looks for an inrit."""


@dataclass(frozen=True)
class Town:
    """A demo town as the program reads it, and whether each nummeraanduiding has a driveway of its own."""

    addresses: gpd.GeoDataFrame
    dwellings: gpd.GeoDataFrame
    buurten: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    road_parts: gpd.GeoDataFrame
    terrain: gpd.GeoDataFrame
    truth: dict[str, bool]


def read_town(folder: Path) -> Town:
    """The town in a folder."""
    listed = json.loads((folder / "waarheid.json").read_text(encoding="utf-8"))["woningen_met_eigen_oprit"]
    return Town(
        read_addresses(folder / "bag-light.gpkg", layer="verblijfsobject"),
        read_dwellings(folder / "bag-light.gpkg", layer="verblijfsobject"),
        read_buurten(folder / "cbs_buurten.gpkg", layer="buurten"),
        read_buildings(folder / "bgt"),
        read_road_parts(folder / "bgt"),
        read_terrain(folder / "bgt"),
        dict(listed),
    )


def without_inritten(town: Town) -> Town:
    """The same town as a municipality would draw it that draws no inrit: they are footway."""
    function = town.road_parts["function"].replace("inrit", "voetpad")
    return Town(**{**vars(town), "road_parts": town.road_parts.assign(function=function)})


def judged(town: Town) -> pd.DataFrame:
    """Per dwelling ``found`` (probability), ``planted``, and the baselines ``by_type`` and ``by_inrit`` (a score)."""
    homes = find_homes(
        town.addresses,
        town.dwellings,
        town.buurten,
        buildings=town.buildings,
        road_parts=town.road_parts,
        terrain=town.terrain,
        area=None,
        rules=HomeRules(),
        surfaces=Surfaces(),
    )
    inrit = gpd.GeoSeries(town.road_parts.geometry[town.road_parts["function"] == "inrit"])
    away = nearest(gpd.GeoSeries(homes.geometry), inrit, within_m=FAR_M)["distance_m"].fillna(FAR_M)
    table = pd.DataFrame(
        {
            "dwelling_type": homes["dwelling_type"],
            "found": homes["driveway_share"],
            "planted": homes["nummeraanduiding_id"].map(town.truth),
            "by_type": homes["dwelling_type"].map(usual_shares(HomeRules().usual)),
            "by_inrit": -away,
        }
    )
    assert table["planted"].notna().all()
    return table.astype({"planted": bool})


def area_under_curve(score: pd.Series, truth: pd.Series) -> float:
    """Chance that a dwelling with a driveway scores above one without; ties count half."""
    ranks, positive = score.rank(), int(truth.sum())
    above = float(ranks[truth].sum()) - positive * (positive + 1) / 2
    return above / (positive * (len(truth) - positive))


def brier(probability: pd.Series, truth: pd.Series) -> float:
    """Mean square of what a probability is off."""
    return float(((probability - truth.astype(float)) ** 2).mean())


def reliability(probability: pd.Series, truth: pd.Series) -> pd.DataFrame:
    """Per tenth: number of dwellings, mean probability, and the share with a driveway."""
    tenth = np.minimum((probability * 10).astype(int), 9)
    table = pd.DataFrame({"found": probability, "planted": truth.astype(float)})
    return table.groupby(tenth.rename("tenth")).agg(
        dwellings=("found", "size"), found=("found", "mean"), planted=("planted", "mean")
    )
