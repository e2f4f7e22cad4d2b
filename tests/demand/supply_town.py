"""Small towns of demand points, areas and poles, in metres from the corner point."""

import pandas as pd

from laadplan.contracts.demand import Demand, DemandAreas, DemandClusters
from laadplan.contracts.figures import SCENARIOS
from laadplan.contracts.sources import ChargePoints
from laadplan.geo.reach import reach_between
from tests.frames import box, make, point

EAST, WEST = "BU02280002", "BU02280001"
"""Two areas of 1 km with a border at 1,000 m."""

YEARS = (2025, 2026)


def areas(*names):
    """Areas of a kilometre, side by side from the corner point."""
    return make(
        DemandAreas,
        {
            name: {"name": name, "kind": "buurt", "geometry": box(1000 * place, 0, 1000 * place + 1000, 1000)}
            for place, name in enumerate(names)
        },
    )


def clusters(places, **columns):
    """Demand points of ten addresses by id, each at (x, y) in the area that its x says; other columns per point."""
    rows = {}
    for name, (x, y) in places.items():
        rows[name] = {
            "postcode": "6731AA",
            "buurtcode": WEST if x < 1000 else EAST,
            "area_id": WEST if x < 1000 else EAST,
            "is_planned": False,
            "addresses": 10,
            "households": 10.0,
            "driveway_share": 0.0,
            "known": True,
            "geometry": point(x, y),
        } | {column: values[name] for column, values in columns.items() if name in values}
    return make(DemandClusters, rows)


def reachable(points, standing, *, walking):
    """Which pole lies within walking distance of which point, as `PoleReach`: straight lines."""
    return reach_between(points.geometry, standing.geometry, None, walking, existing=True)


def demand(kwh, years=YEARS, factor=None):
    """Demand by point, in each year and scenario, times a factor by (year, scenario) if given."""
    rows = {}
    for name, energy in kwh.items():
        for year in years:
            for scenario in SCENARIOS:
                wanted = float(energy) * (factor or {}).get((year, scenario), 1.0)
                rows[f"{name}|{year}|{scenario}"] = {
                    "point_id": name,
                    "year": year,
                    "scenario": scenario,
                    "electric_cars": wanted / 2000,
                    "residents_kwh_year": wanted,
                    "visitors_kwh_year": 0.0,
                    "workers_kwh_year": 0.0,
                    "kwh_year": wanted,
                    "connected_peak": 0.1,
                    "evse": wanted / 3000,
                    "evse_least": wanted / 9000,
                }
    return make(Demand, rows)


def poles(places, **columns):
    """Public charging locations of two charge points by id, each at (x, y); other columns per location."""
    return make(
        ChargePoints,
        {
            name: {"geometry": point(x, y)}
            | {column: values[name] for column, values in columns.items() if name in values}
            for name, (x, y) in places.items()
        },
    )


def column(frame, key, figure):
    """A figure by id in the middle scenario of the first year."""
    chosen = frame[(frame["year"] == frame["year"].min()) & (frame["scenario"] == "midden")]
    return dict(zip(chosen[key], chosen[figure], strict=True))


def same(left, right):
    """Asserts that two frames are alike to the last bit."""
    pd.testing.assert_frame_equal(left, right, check_exact=True)
