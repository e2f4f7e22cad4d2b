"""The demo town: the same from the same seed, in the sources' formats, and nobody's real street."""

# ruff: noqa: TID252

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import geopandas
import pandas
import pyogrio
import pytest
from lxml import etree

from .program import Program
from .reading import MANIFEST, RD, RunFolder, column, fingerprints, load_yaml, source_paths
from .spoiling import copy_town
from .towns import Town

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]


def test_town_is_complete(demo_config: Path) -> None:
    content = load_yaml(demo_config)
    sources = source_paths(demo_config)
    assert content["schema"] == 1
    assert {"bgt", "addresses", "buurten", "charge_points", "car_stock"} <= sources.keys()
    assert all(path.exists() and path.is_relative_to(demo_config.parent.resolve()) for path in sources.values())
    assert json.loads((demo_config.parent / "waarheid.json").read_text(encoding="utf-8"))


def test_bgt_is_gml_light(demo_config: Path) -> None:
    wegdeel = source_paths(demo_config)["bgt"] / "bgt_wegdeel.gml"
    root = etree.parse(wegdeel).getroot()
    functions = {node.text for node in root.iter("{*}function")}
    assert etree.QName(root).localname == "CityModel"
    assert {etree.QName(member).localname for member in root} == {"cityObjectMember"}
    assert {"parkeervlak", "inrit", "voetpad", "rijbaan lokale weg"} <= functions
    assert "EPSG::28992" in wegdeel.read_text(encoding="utf-8")


def test_other_sources_are_in_their_formats(demo_config: Path) -> None:
    sources = source_paths(demo_config)
    for key, layer in (("addresses", "verblijfsobject"), ("buurten", "buurten")):
        assert pyogrio.read_info(sources[key], layer=layer)["crs"] == f"EPSG:{RD}"
    locations = json.loads(sources["charge_points"].read_text(encoding="utf-8"))
    first = next(iter(locations.values() if isinstance(locations, dict) else locations))
    cars = pandas.read_csv(sources["car_stock"], sep=None, engine="python")
    assert "evses" in first
    assert "pc4" in cars.columns
    assert column(cars, "cars_per_household")


def test_town_has_parallel_and_perpendicular_bays(demo_run: RunFolder) -> None:
    assert {"langs", "haaks"} <= set(demo_run.sites()["parkeerwijze"])


@pytest.mark.real
def test_demo_goes_into_other_words_than_otterlo(demo_config: Path, real_data: Path) -> None:
    real = geopandas.read_file(real_data / "ede-otterlo" / "bag" / "dutch_addresses_28992.gpkg")
    invented = Town(demo_config.parent).addresses
    streets = set(invented[column(invented, r"^straat", r"openbare_?ruimte", "straat")])
    assert streets & set(real["straatnaam"]) == set()
    assert not set(invented[column(invented, "woonplaats")]) & set(real["woonplaats"])


def test_demo_says_that_it_is_invented(demo_config: Path) -> None:
    told = demo_config.read_text(encoding="utf-8") + (demo_config.parent / "waarheid.json").read_text(encoding="utf-8")
    assert re.search(r"invented|fictie|verzonnen|bedacht", told, re.IGNORECASE)


@pytest.mark.parametrize(
    "options",
    [("--inhabitants", "500"), ("--inhabitants", "veel"), ("--seed", "x"), ("--seed", "1.5"), ("--naam", "x")],
)
def test_nonsense_is_a_usage_error(laadplan: Program, tmp_path: Path, options: tuple[str, ...]) -> None:
    done = laadplan("demo", tmp_path / "town", *options)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "town" / "laadplan.yaml").exists()


def test_pipeline_reads_what_was_planted(demo_run: RunFolder, demo_config: Path) -> None:
    """Of all versions, levels and plans in the BGT the run takes the parking strips of the truth, and every address."""
    town = Town(demo_config.parent)
    parts = demo_run.frame("RoadParts")
    ids = column(parts, "lokaal_?id|road_?part_?id|^index$|_id$")
    addresses = demo_run.frame("Addresses")
    assert set(parts.loc[parts["function"] == "parkeervlak", ids]) == {strip.lokaal_id for strip in town.strips}
    assert len(addresses) == len(town.addresses)
    assert set(demo_run.frame("Buildings").geom_type) <= {"Polygon", "MultiPolygon"}


def test_pipeline_finds_most_planted_bays(demo_run: RunFolder, demo_config: Path) -> None:
    """Scoring against the truth is for the benchmarks; here only that truth and pipeline speak of the same bays."""
    planted = sum(strip.count for strip in Town(demo_config.parent).strips)
    assert 0.6 * planted <= len(demo_run.frame("Bays")) <= 1.2 * planted


def test_pipeline_never_reads_the_truth(
    demo_run: RunFolder, demo_config: Path, run_to: Callable[..., RunFolder], tmp_path: Path
) -> None:
    """Without the side file the plan is the same to the byte, and no account of the run names the file."""
    town = copy_town(demo_config, tmp_path / "town")
    (town.folder / "waarheid.json").unlink()
    blind = run_to(town.config, tmp_path / "plan")
    assert fingerprints(blind.path, but=(MANIFEST,)) == fingerprints(demo_run.path, but=(MANIFEST,))
    assert (demo_run.path / "plankaart.gpkg").is_file()
    assert "waarheid" not in json.dumps(demo_run.manifest) + demo_run.stderr + demo_run.stdout


def test_pipeline_believes_no_altered_truth(
    demo_run: RunFolder, demo_config: Path, run_to: Callable[..., RunFolder], tmp_path: Path
) -> None:
    """A side file that lies about bays, driveways and demand changes nothing of what lies before the solver."""
    town = copy_town(demo_config, tmp_path / "town")
    truth = json.loads((town.folder / "waarheid.json").read_text(encoding="utf-8"))
    truth["parkeerstroken"] = truth["parkeerstroken"][:1]
    truth["woningen_met_eigen_oprit"] = []
    truth["vraag_per_buurt"] = {}
    (town.folder / "waarheid.json").write_text(json.dumps(truth), encoding="utf-8")
    misled = run_to(town.config, tmp_path / "plan", "--until", "DemandPoints")
    made = fingerprints(misled.path / "frames")
    before = fingerprints(demo_run.path / "frames")
    assert "DemandPoints.parquet" in made
    assert made == {name: before[name] for name in made}


def test_pipeline_believes_an_altered_source(
    demo_run: RunFolder, demo_config: Path, run_to: Callable[..., RunFolder], tmp_path: Path
) -> None:
    """The test above can fail: what the run does read, the car stock, moves the demand."""
    town = copy_town(demo_config, tmp_path / "town")
    cars = pandas.read_csv(town.folder / "autos_pc4.csv", dtype={"pc4": str})
    cars["beginning_2024"] *= 1.5
    cars.to_csv(town.folder / "autos_pc4.csv", index=False)
    moved = run_to(town.config, tmp_path / "plan", "--until", "DemandPoints")
    changed = fingerprints(moved.path / "frames")["DemandPoints.parquet"]
    assert changed != fingerprints(demo_run.path / "frames")["DemandPoints.parquet"]
