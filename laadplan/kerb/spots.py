"""Spots: the adjacent bays that one pole serves, the position of the pole, and the nearest address.

In: bays, surfaces, addresses and buurten. Out: `Candidates`. Every run of adjacent bays on a strip is a candidate, so
neighbours share bays: the optimiser takes each bay at most once. ``locatie_id`` comes from one function here.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import SpotRules
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import Candidates
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import containing, nearest

NO_MUNICIPALITY = "GM0000"
"""Code of a config that names no municipality yet."""

ADJACENT_M = 0.30
"""Bays further apart than this along the kerb are not served by one pole (m)."""


def location_id(row_id: str, along_m: float) -> str:
    """The fixed code of a location: its row of bays (its road part) and its place along the kerb in decimetres.

    >>> location_id("G0228.abc", 12.34)
    'G0228.abc@0123'
    """
    return f"{row_id}@{round(along_m * 10):04d}"


def find_spots(
    bays: gpd.GeoDataFrame,
    surfaces: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    buurten: gpd.GeoDataFrame,
    rules: SpotRules,
) -> gpd.GeoDataFrame:
    """All candidates that the bays allow.

    Parameters
    ----------
    bays
        `Bays`.
    surfaces
        Surfaces with a column ``name`` and a column ``maintainer`` (missing where unknown), see `named_surfaces`.
    addresses
        `Addresses`.
    buurten
        `Buurten`.
    rules
        Bays per pole and the position of the pole.

    Returns
    -------
    `Candidates`, RD New; positions to the millimetre.
    """
    runs = adjacent_runs(bays, rules.bays_per_pole)
    if not runs:
        return Candidates.empty()
    spots = pd.DataFrame([_spot(bays.loc[run], rules) for run in runs]).set_index("locatie_id")
    geometry = gpd.GeoSeries(gpd.points_from_xy(spots.pop("x"), spots.pop("y")), index=spots.index, crs=RD_EPSG)
    beneath = containing(geometry, surfaces.geometry)
    spots["pole_surface"] = beneath.map(surfaces["name"]).astype("str")
    spots["maintainer"] = spots["road_part_id"].map(surfaces["maintainer"]).astype("str")
    found = nearest(geometry, addresses.geometry)
    near = found["distance_m"] <= rules.address_within_m
    named = addresses.reindex(found["other_id"].where(near))
    spots["street"] = named["street"].astype("str").to_numpy()
    spots["house_number"] = named["house_number"].astype("str").to_numpy()
    spots["address_id"] = found["other_id"].where(near).astype("str")
    spots["address_distance_m"] = found["distance_m"].where(near).round(2)
    spots["buurtcode"] = containing(geometry, buurten.geometry)
    text = [name for name, kind in Candidates.kinds().items() if str(kind) == "str"]
    return gpd.GeoDataFrame(spots.astype(dict.fromkeys(text, "str")), geometry=geometry)[Candidates.columns()]


def side_of(away_deg: float) -> str:
    """Side of the street on which bays lie whose pavement lies in this direction (degrees from east, anticlockwise).

    >>> side_of(90.0), side_of(-170.0)
    ('noordzijde', 'westzijde')
    """
    return ("oostzijde", "noordzijde", "westzijde", "zuidzijde")[round(away_deg / 90) % 4]


def inside(spots: gpd.GeoDataFrame, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    """The candidates whose pole stands in the area; the others are counted as dropped."""
    if area is None:
        return spots
    kept = spots.within(area)
    quality.drop("paal buiten het gebied", spots.index[~kept])
    return spots[kept]


def report_keepers(spots: gpd.GeoDataFrame, municipality_code: str, quality: Quality) -> None:
    """Notes the candidates on road parts that another body than the municipality keeps in the BGT."""
    own = municipality_code.replace("GM", "G")
    others = spots["maintainer"].dropna()
    others = others[others != own].value_counts().sort_index()
    if len(others) and municipality_code != NO_MUNICIPALITY:
        counts = ", ".join(f"{code} ({count})" for code, count in others.items())
        quality.find(f"Candidates on road parts of another bronhouder than the municipality: {counts}.")


def named_surfaces(
    road_parts: gpd.GeoDataFrame, terrain: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """All surfaces at ground level, their ``name`` being the function of a road part, the cover of terrain, or pand."""
    parts = [
        (road_parts, road_parts["function"], road_parts["maintainer"]),
        (terrain, terrain["cover"].where(terrain["kind"] != "water", "water"), None),
        (buildings, pd.Series("pand", index=buildings.index, dtype="str"), None),
    ]
    frames = []
    for source, name, maintainer in parts:
        surface = gpd.GeoDataFrame(
            {"name": name.astype("str"), "maintainer": pd.Series(maintainer, index=source.index, dtype="str")},
            geometry=source.geometry,
        )
        frames.append(surface[source["level"] == 0])
    return pd.concat(frames)


def adjacent_runs(bays: gpd.GeoDataFrame, length: int) -> list[list[str]]:
    """Ids of every run of ``length`` bays that lie next to each other on one strip."""
    runs: list[list[str]] = []
    for _, strip in bays.sort_values(["row_id", "start_m"]).groupby("row_id"):
        apart = (strip["start_m"].to_numpy()[1:] - strip["end_m"].to_numpy()[:-1]) > ADJACENT_M
        for first in range(len(strip) - length + 1):
            if not apart[first : first + length - 1].any():
                runs.append([str(identifier) for identifier in strip.index[first : first + length]])
    return runs


def _spot(run: gpd.GeoDataFrame, rules: SpotRules) -> dict[str, object]:
    """One candidate: the pole stands behind the kerb where the first half of its bays ends."""
    middle = run.iloc[(len(run) + 1) // 2 - 1]
    angle = np.radians(middle["away_deg"])
    return {
        "locatie_id": location_id(str(middle["row_id"]), middle["end_m"]),
        "road_part_id": middle["road_part_id"],
        "row_id": middle["row_id"],
        "bay_ids": " ".join(run.index),
        "bay_count": len(run),
        "orientation": middle["orientation"],
        "regime": ", ".join(sorted(run["regime"].unique())),
        "away_deg": middle["away_deg"],
        "side": side_of(float(middle["away_deg"])),
        "pole_obstacle": None,
        "pole_shift_m": 0.0,
        "kerb_m": rules.pole_to_kerb_m,
        "x": round(middle["kerb_x_m"] + rules.pole_to_kerb_m * np.cos(angle), 3),
        "y": round(middle["kerb_y_m"] + rules.pole_to_kerb_m * np.sin(angle), 3),
    }
