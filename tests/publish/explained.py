"""An explained plan of one street, drawn by hand, for the tests of the explanation page and its sheets.

Round figures: 30,000 kWh asked, 6,000 served before and 21,000 after, so that 9,000 stays unserved, for three reasons.
"""

from __future__ import annotations

from typing import Any

from laadplan.contracts.choosing import Alternatives, Isochrones, PlanLimits, PoleCurve, Unserved
from laadplan.contracts.demand import DemandClusters
from laadplan.contracts.planning import Balances, Service, Sites, Solutions
from laadplan.contracts.sources import ChargePoints
from laadplan.publish.plan_frames import PlanFrames
from tests.frames import BUURT, make, point
from tests.publish.handmade import CHOSEN, RESERVE, balances, charge_points, isochrones, sites, solutions

POINTS = {"6731AA": 10, "6731AB": 20, "6731AC": 30, "6731AD": 40}
"""Postcode to its number of addresses."""


def clusters() -> Any:
    row = {"area_id": BUURT, "is_planned": False, "households": 9.0, "driveway_share": 0.2, "known": True}
    return make(
        DemandClusters,
        {
            f"{BUURT}|{postcode}": {
                **row,
                "postcode": postcode,
                "buurtcode": BUURT,
                "addresses": number,
                "geometry": point(3.0 * number, 20 + number / 2),
            }
            for postcode, number in POINTS.items()
        },
    )


def service() -> Any:
    asked = {"6731AA": (3000.0, 0.0, 0.0), "6731AB": (6000.0, 1000.0, 4000.0), "6731AC": (9000.0, 2000.0, 5000.0)}
    asked["6731AD"] = (12000.0, 3000.0, 12000.0)
    return make(
        Service,
        {
            f"{BUURT}|{postcode}": {
                "kwh_year": kwh,
                "served_before_kwh_year": before,
                "served_kwh_year": after,
            }
            for postcode, (kwh, before, after) in asked.items()
        },
    )


def unserved(detail: str = "Er ligt binnen 250 m lopen geen plek waar een paal zou kunnen staan.") -> Any:
    why = {
        "6731AA": (3000.0, 3000.0, "geen kandidaat binnen loopafstand", detail),
        "6731AB": (6000.0, 2000.0, "palen in de buurt vol", "De paal binnen 250 m lopen is vol."),
        "6731AC": (9000.0, 4000.0, "aantal palen of budget op", "Het aantal is op."),
    }
    return make(
        Unserved,
        {
            f"{BUURT}|{postcode}": {
                **{"buurtcode": BUURT, "kwh_year": asked, "unserved_kwh_year": left, "reason": reason, "detail": told},
            }
            for postcode, (asked, left, reason, told) in why.items()
        },
    )


WHY = "geen plek daar voldoet aan de eisen"


def limits() -> Any:
    rows = {
        "aantal palen": ("aantal palen", "nieuwe palen", "palen", False, 1.0, 1.0, True, 0.0, None, 4321.0),
        f"ondergrens buurt|{BUURT}": ("ondergrens buurt", "Otterlo", "palen", True, 3.0, 2.0, True, 1.0, WHY, 0.0),
        "vak|strook#2": ("vak", "strook#2", "locaties", False, 1.0, 1.0, True, 0.0, None, None),
        "net|A": ("net", "gebied A", "kW", False, 100.0, 22.0, False, 0.0, None, 0.0),
    }
    names = PlanLimits.columns()
    order = ["kind", "about", "unit", "is_floor", "limit", "used", "binds", "broken_by", "why_broken"]
    order += ["worth_per_unit"]
    assert names == order
    return make(PlanLimits, {name: dict(zip(order, row, strict=True)) for name, row in rows.items()})


def alternatives() -> Any:
    row = {"other_ids": RESERVE, "worth_lost": 876.5, "served_lost_kwh_year": 500.0, "detail": "Een zin."}
    return make(Alternatives, {CHOSEN: row})


def curve() -> Any:
    served = {0: 6000.0, 1: 21000.0, 2: 26000.0}
    return make(
        PoleCurve,
        {
            f"{poles:04d}": {
                **{"poles_allowed": poles, "poles_chosen": poles, "served_kwh_year": kwh, "served_share": kwh / 30000},
                **{"objective": 0.8 * kwh, "bound": 0.81 * kwh, "is_plan": poles == 1},
            }
            for poles, kwh in served.items()
        },
    )


def plan_frames(**changes: Any) -> PlanFrames:
    """The whole plan, with other frames where a test asks for them."""
    given = {
        **{"sites": sites(), "balances": balances(), "isochrones": isochrones(), "clusters": clusters()},
        **{"charge_points": charge_points().iloc[:1], "service": service(), "solutions": solutions()},
        **{"unserved": unserved(), "limits": limits(), "alternatives": alternatives(), "curve": curve()},
    }
    return PlanFrames(**(given | changes))


def no_frames() -> PlanFrames:
    """The same without a row."""
    contracts = {"sites": Sites, "balances": Balances, "clusters": DemandClusters, "charge_points": ChargePoints}
    contracts |= {"service": Service, "solutions": Solutions, "unserved": Unserved, "limits": PlanLimits}
    contracts |= {"alternatives": Alternatives, "curve": PoleCurve, "isochrones": Isochrones}
    return PlanFrames(**{name: contract.empty() for name, contract in contracts.items()})
