import pandas as pd
import pytest

from laadplan.contracts.network import Signs
from laadplan.kerb.signposts import measure_signs
from tests.frames import point, shuffled
from tests.kerb.surroundings import bays_of, layer, spots

PLACES = {"a": (0, 0), "b": (5, 0), "c": (0, -8)}
SPOTS = spots(PLACES)
BAYS = bays_of(SPOTS, PLACES)
"""Bays from 0.5 to 2.5 m south of poles: two in a row, and one across the street whose edge lies at y = -8.5."""


def told(**rows):
    signs = layer(Signs, rows)
    return measure_signs(shuffled(SPOTS), BAYS, shuffled(signs)).sort_index()["signs"].fillna("-").to_dict()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((2.5, 0), {"a": "gpp", "b": "gpp", "c": "-"}),
        ((2.0, 0), {"a": "gpp", "b": "gpp", "c": "-"}),
        ((1.7, 0), {"a": "gpp", "b": "-", "c": "-"}),
        ((-1, 0), {"a": "gpp", "b": "-", "c": "-"}),
        ((0, 2.0), {"a": "gpp", "b": "-", "c": "-"}),
        ((0, 2.01), {"a": "-", "b": "-", "c": "-"}),
        ((0, -8), {"a": "-", "b": "-", "c": "gpp"}),
    ],
    ids=[
        "between two bays",
        "nearly between them",
        "at one, its neighbour near",
        "at one",
        "just near enough",
        "too far",
        "across the street",
    ],
)
def test_a_sign_is_at_the_bays_within_reach_of_it(place, expected):
    assert told(s={"geometry": point(*place), "meaning": "gpp"}) == expected


def test_meanings_are_told_once_and_in_order_and_others_not_at_all():
    here = {"geometry": point(-1, 0)}

    found = told(
        s1=here | {"meaning": "vergunning"},
        s2=here | {"meaning": "gpp"},
        s3=here | {"meaning": "gpp"},
        s4=here | {"meaning": "anders"},
        s5=here | {"meaning": "laden en lossen", "zone_code": "begin"},
    )

    assert found == {"a": "gpp, vergunning", "b": "-", "c": "-"}


@pytest.mark.parametrize("nothing", [None, Signs.empty()])
def test_signs_that_were_not_delivered_are_unknown(nothing):
    assert (measure_signs(SPOTS, BAYS, nothing)["signs"] == "onbekend").all()


def test_a_spot_of_two_bays_has_the_signs_of_both():
    both = SPOTS.loc[["a"]].assign(bay_ids="a#1 b#1")
    signs = layer(Signs, {"s": {"geometry": point(7, 0), "meaning": "gpp"}})

    found = measure_signs(both, BAYS, signs)

    pd.testing.assert_series_equal(found["signs"], pd.Series(["gpp"], index=both.index, dtype="str", name="signs"))
