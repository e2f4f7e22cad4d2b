"""Of a KLIC delivery nothing gets out but verdicts: no value, no place, no id, in any output, manifest or message.

Shown in two ways. All that a reader may get is searched for the ids, places and lengths that stand in the confidential
frames. And two worlds are made, the second with every cable a third of a metre elsewhere: as long as the verdicts are
the same, whoever holds the outputs cannot tell in which world he lives.
"""

# ruff: noqa: TID252

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import shapely

from . import rich
from .program import Program
from .reading import RunFolder

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

MOVED_M = (0.31, -0.17)
"""How far cables lie elsewhere in the second world (m)."""

CONFIDENTIAL = ("Cables", "GridPoints", "CableRoutes")
"""Frames that never leave the run folder."""


@dataclass(frozen=True)
class World:
    """A run with its outputs, and all that was said while they were made."""

    run: RunFolder
    said: str

    def published(self) -> dict[str, bytes]:
        """Files for readers, by name: all but the frames."""
        files = sorted(path for path in self.run.path.rglob("*") if path.is_file())
        return {
            name: path.read_bytes()
            for path in files
            if not (name := path.relative_to(self.run.path).as_posix()).startswith(("frames/", ".werk/"))
        }

    def text(self) -> dict[str, str]:
        """What can be read in each file and in the messages, packed files unpacked."""
        return {name: readable(name, content) for name, content in self.published().items()} | {"messages": self.said}


def readable(name: str, content: bytes) -> str:
    """Text of a file: of a workbook its parts, of a GeoPackage its cells, geometry written out."""
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(part).decode("utf-8") for part in book.namelist() if part.endswith(".xml"))
    if name.endswith(".gpkg"):
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(content)
            names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            return "\n".join(
                cell(each) for table in names for row in connection.execute(f'select * from "{table}"') for each in row
            )
    return content.decode("utf-8", errors="replace")


def cell(value: Any) -> str:
    """A cell as text; geometry as the coordinates in it."""
    if isinstance(value, bytes) and value[:2] == b"GP":
        start = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[value[3] >> 1 & 7]
        return shapely.to_wkt(shapely.from_wkb(value[start:]), rounding_precision=3)
    return str(value)


def elsewhere(laadplan: Program, town: Path, folder: Path) -> World:
    """The second world: an assessment and a dossier on cables that lie elsewhere."""
    config = rich.boxed(town, folder)
    for path in (folder / "klic").glob("*.zip"):
        move(path)
    out = folder / "uit"
    done = laadplan("assess", config, "--out", out, "--date", rich.DATE, cwd=folder)
    assert done.returncode == 0, done.stderr
    return with_dossier(laadplan, RunFolder(out, config, {}, 0, "", ""), done.stdout + done.stderr)


def with_dossier(laadplan: Program, run: RunFolder, said: str) -> World:
    """A world with the dossier of its first site."""
    site = sorted(run.frame("Candidates")["locatie_id"])[0]
    done = laadplan("dossier", run.config, site, "--out", run.path, "--date", rich.DATE, cwd=run.config.parent)
    assert done.returncode == 0, done.stderr
    return World(run, said + done.stdout + done.stderr)


def move(path: Path) -> None:
    """A delivery with every position so far elsewhere."""
    with zipfile.ZipFile(path) as delivery:
        parts = {name: delivery.read(name) for name in delivery.namelist()}
    with zipfile.ZipFile(path, "w") as delivery:
        for name, content in parts.items():
            changed = re.sub(rb"(<gml:pos(?:List)?[^>]*>)([^<]*)", moved_positions, content)
            delivery.writestr(name, changed if name.endswith(".xml") else content)


def moved_positions(found: re.Match[bytes]) -> bytes:
    """Positions of one element, moved."""
    numbers = [float(text) + MOVED_M[place % 2] for place, text in enumerate(found[2].split())]
    return found[1] + " ".join(f"{number:.3f}" for number in numbers).encode()


@pytest.fixture(scope="module")
def worlds(
    laadplan: Program, every_town: Path, boxed_run: RunFolder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[World, World]:
    """The town as it is, with its plankaart too, and the town with its cables elsewhere."""
    folder = tmp_path_factory.mktemp("klic")
    shutil.copytree(boxed_run.config.parent, folder / "a")
    here = RunFolder(folder / "a" / "uit", folder / "a" / boxed_run.config.name, {}, 0, "", "")
    said = boxed_run.stdout + boxed_run.stderr
    return with_dossier(laadplan, here, said), elsewhere(laadplan, every_town, folder / "b")


@pytest.fixture(scope="module")
def told(worlds: tuple[World, World]) -> dict[str, str]:
    """All that a reader may get, as text."""
    return worlds[0].text()


def test_there_is_something_to_hide(worlds: tuple[World, World]) -> None:
    frames = [world.run.frame("CableRoutes").set_index("locatie_id")["route_m"] for world in worlds]
    assert len(frames[0]) > 10
    assert (frames[0] - frames[1]).abs().max() > 0.05
    assert worlds[0].run.frame("Cables")["confidential"].all()


def test_verdicts_of_confidential_rules_do_get_out(worlds: tuple[World, World], told: dict[str, str]) -> None:
    judged = rich.judged(worlds[0].run, "kabel")
    assert set(judged["verdict"]) <= {"voldoet", "voldoet niet", "onbekend"}
    assert "vertrouwelijk" in told["beoordelingen.csv"]
    assert {"plankaart.gpkg", "plankaart.html", "plankaart.xlsx", "kandidaten.gpkg", "run.json"} <= set(told)
    assert any(name.startswith("dossiers/") for name in told)


def test_no_id_of_a_cable_or_point_gets_out(worlds: tuple[World, World], told: dict[str, str]) -> None:
    run = worlds[0].run
    ids = {*run.frame("Cables")["cable_id"], *run.frame("GridPoints")["point_id"]}
    ids |= {each.split("_", 1)[1] for each in ids if "_" in each}
    assert len(ids) > 50
    assert {name: found for name, text in told.items() if (found := [each for each in ids if each in text])} == {}


def test_no_place_of_a_cable_gets_out(worlds: tuple[World, World], told: dict[str, str]) -> None:
    """Corners of cables and bends of routes that are no corners of anything public, to the centimetre."""
    run = worlds[0].run
    frames = [path.stem for path in sorted((run.path / "frames").glob("*.parquet"))]
    public = {pair for name in frames if name not in CONFIDENTIAL for pair in corners(run, name)}
    secret = {pair for name in CONFIDENTIAL for pair in corners(run, name)} - public
    assert len(secret) > 100
    for name, text in told.items():
        pairs = re.findall(r"(\d{6}[.,]\d{2})\d*[^\d]{1,20}(\d{6}[.,]\d{2})", text)
        seen = {(x.replace(",", "."), y.replace(",", ".")) for x, y in pairs}
        assert secret & seen == set(), name


def corners(run: RunFolder, name: str) -> set[tuple[str, str]]:
    """Corners of a frame's shapes, if it has any, as they would be written to the centimetre."""
    frame = run.frame(name)
    points = shapely.get_coordinates(frame.geometry.to_numpy()) if "geometry" in frame else []
    return {(f"{x:.2f}", f"{y:.2f}") for x, y in points}


def test_who_holds_the_outputs_cannot_tell_the_worlds_apart(worlds: tuple[World, World]) -> None:
    """Every file byte for byte, but for the digests that a dossier keeps of what was read; plan and messages too."""
    judged = [world.run.frame("Assessments").set_index("assessment_id").sort_index() for world in worlds]
    assert (judged[0]["verdict"] == judged[1]["verdict"]).all(), "cables were moved so far that verdicts changed"
    one, other = (world.published() for world in worlds)
    assert {"kandidaten.gpkg", "beoordelingen.csv"} < set(other) < set(one)
    assert [name for name in set(other) - {"run.json"} if unsigned(one[name]) != unsigned(other[name])] == []
    for name in ("Plan", "Sites"):
        left, right = (world.run.frame(name).to_csv(index=False) for world in worlds)
        assert left == right, name
    lines = [set(world.said.replace(world.run.path.parent.as_posix(), "").splitlines()) for world in worlds]
    assert {line for line in lines[1] - lines[0] if not line.startswith(("[", "Wrote"))} == set()


def unsigned(content: bytes) -> bytes:
    """Content without digests, sizes, times and the folder it was made in."""
    plain = re.sub(rb"\b[0-9a-f]{12,64}\b", b"-", content)
    plain = re.sub(rb'"\w*(seconds|bytes|size)": [\d.e-]+', b"-", plain)
    return re.sub(rb"/klic\d*/[ab]/", b"/", plain)


def test_messages_about_confidential_frames_hold_no_ids(
    laadplan: Program, worlds: tuple[World, World], tmp_path: Path
) -> None:
    """A delivery with a cable twice under one id but elsewhere: told without the id."""
    world = worlds[0]
    folder = tmp_path / "kapot"
    folder.mkdir()
    shutil.copytree(world.run.config.parent / "klic", folder / "klic")
    path = sorted((folder / "klic").glob("*.zip"))[0]
    with zipfile.ZipFile(path) as delivery:
        parts = {name: delivery.read(name) for name in delivery.namelist()}
    with zipfile.ZipFile(path, "w") as delivery:
        for name, content in parts.items():
            delivery.writestr(name, content[: len(content) // 2] if name.endswith(".xml") else content)
    shutil.copy(world.run.config, folder / "laadplan.yaml")
    done = laadplan("assess", folder / "laadplan.yaml", "--out", folder / "uit", "--date", rich.DATE, cwd=folder)
    said = done.stdout + done.stderr
    ids = set(world.run.frame("Cables")["cable_id"])
    assert done.returncode == 3, said
    assert not [each for each in ids if each in said]
    assert not re.search(r"\d{6}\.\d", said)
    assert "Traceback" not in said
