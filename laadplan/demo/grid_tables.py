"""The open data of the grid operator for a quarter of the demo town, in the shape of Liander's GeoPackage.

In: a ``Quarter``. Out: rows per layer (EPSG:28992) with fixed columns, also where there are none. Liander publishes
``liander_elektriciteitsnetten.gpkg`` through PDOK: main cables without house connections, stations and cabinets as
points. Its layer names are kept, and ``id``. ``naam`` and ``spanningsniveaus`` follow the attributes ``Naam`` and
``Spanningsniveaus`` of its WFS of stations; ``spanningsniveau`` of a cable is the demo's own, as are the texts in it: a
reader should need the geometry alone. The year of laying and the station that feeds a cable are left out.
"""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from laadplan.demo.grid import CABINET, LOW_V, MEDIUM_V, STATION
from laadplan.demo.model import Cable, Installation, Quarter
from laadplan.geo.rd import RD_EPSG

LOW_CABLES, MEDIUM_CABLES = "laagspanningskabels", "middenspanningskabels"
CABINETS, STATIONS = "laagspanningsverdeelkasten", "middenspanningsinstallaties"
LAYERS = (LOW_CABLES, MEDIUM_CABLES, CABINETS, STATIONS)

CABLE_COLUMNS = ("id", "spanningsniveau", "geometry")
POINT_COLUMNS = ("id", "naam", "spanningsniveaus", "geometry")

VOLTAGES = {LOW_V: "0,4 kV", MEDIUM_V: "10 kV"}


def layer_rows(quarter: Quarter) -> dict[str, gpd.GeoDataFrame]:
    """Rows of each layer of `LAYERS`: text columns and lines or points in RD New, numbered from 0.

    | layer | columns |
    |---|---|
    | laagspanningskabels, middenspanningskabels | id, spanningsniveau, geometry (LineString) |
    | laagspanningsverdeelkasten, middenspanningsinstallaties | id, naam, spanningsniveaus, geometry (Point) |
    """
    grid = quarter.grid
    cables = {volt: [cable for cable in grid.cables if cable.voltage_v == volt] for volt in (LOW_V, MEDIUM_V)}
    points = {kind: [point for point in grid.installations if point.kind == kind] for kind in (CABINET, STATION)}
    return {
        LOW_CABLES: _cable_rows(cables[LOW_V]),
        MEDIUM_CABLES: _cable_rows(cables[MEDIUM_V]),
        CABINETS: _point_rows(points[CABINET], quarter, "LK", VOLTAGES[LOW_V]),
        STATIONS: _point_rows(points[STATION], quarter, "MSR", f"{VOLTAGES[MEDIUM_V]};{VOLTAGES[LOW_V]}"),
    }


def _cable_rows(cables: Sequence[Cable]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "id": pd.Series([cable.local_id for cable in cables], dtype=object),
            "spanningsniveau": pd.Series([VOLTAGES[cable.voltage_v] for cable in cables], dtype=object),
        }
    )
    return gpd.GeoDataFrame(table, geometry=[cable.line for cable in cables], crs=RD_EPSG)


def _point_rows(points: Sequence[Installation], quarter: Quarter, prefix: str, voltages: str) -> gpd.GeoDataFrame:
    names = [f"{prefix} {quarter.cell.index:04d}.{serial:03d}" for serial in range(1, len(points) + 1)]
    table = pd.DataFrame(
        {
            "id": pd.Series([point.local_id for point in points], dtype=object),
            "naam": pd.Series(names, dtype=object),
            "spanningsniveaus": pd.Series([voltages] * len(points), dtype=object),
        }
    )
    return gpd.GeoDataFrame(table, geometry=[point.point for point in points], crs=RD_EPSG)
