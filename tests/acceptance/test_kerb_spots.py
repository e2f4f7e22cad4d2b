"""Poles on a street of our own drawing: what they keep clear of, how far from the kerb, and how wide the footway is.

The street runs east: carriageway y = 0 to 5, langs bays of 5.50 by 2 m to y = 7, and from there what each situation
draws (metres). With two bays to a strip there is one spot, its pole at x = 5.50, y = 7.50 where nothing is in the way.
"""

# ruff: noqa: TID252

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from .program import Program
from .reading import RD, RunFolder
from .streets import (
    DRIVEWAY,
    FOOTWAY,
    ORIGIN,
    PARKING,
    ROAD,
    Drawing,
    as_geopackage,
    config_of,
    lokaal_id,
    run_until,
)

pytestmark = [pytest.mark.xdist_group("kerb-spots"), pytest.mark.slow]

APART_M = 150.0
POLE_CLEAR_M = 0.50
"""NKL: kept free round the heart of the pole (m)."""


def street(*things: tuple[str, str, str, shapely.Geometry], bays: int = 2, footway: Any = None) -> Drawing:
    """The street with so many bays; a footway of 3 m from 20 m before to 20 m beyond the bays where none is given."""
    length = 5.5 * bays
    drawing = Drawing().road_part("w", ROAD, shapely.box(-20, 0, length + 20, 5))
    drawing.road_part("p", PARKING, shapely.box(0, 5, length, 7))
    paving = shapely.box(-20, 7, length + 20, 10) if footway is None else footway
    for place, part in enumerate(paving if isinstance(paving, list) else [paving]):
        drawing.road_part(f"v{place}", FOOTWAY, part)
    for thing in things:
        drawing.add(*thing)
    return drawing


BOX = shapely.box
POINT = shapely.Point

WIDTHS: dict[str, tuple[Drawing, float | None]] = {
    # 3.00 less pole: 0.50 to its heart and 0.15 to its far side
    "wide": (street(), 3.00 - 0.65),
    "narrow": (street(footway=BOX(-20, 7, 31, 8.5)), 1.50 - 0.65),
    # a cabinet against the back: y = 9.40 and on
    "cabinet_behind": (street(("kast", "k", "CAI-kast", BOX(5, 9.4, 6, 10))), 9.40 - 7.65),
    # a tree pit, left out of the pavement, parts the way in two; the wider side counts
    "tree_pit": (street(footway=BOX(-20, 7, 31, 10) - BOX(4.5, 8.5, 6.5, 9.1)), 10.0 - 9.1),
    # a building juts out to y = 8.80 right behind the pole
    "facade": (
        street(("pand", "g", "", BOX(3, 8.8, 8, 16)), footway=BOX(-20, 7, 31, 10) - BOX(3, 8.8, 8, 10)),
        8.80 - 7.65,
    ),
    # 8 m further along the pavement is 1 m wide; that is no constriction at the pole
    "pinch_beyond": (street(footway=BOX(-20, 7, 31, 10) - BOX(14, 8, 16, 10)), 3.00 - 0.65),
    # two parts of one pavement, as the BGT cuts them
    "two_parts": (street(footway=[BOX(-20, 7, 31, 8), BOX(-20, 8, 31, 10)]), 3.00 - 0.65),
    # a gully lies flush and is in nobody's way
    "gully": (street(("put", "kolk", "kolk", POINT(5.5, 9.0))), 3.00 - 0.65),
    "verge": (street(("begroeidterreindeel", "b", "groenvoorziening", BOX(-20, 7, 31, 10)), footway=[]), None),
    "hedge": (
        street(("begroeidterreindeel", "b", "groenvoorziening", BOX(-20, 7, 31, 7.3)), footway=BOX(-20, 7.3, 31, 10)),
        10.0 - 7.65,
    ),
}
"""Free width beside the pole, worked out by hand (m); None where no footway adjoins."""

CORRIDORS: dict[str, tuple[Drawing, dict[str, float]]] = {
    # all of it 1.40 m wide, from x = -20 to 31: narrower than 1.50 and 1.80 as far as is looked (25 m each way)
    "uniform": (street(footway=BOX(-20, 7, 31, 8.4)), {"narrow_150_m": 50.0, "narrow_180_m": 50.0}),
    # a stretch of 1.60 m from x = 1 to 9 in a pavement of 3 m: 8 m narrower than 1.80
    "stretch": (street(footway=BOX(-20, 7, 31, 10) - BOX(1, 8.6, 9, 10)), {"narrow_180_m": 8.0}),
    # nothing narrow but the pole itself: 2.35 m is left beside it
    "none": (street(), {"narrow_090_m": 0.0, "narrow_120_m": 0.0, "narrow_150_m": 0.0, "narrow_180_m": 0.0}),
}
"""Length narrower than a width along the walkway, by hand (m)."""

IN_THE_WAY: dict[str, tuple[str, str, shapely.Geometry]] = {
    "gully_at_pole": ("put", "kolk", POINT(5.5, 7.5)),
    "hydrant_at_pole": ("put", "brandkraan / -put", POINT(5.5, 7.6)),
    "cabinet_at_pole": ("kast", "CAI-kast", BOX(5.1, 7.2, 5.9, 7.8)),
    "lamp_post_at_pole": ("paal", "lichtmast", POINT(5.4, 7.5)),
}
"""What stands where the pole would come."""


def scenes() -> dict[str, Drawing]:
    """All situations by name."""
    found = {name: drawing for name, (drawing, _) in {**WIDTHS, **CORRIDORS}.items()}
    found |= {name: street((kind, "x", what, shape)) for name, (kind, what, shape) in IN_THE_WAY.items()}
    inrit = BOX(4, 7, 7, 10)
    found["inrit"] = street(("wegdeel", "i", DRIVEWAY, inrit), footway=[BOX(-20, 7, 4, 10), BOX(7, 7, 31, 10)])
    found["row"] = street(bays=5)
    return found


def town() -> Drawing:
    """The situations on one map, each strip named after its own."""
    drawn = Drawing()
    for place, (name, drawing) in enumerate(scenes().items()):
        named = Drawing(
            [(kind, name if each == "p" else f"{name}-{each}", *rest) for kind, each, *rest in drawing.things]
        )
        drawn.joined(named, APART_M * (place % 5), APART_M * (place // 5))
    return drawn


@pytest.fixture(scope="module")
def bgt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The delivery."""
    return as_geopackage(town(), tmp_path_factory.mktemp("spots"))


@pytest.fixture(scope="module")
def measured(laadplan: Program, bgt: Path) -> RunFolder:
    """The situations, as far as they are measured."""
    return run_until(laadplan, config_of(bgt.parent / "plan", {"bgt": bgt}), "Measurements")


def spot(run: RunFolder, name: str) -> Any:
    """The only spot of a situation with its measurements."""
    spots = run.frame("Candidates").merge(run.frame("Measurements"), on="locatie_id")
    rows = spots[spots["road_part_id"] == lokaal_id(name)]
    assert len(rows) == 1, f"{name} has {len(rows)} spots"
    return rows.iloc[0]


def drawn_at(name: str, pole: shapely.Point) -> tuple[float, float]:
    """Where a pole stands in the drawing of its situation (m)."""
    place = list(scenes()).index(name)
    return pole.x - ORIGIN[0] - APART_M * (place % 5), pole.y - ORIGIN[1] - APART_M * (place // 5)


# --- the pole --------------------------------------------------------------------------------------------------------


def test_pole_stands_between_its_bays_half_a_metre_from_the_kerb(measured: RunFolder) -> None:
    row = spot(measured, "wide")
    assert drawn_at("wide", row.geometry) == pytest.approx((5.5, 7.5), abs=0.011)
    assert row["kerb_m"] == pytest.approx(0.5, abs=0.005)
    assert row["side"] == "noordzijde"
    assert row["pole_surface"] == "voetpad"


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_pole_keeps_clear_of_what_stands_there(measured: RunFolder, name: str) -> None:
    """It moves along the kerb, still within reach of both bays, or says what is in the way."""
    row, thing = spot(measured, name), town().shape(f"{name}-x")
    if isinstance(row["pole_obstacle"], str) and row["pole_obstacle"] not in ("", "vrij"):
        return
    east, north = drawn_at(name, row.geometry)
    assert row.geometry.distance(thing) >= POLE_CLEAR_M - 0.01
    assert abs(east - 5.5) == pytest.approx(row["pole_shift_m"], abs=0.011)
    assert north == pytest.approx(7.5, abs=0.02)
    assert abs(east - 5.5) <= 5.5


def test_pole_does_not_stand_on_an_inrit(measured: RunFolder) -> None:
    row = spot(measured, "inrit")
    assert not town().shape("inrit-i").buffer(0.1).contains(row.geometry)
    assert row["pole_surface"] == "voetpad"


def test_row_of_five_bays_has_four_spots_of_two(measured: RunFolder) -> None:
    spots = measured.frame("Candidates")
    rows = spots[spots["road_part_id"] == lokaal_id("row")]
    assert sorted(tuple(int(each.split("#")[1]) for each in ids.split(" ")) for ids in rows["bay_ids"]) == [
        (1, 2),
        (2, 3),
        (3, 4),
        (4, 5),
    ]


@pytest.mark.parametrize(("bays", "spots"), [(1, 5), (4, 2)])
def test_number_of_bays_per_pole_is_the_policys(
    laadplan: Program, bgt: Path, tmp_path: Path, bays: int, spots: int
) -> None:
    """One, or four for a laadplein; and the distance to the kerb is the policy's too."""
    rules = {"bays_per_pole": bays, "pole_to_kerb_m": 0.6}
    run = run_until(laadplan, config_of(tmp_path, {"bgt": bgt}, spots=rules), "Candidates")
    found = run.frame("Candidates")
    rows = found[found["road_part_id"] == lokaal_id("row")]
    assert len(rows) == spots
    assert set(rows["bay_count"]) == {bays}
    assert rows["kerb_m"].to_numpy() == pytest.approx(0.6, abs=0.005)


# --- widths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WIDTHS)
def test_free_width_is_as_worked_out_by_hand(measured: RunFolder, name: str) -> None:
    row, wanted = spot(measured, name), WIDTHS[name][1]
    if wanted is None:
        assert row["walkway"] == "geen voetpad"
        assert row["walkway_width_m"] != row["walkway_width_m"]
    else:
        assert row["walkway"] == "aangrenzend"
        assert row["walkway_width_m"] == pytest.approx(wanted, abs=0.011)


@pytest.mark.parametrize("name", CORRIDORS)
def test_length_of_narrow_walkway_is_as_worked_out_by_hand(measured: RunFolder, name: str) -> None:
    row = spot(measured, name)
    for column, length in CORRIDORS[name][1].items():
        assert row[column] == pytest.approx(length, abs=0.05), column


def test_lengths_grow_with_the_width_asked(measured: RunFolder) -> None:
    lengths = measured.frame("Measurements")[["narrow_090_m", "narrow_120_m", "narrow_150_m", "narrow_180_m"]].dropna()
    assert len(lengths) > 10
    assert (lengths.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_without_pavements_the_width_is_unknown(laadplan: Program, tmp_path: Path) -> None:
    """Not n.v.t., and never a pass: no footway was delivered at all."""
    bare = street(footway=[])
    config = config_of(tmp_path / "plan", {"bgt": as_geopackage(bare, tmp_path)}, area={"bbox_rd": None})
    run = run_until(laadplan, config, "Assessments")
    assert set(run.frame("Measurements")["walkway"]) == {"onbekend"}
    judged = run.frame("Assessments")
    assert set(judged.loc[judged["criterion_id"] == "vrije_doorgang", "verdict"]) == {"onbekend"}


def test_frames_are_in_rd_new(measured: RunFolder) -> None:
    assert measured.frame("Candidates").crs.to_epsg() == RD
