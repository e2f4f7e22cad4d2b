import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from laadplan.publish.about import UNTESTED, untested_table
from laadplan.publish.layers import explanation, judgements, make_layers, source_table
from laadplan.publish.popups import list_criteria
from laadplan.publish.tables import SHEETS, WIDTH_MAX, write_workbook
from laadplan.publish.uitleg_tables import plan_tables
from tests.publish.explained import alternatives, curve, limits, unserved
from tests.publish.handmade import SOURCES, assessments, frames, nothing

TODAY = date(2026, 11, 23)
LINES = ["Concept.", "=1+1", "Gemaakt op 23 november 2026."]


def tables(given=None):
    return {
        **make_layers(*(given or frames())),
        "beoordelingen": judgements(assessments()),
        **plan_tables(unserved(), limits(), alternatives(), curve()),
        "bronnen": source_table(SOURCES),
        "niet_getoetst": untested_table(list_criteria(assessments())),
        "toelichting": explanation(),
    }


def write(target, **changes):
    given = {"tables": tables(), "title": "Plankaart Ede", "lines": LINES, "today": TODAY} | changes
    write_workbook(target, given.pop("tables"), **given)
    return openpyxl.load_workbook(target)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    return write(tmp_path_factory.mktemp("tables") / "it.xlsx")


def rows(sheet):
    """Rows of a sheet as dictionaries by heading."""
    heading, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in body]


def cells(workbook):
    return [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]


def test_sheets_stand_in_order_with_dutch_names(workbook):
    assert workbook.sheetnames == [
        "Lees mij",
        "Voorkeurslocaties",
        "Reservelocaties",
        "Afgevallen",
        "Beoordelingen",
        "Buurten",
        "Witte vlekken",
        "Laadpalen",
        "Vakken",
        "Onbediend",
        "Grenzen",
        "Alternatieven",
        "Kromme",
        "Niet getoetst",
        "Bronnen",
        "Toelichting kolommen",
    ]


def test_the_first_sheet_says_what_it_is(workbook):
    found = [cell.value for cell in workbook["Lees mij"]["A"]]

    assert found == ["Plankaart Ede", None, *LINES]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_holds_its_table(workbook, name):
    """Against pandas, which reads the file its own way."""
    table = tables()[name]
    table = table.drop(columns="geometry", errors="ignore")
    table = table.reset_index() if table.index.name else table

    heading, *body = workbook[SHEETS[name]].iter_rows(values_only=True)

    expected = [[plain(value) for value in row] for row in table.astype(object).to_numpy().tolist()]
    assert list(heading) == list(table.columns)
    assert [list(row) for row in body] == expected


def test_a_sheet_says_what_was_not_tested(workbook):
    assert [cell.value for cell in workbook["Niet getoetst"]["A"]] == [
        "niet_getoetst",
        "Afstand tot de dichtstbijzijnde boom (de bron ontbreekt of zegt het niet)",
        *UNTESTED,
    ]
    assert workbook["Niet getoetst"].max_column == 1


def plain(value):
    """A value as a reader of the workbook should meet it."""
    if value is None or value != value or value == "":
        return None
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return value


def test_numbers_are_numbers_and_codes_are_text(workbook):
    cell = {each.value: each.column for each in workbook["Voorkeurslocaties"][1]}
    row = workbook["Voorkeurslocaties"][2]
    kinds = {name: row[column - 1].data_type for name, column in cell.items()}

    assert {name: kinds[name] for name in ("score", "verwacht_kwh_jaar", "aantal_vakken", "x_rd")} == dict.fromkeys(
        ("score", "verwacht_kwh_jaar", "aantal_vakken", "x_rd"), "n"
    )
    assert {kinds[name] for name in ("locatie_id", "huisnummer", "postcode", "bag_nummeraanduiding_id")} == {"s"}
    assert rows(workbook["Voorkeurslocaties"])[0]["bag_nummeraanduiding_id"] == "0228200000000001"
    assert rows(workbook["Voorkeurslocaties"])[0]["verwacht_kwh_jaar"] == 4500.5


def test_no_cell_is_a_formula_or_a_link(workbook):
    found = cells(workbook)

    assert {cell.data_type for cell in found} == {"s", "n"}
    assert [cell.value for cell in found if cell.hyperlink] == []


def test_text_that_looks_like_a_formula_stays_text(workbook):
    shown = {cell.value for cell in cells(workbook) if cell.data_type == "s"}

    assert {"=1+1", "+31 6 1234", "@Stroom", '=HYPERLINK("http://a.example")', "+norm"} <= shown


@pytest.mark.parametrize(
    "text", ["=1+1", "+31612345678", "-1", "@x", "\t=1", "http://a.example", "1e5", "0012", "TRUE", "#N/A"]
)
def test_any_text_stays_text(tmp_path, text):
    found = write(tmp_path / "it.xlsx", tables={"bronnen": pd.DataFrame({"bron": [text]})})["Bronnen"]["A2"]

    assert (found.value, found.data_type) == (text, "s")


def test_what_is_not_known_is_an_empty_cell(workbook):
    reserve = rows(workbook["Reservelocaties"])[0]

    assert {name for name, value in reserve.items() if value is None} == {
        "straat",
        "huisnummer",
        "postcode",
        "woonplaats",
        "bag_nummeraanduiding_id",
        "verwacht_kwh_jaar",
        "netbeheerder",
    }
    assert [cell.value for cell in cells(workbook) if cell.value in ("", "nan", "None", "<NA>")] == []


def test_truth_is_ja_or_nee(workbook):
    assert [row["telt_mee"] for row in rows(workbook["Laadpalen"])] == ["ja", "nee"]
    assert [row["onder_ondergrens"] for row in rows(workbook["Buurten"])] == ["nee", "ja"]


def test_headings_are_frozen_filtered_and_wide_enough(workbook):
    for sheet in workbook.worksheets[1:]:
        widths = {
            number: column.width
            for column in sheet.column_dimensions.values()
            for number in range(column.min, column.max + 1)
        }
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert max(widths.values()) <= WIDTH_MAX + 1
        assert [cell.value for cell in sheet[1] if widths[cell.column] < len(cell.value) + 1] == []


def test_empty_tables_keep_their_headings(tmp_path):
    empty = make_layers(*nothing())

    book = write(tmp_path / "it.xlsx", tables=empty)

    for name in ("voorkeurslocaties", "vakken", "buurten"):
        expected = [empty[name].index.name, *empty[name].columns.drop("geometry")]
        assert [cell.value for cell in book[SHEETS[name]][1]] == expected
        assert book[SHEETS[name]].max_row == 1


def test_no_tables_leave_the_first_sheet(tmp_path):
    assert write(tmp_path / "it.xlsx", tables={}).sheetnames == ["Lees mij"]


def test_the_file_bears_the_day_of_the_run(workbook):
    properties = workbook.properties

    days = [moment.isoformat() for moment in (properties.created, properties.modified)]
    assert (properties.title, days) == ("Plankaart Ede", ["2026-11-23T00:00:00"] * 2)


def test_bytes_are_equal_in_two_processes(tmp_path):
    code = (
        "import sys, pathlib\nfrom tests.publish import test_tables as it\n"
        "it.write_workbook(pathlib.Path(sys.argv[1]), it.tables(), title='Plankaart', lines=it.LINES, today=it.TODAY)"
    )
    root = Path(__file__).parents[2]
    made = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / f"{seed}.xlsx"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
        )
        for seed in "12"
    ]

    assert [process.wait(timeout=60) for process in made] == [0, 0]
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def test_another_day_changes_only_the_properties(tmp_path, workbook):
    write(tmp_path / "a.xlsx")
    write(tmp_path / "b.xlsx", today=date(2027, 1, 1))

    a, b = (unpacked(tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert [name for name in a if a[name] != b[name]] == ["docProps/core.xml"]


def unpacked(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_table_is_not_changed(tmp_path):
    given = tables()
    write(tmp_path / "it.xlsx", tables=given)

    for name, table in tables().items():
        pd.testing.assert_frame_equal(given[name], table)
