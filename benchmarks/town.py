"""The municipal problem of a town with every rule on, from the frames of a run.

In: the config of a town and the folder with the frames that ``laadplan run`` made of it. Out: a `Problem`. What the
town's own settings leave out is set here, so that each kind of rule is there: a budget, laadpleinen of two, capped
poles, spacing, shares of bays, floors per buurt, a least service of each buurt, decided locations, and rooms on the net
for squares that stand for feeding areas.
"""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from laadplan.config.optimisation import Optimisation
from laadplan.contracts.frame import RD_EPSG
from laadplan.optimise.problem import Problem

AREA_M = 1_000.0
"""Side of a square that stands for a feeding area (m)."""

ROOM_SHARE = 1.2
"""Room on the net of all squares together, over the power that all poles ask: some squares are short of it."""

EVSE_PER_POLE = 2
DECIDED = 25
"""So many locations are decided: candidates at equal steps in order of id."""

RULES: dict[str, Any] = {
    "new_poles": None,
    "poles_per_spot_max": 2,
    "capped_kw_per_evse": 5.5,
    "spacing_m": 60.0,
    "bay_share_street_max": 0.25,
    "bay_share_buurt_max": 0.15,
    "poles_per_buurt_min": 2,
    "buurt_served_share_min": 0.3,
}
"""Settings of the full model beside budget, decided locations and rooms on the net."""


def town_problem(config: Path, frames: Path) -> Problem:
    """The problem of a town with every rule on; RD New.

    Raises
    ------
    BadInput
        A frame is not there.
    """
    from laadplan.contracts import demand, measured, planning, sources
    from laadplan.optimise.asked import demand_asked
    from laadplan.optimise.framing import make_problem
    from laadplan.optimise.framing_town import Rules, Town, together
    from laadplan.store.frames import read_frame
    from laadplan.store.projects import read_project

    project = read_project(config).project
    wanted = (
        *(demand.DemandClusters, demand.Demand, planning.Reach, planning.PoleReach, planning.Candidates),
        *(planning.Assessments, planning.Bays, sources.ChargePoints, sources.Buurten, sources.Addresses),
        measured.CableRoutes,
    )
    found = {contract.__name__: read_frame(contract, frames / f"{contract.__name__}.parquet") for contract in wanted}
    areas = _areas(found["Candidates"])
    settings = _full(project.optimisation, found["Candidates"], areas)
    town = Town(
        asked=demand_asked(found["DemandClusters"], found["Demand"], project.scenario),
        charge_points=found["ChargePoints"],
        candidates=found["Candidates"],
        assessments=found["Assessments"],
        reach=together(found["Reach"], found["PoleReach"]),
        bays=found["Bays"],
        buurten=found["Buurten"],
        addresses=found["Addresses"],
        cable_routes=found["CableRoutes"],
        grid_areas=areas,
    )
    rules = Rules(settings, project.scenario, project.spots, project.walking)
    return make_problem(town, rules).problem


def _full(given: Optimisation, candidates: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Optimisation:
    poles = given.poles_allowed
    room = ROOM_SHARE * poles * EVSE_PER_POLE * given.kw_per_evse / len(areas)
    steps = np.unique(np.linspace(0, len(candidates) - 1, DECIDED).astype(int))
    told = {
        "budget_eur": poles * given.cost_per_pole_eur,
        "locked_in": tuple(candidates.index.sort_values()[steps]),
        "grid_room_kw": dict.fromkeys(areas.index, room),
    }
    return Optimisation(**{**given.model_dump(), **RULES, **told})


def _areas(candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Squares over all that holds a candidate, as `GridAreas`."""
    middle = shapely.get_coordinates(shapely.centroid(candidates.geometry.to_numpy()))
    corners = np.unique(np.floor(middle / AREA_M), axis=0) * AREA_M
    names = [f"V{x / AREA_M:04.0f}{y / AREA_M:04.0f}" for x, y in corners]
    shapes = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + AREA_M, corners[:, 1] + AREA_M)
    frame = gpd.GeoDataFrame({"name": names, "operator": ""}, geometry=shapes, index=names, crs=RD_EPSG)
    return frame.rename_axis("area_code")
