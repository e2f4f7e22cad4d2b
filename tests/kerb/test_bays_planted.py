"""The cut against what was planted in demo towns: number, way of parking and place of every bay."""

import json
from dataclasses import dataclass

import pytest
import shapely

from laadplan.demo.sources import write_demo
from laadplan.ingest.bgt import read_road_parts
from laadplan.kerb.bays import cut_strips
from tests.kerb.drawing import RULES, SURFACES

SAME_M = 0.05
"""A bay is the planted one when no corner is further off than this: half the accuracy of the BGT."""

ORDINARY = {"openbaar"}
"""Regime of bays of ordinary size. A bay for loading or for the disabled is longer or wider than the others in its
strip, which the surface alone does not tell."""


@dataclass(frozen=True)
class Compared:
    """One planted strip: whether all its bays are of ordinary size, were cut as planted, and are as many."""

    local_id: str
    is_ordinary: bool
    is_exact: bool
    is_counted: bool


def compare(folder, inhabitants, seed):
    """All planted strips but car parks, compared with the cut."""
    write_demo(folder, inhabitants, seed, processes=1)
    strips, bays = cut_strips(read_road_parts(folder / "bgt"), RULES, SURFACES)
    found = dict(list(bays.groupby("road_part_id")))
    planted = json.loads((folder / "waarheid.json").read_text(encoding="utf-8"))["parkeerstroken"]
    assert {each["lokaalID"] for each in planted} == set(strips.index)
    assert strips.loc[strips["bay_count"] == 0, "reason"].notna().all()
    return [
        _compared(each, found.get(each["lokaalID"]), strips.at[each["lokaalID"], "kind"])
        for each in planted
        if each["richting"] != "parkeerterrein"
    ]


def _compared(each, cut, kind):
    shapes = [shapely.Polygon(ring) for ring in each["vakken"]]
    is_counted = cut is not None and len(cut) == len(shapes) and kind == each["richting"]
    is_exact = is_counted and all(cut.geometry.hausdorff_distance(shape).min() <= SAME_M for shape in shapes)
    return Compared(each["lokaalID"], set(each["regimes"]) <= ORDINARY, is_exact, is_counted)


def shares(compared):
    """Share of strips cut exactly: of those with ordinary bays only, and of all; and with the right number."""
    ordinary = [each.is_exact for each in compared if each.is_ordinary]
    both = [sum(getattr(each, name) for each in compared) / len(compared) for name in ("is_exact", "is_counted")]
    return sum(ordinary) / len(ordinary), *both


@pytest.mark.slow
def test_the_bays_of_a_town_are_those_that_were_planted(tmp_path):
    ordinary, every, counted = shares(compare(tmp_path, 1000, 1))

    assert (ordinary, every >= 0.95, counted >= 0.97) == (1.0, True, True)


@pytest.mark.slow
@pytest.mark.parametrize(("inhabitants", "seed"), [(1000, 2), (1000, 3)])
def test_the_bays_of_other_towns_are_those_that_were_planted(tmp_path, inhabitants, seed):
    ordinary, every, counted = shares(compare(tmp_path, inhabitants, seed))

    assert (ordinary, every >= 0.95, counted >= 0.97) == (1.0, True, True)
