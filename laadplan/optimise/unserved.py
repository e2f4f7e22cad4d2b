"""What the plan does not serve, per demand point, and why.

In: how a choice stands, reach, and which candidates fell off and by what. Out: `Unserved`. The first reason of
`WHY_UNSERVED` that holds is the one, from what no plan can mend to what a larger plan would: nothing in reach; all in
reach fell off; only the net stands in the way; nothing more fits; a pole more would do it; else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from laadplan.contracts.choosing import WHY_UNSERVED, Unserved
from laadplan.contracts.dutch import counted, figures, short_number
from laadplan.optimise.filling import Filler
from laadplan.optimise.neighbourhood import spans
from laadplan.optimise.problem import NONE, Floats, Wholes
from laadplan.optimise.standing import SAME, Standing

NOTHING_KWH = 1.0
"""Demand below this (kWh a year) that stays unserved is what rounding leaves, not a lack."""

NUMBER = ("aantal palen", "budget")
"""Kinds of limits that say how much is placed, not where."""

FULL_KINDS = ("vak", "afstand", "vakken straat", "vakken buurt")
"""Kinds of limits by which nothing more fits, in the order in which they are named."""

FREE, NET, FULL, OTHER = 0, 1, 2, 3
"""What stands in the way of one more option at a site: nothing but number or budget, the net, room, something else."""

NO_MORE = -1
"""The site has no larger option."""

WHAT_FITS = {
    "vak": ("deelt", "delen", "een parkeervak met een gekozen plek"),
    "afstand": ("ligt", "liggen", "te dicht bij een gekozen plek"),
    "vakken straat": ("ligt", "liggen", "in een straat waar al genoeg vakken voor laden zijn"),
    "vakken buurt": ("ligt", "liggen", "in een buurt waar al genoeg vakken voor laden zijn"),
}
"""Why no more fits, after a number of spots."""


@dataclass(frozen=True)
class Extra:
    """The best that could be added per site: what stands in its way (see `FREE`), by which limit, and its worth."""

    hindrance: Wholes
    limit: Wholes
    worth: Floats
    held: np.ndarray
    """Whether number or budget stand in the way too."""


def why_unserved(
    standing: Standing,
    asked: pd.DataFrame,
    reach: pd.DataFrame,
    failed: pd.DataFrame,
    *,
    norm_m: float,
    least_worth: float = 0.0,
    measured: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Demand that the plan does not serve, with the reason, as `Unserved`.

    Parameters
    ----------
    standing
        How the choice of the plan stands.
    asked
        The demand points, with ``buurtcode`` and ``kwh_year``.
    reach
        `Reach` between the demand points and all candidates, those that fell off too.
    failed
        A row per candidate and eis on which it falls off: ``locatie_id`` and ``label``, the eis in Dutch.
    norm_m
        Walking norm, in m.
    least_worth
        Worth of the chosen new pole that brings least (kWh a year); 0 where there is none.
    measured
        By id of a limit what it is about, its unit, the limit and what is used of it, as in `PlanLimits`, so that the
        sentence tells the same figures; None: as the arrays say.
    """
    problem = standing.problem
    left = pd.Series(standing.left_kwh.sum(axis=1), index=pd.Index(problem.demand_ids, dtype="str"))
    left = left[left >= NOTHING_KWH].round(3)
    if left.empty:
        return Unserved.empty()
    extra = best_extra(standing)
    counts = _count(standing, extra).loc[left.index]
    reached = reach["point_id"].value_counts().reindex(left.index).fillna(0).astype(int)
    told = _reasons(counts, reached)
    fallen = _fallen(reach, failed, told.index[told == WHY_UNSERVED[1]])
    words = _Words(standing, extra, norm_m, least_worth, measured, fallen)
    rows = zip(left.index, told, reached, _records(counts), strict=True)
    detail = [words.sentence(point, why, number, row) for point, why, number, row in rows]
    frame = pd.DataFrame(
        {
            "buurtcode": asked["buurtcode"].reindex(left.index),
            "kwh_year": asked["kwh_year"].reindex(left.index),
            "unserved_kwh_year": left,
            "reason": told,
            "detail": detail,
        }
    ).rename_axis(Unserved.index_name())
    return Unserved.checked(frame.astype(Unserved.kinds()))


def best_extra(standing: Standing) -> Extra:
    """Per site, the option that could be added or grown to with least in its way, and of those the one worth most."""
    problem, taken = standing.problem, standing.choice.taken
    size = len(problem.site_ids)
    site = standing.option_site
    now = np.where((taken == NONE)[site], 0.0, standing.capacity_kwh[site].sum(axis=1))
    larger = problem.option_capacity.sum(axis=1) > now + SAME
    larger |= np.isinf(problem.option_capacity).any(axis=1) & (taken[site] == NONE)
    options = np.flatnonzero(larger)
    way, limit, held = _hindrances(standing, options)
    added = Filler.of(problem).worth(options, standing.left_kwh)
    added = np.where(
        taken[site[options]] == NONE, added, added - problem.option_worth[np.maximum(taken[site[options]], 0)]
    )
    first = np.lexsort((options, -added, held, way, site[options]))
    sites, place = np.unique(site[options][first], return_index=True)
    best = first[place]
    found = Extra(np.full(size, NO_MORE), np.full(size, NONE), np.zeros(size), np.zeros(size, dtype=bool))
    found.hindrance[sites], found.limit[sites] = way[best], limit[best]
    found.worth[sites], found.held[sites] = added[best], held[best]
    return found


def _hindrances(standing: Standing, options: Wholes) -> tuple[Wholes, Wholes, np.ndarray]:
    """Per option what stands in its way, the first limit that does, and whether number or budget do too."""
    problem = standing.problem
    start, row, use = standing.rows
    sizes = start[options + 1] - start[options]
    entry = spans(start[options], sizes)
    own = np.repeat(np.arange(len(options)), sizes)
    room = standing.room.copy()
    beyond = use[entry] - _given_up(standing, options, own, row[entry])
    blocked = (beyond > room[row[entry]] + SAME * np.maximum(np.abs(problem.limits.limit[row[entry]]), 1.0)) & (
        beyond > 0
    )
    kinds = np.array(problem.limits.kinds, dtype=object)[row[entry]]
    number = np.isin(kinds, NUMBER)
    degree = np.select([number, kinds == "net", np.isin(kinds, FULL_KINDS)], [FREE, NET, FULL], OTHER)
    degree = np.where(blocked, degree, FREE)
    way = np.zeros(len(options), dtype=np.int64)
    np.maximum.at(way, own, degree)
    held = np.zeros(len(options), dtype=bool)
    held[own[blocked & number]] = True
    limit = np.full(len(options), len(problem.limits.ids))
    decides = blocked & ~number & (degree == way[own])
    np.minimum.at(limit, own[decides], row[entry][decides])
    return way, np.where(limit == len(problem.limits.ids), NONE, limit), held


def _given_up(standing: Standing, options: Wholes, own: Wholes, rows: Wholes) -> Floats:
    """What the option taken at the same site uses of the same limit now: growing gives that up."""
    start, row, use = standing.rows
    size = len(standing.problem.limits.ids)
    key = np.repeat(np.arange(len(start) - 1), np.diff(start)) * size + row  # rises: rows stand in order per option
    taken = standing.choice.taken[standing.option_site[options]][own]
    wanted = taken * size + rows
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    same = (taken != NONE) & (key[at] == wanted) if len(key) else taken != taken
    return np.where(same, use[at] if len(use) else 0.0, 0.0)


def _count(standing: Standing, extra: Extra) -> pd.DataFrame:
    """Per demand point: spots in its reach by what stands in their way, poles there, and the best free spot."""
    problem, taken = standing.problem, standing.choice.taken
    size = len(problem.demand_ids)
    site, demand = standing.arc_site, problem.arc_demand
    untaken = taken[site] == NONE

    def times(flags: np.ndarray) -> Wholes:
        return np.bincount(demand[flags], minlength=size)

    way = extra.hindrance[site]
    worth = np.full(size, -np.inf)
    np.maximum.at(worth, demand[way == FREE], extra.worth[site[way == FREE]])
    limit = np.full(size, len(problem.limits.ids))
    known = (extra.limit[site] != NONE) & ((way == NET) | (way == OTHER))
    np.minimum.at(limit, demand[known], extra.limit[site[known]])
    held = np.zeros(size, dtype=bool)
    held[demand[(way == FREE) & extra.held[site]]] = True
    free_to_place = np.zeros(size, dtype=bool)
    free_to_place[demand[(way == FREE) & ~extra.held[site]]] = True
    kinds = np.array([*problem.limits.kinds, ""], dtype=object)[extra.limit[site]]
    columns = {f"full {kind}": times(untaken & (way == FULL) & (kinds == kind)) for kind in FULL_KINDS}
    return pd.DataFrame(
        {
            "candidates": times(untaken | ~problem.must[site]),
            "free": times(way == FREE),
            "net": times(way == NET),
            "full": times(way == FULL),
            "other": times(way == OTHER),
            "poles": times(~untaken),
            "existing": times(~untaken & problem.must[site]),
            "worth": worth,
            "limit": np.where(limit == len(problem.limits.ids), NONE, limit),
            "held": held & ~free_to_place,
            **columns,
        },
        index=pd.Index(problem.demand_ids, dtype="str"),
    )


def _reasons(counts: pd.DataFrame, reached: pd.Series) -> pd.Series:
    """The reason per demand point, the first that holds."""
    free = counts["free"] > 0
    chosen = [
        reached == 0,
        counts["candidates"] == 0,
        ~free & (counts["net"] > 0),
        ~free & (counts["other"] == 0) & (counts["poles"] > 0),
        free & counts["held"] & (counts["worth"] > 0),
    ]
    told = np.select(chosen, WHY_UNSERVED[:5], WHY_UNSERVED[5])
    return pd.Series(told, index=counts.index)


def _fallen(reach: pd.DataFrame, failed: pd.DataFrame, points: pd.Index) -> dict[str, tuple[str, int]]:
    """Demand point to the eis on which most candidates in its reach fall off, and their number."""
    pairs = reach.loc[reach["point_id"].isin(points), ["point_id", "site_id"]]
    named = pairs.merge(failed[["locatie_id", "label"]], left_on="site_id", right_on="locatie_id")
    if named.empty:
        return {}
    counts = named.groupby(["point_id", "label"])["site_id"].nunique().rename("number").reset_index()
    first = counts.sort_values(["point_id", "number", "label"], ascending=[True, False, True], kind="stable")
    first = first.drop_duplicates("point_id")
    rows = zip(first["point_id"], first["label"], first["number"], strict=True)
    return {str(point): (str(label), int(number)) for point, label, number in rows}


def _records(counts: pd.DataFrame) -> list[dict[str, float]]:
    return [{str(name): value for name, value in row.items()} for row in counts.to_dict("records")]


@dataclass(frozen=True)
class _Words:
    """Writes the sentences."""

    standing: Standing
    extra: Extra
    norm_m: float
    least_worth: float
    measured: pd.DataFrame | None
    fallen: Mapping[str, tuple[str, int]]

    def sentence(self, point: str, why: str, reached: int, row: dict[str, float]) -> str:
        """The reason of one demand point with its numbers."""
        near = f"binnen {figures(self.norm_m)} m lopen"
        if why == WHY_UNSERVED[0]:
            return f"Er ligt {near} geen plek waar een paal zou kunnen staan.{_existing(row)}"
        if why == WHY_UNSERVED[1]:
            return self._fell_off(point, reached, near) + _existing(row)
        if why == WHY_UNSERVED[2]:
            return f"{_spots(row['net'])} {near} vrij, maar het net heeft er geen ruimte{self._at_limit(row)}."
        if why == WHY_UNSERVED[3]:
            return _full(row, near)
        if why == WHY_UNSERVED[4]:
            return self._elsewhere(row, near)
        if row["free"]:
            worth = figures(max(row["worth"], 0.0))
            return f"Een paal op de beste vrije plek {near} brengt te weinig op: {worth} kWh per jaar waard."
        return (
            f"{_spots(row['other'] or row['full'])} {near}, maar een andere grens houdt ze tegen{self._at_limit(row)}."
        )

    def _fell_off(self, point: str, reached: int, near: str) -> str:
        every = f"Alle {figures(reached)} plekken {near} vallen" if reached > 1 else f"De enige plek {near} valt"
        if point not in self.fallen:
            return f"{every} af."
        label, number = self.fallen[point]
        most = (
            f", het vaakst op: {label} ({figures(number)} van de {figures(reached)})"
            if reached > 1
            else f" op: {label}"
        )
        return f"{every} af{most}."

    def _at_limit(self, counts: dict[str, float]) -> str:
        place = int(counts["limit"])
        if place == NONE:
            return ""
        limits = self.standing.problem.limits
        name = limits.ids[place].partition("|")[2]
        unit = "kW" if limits.kinds[place] == "net" else ""
        used, most = float(self.standing.used[place]), float(limits.limit[place])
        if self.measured is not None and limits.ids[place] in self.measured.index:
            row = pd.Series(self.measured.loc[limits.ids[place]])
            name, unit, used, most = str(row["about"]), str(row["unit"]), float(row["used"]), float(row["limit"])
        return f" ({name}: {short_number(used)} van {short_number(most)}{f' {unit}' if unit else ''} gebruikt)"

    def _elsewhere(self, row: dict[str, float], near: str) -> str:
        here = f"Een paal op de beste vrije plek {near} zou {figures(max(row['worth'], 0.0))} kWh per jaar waard zijn"
        if row["worth"] < self.least_worth:
            return f"{here}; de gekozen paal die het minst opbrengt, is {figures(self.least_worth)} kWh per jaar waard."
        return f"{here}, maar het aantal palen of het budget is op."


def _spots(number: float) -> str:
    return f"Er {'is' if number == 1 else 'zijn'} {counted(int(number), 'plek', 'plekken')}"


def _existing(row: dict[str, float]) -> str:
    """What must be added where there is a pole after all."""
    if not row["poles"]:
        return ""
    number = int(row["poles"])
    return " De paal die er is, is vol." if number == 1 else f" De {figures(number)} palen die er zijn, zijn vol."


def _full(row: dict[str, float], near: str) -> str:
    number = int(row["poles"])
    poles = f"De paal {near} is vol" if number == 1 else f"De {figures(number)} palen {near} zijn vol"
    whys = [
        f"{counted(int(row[f'full {kind}']), one, many)} {words}"
        for kind, (one, many, words) in WHAT_FITS.items()
        if row[f"full {kind}"]
    ]
    if not whys:
        return f"{poles}, en er is geen andere plek."
    return f"{poles}. Andere plekken kunnen er niet bij: {', '.join(whys)}."
