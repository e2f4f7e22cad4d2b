"""What is said of a criterion and a verdict, in plain Dutch.

In: a criterion, or what a rule found. Out: the norm as printed, and one sentence per candidate that gives the reason.
"""

import numpy as np
import pandas as pd

from laadplan.config.criteria import (
    AttributeCriterion,
    CableCriterion,
    CorridorCriterion,
    CountCriterion,
    Criterion,
    InsideCriterion,
    ShareCriterion,
    TreeCriterion,
    ValidCriterion,
    WalkCriterion,
)
from laadplan.contracts.dutch import short_number
from laadplan.policy.found import on_day, quantity
from laadplan.policy.ground import DUTCH

MET, NOT_MET, NOT_APPLICABLE, UNKNOWN, VISIT = "voldoet", "voldoet niet", "n.v.t.", "onbekend", "schouw"

SECRET = "vertrouwelijk"
"""Stands in the place of a measured value that may not be shown."""

COUNTS = {
    MET: "Telt als voldoet.",
    NOT_MET: "Telt als voldoet niet.",
    VISIT: "Moet bij een schouw worden bekeken.",
}
"""What an unknown verdict counts as, as a sentence."""


def norm_text(criterion: Criterion) -> str:
    """The norm as printed.

    >>> from laadplan.config.base_policy import BASIC_CRITERIA
    >>> norm_text(BASIC_CRITERIA[5])
    'ten minste 0,90 m'
    """
    return ", ".join(part for part in (_norm(criterion), *_ladder(criterion)) if part)


def source_text(criterion: Criterion) -> str:
    """The document that the norm comes from, with its date and page."""
    dated = on_day(criterion.source_on) if criterion.source_on else ""
    return ", ".join(part for part in (criterion.source, dated, criterion.source_page) if part)


def verdicts(found: pd.DataFrame) -> pd.Series:
    """The verdict on each candidate."""
    met = np.where(found["met"], MET, NOT_MET)
    return pd.Series(np.where(found["state"] == "gemeten", met, found["state"]), index=found.index, dtype="str")


def sentences(criterion: Criterion, norm: str, found: pd.DataFrame, verdict: pd.Series) -> list[str]:
    """The reason of each verdict in one Dutch sentence, or two where it is unknown."""
    told = f"; {{}} aan de norm ({norm})."
    heads = f"{criterion.label}: "
    return [
        f"{heads}{text}{told.format(outcome)}"
        if outcome in (MET, NOT_MET)
        else f"{heads}niet van toepassing, {why}."
        if outcome == NOT_APPLICABLE
        else f"{heads}onbekend, {why}. {COUNTS[criterion.if_unknown]}"
        for outcome, text, why in zip(verdict.tolist(), found["text"].tolist(), found["why"].tolist(), strict=True)
    ]


def _norm(criterion: Criterion) -> str:
    if isinstance(criterion, AttributeCriterion):
        allowed = ", ".join(criterion.allowed or criterion.forbidden)
        return allowed if criterion.allowed else f"niet: {allowed}"
    if isinstance(criterion, InsideCriterion):
        return f"{'binnen' if criterion.wanted == 'inside' else 'buiten'} {DUTCH[criterion.layer]}{_only(criterion)}"
    if isinstance(criterion, ValidCriterion):
        later = f" over {criterion.days} dagen" if criterion.days else ""
        return f"werk voorbij{later}" if criterion.column == "works_until_on" else f"geldig{later}"
    if isinstance(criterion, TreeCriterion):
        return _tree(criterion)
    if isinstance(criterion, CableCriterion) and criterion.crossing == "forbidden":
        return ", ".join([*_between(criterion), "kruist de rijbaan niet"])
    words = " en ".join(_between(criterion))
    if isinstance(criterion, CorridorCriterion):
        return f"{words} smaller dan {quantity(criterion.under_m, 'm')}"
    if isinstance(criterion, CountCriterion):
        return f"{words} {DUTCH[criterion.layer]}{_only(criterion)} binnen {short_number(criterion.within_m)} m"
    if isinstance(criterion, ShareCriterion):
        return f"{words} van de vakken binnen {short_number(criterion.within_m)} m"
    return words


def _between(criterion: Criterion) -> list[str]:
    unit = criterion.measured_in
    whole = isinstance(criterion, WalkCriterion) and float(criterion.at_most_m).is_integer()
    words = [] if criterion.least is None else [f"ten minste {quantity(criterion.least, unit)}"]
    if criterion.most is not None:
        words.append(f"ten hoogste {f'{criterion.most:.0f} m' if whole else quantity(criterion.most, unit)}")
    return words


def _tree(criterion: TreeCriterion) -> str:
    if criterion.clear_of == "crown":
        return f"ten minste {quantity(criterion.at_least_m, 'm')} buiten de kroon"
    rows = [f"{100 * stem:.0f} cm {quantity(room, 'm')}" for stem, room in criterion.by_stem]
    more = f"; en {quantity(criterion.at_least_m, 'm')} meer" if criterion.at_least_m else ""
    return f"naar stamdiameter: {'; '.join(rows)}{more}"


def _ladder(criterion: Criterion) -> list[str]:
    """What a relaxed norm must say of itself; `Policy.in_force` leaves the steps that were applied."""
    return [
        f"versoepeld (niveau {step.level}{', van eis naar wens' if step.kind else ''}): {step.because}"
        for step in criterion.applied
    ]


def _only(criterion: InsideCriterion | CountCriterion) -> str:
    values = ", ".join(value for row in criterion.where.values() for value in row)
    return f" ({values})" if values else ""
