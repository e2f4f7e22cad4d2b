"""What the rules look at: layers, measurements and what must be printed of their sources.

In: frames in RD New, as the pipeline has them. Out: `Ground`, and lookups on it that say in Dutch why there is nothing
to look at. A layer that was not delivered and a layer that is empty both give ``onbekend``: an empty delivery is no
proof that the street is empty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.criteria import CONFIDENTIAL
from laadplan.config.project import Walking
from laadplan.errors import ConfigError
from laadplan.geo.network import WalkGraph

DUTCH = {
    "addresses": "adressen",
    "bays": "parkeervakken",
    "buildings": "panden",
    "buurten": "buurten",
    "cables": "kabels",
    "charge_points": "bestaande laadpalen",
    "decree_places": "plaatsen van verkeersbesluiten",
    "demand_points": "adressen met laadvraag",
    "grid_areas": "voedingsgebieden",
    "grid_points": "kasten en stations",
    "obstacles": "obstakels",
    "parking_bays": "parkeerregister",
    "road_managers": "wegbeheerders",
    "road_parts": "wegdelen",
    "signs": "verkeersborden",
    "squares": "vierkanten van het CBS",
    "terrain": "terreindelen",
    "trees": "bomen",
    "walk_edges": "looproutes",
    "zones": "zones",
}
"""Layer to its name as printed."""

READ_WIDER = ("charge_points", "demand_points", "buurten", "addresses")
"""Layers that are read further than the margin of the area."""


@dataclass(frozen=True)
class Data:
    """What must be printed of a source: its name and its reference date, both empty where not given."""

    label: str = ""
    on: str = ""


@dataclass(frozen=True)
class Ground:
    """What the rules look at; frames in RD New, None where not delivered.

    ``measurements`` and ``cable_routes`` are indexed by ``locatie_id``. ``reading`` is the shape within which sources
    were read (None: everything). ``graph`` is the walking network (None: walks are estimated). ``data`` says of each
    layer or source what must be printed.
    """

    layers: Mapping[str, gpd.GeoDataFrame | None] = field(default_factory=dict)
    measurements: pd.DataFrame | None = None
    cable_routes: gpd.GeoDataFrame | None = None
    raster_values: pd.DataFrame | None = None
    reading: shapely.Geometry | None = None
    today: date = date.min
    walking: Walking = field(default_factory=Walking)
    graph: WalkGraph | None = None
    data: Mapping[str, Data] = field(default_factory=dict)

    def lacking(self, layer: str) -> str | None:
        """Why nothing can be said of a layer, in Dutch; None where it holds something."""
        rows = self.layers.get(layer)
        if rows is None:
            return f"de bron met {DUTCH[layer]} ontbreekt"
        return None if len(rows) else f"de bron met {DUTCH[layer]} is leeg"

    def rows(self, layer: str) -> gpd.GeoDataFrame:
        """The objects of a layer that is there: see `lacking`."""
        rows = self.layers[layer]
        assert rows is not None
        return rows

    def chosen(self, layer: str, where: Mapping[str, tuple[str, ...]]) -> gpd.GeoDataFrame:
        """The objects of a layer with one of the values asked for, in every column asked about.

        Raises
        ------
        ConfigError
            The layer has no such column; lists those it has.
        """
        rows = self.rows(layer)
        keep = pd.Series(True, index=rows.index)
        for column, values in where.items():
            keep &= _column(rows, layer, column).isin(values)
        return gpd.GeoDataFrame(rows[keep])

    def edge_m(self, places: gpd.GeoSeries, layer: str) -> np.ndarray:
        """Distance (m) from each place to where reading the layer stopped; infinite where it did not stop."""
        if self.reading is None or layer in READ_WIDER:
            return np.full(len(places), np.inf)
        return np.asarray(shapely.distance(places.to_numpy(), shapely.boundary(self.reading)))

    def bay_shapes(self, candidates: gpd.GeoDataFrame) -> gpd.GeoSeries:
        """The bays of each candidate as one multipolygon, RD New."""
        ids = pd.Series(candidates["bay_ids"].str.split(" ").to_numpy()).explode()
        parts = np.asarray(self.rows("bays").geometry.reindex(ids))
        owner = ids.index.to_numpy()
        singles, place = shapely.get_parts(parts, return_index=True)
        return gpd.GeoSeries(
            shapely.multipolygons(singles, indices=owner[place]), index=candidates.index, crs=candidates.crs
        )


def zone_key(kind: str) -> str:
    """Key in `Ground.data` of the zones of a kind.

    >>> zone_key("erfgoed")
    'zones of erfgoed'
    """
    return f"zones of {kind}"


def joined_data(parts: Iterable[Data]) -> Data:
    """What must be printed of several sources together; those that were not given are left out."""
    given = [part for part in dict.fromkeys(parts) if part != Data()]
    return Data("; ".join(part.label for part in given), "; ".join(part.on for part in given))


def refuse_confidential_columns(layer: str, where: Mapping[str, tuple[str, ...]]) -> None:
    """Nothing of a confidential layer but its kind may be asked for: ids and labels would show through a verdict.

    Raises
    ------
    ConfigError
        A rule picks objects of a confidential layer by a column that tells them apart.
    """
    telling = sorted(set(where) - {"kind", "use", "voltage_level", "status", "operator_kind", "theme"})
    if layer in CONFIDENTIAL and telling:
        todo = "Use kind, use, voltage_level, status, operator_kind or theme."
        raise ConfigError(f"A rule picks {DUTCH[layer]} by {', '.join(telling)}.", where=layer, todo=todo)


def _column(rows: gpd.GeoDataFrame, layer: str, column: str) -> pd.Series:
    if column not in rows.columns or column == "geometry":
        known = ", ".join(sorted(str(name) for name in rows.columns if name != "geometry"))
        raise ConfigError(f"Layer {layer} has no column '{column}'.", where="policy", todo=f"Columns: {known}.")
    return rows[column]
