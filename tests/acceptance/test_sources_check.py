"""`laadplan check` and `laadplan fetch` over many sources: date, licence, sha256, and what was dropped by rule."""

# ruff: noqa: TID252

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import DATE
from .delivered import project
from .program import Program
from .reading import ROOT, fingerprints, load_yaml, write_yaml

pytestmark = [pytest.mark.xdist_group("sources-forms"), pytest.mark.slow]

REAL = ("wessem", "zeeheldenbuurt")
"""Otterlo is checked in `test_otterlo`."""


@pytest.fixture(scope="module")
def told(laadplan: Program, real_data: Path) -> dict[str, Any]:
    """Report per real config."""
    found = {}
    for name in REAL:
        done = laadplan("check", ROOT / "configs" / f"{name}.yaml", "--json", "--date", DATE)
        assert done.returncode in (0, 1), done.stderr
        assert "Traceback" not in done.stderr
        found[name] = json.loads(done.stdout)
    return found


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_each_source_has_a_date_a_licence_and_the_digest_of_its_files(
    told: dict[str, Any], real_data: Path, name: str
) -> None:
    stated = {}
    for key, value in load_yaml(ROOT / "configs" / f"{name}.yaml")["sources"].items():
        if value and "path" in value:
            stated[key] = value
        elif value:
            stated |= {f"{key}.{each}": source for each, source in value.items()}
    assert set(told[name]["sources"]) == set(stated)
    for key, source in told[name]["sources"].items():
        path = Path(str(stated[key]["path"]).replace("${LAADPLAN_REAL_DATA}", str(real_data)))
        files = [path] if path.is_file() else [each for each in sorted(path.rglob("*")) if each.is_file()]
        digests = {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        assert "reference_on" in source
        assert source["licence"]
        assert {each["sha256"] for each in source["files"]} == digests, key


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_what_was_read_is_kept_or_counted_by_rule(told: dict[str, Any], name: str) -> None:
    """For sources whose rows are what their frames hold."""
    one_to_one = {
        "road_parts",
        "buildings",
        "trees",
        "terrain",
        "obstacles",
        "addresses",
        "parking_bays",
        "zones",
        "cables",
        "charge_points",
        "postcodes",
        "buurten",
    }
    for frame, quality in told[name]["quality"].items():
        if frame in one_to_one and quality["kept"] is not None:
            assert quality["kept"] + sum(quality["dropped"].values()) == quality["read"], frame
        assert all(rule and number > 0 for rule, number in quality["dropped"].items()), frame


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_every_source_given_is_in_the_quality_report(told: dict[str, Any], name: str) -> None:
    """A source that no step reads would pass unseen."""
    frames = {"bgt": "road_parts", "car_stock": "vehicles"}
    for key in told[name]["sources"]:
        plain = key.partition(".")[0]
        assert frames.get(plain, plain) in told[name]["quality"], key


@pytest.mark.real
def test_nothing_of_klic_in_the_report_of_wessem(told: dict[str, Any]) -> None:
    text = json.dumps(told["wessem"])
    assert not re.search(r"nl\.imkl|KL\d{4}|GM\d{4}\.\d", text)
    assert "calamiteitenmelding" in text


def every_source(town: Path) -> dict[str, Any]:
    """Each source of the config that the demo town can deliver, by its own form."""
    forms = town / "vormen"
    return {
        "addresses": forms / "bag/wfs",
        "buurten": forms / "cbs/wijkenbuurten_2024.json",
        "charge_points": forms / "charge_points/charging_point_locations_ocpi.json.gz",
        "trees": forms / "trees/bomen.geojson",
        "squares": forms / "cbs/cbs_vk100_2024_v1.gpkg",
        "postcodes": forms / "cbs/cbs_pc4_2024_v1.csv",
        "registrations": forms / "registrations/telling.csv",
        "municipal_cars": forms / "municipal_cars/odata.json",
        "signs": forms / "signs/borden_v4.geojson",
        "decrees": forms / "decrees/json",
        "sessions": forms / "sessions/cdrs",
        "occupancy": forms / "occupancy/snapshots",
        "requests": forms / "requests/lijst.csv",
        "planned_homes": forms / "planned_homes/vlakken.gpkg",
        "jobs": forms / "jobs/banen.csv",
        "road_managers": forms / "road_managers/nwb.gpkg",
        "walking": forms / "walking/lopen.osm.pbf",
        "parking_bays": {"gemeente": forms / "parking_bays/vakken.csv"},
        "cables": {"klic": forms / "klic", "liander": forms / "liander/LS-kabel.json"},
        "grid_capacity": {"kaart": forms / "netcapaciteit-im/im_capaciteitskaart.json"},
        "rasters": {"hoogte": forms / "rasters/hoogte.tif"},
        "zones": {
            "bodem": {
                "path": str(forms / "zones/bodem.geojson"),
                "kind": "bodem",
                "label": "Bodem",
                "reference_on": 2024,
                "licence": "CC0",
            }
        },
        "forecast": {
            "path": str(forms / "forecast/lang.csv"),
            "unit": "EVSE",
            "label": "Prognose",
            "reference_on": 2024,
            "licence": "CC0",
        },
    }


def test_every_source_of_the_config_is_read_in_one_check(laadplan: Program, every_town: Path, tmp_path: Path) -> None:
    before = fingerprints(every_town)
    sources = every_source(every_town)
    config = project(tmp_path, sources, municipality_code="GM9901", margin_m=100)
    done = laadplan("check", config, "--json", "--date", DATE)
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    given = {key for key, value in sources.items() if not isinstance(value, dict) or "path" in value}
    given |= {
        f"{key}.{each}"
        for key, value in sources.items()
        if isinstance(value, dict) and "path" not in value
        for each in value
    }
    assert set(report["sources"]) == given
    for key, source in report["sources"].items():
        assert source["licence"] == "CC0", key
        assert str(source["reference_on"]).startswith("2024"), key
        assert source["files"], key
        assert all(re.fullmatch(r"[0-9a-f]{64}", each["sha256"]) for each in source["files"]), key
    empty = {frame for frame, quality in report["quality"].items() if not quality["kept"] and not quality["facts"]}
    assert empty == set()
    frames = {"sessions": "use_weeks"}
    assert {frames.get(key, key) for key in (each.partition(".")[0] for each in given)} <= set(report["quality"])
    assert fingerprints(every_town) == before, "reading writes nothing beside the sources"


def test_the_same_check_twice_gives_the_same_words(laadplan: Program, every_town: Path, tmp_path: Path) -> None:
    sources = {
        key: value
        for key, value in every_source(every_town).items()
        if key in ("charge_points", "signs", "cables", "requests")
    }
    config = project(tmp_path, sources, municipality_code="GM9901")
    one, two = (laadplan("check", config, "--json", "--date", DATE).stdout for _ in range(2))
    assert one == two != ""


# --- fetch -----------------------------------------------------------------------------------------------------------

NOWHERE = """
import socket

def refuse(*_, **__):
    raise OSError("TRIED THE NETWORK")

socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
"""


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str | None]:
    """Environment in which any connection or look-up of a name fails loudly."""
    hook = tmp_path / "haak"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(NOWHERE, encoding="utf-8")
    before = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": f"{hook}{os.pathsep}{before}" if before else str(hook)}


def fetch_config(folder: Path) -> Path:
    content = load_yaml(project(folder, {}))
    content["area"] = {"municipality_code": "GM0228", "bbox_rd": [180_000, 456_000, 182_000, 458_000], "margin_m": 100}
    content["publication"] = {"municipality": "Ede"}
    del content["sources"]
    return write_yaml(content, folder / "laadplan.yaml")


def test_dry_run_touches_no_network_and_writes_nothing(
    laadplan: Program, tmp_path: Path, offline: dict[str, str | None]
) -> None:
    config = fetch_config(tmp_path / "config")
    before = fingerprints(tmp_path)
    done = laadplan("fetch", config, "--dry-run", "--out", tmp_path / "data", cwd=tmp_path, env=offline)
    assert done.returncode == 0, done.stderr
    assert "TRIED THE NETWORK" not in done.stdout + done.stderr
    assert "https://" in done.stdout
    assert fingerprints(tmp_path) == before
    assert not (tmp_path / "data").exists()


def test_dry_run_of_one_source_names_that_one(
    laadplan: Program, tmp_path: Path, offline: dict[str, str | None]
) -> None:
    config = fetch_config(tmp_path / "config")
    done = laadplan(
        "fetch", config, "--dry-run", "--json", "--source", "addresses", "--out", tmp_path / "data", env=offline
    )
    assert done.returncode == 0, done.stderr
    assert "bag:verblijfsobject" in done.stdout.replace("%3A", ":")
    assert "wijkenbuurten" not in done.stdout
    json.loads(done.stdout)


def test_unknown_source_is_a_mistake_of_use(laadplan: Program, tmp_path: Path) -> None:
    done = laadplan(
        "fetch", fetch_config(tmp_path / "config"), "--dry-run", "--source", "wolkenkaart", "--out", tmp_path / "data"
    )
    assert done.returncode == 2
    assert "wolkenkaart" in done.stderr
    assert "Traceback" not in done.stderr
