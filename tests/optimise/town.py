"""A street with homes, four candidates and a charge point, as frames, in metres from the corner point."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from laadplan.config.criteria import DistanceCriterion
from laadplan.config.optimisation import Optimisation
from laadplan.config.policy import Policy
from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.planning import Bays, Candidates, DemandPoints
from laadplan.contracts.sources import Addresses, Buurten, ChargePoints
from laadplan.geo.reach import reach_between
from laadplan.optimise.framing_town import Rules, Town
from laadplan.policy.assess import assess
from laadplan.policy.ground import Ground
from tests.frames import box, make, point, shapes

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
        name: {
            "geometry": point(x, y),
            "kwh_year": kwh,
            "buurtcode": buurt,
            "electric_cars": kwh / 1000,
            "point_id": name,
        }
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
    rows = [
        reach_between(homes.geometry, places.geometry, None, WALKING, existing=existing)
        for places, existing in ((candidates, False), (charge_points, True))
    ]
    return pd.concat([each for each in rows if len(each)] or rows[:1])


def row_of(bays, *, row="r", x=0.0, y=0.0, wide=2.5):
    """Haaks bays side by side along y from x on, as rows of `Bays`."""
    return {
        bay: {
            "row_id": row,
            "number": number + 1,
            "orientation": "haaks",
            "start_m": wide * number,
            "end_m": wide * (number + 1),
            "geometry": box(x + wide * number, y, x + wide * (number + 1), y + 5.0),
        }
        for number, bay in enumerate(bays)
    }


BAYS = make(
    Bays,
    row_of(["b1", "b2", "b3"], row="r1", x=5.0, y=5.0)
    | row_of(["b4", "b5"], row="r2", x=57.5, y=5.0)
    | row_of(["b6", "b7"], row="r3", x=507.5, y=5.0),
)


def asked(**more):
    """Settings that ask for the best plan; nearness, score and floor out of the way unless a test asks for them."""
    plain = {"gap_share": 0.0, "far_worth": 1.0, "score_worth_kwh": 0.0, "poles_per_buurt_min": 0, "new_poles": 1}
    return Optimisation(**plain | more)


def town(**frames):
    """The town, with other frames where a test gives them; verdicts and reach follow the frames."""
    homes, candidates = frames.get("asked", HOMES), frames.get("candidates", CANDIDATES)
    points = frames.get("charge_points", CHARGE_POINTS)
    given = {
        "asked": homes,
        "charge_points": points,
        "candidates": candidates,
        "bays": BAYS,
        "buurten": BUURTEN,
        "addresses": ADDRESSES,
    } | frames
    if "assessments" not in given:
        given["assessments"] = judge(candidates)
    if "reach" not in given:
        given["reach"] = walk(homes, candidates, points)
    return Town(**given)


def ruled(**settings):
    """The rules of the town under these settings."""
    return Rules(asked(**settings), SCENARIO, SPOTS, WALKING)


def kerb(bays, *, spot=2, y=0.0, row="r"):
    """Candidates at every run of so many bays of one row, named after their first bay, with the bays themselves."""
    named = [f"{row}{number}" for number in range(1, bays + 1)]
    spots = {
        f"{row}c{first + 1}": {
            "geometry": point(2.5 * (first + spot / 2), y),
            "bay_ids": " ".join(named[first : first + spot]),
            "bay_count": spot,
            "buurtcode": WEST,
        }
        for first in range(bays - spot + 1)
    }
    return make(Candidates, spots), make(Bays, row_of(named, row=row, y=y))
