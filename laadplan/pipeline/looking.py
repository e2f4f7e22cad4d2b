"""What the rules of a policy look at: frames as layers, and what must be printed of the sources they came from.

In: frames as the graph has them, and the sources of the config. Out: layers by name, and `Data` per layer or quantity.
"""

import geopandas as gpd
import pandas as pd

from laadplan.config.sources import Source, Sources
from laadplan.contracts.sources import PLANNED
from laadplan.contracts.street import ZONE_KINDS
from laadplan.policy.ground import Data, zone_key

DEMAND_SOURCES = ("addresses", "buurten", "car_stock")
"""Keys of the sources that say where there is demand; how much there is stands on more (`about.DEMAND_FROM`)."""

LAYER_SOURCES = {
    "bays": ("bgt", "parking_bays"),
    "buildings": ("bgt",),
    "decree_places": ("decrees",),
    "demand_points": DEMAND_SOURCES,
    "grid_areas": ("grid_capacity",),
    "grid_points": ("cables",),
    "obstacles": ("bgt",),
    "road_parts": ("bgt",),
    "terrain": ("bgt",),
    "walk_edges": ("walking",),
}
"""Layer to the keys of its sources in the config, where these differ from its name."""

RULE_SOURCES = {
    "cable": ("cables",),
    "corridor": ("bgt",),
    "share": ("bgt", "charge_points"),
    "spacing": ("charge_points", "decrees"),
    "tree": ("trees",),
    "walk": (*DEMAND_SOURCES, "walking"),
    "width": ("bgt",),
}
"""Kind of rule to the keys of its sources, where the rule names no layer."""

COLUMN_SOURCES = {
    "address_distance_m": ("addresses",),
    "buurtcode": ("buurten",),
    "cabinet_m": ("bgt",),
    "crossing_m": ("bgt",),
    "facade_m": ("bgt",),
    "grid_offtake": ("grid_capacity",),
    "junction_m": ("bgt",),
    "kerb_m": ("bgt", "parking_bays"),
    "maintainer": ("bgt",),
    "obstacle_m": ("bgt",),
    "orientation": ("bgt", "parking_bays"),
    "pole_obstacle": ("bgt",),
    "pole_surface": ("bgt",),
    "regime": ("parking_bays",),
    "road_manager": ("road_managers",),
    "side": ("bgt", "parking_bays"),
    "street": ("addresses",),
    "walkway": ("bgt",),
}
"""Quantity or attribute of a spot to the keys of its sources."""

KIND_SOURCES = {
    "owner": ("eigendom",),
    "parking_pressure_share": ("parkeerdruk",),
    "soil": ("bodem",),
    "soil_until_on": ("bodem",),
    "works_until_on": ("werk",),
    "zones_here": ("uitsluiting", "erfgoed"),
} | {zone_key(kind): (kind,) for kind in ZONE_KINDS}
"""Quantity, or zones of a kind, to the kinds of zone it comes from: a source of another kind says nothing of it."""


def layers_of(**frames: pd.DataFrame | None) -> dict[str, gpd.GeoDataFrame | None]:
    """Frames as layers: of objects with a height those at ground level, of buildings those that are built, of demand
    points those with demand.
    """
    return {name: None if frame is None else _at_ground(name, frame) for name, frame in frames.items()}


def of_charging(places: gpd.GeoDataFrame | None, decrees: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    """The places of decrees that designate places for charging."""
    if places is None or decrees is None:
        return None
    return gpd.GeoDataFrame(places[places["decree_id"].isin(decrees.index[decrees["is_charging"]])])


def data_of_layers(sources: Sources) -> dict[str, Data]:
    """What must be printed of each layer, kind of rule, kind of zone and quantity.

    Trees come from the BGT without a register, and so does the walking network without a source of its own.
    """
    given = sources.given()
    keys = {name: (name,) for name in Sources.model_fields} | LAYER_SOURCES | RULE_SOURCES | COLUMN_SOURCES
    if sources.trees is None:
        keys |= {"trees": ("bgt",), "tree": ("bgt",)}
    if sources.walking is None:
        keys |= {"walk_edges": ("bgt",), "walk": (*DEMAND_SOURCES, "bgt")}
    rasters = {f"rasters.{name}": (f"rasters.{name}",) for name in sources.rasters}
    zones = {
        name: tuple(f"zones.{key}" for key, source in sources.zones.items() if source.kind in kinds)
        for name, kinds in KIND_SOURCES.items()
    }
    return {name: _data(given, wanted) for name, wanted in (keys | rasters | zones).items()}


def _at_ground(name: str, frame: pd.DataFrame) -> gpd.GeoDataFrame:
    rows = frame[frame["level"] == 0] if "level" in frame else frame
    if name == "buildings":
        rows = rows[rows["status"] != PLANNED]
    return gpd.GeoDataFrame(rows[rows["kwh_year"] > 0] if name == "demand_points" else rows)


def _data(given: dict[str, Source], wanted: tuple[str, ...]) -> Data:
    """Names and dates of the sources that were given, of several one after the other."""
    found = [source for name, source in given.items() if name in wanted or name.partition(".")[0] in wanted]
    dates = [str(source.reference_on or "onbekend") for source in found]
    return Data("; ".join(source.printed for source in found), "; ".join(dates))
