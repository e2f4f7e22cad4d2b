"""Every limit on a plan: what is used of it, whether it binds, and what one unit more would be worth.

In: how a choice stands, the words of the limits, and the prices of the proof. Out: `PlanLimits`. A limit binds when not
even the smallest thing that uses it fits any more: with 10 kW left where a pole asks 22 kW, the net is full.
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


def plan_limits(standing: Standing, prices: Prices | None = None, *, words: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every limit and group of a problem as `PlanLimits`.

    Parameters
    ----------
    standing
        How the choice stands.
    prices
        The certificate of the bound; None: no price is known.
    words
        What was asked, by id of the limit: ``kind``, ``about``, ``unit``, ``is_floor``, ``limit``, and ``fixed``: what
        stands there already uses of it. A limit that no option can touch has words only. None: the arrays alone.
    """
    problem = standing.problem
    arrays = _arrays(standing, prices)
    known = _words_of(problem) if words is None else words
    found = arrays.reindex(known.index)
    sign = pd.Series(np.where(known["is_floor"], -1.0, 1.0), known.index)
    frame = known[["kind", "about", "unit", "is_floor", "limit"]].copy()
    frame["used"] = known["fixed"] + sign * found["used"].fillna(0.0)
    beyond = sign * (frame["used"] - frame["limit"])
    size = SAME * np.maximum(frame["limit"].abs(), 1.0)
    frame["broken_by"] = beyond.where(beyond > size, 0.0)
    frame["binds"] = (-beyond < np.maximum(found["least"].fillna(0.0), 2 * size) - size) | (beyond > size)
    frame["worth_per_unit"] = found["price"] if prices is not None else np.nan
    if prices is not None:
        frame["worth_per_unit"] = frame["worth_per_unit"].fillna(0.0)  # no option can touch it
    figures = ["limit", "used", "broken_by", "worth_per_unit"]
    frame[figures] = frame[figures].round(3) + 0.0  # no minus nil
    frame = frame.rename_axis(PlanLimits.index_name())
    return PlanLimits.checked(frame[PlanLimits.columns()].astype(PlanLimits.kinds()))


def _arrays(standing: Standing, prices: Prices | None) -> pd.DataFrame:
    """Per limit and group what the options use of it, the least that one of them uses, and its price."""
    problem = standing.problem
    limits, groups = problem.limits, len(problem.groups.ids)
    price = np.full(len(limits.ids) + groups, np.nan)
    if prices is not None:
        price = np.concatenate([prices.limits, prices.groups])
    return pd.DataFrame(
        {
            "used": np.concatenate([standing.used, -served_by_group(standing)]),
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


def _words_of(problem: Problem) -> pd.DataFrame:
    """The words that the arrays themselves give: the id, and a unit by kind."""
    ids = _ids(problem)
    kinds = [*problem.limits.kinds, *[EQUITY] * len(problem.groups.ids)]
    floors = np.isin(np.array(kinds, dtype=object), FLOORS)
    limit = np.concatenate([problem.limits.limit, problem.groups.least_kwh])
    return pd.DataFrame(
        {
            "kind": kinds,
            "about": [name.partition("|")[2] or name for name in ids],
            "unit": [UNITS[kind] for kind in kinds],
            "is_floor": floors | (np.array(kinds, dtype=object) == EQUITY),
            "limit": np.where(floors, -limit, limit),
            "fixed": 0.0,
        },
        index=pd.Index(ids, dtype="str"),
    )


def _ids(problem: Problem) -> list[str]:
    """Ids of limits and groups, each with its kind before it."""
    named = zip(problem.limits.kinds, problem.limits.ids, strict=True)
    named_groups = [(EQUITY, name) for name in problem.groups.ids]
    every = [*named, *named_groups]
    return [name if name == kind or name.startswith(f"{kind}|") else f"{kind}|{name}" for kind, name in every]
