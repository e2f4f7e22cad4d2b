"""Profiles: the presets and their sources, how they are laid over one another, their schema, and the linter."""

# ruff: noqa: TID252

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .program import Program
from .reading import ROOT, RunFolder, fingerprints, load_yaml, write_yaml

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

PRESETS = ("landelijk", "heiloo", "zeist", "wassenaar", "zwolle", "soest")
FOLDER = ROOT / "configs" / "beleid"


def checked(laadplan: Program, file: Path, *options: object, code: int = 0) -> dict[str, Any]:
    """What `laadplan policy check --json` says."""
    done = laadplan("policy", "check", file, "--json", *options, cwd=file.parent)
    assert done.returncode == code, done.stderr + done.stdout
    return json.loads(done.stdout)


def profile(folder: Path, name: str, criteria: list[dict[str, Any]], **more: Any) -> Path:
    """A profile in a file of its own."""
    content = {"schema": 1, "name": name, "title": "Verzonnen beleid", **more, "criteria": criteria}
    return write_yaml(content, folder / f"{name}.yaml")


def rule(name: str, measure: str, **more: Any) -> dict[str, Any]:
    """A rule in the words of a profile."""
    about = {"id": name, "label": f"Regel {name}", "rule": measure, "kind": "eis", "source": "Eigen beleid"}
    return {**about, "source_on": "2025-05-01", "source_page": "p. 7", "owner": "Verkeer", **more}


# --- presets ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def merged(laadplan: Program) -> dict[str, dict[str, Any]]:
    """Each preset as it is merged with what it is based on."""
    return {name: checked(laadplan, FOLDER / f"{name}.yaml") for name in PRESETS}


def test_presets_have_nothing_against_them(merged: dict[str, Any]) -> None:
    faults = {
        name: [each["text"] for each in told["findings"] if each["kind"] == "finding"] for name, told in merged.items()
    }
    assert {name: texts for name, texts in faults.items() if texts} == {}


@pytest.mark.parametrize("name", PRESETS)
def test_every_rule_of_a_preset_has_what_a_judge_asks(merged: dict[str, Any], name: str) -> None:
    """A Dutch label, eis or wens, a legal ground, an owner, a source, what unknown counts as, its profile."""
    for each in merged[name]["criteria"]:
        assert each["label"].strip(), each["id"]
        assert each["kind"] in ("eis", "wens")
        assert each["grondslag"] in ("plaatsing", "verkeer")
        assert each["owner"].strip(), each["id"]
        assert len(each["source"].strip()) > 5, each["id"]
        assert each["if_unknown"] in ("voldoet", "voldoet niet", "schouw")
        assert each["profile"] in PRESETS
        assert (each["weight"] is not None) == (each["kind"] == "wens"), each["id"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("landelijk", [r"0,90 m", r"25,00 m|25 m", r"85 %", r"40 cm 1,50 m"]),
        ("heiloo", [r"200 m", r"0,45 m en ten hoogste 0,60 m", r"0,90 m", r"1,20 m", r"25,00 m|25 m"]),
        ("zeist", [r"300 m"]),
        ("wassenaar", [r"200 m"]),
        ("zwolle", [r"1,80 m", r"20,00 m smaller dan 1,50 m|20,00 m smaller dan 1,20 m", r"0,50 m smaller"]),
        ("soest", [r"1,50? m"]),
    ],
)
def test_presets_hold_the_figures_of_their_municipality(merged: dict[str, Any], name: str, words: list[str]) -> None:
    """Figures as the field reference gives them, in rules that came from the preset itself."""
    own = " | ".join(each["norm"] for each in merged[name]["criteria"] if each["profile"] == name)
    assert [word for word in words if not re.search(word, own)] == []


def test_rule_of_a_later_profile_takes_the_place_of_an_earlier_one(merged: dict[str, Any]) -> None:
    base, heiloo = ({each["id"]: each for each in merged[name]["criteria"]} for name in ("landelijk", "heiloo"))
    assert base["loopafstand_vraag"]["norm"] != heiloo["loopafstand_vraag"]["norm"]
    assert heiloo["loopafstand_vraag"]["profile"] == "heiloo"
    assert heiloo["soort_vak"] == base["soort_vak"]
    assert heiloo["soort_vak"]["profile"] == "landelijk"


def test_merged_profile_is_printed_with_where_each_rule_came_from(laadplan: Program) -> None:
    done = laadplan("policy", "check", FOLDER / "heiloo.yaml")
    rows = [line for line in done.stdout.splitlines() if re.search(r"│ (loopafstand_vraag|soort_vak) ", line)]
    assert len(rows) == 2
    assert any("heiloo" in row for row in rows)
    assert any("landelijk" in row for row in rows)


# --- layering and schema ---------------------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A config without sources: enough to lay profiles over one another."""
    content = {
        "schema": 1,
        "name": "laag",
        "sources": dict.fromkeys(load_yaml(ROOT / "configs/default.yaml")["sources"]),
    }
    content["sources"] |= {key: {} for key in ("parking_bays", "cables", "grid_capacity", "rasters", "zones")}
    return write_yaml(content, tmp_path / "laadplan.yaml")


def test_layers_come_in_their_order_and_the_config_last(laadplan: Program, town: Path, tmp_path: Path) -> None:
    mine = [rule("loopafstand_vraag", "walk", at_most_m=150), rule("extra", "spacing", at_least_m=40)]
    profile(tmp_path, "eigen", mine)
    content = load_yaml(town)
    content["policy"] = {
        "profiles": ["landelijk", "zeist", "./eigen.yaml"],
        "leave_out": ["erfgoed"],
        "criteria": [rule("extra", "spacing", at_least_m=60)],
    }
    write_yaml(content, town)
    done = laadplan("policy", "check", town, "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    found = {each["id"]: each for each in told["criteria"]}
    assert told["profiles"][:3] == ["landelijk", "zeist", "eigen"]
    assert found["loopafstand_vraag"]["profile"] == "eigen"
    assert "150" in found["loopafstand_vraag"]["norm"]
    assert "60,00 m" in found["extra"]["norm"]
    assert found["extra"]["profile"] not in ("eigen", "landelijk", "zeist")
    assert "erfgoed" not in found


def test_schema_of_a_profile_completes_and_refuses() -> None:
    """Every key of the presets is known with an explanation; what is misspelt is not, and there are a dozen kinds."""
    schema = json.loads((ROOT / "configs" / "profile-schema.json").read_text(encoding="utf-8"))
    kinds = {
        definition["properties"]["rule"]["const"]: definition
        for definition in schema["$defs"].values()
        if "rule" in definition.get("properties", {})
    }
    assert len(kinds) >= 12
    for kind, definition in kinds.items():
        assert definition["additionalProperties"] is False, kind
        assert {"id", "label", "kind", "source"} <= set(definition["required"]), kind
        silent = [
            key for key, about in definition["properties"].items() if key != "rule" and "description" not in about
        ]
        assert silent == [], kind
    for name in PRESETS:
        assert "$schema" in (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        for criterion in load_yaml(FOLDER / f"{name}.yaml")["criteria"]:
            assert set(criterion) <= set(kinds[criterion["rule"]]["properties"]), criterion["id"]


# --- the linter ------------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[list[dict[str, Any]], set[str], str]] = {
    "contradiction": (
        [
            rule("ver", "distance", to="trees", at_least_m=30.0),
            rule("dichtbij", "distance", to="trees", at_most_m=5.0),
        ],
        {"ver", "dichtbij"},
        "contradict|tegen",
    ),
    "list_contradiction": (
        [
            rule("alleen", "attribute", column="orientation", allowed=["haaks"]),
            rule("juist_niet", "attribute", column="orientation", forbidden=["haaks"]),
        ],
        {"alleen", "juist_niet"},
        "contradict|tegen",
    ),
    "unreachable": ([rule("paal", "value", column="kerb_m", unit="m", at_least=50.0)], {"paal"}, "met by no|centimet"),
    "unknown_value": (
        [rule("wijze", "attribute", column="side", allowed=["dwars"])],
        {"wijze"},
        "dwars|never|no spot",
    ),
    "no_source": ([rule("bron", "walk", at_most_m=200, source="")], {"bron"}, "source"),
    "over": ([rule("oud", "walk", at_most_m=200, valid_until="2020-01-01")], {"oud"}, "2020"),
}


@pytest.fixture(scope="module")
def faults(laadplan: Program, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the linter has against a profile that holds all these rules and some good ones."""
    good = [rule("goed", "walk", at_most_m=200), rule("prima", "width", at_least_m=0.9)]
    criteria = [each for wrong, *_ in WRONG.values() for each in wrong] + good
    file = profile(tmp_path_factory.mktemp("lint"), "slecht", criteria)
    told = checked(laadplan, file, "--date", "2026-11-23", code=1)
    return [each for each in told["findings"] if each["kind"] == "finding"]


@pytest.mark.parametrize("name", WRONG)
def test_linter_finds_what_is_wrong_and_names_the_rules(faults: list[dict[str, Any]], name: str) -> None:
    _, ids, words = WRONG[name]
    assert [each for each in faults if ids & set(each["criteria"]) and re.search(words, each["text"])], faults


def test_linter_has_nothing_against_a_good_rule(faults: list[dict[str, Any]]) -> None:
    named = {each for fault in faults for each in fault["criteria"]}
    assert named & {"goed", "prima"} == set()


def test_linter_holds_rules_against_the_candidates(laadplan: Program, rich_run: RunFolder, tmp_path: Path) -> None:
    """A rule that nobody or everybody passes, and one over a layer or raster that the config does not give."""
    content = load_yaml(rich_run.config)
    content["policy"] = {
        "profiles": ["landelijk"],
        "criteria": [
            rule("onmogelijk", "raster", raster="geluid", unit="dB", at_most=60),
            rule("besluiten", "distance", to="decree_places", at_least_m=10.0),
        ],
    }
    told = checked(laadplan, write_yaml(content, tmp_path / "rijk.yaml"), "--out", rich_run.path, code=1)
    text = [(each["text"], set(each["criteria"])) for each in told["findings"]]
    assert any("onmogelijk" in ids and "raster" in words for words, ids in text)
    assert any("besluiten" in ids and "not" in words for words, ids in text), text
    assert any("paal_stoeprand" in ids and "all" in words for words, ids in text)


# --- refusals --------------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "wrong_unit": (rule("gevel", "value", column="facade_m", unit="share", at_least=0.5), r"facade_m.*\bm\b"),
    "centimetres": (rule("breed", "width", at_least_m=90), r"90.*\b(in m|metres|centimetres)\b"),
    "unknown_layer": (rule("weg", "distance", to="monumenten", at_least_m=5), "monumenten"),
    "misspelt": (rule("lopen", "walk", at_most=200), "at_most"),
    "ladder_tightens": (
        rule("trap", "walk", at_most_m=200, ladder=[{"level": 1, "at_most": 100, "because": "x"}]),
        "ladder|relax",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_rule_that_cannot_be_read_is_refused_in_one_line(laadplan: Program, tmp_path: Path, name: str) -> None:
    criterion, words = REFUSED[name]
    before = fingerprints(tmp_path)
    done = laadplan("policy", "check", profile(tmp_path, "slecht", [criterion]), cwd=tmp_path)
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "slecht.yaml" in lines[0]
    assert "Traceback" not in done.stderr
    assert re.search(words, lines[0]), lines[0]
    assert set(fingerprints(tmp_path)) - set(before) == {"slecht.yaml"}


def test_rule_twice_in_a_profile_is_refused(laadplan: Program, tmp_path: Path) -> None:
    twice = [rule("a", "walk", at_most_m=200)] * 2
    done = laadplan("policy", "check", profile(tmp_path, "slecht", twice), cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(r"twice.*\ba\b", done.stderr)


def test_profiles_that_rest_on_each_other_are_refused(laadplan: Program, tmp_path: Path) -> None:
    profile(tmp_path, "een", [], based_on="./twee.yaml")
    done = laadplan("policy", "check", profile(tmp_path, "twee", [], based_on="./een.yaml"), cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "een" in done.stderr
