"""Two hundred spoiled deliveries per format end in a frame or in a LaadplanError; ``make fuzz`` reads ten thousand."""

from pathlib import Path

import pytest

from laadplan.errors import BadInput
from tests.fuzz import harness
from tests.fuzz.format import Format
from tests.fuzz.formats import FORMATS
from tests.fuzz.harness import MOST_SEED_BYTES, fuzz

EACH = 200


@pytest.mark.slow
@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_spoiled_delivery_ends_in_a_frame_or_is_refused(each):
    summary = fuzz(each, range(EACH))

    assert summary.failures == []
    assert summary.endings.total() == EACH
    assert summary.endings["refused"] > 0


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_seed_is_small_and_can_be_read(each, tmp_path):
    path = each.make_seed(tmp_path)

    assert each.read(path) is not None
    assert all(file.stat().st_size <= MOST_SEED_BYTES for file in tmp_path.rglob("*") if file.is_file())


def _seed(folder: Path) -> Path:
    (folder / "a.txt").write_text("1,2,3")
    return folder / "a.txt"


def _raises(_path: Path) -> object:
    raise KeyError("a")


def _refuses(_path: Path) -> object:
    raise BadInput("no")


def _writes(path: Path) -> object:
    return path.with_name("b.txt").write_text("x")


def _writes_unseen_by_python(path: Path) -> object:
    import geopandas as gpd
    import pyogrio
    import shapely

    pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=28992), path.with_name("b.gpkg"))
    return 1


def _dies(_path: Path) -> object:
    import os

    os.abort()


def _hangs(_path: Path) -> object:
    import time

    time.sleep(60)
    return 1


@pytest.mark.parametrize(
    ("read", "ending"),
    [
        (_raises, "error"),
        (_refuses, "refused"),
        (lambda path: path, "frame"),
        (_writes, "wrote"),
        (_writes_unseen_by_python, "wrote"),
        (_dies, "crash"),
        (_hangs, "hang"),
    ],
)
def test_every_ending_is_seen(read, ending, monkeypatch):
    if read is _hangs:  # a busy machine may take half a second over the others
        monkeypatch.setattr(harness, "MOST_SECONDS", 0.1)

    summary = fuzz(Format("try", _seed, read), range(3))

    assert summary.endings == {ending: 3}
    assert len(summary.failures) == (0 if ending in ("frame", "refused") else 3)
