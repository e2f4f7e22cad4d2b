import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.sources import Addresses, Buurten
from laadplan.demand.households import buurt_shares, incomplete_buurten, inside_area
from tests.frames import NAN, box, few, make, moved, point, shuffled

WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)
AREA = moved(box(0, 0, 100, 50))


def addresses(places):
    return make(Addresses, {f"a{number:03d}": {"geometry": point(*place)} for number, place in enumerate(places)})


def buurten(west=4.0, east=2.0):
    return make(
        Buurten,
        {"BU00000001": {"geometry": WEST, "households": west}, "BU00000002": {"geometry": EAST, "households": east}},
    )


def test_households_go_by_the_share_of_the_addresses_that_lies_in_the_area():
    places = [(10, 10), (20, 10), (30, 10), (40, 80), (150, 80), (150, 90)]

    found = buurt_shares(addresses(places), buurten(), AREA)

    expected = pd.DataFrame(
        {
            "addresses_in_source": [4, 2],
            "addresses_in_area": [3, 0],
            "share": [0.75, 0.0],
            "households": [3.0, 0.0],
        },
        index=["BU00000001", "BU00000002"],
    )
    pd.testing.assert_frame_equal(found, expected, check_names=False, check_dtype=False, check_index_type=False)


def test_a_few_addresses_do_not_stand_for_a_whole_buurt_as_at_westeneng():
    three = addresses([(10, 10), (20, 10), (30, 10)])
    westeneng = buurten(west=355.0)

    found = buurt_shares(three, westeneng, AREA)

    assert found.loc["BU00000001", ["share", "households"]].to_list() == pytest.approx([3 / 355, 3.0])
    assert incomplete_buurten(found, westeneng) == ["BU00000001"]


def test_more_addresses_than_households_share_the_households():
    found = buurt_shares(addresses([(x, 10) for x in range(1, 9)]), buurten(west=4.0), None)

    assert found.loc["BU00000001", ["share", "households"]].to_list() == [1.0, 4.0]


def test_households_that_are_not_known_stay_not_known():
    found = buurt_shares(addresses([(10, 10), (20, 80)]), buurten(west=NAN), AREA)

    assert (found.loc["BU00000001", "share"], pd.isna(found.loc["BU00000001", "households"])) == (0.5, True)


@given(
    places=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100)), min_size=1, max_size=12),
    households=st.integers(0, 20),
    cut=st.integers(1, 199),
)
@few
def test_two_parts_of_an_area_hold_what_the_whole_holds(places, households, cut):
    people, hoods = addresses([(x + 0.5, y + 0.5) for x, y in places]), buurten(west=float(households))
    parts = [moved(box(-1, -1, cut, 102)), moved(box(cut, -1, 202, 102))]

    found = sum(buurt_shares(people, hoods, part)["households"] for part in parts)

    whole = buurt_shares(people, hoods, None)["households"]
    pd.testing.assert_series_equal(found, whole, check_dtype=False)
    assert (whole <= hoods["households"] + 1e-9).all()


def test_the_order_of_the_rows_does_not_matter():
    people = addresses([(10, 10), (60, 80), (150, 20)])

    found = buurt_shares(shuffled(people), shuffled(buurten()), AREA).sort_index()

    pd.testing.assert_frame_equal(found, buurt_shares(people, buurten(), AREA))


def test_no_addresses_have_no_share():
    found = buurt_shares(Addresses.empty(), buurten(), AREA)

    assert (found["share"].to_list(), found["households"].to_list()) == ([0.0, 0.0], [0.0, 0.0])


def test_no_buurten_give_no_rows():
    found = buurt_shares(addresses([(10, 10)]), Buurten.empty(), AREA)

    assert (len(found), incomplete_buurten(found, Buurten.empty())) == (0, [])


def test_without_an_area_every_address_lies_inside():
    people = addresses([(10, 10), (10, 80)])

    assert (inside_area(people, None).to_list(), inside_area(people, AREA).to_list()) == ([True, True], [True, False])
    assert len(inside_area(Addresses.empty(), AREA)) == 0
