"""What is wrong with a policy before, and after, it is applied: found by reading its rules and their outcomes.

In: a policy, the day, and what the project that it is for can measure. Out: findings, and remarks that are no fault.
A finding is what somebody must mend: rules that exclude each other, a norm that nothing can meet or miss, a rule
without a source. A remark is what somebody must know: a document without a date, a wens that has no data here.
"""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import pandas as pd

from laadplan.config.criteria import AttributeCriterion, Criterion
from laadplan.config.policy import Policy
from laadplan.policy.findings import Finding, by_kind, in_order
from laadplan.policy.measurable import Setting, lint_measurable, lint_setting
from laadplan.policy.subjects import exclude_each_other, implied, subject
from laadplan.policy.words import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN


def lint(policy: Policy, today: date, setting: Setting | None = None) -> list[Finding]:
    """All that is wrong with the rules of a policy as they stand on a day; findings first.

    Parameters
    ----------
    policy
        The merged policy, with criteria that do not hold today as well.
    today
        Day on which periods are looked at.
    setting
        What the project can measure; None: the rules are looked at by themselves.
    """
    held = [criterion.at_level(policy.relaxation) for criterion in policy.criteria]
    found = [*_pairs(held), *_attributes(held), *_periods(held, today), *_labels(held), *_weights(policy)]
    found += [*_ladders(policy), *_documents(held), *lint_measurable(held)]
    found += lint_setting(held, setting) if setting else []
    return in_order(found)


def lint_outcomes(policy: Policy, assessments: pd.DataFrame) -> list[Finding]:
    """Rules that told nothing apart in an assessment: met by none, by all, or unknown everywhere."""
    found = []
    for criterion in policy.criteria:
        own = assessments[assessments["criterion_id"] == criterion.id]
        judged = own[own["verdict"] != NOT_APPLICABLE]
        outcomes = set(judged["verdict"])
        if len(own) and not len(judged):
            found.append(Finding("remark", f"does not apply to any of {len(own)} candidates", (criterion.id,)))
        elif outcomes == {UNKNOWN}:
            found.append(Finding(by_kind(criterion), f"is unknown for all {len(own)} candidates", (criterion.id,)))
        elif outcomes == {NOT_MET}:
            found.append(Finding("finding", f"is met by none of {len(judged)} candidates", (criterion.id,)))
        elif outcomes == {MET}:
            found.append(Finding("remark", f"is met by all {len(judged)} candidates", (criterion.id,)))
    return in_order(found)


def _pairs(held: list[Criterion]) -> Iterator[Finding]:
    """Two rules on the same thing: that exclude each other, or of which one says nothing beside the other."""
    for one, other in combinations(held, 2):
        if subject(one) != subject(other):
            continue
        if exclude_each_other(one, other):
            yield from _excluding(one, other)
        else:
            yield from _idle(one, other)


def _excluding(one: Criterion, other: Criterion) -> Iterator[Finding]:
    both = (one.id, other.id)
    if one.kind == other.kind == "eis":
        yield Finding("finding", "contradict each other: no spot can meet both", both)
    elif one.kind == other.kind:
        yield Finding("remark", "exclude each other: no spot can meet both wensen", both)
    else:
        eis, wens = (one, other) if one.kind == "eis" else (other, one)
        yield Finding("finding", f"can be met by no spot that meets the eis {eis.id}", (wens.id,))


def _idle(one: Criterion, other: Criterion) -> Iterator[Finding]:
    for weak, strong in ((one, other), (other, one)):
        if strong.kind == "eis" and implied(weak, strong):
            words = f"says nothing: the eis {strong.id} on the same thing is as strict or stricter"
            yield Finding("finding" if weak.kind == "wens" else "remark", words, (weak.id,))
            return


def _attributes(held: list[Criterion]) -> Iterator[Finding]:
    """Lists of values that leave nothing over once all eisen on a property are taken together."""
    eisen = [each for each in held if isinstance(each, AttributeCriterion) and each.kind == "eis"]
    for column in dict.fromkeys(each.column for each in eisen):
        own = [each for each in eisen if each.column == column and not (each.valid_from or each.valid_until)]
        lists = [set(each.allowed) for each in own if each.allowed]
        banned = {value for each in own for value in each.forbidden}
        by_pair = any(exclude_each_other(one, other) for one, other in combinations(own, 2))
        if lists and not by_pair and not set.intersection(*lists) - banned:
            yield Finding("finding", f"together leave no value of {column}", tuple(each.id for each in own))


def _periods(held: list[Criterion], today: date) -> Iterator[Finding]:
    for each in held:
        if each.valid_until and each.valid_until < today:
            yield Finding("finding", f"held until {each.valid_until} and is over on {today}", (each.id,))
        elif each.valid_from and each.valid_from > today:
            yield Finding("remark", f"holds from {each.valid_from}, not yet on {today}", (each.id,))


def _labels(held: list[Criterion]) -> Iterator[Finding]:
    labels = [each.label.strip().casefold() for each in held]
    for label in dict.fromkeys(labels):
        own = tuple(each.id for each in held if each.label.strip().casefold() == label)
        if not label:
            yield Finding("finding", "have no label to print", own)
        elif len(own) > 1:
            yield Finding("finding", "carry the same label: a reader cannot tell them apart", own)


def _weights(policy: Policy) -> Iterator[Finding]:
    weights = policy.weights()
    if not weights:
        yield Finding("remark", "There is no wens: every candidate that passes has the same score.")
    elif not any(weights.values()):
        yield Finding("finding", "Every wens weighs 0: all candidates that pass have the same score.", tuple(weights))
    if not any(criterion.kind == "eis" for criterion in policy.criteria):
        yield Finding("remark", "There is no eis: no candidate is excluded.")


def _ladders(policy: Policy) -> Iterator[Finding]:
    highest = max((step.level for each in policy.criteria for step in each.ladder), default=0)
    if policy.relaxation > highest:
        words = f"The policy is relaxed to level {policy.relaxation}; its ladders end at level {highest}."
        yield Finding("finding", words)


def _documents(held: list[Criterion]) -> Iterator[Finding]:
    for each in held:
        if not each.source.strip():
            yield Finding("finding", "names no source: its norm cannot be motivated", (each.id,))
    undated = tuple(each.id for each in held if each.source_on is None)
    unowned = tuple(each.id for each in held if not each.owner.strip())
    if undated:
        yield Finding("remark", "give no date of their source (source_on)", undated)
    if unowned:
        yield Finding("remark", "name no department that owns them (owner)", unowned)
