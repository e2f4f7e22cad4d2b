"""Bad input: one plain message with what, where and what to do, the right exit code, and earlier results untouched."""

# ruff: noqa: TID252

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import spoiling
from .conftest import DATE
from .program import Program
from .reading import RunFolder, edited, fingerprints, pole_count_trail, tree_norm_trail
from .spoiling import Town

pytestmark = pytest.mark.slow

CONFIG, INPUT, NO_PLAN = 2, 3, 4
ADVICE = (
    r"\b(?:add|allow|ask|change|check|choose|convert|correct|delete|deliver|download|draw|expected?|export|extend|fetch|fill|fix|"
    r"get|give|keep|lower|make|must|name|needs?|put|raise|re-?project|relax|remove|rename|repair|replace|request|run|save|see|set|should|state|try|use|write)\b"
)


@dataclass(frozen=True)
class Case:
    """What is spoiled, the exit codes that fit, and what the message must name."""

    spoil: Callable[[Town], None]
    codes: tuple[int, ...]
    names: tuple[str, ...]


def gpkg(key: str, change: Callable[..., object]) -> Callable[[Town], None]:
    return lambda town: spoiling.rewrite_geopackage(town.source(key), change)  # type: ignore[arg-type]


def gml(name: str, change: Callable[..., None]) -> Callable[[Town], None]:
    return lambda town: spoiling.rewrite_gml(town.gml(name), change)


def add_key(*trail: str) -> Callable[[Town], None]:
    def spoil(town: Town) -> None:
        content = town.content()
        part = content
        for key in trail[:-1]:
            part = part[key]
        part[trail[-1]] = "iets"
        town.configure(content)

    return spoil


def tree_norm(value: float) -> Callable[[Town], None]:
    return lambda town: town.configure(edited(town.config, tree_norm_trail, value, siblings={"wens": "eis"}))


def no_poles(town: Town) -> None:
    town.configure(edited(town.config, pole_count_trail, 0))


def newer_schema(town: Town) -> None:
    town.configure({**town.content(), "schema": 99})


def broken_yaml(town: Town) -> None:
    town.config.write_text("schema: 1\nsources: [unfinished\n\tname: x", encoding="utf-8")


def without_column(key: str, name: str) -> Callable[[Town], None]:
    def spoil(town: Town) -> None:
        path = town.source(key)
        path.write_text(path.read_text(encoding="utf-8").replace(name, "iets_anders", 1), encoding="utf-8")

    return spoil


CASES = {
    "missing addresses": Case(lambda town: town.source("addresses").unlink(), (INPUT,), ("@addresses",)),
    "missing charge points": Case(lambda town: town.source("charge_points").unlink(), (INPUT,), ("@charge_points",)),
    "missing BGT folder": Case(lambda town: shutil.rmtree(town.source("bgt")), (INPUT,), ("@bgt",)),
    "missing BGT type": Case(lambda town: town.gml("wegdeel").unlink(), (INPUT,), ("bgt_wegdeel",)),
    "missing layer": Case(
        lambda town: spoiling.only_a_table(town.source("addresses")), (INPUT,), ("@addresses", "layer")
    ),
    "wrong CRS": Case(gpkg("addresses", spoiling.to_wgs84), (INPUT,), ("@addresses", "28992")),
    "wrong CRS of buurten": Case(gpkg("buurten", spoiling.to_wgs84), (INPUT,), ("@buurten", "28992")),
    "absent CRS": Case(gpkg("addresses", spoiling.without_crs), (INPUT,), ("@addresses", "28992")),
    "wrong CRS in GML": Case(
        lambda town: spoiling.srs_replaced(town.gml("wegdeel"), "EPSG::4258"), (INPUT,), ("bgt_wegdeel", "28992")
    ),
    "degrees labelled RD": Case(gpkg("addresses", spoiling.degrees_labelled_rd), (INPUT,), ("@addresses",)),
    "degrees labelled RD in buurten": Case(gpkg("buurten", spoiling.degrees_labelled_rd), (INPUT,), ("@buurten",)),
    "truncated GML": Case(lambda town: spoiling.cut_off(town.gml("wegdeel")), (INPUT,), ("bgt_wegdeel.gml",)),
    "truncated GeoPackage": Case(lambda town: spoiling.cut_off(town.source("addresses")), (INPUT,), ("@addresses",)),
    "truncated OCPI": Case(lambda town: spoiling.cut_off(town.source("charge_points")), (INPUT,), ("@charge_points",)),
    "empty layer": Case(gpkg("addresses", spoiling.without_rows), (INPUT,), ("@addresses",)),
    "empty layer of buurten": Case(gpkg("buurten", spoiling.without_rows), (INPUT,), ("@buurten",)),
    "no road parts": Case(gml("wegdeel", spoiling.without_members), (INPUT, NO_PLAN), ()),
    "duplicate addresses": Case(gpkg("addresses", spoiling.first_row_twice), (INPUT,), ("@addresses",)),
    "duplicate road parts": Case(gml("wegdeel", spoiling.member_twice), (INPUT,), ("bgt_wegdeel",)),
    "self-crossing buurt": Case(gpkg("buurten", spoiling.first_polygon_crossing_itself), (INPUT,), ("@buurten", "BU")),
    "self-crossing road part": Case(gml("wegdeel", spoiling.member_crossing_itself), (INPUT,), ("bgt_wegdeel",)),
    "car stock without its column": Case(
        without_column("car_stock", "cars_per_household"), (INPUT,), ("@car_stock", "cars_per_household")
    ),
    "unknown key": Case(add_key("parkeerpalen"), (CONFIG,), ("parkeerpalen", "laadplan.yaml")),
    "unknown source": Case(add_key("sources", "wolkenkaart"), (CONFIG,), ("wolkenkaart", "laadplan.yaml")),
    "negative distance": Case(tree_norm(-5.0), (CONFIG,), ("-5", "laadplan.yaml")),
    "budget of zero": Case(no_poles, (CONFIG, NO_PLAN), ("0",)),
    "newer schema": Case(newer_schema, (CONFIG,), ("schema", "99")),
    "not YAML": Case(broken_yaml, (CONFIG,), ("laadplan.yaml",)),
    "no parking": Case(gml("wegdeel", spoiling.without_parking), (NO_PLAN,), ()),
    "no candidate left": Case(tree_norm(500.0), (NO_PLAN,), ()),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gives_one_plain_message(
    name: str, laadplan: Program, small_town_run: RunFolder, tmp_path: Path
) -> None:
    case = CASES[name]
    town = spoiling.copy_town(small_town_run.config, tmp_path / "town")
    words = [town.source(word[1:]).name if word.startswith("@") else word for word in case.names]
    case.spoil(town)
    out = tmp_path / "plan"
    shutil.copytree(small_town_run.path, out)
    before, sources = fingerprints(out), fingerprints(town.folder)

    done = laadplan("run", town.config, "--out", out, "--date", DATE, "--quiet", cwd=tmp_path)

    squeezed = re.sub(r"\s+", "", done.stderr).lower()
    assert done.returncode in case.codes, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "warning" not in done.stderr.lower()
    assert done.stdout == ""
    assert 0 < len([line for line in done.stderr.splitlines() if line.strip()]) <= 8
    assert [word for word in words if re.sub(r"\s+", "", word).lower() not in squeezed] == [], done.stderr
    assert re.search(ADVICE, done.stderr, re.IGNORECASE), done.stderr
    assert fingerprints(out) == before
    assert fingerprints(town.folder) == sources


def test_missing_config_is_named(laadplan: Program, tmp_path: Path) -> None:
    done = laadplan("run", tmp_path / "nergens.yaml", "--out", tmp_path / "plan")
    assert done.returncode == CONFIG
    assert "nergens.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "plan").exists()


def test_duplicate_ids_are_named(laadplan: Program, small_town_config: Path, tmp_path: Path) -> None:
    from lxml import etree

    town = spoiling.copy_town(small_town_config, tmp_path / "town")
    spoiling.rewrite_gml(town.gml("wegdeel"), spoiling.member_twice)
    twice = spoiling.text_of(etree.parse(town.gml("wegdeel")).getroot()[-1], "lokaalID")
    done = laadplan("run", town.config, "--out", tmp_path / "plan", "--date", DATE)
    assert twice
    assert twice in done.stderr


def test_empty_file_of_a_type_that_towns_may_lack_is_no_error(
    laadplan: Program, small_town_config: Path, tmp_path: Path
) -> None:
    """Thirteen of the thirty-five BGT files of Otterlo hold nothing."""
    town = spoiling.copy_town(small_town_config, tmp_path / "town")
    spoiling.rewrite_gml(town.gml("begroeidterreindeel"), spoiling.without_members)
    done = laadplan("run", town.config, "--until", "Terrain", "--out", tmp_path / "plan", "--date", DATE)
    assert done.returncode == 0, done.stderr
