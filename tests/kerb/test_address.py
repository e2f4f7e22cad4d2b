import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.sources import Addresses
from laadplan.errors import WrongCrs
from laadplan.kerb.address import ACROSS_FACTOR, near_addresses
from tests.frames import box, few, make, moved, point, shapes, shuffled

POLE = shapes({"pole": point(0, 0)})
ROAD = shapes({"road": box(-50, -8, 50, -3)})
"""A carriageway from 3 to 8 m south of the pole."""


def homes(**places):
    """Addresses at places by id; the house number is the id."""
    return make(Addresses, {name: {"geometry": point(*xy), "house_number": name} for name, xy in places.items()})


def nearest(addresses, within_m=100.0, road=ROAD, poles=POLE):
    """House number and distance of the only pole."""
    only = near_addresses(poles, addresses, road, within_m).iloc[0]
    return (only["house_number"], only["address_distance_m"]) if isinstance(only["address_id"], str) else None


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"a": (0, 10), "b": (0, 20)}, ("a", 10.0)),
        ({"a": (0, -10), "b": (0, 14.9)}, ("b", 14.9)),
        ({"a": (0, -10), "b": (0, 15.1)}, ("a", 10.0)),
        ({"a": (0, -10), "b": (0, -12), "c": (9, -10)}, ("a", 10.0)),
        ({"a": (0, -10), "c": (0, 13), "b": (13, 0)}, ("b", 13.0)),
        ({"b": (0, 10), "a": (10, 0)}, ("a", 10.0)),
        ({"a": (0, 100.1)}, None),
        ({"a": (0, -80), "b": (0, 101)}, ("a", 80.0)),
        ({}, None),
    ],
    ids=["near", "this side", "too far", "none here", "tie here", "tie", "beyond", "beyond here", "none"],
)
def test_a_spot_is_named_by_the_nearest_address_that_is_not_across_the_street(places, expected):
    assert nearest(homes(**places)) == expected


def test_without_carriageways_the_nearest_names_it():
    assert nearest(homes(a=(0, -10), b=(0, 12)), road=ROAD.iloc[:0]) == ("a", 10.0)


def test_without_addresses_everything_is_empty():
    found = near_addresses(POLE, None, ROAD, 100.0)

    assert list(found.columns) == ["street", "house_number", "address_id", "address_distance_m"]
    assert found.isna().all().all()
    assert len(near_addresses(POLE.iloc[:0], homes(a=(0, 1)), ROAD, 100.0)) == 0


def test_addresses_in_another_crs_are_refused():
    wrong = gpd.GeoDataFrame(geometry=[shapely.Point(5, 52)], index=["a"], crs=4326)

    with pytest.raises(WrongCrs):
        near_addresses(POLE, wrong, ROAD, 100.0)


MANY = homes(**{f"h{number:02d}": (number, 0) for number in range(12)})
PLACES = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=12, max_size=12)


@few
@given(PLACES, PLACES)
def test_addresses_are_those_of_brute_force(places, poles_at):
    """Places on whole metres, so that ties occur; poles stand where nobody drives."""
    addresses = MANY.assign(geometry=[moved(point(*xy)) for xy in places])
    poles = gpd.GeoSeries([moved(point(x, abs(y))) for x, y in poles_at], index=list("abcdefghijkl"), crs=RD_EPSG)

    found = near_addresses(poles, addresses, ROAD, 25.0)

    expected = [brute_force(pole, addresses) for pole in poles]
    assert [name if isinstance(name, str) else None for name in found["address_id"]] == expected
    again = near_addresses(shuffled(poles), shuffled(addresses), ROAD, 25.0)
    pd.testing.assert_frame_equal(again.sort_index(), found)


def brute_force(pole, addresses):
    """The nearest address within 25 m, or the nearest on this side within 1.5 times that distance."""
    far = sorted((round(home.distance(pole), 6), name) for name, home in addresses.geometry.items())
    if far[0][0] > 25:
        return None
    here = [
        (apart, name)
        for apart, name in far
        if apart <= min(ACROSS_FACTOR * far[0][0] + 1e-6, 25)
        and not shapely.LineString([pole, addresses.geometry[name]]).intersects(ROAD.iloc[0])
    ]
    return min([*here, *far], key=lambda each: (each not in here, each))[1] if here else far[0][1]


def test_many_poles_are_looked_at_in_parts(monkeypatch):
    monkeypatch.setattr("laadplan.kerb.address.CHUNK", 2)
    poles = shapes({f"p{number}": point(number, 0) for number in range(7)})
    addresses = homes(a=(3, -10), b=(3, 12))

    found = near_addresses(poles, addresses, ROAD, 100.0)

    assert found["address_id"].to_list() == ["b"] * 7
    assert np.allclose(found["address_distance_m"], np.round(np.hypot(np.arange(7) - 3, 12), 2))
