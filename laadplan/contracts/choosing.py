"""What explains a plan: what stays unserved and why, what binds, the best alternatives, what more poles would bring.

Every frame is about one plan and is told in Dutch where it leaves the building. None is confidential.
"""

from typing import Any, ClassVar

import pandas as pd
from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index

WHY_UNSERVED = [
    "geen kandidaat binnen loopafstand",
    "kandidaten vallen af op een eis",
    "geen ruimte op het net",
    "palen in de buurt vol",
    "aantal palen of budget op",
    "andere grens",
]
"""Why demand stays unserved, from what no plan can mend to what a larger plan would."""

LIMIT_KINDS = [
    "aantal palen",
    "budget",
    "net",
    "vak",
    "afstand",
    "ondergrens buurt",
    "ondergrens vierkant",
    "vakken straat",
    "vakken buurt",
    "gelijke verdeling",
]
"""Kinds of limits on a plan."""


class Unserved(Table):
    """Demand that the plan does not serve, per demand point, with the reason.

    Cleared: of confidential cable routes it holds neither lengths nor costs (`tests/optimise/test_explain.py`).
    """

    _cleared: ClassVar[bool] = True

    point_id: Index[str] = index("demand point")
    buurtcode: Series[str] = column("CBS buurt", empty="outside all buurten")
    kwh_year: Series[float] = column("demand", unit="kWh/year", ge=0)
    unserved_kwh_year: Series[float] = column("of which the plan does not serve", unit="kWh/year", gt=0)
    reason: Series[str] = column("why, in short", isin=WHY_UNSERVED)
    detail: Series[str] = column("why, in one Dutch sentence with its numbers")


class PlanLimits(Table):
    """Limits on the plan: what is used of each, whether it binds, and what one unit more would be worth.

    Cleared: of confidential cable routes it holds neither lengths nor costs (`tests/optimise/test_explain.py`).
    """

    _cleared: ClassVar[bool] = True

    limit_id: Index[str] = index("kind and what it is about, e.g. ondergrens buurt|BU02280105")
    kind: Series[str] = column("kind of limit", isin=LIMIT_KINDS)
    about: Series[str] = column("what it is about, in Dutch")
    unit: Series[str] = column("unit of limit and use")
    is_floor: Series[bool] = column("true where at least so much is asked; else at most")
    limit: Series[float] = column("the limit, in its unit")
    used: Series[float] = column("what the plan uses or reaches of it, in its unit")
    binds: Series[bool] = column("true where the plan stands at the limit")
    broken_by: Series[float] = column("how far the plan is beyond it, in its unit; 0: it is kept", ge=0)
    why_broken: Series[str] = column("why it is not kept, in Dutch", empty="it is kept, or the reason is not known")
    worth_per_unit: Series[float] = column(
        "estimate by the prices of the proof: worth of one unit more; of a floor: of one unit less asked",
        unit="kWh/year per unit",
        empty="the proof stands on no prices, or this one on confidential costs",
        ge=0,
    )


class Alternatives(Table):
    """For each chosen site the best other choice: what the plan would be worth if this one were not allowed.

    Cleared: of confidential cable routes it holds neither lengths nor costs (`tests/optimise/test_explain.py`).
    """

    _cleared: ClassVar[bool] = True

    locatie_id: Index[str] = index("chosen site")
    other_ids: Series[str] = column(
        "sites that take its place, separated by a space", empty="nothing takes its place: the pole is not placed"
    )
    worth_lost: Series[float] = column(
        "worth lost by the best repair found: the true loss is not larger", unit="kWh/year", ge=0
    )
    served_lost_kwh_year: Series[float] = column("demand served less (negative: more)", unit="kWh/year")
    detail: Series[str] = column("the same in one Dutch sentence")


class PoleCurve(Table):
    """Demand served against number of new poles, each a plan of its own.

    Cleared: of confidential cable routes it holds neither lengths nor costs (`tests/optimise/test_explain.py`).
    """

    _cleared: ClassVar[bool] = True

    poles: Index[str] = index("new poles allowed, four digits, e.g. 0040")
    poles_allowed: Series[int] = column("new poles allowed", unit="poles", ge=0)
    poles_chosen: Series[int] = column("new poles chosen", unit="poles", ge=0)
    served_kwh_year: Series[float] = column("demand served by existing and new poles", unit="kWh/year", ge=0)
    served_share: Series[float] = column("share of all demand", ge=0, le=1)
    objective: Series[float] = column("worth of the plan", unit="kWh/year")
    bound: Series[float] = column("no plan of so many poles can be worth more", unit="kWh/year")
    is_plan: Series[bool] = column("true for the plan that was asked for")


class Isochrones(Frame):
    """From where a pole is within the walking norm, now and after the plan."""

    _geometry_types: ClassVar[tuple[str, ...]] = ("Polygon", "MultiPolygon")

    dekking_id: Index[str] = index("toestand en loopafstand, b.v. nu|250")
    toestand: Series[str] = column("nu, of na uitvoering van het plan", isin=["nu", "na plan"])
    loopafstand_m: Series[float] = column("hoogstens zo ver lopen naar een paal", unit="m", gt=0)
    schatting: Series[bool] = column("waar: hemelsbreed maal de omwegfactor, er is geen loopnetwerk gegeven")
    adressen: Series[pd.Int64Dtype] = column(
        "adressen waarvan het vraagpunt zo dicht bij een paal ligt", unit="adressen", empty="onbekend", ge=0
    )
    geometry: GeoSeries[Any] = column("omtrek", unit="m")
