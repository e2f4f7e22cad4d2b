"""From a solution to frames: what is open, what is served, and the proof.

In: frames and settings. Out: `Plan`, `Service` and `Solutions`. The problem is solved twice: once with the existing
poles alone, to tell what is served already, and once with the new ones.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.planning import Plan, Service, Solutions
from laadplan.contracts.quality import Quality
from laadplan.contracts.watch import Watch
from laadplan.errors import NoFeasiblePlan
from laadplan.geo.nearest import containing
from laadplan.optimise.old_problem import Problem, make_problem
from laadplan.optimise.old_solve import Solution, solve
from laadplan.policy.assess import passing, scores
from laadplan.policy.words import NOT_MET


def make_plan(
    demand: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    reach: pd.DataFrame,
    pole_reach: pd.DataFrame,
    charge_points: gpd.GeoDataFrame,
    buurten: gpd.GeoDataFrame,
    *,
    settings: Optimisation,
    scenario: Scenario,
    spots: SpotRules,
    walking: Walking,
    quality: Quality | None = None,
    watch: Watch | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The plan as `Plan`, `Service` and `Solutions`.

    Raises
    ------
    NoFeasiblePlan
        No candidate passed, no demand is known, or the solver found nothing.
    """
    quality = quality if quality is not None else Quality()
    reach = pd.concat([reach, pole_reach])
    fit = candidates[passing(assessments, candidates)]
    _refuse_nothing(demand, candidates, fit, assessments)
    supply = supplying(charge_points, settings)
    problem = make_problem(
        demand,
        supply,
        containing(supply.geometry, buurten.geometry),
        fit,
        scores(assessments, fit),
        reach,
        norm_m=walking.norm_m,
        settings=settings,
        scenario=scenario,
        spots=spots,
    )
    before = solve(_existing_only(problem), settings, 0)
    solution = solve(problem, settings, settings.poles_allowed)
    quality.facts["solver_seconds"] = round(solution.seconds, 3)
    quality.facts["existing_not_counted"] = sorted(charge_points.index.difference(supply.index))
    _report(problem, solution, quality)
    return (
        _plan(problem, solution),
        _service(problem, before, solution, demand, reach),
        _solutions({"nu": before, "plan": solution}, problem, settings),
    )


def supplying(charge_points: gpd.GeoDataFrame, settings: Optimisation) -> gpd.GeoDataFrame:
    """The existing charge points that count as supply, by their access."""
    return charge_points[charge_points["access"].isin(settings.existing_access)]


def _refuse_nothing(
    demand: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame, fit: gpd.GeoDataFrame, assessments: pd.DataFrame
) -> None:
    if candidates.empty:
        raise NoFeasiblePlan(
            "There is no candidate: no two adjacent bays were cut from the parking strips in the area.",
            where="candidates",
            todo="See the reasons in frames/Strips.parquet (--until Strips); extend the area, or change 'bays'.",
        )
    if fit.empty:
        failed = assessments[(assessments["kind"] == "eis") & (assessments["counts_as"] == NOT_MET)]
        counts = failed["criterion_id"].value_counts().sort_index()
        listed = ", ".join(f"{name} ({count})" for name, count in counts.items())
        raise NoFeasiblePlan(
            f"No candidate is left: all {len(candidates)} fail an eis.",
            where="policy",
            todo=f"Criteria that fail: {listed}. Relax one, or make it a wens.",
        )
    if not (demand["kwh_year"] > 0).any():
        raise NoFeasiblePlan(
            "No demand is known in the area.",
            where="demand",
            todo="Run 'laadplan check' to see which figures are missing, and look at area.bbox_rd.",
        )


def _existing_only(problem: Problem) -> Problem:
    """The same problem without candidates; places of sites are kept."""
    kept = problem.existing[problem.arc_site]
    return Problem(
        demand_ids=problem.demand_ids,
        demand_kwh=problem.demand_kwh,
        site_ids=problem.site_ids,
        existing=np.ones_like(problem.existing),
        capacity_kwh=np.where(problem.existing, problem.capacity_kwh, 0.0),
        score=problem.score,
        buurt=problem.buurt,
        arc_demand=problem.arc_demand[kept],
        arc_site=problem.arc_site[kept],
        arc_worth=problem.arc_worth[kept],
        bay_groups=(),
        floor_buurten=(),
    )


def _plan(problem: Problem, solution: Solution) -> pd.DataFrame:
    served = np.bincount(problem.arc_site, weights=solution.served_kwh, minlength=len(problem.site_ids))
    frame = pd.DataFrame(
        {
            "existing": problem.existing,
            "chosen": solution.chosen,
            "poles": solution.chosen.astype(int),
            "evse": np.where(solution.chosen, 2, 0),
            "capped": False,
            "power_kw": np.nan,
            "cost_eur": np.nan,
            "capacity_kwh_year": problem.capacity_kwh,
            "served_kwh_year": np.round(served, 3),
        },
        index=pd.Index(problem.site_ids, dtype="str", name=Plan.index_name()),
    )
    return frame[Plan.columns()]


def _service(
    problem: Problem, before: Solution, solution: Solution, demand: gpd.GeoDataFrame, reach: pd.DataFrame
) -> pd.DataFrame:
    kept = problem.existing[problem.arc_site]
    size = len(problem.demand_ids)
    served = np.bincount(problem.arc_demand, weights=solution.served_kwh, minlength=size)
    served_before = np.bincount(problem.arc_demand[kept], weights=before.served_kwh, minlength=size)
    index = pd.Index(problem.demand_ids, dtype="str")
    sites = pd.Index(problem.site_ids)
    frame = pd.DataFrame(index=demand.index.rename(Service.index_name()))
    frame["kwh_year"] = demand["kwh_year"]
    frame["served_before_kwh_year"] = pd.Series(served_before, index=index).reindex(frame.index).fillna(0.0).round(3)
    frame["served_kwh_year"] = pd.Series(served, index=index).reindex(frame.index).fillna(0.0).round(3)
    frame["walk_before_m"] = _nearest_walk(reach, sites[problem.existing]).reindex(frame.index)
    frame["walk_m"] = _nearest_walk(reach, sites[solution.chosen]).reindex(frame.index)
    return frame[Service.columns()]


def _nearest_walk(reach: pd.DataFrame, sites: pd.Index) -> pd.Series:
    return reach[reach["site_id"].isin(sites)].groupby("point_id")["walk_m"].min()


def _solutions(solved: dict[str, Solution], problem: Problem, settings: Optimisation) -> pd.DataFrame:
    allowed = {"nu": 0, "plan": settings.poles_allowed}
    new = int((solved["plan"].chosen & ~problem.existing).sum())
    rows = {
        name: {
            "status": solution.status,
            "objective": round(solution.objective, 3),
            "bound": round(solution.bound, 3),
            "gap": round(solution.gap, 8),
            "gap_asked": settings.gap_share,
            "solver": solution.solver,
            "solver_version": solution.solver_version,
            "bound_by": "solver",
            "stopped_by": {"nodes": "work"}.get(solution.stopped_by, solution.stopped_by),
            "poles_allowed": allowed[name],
            "poles_chosen": new if name == "plan" else 0,
            "served_kwh_year": round(float(solution.served_kwh.sum()), 3),
            "limits_broken": ", ".join(f"ondergrens buurt|{code}" for code in solution.below_floor) or None,
        }
        for name, solution in solved.items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis(Solutions.index_name())
    return frame.astype({"limits_broken": "str", "gap_asked": float})[Solutions.columns()]


def _report(problem: Problem, solution: Solution, quality: Quality) -> None:
    within = {buurt for buurt, existing in zip(problem.buurt, problem.existing, strict=True) if not existing}
    for code in solution.below_floor:
        why = "the poles allowed are worth more elsewhere" if code in within else "no candidate there meets the eisen"
        quality.find(f"Coverage floor not met in buurt {code}: {why}.")
    if solution.status == "feasible":
        ended = f"the search was ended by {solution.stopped_by}"
        quality.find(f"The plan is not proven within the gap asked for: gap {100 * solution.gap:.2f} %, {ended}.")
