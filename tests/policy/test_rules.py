import pandas as pd
import pytest

from laadplan.config.policy import AttributeCriterion, DistanceCriterion, WalkCriterion, WidthCriterion
from laadplan.config.project import SpotRules
from laadplan.contracts.planning import Candidates
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
    metres,
    norm_text,
)
from tests.frames import NAN, box, make, point, shapes

NOTHING = shapes({})
ORDINARY = {"id": "proef", "label": "Proef", "kind": "eis", "source": "proef"}


def candidates(*places, **more):
    return make(
        Candidates,
        {f"c{number}": {"geometry": point(*place), "bay_ids": "b"} | more for number, place in enumerate(places)},
    )


def layers(**given):
    empty = {"trees": NOTHING, "buildings": NOTHING, "charge_points": NOTHING, "footways": NOTHING, "demand": NOTHING}
    return Layers(**(empty | given), spots=SpotRules(), detour_factor=1.3)


def distance(**norm):
    return DistanceCriterion(**ORDINARY, to="trees", **norm)


def judged(frame):
    """Measured value, its text and the verdict of each candidate."""
    return [
        (None if pd.isna(row.measured) else row.measured, row.measured_text, row.verdict) for row in frame.itertuples()
    ]


@pytest.mark.parametrize(
    ("x", "norm", "expected"),
    [
        (1.4, {"at_least_m": 1.5}, (1.4, "1,40 m", NOT_MET)),
        (1.5, {"at_least_m": 1.5}, (1.5, "1,50 m", MET)),
        (1.4951, {"at_least_m": 1.5}, (1.5, "1,50 m", MET)),
        (1.4949, {"at_least_m": 1.5}, (1.49, "1,49 m", NOT_MET)),
        (1.6, {"at_most_m": 1.5}, (1.6, "1,60 m", NOT_MET)),
        (1.5, {"at_most_m": 1.5}, (1.5, "1,50 m", MET)),
        (2.0, {"at_least_m": 1.5, "at_most_m": 2.5}, (2.0, "2,00 m", MET)),
        (3.0, {"at_least_m": 1.5, "at_most_m": 2.5}, (3.0, "3,00 m", NOT_MET)),
        (0.0, {"at_least_m": 0.0}, (0.0, "0,00 m", MET)),
    ],
)
def test_a_distance_is_judged_on_what_is_printed(x, norm, expected):
    found = apply_distance(distance(**norm), candidates((x, 0)), layers(trees=shapes({"t": point(0, 0)})))

    assert judged(found) == [expected]


@pytest.mark.parametrize(("norm", "verdict"), [({"at_least_m": 1.5}, MET), ({"at_most_m": 1.5}, NOT_MET)])
def test_without_any_object_a_distance_is_large(norm, verdict):
    assert judged(apply_distance(distance(**norm), candidates((0, 0)), layers())) == [(None, "niet gemeten", verdict)]


def test_a_layer_that_was_not_delivered_is_not_known():
    found = apply_distance(distance(at_least_m=1.5), candidates((0, 0)), layers(trees=None))

    assert judged(found) == [(None, "niet gemeten", UNKNOWN)]


@pytest.mark.parametrize("layer", ["trees", "buildings", "charge_points"])
def test_a_distance_is_taken_to_its_own_layer(layer):
    criterion = DistanceCriterion(**ORDINARY, to=layer, at_least_m=2.0)
    far = {name: shapes({"o": point(90, 0)}) for name in ("trees", "buildings", "charge_points")}

    found = apply_distance(criterion, candidates((0, 0)), layers(**far | {layer: shapes({"o": box(1, -1, 3, 1)})}))

    assert judged(found) == [(1.0, "1,00 m", NOT_MET)]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (1.05, (0.90, "0,90 m", MET)),
        (1.04, (0.89, "0,89 m", NOT_MET)),
        (None, (None, "niet gemeten", NOT_APPLICABLE)),
    ],
)
def test_the_free_width_is_judged_where_a_footway_adjoins(end, expected):
    footways = NOTHING if end is None else shapes({"f": box(-5, -1, 5, end)})

    found = apply_width(WidthCriterion(**ORDINARY, at_least_m=0.9), candidates((0, 0)), layers(footways=footways))

    assert judged(found) == [expected]


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (-1.0, 9.80, (9.65, "9,65 m", MET)),
        (-1.0, 9.90, (9.75, "9,75 m", MET)),
        (-1.0, 9.99, (9.84, "9,84 m", MET)),
        (-1.0, 10.01, (9.85, "meer dan 9,85 m", MET)),
        (-1.0, 40.0, (9.85, "meer dan 9,85 m", MET)),
        (0.2, 40.0, (9.80, "meer dan 9,80 m", MET)),
        (0.5, 9.9, (9.40, "9,40 m", MET)),
        (0.5, 40.0, (9.50, "meer dan 9,50 m", MET)),
        (0.6, 40.0, (9.40, "meer dan 9,40 m", MET)),
    ],
)
def test_a_width_says_so_when_the_search_cut_it_off(begin, end, expected):
    footways = shapes({"f": box(-5, begin, 5, end)})

    found = apply_width(WidthCriterion(**ORDINARY, at_least_m=0.9), candidates((0, 0)), layers(footways=footways))

    assert judged(found) == [expected]


def test_a_width_is_cut_off_for_each_candidate_by_itself():
    footways = shapes({"a": box(-5, -1, 5, 40), "b": box(20, -1, 30, 2)})
    some = candidates((0, 0), (25, 0), (50, 0))

    found = apply_width(WidthCriterion(**ORDINARY, at_least_m=0.9), some, layers(footways=footways))

    assert judged(found) == [
        (9.85, "meer dan 9,85 m", MET),
        (1.85, "1,85 m", MET),
        (None, "niet gemeten", NOT_APPLICABLE),
    ]


@pytest.mark.parametrize(
    ("values", "norm", "expected"),
    [
        ("haaks", {"allowed": ("haaks",)}, (None, "haaks", MET)),
        ("langs", {"allowed": ("haaks",)}, (None, "langs", NOT_MET)),
        ("langs", {"forbidden": ("langs", "schuin")}, (None, "langs", NOT_MET)),
        ("haaks", {"forbidden": ("langs", "schuin")}, (None, "haaks", MET)),
    ],
)
def test_an_attribute_is_among_those_allowed_or_not_among_those_forbidden(values, norm, expected):
    criterion = AttributeCriterion(**ORDINARY, column="orientation", **norm)

    assert judged(apply_attribute(criterion, candidates((0, 0), orientation=values), layers())) == [expected]


@pytest.mark.parametrize("norm", [{"allowed": ("voetpad",)}, {"forbidden": ("erf",)}])
def test_an_attribute_that_is_empty_is_not_known(norm):
    criterion = AttributeCriterion(**ORDINARY, column="pole_surface", **norm)

    found = apply_attribute(criterion, candidates((0, 0), pole_surface=None), layers())

    assert judged(found) == [(None, "onbekend", UNKNOWN)]


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, (0.0, "0 m (schatting)", MET)),
        (100.0, (130.0, "130 m (schatting)", MET)),
        (101.8, (130.0, "130 m (schatting)", MET)),
        (102.0, (135.0, "135 m (schatting)", MET)),
        (194.2, (250.0, "250 m (schatting)", MET)),
        (194.3, (255.0, "255 m (schatting)", NOT_MET)),
        (200.0, (260.0, "260 m (schatting)", NOT_MET)),
        (1000.0, (1300.0, "1300 m (schatting)", NOT_MET)),
    ],
)
def test_a_walk_in_steps_of_5_m_is_the_straight_line_times_the_detour_factor_and_an_estimate(x, expected):
    criterion = WalkCriterion(**ORDINARY, at_most_m=250.0)

    found = apply_walk(criterion, candidates((x, 0)), layers(demand=shapes({"h": point(0, 0)})))

    assert (judged(found), found["estimated"].to_list()) == ([expected], [True])


def test_without_any_demand_a_walk_is_too_long():
    found = apply_walk(WalkCriterion(**ORDINARY, at_most_m=250.0), candidates((0, 0)), layers())

    assert judged(found) == [(None, "niet gemeten", NOT_MET)]


@pytest.mark.parametrize("at_most_m", [187.5, 189.6, 250.4])
def test_a_walk_is_judged_on_the_norm_that_is_printed(at_most_m):
    """No reader finds a walk that is printed as long as the norm, and yet does not meet it."""
    criterion = WalkCriterion(**ORDINARY, at_most_m=at_most_m)
    places = [(step / 1.3, 0) for step in range(150, 300, 5)]

    found = apply_walk(criterion, candidates(*places), layers(demand=shapes({"h": point(0, 0)})))

    printed = float(norm_text(criterion).removeprefix("ten hoogste ").removesuffix(" m").replace(",", "."))
    shown = [float(text.removesuffix(" m (schatting)")) for text in found["measured_text"]]
    assert [MET if value <= printed else NOT_MET for value in shown] == found["verdict"].to_list()


@pytest.mark.parametrize(
    ("apply", "criterion"),
    [
        (apply_distance, distance(at_least_m=1.5)),
        (apply_width, WidthCriterion(**ORDINARY, at_least_m=0.9)),
        (apply_attribute, AttributeCriterion(**ORDINARY, column="orientation", allowed=("haaks",))),
        (apply_walk, WalkCriterion(**ORDINARY, at_most_m=250.0)),
    ],
)
def test_a_rule_keeps_the_index_and_takes_no_candidates_too(apply, criterion):
    place = layers(trees=shapes({"t": point(0, 0)}), demand=shapes({"h": point(0, 0)}))
    some = candidates((0, 0), (9, 9))

    columns = ["measured", "measured_text", "unit", "verdict", "estimated"]
    assert list(apply(criterion, some, place).index) == list(some.index)
    assert (len(apply(criterion, some.iloc[:0], place)), list(apply(criterion, some, place))) == (0, columns)


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (distance(at_least_m=1.5), "ten minste 1,50 m"),
        (distance(at_most_m=75), "ten hoogste 75,00 m"),
        (distance(at_least_m=1, at_most_m=2), "ten minste 1,00 m en ten hoogste 2,00 m"),
        (WidthCriterion(**ORDINARY, at_least_m=0.9), "ten minste 0,90 m"),
        (WalkCriterion(**ORDINARY, at_most_m=250), "ten hoogste 250 m"),
        (AttributeCriterion(**ORDINARY, column="orientation", allowed=("haaks", "schuin")), "haaks, schuin"),
        (AttributeCriterion(**ORDINARY, column="orientation", forbidden=("langs",)), "niet: langs"),
    ],
)
def test_the_norm_is_printed_in_dutch(criterion, text):
    assert norm_text(criterion) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "0,00 m"), (12.346, "12,35 m"), (1234.5, "1234,50 m")])
def test_metres_are_printed_in_dutch(value, text):
    assert metres(value) == text


def test_what_is_not_measured_is_not_a_number():
    found = apply_distance(distance(at_least_m=1.5), candidates((0, 0)), layers())

    pd.testing.assert_series_equal(found["measured"], pd.Series({"c0": NAN}), check_names=False, check_index_type=False)
