import numpy as np
import pandas as pd
import pytest

from laadplan.config.project import SpotRules, Surfaces
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.measured import Measurements, RasterValues
from laadplan.contracts.planning import Candidates
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buildings, ChargePoints, RoadParts, Trees
from laadplan.kerb.measure import PublicLayers, measure_spots, raster_rows
from tests.frames import box, make, moved, point, shuffled
from tests.kerb.surroundings import bays_of, layer, spots

PLACES = {"a": (0, 0), "b": (30, 0)}
SPOTS = spots(PLACES)
BAYS = bays_of(SPOTS, PLACES)
ROADS = make(
    RoadParts,
    {
        "street": {"geometry": box(-60, -7.5, 60, -2.5)},
        "path": {"geometry": box(-60, -0.5, 15, 2), "function": "voetpad"},
        "exit": {"geometry": box(9, -2.5, 12, -0.5), "function": "inrit"},
    },
)
LAYERS = PublicLayers(
    bays=BAYS,
    road_parts=ROADS,
    buildings=make(Buildings, {"house": {"geometry": box(-5, 6, 40, 9)}}),
    obstacles=layer(Obstacles, {"lamp": {"geometry": point(3, 0)}}),
    trees=make(Trees, {"oak": {"geometry": point(0, 4), "crown_diameter_m": 5.0}}),
    charge_points=make(ChargePoints, {"pole": {"geometry": point(30, 40)}}),
)


def measure(candidates=SPOTS, layers=LAYERS, quality=None):
    found = measure_spots(
        candidates,
        layers,
        spots=SpotRules(),
        surfaces=Surfaces(),
        municipality_code="GM0228",
        quality=quality,
    )
    return Measurements.checked(found)


def test_spots_are_measured_to_all_that_was_delivered():
    quality = Quality()

    found = measure(quality=quality)

    some = found[["walkway", "tree_m", "crown_m", "facade_m", "obstacle_m", "charge_point_m", "crossing_m", "signs"]]
    expected = pd.DataFrame(
        {
            "walkway": ["aangrenzend", "geen voetpad"],
            "tree_m": [4.0, 30.27],
            "crown_m": [1.5, 27.77],
            "facade_m": [6.0, 6.0],
            "obstacle_m": [3.0, 27.0],
            "charge_point_m": [50.0, 40.0],
            "crossing_m": [9.01, 18.01],
            "signs": ["onbekend", "onbekend"],
        },
        index=pd.Index(["a", "b"], dtype="str", name="locatie_id"),
    )
    pd.testing.assert_frame_equal(some, expected, check_dtype=False)
    assert quality.facts["spots with facade_m"] == 2
    assert quality.facts["spots with walkway_width_m"] == 1
    assert not {"spots with signs", "spots with owner"} & set(quality.facts)


@pytest.mark.parametrize(("surface", "expected"), [("berm", "geen voetpad"), (None, "onbekend")])
def test_where_the_bgt_does_not_say_what_lies_there_it_is_unknown_whether_a_footway_adjoins(surface, expected):
    found = measure(SPOTS.assign(pole_surface=pd.Series(surface, index=SPOTS.index, dtype="str")))

    assert found["walkway"].to_list() == ["aangrenzend", expected]
    assert found["walkway_width_m"].isna().to_list() == [False, True]


EMPTY = {name: value.iloc[:0] for name, value in vars(LAYERS).items() if value is not None and name != "bays"}


@pytest.mark.parametrize("layers", [PublicLayers(bays=BAYS), PublicLayers(bays=BAYS, **EMPTY)], ids=["none", "empty"])
def test_without_layers_nothing_is_known(layers):
    quality = Quality()

    found = measure(layers=layers, quality=quality)

    stated = found[["walkway", "signs", "zones", "works_until_on", "road_manager", "grid_offtake"]]
    assert (stated == "onbekend").all(axis=None)
    truths = ["walkway_beyond", "crown_unknown"]
    assert found.drop(columns=[*stated.columns, *truths]).isna().all(axis=None)
    assert {name for name, number in quality.facts.items() if number} == {f"spots with {name}" for name in truths}


def test_no_spots_have_no_measurements():
    assert measure(Candidates.empty()).empty


def test_the_order_of_all_rows_does_not_matter():
    mixed = PublicLayers(**{name: None if rows is None else shuffled(rows) for name, rows in vars(LAYERS).items()})

    pd.testing.assert_frame_equal(measure(shuffled(SPOTS), mixed), measure())


def test_shifting_in_rd_does_not_matter():
    def shifted(rows):
        if rows is None or not hasattr(rows, "geometry"):
            return rows
        return rows.set_geometry([moved(shape, 4321.0, -987.0) for shape in rows.geometry], crs=rows.crs)

    elsewhere = PublicLayers(**{name: shifted(rows) for name, rows in vars(LAYERS).items()})

    pd.testing.assert_frame_equal(measure(shifted(SPOTS), elsewhere), measure(), atol=0.011)


def test_what_lies_out_of_sight_changes_nothing():
    far = make(Trees, {"oak": {"geometry": point(0, 4), "crown_diameter_m": 5.0}, "far": {"geometry": point(0, 400)}})

    pd.testing.assert_frame_equal(measure(layers=PublicLayers(**vars(LAYERS) | {"trees": far})), measure())


def test_nothing_confidential_is_measured():
    assert not Measurements.is_confidential()
    assert not {"cables", "grid_points"} & set(vars(LAYERS))


def test_values_of_rasters_stand_per_spot_and_raster():
    quality = Quality()
    values = {"hitte": pd.Series({"b": np.nan, "a": np.nan}), "geluid": pd.Series({"b": 55.5, "a": 48.0})}

    found = RasterValues.checked(raster_rows(values, quality))

    assert found.index.tolist() == ["a|geluid", "a|hitte", "b|geluid", "b|hitte"]
    assert found["value"].fillna(-1).tolist() == [48.0, -1, 55.5, -1]
    assert quality.facts == {"spots with a value of geluid": 2, "spots with a value of hitte": 0}
    assert quality.findings == ["Raster hitte has no value at any spot."]


def test_no_rasters_have_no_values():
    assert isinstance(raster_rows({}, Quality()), pd.DataFrame)
    assert RasterValues.checked(raster_rows({}, Quality())).empty
    assert RasterValues.checked(raster_rows({"a": pd.Series(dtype=float)}, Quality())).empty
