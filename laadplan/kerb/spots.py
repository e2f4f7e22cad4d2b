"""Spots: the adjacent bays that one pole serves, the position of the pole, and the nearest address.

In: bays that may be offered, and what lies around them. Out: `Candidates`. Every run of adjacent bays in a row is a
candidate, so neighbours share bays: the optimiser takes each bay at most once. ``locatie_id`` comes from one function
here and from the place where the pole is wanted, so that it stays when something is found to be in the way.
"""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from laadplan.config.project import SpotRules, Surfaces
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import Candidates
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import containing
from laadplan.kerb.address import near_addresses
from laadplan.kerb.pole import hindrances, place_poles

NO_MUNICIPALITY = "GM0000"
"""Code of a config that names no municipality yet."""

NO_FUNCTION = "transitie"
"""Function in the BGT of a road part of which nobody said yet what it is."""

ADJACENT_M = 0.30
"""Bays further apart than this along the kerb are not served by one pole (m)."""


def location_id(row_id: str, along_m: float) -> str:
    """The fixed code of a location: its row of bays (its road part) and its place along the kerb in decimetres.

    >>> location_id("G0228.abc", 12.34)
    'G0228.abc@0123'
    """
    return f"{row_id}@{round(along_m * 10):04d}"


@dataclass(frozen=True)
class Surroundings:
    """What lies around the bays; None for what was not delivered. All in RD New.

    ``surfaces`` are `named_surfaces`, ``hindrances`` what a pole may not stand on or near to, ``carriageways`` what one
    does not cross to name a spot by an address.
    """

    surfaces: gpd.GeoDataFrame
    hindrances: gpd.GeoDataFrame
    carriageways: gpd.GeoSeries
    addresses: gpd.GeoDataFrame | None = None
    buurten: gpd.GeoDataFrame | None = None


def surroundings(
    rules: SpotRules,
    settings: Surfaces,
    *,
    road_parts: gpd.GeoDataFrame | None = None,
    **frames: gpd.GeoDataFrame | None,
) -> Surroundings:
    """What lies around the bays, from the frames that were delivered.

    Parameters
    ----------
    rules
        Width of the pole and the space kept free round it.
    settings
        Which surfaces are carriageways, and on which no pole is put.
    road_parts
        `RoadParts`.
    frames
        ``terrain``, ``buildings``, ``obstacles``, ``trees``, ``signs``, ``bays``, ``addresses``, ``buurten``; each may
        be None.
    """
    surfaces = named_surfaces(road_parts, frames.get("terrain"), frames.get("buildings"))
    things = {name: frames.get(name) for name in ("obstacles", "trees", "signs", "bays")}
    return Surroundings(
        surfaces=surfaces,
        hindrances=hindrances(surfaces, rules, settings.no_pole, **things),
        carriageways=surfaces[surfaces["name"].isin(settings.driveable)].geometry,
        addresses=frames.get("addresses"),
        buurten=frames.get("buurten"),
    )


def find_spots(bays: gpd.GeoDataFrame, around: Surroundings, rules: SpotRules) -> gpd.GeoDataFrame:
    """All candidates that the bays allow.

    Parameters
    ----------
    bays
        `Bays` that may be offered.
    around
        What lies around them, see `surroundings`.
    rules
        Bays per pole and the position of the pole.

    Returns
    -------
    `Candidates`, RD New; positions to the millimetre.
    """
    ordered = in_rows(bays)
    runs = adjacent_runs(ordered, rules.bays_per_pole)
    if not len(runs):
        return Candidates.empty()
    spots = _of_bays(ordered, runs)
    poles = place_poles(
        _wanted(ordered, runs, spots.index), ordered.geometry.to_numpy()[runs], around.hindrances, rules
    )
    geometry = gpd.GeoSeries(gpd.points_from_xy(poles.pop("x"), poles.pop("y")), index=spots.index, crs=RD_EPSG)
    beneath = containing(geometry, around.surfaces.geometry)
    spots["pole_surface"] = beneath.map(around.surfaces["name"])
    spots["maintainer"] = spots["road_part_id"].map(around.surfaces["maintainer"])
    named = near_addresses(geometry, around.addresses, around.carriageways, rules.address_within_m)
    buurt = None if around.buurten is None else containing(geometry, around.buurten.geometry)
    spots = pd.concat([spots, poles, named], axis=1).assign(buurtcode=buurt)
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


def report_lone(bays: gpd.GeoDataFrame, spots: gpd.GeoDataFrame, quality: Quality) -> None:
    """Counts the bays that are offered and are in none of the spots: too few of them lie next to each other."""
    served = spots["bay_ids"].str.split().explode()
    quality.drop("vak met te weinig vrije vakken ernaast voor een paal", bays.index[~bays.index.isin(served)])


def report_keepers(spots: gpd.GeoDataFrame, municipality_code: str, quality: Quality) -> None:
    """Notes the candidates on road parts that another body than the municipality keeps in the BGT."""
    own = municipality_code.replace("GM", "G")
    others = spots["maintainer"].dropna()
    others = others[others != own].value_counts().sort_index()
    if len(others) and municipality_code != NO_MUNICIPALITY:
        counts = ", ".join(f"{code} ({count})" for code, count in others.items())
        quality.find(f"Candidates on road parts of another bronhouder than the municipality: {counts}.")


def report_poles(spots: gpd.GeoDataFrame, quality: Quality) -> None:
    """Notes how many poles stand where they are wanted, how many moved, and what is in the way of the others."""
    hindered = spots["pole_obstacle"].dropna()
    quality.facts |= {
        "poles_moved": int((spots["pole_shift_m"] > 0).sum()),
        "poles_hindered": {str(name): int(count) for name, count in hindered.value_counts().sort_index().items()},
    }


def named_surfaces(
    road_parts: gpd.GeoDataFrame | None, terrain: gpd.GeoDataFrame | None, buildings: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    """All surfaces at ground level with ``name``, ``detail`` and ``maintainer``; an index of ids.

    The name is the function of a road part, the cover of terrain (begroeid terrein where a planted one gives none),
    water, or pand; the detail the plus-functie of a road
    part; the maintainer its bronhouder. What is not known is missing, so too the name of a road part in `NO_FUNCTION`.
    """
    parts: list[tuple[gpd.GeoDataFrame, Any, Any, Any]] = []
    if road_parts is not None:
        known = road_parts["function"].where(road_parts["function"] != NO_FUNCTION)
        parts.append((road_parts, known, road_parts["plus_function"], road_parts["maintainer"]))
    if terrain is not None:
        planted = terrain["cover"].isna() & (terrain["kind"] == "begroeid")
        covers = terrain["cover"].mask(terrain["kind"] == "water", "water").mask(planted, "begroeid terrein")
        parts.append((terrain, covers, None, None))
    if buildings is not None:
        parts.append((buildings, "pand", None, None))
    frames = [_ground(frame, *columns) for frame, *columns in parts]
    return pd.concat(frames) if frames else _ground(Candidates.empty().assign(level=0), None, None, None)


def in_rows(bays: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The bays row by row, in order along the kerb; of two that begin at the same place the smaller id first."""
    place = np.lexsort([bays.index.to_numpy(), bays["start_m"].to_numpy(), bays["row_id"].to_numpy()])
    return bays.iloc[place]


def stretches(ordered: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Per bay, in the order of `in_rows`, the number of the stretch of adjacent bays of one row it stands in."""
    if not len(ordered):
        return np.zeros(0, dtype=np.int64)
    rows = ordered["row_id"].to_numpy()
    apart = np.round(ordered["start_m"].to_numpy()[1:] - ordered["end_m"].to_numpy()[:-1], 2)
    parted = (rows[1:] != rows[:-1]) | (apart > ADJACENT_M)
    return np.concatenate([[0], np.cumsum(parted)])


def adjacent_runs(ordered: gpd.GeoDataFrame, length: int) -> npt.NDArray[np.int64]:
    """Every run of ``length`` bays that lie next to each other in one row: their places in the frame, a run per row.

    Parameters
    ----------
    ordered
        `Bays` in the order of `in_rows`.
    length
        Bays in a run.
    """
    stretch = stretches(ordered)
    first = np.arange(max(len(ordered) - length + 1, 0))
    unbroken = first[stretch[first] == stretch[first + length - 1]]
    runs: npt.NDArray[np.int64] = unbroken[:, None] + np.arange(length)
    return runs


def _of_bays(ordered: gpd.GeoDataFrame, runs: npt.NDArray[np.int64]) -> pd.DataFrame:
    """What a spot has from its bays, by its locatie_id."""
    middle = ordered.iloc[_middles(runs)]
    ids = ordered.index.to_numpy().astype(object)[runs]
    regimes = ordered["regime"].to_numpy().astype(object)[runs]
    sets = pd.Series(list(map(frozenset, regimes.tolist())))
    found = {
        "road_part_id": middle["road_part_id"],
        "row_id": middle["row_id"],
        "bay_ids": [" ".join(each) for each in ids.tolist()],
        "bay_count": runs.shape[1],
        "orientation": middle["orientation"],
        "regime": sets.map({each: ", ".join(sorted(each)) for each in set(sets)}).to_numpy(),
        "away_deg": middle["away_deg"],
        "side": [side_of(each) for each in middle["away_deg"].tolist()],
    }
    names = [location_id(row, end) for row, end in zip(middle["row_id"], middle["end_m"].tolist(), strict=True)]
    return pd.DataFrame(found, index=middle.index).set_axis(pd.Index(names, name=Candidates.index_name()))


def _wanted(ordered: gpd.GeoDataFrame, runs: npt.NDArray[np.int64], names: pd.Index) -> pd.DataFrame:
    """Where each pole is wanted: on the kerb where the first half of its bays ends, see `place_poles`."""
    middle = ordered.iloc[_middles(runs)]
    lengths = (ordered["end_m"] - ordered["start_m"]).to_numpy()
    after = np.minimum(_middles(runs) + 1, len(ordered) - 1)
    wanted = middle[["kerb_x_m", "kerb_y_m", "away_deg"]].assign(
        back_m=lengths[_middles(runs)], ahead_m=lengths[after] if runs.shape[1] > 1 else 0.0
    )
    return pd.DataFrame(wanted).set_axis(names)


def _middles(runs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    middles: npt.NDArray[np.int64] = runs[:, (runs.shape[1] + 1) // 2 - 1]
    return middles


def _ground(frame: gpd.GeoDataFrame, name: Any, detail: Any, maintainer: Any) -> gpd.GeoDataFrame:
    columns = {"name": name, "detail": detail, "maintainer": maintainer}
    texts = {key: pd.Series(value, index=frame.index, dtype="str") for key, value in columns.items()}
    return gpd.GeoDataFrame(texts, geometry=frame.geometry)[(frame["level"] == 0).to_numpy()]
