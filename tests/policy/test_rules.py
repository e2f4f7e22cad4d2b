from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import Walking
from laadplan.contracts.measured import CableRoutes
from laadplan.errors import ConfigError
from laadplan.geo.reach import walk_graph
from laadplan.policy.found import quantity, rounded
from laadplan.policy.ground import Ground
from laadplan.policy.words import norm_text
from tests.frames import NAN, X, Y, box, few, make, point
from tests.geo.streets import CANAL, MOTORWAY
from tests.policy.grounds import bays_of, candidates, criterion, judge, layer, measurements, told

HERE = candidates((0, 0))
POSTS = {"obstacles": layer({"o": point(50, 0)}, type="paal")}
MET, NOT_MET = "voldoet", "voldoet niet"


def unknown(found):
    """The words that say why each verdict is onbekend."""
    assert set(found["verdict"]) == {"onbekend"}
    return found["reason"].unique().tolist()


# --- distance --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "norm", "expected"),
    [
        (1.4, {"at_least_m": 1.5}, (NOT_MET, "1,40 m", -0.1)),
        (1.5, {"at_least_m": 1.5}, (MET, "1,50 m", 0.0)),
        (1.4951, {"at_least_m": 1.5}, (MET, "1,50 m", 0.0)),
        (1.4949, {"at_least_m": 1.5}, (NOT_MET, "1,49 m", -0.01)),
        (1.6, {"at_most_m": 1.5}, (NOT_MET, "1,60 m", -0.1)),
        (2.0, {"at_least_m": 1.5, "at_most_m": 2.5}, (MET, "2,00 m", 0.5)),
        (3.0, {"at_least_m": 1.5, "at_most_m": 2.5}, (NOT_MET, "3,00 m", -0.5)),
        (0.0, {"at_least_m": 0.0}, (MET, "0,00 m", 0.0)),
    ],
)
def test_a_distance_is_judged_on_what_is_printed(x, norm, expected):
    trees = layer({"t": point(0, 0)})

    found = judge(criterion("distance", to="trees", **norm), candidates((x, 0)), layers={"trees": trees})

    assert told(found) == [expected]


@given(noise=st.floats(-4e-7, 4e-7), metres=st.sampled_from([1.495, 1.505, 0.125, 2.675, 1.5]))
@few
def test_noise_of_the_seventh_decimal_decides_nothing(noise, metres):
    values = rounded(pd.Series([metres, metres + noise]), "m")

    assert values[0] == values[1]


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ({}, "de bron met bomen ontbreekt"),
        ({"trees": None}, "de bron met bomen ontbreekt"),
        ({"trees": layer({"t": point(0, 0)}).iloc[:0]}, "de bron met bomen is leeg"),
    ],
)
def test_a_layer_that_is_absent_or_empty_is_no_proof_of_anything(layers, words):
    found = judge(criterion("distance", to="trees", at_least_m=1.5), HERE, layers=layers)

    assert unknown(found) == [f"Proef: onbekend, {words}. Moet bij een schouw worden bekeken."]


@pytest.mark.parametrize(
    "asked",
    [
        {"rule": "distance", "to": "obstacles", "at_least_m": 5},
        {"rule": "distance", "to": "obstacles", "at_most_m": 5},
        {"rule": "count", "layer": "obstacles", "within_m": 50, "at_most": 0},
    ],
)
def test_a_kind_of_object_that_occurs_nowhere_is_no_proof_of_anything(asked):
    """The kind may be misspelt: the BGT writes 'brandkraan / -put', so that this rule would pass at a hydrant."""
    obstacles = layer({"o": point(1, 0)}, type="brandkraan / -put")

    found = judge(criterion(where={"type": ["brandkraan"]}, **asked), HERE, layers={"obstacles": obstacles})

    words = "obstakels van deze soort zijn niet geleverd (brandkraan)"
    assert unknown(found) == [f"Proef: onbekend, {words}. Moet bij een schouw worden bekeken."]


def test_only_objects_with_the_values_asked_for_count():
    obstacles = layer({"a": point(1, 0), "b": point(3, 0), "c": point(2, 0)}, type=["paal", "kolk", "kolk"], kind="put")
    rule = criterion("distance", to="obstacles", where={"type": ["kolk"], "kind": ["put"]}, at_least_m=0.5)

    assert told(judge(rule, HERE, layers={"obstacles": obstacles})) == [(MET, "2,00 m", 1.5)]


def test_a_distance_may_be_taken_from_the_bays():
    rule = criterion("distance", to="trees", of="bays", at_least_m=1.0)
    trees = layer({"t": point(0, -3.25)})

    found = judge(rule, HERE, layers={"trees": trees, "bays": bays_of(HERE)})

    assert told(found) == [(NOT_MET, "0,75 m", -0.25)]


def test_an_unknown_column_says_which_there_are():
    obstacles = layer({"o": point(1, 0)}, type="paal", level=0)
    rule = criterion("distance", to="obstacles", where={"soort": ["kolk"]}, at_least_m=1)

    with pytest.raises(ConfigError, match=r"Layer obstacles has no column 'soort'.*level, type"):
        judge(rule, HERE, layers={"obstacles": obstacles})


@pytest.mark.parametrize(
    ("norm", "tree_x", "verdict"),
    [
        ({"at_least_m": 40}, 60, "onbekend"),
        ({"at_least_m": 25}, 60, MET),
        ({"at_least_m": 40}, 20, NOT_MET),
        ({"at_most_m": 40}, 60, "onbekend"),
        ({"at_most_m": 25}, 60, NOT_MET),
        ({"at_most_m": 40}, 20, MET),
    ],
)
def test_what_lies_beyond_where_a_source_was_read_is_not_known(norm, tree_x, verdict):
    """Sources were read up to 30 m away: a tree may stand at 31 m that nobody read."""
    reading = shapely.box(X - 30, Y - 30, X + 30, Y + 30)
    trees = layer({"t": point(tree_x, 0)})

    found = judge(criterion("distance", to="trees", **norm), HERE, layers={"trees": trees}, reading=reading)

    assert found["verdict"].to_list() == [verdict]


def test_of_confidential_objects_a_rule_may_not_pick_by_what_tells_them_apart():
    cables = layer({"kb.1": point(1, 0)}, owner="x", voltage_level="laagspanning")
    rule = criterion("distance", to="cables", where={"owner": ["x"]}, at_least_m=1)

    with pytest.raises(ConfigError, match="picks kabels by owner"):
        judge(rule, HERE, layers={"cables": cables})


# --- spacing, inside, count, share -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ({"charge_points": layer({"p": point(80, 0)})}, (MET, "80,00 m", 5.0)),
        (
            {"charge_points": layer({"p": point(80, 0)}), "decree_places": layer({"d": point(0, 60)})},
            (NOT_MET, "60,00 m", -15.0),
        ),
        ({"charge_points": None, "decree_places": layer({"d": point(0, 60)})}, (NOT_MET, "60,00 m", -15.0)),
        ({"charge_points": None}, ("onbekend", "niet gemeten", None)),
    ],
)
def test_spacing_looks_at_existing_and_decreed_poles(layers, expected):
    assert told(judge(criterion("spacing", at_least_m=75), HERE, layers=layers)) == [expected]


ZONES = layer(
    {"dorp": box(-5, -5, 5, 5), "plein": box(20, -9, 30, -1)}, kind=["erfgoed", "uitsluiting"], name=["Dorpskern", None]
)


@pytest.mark.parametrize(
    ("place", "wanted", "of", "expected"),
    [
        ((0, 0), "outside", "pole", (NOT_MET, "binnen Dorpskern", None)),
        ((0, 0), "inside", "pole", (MET, "binnen Dorpskern", None)),
        ((40, 0), "outside", "pole", (MET, "erbuiten", None)),
        ((25, 0), "outside", "pole", (MET, "erbuiten", None)),
        ((25, 0), "outside", "bays", (NOT_MET, "binnen een zone", None)),
    ],
)
def test_a_spot_lies_inside_or_outside(place, wanted, of, expected):
    pole = candidates(place)
    rule = criterion("inside", layer="zones", of=of, wanted=wanted)

    assert told(judge(rule, pole, layers={"zones": ZONES, "bays": bays_of(pole)})) == [expected]


def test_zones_of_a_kind_that_was_not_delivered_are_not_known():
    rule = criterion("inside", layer="zones", where={"kind": ["bodem"]}, wanted="outside")

    assert unknown(judge(rule, HERE, layers={"zones": ZONES})) == [
        "Proef: onbekend, zones van deze soort zijn niet geleverd (bodem). Moet bij een schouw worden bekeken."
    ]


@pytest.mark.parametrize(
    ("within_m", "norm", "expected"),
    [
        (10, {"at_most": 2}, (MET, "2", 0.0)),
        (9.99, {"at_most": 0}, (NOT_MET, "1", -1.0)),
        (50, {"at_least": 3}, (MET, "3", 0.0)),
    ],
)
def test_objects_within_a_distance_are_counted(within_m, norm, expected):
    trees = layer({"a": point(1, 0), "b": point(0, 10), "c": point(30, 30)})

    found = judge(criterion("count", layer="trees", within_m=within_m, **norm), HERE, layers={"trees": trees})

    assert told(found) == [expected]


@pytest.mark.parametrize(
    ("norm", "verdict"), [({"at_most": 3}, "onbekend"), ({"at_least": 3}, "onbekend"), ({"at_least": 1}, MET)]
)
def test_a_count_beyond_where_a_source_was_read_is_not_known(norm, verdict):
    reading = shapely.box(X - 20, Y - 20, X + 20, Y + 20)
    rule = criterion("count", layer="trees", within_m=25, **norm)

    found = judge(rule, HERE, layers={"trees": layer({"a": point(1, 0)})}, reading=reading)

    assert found["verdict"].to_list() == [verdict]


def test_the_share_counts_the_bays_that_charge_and_those_of_the_spot():
    """Ten bays within 30 m, one pole with two points, and one bay of this spot: 3 of 10."""
    bays = layer({f"v{n}": box(2 * n, -4, 2 * n + 2, -2) for n in range(10)})
    poles = layer({"p": point(5, 0)}, evse_count=[2])

    found = judge(
        criterion("share", within_m=30, at_most_share=0.25), HERE, layers={"bays": bays, "charge_points": poles}
    )

    assert told(found) == [(NOT_MET, "30 %", -0.05)]


# --- trees -----------------------------------------------------------------------------------------------------------

STEMS = [[0.2, 1.15], [0.4, 1.5], [1.0, 2.5]]


@pytest.mark.parametrize(
    ("trees", "expected"),
    [
        ({(1.2, 0): 0.15}, (MET, "1,20 m tot een stam van 15 cm (nodig 1,15 m)", 0.05)),
        ({(1.2, 0): 0.2}, (MET, "1,20 m tot een stam van 20 cm (nodig 1,15 m)", 0.05)),
        ({(1.2, 0): 0.21}, (NOT_MET, "1,20 m tot een stam van 21 cm (nodig 1,50 m)", -0.3)),
        ({(1.2, 0): NAN}, (NOT_MET, "1,20 m tot een stam van onbekende dikte (nodig 1,50 m)", -0.3)),
        ({(2.0, 0): 0.9, (1.3, 0): 0.1}, (NOT_MET, "2,00 m tot een stam van 90 cm (nodig 2,50 m)", -0.5)),
        ({(3.0, 0): 1.6}, (MET, "3,00 m tot een stam van 160 cm (nodig 2,50 m)", 0.5)),
        ({(90.0, 0): 0.3}, (MET, "90,00 m tot een stam van 30 cm (nodig 1,50 m)", 88.5)),
    ],
)
def test_the_thicker_a_stem_the_more_room_it_asks_for(trees, expected):
    rows = layer(
        {f"t{n}": point(*place) for n, place in enumerate(trees)}, stem_max_m=NAN, stem_diameter_m=list(trees.values())
    )

    found = judge(criterion("tree", clear_of="stem", by_stem=STEMS), HERE, layers={"trees": rows})

    assert told(found) == [expected]


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({"crown_m": 2.0}, (MET, "2,00 m", 0.5)),
        ({"crown_m": 0.0}, (NOT_MET, "0,00 m", -1.5)),
        ({"crown_m": NAN}, (MET, "geen boomkroon bekend", None)),
        ({"crown_m": 2.0, "crown_unknown": True}, ("onbekend", "niet gemeten", None)),
        ({"crown_m": 1.0, "crown_unknown": True}, (NOT_MET, "1,00 m", -0.5)),
    ],
)
def test_a_pole_stays_clear_of_crowns(measured, expected):
    rule = criterion("tree", clear_of="crown", at_least_m=1.5)
    trees = layer({"t": point(9, 0)}, stem_max_m=NAN, stem_diameter_m=NAN)

    found = judge(rule, HERE, layers={"trees": trees}, measurements=measurements(HERE, **measured))

    assert [row[:2] for row in told(found)] == [expected[:2]]


@given(
    stems=st.lists(
        st.tuples(st.floats(-6, 6), st.floats(-6, 6), st.sampled_from([0.1, 0.3, 0.8, NAN])), min_size=1, max_size=8
    )
)
@few
def test_the_tree_that_leaves_least_room_decides(stems):
    """Each tree by itself, worked out in plain Python."""
    trees = layer(
        {f"t{n}": point(x, y) for n, (x, y, _) in enumerate(stems)},
        stem_max_m=NAN,
        stem_diameter_m=[stem for *_, stem in stems],
    )

    found = judge(criterion("tree", clear_of="stem", by_stem=STEMS), HERE, layers={"trees": trees})

    asked = {0.1: 1.15, 0.3: 1.5, 0.8: 2.5}
    rooms = [round(round(float(np.hypot(x, y)), 6), 2) - asked.get(stem, 1.5) for x, y, stem in stems]
    assert found["margin"].iloc[0] == pytest.approx(min(rooms), abs=0.0101)
    assert abs(min(rooms)) < 0.011 or (found["verdict"].iloc[0] == MET) == (min(rooms) >= 0)


# --- walk ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, (MET, "0 m (schatting)")),
        (101.8, (MET, "130 m (schatting)")),
        (102.0, (MET, "135 m (schatting)")),
        (194.2, (MET, "250 m (schatting)")),
        (194.3, (NOT_MET, "255 m (schatting)")),
        (1000.0, (NOT_MET, "1300 m (schatting)")),
    ],
)
def test_a_walk_in_steps_of_5_m_is_the_straight_line_times_the_detour_factor_and_an_estimate(x, expected):
    rule = criterion("walk", at_most_m=250)
    demand = layer({"h": point(0, 0)})

    found = judge(rule, candidates((x, 0)), layers={"demand_points": demand}, walking=Walking(detour_factor=1.3))

    assert ([row[:2] for row in told(found)], found["estimated"].to_list()) == ([expected], [True])


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((0, 20), (NOT_MET, "820 m")),
        ((0, -3.4), (MET, "3 m")),
        ((200, -70), (MET, "275 m (schatting)")),
    ],
)
def test_a_walk_over_the_network_goes_round_by_the_bridge(place, expected):
    """20 m over the canal is 820 m by the bridge; 70 m beside the street is estimated: 211.9 x 1.3."""
    rule = criterion("walk", at_most_m=300)

    found = judge(
        rule, candidates(place), layers={"demand_points": layer({"h": point(0, 0)})}, graph=walk_graph(*CANAL)
    )

    assert [row[:2] for row in told(found)] == [expected]
    assert found["estimated"].to_list() == ["schatting" in expected[1]]


def test_no_way_to_any_demand_is_not_within_the_norm():
    rule = criterion("walk", at_most_m=250)

    found = judge(
        rule, candidates((0, 20)), layers={"demand_points": layer({"h": point(0, 0)})}, graph=walk_graph(*MOTORWAY)
    )

    assert [row[:2] for row in told(found)] == [(NOT_MET, "geen looproute")]


@pytest.mark.parametrize("at_most_m", [187.5, 189.6, 250.4])
def test_a_walk_is_judged_on_the_norm_that_is_printed(at_most_m):
    """No reader finds a walk that is printed as long as the norm, and yet does not meet it."""
    rule = criterion("walk", at_most_m=at_most_m)
    places = [(step / 1.3, 0) for step in range(150, 300, 5)]

    found = judge(
        rule,
        candidates(*places),
        layers={"demand_points": layer({"h": point(0, 0)})},
        walking=Walking(detour_factor=1.3),
    )

    printed = float(norm_text(rule).removeprefix("ten hoogste ").removesuffix(" m").replace(",", "."))
    shown = [float(text.removesuffix(" m (schatting)")) for text in found["measured_text"]]
    assert [MET if value <= printed else NOT_MET for value in shown] == found["verdict"].to_list()


# --- what was measured at the spot -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({"walkway_width_m": 0.9}, (MET, "0,90 m", 0.0)),
        ({"walkway_width_m": 0.89}, (NOT_MET, "0,89 m", -0.01)),
        ({"walkway_width_m": 9.5, "walkway_beyond": True}, (MET, "meer dan 9,50 m", 8.6)),
        ({"walkway": "geen voetpad", "walkway_width_m": NAN}, ("n.v.t.", "niet gemeten", None)),
        ({"walkway": "onbekend", "walkway_width_m": NAN}, ("onbekend", "niet gemeten", None)),
    ],
)
def test_the_free_width_is_judged_where_a_footway_adjoins(measured, expected):
    found = judge(criterion("width", at_least_m=0.9), HERE, measurements=measurements(HERE, **measured), layers=POSTS)

    assert told(found) == [expected]


@pytest.mark.parametrize("rule", [criterion("width", at_least_m=0.9), criterion("corridor", under_m=1.5, at_most_m=2)])
def test_a_walkway_of_which_nobody_knows_what_stands_on_it_is_an_estimate(rule):
    measured = measurements(HERE, walkway_width_m=1.0, narrow_150_m=1.0)

    found = judge(rule, HERE, measurements=measured)

    assert (told(found)[0][:2], found["estimated"].all()) == (
        (MET, "1,00 m (schatting: obstakels niet geleverd)"),
        True,
    )
    assert not judge(rule, HERE, measurements=measured, layers=POSTS)["estimated"].any()


@pytest.mark.parametrize(("length_m", "verdict"), [(20.0, MET), (20.01, NOT_MET), (0.0, MET)])
def test_a_walkway_may_be_narrow_over_some_length(length_m, verdict):
    rule = criterion("corridor", under_m=1.5, at_most_m=20)

    found = judge(rule, HERE, measurements=measurements(HERE, narrow_150_m=length_m, narrow_120_m=99.0))

    assert (found["verdict"].to_list(), norm_text(rule)) == ([verdict], "ten hoogste 20,00 m smaller dan 1,50 m")


@pytest.mark.parametrize(
    ("column", "value", "norm", "expected"),
    [
        ("orientation", "haaks", {"allowed": ["haaks"]}, (MET, "haaks")),
        ("orientation", "langs", {"allowed": ["haaks"]}, (NOT_MET, "langs")),
        ("orientation", "langs", {"forbidden": ["langs", "schuin"]}, (NOT_MET, "langs")),
        ("regime", "gpp, openbaar", {"forbidden": ["gpp"]}, (NOT_MET, "gpp, openbaar")),
        ("regime", "onbekend", {"forbidden": ["gpp"]}, ("onbekend", "niet gemeten")),
        ("regime", "onbekend", {"allowed": ["openbaar", "onbekend"]}, (MET, "onbekend")),
        ("regime", "gpp, onbekend", {"forbidden": ["gpp"]}, (NOT_MET, "gpp, onbekend")),
        ("regime", "openbaar, vergunning", {"allowed": ["openbaar"]}, (NOT_MET, "openbaar, vergunning")),
        ("pole_surface", None, {"allowed": ["voetpad"]}, ("onbekend", "niet gemeten")),
        ("pole_obstacle", "kolk", {"allowed": ["vrij"]}, (NOT_MET, "kolk")),
    ],
)
def test_an_attribute_is_among_those_allowed_or_not_among_those_forbidden(column, value, norm, expected):
    found = judge(criterion("attribute", column=column, **norm), candidates((0, 0), **{column: value}))

    assert [row[:2] for row in told(found)] == [expected]


@pytest.mark.parametrize(
    ("soil", "norm", "verdict"),
    [
        ("wonen", {"allowed": ["geldig"]}, "onbekend"),
        ("wonen, industrie", {"forbidden": ["verlopen"]}, "onbekend"),
        ("geldig", {"allowed": ["geldig"]}, MET),
        ("verlopen", {"allowed": ["geldig"]}, NOT_MET),
        ("industrie", {"forbidden": ["industrie"]}, NOT_MET),
        ("wonen", {"allowed": ["wonen"]}, MET),
    ],
)
def test_a_class_of_soil_does_not_say_whether_there_is_a_valid_survey(soil, norm, verdict):
    zones = layer({"z": box(-9, -9, 9, 9)}, kind="bodem")
    rule = criterion("attribute", column="soil", **norm)

    found = judge(rule, HERE, measurements=measurements(HERE, soil=soil), layers={"zones": zones})

    assert found["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(
    ("obstacles", "beside", "expected"),
    [
        (layer({"o": point(500, 0)}), None, (MET, "vrij")),
        (None, None, ("onbekend", "niet gemeten")),
        (layer({"o": point(500, 0)}).iloc[:0], None, ("onbekend", "niet gemeten")),
        (None, "erf", (NOT_MET, "erf")),
    ],
)
def test_a_pole_is_only_free_where_obstacles_were_delivered(obstacles, beside, expected):
    rule = criterion("attribute", column="pole_obstacle", allowed=["vrij"])

    found = judge(rule, candidates((0, 0), pole_obstacle=beside), layers={"obstacles": obstacles})

    assert told(found)[0][:2] == expected


def test_no_sign_is_only_known_where_signs_were_delivered():
    rule = criterion("attribute", column="signs", forbidden=["gpp"])
    nothing = measurements(HERE)

    absent = judge(rule, HERE, measurements=nothing)
    present = judge(rule, HERE, measurements=nothing, layers={"signs": layer({"s": point(500, 0)})})

    assert (absent["verdict"].to_list(), told(present)[0][:2]) == (["onbekend"], (MET, "geen borden"))


@pytest.mark.parametrize(
    ("share", "expected"), [(0.85, (MET, "85 %", 0.0)), (0.8504, (MET, "85 %", 0.0)), (0.9, (NOT_MET, "90 %", -0.05))]
)
def test_a_measured_share_is_held_against_a_share(share, expected):
    rule = criterion("value", column="parking_pressure_share", unit="share", at_most=0.85)

    assert told(judge(rule, HERE, measurements=measurements(HERE, parking_pressure_share=share))) == [expected]


@pytest.mark.parametrize(
    ("norm", "expected"),
    [
        ({"at_least": 5}, (MET, "ten minste 100,00 m")),
        ({"at_least": 150}, ("onbekend", "niet gemeten")),
        ({"at_most": 50}, (NOT_MET, "ten minste 100,00 m")),
        ({"at_most": 150}, ("onbekend", "niet gemeten")),
    ],
)
def test_a_distance_that_was_looked_for_so_far_is_that_or_more(norm, expected):
    rule = criterion("value", column="facade_m", unit="m", **norm)

    found = judge(rule, HERE, measurements=measurements(HERE, facade_m=100.0))

    assert [row[:2] for row in told(found)] == [expected]


def test_a_raster_is_judged_where_it_has_a_value():
    poles = candidates((0, 0), (9, 0), (18, 0))
    values = pd.DataFrame({"locatie_id": ["c0", "c1"], "raster_id": "geluid", "value": [54.0, NAN]})

    found = judge(criterion("raster", raster="geluid", unit="dB", at_most=55), poles, raster_values=values)

    assert told(found) == [
        (MET, "54,00 dB", 1.0),
        ("onbekend", "niet gemeten", None),
        ("onbekend", "niet gemeten", None),
    ]


def test_a_raster_that_was_not_delivered_is_not_known():
    assert unknown(judge(criterion("raster", raster="geluid", unit="dB", at_most=55), HERE)) == [
        "Proef: onbekend, het raster geluid ontbreekt. Moet bij een schouw worden bekeken."
    ]


@pytest.mark.parametrize(
    ("column", "until", "days", "expected"),
    [
        ("soil_until_on", "2027-03-01", 0, (MET, "tot en met 1-3-2027")),
        ("soil_until_on", "2027-02-28", 0, (NOT_MET, "tot en met 28-2-2027")),
        ("soil_until_on", "2027-03-30", 30, (NOT_MET, "tot en met 30-3-2027")),
        ("soil_until_on", None, 0, ("onbekend", "niet gemeten")),
        ("works_until_on", None, 0, (MET, "geen werk gepland")),
        ("works_until_on", "2027-02-28", 0, (MET, "tot en met 28-2-2027")),
        ("works_until_on", "2027-03-01", 0, (NOT_MET, "tot en met 1-3-2027")),
    ],
)
def test_what_is_dated_must_hold_on_the_day(column, until, days, expected):
    rule = criterion("valid", column=column, days=days)
    ground = {"layers": {"zones": ZONES}, "today": date(2027, 3, 1)}

    found = judge(rule, HERE, measurements=measurements(HERE, **{column: until}), **ground)

    assert [row[:2] for row in told(found)] == [expected]


ALONG = shapely.LineString([(0, 0), (3, 0)])
ROUTES = make(
    CableRoutes,
    {
        "c0": {"cable_id": "kb.geheim", "route_m": 24.9, "crossing": "ja", "geometry": ALONG},
        "c1": {"cable_id": "kb.geheim", "route_m": 25.1, "crossing": "nee", "geometry": ALONG},
        "c2": {"route_kind": "geen", "known": True, "geometry": ALONG},
        "c3": {"route_kind": "geen", "known": False, "geometry": ALONG},
        "c4": {"route_m": 31.0, "crossing": "nee", "known": False, "geometry": ALONG},
        "c5": {"route_m": 3.0, "crossing": "onbekend", "geometry": ALONG},
    },
)
NOT_KNOWN = "onbekend"


@pytest.mark.parametrize(
    ("norm", "verdicts"),
    [
        ({"at_most_m": 25}, [MET, NOT_MET, NOT_MET, NOT_KNOWN, NOT_KNOWN, MET]),
        ({"crossing": "forbidden"}, [NOT_MET, MET, NOT_MET, NOT_KNOWN, MET, NOT_KNOWN]),
        ({"at_most_m": 25, "crossing": "forbidden"}, [NOT_MET, NOT_MET, NOT_MET, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN]),
    ],
)
def test_of_a_cable_only_the_verdict_is_told(norm, verdicts):
    poles = candidates(*[(9 * number, 0) for number in range(6)])

    found = judge(criterion("cable", **norm), poles, cable_routes=ROUTES)

    assert found["verdict"].to_list() == verdicts
    assert found["measured"].isna().all()
    assert found["margin"].isna().all()
    assert set(found["measured_text"]) <= {"vertrouwelijk", "niet gemeten"}
    assert not any(secret in " ".join(found["reason"]) for secret in ("24,9", "25,1", "31", "geheim"))


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (criterion("distance", to="trees", at_least_m=1, at_most_m=2), "ten minste 1,00 m en ten hoogste 2,00 m"),
        (criterion("width", at_least_m=0.9), "ten minste 0,90 m"),
        (criterion("walk", at_most_m=250), "ten hoogste 250 m"),
        (criterion("attribute", column="orientation", allowed=["haaks", "schuin"]), "haaks, schuin"),
        (criterion("attribute", column="orientation", forbidden=["langs"]), "niet: langs"),
        (criterion("inside", layer="zones", where={"kind": ["erfgoed"]}, wanted="outside"), "buiten zones (erfgoed)"),
        (criterion("count", layer="trees", within_m=12.5, at_most=2), "ten hoogste 2 bomen binnen 12,5 m"),
        (criterion("share", within_m=100, at_most_share=0.1), "ten hoogste 10 % van de vakken binnen 100 m"),
        (criterion("tree", clear_of="crown", at_least_m=1.5), "ten minste 1,50 m buiten de kroon"),
        (criterion("tree", clear_of="stem", by_stem=[[0.2, 1.15]]), "naar stamdiameter: 20 cm 1,15 m"),
        (criterion("cable", at_most_m=25, crossing="forbidden"), "ten hoogste 25,00 m, kruist de rijbaan niet"),
        (criterion("raster", raster="r", unit="dB", at_most=55), "ten hoogste 55,00 dB"),
        (criterion("valid", column="soil_until_on", days=90), "geldig over 90 dagen"),
    ],
)
def test_the_norm_is_printed_in_dutch(rule, text):
    assert norm_text(rule) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "m", "0,00 m"),
        (12.346, "m", "12,35 m"),
        (1234.5, "m", "1.234,50 m"),
        (0.1, "share", "10 %"),
        (4.0, "aantal", "4"),
    ],
)
def test_quantities_are_printed_in_dutch(value, unit, text):
    assert quantity(value, unit) == text


def test_no_rule_needs_a_candidate():
    ground = Ground()

    assert len(judge(criterion("spacing", at_least_m=75), HERE.iloc[:0])) == 0
    assert ground.lacking("trees") == "de bron met bomen ontbreekt"
