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

from .conftest import Program
from .reading import RD, RunFolder, column, fingerprints, load_yaml, source_paths

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]


def test_same_seed_writes_the_same_bytes(make_town: Callable[..., Path], tmp_path: Path) -> None:
    first, second = make_town(tmp_path / "a", 300), make_town(tmp_path / "b", 300)
    assert fingerprints(first.parent) == fingerprints(second.parent)


def test_another_seed_writes_another_town(make_town: Callable[..., Path], tmp_path: Path) -> None:
    first, second = make_town(tmp_path / "a", 300), make_town(tmp_path / "b", 300, seed=2)
    assert fingerprints(first.parent) != fingerprints(second.parent)


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
    for key in ("addresses", "buurten"):
        assert pyogrio.read_info(sources[key])["crs"] == f"EPSG:{RD}"
    locations = json.loads(sources["charge_points"].read_text(encoding="utf-8"))
    first = next(iter(locations.values() if isinstance(locations, dict) else locations))
    cars = pandas.read_csv(sources["car_stock"], sep=None, engine="python")
    assert "evses" in first
    assert "pc4" in cars.columns
    assert column(cars, "cars_per_household")


def test_size_follows_the_inhabitants(demo_config: Path, small_town_config: Path) -> None:
    large, small = (
        len(geopandas.read_file(source_paths(config)["addresses"])) for config in (demo_config, small_town_config)
    )
    assert 300 <= large <= 700
    assert small < large * 0.7


def test_town_has_parallel_and_perpendicular_bays(demo_run: RunFolder) -> None:
    assert {"langs", "haaks"} <= set(demo_run.sites()["parkeerwijze"])


def test_demo_goes_into_other_words_than_otterlo(demo_config: Path, real_data: Path) -> None:
    real = geopandas.read_file(real_data / "ede-otterlo" / "bag" / "dutch_addresses_28992.gpkg")
    invented = geopandas.read_file(source_paths(demo_config)["addresses"])
    streets = set(invented[column(invented, r"^straat", r"openbare_?ruimte", "straat")])
    assert streets & set(real["straatnaam"]) == set()
    assert not set(invented[column(invented, "woonplaats")]) & set(real["woonplaats"])


def test_demo_says_that_it_is_invented(demo_config: Path) -> None:
    told = demo_config.read_text(encoding="utf-8") + (demo_config.parent / "waarheid.json").read_text(encoding="utf-8")
    assert re.search(r"invented|fictie|verzonnen|bedacht", told, re.IGNORECASE)


@pytest.mark.parametrize("options", [("--inhabitants", "-5"), ("--inhabitants", "veel"), ("--seed", "x")])
def test_nonsense_is_a_usage_error(laadplan: Program, tmp_path: Path, options: tuple[str, ...]) -> None:
    done = laadplan("demo", tmp_path / "town", *options)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "town" / "laadplan.yaml").exists()
