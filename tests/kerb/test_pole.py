import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import SpotRules, Surfaces
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.network import Signs
from laadplan.contracts.planning import Bays
from laadplan.contracts.sources import Buildings, RoadParts, Terrain, Trees
from laadplan.kerb.bays import cut_strips
from laadplan.kerb.pole import TOO_FAR, hindrances, in_the_way, place_poles
from laadplan.kerb.spots import find_spots, named_surfaces, surroundings
from tests.frames import X, Y, box, fewer, make, point, shuffled
from tests.kerb.drawing import RULES as CUT
from tests.kerb.drawing import SURFACES, parts, sector
from tests.kerb.standing import HAAKS_M, place, posts, row_of_bays, spots_of

pytestmark = pytest.mark.slow  # all of them together

PAIR = row_of_bays(2)
"""Two langs bays of 5.5 x 2 m from x = 11 to x = 0; the pavement begins at y = 2, so the pole is wanted at 5.5, 2.5."""

HAAKS = row_of_bays(2, width_m=HAAKS_M, depth_m=5.0)
"""Two haaks bays of 2.5 x 5 m from x = 5 to x = 0: the pole is wanted at 2.5, 5.5."""


def stands(spots):
    """Place of the only pole, how far it moved and what is in the way."""
    only = spots.iloc[0]
    word = only["pole_obstacle"]
    return (*place(spots), float(only["pole_shift_m"]), word if isinstance(word, str) else None)


def road(**shapes):
    """Road parts by function, an underscore for a space."""
    return make(
        RoadParts, {name: {"function": name.replace("_", " "), "geometry": each} for name, each in shapes.items()}
    )


@pytest.mark.parametrize(
    ("bays", "count", "wanted"),
    [
        (PAIR, 2, (5.5, 2.5)),
        (PAIR, 1, (5.5, 2.5)),
        (HAAKS, 2, (2.5, 5.5)),
        (row_of_bays(4), 4, (11.0, 2.5)),
    ],
    ids=["two langs", "one langs", "two haaks", "four"],
)
def test_a_pole_that_nothing_hinders_stands_where_it_is_wanted(bays, count, wanted):
    spots = spots_of(bays, rules=SpotRules(bays_per_pole=count), obstacles=posts((50, 50)))

    assert stands(spots) == (*wanted, 0.0, None)
    assert spots["kerb_m"].iloc[0] == 0.5


@pytest.mark.parametrize(
    ("posts_at", "expected"),
    [
        ([(5.5, 2.5)], (6.0, 2.5, 0.5, None)),
        ([(5.6, 2.5)], (5.0, 2.5, 0.5, None)),
        ([(5.9, 2.5)], (5.25, 2.5, 0.25, None)),
        ([(6.0, 2.5)], (5.5, 2.5, 0.0, None)),
        ([(5.9, 2.5), (5.1, 2.5)], (6.5, 2.5, 1.0, None)),
        ([(5.5, 3.0)], (5.5, 2.5, 0.0, None)),
        ([(5.5, 2.996)], (5.5, 2.5, 0.0, None)),
        ([(5.5, 2.98)], (5.75, 2.5, 0.25, None)),
        ([(x, 2.5) for x in np.arange(3.0, 8.5, 0.5)], (5.5, 2.5, 0.0, "lichtmast")),
        ([(x, 2.5) for x in np.arange(3.5, 8.5, 0.5)], (3.0, 2.5, 2.5, None)),
    ],
    ids=[
        "on it",
        "ahead",
        "beside",
        "clear",
        "two",
        "behind",
        "within a cm",
        "just too near",
        "nowhere",
        "at the limit",
    ],
)
def test_a_pole_moves_along_the_kerb_to_the_nearest_place_that_is_free(posts_at, expected):
    """Steps of 0.25 m, 0.50 m clear, at most half a bay (2.75 m); the row starts in the east."""
    assert stands(spots_of(PAIR, obstacles=posts(*posts_at))) == expected


@pytest.mark.parametrize(
    ("posts_at", "expected"),
    [
        ([(x, 5.5) for x in (2.0, 2.5, 3.0)], (3.5, 5.5, 1.0, None)),
        ([(x, 5.5) for x in (1.6, 2.5, 3.4)], (2.5, 5.5, 0.0, "lichtmast")),
    ],
    ids=["reach", "out of reach"],
)
def test_a_pole_at_haaks_bays_stays_within_reach_of_both(posts_at, expected):
    """At most half a bay of 2.5 m, in whole steps: 1.25 m."""
    assert stands(spots_of(HAAKS, obstacles=posts(*posts_at))) == expected


def test_the_pole_of_one_bay_only_moves_along_its_own_bay():
    """The bay at the east end: the pole is wanted at its west end and moves east."""
    one = row_of_bays(1)

    spots = spots_of(one, rules=SpotRules(bays_per_pole=1), obstacles=posts((0.1, 2.5)))

    assert stands(spots) == (0.75, 2.5, 0.75, None)


@pytest.mark.parametrize(
    ("function", "word"),
    [("inrit", "inrit"), ("fietspad", "fietspad"), ("rijbaan_lokale_weg", "rijbaan lokale weg"), ("voetpad", None)],
)
def test_a_pole_does_not_stand_on_an_inrit_or_where_people_drive(function, word):
    """The pole is 0.30 m wide: no part of it may stand on the surface from x = 3 on."""
    part = road(**{function: box(3, 2, 6.2, 5)})
    whole = road(**{function: box(-3, 2, 16, 5)})

    assert stands(spots_of(PAIR, road_parts=part)) == ((6.5, 2.5, 1.0, None) if word else (5.5, 2.5, 0.0, None))
    assert stands(spots_of(PAIR, road_parts=whole)) == (5.5, 2.5, 0.0, word)


def test_a_pole_does_not_stand_on_a_crossing_whatever_its_function():
    crossing = make(
        RoadParts,
        {
            "zebra": {
                "function": "voetpad",
                "plus_function": "voetgangersoversteekplaats",
                "geometry": box(4, 2, 12, 5),
            }
        },
    )

    spots = spots_of(PAIR, road_parts=crossing)

    assert stands(spots) == (3.75, 2.5, 1.75, None)
    assert (
        stands(spots_of(HAAKS, road_parts=crossing.assign(geometry=crossing.buffer(20))))[-1]
        == "voetgangersoversteekplaats"
    )


@pytest.mark.parametrize(
    ("frames", "word"),
    [
        (
            {"terrain": make(Terrain, {"a": {"kind": "water", "cover": "waterloop", "geometry": box(0, 2, 11, 9)}})},
            "water",
        ),
        ({"terrain": make(Terrain, {"a": {"cover": "erf", "geometry": box(0, 2, 11, 9)}})}, "erf"),
        ({"terrain": make(Terrain, {"a": {"cover": "berm", "geometry": box(0, 2, 11, 9)}})}, None),
        ({"buildings": make(Buildings, {"a": {"geometry": box(0, 2.9, 11, 9)}})}, "pand"),
        ({"buildings": make(Buildings, {"a": {"geometry": box(0, 3.0, 11, 9)}})}, None),
        ({"buildings": make(Buildings, {"a": {"geometry": box(0, 2, 11, 9), "level": 1}})}, None),
        ({"obstacles": posts((5.5, 2.5), kind="put", type="kolk", level=-1)}, None),
        (
            {
                "obstacles": make(
                    Obstacles, {"hek": {"type": "hek", "geometry": shapely.LineString([(0, 2.8), (11, 2.8)])}}
                )
            },
            "hek",
        ),
        (
            {
                "obstacles": make(
                    Obstacles, {"kast": {"kind": "kast", "type": "onbekend", "geometry": box(0, 2.8, 11, 3)}}
                )
            },
            "kast",
        ),
        ({"signs": make(Signs, {f"s{x}": {"geometry": point(x / 2, 2.5)} for x in range(0, 22)})}, "verkeersbord"),
        ({"trees": make(Trees, {f"t{x}": {"geometry": point(x / 2, 2.5)} for x in range(0, 22)})}, "boom"),
    ],
)
def test_what_is_in_the_way_everywhere_is_named(frames, word):
    assert stands(spots_of(PAIR, **frames)) == (5.5, 2.5, 0.0, word)


@pytest.mark.parametrize(
    ("name", "begin_y", "end_y", "pole_y", "word"),
    [
        ("erf", 5.65, 9, 5.5, None),
        ("erf", 5.55, 9, 5.4, None),
        ("parkeervlak", 5.4, 9, 5.2, None),
        ("parkeervlak", 5.3, 9, 5.5, "parkeervlak"),
        ("rijbaan lokale weg", 5.0, 5.4, 5.6, None),
        ("rijbaan lokale weg", 5.0, 5.5, 5.5, "rijbaan lokale weg"),
    ],
    ids=[
        "enough",
        "a narrow verge",
        "heads of opposite bays",
        "less than a pole",
        "a gutter strip",
        "too wide a strip",
    ],
)
def test_where_the_ground_behind_is_narrow_the_pole_stands_at_another_distance(name, begin_y, end_y, pole_y, word):
    """The bays end at y = 5 and the pole is 0.30 m wide."""
    part = make(RoadParts, {"p": {"function": name, "geometry": box(-5, begin_y, 10, end_y)}})

    spots = spots_of(HAAKS, road_parts=part)

    assert stands(spots) == (2.5, pole_y, 0.0, word)
    assert spots["kerb_m"].iloc[0] == pytest.approx(pole_y - 5)


@pytest.mark.parametrize(("gap_m", "expected"), [(0.0, (2.5, 5.5, 0.0, "parkeervak")), (0.4, (2.5, 5.2, 0.0, None))])
def test_a_pole_does_not_stand_in_a_bay_of_a_register_where_the_bgt_has_no_parkeervlak(gap_m, expected):
    opposite = row_of_bays(2, width_m=HAAKS_M, depth_m=5.0, strip="opposite", south_m=5.0 + gap_m)

    spots = find_spots(HAAKS, surroundings(SpotRules(), Surfaces(), bays=pd.concat([HAAKS, opposite])), SpotRules())

    assert stands(spots) == expected


def test_between_heads_a_pole_moves_along_the_kerb_too():
    part = road(parkeervlak=box(-5, 5.4, 10, 9))

    assert stands(spots_of(HAAKS, road_parts=part, obstacles=posts((2.4, 5.2)))) == (3.0, 5.2, 0.5, None)


def test_a_fence_or_a_post_does_not_push_the_pole_to_the_kerb():
    fence = make(Obstacles, {"hek": {"type": "hek", "geometry": shapely.LineString([(-5, 5.8), (10, 5.8)])}})

    assert stands(spots_of(HAAKS, obstacles=fence)) == (2.5, 5.5, 0.0, "hek")


def test_of_several_things_the_nearest_is_named():
    things = {
        "obstacles": posts(*[(x / 2, 2.9) for x in range(22)]),
        "trees": make(Trees, {"t": {"geometry": point(5.5, 2.6)}}),
    }

    assert stands(spots_of(PAIR, **things))[-1] == "boom"


@pytest.mark.parametrize(("stem_m", "shift_m"), [(float("nan"), 0.0), (0.1, 0.25), (0.7, 0.5)])
def test_a_stem_counts_from_its_bark_where_its_size_is_known(stem_m, shift_m):
    """The heart stands 0.52 m from the pole, to the west."""
    tree = make(Trees, {"t": {"geometry": point(4.98, 2.5), "stem_diameter_m": stem_m}})

    assert stands(spots_of(PAIR, trees=tree))[2] == shift_m


def test_a_gutter_in_the_ground_is_only_not_stood_on():
    gutter = {"kind": "weginrichtingselement", "type": "molgoot"}
    beside = make(Obstacles, {"g": gutter | {"geometry": box(0, 2, 11, 2.3)}})
    beneath = make(Obstacles, {"g": gutter | {"geometry": box(0, 2, 11, 2.5)}})

    assert stands(spots_of(PAIR, obstacles=beside))[-1] is None
    assert stands(spots_of(PAIR, obstacles=beneath))[-1] == "molgoot"


def test_a_place_that_is_not_within_reach_of_its_bays_is_told():
    far = PAIR.assign(away_deg=180.0)

    found = in_the_way(pd.DataFrame({"x": [X], "y": [Y], "kerb_m": [0.61]}), NOTHING, shapely.STRtree([]), SpotRules())

    assert found.to_list() == [TOO_FAR]
    assert len(spots_of(far)) == 1


@pytest.mark.parametrize("pole_to_kerb_m", [0.45, 0.6])
@pytest.mark.parametrize(("begin_deg", "end_deg"), [(200, 340), (20, 160)], ids=["outer", "inner"])
def test_on_a_bend_the_pole_stands_so_far_from_the_real_edge_of_its_bays(begin_deg, end_deg, pole_to_kerb_m):
    """Bays of 2 m deep along a ring of 12 to 14 m; posts push every second pole aside."""
    strips = {"strip": sector(12, 14, begin_deg, end_deg)}
    _, bays = cut_strips(parts(strips, road=sector(6, 12, begin_deg, end_deg)), CUT, SURFACES)
    rules = SpotRules(pole_to_kerb_m=pole_to_kerb_m)
    free = spots_of(bays, rules=rules)
    obstacles = posts(*[(pole.x - X, pole.y - Y) for pole in free.geometry[::2]])

    found = spots_of(bays, rules=rules, obstacles=obstacles)

    assert len(found) >= 3
    assert (found["pole_shift_m"] > 0).any()
    assert found["pole_obstacle"].isna().all()
    assert (found["kerb_m"] == pole_to_kerb_m).all()
    radius = np.hypot(found.geometry.x - X, found.geometry.y - Y)
    assert np.allclose(radius, 14 + pole_to_kerb_m, atol=0.06)


NOTHING = hindrances(named_surfaces(None, None, None), SpotRules(), Surfaces().no_pole)


def test_nothing_hinders_where_nothing_is():
    empty = pd.DataFrame({"kerb_x_m": [], "kerb_y_m": [], "away_deg": [], "back_m": [], "ahead_m": []})

    assert len(NOTHING) == 0
    assert len(place_poles(empty, np.empty((0, 2), dtype=object), NOTHING, SpotRules())) == 0
    assert len(spots_of(Bays.empty(), obstacles=Obstacles.empty(), trees=Trees.empty(), signs=Signs.empty())) == 0


FOUR, EIGHT = row_of_bays(4), row_of_bays(8, width_m=HAAKS_M, depth_m=5.0)

THINGS = st.lists(st.tuples(st.floats(-2, 24), st.floats(1.0, 4.0)), min_size=1, max_size=12)


@fewer
@given(THINGS, st.sampled_from([1, 2, 4]), st.booleans())
def test_a_pole_without_an_obstacle_is_clear_and_within_reach(things, count, is_haaks):
    """Brute force: every distance by shapely, pole by pole."""
    bays = EIGHT if is_haaks else FOUR
    shift_y = 3.0 if is_haaks else 0.0
    obstacles = posts(*[(x, y + shift_y) for x, y in things])
    rules = SpotRules(bays_per_pole=count)
    wanted = spots_of(bays, rules=rules)

    found = spots_of(bays, rules=rules, obstacles=obstacles)

    assert list(found.index) == list(wanted.index)
    for name, spot in found.iterrows():
        served = [bays.geometry[each] for each in spot["bay_ids"].split()]
        assert round(min(bay.distance(spot.geometry) for bay in served), 2) == spot["kerb_m"] <= rules.pole_to_bay_max_m
        moved_m = spot.geometry.distance(wanted.geometry[name])
        assert moved_m == pytest.approx(spot["pole_shift_m"], abs=0.002)
        assert moved_m <= (HAAKS_M if is_haaks else 5.5) / 2 + 0.001
        nearest_m = min(post.distance(spot.geometry) for post in obstacles.geometry)
        if isinstance(spot["pole_obstacle"], str):
            assert moved_m == 0
            assert round(nearest_m, 2) < rules.pole_clear_m
        else:
            assert round(nearest_m, 2) >= rules.pole_clear_m


@fewer
@given(THINGS, THINGS)
def test_one_more_thing_moves_no_pole_that_it_does_not_touch(before, more):
    bays, rules = FOUR, SpotRules()
    first = spots_of(bays, obstacles=posts(*before))

    second = spots_of(bays, obstacles=posts(*before, *more))

    added = posts(*more).geometry
    apart = first.geometry.apply(lambda pole: added.distance(pole).min()).round(2)
    untouched = first.index[(apart >= rules.pole_clear_m) & first["pole_obstacle"].isna()]
    assert (second.geometry[untouched] == first.geometry[untouched]).all()
    assert list(second.index) == list(first.index)


@fewer
@given(THINGS, st.floats(-50_000, 50_000), st.floats(-50_000, 50_000))
def test_shifting_in_rd_and_the_order_of_the_rows_change_nothing(things, east, north):
    bays, obstacles = FOUR, posts(*things)
    found = spots_of(bays, obstacles=obstacles)
    east, north = round(east), round(north)
    away = bays.assign(
        geometry=bays.translate(east, north), kerb_x_m=bays["kerb_x_m"] + east, kerb_y_m=bays["kerb_y_m"] + north
    )

    shifted = spots_of(shuffled(away), obstacles=shuffled(obstacles.assign(geometry=obstacles.translate(east, north))))

    same = ["pole_shift_m", "kerb_m", "pole_obstacle", "bay_ids"]
    pd.testing.assert_frame_equal(pd.DataFrame(shifted[same]), pd.DataFrame(found[same]))
    assert (shifted.distance(found.translate(east, north)) < 0.002).all()
