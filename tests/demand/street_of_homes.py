"""A street on squared paper: carriageway below y = 0, footway to y = 2, ground (erf) from there to y = 40.

Houses stand with their front on y = 8 unless a test says otherwise. All in metres from the corner point.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from laadplan.config.project import Surfaces
from laadplan.config.scenario import HomeRules
from laadplan.contracts.homes import Dwellings
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buildings, Buurten, RoadParts, Terrain
from laadplan.demand.homes import find_homes
from tests.frames import BUURT, NAN, box, make, point

STREET = {"function": "rijbaan lokale weg", "geometry": box(-60, -6, 160, 0)}
FOOTWAY = {"function": "voetpad", "geometry": box(-60, 0, 160, 2)}
YARD = {"geometry": box(-60, 2, 160, 40)}
WHOLE = box(-100, -100, 300, 200)

DWELLING = {
    "kind": "verblijfsobject",
    "status": "Verblijfsobject in gebruik",
    "uses": "woonfunctie",
    "area_m2": 100.0,
    "nummeraanduiding_id": None,
    "street": "Dorpsstraat",
    "house_number": "1",
    "postcode": "6731AA",
    "town": "Otterlo",
    "pand_ids": None,
    "building_year": NAN,
    "pand_status": None,
}
"""A dwelling where a test does not say otherwise."""


def dwellings(rows):
    """`Dwellings` of points or of columns that differ, by id."""
    return make(Dwellings, {name: {**DWELLING, **_columns(row)} for name, row in rows.items()})


def addresses(rows):
    """`Addresses` of the same."""
    return make(Addresses, {name: _columns(row) for name, row in rows.items()})


def _columns(row):
    return row if isinstance(row, dict) else {"geometry": point(*row)}


def in_middle(houses):
    """One dwelling in the middle of each house."""
    return dwellings({name: (shape.centroid.x, shape.centroid.y) for name, shape in houses.items()})


def buildings(houses, sheds=()):
    """`Buildings` by the name of their dwelling, and sheds."""
    shapes = {**houses, **{f"schuur{number}": shape for number, shape in enumerate(sheds)}}
    return make(Buildings, {f"pand-{name}": {"geometry": shape} for name, shape in shapes.items()})


def roads(*extra):
    """The street, and more road parts as function and shape."""
    rows = [STREET, FOOTWAY, *({"function": function, "geometry": shape} for function, shape in extra)]
    return make(RoadParts, {f"weg{number}": row for number, row in enumerate(rows)})


def ground(*extra):
    """The yards, and more terrain as rows."""
    return make(Terrain, {f"terrein{number}": row for number, row in enumerate([YARD, *extra])})


def buurten(households=100.0):
    """One buurt round everything."""
    row = {"geometry": WHOLE, "households": households, "pc4": None, "cars": NAN, "single_family_share": NAN}
    return make(Buurten, {BUURT: row})


def found(
    homes: gpd.GeoDataFrame,
    built: gpd.GeoDataFrame | None,
    *,
    every: gpd.GeoDataFrame | None = None,
    hoods: gpd.GeoDataFrame | None = None,
    road_parts: gpd.GeoDataFrame | None = None,
    terrain: gpd.GeoDataFrame | None = None,
    area: object = None,
    rules: HomeRules | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """`find_homes` for these dwellings, in a street with footway and yards."""
    return find_homes(
        Addresses.empty() if every is None else every,
        homes,
        buurten() if hoods is None else hoods,
        buildings=built,
        road_parts=roads() if road_parts is None else road_parts,
        terrain=ground() if terrain is None else terrain,
        area=area,
        rules=rules or HomeRules(),
        surfaces=Surfaces(),
        quality=quality,
    )


def share(frame: pd.DataFrame, name: str) -> float:
    """The probability of one home."""
    return float(frame.loc[name, "driveway_share"])
