"""A policy profile applied to all candidates: every verdict with its measured value, norm, reason and source.

In: candidates, the layers to measure to, the profile. Out: `Assessments`, and from these per candidate whether it
passes, its score and its reasons. An ``eis`` that is not met excludes. An ``eis`` that could not be judged
(``onbekend``) does not exclude but is said.

Formula
-------
``score = sum of weights of the wensen met / sum of weights of the wensen that apply``; n.v.t. and onbekend do not.
"""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd

from laadplan.config.policy import Policy
from laadplan.contracts.planning import Assessments
from laadplan.policy.rules import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNKNOWN,
    Layers,
    apply_attribute,
    apply_distance,
    apply_walk,
    apply_width,
    norm_text,
)

RULES: dict[str, Callable[..., pd.DataFrame]] = {
    "distance": apply_distance,
    "width": apply_width,
    "attribute": apply_attribute,
    "walk": apply_walk,
}
"""Kind of rule to the function that applies it."""

SENTENCES = {
    MET: "{label}: {measured}; voldoet aan de norm ({norm}).",
    NOT_MET: "{label}: {measured}; voldoet niet aan de norm ({norm}).",
    NOT_APPLICABLE: "{label}: niet van toepassing, er grenst geen voetpad aan de paal.",
    UNKNOWN: "{label}: onbekend, de bron ontbreekt of zegt het niet.",
}
"""Verdict to the sentence that explains it."""


def assess(candidates: gpd.GeoDataFrame, policy: Policy, layers: Layers) -> pd.DataFrame:
    """Every candidate against every criterion, as `Assessments`."""
    if candidates.empty or not policy.criteria:
        return Assessments.empty()
    judged = pd.concat([_apply(criterion, candidates, layers) for criterion in policy.criteria])
    judged["contribution"] = _contributions(judged, policy)
    judged["assessment_id"] = judged["locatie_id"] + "|" + judged["criterion_id"]
    return judged.set_index("assessment_id")[Assessments.columns()]


def passing(assessments: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.Series:
    """Whether each candidate meets every eis that could be judged."""
    failed = assessments[(assessments["kind"] == "eis") & (assessments["verdict"] == NOT_MET)]
    return pd.Series(~candidates.index.isin(failed["locatie_id"]), index=candidates.index)


def scores(assessments: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.Series:
    """Score of each candidate on the wensen, 0 to 1."""
    total = assessments.groupby("locatie_id")["contribution"].sum()
    return total.reindex(candidates.index).fillna(0.0).clip(upper=1.0).round(4)


def failed_reasons(assessments: pd.DataFrame) -> pd.Series:
    """Per candidate the sentences of the eisen it does not meet, in order of criterion id."""
    failed = assessments[(assessments["kind"] == "eis") & (assessments["verdict"] == NOT_MET)]
    return failed.groupby("locatie_id", sort=True)["reason"].agg(" ".join)


def _apply(criterion: Any, candidates: gpd.GeoDataFrame, layers: Layers) -> pd.DataFrame:
    judged = RULES[criterion.rule](criterion, candidates, layers)
    norm = norm_text(criterion)
    reasons = [
        SENTENCES[verdict].format(label=criterion.label, measured=measured, norm=norm)
        for verdict, measured in zip(judged["verdict"], judged["measured_text"], strict=True)
    ]
    return judged.assign(
        locatie_id=candidates.index,
        criterion_id=criterion.id,
        label=criterion.label,
        kind=criterion.kind,
        grondslag=criterion.grondslag,
        norm=norm,
        source=criterion.source,
        reason=reasons,
        weight=criterion.weight if criterion.kind == "wens" else 0.0,
    ).reset_index(drop=True)


def _contributions(judged: pd.DataFrame, policy: Policy) -> pd.Series:
    """Weight of each wens met, as a share of the weights that apply to that candidate."""
    applies = judged["weight"].where(judged["verdict"].isin([MET, NOT_MET]), 0.0)
    total = applies.groupby(judged["locatie_id"]).transform("sum")
    met = applies.where(judged["verdict"] == MET, 0.0)
    return (met / total.where(total > 0)).fillna(0.0)
