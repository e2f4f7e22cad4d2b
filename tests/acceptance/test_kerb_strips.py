"""Strips of our own drawing, of every shape, delivered as a BGT in three forms, become the bays that we drew.

All drawings are in metres; a strip's bays follow from its length along the kerb: langs 5.50, haaks 2.50 (NEN 2443).
"""

# ruff: noqa: TID252

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy
import pytest
import shapely
import shapely.affinity

from .program import Program
from .reading import RunFolder
from .streets import (
    DRIVEWAY,
    FOOTWAY,
    PARKING,
    ROAD,
    Drawing,
    as_geopackage,
    as_gml,
    as_pages,
    config_of,
    lokaal_id,
    run_until,
)

pytestmark = [pytest.mark.xdist_group("kerb-strips"), pytest.mark.slow]

APART_M = 120.0
CENTIMETRE_M2 = 0.05
"""Area that roundings to the millimetre may make of a strip's outline (m2)."""


@dataclass(frozen=True)
class Drawn:
    """What a strip is to become: the way of parking, the number of bays, and the area that no bay needs (m2)."""

    kind: str
    count: int
    unused_m2: float | None = None


def along(strip: shapely.Geometry) -> Drawing:
    """A strip above the carriageway y = 0 to 5, with a footway behind all of it."""
    west, _, east, north = strip.bounds
    drawing = Drawing().road_part("w", ROAD, shapely.box(west - 5, 0, east + 5, 5)).road_part("p", PARKING, strip)
    return drawing.road_part("v", FOOTWAY, shapely.box(west - 5, north, east + 5, north + 2))


def sector(inner: float, outer: float, length: float, radius: float) -> shapely.Polygon:
    """Piece of a ring round (0, 0), so many metres long at a radius, in chords of a tenth of a metre or less."""
    angles = numpy.linspace(0.0, length / radius, 400)
    ring = [(r * math.cos(a), r * math.sin(a)) for r, turn in ((inner, angles), (outer, angles[::-1])) for a in turn]
    return shapely.Polygon(ring)


def curved() -> Drawing:
    """Langs along the outside of a bend: the kerb has a radius of 30 m and is 33 m long."""
    drawing = Drawing().road_part("w", ROAD, sector(25, 30, 36, 30)).road_part("p", PARKING, sector(30, 32, 33, 30))
    return drawing.road_part("v", FOOTWAY, sector(32, 34, 36, 30))


def l_shaped() -> Drawing:
    """Langs round the outside of a corner: two kerbs of 22 m, and a corner of 2 by 2 m that no car can use."""
    road = shapely.box(0, 0, 25, 5) | shapely.box(0, 0, 5, 25)
    strip = shapely.box(-2, -2, 22, 0) | shapely.box(-2, -2, 0, 22)
    path = shapely.box(-4, -4, 25, -2) | shapely.box(-4, -4, -2, 25)
    return Drawing().road_part("w", ROAD, road).road_part("p", PARKING, strip).road_part("v", FOOTWAY, path)


def car_park() -> Drawing:
    """Two rows of twelve with an aisle of 6 m between them, entered over an inrit in the middle of the short side."""
    drawing = (
        Drawing().road_part("w", ROAD, shapely.box(-20, -3, -5, 19)).road_part("p", PARKING, shapely.box(0, 0, 30, 16))
    )
    return drawing.road_part("i", DRIVEWAY, shapely.box(-5, 5, 0, 11)).road_part(
        "v", FOOTWAY, shapely.box(0, 16, 30, 18)
    )


PIT_BEHIND = shapely.box(11, 5.5, 13, 7)
"""A tree pit that leaves half a metre along the kerb."""
PIT_WITHIN = shapely.box(12.8, 6.8, 14.2, 8.2)
SLANT = 5 / math.tan(math.radians(60))
"""How far the end of a strip 5 m deep leans over where its bays stand at 60 degrees (m)."""
SLANTED_KERB = 8 * 2.5 / math.sin(math.radians(60))
"""Kerb that eight bays of 2.50 m at 60 degrees take (m)."""

SCENES: dict[str, tuple[Drawing, Drawn]] = {
    "straight": (along(shapely.box(0, 5, 22, 7)), Drawn("langs", 4, 0.0)),
    "haaks": (along(shapely.box(0, 5, 25, 10)), Drawn("haaks", 10, 0.0)),
    "curved": (curved(), Drawn("langs", 6)),
    "tapered": (along(shapely.Polygon([(0, 5), (22, 5), (22, 7.8), (0, 6.8)])), Drawn("langs", 4)),
    "bevelled": (along(shapely.Polygon([(0, 5), (25, 5), (23.5, 7), (1.5, 7)])), Drawn("langs", 4)),
    "l_shaped": (l_shaped(), Drawn("langs", 8, 4.0)),
    "pit_behind": (along(shapely.box(0, 5, 24, 7) - PIT_BEHIND), Drawn("langs", 4, 1.0)),
    "pit_within": (along(shapely.box(0, 5, 27, 10) - PIT_WITHIN), Drawn("haaks", 10)),
    "schuin": (
        along(shapely.Polygon([(0, 5), (SLANTED_KERB, 5), (SLANTED_KERB + SLANT, 10), (SLANT, 10)])),
        Drawn("schuin", 8),
    ),
    "car_park": (car_park(), Drawn("parkeerterrein", 24)),
    "too_shallow": (along(shapely.box(0, 5, 22, 6.2)), Drawn("onbekend", 0, 26.4)),
    "too_short": (along(shapely.box(0, 5, 3.9, 7)), Drawn("langs", 0, 7.8)),
}


def all_scenes() -> Drawing:
    """All drawings beside each other, the strips named after their scene."""
    town = Drawing()
    for place, (name, (drawing, _)) in enumerate(SCENES.items()):
        named = Drawing(
            [(kind, f"{name}{each}" if each != "p" else name, *more) for kind, each, *more in drawing.things]
        )
        town.joined(named, APART_M * (place % 4), APART_M * (place // 4))
    return town


FORMS = {"geopackage": as_geopackage, "gml": as_gml, "ogc": as_pages}


@pytest.fixture(scope="module")
def delivered(laadplan: Program, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RunFolder]:
    """The drawings in a form, as far as their bays."""

    @cache
    def run(form: str) -> RunFolder:
        folder = tmp_path_factory.mktemp(f"strips-{form}")
        return run_until(laadplan, config_of(folder, {"bgt": FORMS[form](all_scenes(), folder)}), "Bays")

    return run


@pytest.fixture(scope="module")
def cut(delivered: Callable[[str], RunFolder]) -> RunFolder:
    """The drawings, delivered as a GeoPackage, as far as their bays."""
    return delivered("geopackage")


def strip_of(run: RunFolder, name: str) -> Any:
    return run.frame("Strips").set_index("local_id").loc[lokaal_id(name)]


def bays_of(run: RunFolder, name: str) -> Any:
    bays = run.frame("Bays")
    return bays[bays["road_part_id"] == lokaal_id(name)].sort_values(["row_id", "number"])


@pytest.mark.parametrize("name", SCENES)
def test_kind_of_parking_and_number_of_bays_are_as_drawn(cut: RunFolder, name: str) -> None:
    drawn, strip, bays = SCENES[name][1], strip_of(cut, name), bays_of(cut, name)
    assert strip["kind"] == drawn.kind
    assert strip["bay_count"] == len(bays) == drawn.count


@pytest.mark.parametrize("name", SCENES)
def test_areas_of_bays_and_rest_add_up(cut: RunFolder, name: str) -> None:
    drawn, strip, bays = SCENES[name][1], strip_of(cut, name), bays_of(cut, name)
    surface = all_scenes().shape(name)
    assert strip["area_m2"] == pytest.approx(surface.area, abs=CENTIMETRE_M2)
    on_strip = shapely.intersection(shapely.union_all(bays.geometry.to_numpy()), surface).area
    assert strip["unused_m2"] == pytest.approx(surface.area - on_strip, abs=0.02 * drawn.count + CENTIMETRE_M2)
    if drawn.unused_m2 is not None:
        assert strip["unused_m2"] == pytest.approx(drawn.unused_m2, abs=0.2)


@pytest.mark.parametrize("name", [name for name, (_, drawn) in SCENES.items() if drawn.count])
def test_bays_lie_in_the_strip_and_not_on_each_other(cut: RunFolder, name: str) -> None:
    bays, surface = bays_of(cut, name), all_scenes().shape(name)
    together = shapely.union_all(bays.geometry.to_numpy())
    assert len(bays)
    assert bays.area.sum() - together.area < CENTIMETRE_M2
    assert together.difference(surface).area <= 0.1 * bays.area.min()
    assert together.difference(surface.buffer(0.25)).area < 0.1 * len(bays)


@pytest.mark.parametrize("name", [name for name, (_, drawn) in SCENES.items() if drawn.count])
def test_bays_are_numbered_along_the_kerb(cut: RunFolder, name: str) -> None:
    """Numbers of a row start at 1, without a gap, and follow the begin along the kerb."""
    for _, row in bays_of(cut, name).groupby("row_id"):
        assert list(row["number"]) == list(range(1, len(row) + 1))
        assert (row["end_m"] > row["start_m"]).all()
        assert (row["start_m"].to_numpy()[1:] >= row["end_m"].to_numpy()[:-1] - 0.01).all()


@pytest.mark.parametrize("name", [name for name, (_, drawn) in SCENES.items() if drawn.count])
def test_bays_have_a_standard_size(cut: RunFolder, name: str) -> None:
    """No bay is below the least of the config; none is so large that one more would have fitted."""
    bays = bays_of(cut, name)
    least, most = (5.0, 8.25) if (bays["orientation"] == "langs").all() else (2.25, 3.75)
    size = bays["end_m"] - bays["start_m"]
    assert size.min() >= least - 0.01
    assert size.max() <= most


@pytest.mark.parametrize("name", ["too_shallow", "too_short", "l_shaped", "pit_behind", "pit_within"])
def test_what_is_not_cut_has_its_reason(cut: RunFolder, name: str) -> None:
    reason = strip_of(cut, name)["reason"]
    assert isinstance(reason, str)
    assert reason.strip()


def test_tree_pit_parts_the_row_of_bays(cut: RunFolder) -> None:
    """No bay covers the pit, and no pole serves the bays on either side of it."""
    pit = shapely.affinity.translate(PIT_BEHIND, *offset("pit_behind"))
    assert bays_of(cut, "pit_behind").intersection(pit).area.max() < CENTIMETRE_M2


def offset(name: str) -> tuple[float, float]:
    """Where the origin of a scene lies in RD New (m)."""
    own, placed = next(s for _, each, _, s in SCENES[name][0].things if each == "p"), all_scenes().shape(name)
    return placed.bounds[0] - own.bounds[0], placed.bounds[1] - own.bounds[1]


def test_orientation_of_a_bay_is_that_of_its_strip(cut: RunFolder) -> None:
    for name, (_, drawn) in SCENES.items():
        wanted = "haaks" if drawn.kind == "parkeerterrein" else drawn.kind
        assert set(bays_of(cut, name)["orientation"]) <= {wanted}, name


def test_aisle_of_a_car_park_stays_free(cut: RunFolder) -> None:
    """The 6 m between the rows, as drawn."""
    east, north = offset("car_park")
    aisle = shapely.box(east, north + 5.1, east + 30, north + 10.9)
    assert bays_of(cut, "car_park").intersection(aisle).area.max() < 0.1


@pytest.mark.parametrize("form", ["gml", "ogc"])
def test_bays_do_not_hang_on_the_form_of_the_delivery(
    delivered: Callable[[str], RunFolder], cut: RunFolder, form: str
) -> None:
    """The same drawings in another form give the same bays, but for roundings to a centimetre."""
    one, other = (run.frame("Bays").sort_values("bay_id") for run in (cut, delivered(form)))
    assert list(one["bay_id"]) == list(other["bay_id"])
    assert shapely.hausdorff_distance(one.geometry.to_numpy(), other.geometry.to_numpy()).max() < 0.02
    facts = ["local_id", "kind", "bay_count", "reason"]
    strips = [run.frame("Strips")[facts].sort_values("local_id").to_csv(index=False) for run in (cut, delivered(form))]
    assert strips[0] == strips[1]
