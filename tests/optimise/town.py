"""A street with homes, four candidates and a charge point, as frames, in metres from the corner point."""

from __future__ import annotations

import geopandas as gpd

from laadplan.config.criteria import DistanceCriterion
from laadplan.config.policy import Policy
from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.planning import Candidates, DemandPoints
from laadplan.contracts.sources import Addresses, Buurten, ChargePoints
from laadplan.geo.reach import estimated_reach
from laadplan.policy.assess import assess
from laadplan.policy.ground import Ground
from tests.frames import box, make, point, shapes
from tests.optimise.old_oracle import settings

WEST, EAST = "BU00000001", "BU00000002"

SCENARIO = Scenario(kwh_per_evse_year=1500.0)
SPOTS = SpotRules()
WALKING = Walking(norm_m=130.0, detour_factor=1.3)
"""A pole serves 3,000 kWh a year of homes within 100 m straight."""

BUURTEN = make(
    Buurten,
    {
        WEST: {"geometry": box(-500, -500, 250, 500), "name": "West"},
        EAST: {"geometry": box(250, -500, 900, 500), "name": "Oost"},
    },
)
PLACES = {
    "h1": (0, 0, 2000.0, WEST),
    "h2": (50, 0, 2500.0, WEST),
    "h3": (500, 0, 800.0, EAST),
    "h4": (880, 0, 400.0, EAST),
}
HOMES = make(
    DemandPoints,
    {
        name: {"geometry": point(x, y), "kwh_year": kwh, "buurtcode": buurt, "electric_cars": kwh / 1000}
        for name, (x, y, kwh, buurt) in PLACES.items()
    },
)
ADDRESSES = make(
    Addresses,
    {
        name: {"geometry": point(x, y), "house_number": name[1:], "nummeraanduiding_id": f"02282000000000{number:02d}"}
        for number, (name, (x, y, *_)) in enumerate(PLACES.items())
    },
)
CANDIDATES = make(
    Candidates,
    {
        "c1": {"geometry": point(10, 5), "bay_ids": "b1 b2", "buurtcode": WEST, "address_id": "h1"},
        "c2": {"geometry": point(15, 5), "bay_ids": "b2 b3", "buurtcode": WEST, "address_id": "h1"},
        "c3": {"geometry": point(60, 5), "bay_ids": "b4 b5", "buurtcode": WEST, "address_id": "h2"},
        "c4": {"geometry": point(510, 5), "bay_ids": "b6 b7", "buurtcode": EAST},
    },
)
CHARGE_POINTS = make(
    ChargePoints,
    {
        "e1": {"geometry": point(20, -5), "evse_count": 1},
        "e2": {"geometry": point(30, -5), "evse_count": 4, "access": "semi-openbaar"},
    },
)


def judge(candidates=CANDIDATES, *, trees=(), at_least_m=3.0):
    """Verdicts of one eis: no tree within so many metres of the pole."""
    rows = shapes({f"t{number}": point(*place) for number, place in enumerate(trees)} or {"far": point(9_000, 0)})
    ground = Ground(layers={"trees": gpd.GeoDataFrame(geometry=rows)})
    eis = DistanceCriterion(id="boom", label="Boom", kind="eis", to="trees", at_least_m=at_least_m, source="proef")
    return assess(candidates, Policy(criteria=(eis,)), ground)


def walk(homes=HOMES, candidates=CANDIDATES, charge_points=CHARGE_POINTS):
    """Reach between homes and poles."""
    return estimated_reach(
        homes.geometry,
        candidates.geometry,
        charge_points.geometry,
        norm_m=WALKING.norm_m,
        detour_factor=WALKING.detour_factor,
    )


def asked(**more):
    """Settings of the plan: nearness, score and floor out of the way unless a test asks for them."""
    return settings(**{"far_worth": 1.0, "score_worth_kwh": 0.0, "poles_per_buurt_min": 0} | more)
