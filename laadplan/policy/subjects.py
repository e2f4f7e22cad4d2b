"""What a criterion measures apart from its norm, so that two norms on the same thing can be held against each other.

In: criteria. Out: whether two exclude each other, and whether one says nothing that the other does not say already.
"""

import json
from math import inf
from typing import Any

from laadplan.config.criteria import (
    AttributeCriterion,
    CableCriterion,
    Criterion,
    InsideCriterion,
    SpacingCriterion,
    ValidCriterion,
)

NORMS = frozenset(
    {"at_least", "at_most", "at_least_m", "at_most_m", "at_most_share", "days", "allowed", "forbidden", "crossing"}
)
"""Fields that hold a norm; every other field of a rule says what is measured."""


def subject(criterion: Criterion) -> str:
    """What is measured, as a text that is equal for two criteria on the same thing.

    Spacing is taken for the distance to existing charging locations, which it never exceeds.

    >>> from laadplan.config.base_policy import BASIC_CRITERIA
    >>> subject(BASIC_CRITERIA[5])
    '{"rule": "width"}'
    """
    if isinstance(criterion, SpacingCriterion):
        return json.dumps({"of": "pole", "rule": "distance", "to": "charge_points", "where": {}})
    aside = {*NORMS, *Criterion.model_fields}
    aside |= {"wanted", "where"} if isinstance(criterion, InsideCriterion) else set()
    return json.dumps(criterion.model_dump(mode="json", exclude=aside), sort_keys=True)


def same_time(one: Criterion, other: Criterion) -> bool:
    """Whether there is a day on which both hold."""
    late_enough = not (one.valid_until and other.valid_from and one.valid_until < other.valid_from)
    return late_enough and not (other.valid_until and one.valid_from and other.valid_until < one.valid_from)


def exclude_each_other(one: Criterion, other: Criterion) -> bool:
    """Whether no spot can meet both."""
    if subject(one) != subject(other) or not same_time(one, other):
        return False
    if isinstance(one, InsideCriterion) and isinstance(other, InsideCriterion):
        inside, outside = (one, other) if one.wanted == "inside" else (other, one)
        return (inside.wanted, outside.wanted) == ("inside", "outside") and _covers(outside, inside)
    if isinstance(one, AttributeCriterion) and isinstance(other, AttributeCriterion):
        if not (one.allowed or other.allowed):
            return False
        left = set(one.allowed or other.allowed) & set(other.allowed or one.allowed)
        return not left - {*one.forbidden, *other.forbidden}
    (low, high), (least, most) = span(one), span(other)
    return max(low, least) > min(high, most)


def implied(weak: Criterion, strong: Criterion) -> bool:
    """Whether every spot that meets the second criterion meets the first as well."""
    if subject(weak) != subject(strong) or not _held_throughout(strong, weak):
        return False
    if isinstance(weak, InsideCriterion) and isinstance(strong, InsideCriterion):
        wide, narrow = (weak, strong) if weak.wanted == "inside" else (strong, weak)
        return weak.wanted == strong.wanted and _covers(wide, narrow)
    if isinstance(weak, AttributeCriterion) and isinstance(strong, AttributeCriterion):
        return _fewer_values(weak, strong)
    if _crossing(weak) == "forbidden" and _crossing(strong) == "allowed":
        return False
    (low, high), (least, most) = span(weak), span(strong)
    return low <= least and most <= high


def span(criterion: Criterion) -> tuple[float, float]:
    """Smallest and largest value allowed; infinite where there is none."""
    if isinstance(criterion, ValidCriterion):
        return float(criterion.days), inf
    low, high = criterion.least, criterion.most
    return -inf if low is None else low, inf if high is None else high


def _crossing(criterion: Criterion) -> str:
    return criterion.crossing if isinstance(criterion, CableCriterion) else ""


def _held_throughout(strong: Criterion, weak: Criterion) -> bool:
    """Whether the second holds on every day on which the first does."""
    begins = strong.valid_from is None or (weak.valid_from is not None and strong.valid_from <= weak.valid_from)
    ends = strong.valid_until is None or (weak.valid_until is not None and strong.valid_until >= weak.valid_until)
    return begins and ends


def _covers(wide: InsideCriterion, narrow: InsideCriterion) -> bool:
    """Whether the zones of the first hold all zones of the second."""
    where: dict[str, Any] = wide.where
    return all(column in narrow.where and set(narrow.where[column]) <= set(where[column]) for column in where)


def _fewer_values(weak: AttributeCriterion, strong: AttributeCriterion) -> bool:
    if weak.allowed:
        return bool(strong.allowed) and set(strong.allowed) <= set(weak.allowed)
    return set(weak.forbidden) <= set(strong.forbidden) or (
        bool(strong.allowed) and not set(weak.forbidden) & set(strong.allowed)
    )
