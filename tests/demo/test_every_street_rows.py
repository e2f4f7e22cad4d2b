"""The registers of the demo town as rows of bays: just what was planted."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.config.project import BayRules, Surfaces
from laadplan.contracts.planning import Bays, Strips
from laadplan.contracts.quality import Quality
from laadplan.demo.every_street_bays import BAY_FORMS, CAR_PARK, bays
from laadplan.demo.plan import make_plan
from laadplan.demo.sources import write_demo
from laadplan.demo.whole import Whole, make_whole
from laadplan.ingest.bgt import read_road_parts
from laadplan.ingest.parking_bays import read_parking_bays
from laadplan.kerb.bays import cut_strips
from laadplan.kerb.registered import join_bays, registered_bays

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-street")]

RULES, SURFACES = BayRules(), Surfaces()
NEAR_M = 0.05
"""Places come back from degrees to the centimetre."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Whole, Path, gpd.GeoDataFrame]:
    main, every = tmp_path_factory.mktemp("main"), tmp_path_factory.mktemp("every")
    write_demo(main, 1000, 1, processes=1)
    whole = make_whole(make_plan(1000, 1), main)
    for name, form in BAY_FORMS.items():
        (every / name.partition("/")[0]).mkdir(exist_ok=True)
        form(whole, every / name.partition("/")[0])
    return whole, every / "parking_bays", read_road_parts(main / "bgt")


def planted(whole: Whole) -> pd.DataFrame:
    rows = [(*each[:4], each[4]) for each in bays(whole)]
    found = pd.DataFrame(rows, columns=["bay_id", "road_part_id", "orientation", "regime", "shape"]).set_index("bay_id")
    return found.assign(orientation=found["orientation"].replace(CAR_PARK, "haaks"))


def beside(table: pd.DataFrame) -> set[frozenset[str]]:
    """Pairs of bays of one parkeervlak that share a side: an end of langs bays, a long side of haaks bays."""
    pairs = set()
    for _, strip in table.groupby("road_part_id"):
        shapes, ids = strip["shape"].to_numpy(), strip.index.to_numpy()
        least = 1.5 if strip["orientation"].iloc[0] == "langs" else 4.0
        grown = shapely.buffer(shapes, NEAR_M, cap_style="flat", join_style="mitre")
        for n in range(len(shapes)):
            side = shapely.length(shapely.intersection(grown[n], shapely.boundary(shapes[n + 1 :])))
            pairs |= {frozenset((ids[n], ids[n + 1 + other])) for other in np.flatnonzero(side >= least)}
    return pairs


def in_rows(found: gpd.GeoDataFrame) -> set[frozenset[str]]:
    """Pairs that follow each other in a row without a gap."""
    ordered = found.sort_values(["row_id", "number"])
    same = ordered["row_id"].to_numpy()[1:] == ordered["row_id"].to_numpy()[:-1]
    ids = ordered.index.to_numpy()
    return {frozenset(pair) for pair in zip(ids[1:][same], ids[:-1][same], strict=True)}


@pytest.mark.parametrize("name", ["vakken.csv", "parkeervakken.geojson"])
def test_each_register_comes_back_as_it_was_planted(town, name):
    whole, folder, road_parts = town
    model, quality = planted(whole), Quality()

    found = Bays.checked(registered_bays(read_parking_bays(folder / name), road_parts, RULES, SURFACES, quality))

    signed = name.endswith("geojson")
    regime = model["regime"] if signed else model["regime"].where(model["regime"] == "openbaar", "onbekend")
    expected = model.assign(regime=regime)[["road_part_id", "orientation", "regime"]].sort_index().astype("str")
    pd.testing.assert_frame_equal(pd.DataFrame(found[expected.columns]), expected)
    assert in_rows(found) == beside(model)
    assert (quality.dropped, quality.findings) == ({}, [])


def test_the_cut_gives_way_wholly_and_every_strip_counts_its_bays(town):
    whole, folder, road_parts = town
    model = planted(whole)
    found = registered_bays(read_parking_bays(folder / "parkeervakken.geojson"), road_parts, RULES, SURFACES)

    strips, joined = join_bays(*cut_strips(road_parts, RULES, SURFACES), found)

    pd.testing.assert_frame_equal(joined, found)
    assert Strips.checked(strips)["bay_count"].to_dict() == model["road_part_id"].value_counts().to_dict()
    assert strips["reason"].str.contains("uit het register gemeente").all()


def test_strips_of_osm_are_divided_into_the_bays_that_were_planted(town):
    """Of a strip drawn in one piece the regime is not said; its bays lie where they were planted."""
    whole, folder, road_parts = town
    model = planted(whole)

    found = registered_bays(read_parking_bays(folder / "overpass.json"), road_parts, RULES, SURFACES)

    assert len(found) == len(model)
    there = gpd.GeoSeries(model["shape"], crs=28992)
    pairs = gpd.sjoin(gpd.GeoDataFrame(geometry=there.centroid), found[["geometry", "orientation"]], predicate="within")
    assert pairs.index.is_unique
    assert (pairs["orientation"] == model["orientation"].reindex(pairs.index)).all()
    assert pairs["bay_id_right"].is_unique
    assert len(pairs) == len(model)
