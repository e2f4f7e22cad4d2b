"""What a plan is framed on: frames of the town and rules of the config, and which of the candidates may be taken.

In: frames and sections. Out: `Town`, `Rules`, and the candidates a plan may choose from. A decided location stays in
though it fails an eis, and that is told; a location that was turned down goes out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ConfigError, NoFeasiblePlan, some_of
from laadplan.policy.assess import passing, scores
from laadplan.policy.words import NOT_MET

TURNED_DOWN = "afgewezen door de gemeente"


@dataclass(frozen=True)
class Town:
    """The frames that a plan is framed on, RD New; what was not delivered is None.

    Attributes
    ----------
    asked
        Demand points with ``kwh_year`` and ``buurtcode``, see `laadplan.optimise.asked.demand_asked`.
    charge_points, candidates, assessments, bays, buurten, addresses
        Frames of those names.
    reach
        `Reach` and `PoleReach` together.
    """

    asked: gpd.GeoDataFrame
    charge_points: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    assessments: pd.DataFrame
    reach: pd.DataFrame
    bays: gpd.GeoDataFrame
    buurten: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame | None = None
    cable_routes: gpd.GeoDataFrame | None = None
    coverage_squares: gpd.GeoDataFrame | None = None
    decree_places: gpd.GeoDataFrame | None = None
    grid_areas: gpd.GeoDataFrame | None = None
    grid_capacity: pd.DataFrame | None = None
    signs: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class Rules:
    """The sections that a plan is framed by, with the accepted risk (share) and the municipality's CBS code."""

    settings: Optimisation
    scenario: Scenario
    spots: SpotRules
    walking: Walking
    risk_share: float = 0.05
    municipality_code: str = ""


def together(reach: pd.DataFrame, pole_reach: pd.DataFrame) -> pd.DataFrame:
    """`Reach` to candidates and to existing locations in one table."""
    return pd.concat([each for each in (reach, pole_reach) if len(each)] or [reach])


def supplying(charge_points: gpd.GeoDataFrame, settings: Optimisation) -> gpd.GeoDataFrame:
    """The existing charge points that count as supply, by their access, in order of id."""
    return charge_points[charge_points["access"].isin(settings.existing_access)].sort_index()


def choosable(town: Town, settings: Optimisation, quality: Quality) -> gpd.GeoDataFrame:
    """The candidates a plan may choose from, in order of id, with their ``score`` (0 to 1).

    Raises
    ------
    ConfigError
        A location of ``locked_in`` is neither a candidate nor an existing location.
    NoFeasiblePlan
        There is no candidate, or none is left.
    """
    candidates = town.candidates.sort_index()
    decided = _decided(town, settings, quality)
    fit = passing(town.assessments, candidates)
    _refuse_no_candidates(candidates, fit | candidates.index.isin(decided), town.assessments)
    _tell("locked_in fails an eis and is placed all the same", fit.index[~fit & fit.index.isin(decided)], quality)
    for name in ("locked_out", "previous_plan"):
        strange = sorted(set(getattr(settings, name)) - set(candidates.index))
        _tell(f"{name} holds locations that are no candidate", strange, quality)
    quality.drop(TURNED_DOWN, candidates.index[candidates.index.isin(settings.locked_out)])
    kept = (fit | candidates.index.isin(decided)) & ~candidates.index.isin(settings.locked_out)
    if not kept.any():
        raise NoFeasiblePlan(
            "No candidate is left: all that meet the eisen are turned down.",
            where="optimisation.locked_out",
            todo="Take some of them out of locked_out.",
        )
    return gpd.GeoDataFrame(candidates[kept].assign(score=scores(town.assessments, candidates[kept])))


def refuse_bad_demand(asked: gpd.GeoDataFrame) -> None:
    """Refuses demand that is not a number or is negative, and no demand at all.

    Raises
    ------
    BadInput
        Demand is negative or not a number.
    NoFeasiblePlan
        No demand is known.
    """
    kwh = asked["kwh_year"].to_numpy(dtype=float)
    wrong = ~(np.isfinite(kwh) & (kwh >= 0))
    if wrong.any():
        raise BadInput(
            f"Demand of {int(wrong.sum())} points is negative or not a number.",
            where="Demand",
            ids=sorted(asked.index[wrong]),
            todo="Look at the sources of the demand: 'laadplan check'.",
        )
    if not (kwh > 0).any():
        raise NoFeasiblePlan(
            "No demand is known in the area.",
            where="demand",
            todo="Run 'laadplan check' to see which figures are missing, and look at area.bbox_rd.",
        )


def _decided(town: Town, settings: Optimisation, quality: Quality) -> list[str]:
    """The decided candidates; those that stand already are told."""
    decided = set(settings.locked_in)
    _tell("locked_in holds locations that stand already", sorted(decided & set(town.charge_points.index)), quality)
    unknown = sorted(decided - set(town.candidates.index) - set(town.charge_points.index))
    if unknown:
        raise ConfigError(
            f"Decided locations are not among the candidates: {some_of(unknown)}.",
            where="optimisation.locked_in",
            todo="Look up their locatie_id in frames/Candidates.parquet; a strip that was drawn anew has a new one.",
        )
    return sorted(decided & set(town.candidates.index))


def _refuse_no_candidates(candidates: gpd.GeoDataFrame, kept: pd.Series, assessments: pd.DataFrame) -> None:
    if candidates.empty:
        raise NoFeasiblePlan(
            "There is no candidate: no two adjacent bays were cut from the parking strips in the area.",
            where="candidates",
            todo="See the reasons in frames/Strips.parquet (--until Strips); extend the area, or change 'bays'.",
        )
    if not kept.any():
        failed = assessments[(assessments["kind"] == "eis") & (assessments["counts_as"] == NOT_MET)]
        counts = failed["criterion_id"].value_counts().sort_index()
        listed = ", ".join(f"{name} ({count})" for name, count in counts.items())
        raise NoFeasiblePlan(
            f"No candidate is left: all {len(candidates)} fail an eis.",
            where="policy",
            todo=f"Criteria that fail: {listed}. Relax one, or make it a wens.",
        )


def _tell(words: str, ids: Iterable[str], quality: Quality) -> None:
    found = [str(each) for each in ids]
    if found:
        quality.find(f"{words}: {some_of(found)}.")
