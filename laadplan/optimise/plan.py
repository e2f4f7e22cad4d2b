"""From a solution to frames: what is open, what is served, and the proof.

In: frames and sections. Out: `Plan`, `Service` and `Solutions`, with the problem and solution for what explains them.
The problem is solved twice: with the existing poles alone, to tell what is served already, and with new ones.

What it makes is public though cable routes are confidential: they move a choice as a verdict does, but no length, cost
or remainder of a budget is written (`tests/optimise/test_confidential.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from laadplan.contracts.planning import Plan, Service, Solutions
from laadplan.contracts.quality import Quality
from laadplan.contracts.watch import Watch
from laadplan.errors import some_of
from laadplan.optimise.exchange import exchange
from laadplan.optimise.framing import EQUITY, Framed, make_problem
from laadplan.optimise.framing_limits import no_limits
from laadplan.optimise.framing_town import Rules, Town
from laadplan.optimise.problem import NONE, Choice, Flags, Floats, Groups, Problem, Wholes
from laadplan.optimise.record import Solution
from laadplan.optimise.solve import solve

TOLD = 1e-6
"""A violation below this share of its limit, or this amount where that is more, is nil: what rounding leaves."""

CUT_SHORT = ("seconds", "user", "failure")
"""Ends of a search that would go further when it is done again; its limits of work would not."""

STANDS, NONE_FIT, NOT_WORTH = (
    "by what exists or was decided",
    "no candidate there meets the eisen",
    "what it takes is worth more elsewhere, or nothing more fits there",
)
"""Why a limit is not kept."""

WHY_BROKEN = {
    STANDS: "door palen die er al staan of waarover is besloten",
    NONE_FIT: "geen plek daar voldoet aan de eisen",
    NOT_WORTH: "wat ervoor nodig is, brengt elders meer op, of er past daar niets meer bij",
}
"""The same in Dutch."""


@dataclass(frozen=True)
class Planned:
    """The plan as frames, and what it was made of.

    Attributes
    ----------
    plan, service, solutions
        `Plan`, `Service` and `Solutions`.
    framed, before, solution
        The problem with its words, and the solutions with existing poles alone (of `existing_only`) and with new ones.
    """

    plan: pd.DataFrame
    service: pd.DataFrame
    solutions: pd.DataFrame
    framed: Framed
    before: Solution
    solution: Solution


def make_plan(
    town: Town,
    rules: Rules,
    *,
    clock: Callable[[], float],
    tell: Callable[[float, float, int], None] | None = None,
    quality: Quality | None = None,
) -> Planned:
    """The plan with its proof.

    Parameters
    ----------
    clock
        Seconds, as ``time.perf_counter`` gives them.
    tell
        Called with objective, bound and rounds done while the search goes on.

    Raises
    ------
    BadInput, ConfigError, NoFeasiblePlan
        See `laadplan.optimise.framing.make_problem`.
    """
    quality = quality if quality is not None else Quality()
    silent: Callable[[float, float, int], None] = lambda objective, bound, rounds: None  # noqa: E731
    framed = make_problem(town, rules, quality)
    before = solve(existing_only(framed), rules.settings, clock=clock, tell=silent)
    found = solve(framed.problem, rules.settings, clock=clock, tell=tell or silent)
    solution = exchange(framed.problem, found, rules.settings, clock=clock, tell=tell or silent)
    quality.facts["solver_seconds"] = round(solution.seconds, 3)
    measured = measure_limits(framed, solution.choice)
    _report(framed, measured, solution, rules, quality)
    _report_ends({"nu": before, "plan": solution}, quality)
    return Planned(
        plan=_plan(framed, solution.choice),
        service=_service(framed, before.choice, solution.choice, town),
        solutions=_solutions({"nu": before, "plan": solution}, framed, measured, rules),
        framed=framed,
        before=before,
        solution=solution,
    )


def progress_of(watch: Watch, what: str = "") -> Callable[[float, float, int], None]:
    """What tells the watch how far the search is: the worth so far and how much better a plan could be.

    ``what`` stands before it: which search that is.
    """

    def tell(objective: float, bound: float, rounds: int) -> None:
        if np.isfinite([objective, bound]).all():
            gap = 100 * max(0.0, bound - objective) / max(abs(objective), 1.0)
            watch.tell(f"{what}round {rounds:,}: {objective:,.0f} kWh a year, at most {gap:.2f} % better is possible")

    return tell


def existing_only(framed: Framed) -> Problem:
    """The problem with the existing sites alone, without limits and groups; demand is the same."""
    problem, kept = framed.problem, framed.existing
    arcs, options = kept[problem.arc_site], kept[problem.option_site]
    return replace(
        problem,
        demand_group=np.full(len(problem.demand_ids), NONE),
        site_ids=tuple(np.array(problem.site_ids, dtype=object)[kept]),
        must=np.ones(int(kept.sum()), dtype=bool),
        arc_start=_starts(np.diff(problem.arc_start)[kept]),
        arc_demand=problem.arc_demand[arcs],
        arc_worth=problem.arc_worth[arcs],
        option_start=_starts(np.diff(problem.option_start)[kept]),
        option_ids=tuple(np.array(problem.option_ids, dtype=object)[options]),
        option_capacity=problem.option_capacity[options],
        option_worth=problem.option_worth[options],
        limits=no_limits(),
        groups=Groups((), np.zeros(0), np.zeros(0)),
    )


def measure_limits(framed: Framed, choice: Choice) -> pd.DataFrame:
    """What the plan uses of each limit: kind, about, unit, is_floor, limit, used, broken_by and why_broken.

    As in `PlanLimits`, by its ids. Where cost is confidential, that of the plan is rounded up to whole poles.
    """
    words = framed.limits
    used = words["fixed"].to_numpy(dtype=float).copy()
    row = words["row"].to_numpy(dtype=np.int64)
    in_arrays = row != NONE
    used[in_arrays] += np.abs(_uses(framed, choice))[row[in_arrays]]
    floors = words["is_floor"].to_numpy(dtype=bool)
    used[floors] = (words["fixed"] + _reached(framed, choice).reindex(words.index).fillna(0.0)).to_numpy()[floors]
    groups = (words["kind"] == EQUITY).to_numpy()
    used[groups] = _served_per_group(framed, choice)
    measured = words.drop(columns=["fixed", "row"]).assign(used=used)
    beyond = np.where(words["is_floor"], words["limit"] - used, used - words["limit"])
    broken = np.where(beyond > np.maximum(TOLD * words["limit"].abs(), TOLD), beyond, 0.0)
    if framed.costs_hidden:
        measured["used"] = _coarse(measured, framed)
        broken = np.where(words["kind"] == "budget", (measured["used"] - words["limit"]).clip(lower=0.0), broken)
    why = pd.Series(None, words.index, dtype="str")
    for name in words.index[broken > 0]:
        why[name] = WHY_BROKEN[_why(framed, str(name))]
    return measured.assign(broken_by=broken, why_broken=why)


def _coarse(measured: pd.DataFrame, framed: Framed) -> pd.Series:
    """Costs up to whole poles, so that no length of a cable can be read from them; a budget that is kept stays so."""
    is_cost = measured["kind"] == "budget"
    new = framed.options.poles > 0
    one = float((framed.options.cost_eur / np.maximum(framed.options.poles, 1))[new].max())
    rounded = np.ceil(measured["used"] / one - TOLD) * one
    kept = measured["used"] <= measured["limit"] * (1 + TOLD)
    return measured["used"].mask(is_cost, rounded.mask(kept, np.minimum(rounded, measured["limit"])))


def _taken(framed: Framed, choice: Choice) -> Flags:
    """Per option whether it is taken."""
    taken = np.zeros(len(framed.options), dtype=bool)
    taken[choice.taken[choice.taken != NONE]] = True
    return taken


def _reached(framed: Framed, choice: Choice) -> pd.Series:
    """Per floor what the options taken count for."""
    own = framed.floor_uses[_taken(framed, choice)[framed.floor_uses["option"].to_numpy()]]
    reached: pd.Series = own.groupby("limit_id")["use"].sum()
    return reached


def _uses(framed: Framed, choice: Choice) -> Floats:
    """What the options taken use of each row of the arrays."""
    limits, taken = framed.problem.limits, _taken(framed, choice)
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    return _summed(row, limits.use * taken[limits.option], len(limits.ids))


def _served_per_group(framed: Framed, choice: Choice) -> Floats:
    group = framed.problem.demand_group[framed.problem.arc_demand]
    served = choice.served_kwh.sum(axis=1)
    held, size = group != NONE, len(framed.problem.groups.ids)
    return _summed(group[held], served[held], size)


def _summed(places: Wholes, amounts: Floats, size: int) -> Floats:
    """Amounts by place; broken numbers also where there are none, of which numpy makes whole ones."""
    return np.bincount(places, weights=amounts, minlength=size).astype(np.float64)


def _starts(sizes: Wholes) -> Wholes:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _plan(framed: Framed, choice: Choice) -> pd.DataFrame:
    problem, options = framed.problem, framed.options
    chosen = choice.taken != NONE
    option = np.where(chosen, choice.taken, problem.option_start[:-1])
    new = chosen & ~framed.existing
    served = _summed(problem.arc_site, choice.served_kwh.sum(axis=1), len(chosen))
    bays = [
        " ".join(options.bay_ids[first : first + count]) if is_new else None
        for first, count, is_new in zip(
            options.bay_first[option].tolist(), options.bay_count[option].tolist(), new.tolist(), strict=True
        )
    ]
    frame = pd.DataFrame(
        {
            "existing": framed.existing,
            "chosen": chosen,
            "poles": np.where(chosen, options.poles[option], 0),
            "evse": np.where(chosen, options.evse[option], 0),
            "capped": new & options.capped[option],
            "power_kw": np.where(new, options.power_kw[option], np.where(framed.existing, np.nan, 0.0)),
            "cost_eur": np.where(new, options.cost_eur[option], np.nan),
            "capacity_kwh_year": options.capacity_kwh[option].round(3),
            "served_kwh_year": np.round(served, 3),
            "bay_ids": pd.Series(bays, dtype="str"),
        }
    ).set_axis(pd.Index(problem.site_ids, dtype="str", name=Plan.index_name()))
    return frame[Plan.columns()].astype(Plan.kinds())


def _service(framed: Framed, before: Choice, choice: Choice, town: Town) -> pd.DataFrame:
    problem, size = framed.problem, len(framed.problem.demand_ids)
    now = framed.existing[problem.arc_site]
    served = _summed(problem.arc_demand, choice.served_kwh.sum(axis=1), size)
    served_before = _summed(problem.arc_demand[now], before.served_kwh.sum(axis=1), size)
    index = pd.Index(problem.demand_ids, dtype="str")
    sites = pd.Index(problem.site_ids)
    frame = pd.DataFrame(index=town.asked.index.rename(Service.index_name()))
    frame["kwh_year"] = town.asked["kwh_year"]
    frame["served_before_kwh_year"] = pd.Series(served_before, index=index).reindex(frame.index).fillna(0.0).round(3)
    frame["served_kwh_year"] = pd.Series(served, index=index).reindex(frame.index).fillna(0.0).round(3)
    frame["walk_before_m"] = _nearest_walk(town.reach, sites[framed.existing]).reindex(frame.index)
    frame["walk_m"] = _nearest_walk(town.reach, sites[choice.taken != NONE]).reindex(frame.index)
    return frame[Service.columns()]


def _nearest_walk(reach: pd.DataFrame, sites: pd.Index) -> pd.Series:
    return reach[reach["site_id"].isin(sites)].groupby("point_id")["walk_m"].min()


def _solutions(solved: dict[str, Solution], framed: Framed, measured: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    taken = solved["plan"].choice.taken
    new = int(framed.options.poles[taken[(taken != NONE) & ~framed.existing]].sum())
    broken = {"plan": "; ".join(measured.index[measured["broken_by"] > 0])}
    rows = {
        name: {
            "status": solution.status,
            "objective": round(solution.objective, 3),
            "bound": round(solution.bound, 3),
            "gap": round(solution.gap, 8),
            "gap_asked": rules.settings.gap_share,
            "bound_by": solution.bound_by,
            "solver": solution.solver,
            "solver_version": solution.solver_version,
            "stopped_by": solution.stopped_by,
            "poles_allowed": rules.settings.poles_allowed if name == "plan" else 0,
            "poles_chosen": new if name == "plan" else 0,
            "served_kwh_year": round(float(solution.choice.served_kwh.sum()), 3),
            "limits_broken": broken.get(name) or None,
        }
        for name, solution in solved.items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis(Solutions.index_name())
    return frame.astype({"limits_broken": "str", "gap_asked": float})[Solutions.columns()]


def _report(framed: Framed, measured: pd.DataFrame, solution: Solution, rules: Rules, quality: Quality) -> None:
    broken = measured[measured["broken_by"] > 0]
    why = pd.Series([_why(framed, str(name)) for name in broken.index], index=broken.index, dtype="str")
    for (kind, reason), found in broken.groupby([broken["kind"], why]):
        told = [
            f"{str(name).partition('|')[2]} ({limit['used']:.6g} of {limit['limit']:.6g} {limit['unit']})"
            for name, limit in found.iterrows()
        ]
        quality.find(f"Limit '{kind}' is not kept, {reason}: {some_of(told)}.")
    chosen = {framed.problem.site_ids[site] for site in np.flatnonzero(solution.choice.taken != NONE)}
    dropped = sorted((set(rules.settings.previous_plan) & set(framed.problem.site_ids)) - chosen)
    if dropped:
        quality.find(f"Locations of the previous plan that are not in this one: {some_of(dropped)}.")
    if solution.status == "feasible":
        ended = f"the search was ended by {solution.stopped_by}"
        quality.find(f"The plan is not proven within the gap asked for: gap {100 * solution.gap:.2f} %, {ended}.")


def _report_ends(solved: dict[str, Solution], quality: Quality) -> None:
    """What failed, and whether a search was cut short: the next run then does it anew."""
    for name, solution in solved.items():
        if solution.message:
            quality.find(f"Solve '{name}': {solution.message} The best plan so far stands.")
        if solution.stopped_by in CUT_SHORT:
            quality.ended_early = True


def _why(framed: Framed, name: str) -> str:
    """Why a limit is not kept."""
    words = framed.limits.loc[name]
    if not words["is_floor"]:
        return STANDS
    if words["kind"] != EQUITY and words["row"] == NONE:
        return NONE_FIT
    return NOT_WORTH
