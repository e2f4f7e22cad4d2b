"""Two assessments of the same candidates held against each other: whose verdict changes, and by which rule.

In: `Assessments` before and after. Out: one row per candidate and rule that changed, one row per candidate, and one row
per rule and kind of change. A rule that only one of the two has gives the verdict ``geen regel`` in the other.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.policy.assess import passing, scores
from laadplan.policy.words import NOT_MET

NO_RULE = "geen regel"
LOST, GAINED, OTHER_SCORE, SAME_OUT, SAME = (
    "vervalt",
    "komt erbij",
    "andere score",
    "blijft afgevallen",
    "blijft gelijk",
)
CHANGES = (LOST, GAINED, OTHER_SCORE, SAME_OUT, SAME)
"""What may become of a candidate, in the order in which it is shown."""

COMPARED = ("kind", "norm", "verdict", "counts_as")
ROWS = ["locatie_id", "criterion_id", "label", *(f"{name}_{when}" for name in COMPARED for when in ("before", "after"))]
NO_SCORE_CHANGE = 1e-9


def changed_verdicts(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row per candidate and rule of which the verdict, what it counts as or its kind changed.

    Parameters
    ----------
    before, after
        `Assessments` of the same candidates.

    Returns
    -------
    Frame with the columns of `ROWS`, ``measured_text`` and ``reason`` (after, or before where the rule is gone), in
    order of candidate and rule; texts only, so that nothing confidential comes along that the assessments do not hold.
    """
    together = _keyed(before).add_suffix("_before").join(_keyed(after).add_suffix("_after"), how="outer")
    compared = [f"{name}_{when}" for name in COMPARED for when in ("before", "after")]
    said = together[compared].astype("object").where(together[compared].notna(), NO_RULE).astype("str")
    differs = np.zeros(len(said), dtype=bool)
    for name in ("kind", "verdict", "counts_as"):
        differs |= (said[f"{name}_before"] != said[f"{name}_after"]).to_numpy()
    rows = said[differs].copy()
    for name in ("label", "measured_text", "reason"):
        texts = together[f"{name}_after"].fillna(together[f"{name}_before"])
        rows[name] = texts[differs].astype("str")
    return rows.reset_index()[[*ROWS, "measured_text", "reason"]].astype("str")


def changed_candidates(before: pd.DataFrame, after: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.DataFrame:
    """What becomes of each candidate: one of `CHANGES`, its score before and after, and the eisen that decide.

    Returns
    -------
    Frame indexed as ``candidates`` with ``change``, ``score_before``, ``score_after`` (0 to 1) and ``because``: ids of
    the eisen newly not met (of one that is lost) or no longer in the way (of one that is gained), joined by ', '.
    """
    fit, fits = passing(before, candidates), passing(after, candidates)
    was, now = scores(before, candidates), scores(after, candidates)
    moved = (was - now).abs() > NO_SCORE_CHANGE
    kinds = [fit & ~fits, ~fit & fits, fit & fits & moved, ~fit & ~fits]
    change = pd.Series(np.select(kinds, CHANGES[:-1], SAME), index=candidates.index, dtype="str")
    blocked, blocks = _in_the_way(before), _in_the_way(after)
    because = pd.Series("", index=candidates.index, dtype="str")
    because = _joined(blocks.difference(blocked), because, change == LOST)
    because = _joined(blocked.difference(blocks), because, change == GAINED)
    return pd.DataFrame({"change": change, "score_before": was, "score_after": now, "because": because})


def changed_rules(rows: pd.DataFrame) -> pd.DataFrame:
    """How many candidates changed from what to what, per rule: first what decides, most first.

    Parameters
    ----------
    rows
        As `changed_verdicts` gives them.
    """
    keys = ["criterion_id", "label", "kind_before", "kind_after", "norm_before", "norm_after"]
    keys += ["verdict_before", "verdict_after"]
    if rows.empty:
        return pd.DataFrame(columns=[*keys, "candidates"]).astype({"candidates": "int64"})
    excluded, excludes = (
        (rows[f"kind_{when}"] == "eis") & (rows[f"counts_as_{when}"] == NOT_MET) for when in ("before", "after")
    )
    counted = rows.assign(decides=excluded != excludes).groupby(keys, sort=True)["decides"].agg(["size", "max"])
    table = counted.rename(columns={"size": "candidates"}).reset_index()
    order = ["max", "candidates", "criterion_id", "verdict_before", "verdict_after"]
    ordered = table.sort_values(order, ascending=[False, False, True, True, True])
    return ordered.drop(columns="max").reset_index(drop=True)


def _keyed(assessments: pd.DataFrame) -> pd.DataFrame:
    keyed = assessments.set_index(["locatie_id", "criterion_id"])
    return keyed[["label", *COMPARED, "measured_text", "reason"]]


def _in_the_way(assessments: pd.DataFrame) -> pd.MultiIndex:
    """Candidate and criterion of every eis that counts as not met."""
    rows = assessments[(assessments["kind"] == "eis") & (assessments["counts_as"] == NOT_MET)]
    return pd.MultiIndex.from_frame(rows[["locatie_id", "criterion_id"]])


def _joined(pairs: pd.MultiIndex, because: pd.Series, where: pd.Series) -> pd.Series:
    """The criteria of each candidate as one text, put where the condition holds."""
    table = pairs.to_frame(index=False)
    if table.empty:
        return because
    texts = table.sort_values(["locatie_id", "criterion_id"]).groupby("locatie_id")["criterion_id"].agg(", ".join)
    return because.mask(where, texts.reindex(because.index).fillna("")).astype("str")
