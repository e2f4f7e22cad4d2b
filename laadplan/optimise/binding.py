"""Every limit on a plan: what is used of it, whether it binds, and what one unit more would be worth.

In: how a choice stands, and the prices of the proof. Out: `PlanLimits`. A limit binds when not even the smallest thing
that uses it fits any more: with 10 kW left where a pole asks 22 kW, the net is full.
"""

from collections.abc import Mapping

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
    standing: Standing, prices: Prices | None = None, *, about: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Every limit and group of a problem as `PlanLimits`.

    Parameters
    ----------
    standing
        How the choice stands.
    prices
        The certificate of the bound; None: no price is known.
    about
        Id of a limit or group to what it is about, in Dutch; the part of the id after ``|`` where none is given.
    """
    problem = standing.problem
    rows = {
        "kind": [*problem.limits.kinds, *[EQUITY] * len(problem.groups.ids)],
        "limit": np.concatenate([problem.limits.limit, problem.groups.least_kwh]),
        "used": np.concatenate([standing.used, served_by_group(standing)]),
        "binds": np.concatenate([_binds(standing), _short(standing) > -SAME * _size(problem.groups.least_kwh)]),
        "broken_by": np.concatenate([_over(standing), np.maximum(_short(standing), 0.0)]),
        "worth_per_unit": _prices(problem, prices),
    }
    ids = [_id(kind, name) for kind, name in zip(rows["kind"], [*problem.limits.ids, *problem.groups.ids], strict=True)]
    frame = pd.DataFrame(rows, index=pd.Index(ids, dtype="str", name=PlanLimits.index_name()))
    floors = frame["kind"].isin(FLOORS)
    frame["is_floor"] = floors | (frame["kind"] == EQUITY)
    frame.loc[floors, ["limit", "used"]] *= -1.0
    frame["unit"] = frame["kind"].map(UNITS).astype("str")
    names = about or {}
    frame["about"] = pd.Series([names.get(name, name.partition("|")[2]) for name in ids], frame.index, dtype="str")
    frame["broken_by"] = frame["broken_by"].where(frame["broken_by"] > SAME * _size(frame["limit"]), 0.0)
    figures = ["limit", "used", "broken_by", "worth_per_unit"]
    frame[figures] = frame[figures].round(3) + 0.0  # no minus nil
    return PlanLimits.checked(frame[PlanLimits.columns()].astype(PlanLimits.kinds()))


def _binds(standing: Standing) -> Floats:
    """Whether no option that uses the limit fits any more; of a floor whether none that serves it can be missed."""
    limits = standing.problem.limits
    least = np.full(len(limits.ids), np.inf)
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    np.minimum.at(least, row[limits.use != 0], np.abs(limits.use[limits.use != 0]))
    least = np.where(np.isfinite(least), least, 0.0)
    return np.asarray(standing.room < np.maximum(least, SAME) - SAME * _size(limits.limit))


def _over(standing: Standing) -> Floats:
    return np.asarray(np.maximum(-standing.room, 0.0))


def _short(standing: Standing) -> Floats:
    """How far each group is below what it is to get; below 0: how much it gets beyond that."""
    return np.asarray(standing.problem.groups.least_kwh - served_by_group(standing))


def _prices(problem: Problem, prices: Prices | None) -> Floats:
    if prices is None:
        return np.full(len(problem.limits.ids) + len(problem.groups.ids), np.nan)
    return np.concatenate([prices.limits, prices.groups])


def _size(values: Floats | pd.Series) -> Floats:
    return np.maximum(np.abs(np.asarray(values, dtype=float)), 1.0)


def _id(kind: str, name: str) -> str:
    """The id of a limit with its kind before it, unless it stands there already."""
    return name if name.startswith(f"{kind}|") or name == kind else f"{kind}|{name}"
