import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.contracts.ground import OBSTACLES, Obstacles
from laadplan.contracts.sources import Trees
from laadplan.errors import WrongCrs
from laadplan.geo.hindrance import RADIUS_M, walking_obstacles
from tests.frames import box, make, point, shuffled

PLAIN = {"level": 0, "status": "bestaand", "maintainer": None}


def obstacles(**rows):
    return make(Obstacles, {name: PLAIN | row for name, row in rows.items()})


def test_points_and_lines_get_the_size_of_their_kind_and_polygons_keep_theirs():
    line = shapely.LineString([(0, 0), (10, 0)])
    found = walking_obstacles(
        obstacles(
            a={"kind": "paal", "type": "lichtmast", "geometry": point(5, 5)},
            b={"kind": "kast", "type": "onbekend", "geometry": point(0, 0)},
            c={"kind": "scheiding", "type": "hek", "geometry": line},
            d={"kind": "scheiding", "type": "muur", "geometry": box(0, 0, 2, 1)},
        ),
        None,
    )

    # sixteen pieces of a circle of radius r cover 16 / 2 * sin(2 pi / 16) * r^2 = 3.0615 r^2
    octant = 3.0615
    expected = pd.Series({"a": octant * 0.12**2, "b": octant * 0.30**2, "c": 10 * 0.10 + octant * 0.05**2, "d": 2.0})
    pd.testing.assert_series_equal(found.area, expected, atol=1e-5, check_index_type=False)


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "put", "type": "kolk"},
        {"kind": "put", "type": "inspectie- / rioolput"},
        {"kind": "weginrichtingselement", "type": "molgoot"},
        {"kind": "gebouwinstallatie", "type": "luifel", "level": 1},
    ],
    ids=lambda row: row["type"],
)
def test_what_lies_flush_or_hangs_above_is_in_nobodys_way(row):
    assert walking_obstacles(obstacles(a=row | {"geometry": box(0, 0, 1, 1)}), None).empty


@pytest.mark.parametrize(
    ("stem", "radius_m"),
    [
        ({"stem_diameter_m": 0.8}, 0.40),
        ({"stem_min_m": 0.2, "stem_max_m": 0.3}, 0.15),
        ({"stem_diameter_m": 0.0}, 0.15),
        ({}, 0.15),
    ],
    ids=["diameter", "class", "nil", "unknown"],
)
def test_a_stem_is_as_thick_as_known(stem, radius_m):
    found = walking_obstacles(None, make(Trees, {"t": stem | {"geometry": point(3, 4)}}))

    low_x, _, high_x, _ = found["boom t"].bounds
    assert (high_x - low_x) / 2 == pytest.approx(radius_m, abs=1e-6)


def test_every_kind_of_obstacle_has_a_size_or_is_flush():
    assert set(OBSTACLES) == set(RADIUS_M) | {"put"}


def test_ids_are_kept_in_any_order():
    rows = {name: {"kind": "paal", "type": "paal", "geometry": point(number, 0)} for number, name in enumerate("abc")}

    found = walking_obstacles(shuffled(obstacles(**rows)), make(Trees, {"a": {"geometry": point(0, 9)}}))

    assert sorted(found.index) == ["a", "b", "boom a", "c"]
    assert np.allclose(
        found.centroid["b"].coords[0], walking_obstacles(obstacles(**rows), None).centroid["b"].coords[0]
    )


def test_nothing_in_gives_nothing_out():
    for found in (walking_obstacles(None, None), walking_obstacles(Obstacles.empty(), Trees.empty())):
        assert (len(found), found.crs.to_epsg()) == (0, 28992)


@pytest.mark.parametrize("wrong", ["obstacles", "trees"])
def test_layers_in_degrees_are_refused(wrong):
    given = {
        "obstacles": obstacles(a={"kind": "paal", "type": "paal", "geometry": point(0, 0)}),
        "trees": make(Trees, {"t": {"geometry": point(0, 0)}}),
    }
    given[wrong] = gpd.GeoDataFrame(given[wrong]).to_crs(4326)

    with pytest.raises(WrongCrs, match=wrong):
        walking_obstacles(given["obstacles"], given["trees"])
