"""What all criteria together say of a candidate, and of all candidates.

In: `Assessments` and candidates. Out: one outcome per candidate, what must be looked at on the spot, and counts.
"""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd

from laadplan.config.criteria import Criterion
from laadplan.contracts.planning import VERDICTS
from laadplan.policy.words import MET, NOT_MET, VISIT


def outcomes(assessments: pd.DataFrame, candidates: gpd.GeoDataFrame) -> pd.Series:
    """Outcome of each candidate: voldoet niet where an eis counts so, else schouw where an eis must be looked at."""
    musts = assessments[assessments["kind"] == "eis"]
    found = pd.Series(MET, index=candidates.index, dtype="str")
    for outcome in (VISIT, NOT_MET):
        ids = musts.loc[musts["counts_as"] == outcome, "locatie_id"]
        found = found.mask(candidates.index.isin(ids), outcome)
    return found


def to_visit(assessments: pd.DataFrame) -> pd.Series:
    """Per candidate the criteria, eisen and wensen, that must be looked at on the spot, separated by '; '."""
    open_ = assessments[assessments["counts_as"] == VISIT]
    return joined(open_["locatie_id"], open_["label"], "; ")


def joined(ids: Iterable[str], texts: Iterable[str], separator: str) -> pd.Series:
    """The texts of each id in one, in the order in which they stand; by id in order of first appearance.

    >>> joined(["a", "b", "a"], ["x", "y", "z"], " ").to_dict()
    {'a': 'x z', 'b': 'y'}
    """
    found: dict[str, list[str]] = {}  # a group by of pandas takes fifteen times as long for a million texts
    for name, text in zip(ids, texts, strict=True):
        found.setdefault(name, []).append(text)
    return pd.Series({name: separator.join(parts) for name, parts in found.items()}, dtype="str")


def tally(assessments: pd.DataFrame, candidates: gpd.GeoDataFrame, criteria: Iterable[Criterion]) -> dict[str, Any]:
    """Counts to print: candidates by outcome, verdicts per criterion in the order of the profile, and what excludes.

    ``excluded_by`` gives of each eis how many candidates do not meet it, and how many fail on it alone.
    """
    order = [criterion.id for criterion in criteria]
    verdicts = assessments.groupby(["criterion_id", "verdict"]).size().unstack(fill_value=0)
    verdicts = verdicts.reindex(
        index=[name for name in order if name in verdicts.index], columns=VERDICTS, fill_value=0
    )
    looks = assessments.drop_duplicates("criterion_id").set_index("criterion_id")
    broken = assessments[(assessments["kind"] == "eis") & (assessments["counts_as"] == NOT_MET)]
    alone = broken[~broken["locatie_id"].duplicated(keep=False)]
    by, only = (part["criterion_id"].value_counts() for part in (broken, alone))
    seen = outcomes(assessments, candidates).value_counts()
    return {
        "candidates": len(candidates),
        "outcomes": {name: int(seen.get(name, 0)) for name in (MET, VISIT, NOT_MET)},
        "criteria": [
            {"id": name, "label": looks.at[name, "label"], "kind": looks.at[name, "kind"]}
            | {verdict: int(row[verdict]) for verdict in VERDICTS}
            for name, row in verdicts.iterrows()
        ],
        "excluded_by": [
            {"id": name, "label": looks.at[name, "label"], "count": int(by[name]), "alone": int(only.get(name, 0))}
            for name in order
            if name in by.index
        ],
    }
