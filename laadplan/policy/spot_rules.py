"""The rules that judge what was measured at a spot: width, corridor, cable, attribute, value, raster, valid.

Each is a small pure function: a criterion, the candidates (with their measurements) and the ground in, what it found
out (see `laadplan.policy.found`).
"""

from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.criteria import (
    AttributeCriterion,
    CableCriterion,
    CorridorCriterion,
    RasterCriterion,
    ValidCriterion,
    ValueCriterion,
    WidthCriterion,
)
from laadplan.contracts.measured import CORRIDORS, LOOKED_M
from laadplan.contracts.street import SOIL_CLASSES
from laadplan.policy.found import MEASURED, NOT_APPLICABLE, UNKNOWN, at_least, frame, numbers, on_day, unknown
from laadplan.policy.ground import Ground

NOTHING = {"pole_obstacle": "vrij", "signs": "geen borden", "zones": "geen zone"}
"""Attributes of which an empty value says that there is nothing, where the layer was delivered."""

LAYER_OF = {"signs": "signs", "zones": "zones", "owner": "zones", "soil": "zones", "road_manager": "road_managers"}
"""Attribute to the layer that it comes from."""

NEEDED_FOR_NOTHING = {"pole_obstacle": "obstacles"}
"""Attribute of which an empty value says nothing where this layer was not delivered; a value stands."""

LOOKED = ("facade_m", "cabinet_m", "obstacle_m", "junction_m", "crossing_m")
"""Quantities that are looked for up to `LOOKED_M` only."""

NO_FOOTWAY = "er grenst geen voetpad aan de paal"


def apply_width(criterion: WidthCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Free width (m) of the footway beside the pole at its narrowest; n.v.t. where no footway adjoins."""
    if "walkway" not in candidates:
        return unknown(candidates.index, "de bron met voetpaden ontbreekt")
    found = numbers(criterion, candidates["walkway_width_m"])
    wider = candidates["walkway_beyond"].to_numpy(dtype=bool) & found["measured"].notna()
    found = found.assign(text=found["text"].where(~wider, "meer dan " + found["text"]))
    return _without_footway(_unless_obstacles(found, ground), candidates)


def apply_corridor(criterion: CorridorCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Length (m) over which the walkway past the pole is narrower than asked; n.v.t. where no footway adjoins."""
    if "walkway" not in candidates:
        return unknown(candidates.index, "de bron met voetpaden ontbreekt")
    found = numbers(criterion, candidates[CORRIDORS[criterion.under_m]])
    return _without_footway(_unless_obstacles(found, ground), candidates)


def apply_cable(criterion: CableCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Length (m) of the way to the nearest low-voltage cable, and whether it goes beneath a carriageway."""
    if ground.cable_routes is None:
        return unknown(candidates.index, "de bron met kabels ontbreekt")
    routes = ground.cable_routes.reindex(candidates.index)
    found = numbers(criterion, routes["route_m"], none="geen kabel binnen bereik")
    met, doubtful = found["met"].to_numpy(dtype=bool), np.zeros(len(found), dtype=bool)
    if criterion.crossing == "forbidden":
        doubtful = met & (routes["crossing"] == UNKNOWN).to_numpy(dtype=bool)
        met = met & (routes["route_m"].notna() & (routes["crossing"] != "ja")).to_numpy(dtype=bool)
    doubtful |= ~met & ~routes["known"].fillna(value=False).to_numpy(dtype=bool)
    state = np.where(doubtful, UNKNOWN, found["state"])
    return found.assign(met=met, state=state, why=np.where(doubtful, "niet alle kabels in de buurt zijn bekend", ""))


def apply_attribute(criterion: AttributeCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Whether a property of the spot is among the values allowed, or not among those forbidden."""
    column, layer = criterion.column, LAYER_OF.get(criterion.column)
    if column not in candidates:
        return unknown(candidates.index, "dit is niet gemeten")
    if layer and (why := ground.lacking(layer)):
        return unknown(candidates.index, why)
    values = candidates[column].astype("str")
    unseen = ground.lacking(NEEDED_FOR_NOTHING[column]) if column in NEEDED_FOR_NOTHING else None
    values = values.fillna(NOTHING[column]) if column in NOTHING and not unseen else values
    told = {value: _judge(criterion, value) for value in values.dropna().unique()}
    known = values.notna() & (values.map(told).astype("str") != UNKNOWN)
    return frame(
        candidates.index,
        measured=np.nan,
        text=values.fillna("onbekend").to_numpy(),
        state=np.where(known, MEASURED, UNKNOWN),
        met=(values.map(told).astype("str") == "ja").to_numpy(),
        why=np.where(known, "", unseen or "de bron zegt het niet"),
        margin=np.nan,
    )


def apply_value(criterion: ValueCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """A measured quantity of the spot."""
    if criterion.column not in candidates:
        return unknown(candidates.index, "dit is niet gemeten")
    found = numbers(criterion, candidates[criterion.column], why="de bron ontbreekt, is leeg of zegt het hier niet")
    return found if criterion.column not in LOOKED else at_least(criterion, found, LOOKED_M)


def apply_raster(criterion: RasterCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Value of a raster where the pole stands."""
    values = ground.raster_values
    here = None if values is None else values[values["raster_id"] == criterion.raster]
    if here is None or here.empty:
        return unknown(candidates.index, f"het raster {criterion.raster} ontbreekt")
    measured = here.set_index("locatie_id")["value"].reindex(candidates.index)
    return numbers(criterion, measured, why=f"het raster {criterion.raster} heeft hier geen waarde")


def apply_valid(criterion: ValidCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Whether a soil survey is still valid, or planned works are over, some days after the date of the run."""
    if why := ground.lacking("zones"):
        return unknown(candidates.index, why)
    if criterion.column not in candidates:
        return unknown(candidates.index, "dit is niet gemeten")
    until = candidates[criterion.column].astype("str")
    needed = (ground.today + timedelta(days=criterion.days)).isoformat()
    works = criterion.column == "works_until_on"
    met = (until < needed) if works else (until >= needed)
    state = np.where((until.notna() | works) & (until.fillna("") != UNKNOWN), MEASURED, UNKNOWN)
    text = ("tot en met " + until.map(on_day, na_action="ignore").astype("str")).fillna(
        "geen werk gepland" if works else "onbekend"
    )
    return frame(
        candidates.index,
        measured=np.nan,
        text=text.to_numpy(),
        state=state,
        met=met.where(until.notna(), works).to_numpy(dtype=bool),
        why=np.where(state == UNKNOWN, "er is geen einddatum bekend", ""),
        margin=np.nan,
    )


def _judge(criterion: AttributeCriterion, value: str) -> str:
    """ja, nee or onbekend for a value, which may be several joined by commas.

    A class of soil quality is no answer to a rule about the survey.
    """
    parts = value.split(", ")
    if any(part in criterion.forbidden for part in parts):
        return "nee"
    if UNKNOWN in parts and UNKNOWN not in criterion.allowed:
        return UNKNOWN
    classes = set(SOIL_CLASSES) if criterion.column == "soil" else set()
    if classes & set(parts) and not classes & {*criterion.allowed, *criterion.forbidden}:
        return UNKNOWN
    return "ja" if criterion.forbidden or all(part in criterion.allowed for part in parts) else "nee"


def _unless_obstacles(found: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """What was found of a walkway, said to be an estimate where nobody delivered what stands on it."""
    if not ground.lacking("obstacles"):
        return found
    known = found["text"] != ""
    return found.assign(text=(found["text"] + " (schatting: obstakels niet geleverd)").where(known, ""), estimated=True)


def _without_footway(found: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.DataFrame:
    walkway = candidates["walkway"]
    absent, not_given = walkway == "geen voetpad", walkway == "onbekend"
    state = found["state"].mask(absent, NOT_APPLICABLE).mask(not_given, UNKNOWN)
    why = (
        found["why"]
        .mask(absent, NO_FOOTWAY)
        .mask(not_given, "de bron met voetpaden ontbreekt of zegt niet wat hier ligt")
    )
    return found.assign(state=state, why=why)
