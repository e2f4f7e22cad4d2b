"""The picture of a street, on a street drawn by hand: what must be seen is looked for in the picture itself."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image, ImageColor

from laadplan.contracts.frame import Frame
from laadplan.contracts.grid import Cables, GridPoints
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.measured import CableRoutes
from laadplan.contracts.planning import Bays, Candidates
from laadplan.contracts.sources import Addresses, Buildings, ChargePoints, RoadParts, Terrain, Trees
from laadplan.errors import BadInput
from laadplan.publish.closeup import VIEW_REACH_M, closeup_view, draw_closeup
from laadplan.publish.closeup_ground import crowns_m
from laadplan.publish.palette import STREET_GROUND, STREET_MARKS, VERDICT_MARKS
from laadplan.publish.street import Street
from tests.frames import X, Y, box, make, moved, point, shuffled

pytestmark = pytest.mark.slow  # all of them together

SIZE: dict[str, Any] = {"width_mm": 120, "height_mm": 90}
SITES = {"s1": (5.5, 2.5), "s2": (16.5, 2.5), "s3": (27.5, 2.5), "ver": (300.5, 2.5)}


def street() -> Street:
    """A carriageway along the x axis with six bays langs on its north side, a footway and houses beyond."""
    roads = {
        "weg": {"geometry": box(-60, -6, 60, 0)},
        "strook": {"geometry": box(0, 0, 33, 2), "function": "parkeervlak"},
        "stoep": {"geometry": box(-60, 2, 60, 4.5), "function": "voetpad"},
        "brug": {"geometry": box(-10, -12, 10, 12), "function": "voetpad", "level": -1},
    }
    tree = {"stem_diameter_m": 0.4, "stem_max_m": 0.4, "crown_diameter_m": 6.0}
    obstacle = {"level": 0, "status": "bestaand", "maintainer": None}
    obstacles = {
        "mast": {"kind": "mast", "type": "lichtmast", "geometry": point(-10, 3)},
        "kolk": {"kind": "put", "type": "kolk", "geometry": point(-12, -0.3)},
        "hek": {"kind": "scheiding", "type": "hek", "geometry": shapely.LineString([(-20, 6), (-5, 6)])},
        "bank": {"kind": "straatmeubilair", "type": "bank", "geometry": box(-15, 3.5, -13, 4)},
    }
    return Street(
        bays=make(
            Bays,
            {
                f"v{number}": {
                    "geometry": box(5.5 * number - 5.5, 0, 5.5 * number, 2),
                    "number": number,
                    "start_m": 5.5 * number - 5.5,
                    "end_m": 5.5 * number,
                }
                for number in range(1, 7)
            },
        ),
        candidates=make(
            Candidates,
            {
                name: {"geometry": point(*place), "bay_ids": f"v{2 * rank + 1} v{2 * rank + 2}"}
                for rank, (name, place) in enumerate(SITES.items())
            },
        ),
        verdicts=pd.Series({"s1": "voldoet", "s2": "voldoet niet", "s3": "schouw", "ver": "voldoet"}, dtype="str"),
        road_parts=make(RoadParts, roads),
        terrain=make(Terrain, {"gras": {"kind": "begroeid", "cover": "gras", "geometry": box(-60, -40, 60, -6)}}),
        buildings=make(Buildings, {"huis": {"geometry": box(-30, 8, 30, 18)}}),
        obstacles=make(Obstacles, {name: obstacle | row for name, row in obstacles.items()}),
        trees=make(Trees, {"linde": {**tree, "geometry": point(-20, -10)}, "jong": {"geometry": point(-28, -10)}}),
        addresses=make(
            Addresses,
            {f"a{number}": {"geometry": point(6 * number, 12), "house_number": str(number)} for number in range(-4, 5)},
        ),
        charge_points=make(ChargePoints, {"NL*1": {"geometry": point(-25, 2.5)}}),
        widths={"1,45 m": moved(shapely.LineString([(5.5, 3.05), (5.5, 4.5)]))},
    )


def bare() -> Street:
    """Nothing but bays and candidates."""
    whole = street()
    return Street(bays=whole.bays, candidates=whole.candidates, verdicts=whole.verdicts)


def drawn(given: Street, kind: Any = "png", *, site: str | None = "s1", letters: Any = None, **size: Any) -> bytes:
    view = closeup_view(given.candidates, site or "s1")
    return draw_closeup(given, view, site=site, alternatives=letters, kind=kind, **(SIZE | size))


def pixels(picture: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB"))


def count(picture: bytes, colour: str) -> int:
    return int((pixels(picture) == ImageColor.getrgb(colour)).all(axis=-1).sum())


def words(picture: bytes) -> list[str]:
    return [
        "".join(each.itertext()) for each in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.fixture(scope="module")
def png() -> bytes:
    return drawn(street(), letters={"s2": "A", "ver": "B"})


@pytest.fixture(scope="module")
def svg() -> bytes:
    return drawn(street(), "svg", letters={"s2": "A", "ver": "B"})


def test_picture_has_the_size_asked_for_and_tells_nothing_of_its_making(png: bytes, svg: bytes) -> None:
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (944, 708)
        assert set(image.info) <= {"dpi"}
    assert [each for each in (b"matplotlib.org", b"<metadata", b"date", b"creator") if each in svg.lower()] == []


@pytest.mark.parametrize(
    "mark",
    [
        *(mark for name, mark in STREET_GROUND.items() if name in ("groen", "voetpad", "rijbaan", "pand")),
        *(mark for name, mark in VERDICT_MARKS.items() if name),
        *(STREET_MARKS[name] for name in ("deze", "ander", "vak", "laadpalen")),
    ],
    ids=lambda mark: mark.label,
)
def test_what_is_there_is_seen_in_its_colour_and_named(png: bytes, svg: bytes, mark: Any) -> None:
    assert count(png, mark.fill) > 30
    assert mark.label in words(svg)


def test_words_of_the_map_are_there(svg: bytes) -> None:
    assert {"1,45 m", "A", "B", "N", "Dorpsstraat", "-4", "4", "Lichtmast of andere mast", "Boomkroon"} <= set(
        words(svg)
    )


def test_what_is_not_there_is_not_named(svg: bytes) -> None:
    assert not {"Water", "Kast", "Inrit", "Fietspad", "Niet beoordeeld"} & set(words(svg))
    assert set(words(drawn(bare(), "svg"))) & {mark.label for mark in STREET_GROUND.values()} == set()


def test_bays_bear_their_numbers_and_the_far_alternative_its_distance(svg: bytes) -> None:
    told = words(svg)
    assert set("123456") <= set(told)
    assert "295\u00a0m" in told


def test_site_fills_its_bays_where_they_lie(png: bytes) -> None:
    """The middle of bay 1 is at 2.75, 1 m: worked out from the view (56 m wide or more) in pixels."""
    view = closeup_view(street().candidates, "s1")
    image = pixels(png)
    width = image.shape[1]
    x, y = X + 1.2, Y + 1.0
    middle_x, middle_y = view.centroid.x, view.centroid.y
    rows_of_map = np.flatnonzero((image[:, 5] != 255).any(axis=-1)).max() + 1
    per_m = min(width / (view.bounds[2] - view.bounds[0]), rows_of_map / (view.bounds[3] - view.bounds[1]))
    column, row = round(width / 2 + (x - middle_x) * per_m), round(rows_of_map / 2 - (y - middle_y) * per_m)
    assert "#{:02X}{:02X}{:02X}".format(*image[row, column]) == STREET_MARKS["deze"].fill


def test_below_ground_is_not_drawn() -> None:
    whole = street()
    roads = whole.road_parts
    assert roads is not None
    without = replace(whole, road_parts=roads.drop(index="brug"))
    assert drawn(whole) == drawn(without)


def test_without_a_site_nothing_stands_out() -> None:
    assert count(drawn(street(), site=None), STREET_MARKS["deze"].fill) < 5


def test_what_is_not_judged_says_so() -> None:
    unjudged = replace(street(), verdicts=pd.Series(dtype="str"))
    assert VERDICT_MARKS[""].label in words(drawn(unjudged, "svg"))


def test_empty_street_gives_a_picture() -> None:
    given = {"bays": Bays.empty(), "candidates": Candidates.empty(), "verdicts": pd.Series(dtype="str")}
    empty = {"road_parts": RoadParts.empty(), "obstacles": Obstacles.empty(), "trees": Trees.empty()}
    view = moved(box(0, 0, 50, 40))
    picture = draw_closeup(Street(**given, **empty), view, site=None, kind="png", **SIZE)
    assert pixels(picture).shape[:2] == (708, 944)


def test_hostile_words_stay_words() -> None:
    whole = street()
    assert whole.addresses is not None
    hostile = whole.addresses.assign(street="<script>x</script> $a_b$ & ]]>", house_number="$\\frac{1}$")
    picture = drawn(replace(whole, addresses=hostile), "svg")
    assert "<script>x</script> $a_b$ & ]]>" in words(picture)
    assert b"<script" not in picture


def test_unknown_site_or_alternative_is_refused() -> None:
    with pytest.raises(BadInput, match="niemand"):
        drawn(street(), letters={"niemand": "A"})
    with pytest.raises(BadInput, match="niemand"):
        closeup_view(street().candidates, "niemand")


def test_view_lies_around_the_site_and_holds_near_alternatives_only() -> None:
    found = street().candidates
    alone = closeup_view(found, "s1")
    assert alone.bounds == (
        X + 5.5 - VIEW_REACH_M,
        Y + 2.5 - VIEW_REACH_M,
        X + 5.5 + VIEW_REACH_M,
        Y + 2.5 + VIEW_REACH_M,
    )
    wide = closeup_view(found, "s1", also=["s3", "ver"])
    assert wide.contains(found.geometry["s3"])
    assert not wide.contains(found.geometry["ver"])


def test_no_confidential_frame_has_a_way_in() -> None:
    """Every frame of a street is held against the contracts: those that are confidential are not among them."""
    names = {each.name for each in fields(Street)}
    secret = [each for each in (Cables, GridPoints, CableRoutes) if each.is_confidential()]
    assert len(secret) == 3
    assert not names & {"cables", "grid_points", "cable_routes", "routes"}
    assert all(issubclass(each, Frame) for each in secret)


def test_crown_is_measured_or_at_most_what_its_class_says() -> None:
    rows = {
        "gemeten": {"geometry": point(0, 0), "crown_diameter_m": 5.0, "crown_max_m": 9.0},
        "klasse": {"geometry": point(1, 0), "crown_min_m": 4.0, "crown_max_m": 6.0},
        "groter": {"geometry": point(2, 0), "crown_min_m": 10.0},
        "onbekend": {"geometry": point(3, 0)},
    }
    found = crowns_m(make(Trees, rows))
    assert found.dropna().to_dict() == {"gemeten": 5.0, "klasse": 6.0, "groter": 10.0}


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_bytes_are_equal_for_shuffled_rows_and_in_another_process(kind: str, tmp_path: Path, repository: Path) -> None:
    whole = street()
    frames = {each.name: getattr(whole, each.name) for each in fields(whole)}
    mixed = {name: shuffled(value) for name, value in frames.items() if hasattr(value, "geometry")}
    first = drawn(whole, kind, letters={"s2": "A", "s3": "B"})
    assert drawn(replace(whole, **mixed), kind, letters={"s3": "B", "s2": "A"}) == first
    program = (
        "import sys; from pathlib import Path; from tests.publish.test_closeup import drawn, street\n"
        "Path(sys.argv[1]).write_bytes(drawn(street(), sys.argv[2], letters={'s2': 'A', 's3': 'B'}))"
    )
    other = tmp_path / f"it.{kind}"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program, str(other), kind], check=True, cwd=repository, env=environment)
    assert other.read_bytes() == first


def test_house_numbers_do_not_overlap() -> None:
    """Of two addresses half a metre apart one number is written; those of one place stand together."""
    rows = {"a": (0.0, 12.0, "10"), "b": (0.6, 12.0, "12"), "c": (20.0, 12.0, "20"), "d": (20.1, 12.1, "28")}
    crowded = make(
        Addresses, {name: {"geometry": point(x, y), "house_number": no} for name, (x, y, no) in rows.items()}
    )
    told = words(drawn(replace(street(), addresses=crowded), "svg"))
    assert told.count("10") == 1
    assert "12" not in told
    assert "20…28" in told
