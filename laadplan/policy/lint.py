"""What is wrong with a policy before, and after, it is applied: found by reading its rules and their outcomes.

In: a policy, the day, and what the project that it is for can measure. Out: findings, and remarks that are no fault.
A finding is what somebody must mend: rules that exclude each other, a norm that nothing can meet or miss, a rule
without a source. A remark is what somebody must know: a document without a date, a wens that has no data here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any, Literal

import pandas as pd

from laadplan.config.criteria import (
    AttributeCriterion,
    CableCriterion,
    CorridorCriterion,
    CountCriterion,
    Criterion,
    DistanceCriterion,
    InsideCriterion,
    RasterCriterion,
    TreeCriterion,
    ValidCriterion,
    ValueCriterion,
    WalkCriterion,
    WidthCriterion,
)
from laadplan.config.policy import Policy
from laadplan.config.project import SpotRules
from laadplan.contracts.street import ZONE_KINDS
from laadplan.policy.assess import data_of
from laadplan.policy.ground import READ_WIDER, Data, Ground
from laadplan.policy.subjects import exclude_each_other, implied, subject
from laadplan.policy.words import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN

LARGEST_M = {"cable": 500.0, "tree": 20.0, "walk": 2_000.0, "kerb_m": 5.0, "facade_m": 100.0, "crossing_m": 100.0}
"""Largest norm (m) that anybody means, by rule or quantity: more is probably in centimetres."""

LARGEST_SHARE = 3.0
"""Largest parking pressure that anybody means (share): more is probably a percentage."""

LOOKED_M = 100.0
"""Distances are measured up to this (m): a smallest distance beyond it is never seen to be met."""

NEEDS_KIND = {
    "owner": "eigendom",
    "parking_pressure_share": "parkeerdruk",
    "soil": "bodem",
    "soil_until_on": "bodem",
    "works_until_on": "werk",
}
"""Property or quantity of a spot to the kind of zone that it comes from."""


@dataclass(frozen=True)
class Finding:
    """What was found, in English, and the ids of the criteria that it is about."""

    kind: Literal["finding", "remark"]
    text: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """What a project can measure: its spots, how far it reads (m), its sources by layer, its zones and rasters.

    ``corridor_m`` is the length of walkway that is followed past a pole, where that is known.
    """

    spots: SpotRules
    margin_m: float
    data: Mapping[str, Data]
    zone_kinds: frozenset[str] = field(default_factory=frozenset)
    corridor_m: float | None = None


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
    found += [*_ladders(policy), *_documents(held), *_figures(held), *_kinds(held)]
    if setting:
        found += [*_out_of_reach(held, setting), *_without_data(held, setting)]
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
            found.append(Finding(_by_kind(criterion), f"is unknown for all {len(own)} candidates", (criterion.id,)))
        elif outcomes == {NOT_MET}:
            found.append(Finding("finding", f"is met by none of {len(judged)} candidates", (criterion.id,)))
        elif outcomes == {MET}:
            found.append(Finding("remark", f"is met by all {len(judged)} candidates", (criterion.id,)))
    return in_order(found)


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Findings before remarks, each in the order in which they were found, and each once."""
    return sorted(dict.fromkeys(found), key=lambda finding: finding.kind)


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


def _figures(held: list[Criterion]) -> Iterator[Finding]:
    """Norms that are probably in another unit."""
    for each in held:
        rule: Any = each
        key = rule.column if isinstance(each, ValueCriterion) else rule.rule
        norms = [norm for norm in (each.least, each.most) if norm is not None]
        norms += [room for _, room in each.by_stem] if isinstance(each, TreeCriterion) else []
        largest = max(norms, default=0.0)
        if largest > LARGEST_M.get(key, float("inf")):
            yield Finding("finding", f"asks for {largest:g} m: is that in centimetres?", (each.id,))
        if isinstance(each, ValueCriterion) and each.unit == "share" and largest > LARGEST_SHARE:
            yield Finding("finding", f"asks for a share of {largest:g}: 0.85 is 85 %", (each.id,))


def _kinds(held: list[Criterion]) -> Iterator[Finding]:
    """Kinds of zone that do not exist."""
    for each in held:
        odd = sorted(set(_zone_kinds(each)) - set(ZONE_KINDS))
        if odd:
            known = ", ".join(ZONE_KINDS)
            yield Finding("finding", f"looks at zones of kind {', '.join(odd)}; kinds are {known}", (each.id,))


def _out_of_reach(held: list[Criterion], setting: Setting) -> Iterator[Finding]:
    """Norms beyond what is measured: nothing, or everything, would meet them."""
    spots = setting.spots
    for each in held:
        words = ""
        if isinstance(each, WidthCriterion) and each.at_least_m > spots.footway_search_m:
            words = f"asks for more than is looked at (spots.footway_search_m, {spots.footway_search_m:g} m)"
        elif isinstance(each, CorridorCriterion) and each.at_most_m >= (setting.corridor_m or float("inf")):
            words = f"allows as much as is looked at ({setting.corridor_m:g} m): every spot meets it"
        elif isinstance(each, WalkCriterion | CableCriterion) and each.most == 0:
            words = "allows 0 m: no spot can meet it"
        elif isinstance(each, ValueCriterion):
            words = _value(each, spots)
        elif (reach := _read_so_far(each)) > setting.margin_m:
            words = (
                f"looks {reach:g} m around; sources are read {setting.margin_m:g} m outside the area (area.margin_m)"
            )
        if words:
            yield Finding("finding", words, (each.id,))


def _value(each: ValueCriterion, spots: SpotRules) -> str:
    least, most = each.least or 0.0, float("inf") if each.most is None else each.most
    if each.column == "kerb_m" and not least <= spots.pole_to_kerb_m <= most:
        return f"is met by no spot: poles are put {spots.pole_to_kerb_m:g} m from the bays (spots.pole_to_kerb_m)"
    if each.unit == "m" and least > LOOKED_M:
        return f"asks for more than is looked at ({LOOKED_M:g} m)"
    return ""


def _read_so_far(each: Criterion) -> float:
    """Distance (m) within which a rule on a layer must know everything; 0 where the layer is read wider."""
    if isinstance(each, DistanceCriterion) and each.to not in READ_WIDER:
        return max(each.at_least_m or 0.0, each.at_most_m or 0.0)
    if isinstance(each, CountCriterion) and each.layer not in READ_WIDER:
        return each.within_m
    return 0.0


def _without_data(held: list[Criterion], setting: Setting) -> Iterator[Finding]:
    """Rules on what this project does not read: they can only be unknown."""
    ground = Ground(data=setting.data)
    for each in held:
        kinds = set(_zone_kinds(each)) & set(ZONE_KINDS)
        if isinstance(each, RasterCriterion) and data_of(each, ground) == Data():
            words = f"looks at raster {each.raster}, which is not under sources.rasters"
            yield Finding("finding", f"{words}: it can only be unknown", (each.id,))
        elif kinds and not kinds & setting.zone_kinds:
            words = f"needs zones of kind {', '.join(sorted(kinds))}, which this config does not give"
            yield Finding(_by_kind(each), f"{words}: it can only be unknown", (each.id,))
        elif data_of(each, ground) == Data():
            yield Finding(_by_kind(each), "looks at a source that this config does not give", (each.id,))


def _zone_kinds(each: Criterion) -> tuple[str, ...]:
    """Kinds of zone that a rule looks at; empty where it looks at no zones, or at all."""
    if isinstance(each, InsideCriterion | CountCriterion) and each.layer == "zones":
        return each.where.get("kind", ())
    if isinstance(each, DistanceCriterion) and each.to == "zones":
        return each.where.get("kind", ())
    if isinstance(each, AttributeCriterion | ValueCriterion | ValidCriterion) and each.column in NEEDS_KIND:
        return (NEEDS_KIND[each.column],)
    return ()


def _by_kind(each: Criterion) -> Literal["finding", "remark"]:
    """An eis that cannot be judged is a finding; a wens that cannot be judged only does not count."""
    return "finding" if each.kind == "eis" else "remark"
