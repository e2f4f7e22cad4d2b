"""A plan with what explains it: from the plan as it was framed and solved to four frames.

In: `laadplan.optimise.plan.Planned` and the frames that it was made from. Out: `Unserved`, `PlanLimits`, `Alternatives`
and `PoleCurve`. Of confidential cable routes nothing reaches them: limits are taken as `measure_limits` gives them, and
what a euro more of a budget is worth is left out.
"""

import geopandas as gpd
import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.contracts.dutch import is_known
from laadplan.contracts.quality import Quality
from laadplan.contracts.watch import Watch
from laadplan.optimise.alternatives import new_sites
from laadplan.optimise.curve import pole_curve
from laadplan.optimise.explain import explain
from laadplan.optimise.framing_town import Rules, Town
from laadplan.optimise.plan import CUT_SHORT, Planned, measure_limits, progress_of
from laadplan.optimise.problem import Problem
from laadplan.optimise.record import Solution
from laadplan.optimise.solve import solve

CURVE_SHARE = 0.2
"""Work for a plan on the curve, as a share of that for the plan itself."""

CURVE_GAP = 0.02
"""Proven gap at which a plan on the curve is good enough: a line on paper is thicker."""


def explain_plan(
    planned: Planned,
    town: Town,
    rules: Rules,
    *,
    watch: Watch,
    quality: Quality,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """`Unserved`, `PlanLimits`, `Alternatives` and `PoleCurve` of a plan.

    Parameters
    ----------
    planned, town, rules
        The plan, the frames it was made from, and the settings it was made with.
    watch
        The clock for safety stops, and who is told how far it is.
    quality
        Is told what ends before it is whole, because somebody stopped it.
    """
    framed, solution = planned.framed, planned.solution
    found = explain(
        framed.problem,
        solution.choice,
        solution.prices if solution.bound_by == "prices" else None,
        existing=framed.existing,
        asked=town.asked,
        reach=town.reach[~town.reach["existing"]],
        assessments=town.assessments,
        norm_m=rules.walking.norm_m,
        measured=measure_limits(framed, solution.choice),
        names=names_of(town.candidates),
        say=watch.tell,
    )
    stopped = len(found.alternatives) < len(new_sites(framed.problem, solution.choice.taken, framed.existing))
    if stopped:
        _stopped("The search for other choices", quality)
    stopped |= "user" in (planned.before.stopped_by, solution.stopped_by)
    less = less_work(rules.settings)

    def point(problem: Problem, number: int) -> Solution:
        """A plan on the curve; none once somebody pressed Ctrl-C, then or before."""
        if stopped:
            raise KeyboardInterrupt
        made = solve(problem, less, clock=watch.clock, tell=progress_of(watch, f"curve, {number:,} new poles, "))
        if made.stopped_by == "user":
            _stopped("The curve of plans with other numbers of poles", quality)
            raise KeyboardInterrupt
        if made.stopped_by in CUT_SHORT:
            quality.find(f"The plan of {number:,} new poles on the curve was ended by {made.stopped_by}.")
            quality.ended_early = True
        return made

    poles = framed.options.poles * ~framed.options.existing
    curve = pole_curve(framed.problem, solution, poles, asked=rules.settings.poles_allowed, solve=point)
    limits = without_price_of_cost(found.limits) if framed.costs_hidden else found.limits
    return found.unserved, limits, found.alternatives, curve


def without_price_of_cost(limits: pd.DataFrame) -> pd.DataFrame:
    """`PlanLimits` without what a euro more is worth: from that and what a pole brings, a cable could be reckoned."""
    return limits.assign(worth_per_unit=limits["worth_per_unit"].mask(limits["kind"] == "budget"))


def _stopped(what: str, quality: Quality) -> None:
    """Says that it ended before it was whole: the next run does it anew."""
    quality.find(f"{what} was stopped by hand and is not complete.")
    quality.ended_early = True


def less_work(settings: Optimisation) -> Optimisation:
    """The settings with less work for each plan: the safety stop is not to be what ends it."""
    return settings.model_copy(
        update={
            "gap_share": max(settings.gap_share, CURVE_GAP),
            "rounds_max": max(1, int(CURVE_SHARE * settings.rounds_max)),
            "nodes_max": max(1, int(CURVE_SHARE * settings.nodes_max)),
            "seconds_max": settings.seconds_max / 2,
        }
    )


def names_of(candidates: gpd.GeoDataFrame) -> dict[str, str]:
    """Id of each candidate to its street and near house number; one without a street has none."""
    rows = zip(candidates.index.astype("str"), candidates["street"], candidates["house_number"], strict=True)
    return {
        site: f"{street}, bij nummer {number}" if is_known(number) else str(street)
        for site, street, number in rows
        if is_known(street)
    }
