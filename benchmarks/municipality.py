"""A municipality of any size, made of demo towns that lie beside each other.

In: the inhabitants of one town and how many times it lies there. Out: a project, and the frames that are read from its
sources, with distinct ids. The town is read once, by the real readers; its copies are the same frames somewhere else.
"""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.sources import Source, Sources, ZoneSource
from laadplan.contracts.frame import Frame
from laadplan.contracts.grid import Cables, GridPoints
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.network import Signs
from laadplan.contracts.planning import DemandPoints
from laadplan.contracts.sources import Addresses, Buildings, Buurten, ChargePoints, RoadParts, Terrain, Trees
from laadplan.contracts.street import Zones
from laadplan.demo.every_ground import write_obstacles
from laadplan.demo.every_network_signs import write_signs_v4
from laadplan.demo.every_street import write_exclusion, write_pressure, write_soil
from laadplan.demo.plan import make_plan
from laadplan.demo.sources import write_demo
from laadplan.demo.whole import make_whole
from laadplan.pipeline.begin import demo_project
from laadplan.pipeline.graph import snake_case
from laadplan.pipeline.run import run
from laadplan.store.frames import read_frame
from laadplan.store.projects import ProjectFile

CONTRACTS: tuple[type[Frame], ...] = (
    *(RoadParts, Terrain, Buildings, Obstacles, Trees, Addresses, Buurten, ChargePoints, Cables, GridPoints),
    *(Signs, Zones, DemandPoints),
)
"""The frames that are read, or made from what is read, before bays are cut."""

POINTS_AT = {"buurtcode"}
"""Columns that hold the id of another frame."""

TODAY = date(2025, 6, 1)
BETWEEN_M = 100.0
"""Empty land between two towns (m)."""

NAME = "Demodorp"


def write_town(folder: Path, inhabitants: int) -> ProjectFile:
    """Writes one town with obstacles, signs and zones, and returns its project."""
    write_demo(folder, inhabitants, 1, NAME, processes=1)
    whole = make_whole(make_plan(inhabitants, 1, NAME), folder)
    write_obstacles(whole, folder)
    for file in (folder / "obstakels").iterdir():
        file.replace(folder / "bgt" / file.name)
    for write in (write_signs_v4, write_exclusion, write_pressure, write_soil):
        write(whole, folder)
    project = demo_project(inhabitants, NAME)
    zones = {
        "water": ZoneSource(path="water.fgb", kind="uitsluiting", label="Water"),
        "druk": ZoneSource(path="parkeerdruk.gpkg", kind="parkeerdruk", label="Parkeerdruk"),
        "bodem": ZoneSource(path="bodem.geojson", kind="bodem", label="Bodem"),
    }
    told: dict[str, Any] = {name: getattr(project.sources, name) for name in Sources.model_fields}
    told |= {"signs": Source(path="borden_v4.geojson", label="NDW verkeersborden"), "zones": zones}
    return ProjectFile(project.model_copy(update={"sources": Sources(**told)}), folder / "laadplan.yaml")


def read_town(project: ProjectFile, folder: Path) -> dict[str, gpd.GeoDataFrame]:
    """The frames of the town by name, as a run makes them."""
    for contract in CONTRACTS:
        run(project, folder, today=TODAY, until=contract.__name__)
    paths = {contract: folder / "frames" / f"{contract.__name__}.parquet" for contract in CONTRACTS}
    return {snake_case(contract.__name__): read_frame(contract, path) for contract, path in paths.items()}


def beside(town: dict[str, gpd.GeoDataFrame], times: int) -> dict[str, gpd.GeoDataFrame]:
    """The frames of so many towns in a square, each id followed by the number of its town."""
    bounds = np.array([frame.total_bounds for frame in town.values() if len(frame)])
    size = bounds[:, 2:].max(axis=0) - bounds[:, :2].min(axis=0) + BETWEEN_M
    in_a_row = int(np.ceil(np.sqrt(times)))
    steps = [size * divmod(number, in_a_row) for number in range(times)]
    return {name: _repeated(frame, steps) for name, frame in town.items()}


def _repeated(frame: gpd.GeoDataFrame, steps: list[np.ndarray]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.concat([_moved(frame, step, number) for number, step in enumerate(steps)]).sort_index())


def _moved(frame: gpd.GeoDataFrame, step: np.ndarray, number: int) -> gpd.GeoDataFrame:
    suffix = f"-{number:03d}"
    places = np.asarray(shapely.transform(frame.geometry.to_numpy(), lambda xy: xy + step))
    columns = {name: frame[name] + suffix for name in POINTS_AT & set(frame.columns)}
    moved = frame.assign(**columns).set_axis(frame.index + suffix, axis=0)
    moved.index.name = frame.index.name
    return gpd.GeoDataFrame(moved.set_geometry(gpd.GeoSeries(places, index=moved.index, crs=frame.crs)))
