"""Every limit on a plan: what is used of it, whether it binds, and what one unit more would be worth.

In: how a choice stands, what was measured of its limits, and the prices of the proof. Out: `PlanLimits`. A limit binds
when not even the smallest thing that uses it fits any more: with 10 kW left where a pole asks 22, the net is full.
"""

import numpy as np
import pandas as pd

from laadplan.contracts.choosing import PlanLimits
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import Floats, Problem
from laadplan.optimise.standing import SAME, Standing, served_by_group

UNITS: dict[str, str] = {
    "aantal palen": "palen",
    "budget": "EUR",
    "net": "kW",
    "vak": "locaties",
    "afstand": "locaties",
    "ondergrens buurt": "palen",
    "ondergrens vierkant": "palen",
    "vakken straat": "vakken",
    "vakken buurt": "vakken",
    "gelijke verdeling": "kWh per jaar",
}
"""Kind of limit to the unit in which it is counted."""

FLOORS = ("ondergrens buurt", "ondergrens vierkant")
"""Kinds of limits that are floors: a row with negative use and a negative limit."""

EQUITY = "gelijke verdeling"
"""Kind of limit that a group of demand stands for."""


def plan_limits(
    standing: Standing, prices: Prices | None = None, *, measured: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Every limit and group of a problem as `PlanLimits`.

    Parameters
    ----------
    standing
        How the choice stands.
    prices
        The certificate of the bound; None: no price is known.
    measured
        What was asked and what is used, by id of the limit: ``kind``, ``about``, ``unit``, ``is_floor``, ``limit``,
        ``used``, ``broken_by`` and ``why_broken``. A limit that no option can touch stands here only. None: as the
        arrays say.
    """
    arrays = _arrays(standing, prices)
    known = _measured(standing, arrays) if measured is None else measured
    found = arrays.reindex(known.index)
    floor = known["is_floor"]
    room = found["room"].fillna(known["limit"] - known["used"]).mask(floor, known["used"] - known["limit"])
    size = SAME * np.maximum(known["limit"].abs(), 1.0)
    stands = room < np.maximum(found["least"].fillna(0.0), 2 * size) - size
    idle = floor & found["room"].isna()  # what exists meets it alone, or nothing can
    binds = (stands & ~idle) | (known["broken_by"] > 0)
    price = found["price"].fillna(
        0.0 if prices is not None else np.nan
    )  # no option can touch it: nothing more is worth
    frame = known.assign(binds=binds, worth_per_unit=price).rename_axis(PlanLimits.index_name())
    figures = ["limit", "used", "broken_by", "worth_per_unit"]
    frame[figures] = frame[figures].round(3) + 0.0  # no minus nil
    return PlanLimits.checked(frame[PlanLimits.columns()].astype(PlanLimits.kinds()))


def _arrays(standing: Standing, prices: Prices | None) -> pd.DataFrame:
    """Per limit and group what is used of it, the room left, the least that one option uses, and its price."""
    problem = standing.problem
    limits, groups = problem.limits, len(problem.groups.ids)
    price = np.full(len(limits.ids) + groups, np.nan)
    if prices is not None:
        price = np.concatenate([prices.limits, prices.groups])
    served = served_by_group(standing)
    return pd.DataFrame(
        {
            "used": np.concatenate([standing.used, served]),
            "room": np.concatenate([standing.room, served - problem.groups.least_kwh]),
            "least": np.concatenate([_least_use(problem), np.zeros(groups)]),
            "price": price,
        },
        index=pd.Index(_ids(problem), dtype="str"),
    )


def _least_use(problem: Problem) -> Floats:
    limits = problem.limits
    least = np.full(len(limits.ids), np.inf)
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    uses = limits.use != 0
    np.minimum.at(least, row[uses], np.abs(limits.use[uses]))
    return np.where(np.isfinite(least), least, 0.0)


def _measured(standing: Standing, arrays: pd.DataFrame) -> pd.DataFrame:
    """What the arrays themselves tell: the id, a unit by kind, limit and use."""
    problem = standing.problem
    kinds = np.array([*problem.limits.kinds, *[EQUITY] * len(problem.groups.ids)], dtype=object)
    floors = np.isin(kinds, FLOORS)
    limit = np.concatenate([problem.limits.limit, problem.groups.least_kwh])
    beyond = -arrays["room"]
    return pd.DataFrame(
        {
            "kind": kinds,
            "about": [str(name).partition("|")[2] or name for name in arrays.index],
            "unit": [UNITS[kind] for kind in kinds],
            "is_floor": floors | (kinds == EQUITY),
            "limit": np.where(floors, -limit, limit),
            "used": np.where(floors, -arrays["used"], arrays["used"]),
            "broken_by": beyond.where(beyond > SAME * np.maximum(np.abs(limit), 1.0), 0.0),
            "why_broken": pd.Series(None, arrays.index, dtype="str"),
        },
        index=arrays.index,
    )


def _ids(problem: Problem) -> list[str]:
    """Ids of limits and groups, each with its kind before it."""
    named = zip(problem.limits.kinds, problem.limits.ids, strict=True)
    named_groups = [(EQUITY, name) for name in problem.groups.ids]
    every = [*named, *named_groups]
    return [name if name == kind or name.startswith(f"{kind}|") else f"{kind}|{name}" for kind, name in every]
