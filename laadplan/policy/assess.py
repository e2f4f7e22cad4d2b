"""A policy profile applied to all candidates: every verdict with its measured value, norm, margin, reason and source.

In: candidates, what was measured at them, the ground, the profile. Out: `Assessments`, and from these per candidate
whether it passes, its score, its rank and its reasons. An ``eis`` that is not met excludes, and one that is unknown
does as its criterion says. Of a criterion on confidential data only the verdict is kept.

Formula
-------
``score = sum of weights of the wensen met / sum of weights of the wensen that apply``; n.v.t. does not apply, onbekend
counts as its criterion says and does not apply where that is a visit (schouw).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.criteria import Criterion
from laadplan.config.policy import Policy
from laadplan.contracts.planning import Assessments
from laadplan.contracts.quality import Quality
from laadplan.policy import rules, spot_rules
from laadplan.policy.ground import Data, Ground, joined_data, zone_key
from laadplan.policy.words import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    SECRET,
    UNKNOWN,
    norm_text,
    sentences,
    source_text,
    verdicts,
)

RULES: dict[str, Callable[..., pd.DataFrame]] = {
    "distance": rules.apply_distance,
    "spacing": rules.apply_spacing,
    "inside": rules.apply_inside,
    "count": rules.apply_count,
    "share": rules.apply_share,
    "tree": rules.apply_tree,
    "walk": rules.apply_walk,
    "width": spot_rules.apply_width,
    "corridor": spot_rules.apply_corridor,
    "cable": spot_rules.apply_cable,
    "attribute": spot_rules.apply_attribute,
    "value": spot_rules.apply_value,
    "raster": spot_rules.apply_raster,
    "valid": spot_rules.apply_valid,
}
"""Kind of rule to the function that applies it."""

BLOCK = 20_000
"""Candidates that are judged together, in order of assessment_id: joining the blocks copies no text, sorting all at
once holds it three times."""


def assess(candidates: gpd.GeoDataFrame, policy: Policy, ground: Ground) -> pd.DataFrame:
    """Every candidate against every criterion in force on the day of the ground, as `Assessments`.

    Raises
    ------
    ConfigError
        A criterion asks for a column that its layer does not have.
    """
    held = policy.in_force(ground.today)
    if candidates.empty or not held.criteria:
        return Assessments.empty()
    spots = candidates
    if ground.measurements is not None:
        spots = gpd.GeoDataFrame(candidates.join(ground.measurements, how="left"))
    ordered = spots.iloc[(spots.index.astype("str") + "|").argsort()]
    starts = range(0, len(ordered), BLOCK)
    return pd.concat([_block(held, ordered.iloc[start : start + BLOCK], ground) for start in starts])


def report(assessments: pd.DataFrame, policy: Policy, today: date, quality: Quality) -> None:
    """Notes what a reader must know: criteria that do not hold today, and per criterion how many verdicts of a kind."""
    idle = [criterion.id for criterion in policy.criteria if not criterion.holds_on(today)]
    if idle:
        quality.find(f"Criteria that do not hold on {today.isoformat()} and were left out: {', '.join(idle)}.")
    never = []
    counts: dict[str, dict[str, int]] = {criterion.id: {} for criterion in policy.criteria}
    number_of = assessments[["criterion_id", "verdict"]].value_counts().sort_index().reset_index()
    for name, verdict, number in number_of.itertuples(index=False):
        counts[name][verdict] = number
    for name, found in counts.items():
        if found:
            quality.facts[name] = ", ".join(f"{verdict} {number}" for verdict, number in found.items())
        if list(found) == [UNKNOWN]:
            never.append(name)
    if never:
        quality.find(f"Criteria that could be judged nowhere, for want of data: {', '.join(never)}.")


def passing(assessments: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.Series:
    """Whether each candidate meets every eis, an unknown one counted as its criterion says."""
    return pd.Series(~candidates.index.isin(_failed(assessments)["locatie_id"]), index=candidates.index)


def scores(assessments: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.Series:
    """Score of each candidate on the wensen, 0 to 1."""
    total = assessments.groupby("locatie_id")["contribution"].sum()
    return total.reindex(candidates.index).fillna(0.0).clip(upper=1.0).round(4)


def ranks(assessments: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.Series:
    """Rank of each candidate that passes, from 1; missing for the others.

    Best score first; of equal scores the one with fewest unknown verdicts; of equal ones the smallest ``locatie_id``.
    """
    fit = passing(assessments, candidates)
    doubts = assessments[assessments["verdict"] == UNKNOWN].groupby("locatie_id").size()
    order = pd.DataFrame(
        {
            "score": -scores(assessments, candidates),
            "doubts": doubts.reindex(candidates.index).fillna(0),
        },
        index=candidates.index,
    )
    best = order[fit].sort_index().sort_values(["score", "doubts"], kind="stable").index
    return pd.Series(np.arange(1, len(best) + 1), index=best, dtype="Int64").reindex(candidates.index)


def failed_reasons(assessments: pd.DataFrame) -> pd.Series:
    """Per candidate the sentences of the eisen it does not meet, in order of criterion id."""
    return _failed(assessments).groupby("locatie_id", sort=True)["reason"].agg(" ".join)


def _failed(assessments: pd.DataFrame) -> pd.DataFrame:
    return assessments[(assessments["kind"] == "eis") & (assessments["counts_as"] == NOT_MET)]


def _block(policy: Policy, spots: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Some candidates against every criterion of a policy, as `Assessments`."""
    weights = policy.weights()
    parts = [_judged(criterion, spots, ground, weights.get(criterion.id, 0.0)) for criterion in policy.criteria]
    judged = pd.concat(parts)
    judged["contribution"] = _contributions(judged)
    judged.index = pd.Index(judged["locatie_id"] + "|" + judged["criterion_id"], name=Assessments.index_name())
    return judged[Assessments.columns()].sort_index()


def _judged(criterion: Criterion, spots: gpd.GeoDataFrame, ground: Ground, weight: float) -> pd.DataFrame:
    found = RULES[_rule(criterion)](criterion, spots, ground)
    verdict = verdicts(found)
    if criterion.confidential:
        found = _without_values(found)
    norm = norm_text(criterion)
    data = data_of(criterion, ground)
    return pd.DataFrame(
        {
            "locatie_id": spots.index.astype("str"),
            "criterion_id": criterion.id,
            "label": criterion.label,
            "kind": criterion.kind,
            "grondslag": criterion.grondslag,
            "measured": found["measured"].to_numpy(dtype=float),
            "measured_text": _shown(found, verdict).to_numpy(),
            "norm": norm,
            "unit": criterion.measured_in or None,
            "margin": found["margin"].to_numpy(dtype=float),
            "verdict": verdict.to_numpy(),
            "counts_as": verdict.replace({UNKNOWN: criterion.if_unknown}).to_numpy(),
            "reason": sentences(criterion, norm, found, verdict),
            "source": source_text(criterion),
            "data_source": data.label or None,
            "data_on": data.on or None,
            "estimated": found["estimated"].to_numpy(dtype=bool),
            "confidential": criterion.confidential,
            "weight": weight,
        }
    ).astype({"unit": "str", "data_source": "str", "data_on": "str"})


def _shown(found: pd.DataFrame, verdict: pd.Series) -> pd.Series:
    """The measured value as printed; niet gemeten where there is none."""
    silent = verdict.isin([UNKNOWN, NOT_APPLICABLE]) | (found["text"].astype("str") == "")
    return found["text"].astype("str").mask(silent, "niet gemeten")


def _without_values(found: pd.DataFrame) -> pd.DataFrame:
    """What was found without anything that tells where a confidential object lies: the verdict remains."""
    return found.assign(measured=np.nan, margin=np.nan, text=SECRET)


def data_of(criterion: Criterion, ground: Ground) -> Data:
    """What must be printed of the source that a criterion measures on."""
    held: Any = criterion
    key = getattr(held, "to", None) or getattr(held, "layer", None) or getattr(held, "column", None)
    kinds = getattr(held, "where", {}).get("kind", ())
    if key == "zones" and kinds:
        return joined_data(ground.data.get(zone_key(kind), Data()) for kind in kinds)
    if getattr(held, "raster", None):
        key = f"rasters.{held.raster}"
    return ground.data.get(key or _rule(criterion), Data())


def _rule(criterion: Criterion) -> str:
    held: Any = criterion
    return str(held.rule)


def _contributions(judged: pd.DataFrame) -> np.ndarray:
    """Weight of each wens met, as a share of the weights that apply to that candidate."""
    weight = judged["weight"].where(judged["kind"] == "wens", 0.0)
    applies = weight.where(judged["counts_as"].isin([MET, NOT_MET]), 0.0)
    total = applies.groupby(judged["locatie_id"]).transform("sum")
    met = applies.where(judged["counts_as"] == MET, 0.0)
    return (met / total.where(total > 0)).fillna(0.0).to_numpy(dtype=float)
