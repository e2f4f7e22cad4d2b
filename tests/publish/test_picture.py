from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from laadplan.publish.palette import MARKS
from laadplan.publish.picture import write_picture
from laadplan.publish.picture_side import LIST_PITCH
from tests.publish.conftest import make_empty_frames, make_frames, make_words

pytestmark = pytest.mark.slow

TAKEN = ("sites", "charge_points", "white_spots", "road_parts", "terrain", "buildings", "addresses")


def written(target: Path, frames: dict[str, Any]) -> Path:
    write_picture(target, **{name: frames[name] for name in TAKEN}, **make_words())
    return target


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The picture of the street."""
    return written(tmp_path_factory.mktemp("beeld") / "plankaart.png", make_frames())


def colours(path: Path) -> set[tuple[int, ...]]:
    with Image.open(path) as image:
        return {colour for _, colour in image.convert("RGB").getcolors(maxcolors=2_000_000) or []}


def rgb(text: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(text.removeprefix("#")))


def test_picture_has_its_size_and_tells_nothing_of_its_making(picture: Path) -> None:
    with Image.open(picture) as image:
        assert (image.format, image.size, image.info) == ("PNG", (1600, 1200), {})
    assert picture.stat().st_size < 900_000


def test_picture_shows_sites_reserves_and_poles_in_their_colours(picture: Path) -> None:
    seen = colours(picture)
    assert {rgb(MARKS[name].fill) for name in ("voorkeurslocaties", "reservelocaties", "laadpalen")} <= seen


def test_map_is_not_the_same_without_the_sites(picture: Path, tmp_path: Path) -> None:
    frames = make_frames()
    frames["sites"] = frames["sites"].assign(status=["reservelocatie"] * 3)
    with Image.open(picture) as first, Image.open(written(tmp_path / "p.png", frames)) as second:
        differs = np.asarray(first).astype(int) != np.asarray(second).astype(int)
    assert differs[:, :1100].any()


def test_empty_plan_gives_a_picture(tmp_path: Path) -> None:
    with Image.open(written(tmp_path / "leeg.png", make_empty_frames())) as image:
        assert image.size == (1600, 1200)


def test_long_list_is_cut_and_near_signs_do_not_fail(tmp_path: Path) -> None:
    frames = make_frames()
    first = frames["sites"].iloc[:1]
    many = pd.concat([first] * (int(1 / LIST_PITCH) + 10))
    many.index = [f"weg.a@{place:04d}" for place in range(len(many))]
    frames["sites"] = many
    assert written(tmp_path / "veel.png", frames).stat().st_size < 900_000


def test_bytes_are_equal_in_two_processes_and_for_shuffled_rows(
    picture: Path, tmp_path: Path, repository: Path
) -> None:
    program = """
import sys; from pathlib import Path; from laadplan.publish.picture import write_picture
from tests.publish.conftest import make_frames, make_words; from tests.publish.test_picture import TAKEN
frames = {name: frame.sample(frac=1, random_state=5) for name, frame in make_frames().items() if name in TAKEN}
write_picture(Path(sys.argv[1]), **frames, **make_words())
"""
    other = tmp_path / "nog-eens.png"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program, str(other)], check=True, cwd=repository, env=environment)
    assert other.read_bytes() == picture.read_bytes()
