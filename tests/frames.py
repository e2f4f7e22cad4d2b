"""Small frames made by hand, each checked against its contract, and a pair of shapes near the village of Otterlo.

Geometry is given in metres from a corner point, so that a test can be drawn on squared paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import settings

from laadplan.contracts import grid, measured, planning, sources
from laadplan.contracts.frame import RD_EPSG, Table

X, Y = 180_000.0, 457_000.0
"""The corner point in RD New (m)."""

BUURT = "BU02280001"

few = settings(derandomize=True, deadline=None, max_examples=25)
"""Few examples and always the same, so that a test that passed stays passed."""

fewer = settings(few, max_examples=10)
"""Fewer still, where an example takes a tenth of a second."""

NAN = float("nan")

ORDINARY: dict[type[Table], dict[str, Any]] = {
    sources.RoadParts: {
        "function": "rijbaan lokale weg",
        "material": None,
        "plus_function": None,
        "plus_material": None,
        "level": 0,
        "status": "bestaand",
        "maintainer": "G0228",
        "registered_on": "2020-01-31",
    },
    sources.Terrain: {"kind": "onbegroeid", "cover": "erf", "plus_cover": None, "level": 0, "status": "bestaand"},
    sources.Buildings: {"bag_pand_id": None, "level": 0, "status": "bestaand"},
    sources.Trees: {
        "species": None,
        "stem_diameter_m": NAN,
        "stem_class": None,
        "stem_min_m": NAN,
        "stem_max_m": NAN,
        "crown_diameter_m": NAN,
        "crown_class": None,
        "crown_min_m": NAN,
        "crown_max_m": NAN,
        "height_class": None,
        "height_min_m": NAN,
        "height_max_m": NAN,
        "origin": "BGT",
    },
    sources.Addresses: {
        "nummeraanduiding_id": None,
        "street": "Dorpsstraat",
        "house_number": "1",
        "postcode": "6731AA",
        "town": "Otterlo",
        "use": None,
    },
    sources.Buurten: {
        "name": "Otterlo",
        "municipality_code": "GM0228",
        "inhabitants": 1000.0,
        "households": 400.0,
        "pc4": None,
        "cars": NAN,
        "single_family_share": NAN,
    },
    sources.ChargePoints: {
        "name": None,
        "address": None,
        "operator": None,
        "access": "openbaar",
        "evse_count": 2,
        "max_power_kw": 11.0,
        "updated_at": None,
        "in_area": True,
    },
    sources.Vehicles: {
        "cars_per_household": 1.0,
        "electric_share": 0.05,
        "expected_share": NAN,
        "company_share": NAN,
        "stock_year": 2024,
    },
    grid.Cables: {
        "voltage_v": 400.0,
        "nominal_voltage_v": NAN,
        "voltage_level": "laagspanning",
        "use": "net",
        "status": "in gebruik",
        "owner": None,
        "operator_kind": "netbeheerder",
        "label": None,
        "registered_on": None,
        "delivery": "26O000001",
        "request_kind": "orientatieverzoek",
        "delivered_on": None,
        "valid_until": None,
        "confidential": True,
    },
    grid.GridPoints: {
        "kind": "kast",
        "theme": "laagspanning",
        "label": None,
        "description": None,
        "owner": None,
        "operator_kind": "netbeheerder",
        "status": "in gebruik",
        "registered_on": None,
        "delivery": "26O000001",
        "request_kind": "orientatieverzoek",
        "delivered_on": None,
        "valid_until": None,
        "confidential": True,
    },
    planning.Bays: {
        "road_part_id": "strip",
        "row_id": "strip",
        "regime": "onbekend",
        "origin": "BGT",
        "number": 1,
        "orientation": "langs",
        "kerb_x_m": X,
        "kerb_y_m": Y,
        "away_deg": 90.0,
    },
    measured.CableRoutes: {
        "route_kind": "over de grond",
        "known": True,
        "cable_id": None,
        "route_m": NAN,
        "straight_m": NAN,
        "crossing": "nee",
        "carriageway_m": 0.0,
        "voltage_known": True,
        "cabinet_m": NAN,
    },
    measured.Measurements: {
        "walkway": "aangrenzend",
        "walkway_width_m": 1.8,
        "walkway_beyond": False,
        "narrow_090_m": 0.0,
        "narrow_120_m": 0.0,
        "narrow_150_m": 0.0,
        "narrow_180_m": 0.0,
        "tree_m": NAN,
        "tree_id": None,
        "crown_m": NAN,
        "crown_unknown": False,
        "facade_m": NAN,
        "cabinet_m": NAN,
        "obstacle_m": NAN,
        "obstacle_type": None,
        "manhole_m": NAN,
        "manhole_type": None,
        "charge_point_m": NAN,
        "charge_point_id": None,
        "junction_m": NAN,
        "crossing_m": NAN,
        "crossing_type": None,
        "signs": None,
        "owner": None,
        "soil": None,
        "soil_until_on": None,
        "zones": None,
        "works_until_on": None,
        "parking_pressure_share": NAN,
        "road_manager": "onbekend",
        "road_manager_name": None,
        "grid_offtake": "onbekend",
        "grid_indicated_on": None,
    },
    planning.Candidates: {
        "road_part_id": "strip",
        "row_id": "strip",
        "bay_count": 2,
        "orientation": "langs",
        "regime": "onbekend",
        "away_deg": 90.0,
        "side": "noordzijde",
        "pole_obstacle": None,
        "pole_shift_m": 0.0,
        "kerb_m": 0.5,
        "street": "Dorpsstraat",
        "house_number": "1",
        "pole_surface": "voetpad",
        "maintainer": "G0228",
        "address_id": None,
        "address_distance_m": NAN,
        "buurtcode": BUURT,
    },
    planning.DemandPoints: {
        "point_id": f"{BUURT}|6731AA",
        "buurtcode": BUURT,
        "pc4": "6731",
        "households": 1.0,
        "driveway_share": NAN,
        "cars": 1.0,
        "electric_cars": 1.0,
        "residents_kwh_year": 1000.0,
        "visitors_kwh_year": 0.0,
        "workers_kwh_year": 0.0,
        "kwh_year": 1000.0,
        "known": True,
    },
    planning.Reach: {"existing": False, "off_network_m": NAN, "estimated": True},
    planning.Plan: {
        "existing": False,
        "chosen": False,
        "poles": 0,
        "evse": 0,
        "capped": False,
        "power_kw": 0.0,
        "cost_eur": NAN,
        "capacity_kwh_year": 3000.0,
        "served_kwh_year": 0.0,
        "bay_ids": None,
    },
    planning.Service: {
        "kwh_year": 1000.0,
        "served_before_kwh_year": 0.0,
        "served_kwh_year": 0.0,
        "walk_before_m": NAN,
        "walk_m": NAN,
    },
}
"""What a row holds where a test does not say otherwise."""


def make(contract: type[Table], rows: Mapping[str, Mapping[str, Any]]) -> Any:
    """A checked frame of the rows by id, geometry in metres from the corner point; the rest is ordinary."""
    empty = contract.empty()
    if not rows:
        return empty
    ordinary = ORDINARY.get(contract, {})
    names = contract.columns()
    table = pd.DataFrame(
        [{name: {**ordinary, **row}[name] for name in names if name != "geometry"} for row in rows.values()],
        index=pd.Index(list(rows), dtype="str", name=contract.index_name()),
    ).astype({name: kind for name, kind in empty.dtypes.items() if name != "geometry"})
    if "geometry" not in names:
        return contract.checked(table)
    shapes = [moved(row["geometry"]) for row in rows.values()]
    return contract.checked(gpd.GeoDataFrame(table, geometry=shapes, crs=RD_EPSG))


def shapes(geometry: Mapping[str, shapely.Geometry]) -> gpd.GeoSeries:
    """Geometries by id in RD New, given in metres from the corner point."""
    index = pd.Index(list(geometry), dtype="str")
    return gpd.GeoSeries([moved(shape) for shape in geometry.values()], index=index, crs=RD_EPSG)


def moved(shape: shapely.Geometry, dx: float = X, dy: float = Y) -> shapely.Geometry:
    """The geometry moved by so many metres; by default from the corner point to RD New."""
    return shapely.transform(shape, lambda xy: xy + np.array([dx, dy]))


def point(x: float, y: float) -> shapely.Point:
    """A point in metres from the corner point."""
    return shapely.Point(x, y)


def box(xmin: float, ymin: float, xmax: float, ymax: float) -> shapely.Polygon:
    """A rectangle in metres from the corner point."""
    return shapely.box(xmin, ymin, xmax, ymax)


def shuffled(frame: Any, seed: int = 7) -> Any:
    """The same rows in another order."""
    order = np.random.default_rng(seed).permutation(len(frame))
    if len(frame) > 1 and (order == np.arange(len(frame))).all():
        order = order[::-1]
    return frame.iloc[order]
