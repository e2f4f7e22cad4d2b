import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import SpotRules
from laadplan.contracts.network import Signs
from laadplan.contracts.planning import Bays
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.kerb.spots import find_spots, surroundings
from laadplan.kerb.taken import LOCATION, REGISTER, SIGN, bays_on_plate, charging_bays, free_bays
from tests.frames import few, make, moved, point, shuffled
from tests.kerb.planted import planted_town
from tests.kerb.standing import HAAKS_M, Surfaces, row_of_bays

pytestmark = pytest.mark.slow  # all of them together

RULES = SpotRules()
TWO_ROWS = pd.concat([row_of_bays(6, width_m=2.5, depth_m=5.0), row_of_bays(3, strip="other", south_m=6.0)])
HAAKS = row_of_bays(6, width_m=HAAKS_M, depth_m=5.0)
"""Bays of 2.5 m wide from x = 15 to x = 0: they meet at 12.5, 10, 7.5, 5 and 2.5; the pavement begins at y = 5."""


POLE = make(ChargePoints, {"pole": {"geometry": point(0, 0)}})
PLATE = make(Signs, {"sign": {"geometry": point(0, 0)}})


def poles(*places, evse=2):
    """A location with two charging points at each place."""
    return copies(POLE, places).assign(evse_count=evse)


def plates(*places, texts=None, meaning="elektrisch laden"):
    """A sign for charging at each place."""
    return copies(PLATE, places).assign(texts=texts, meaning=meaning)


def copies(frame, places):
    """The only row of a frame, which was checked once, at each place."""
    rows = frame.iloc[[0] * len(places)].set_axis([f"{frame.index[0]}{number}" for number in range(len(places))])
    return rows.assign(geometry=[moved(point(*xy)) for xy in places])


def taken(bays=HAAKS, locations=None, signs=None, **rules):
    """Numbers of the bays that are taken, and by what."""
    found = charging_bays(bays, locations, signs, SpotRules(**rules))
    return {int(name[-2:]): by if isinstance(by, str) else "" for name, by in found["by_id"].items()}


@pytest.mark.parametrize(
    ("xy", "evse", "numbers"),
    [
        ((10.0, 5.5), 2, [2, 3]),
        ((10.9, 5.5), 2, [2, 3]),
        ((11.4, 5.5), 2, [1, 2]),
        ((11.2, 5.5), 1, [2]),
        ((7.5, 7.9), 4, [2, 3, 4, 5]),
        ((15.2, 5.5), 2, [1, 2]),
        ((7.5, 5.5), 9, [1, 2, 3, 4, 5, 6]),
        ((10.0, 8.1), 2, []),
        ((10.0, 5.5), 0, []),
    ],
    ids=[
        "where two meet",
        "off by 0.9",
        "off too far",
        "one",
        "laadplein",
        "end",
        "more than bays",
        "far",
        "none left",
    ],
)
def test_a_location_takes_as_many_bays_as_it_has_evse_where_they_meet_nearest_to_it(xy, evse, numbers):
    assert sorted(taken(locations=poles(xy, evse=evse))) == numbers


def test_the_distance_within_which_a_location_takes_bays_is_a_rule():
    assert sorted(taken(locations=poles((10.0, 8.1)), charging_bay_within_m=3.2)) == [2, 3]


def test_two_locations_take_no_bay_twice_and_the_nearest_comes_first():
    found = taken(locations=poles((9.0, 6.5), (10.0, 5.5)))

    assert found == {2: "pole1", 3: "pole1", 4: "pole0", 5: "pole0"}


def test_bays_that_lie_apart_are_not_taken_together():
    bays = pd.concat([row_of_bays(1, strip="a", west_m=6.0), row_of_bays(1, strip="b", west_m=0.0)])

    found = charging_bays(bays, poles((5.7, 2.5)), None, RULES)

    assert list(found.index) == ["b#01"]


def test_a_register_that_says_so_is_believed_and_a_location_beside_it_takes_no_more():
    bays = row_of_bays(4, width_m=HAAKS_M, depth_m=5.0, regimes=["openbaar", "elektrisch laden", "openbaar", "gpp"])

    alone = charging_bays(bays, None, None, RULES)
    beside = charging_bays(bays, poles((5.0, 5.5)), None, RULES)

    assert alone["by_id"].isna().all()
    assert list(alone.index) == list(beside.index) == ["strip#02"]
    assert beside.iloc[0].to_list() == [REGISTER, "pole0"]


@pytest.mark.parametrize(
    ("xy", "texts", "numbers"),
    [
        ((10.0, 5.5), None, [2, 3]),
        ((10.0, 5.5), "opladen elektrische voertuigen", [2, 3]),
        ((7.5, 5.5), "opladen | 4 vakken", [2, 3, 4, 5]),
        ((11.2, 5.5), "1 vak", [2]),
        ((10.0, -0.9), None, [2, 3]),
        ((10.0, -1.1), None, []),
        ((10.0, 9.0), None, []),
    ],
    ids=["silent", "no number", "four", "one", "at the kerb", "across the street", "far"],
)
def test_a_sign_takes_the_bays_it_tells_of_on_its_own_side(xy, texts, numbers):
    assert sorted(taken(signs=plates(xy, texts=texts))) == numbers


def test_a_sign_beside_a_location_takes_no_more_unless_it_tells_of_more():
    at_pole = poles((10.0, 5.5))

    assert sorted(taken(locations=at_pole, signs=plates((7.6, 5.5)))) == [2, 3]
    assert sorted(taken(locations=at_pole, signs=plates((7.6, 5.5), texts="3 vakken"))) == [2, 3, 4]


def test_other_signs_take_nothing():
    assert taken(signs=plates((10.0, 5.5), meaning="gpp")) == {}


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        ("4 vakken", 4),
        ("Twee parkeerplaatsen", 2),
        ("opladen | één vak", 1),
        ("2x parkeervak", 2),
        ("3 laadplekken", 3),
        ("ma t/m za 7-12 h", 0),
        ("max. 24 uur", 0),
        ("vakken", 0),
        ("50 plaatsen", 0),
        ("", 0),
        (float("nan"), 0),
    ],
)
def test_the_number_of_bays_on_a_plate(texts, number):
    assert bays_on_plate(texts) == number


def test_bays_in_use_are_dropped_with_what_takes_them():
    quality = Quality()
    found = charging_bays(HAAKS, poles((10.0, 5.5)), plates((2.5, 5.5)), RULES)

    free = free_bays(HAAKS, found, quality)

    assert list(free.index) == ["strip#01", "strip#04"]
    assert quality.dropped == {LOCATION: ["strip#02", "strip#03"], SIGN: ["strip#05", "strip#06"]}
    assert quality.facts == {"charging_bays": {LOCATION: 2, SIGN: 2}}


def test_nothing_takes_nothing():
    quality = Quality()

    none = charging_bays(HAAKS, None, None, RULES)
    empty = charging_bays(Bays.empty(), poles((0.0, 0.0)), plates((0.0, 0.0)), RULES)
    idle = charging_bays(HAAKS, ChargePoints.empty(), Signs.empty(), RULES)

    assert [list(each.columns) for each in (none, empty, idle)] == [["reason", "by_id"]] * 3
    assert len(none) + len(empty) + len(idle) == 0
    assert (len(free_bays(HAAKS, none, quality)), quality.dropped) == (6, {})


@few
@given(st.lists(st.tuples(st.floats(-2, 17), st.floats(-3, 12)), max_size=4), st.integers(1, 4))
def test_the_order_of_the_rows_does_not_matter(places, evse):
    bays = TWO_ROWS
    locations, signs = poles(*places, evse=evse), plates(*places[::2])

    found = charging_bays(bays, locations, signs, RULES)

    same = charging_bays(shuffled(bays), shuffled(locations), shuffled(signs), RULES)
    pd.testing.assert_frame_equal(found, same)
    assert found.index.is_unique
    assert found["by_id"].dropna().value_counts().le(max(evse, 2)).all()
    free = free_bays(bays, found, Quality())
    spots = find_spots(free, surroundings(RULES, Surfaces()), RULES)
    assert not set(" ".join(spots["bay_ids"]).split()) & set(found.index)


@pytest.mark.slow
def test_the_planted_charging_bays_of_a_town_are_recognised():
    """Exactly from the true places of the poles; published ones are off by 0.8 m on either axis."""
    town = planted_town(3000, 1)

    exact = charging_bays(town.bays, town.exact, None, RULES)
    published = charging_bays(town.bays, town.published, None, RULES)

    assert len(town.charging) >= 20
    assert set(exact.index) == town.charging
    hit = len(town.charging & set(published.index))
    assert hit / len(published) >= 0.9
    assert hit / len(town.charging) >= 0.9
