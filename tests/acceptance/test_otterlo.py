"""Otterlo from the real sources: the numbers to reach, and that the sources stay as they are."""

# ruff: noqa: TID252

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest

from .conftest import source_fingerprints
from .program import Program
from .reading import MANIFEST, RunFolder, column, executed, fingerprints, is_empty, source_paths
from .spoiling import shuffle_sources

pytestmark = [pytest.mark.xdist_group("otterlo"), pytest.mark.real, pytest.mark.slow]

BOX = (180_000, 456_000, 182_000, 458_000)


def test_road_parts(otterlo_run: RunFolder) -> None:
    roads = otterlo_run.frame("RoadParts")
    parking = roads[roads["function"] == "parkeervlak"]
    assert len(roads) == 1252
    assert len(parking) == 54
    assert parking.area.sum() == pytest.approx(8846, rel=1e-3)
    assert (roads["function"] == "inrit").sum() == 346


def test_buildings(otterlo_run: RunFolder) -> None:
    buildings = otterlo_run.frame("Buildings")
    assert len(buildings) == 1711
    assert set(buildings.geom_type) <= {"Polygon", "MultiPolygon"}
    assert buildings.area.sum() == pytest.approx(191_521, rel=1e-3)


def test_trees(otterlo_run: RunFolder) -> None:
    trees = otterlo_run.frame("Trees")
    assert len(trees) == 2088
    assert set(trees.geom_type) == {"Point"}


def test_vegetated_terrain(otterlo_run: RunFolder) -> None:
    terrain = otterlo_run.frame("Terrain")
    table = terrain.drop(columns="geometry").astype(str)
    counts = [
        count
        for name in table
        for value, count in table[name].value_counts().items()
        if re.search("begroeid", value, re.IGNORECASE) and not re.search("onbegroeid|niet", value, re.IGNORECASE)
    ]
    booleans = [int(terrain[name].sum()) for name in terrain if terrain[name].dtype == bool]
    assert len(terrain) == 638 or 638 in counts or 638 in booleans


def test_polygons_of_the_bgt_are_valid(otterlo_run: RunFolder) -> None:
    for name in ("RoadParts", "Buildings", "Terrain"):
        assert otterlo_run.frame(name).geometry.is_valid.all(), name


def test_eight_charging_locations_in_the_box(otterlo_run: RunFolder) -> None:
    layer = otterlo_run.layer("laadpalen")
    assert layer["in_gebied"].sum() == 8
    assert len(otterlo_run.frame("ChargePoints").cx[BOX[0] : BOX[2], BOX[1] : BOX[3]]) == 8


def test_removed_charge_points_are_no_supply(otterlo_run: RunFolder) -> None:
    """The source lists 19 EVSE in the box, of which one is REMOVED."""
    poles = otterlo_run.layer("laadpalen")
    poles = poles[poles["in_gebied"]]
    assert poles[column(poles, r"evse", r"laadpunten")].sum() == 18


def test_nummeraanduiding_is_empty_where_the_source_has_inspire_ids(otterlo_run: RunFolder) -> None:
    assert is_empty(otterlo_run.sites()["bag_nummeraanduiding_id"]).all()


def test_grid_operator_is_empty_without_a_source(otterlo_run: RunFolder) -> None:
    if {"grid_areas", "grid"} & source_paths(otterlo_run.config).keys():
        pytest.skip("the config names a source of grid areas")
    assert is_empty(otterlo_run.sites()["netbeheerder"]).all()


def test_sites_lie_in_the_box(otterlo_run: RunFolder) -> None:
    sites = otterlo_run.sites()
    assert sites["x_rd"].between(BOX[0], BOX[2]).all()
    assert sites["y_rd"].between(BOX[1], BOX[3]).all()


def test_a_buurt_cut_by_the_box_gets_part_of_its_figures(otterlo_run: RunFolder) -> None:
    buurten = otterlo_run.layer("buurten").set_index("buurtcode")
    share = buurten[column(buurten, r"aandeel|share")]
    assert share["BU02289001"] == pytest.approx(795 / 834, abs=0.03)
    assert 0.5 < share["BU02289031"] < 0.85


def test_demand_per_address_is_alike_over_the_buurten(otterlo_run: RunFolder) -> None:
    """Westeneng: 355 households; the address file holds 3 of its addresses, the box 2. Those are not 237 households."""
    addresses = geopandas.read_file(source_paths(otterlo_run.config)["addresses"]).cx[BOX[0] : BOX[2], BOX[1] : BOX[3]]
    buurten = otterlo_run.layer("buurten")
    held = addresses.sjoin(buurten[["buurtcode", "geometry"]])["buurtcode"].value_counts()
    demand = buurten.set_index("buurtcode")[column(buurten, r"vraag.*kwh", r"vraag")]
    per_address = (demand / held).dropna()
    assert len(per_address) >= 3
    assert per_address.max() < 10 * per_address.median()


def test_sources_are_untouched(otterlo_run: RunFolder, otterlo_sources_before: dict[str, str], real_data: Path) -> None:
    assert otterlo_run.manifest
    assert source_fingerprints(real_data) == otterlo_sources_before


def test_cold_run_takes_less_than_a_minute(otterlo_run: RunFolder) -> None:
    assert otterlo_run.seconds < 60


@pytest.fixture(scope="session")
def otterlo_again(
    otterlo_run: RunFolder, run_to: Callable[..., RunFolder]
) -> tuple[dict[str, str], dict[str, str], RunFolder]:
    """Digests before and after a second run with nothing changed, and that run."""
    before = fingerprints(otterlo_run.path, but=(MANIFEST,))
    again = run_to(otterlo_run.config, otterlo_run.path)
    return before, fingerprints(otterlo_run.path, but=(MANIFEST,)), again


def test_second_run_leaves_the_same_bytes_and_executes_nothing(
    otterlo_again: tuple[dict[str, str], dict[str, str], RunFolder],
) -> None:
    before, after, again = otterlo_again
    assert after == before
    assert executed(again.manifest) == set()


def test_second_run_takes_less_than_five_seconds(
    otterlo_again: tuple[dict[str, str], dict[str, str], RunFolder],
) -> None:
    assert otterlo_again[2].seconds < 5


def test_check_reports_rows_read_kept_and_reference_dates(
    laadplan: Program, otterlo_config: Path, real_data: Path, tmp_path: Path
) -> None:
    assert real_data.is_dir()
    done = laadplan("check", otterlo_config, "--json", cwd=tmp_path)
    report = json.dumps(json.loads(done.stdout))
    numbers = {int(text) for text in re.findall(r"(?<![\w.])\d+(?![\w.])", report)}
    assert done.returncode in (0, 1)
    assert {2444, 1252, 2273, 1711, 2088, 638} <= numbers
    assert re.search(r"20\d\d-\d\d-\d\d", report)
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_shuffled_sources_choose_the_same_sites(
    otterlo_run: RunFolder, real_data: Path, run_to: Callable[..., RunFolder], tmp_path: Path
) -> None:
    shuffled = tmp_path / "shuffled"
    for source in source_paths(otterlo_run.config).values():
        goal = shuffled / source.relative_to(real_data.resolve())
        for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if file.is_file():
                copy = goal / file.relative_to(source) if source.is_dir() else goal
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
    env = {"LAADPLAN_REAL_DATA": str(shuffled)}
    shuffle_sources(source_paths(otterlo_run.config, env))
    again = run_to(otterlo_run.config, tmp_path / "plan", env=env)
    assert again.chosen() == otterlo_run.chosen()
    assert set(again.sites()["locatie_id"]) == set(otterlo_run.sites()["locatie_id"])


def test_config_without_its_variable_says_which(laadplan: Program, otterlo_config: Path, tmp_path: Path) -> None:
    done = laadplan("run", otterlo_config, "--out", tmp_path / "plan", env={"LAADPLAN_REAL_DATA": None})
    assert done.returncode == 2
    assert "LAADPLAN_REAL_DATA" in done.stderr
    assert "Traceback" not in done.stderr


def test_config_with_a_wrong_folder_says_which_file(laadplan: Program, otterlo_config: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    done = laadplan("run", otterlo_config, "--out", tmp_path / "plan", env={"LAADPLAN_REAL_DATA": str(elsewhere)})
    assert done.returncode == 3
    assert str(elsewhere) in done.stderr
    assert "Traceback" not in done.stderr
