"""The steps that make bays, and what they and their neighbours do where the BGT was not, or not wholly, delivered."""

import pandas as pd
import pytest

from laadplan.config.project import Area, BayRules, Surfaces
from laadplan.config.sources import Source, Sources
from laadplan.contracts.planning import Bays, Strips
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buildings, Terrain, Trees
from laadplan.errors import MissingSource
from laadplan.pipeline.job import read_job
from laadplan.pipeline.siting_steps import bays
from laadplan.pipeline.steps import buildings, terrain, trees
from laadplan.store.catalogue import SourceFile
from tests.frames import X, Y, box
from tests.ingest.bgt_forms import municipal
from tests.kerb.drawing import parts
from tests.kerb.registers import langs_row, register

ROADS = parts({"s": box(10, 0, 26.5, 2), "far": box(40, 0, 51, 2)})
REGISTER = register(langs_row(3) | {"road": box(30, -2, 35.5, 0)})
WEST = Area(bbox_rd=(X, Y - 10, X + 32, Y + 10))


def made(road_parts, parking_bays, area=WEST):
    """Strips and bays of the step, checked, and what it noted."""
    quality = Quality()
    strips, found = bays(road_parts, parking_bays, BayRules(), Surfaces(), area, quality)
    return Strips.checked(strips), Bays.checked(found), quality


def test_strips_that_touch_the_area_are_whole_and_other_bays_are_those_that_touch_it():
    strips, found, _ = made(ROADS, REGISTER)

    assert (strips.index.to_list(), found.index.to_list()) == (["s"], ["road", "v1", "v2", "v3"])
    assert strips["reason"].to_list() == ["3 vakken uit het register gemeente"]


def test_without_an_area_all_is_kept():
    strips, found, _ = made(ROADS, REGISTER, Area())

    assert strips.index.to_list() == ["far", "s"]
    assert found["origin"].value_counts().to_dict() == {"gemeente": 4, "BGT": 2}


def test_without_a_register_bays_are_cut_and_without_the_bgt_there_is_the_register():
    _, cut, _ = made(ROADS, None)
    strips, found, quality = made(None, REGISTER)

    assert set(cut["origin"]) == {"BGT"}
    assert (len(strips), found.index.to_list()) == (0, ["road", "v1", "v2", "v3"])
    assert "on which side the pavement is" in quality.findings[0]


def test_the_step_is_idle_only_without_both():
    graph = read_job()
    every = set(Sources.model_fields)

    assert "bays" not in graph.idle(every - {"bgt"})
    assert "bays" not in graph.idle(every - {"parking_bays"})
    assert {"bays", "candidates", "sites"} <= graph.idle(every - {"addresses"})


@pytest.mark.parametrize(
    ("step", "contract", "what"),
    [(terrain, Terrain, "no terrain"), (buildings, Buildings, "no buildings")],
)
def test_what_the_bgt_does_not_hold_is_told_and_holds_nothing_up(tmp_path, step, contract, what):
    path = municipal(tmp_path / "parkeren.gpkg")
    quality = Quality()

    found = step(SourceFile("bgt", Source(path="bgt"), path, {}), Surfaces(), Area(), quality)

    pd.testing.assert_frame_equal(found, contract.empty())
    assert what in quality.findings[0]
    with pytest.raises(MissingSource):
        step(SourceFile("bgt", Source(path="bgt"), tmp_path / "elsewhere", {}), Surfaces(), Area(), quality)


def test_a_bgt_without_trees_is_told_and_holds_nothing_up(tmp_path):
    path = municipal(tmp_path / "parkeren.gpkg")
    quality = Quality()

    found = trees(SourceFile("bgt", Source(path="bgt"), path, {}), None, Area(), quality)

    pd.testing.assert_frame_equal(found, Trees.empty())
    assert "no trees" in quality.findings[0]
