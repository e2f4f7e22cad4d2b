"""Input that siting cannot trust: a clear message or an explicit onbekend, never a silent pass."""

# ruff: noqa: TID252

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from .delivered import refused
from .program import Program
from .reading import RunFolder
from .streets import FOOTWAY, PARKING, ROAD, Drawing, as_geopackage, config_of, run_until, shapes

pytestmark = [pytest.mark.xdist_group("kerb-spots"), pytest.mark.slow]

BOX = shapely.box
ABOUT = {"kind": "eis", "source": "Eigen beleid", "owner": "Beheer"}


def street() -> Drawing:
    """Four langs bays with a footway; no tree, building or thing anywhere."""
    drawing = Drawing().road_part("w", ROAD, BOX(-20, 0, 42, 5)).road_part("p", PARKING, BOX(0, 5, 22, 7))
    return drawing.road_part("v", FOOTWAY, BOX(-20, 7, 42, 10))


def judged(run: RunFolder, name: str) -> Any:
    rows = run.frame("Assessments")
    return rows[rows["criterion_id"] == name]


# --- layers that are absent or empty ---------------------------------------------------------------------------------

RULES: dict[str, dict[str, Any]] = {
    "bomen": {"rule": "distance", "to": "trees", "at_least_m": 2.0},
    "stammen": {"rule": "tree", "clear_of": "stem", "by_stem": [[0.5, 1.5]]},
    "kronen": {"rule": "tree", "clear_of": "crown", "at_least_m": 1.5},
    "gevels": {"rule": "value", "column": "facade_m", "unit": "m", "at_least": 2.0},
    "masten": {"rule": "distance", "to": "obstacles", "where": {"type": ["lichtmast"]}, "at_least_m": 1.0},
    "vrij": {"rule": "attribute", "column": "pole_obstacle", "allowed": ["vrij"]},
    "uitsluiting": {"rule": "inside", "layer": "zones", "where": {"kind": ["uitsluiting"]}, "wanted": "outside"},
    "erfgoed": {"rule": "inside", "layer": "zones", "where": {"kind": ["erfgoed"]}, "wanted": "outside"},
    "zonenaam": {"rule": "attribute", "column": "zones", "forbidden": ["Markt"]},
    "eigendom": {"rule": "attribute", "column": "owner", "forbidden": ["particulier"]},
    "borden": {"rule": "attribute", "column": "signs", "forbidden": ["taxi"]},
    "palen": {"rule": "spacing", "at_least_m": 50.0},
    "besluiten": {"rule": "distance", "to": "decree_places", "at_least_m": 10.0},
    "bomen_geteld": {"rule": "count", "layer": "trees", "within_m": 10.0, "at_most": 3},
    "kabel": {"rule": "cable", "crossing": "forbidden"},
    "werken": {"rule": "valid", "column": "works_until_on"},
    "lopen": {"rule": "walk", "at_most_m": 200.0},
    "geluid": {"rule": "raster", "raster": "geluid", "unit": "dB", "at_most": 60},
}
"""Rules that a spot would pass if what was not delivered did not exist."""


@pytest.fixture(scope="module")
def bare(laadplan: Program, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Road parts and nothing else."""
    folder = tmp_path_factory.mktemp("kaal")
    criteria = [{"id": name, "label": f"Regel {name}", **ABOUT, **rule} for name, rule in RULES.items()]
    config = config_of(folder / "plan", {"bgt": as_geopackage(street(), folder)}, policy={"criteria": criteria})
    return run_until(laadplan, config, "Assessments")


@pytest.mark.parametrize("name", RULES)
def test_rule_over_a_layer_that_was_not_delivered_is_unknown(bare: RunFolder, name: str) -> None:
    found = judged(bare, name)
    assert len(found) == 3
    assert set(found["verdict"]) == {"onbekend"}
    assert set(found["counts_as"]) == {"schouw"}
    assert found["reason"].str.contains("onbekend").all()
    assert not found["reason"].str.contains(r", \.").any()


# --- surfaces --------------------------------------------------------------------------------------------------------


def test_surface_that_cannot_be_repaired_is_refused_by_its_id(laadplan: Program, tmp_path: Path) -> None:
    """A parkeervlak drawn as a bow tie: which half is parking nobody can say."""
    bow_tie = shapely.Polygon([(0, 5), (22, 7), (22, 5), (0, 7)])
    drawing = Drawing().road_part("w", ROAD, BOX(-20, 0, 42, 5)).road_part("strik", PARKING, bow_tie)
    config = config_of(tmp_path / "plan", {"bgt": as_geopackage(drawing, tmp_path)})
    assert "G0001.strik" in refused(laadplan, config, "Assessments", tmp_path / "uit")


def test_two_parkeervlakken_on_each_other_give_no_bay_twice(laadplan: Program, tmp_path: Path) -> None:
    """Told, or one of them cut: never two bays on one place."""
    drawing = street().road_part("dubbel", PARKING, BOX(0, 5, 22, 7))
    config = config_of(tmp_path / "plan", {"bgt": as_geopackage(drawing, tmp_path)})
    done = laadplan("run", config, "--until", "Bays", "--out", tmp_path / "uit", "--date", "2026-11-23", cwd=tmp_path)
    if done.returncode == 0:
        bays = RunFolder(tmp_path / "uit", config, {}, 0, "", "").frame("Bays")
        assert bays.area.sum() == pytest.approx(shapely.union_all(bays.geometry.to_numpy()).area, abs=0.1)
    else:
        assert done.returncode == 3
        assert "G0001." in done.stderr
    assert "Traceback" not in done.stderr


# --- registers -------------------------------------------------------------------------------------------------------


def registered(tmp_path: Path, bays: dict[str, shapely.Geometry]) -> Path:
    """A config of the street with a register."""
    path = shapes(
        tmp_path / "vakken.gpkg",
        [(shape, {"vak_id": name, "soort": "FISCAAL", "aantal": 1}) for name, shape in bays.items()],
    )
    sources = {"gemeente": {"path": str(path)}}
    return config_of(tmp_path / "plan", {"bgt": as_geopackage(street(), tmp_path), "parking_bays": sources})


def test_register_that_overlaps_the_bgt_goes_first_and_no_bay_is_there_twice(laadplan: Program, tmp_path: Path) -> None:
    """Two bays of the register, half a metre off the strip: they stand, and the strip tells what they leave unused."""
    config = registered(tmp_path, {"a": BOX(0, 5.5, 5.5, 7.5), "b": BOX(5.5, 5.5, 11, 7.5)})
    run = run_until(laadplan, config, "Assessments")
    bays = run.frame("Bays")
    together, strip = shapely.union_all(bays.geometry.to_numpy()), run.frame("Strips").iloc[0]
    assert {"a", "b"} <= {each.split("/")[-1] for each in bays["bay_id"]}
    assert bays.area.sum() - together.area < 0.1
    assert strip["unused_m2"] == pytest.approx(44.0 - together.intersection(strip.geometry).area, abs=0.1)
    assert "register" in strip["reason"]
    assert not run.frame("Assessments")["data_source"].str.contains(str(tmp_path), regex=False).any(), (
        "path of this machine"
    )
    assert any("register" in text for step in run.manifest["steps"] for text in step["quality"]["findings"])


def test_bays_of_a_register_on_each_other_are_told(laadplan: Program, tmp_path: Path) -> None:
    """The same place under two ids: one bay is kept, or the register is refused; never two poles for one car."""
    config = registered(tmp_path, {"a": BOX(0, 5, 5.5, 7), "b": BOX(5.5, 5, 11, 7), "a2": BOX(0.1, 5, 5.6, 7)})
    done = laadplan(
        "run", config, "--until", "Candidates", "--out", tmp_path / "uit", "--date", "2026-11-23", cwd=tmp_path
    )
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        bays = RunFolder(tmp_path / "uit", config, {}, 0, "", "").frame("Bays")
        assert bays.area.sum() - shapely.union_all(bays.geometry.to_numpy()).area < 0.5
        assert "overlapt" in (tmp_path / "uit" / "run.json").read_text(encoding="utf-8")
    else:
        assert done.returncode == 3
        assert "a2" in done.stderr
