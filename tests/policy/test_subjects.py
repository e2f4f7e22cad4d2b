"""Norms held against each other, checked by trying every value that could be measured."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.criteria import (
    AttributeCriterion,
    CableCriterion,
    InsideCriterion,
    SpacingCriterion,
    ValidCriterion,
    ValueCriterion,
    WidthCriterion,
)
from laadplan.policy.subjects import exclude_each_other, implied, span, subject
from tests.frames import few

PLAIN = {"id": "a", "label": "A", "source": "proef", "kind": "eis"}
VALUES = ("langs", "haaks", "schuin")
START = date(2026, 1, 1)

numbers = st.integers(0, 6)


def value(low, high, **more):
    return ValueCriterion(**PLAIN, column="facade_m", unit="m", at_least=low, at_most=high, **more)


values = st.tuples(numbers, numbers).map(lambda pair: value(min(pair), max(pair)))
lists = st.sets(st.sampled_from(VALUES), min_size=1).map(lambda names: tuple(sorted(names)))
attributes = st.one_of(
    lists.map(lambda names: AttributeCriterion(**PLAIN, column="orientation", allowed=names)),
    lists.map(lambda names: AttributeCriterion(**PLAIN, column="orientation", forbidden=names)),
)
KINDS = ("erfgoed", "bodem")
zones = st.builds(
    lambda wanted, kinds: InsideCriterion(
        **PLAIN, layer="zones", wanted=wanted, where={"kind": kinds} if kinds else {}
    ),
    st.sampled_from(["inside", "outside"]),
    st.sets(st.sampled_from(KINDS)).map(lambda kinds: tuple(sorted(kinds))),
)


def met_numbers(rule):
    return {number / 2 for number in range(-2, 16) if rule.least <= number / 2 <= rule.most}


def met_values(rule):
    return {each for each in VALUES if (each in rule.allowed if rule.allowed else each not in rule.forbidden)}


def met_places(rule):
    """Places by the kinds of zone they lie in: none, one, the other, both; and zones of a third kind."""
    places = [frozenset(kinds) for kinds in ((), ("erfgoed",), ("bodem",), KINDS, ("werk",), (*KINDS, "werk"))]
    asked = set(rule.where.get("kind", (*KINDS, "werk")))
    return {place for place in places if bool(place & asked) == (rule.wanted == "inside")}


@few
@given(values, values)
def test_numbers_exclude_and_imply_as_trying_all_of_them_says(one, other):
    assert exclude_each_other(one, other) == (not met_numbers(one) & met_numbers(other))
    assert implied(one, other) == (met_numbers(other) <= met_numbers(one))


@few
@given(attributes, attributes)
def test_lists_imply_only_what_trying_all_values_says(one, other):
    """A list of forbidden values says nothing of values that nobody names: those are tried as well."""
    beyond = [{*met_values(each), *(["anders"] if each.forbidden else [])} for each in (one, other)]

    assert exclude_each_other(one, other) == (not beyond[0] & beyond[1])
    assert implied(one, other) == (beyond[1] <= beyond[0])


@few
@given(zones, zones)
def test_zones_exclude_and_imply_only_what_trying_all_places_says(one, other):
    if exclude_each_other(one, other):
        assert not met_places(one) & met_places(other)
    if implied(one, other):
        assert met_places(other) <= met_places(one)


@few
@given(values, values)
def test_excluding_is_mutual(one, other):
    assert exclude_each_other(one, other) == exclude_each_other(other, one)


def test_inside_and_outside_the_same_zone_exclude_each_other():
    inside = InsideCriterion(**PLAIN, layer="zones", wanted="inside", where={"kind": ("erfgoed",)})
    outside = InsideCriterion(**PLAIN, layer="zones", wanted="outside")

    assert exclude_each_other(inside, outside)
    assert not exclude_each_other(inside, inside.model_copy(update={"layer": "buurten", "wanted": "outside"}))


def test_what_never_holds_at_the_same_time_does_not_exclude():
    first = value(0, 1, valid_until=START)

    assert not exclude_each_other(first, value(2, 3, valid_from=START + timedelta(days=1)))
    assert exclude_each_other(first, value(2, 3, valid_from=START))
    assert not implied(value(0, 9), first)
    assert implied(value(0, 9, valid_until=START), first)


def test_other_quantities_are_other_subjects():
    width = WidthCriterion(**PLAIN, at_least_m=1)

    assert subject(width) == subject(
        width.model_copy(update={"id": "b", "label": "B", "kind": "wens", "at_least_m": 2.0})
    )
    assert subject(value(0, 1)) != subject(ValueCriterion(**PLAIN, column="kerb_m", unit="m", at_least=0))
    assert subject(width) != subject(SpacingCriterion(**PLAIN, at_least_m=1))


def test_a_cable_that_may_cross_is_not_implied_away():
    free, tied = CableCriterion(**PLAIN, at_most_m=25), CableCriterion(**PLAIN, crossing="forbidden")

    assert not implied(tied, free)
    assert not implied(free, tied)
    assert implied(free, CableCriterion(**PLAIN, at_most_m=20, crossing="forbidden"))


def test_days_of_validity_are_a_smallest_value():
    assert span(ValidCriterion(**PLAIN, column="soil_until_on", days=30))[0] == 30
