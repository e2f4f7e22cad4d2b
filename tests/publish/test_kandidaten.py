"""The assessed candidates as they leave the building: layers, tables, the list for Excel, and QGIS on the file."""

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pytest

from laadplan.config.base_policy import BASIC_CRITERIA
from laadplan.config.policy import Policy
from laadplan.config.sources import Sources
from laadplan.contracts.measured import Measurements
from laadplan.contracts.planning import Assessments, Bays, Candidates, Strips
from laadplan.contracts.published import CANDIDATE_LAYERS, Beoordelingen, Criteria
from laadplan.publish import kandidaten as module
from laadplan.publish.kandidaten import (
    FROM_MEASUREMENTS,
    LOOKS,
    criteria_table,
    make_candidate_layers,
    make_candidate_tables,
    write_judgements,
    write_texts,
)
from laadplan.publish.palette import CANDIDATE_CATEGORIES
from laadplan.publish.plankaart import write_geopackage
from tests.frames import X, Y, box, make, shuffled
from tests.publish.handmade import CHOSEN, DROPPED, RESERVE, SOURCES, assessments, bays, candidates

pytestmark = pytest.mark.slow  # all of them together

TODAY = date(2026, 11, 23)
KINDS = ("langs", "haaks", "schuin", "parkeerterrein", "onbekend")


def strips():
    row = {"length_m": 27.5, "depth_m": 2.0, "bay_count": 5, "area_m2": 55.0, "unused_m2": 0.0, "reason": None}
    return make(
        Strips,
        {
            f"strook{place}": {**row, "kind": kind, "geometry": box(40 * place, -20, 40 * place + 27.5, -18)}
            for place, kind in enumerate(KINDS)
        },
    )


def measurements():
    return make(
        Measurements,
        {
            CHOSEN: {"walkway_width_m": 1.23, "tree_m": 3.2, "crown_unknown": True},
            RESERVE: {"walkway": "geen voetpad", "walkway_width_m": None},
            DROPPED: {},
        },
    )


def judged():
    """The chosen site fails an eis, the reserve must be visited, the dropped one passes."""
    table = assessments().copy()
    for site, counted in ((CHOSEN, "voldoet niet"), (RESERVE, "schouw")):
        name = f"{site}|afstand_boom"
        table.loc[name, ["verdict", "counts_as"]] = ["onbekend" if counted == "schouw" else counted, counted]
        table.loc[name, "reason"] = "Te dicht bij de stam."
    table.loc[f"{CHOSEN}|afstand_boom", "margin"] = -0.255
    return Assessments.checked(table)


def layers(given=None):
    return make_candidate_layers(*(given or (candidates(), bays(), strips(), judged(), measurements())))


# ---- layers ----------------------------------------------------------------------------------------------------------


def test_a_candidate_bears_its_outcome_rank_reasons_and_measurements():
    found = layers()["kandidaten"]

    assert found["oordeel"].to_dict() == {CHOSEN: "voldoet niet", DROPPED: "voldoet", RESERVE: "schouw"}
    assert found["rang"].astype("object").where(found["rang"].notna(), None).to_dict() == {
        CHOSEN: None,
        DROPPED: 1,
        RESERVE: 2,
    }
    chosen = found.loc[CHOSEN]
    assert (chosen["redenen"], chosen["te_bekijken"]) == (
        "Te dicht bij de stam.",
        "Afstand tot de dichtstbijzijnde boom",
    )
    assert (chosen["vrije_doorgang_m"], chosen["boom_m"], chosen["kroon_onbekend"]) == (1.23, 3.2, "ja")
    assert (chosen["x_rd"], chosen["y_rd"], chosen["vakken"]) == (X + 5.5, Y + 3, "strook#1 strook#2")
    assert found.loc[DROPPED, "redenen"] != found.loc[DROPPED, "redenen"]


def test_a_bay_names_the_candidates_that_use_it():
    found = layers()["vakken"]["locaties"]

    assert found.fillna("").to_dict() == {
        "strook#1": CHOSEN,
        "strook#2": f"{CHOSEN} {DROPPED}",
        "strook#3": f"{DROPPED} {RESERVE}",
        "strook#4": RESERVE,
        "strook#5": "",
    }


def test_every_measurement_has_a_place_in_the_layer():
    assert list(FROM_MEASUREMENTS) == Measurements.columns()


def test_without_measurements_their_columns_are_empty():
    found = layers((candidates(), bays(), strips(), judged(), None))["kandidaten"]

    assert found[list(FROM_MEASUREMENTS.values())].isna().all(axis=None)
    assert len(found) == 3


def test_nothing_gives_every_layer_without_rows():
    found = layers((Candidates.empty(), Bays.empty(), Strips.empty(), Assessments.empty(), None))

    for name, contract in CANDIDATE_LAYERS.items():
        pd.testing.assert_frame_equal(found[name], contract.empty())


def test_the_order_of_rows_does_not_matter():
    mixed = layers(tuple(shuffled(frame) for frame in (candidates(), bays(), strips(), judged(), measurements())))

    for name, layer in layers().items():
        pd.testing.assert_frame_equal(mixed[name], layer)


# ---- tables ----------------------------------------------------------------------------------------------------------


def test_criteria_say_where_they_came_from_and_whether_they_hold():
    first = BASIC_CRITERIA[0].model_copy(update={"profile": "landelijk", "valid_until": date(2026, 1, 1)})
    found = criteria_table(Policy(criteria=(first, *BASIC_CRITERIA[1:])), TODAY)

    row = found.loc[first.id]
    assert (row["profiel"], row["geldig_tot"], row["geldt"], row["volgorde"]) == ("landelijk", "2026-01-01", False, 1)
    assert found["geldt"].sum() == len(BASIC_CRITERIA) - 1
    assert sorted(found["volgorde"]) == list(range(1, len(BASIC_CRITERIA) + 1))


def test_no_criteria_give_an_empty_table():
    pd.testing.assert_frame_equal(criteria_table(Policy(criteria=()), TODAY), Criteria.empty())


def test_of_too_many_verdicts_the_tables_hold_those_that_decide_and_say_so():
    found = make_candidate_tables(judged(), Policy(), SOURCES, TODAY, most_rows=3)

    assert list(found["beoordelingen"].index) == [f"{CHOSEN}|afstand_boom", f"{RESERVE}|afstand_boom"]
    assert "beoordelingen.csv" in found["toelichting"].iloc[-1]["betekenis"]
    assert len(make_candidate_tables(judged(), Policy(), SOURCES, TODAY)["beoordelingen"]) == 6


def test_every_column_is_explained_in_dutch():
    told = make_candidate_tables(judged(), Policy(), Sources(), TODAY)["toelichting"]

    english = {"the", "never", "empty", "given", "unknown", "none", "with", "year", "share", "degrees", "bays"}
    words = told[["betekenis", "eenheid", "leeg betekent"]].to_numpy().ravel()
    assert sorted({text for text in words if english & set(text.lower().split())}) == []
    assert set(told["laag"]) == {*CANDIDATE_LAYERS, "beoordelingen", "criteria"}


# ---- the list for Excel ----------------------------------------------------------------------------------------------


def read(path):
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(text.decode("utf-8-sig").splitlines(), delimiter=";"))


def test_the_list_reads_back_with_decimal_commas_and_no_formula(tmp_path):
    write_judgements(tmp_path / "b.csv", judged())

    rows = {row["beoordeling_id"]: row for row in read(tmp_path / "b.csv")}
    assert len(rows) == 6
    row = rows[f"{CHOSEN}|afstand_boom"]
    assert list(row) == [Beoordelingen.index_name(), *Beoordelingen.columns()]
    assert (row["marge"], row["schatting"], row["bron"]) == ("-0,255", "nee", "'+norm")
    assert rows[f"{CHOSEN}|gevel"]["norm"] == "'=1+1"
    assert rows[f"{CHOSEN}|gevel"]["bijdrage"] == "0,3333"
    assert rows[f"{CHOSEN}|gevel"]["marge"] == ""


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r=", "\n="])
def test_no_text_begins_as_a_formula(tmp_path, begin):
    table = judged().assign(reason=f'{begin}HYPERLINK("x";1)\nnog een regel')
    write_judgements(tmp_path / "b.csv", table)

    with (tmp_path / "b.csv").open(encoding="utf-8-sig", newline="") as file:
        reasons = {row["reden"] for row in csv.DictReader(file, delimiter=";")}
    assert reasons == {f'\'{begin}HYPERLINK("x";1)\nnog een regel'}


def test_the_list_is_the_same_in_parts(tmp_path, monkeypatch):
    write_judgements(tmp_path / "whole.csv", judged())
    monkeypatch.setattr(module, "CHUNK", 4)
    write_judgements(tmp_path / "parts.csv", judged())

    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "parts.csv").read_bytes()


def test_without_verdicts_the_list_has_its_headings(tmp_path):
    write_judgements(tmp_path / "b.csv", Assessments.empty())

    assert read(tmp_path / "b.csv") == []
    assert b"beoordeling_id" in (tmp_path / "b.csv").read_bytes()


# ---- the file --------------------------------------------------------------------------------------------------------


def write(target):
    tables = make_candidate_tables(judged(), Policy(), SOURCES, TODAY)
    write_geopackage(target, layers(), tables, TODAY, looks=LOOKS)
    return target


@pytest.fixture(scope="module")
def geopackage(tmp_path_factory):
    """The file of the drawing; not to be changed."""
    return write(tmp_path_factory.mktemp("kandidaten") / "kandidaten.gpkg")


def test_layers_tables_and_styles_stand_in_the_file(geopackage):
    with closing(sqlite3.connect(f"file:{geopackage}?mode=ro", uri=True)) as database:
        names = [name for (name,) in database.execute("SELECT table_name FROM gpkg_contents ORDER BY rowid")]
        styles = dict(database.execute("SELECT f_table_name, styleQML FROM layer_styles"))
    assert names == [*CANDIDATE_LAYERS, "beoordelingen", "criteria", "bronnen", "toelichting", "layer_styles"]
    assert list(styles) == list(CANDIDATE_LAYERS)
    assert {ElementTree.fromstring(style).tag for style in styles.values()} == {"qgis"}
    assert 'attr="parkeerwijze"' in styles["vakken"]


def test_layers_read_back_as_they_were_written(geopackage):
    for name, layer in layers().items():
        found = gpd.read_file(geopackage, layer=name).set_index(layer.index.name)
        assert list(found.columns) == list(layer.columns)
        assert found.geometry.geom_equals(layer.geometry).all()


def test_a_file_written_in_parts_holds_the_same_rows(geopackage, tmp_path, monkeypatch):
    monkeypatch.setattr("laadplan.publish.plankaart.CHUNK", 2)
    parts = tmp_path / "parts.gpkg"
    tables = {"beoordelingen": make_candidate_tables(judged(), Policy(), SOURCES, TODAY)["beoordelingen"]}
    write_geopackage(parts, layers(), tables, TODAY, looks=LOOKS)

    for name in (*CANDIDATE_LAYERS, "beoordelingen"):
        pd.testing.assert_frame_equal(gpd.read_file(parts, layer=name), gpd.read_file(geopackage, layer=name))


@pytest.mark.slow
def test_bytes_are_equal_in_another_process(geopackage, tmp_path, repository):
    code = "import sys, pathlib\nfrom tests.publish import test_kandidaten as it\nit.write(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, tmp_path / "it.gpkg"], env=environment, cwd=repository, check=True)

    assert (tmp_path / "it.gpkg").read_bytes() == geopackage.read_bytes()


@pytest.mark.slow
def test_qgis_opens_every_layer_and_tells_its_values_apart(geopackage, tmp_path):
    from tests.conftest import find_program

    find_program("qgis_process")
    shutil.copy(geopackage, tmp_path / "kandidaten.gpkg")
    own = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "PYTHONHASHSEED")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    words = [Path(__file__).with_name("look_in_qgis.py"), tmp_path / "kandidaten.gpkg", tmp_path / "kaart.png"]
    done = subprocess.run(
        ["/usr/bin/python3", *words, *CANDIDATE_LAYERS],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    seen = json.loads(done.stdout.splitlines()[-1])["layers"]
    assert {name: (each["valid"], each["crs"], each["styled"]) for name, each in seen.items()} == dict.fromkeys(
        CANDIDATE_LAYERS, (True, "EPSG:28992", True)
    )
    for name, layer in layers().items():
        column, marks = CANDIDATE_CATEGORIES[LOOKS.get(name, name)]
        shown = {row: marks[value] for row, value in layer[column].items()}
        wanted = {row: (mark.line if mark.fill == "none" else mark.fill).lower() for row, mark in shown.items()}
        assert seen[name]["symbol_of_each"] == wanted


def test_a_table_of_texts_opens_in_dutch_excel_and_holds_no_formula(tmp_path):
    write_texts(tmp_path / "t.csv", pd.DataFrame({"plek": ["=1+1"], "reden": ["1,20 m; smal"]}))

    assert (tmp_path / "t.csv").read_bytes() == b'\xef\xbb\xbf"plek";"reden"\n"\'=1+1";"1,20 m; smal"\n'
