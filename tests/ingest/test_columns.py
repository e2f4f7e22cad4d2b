import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.demo.every_files import write_workbook
from laadplan.errors import BadInput, ConfigError, MissingSource
from laadplan.ingest.columns import as_text, first_rows, match_columns, numbers, read_table
from tests.frames import few

SPELLINGS = {"code": ("buurtcode", "statcode"), "name": ("naam",)}


def match(*found, config=None, required=()):
    return match_columns(found, SPELLINGS, config=config or {}, required=required, where="a.gpkg")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (("statcode", "buurtcode", "naam"), {"code": "buurtcode", "name": "naam"}),
        (("STATCODE", "Naam"), {"code": "STATCODE", "name": "Naam"}),
        (("iets",), {}),
        ((), {}),
    ],
)
def test_columns_are_found_by_any_of_their_names(found, expected):
    assert match(*found) == expected


def test_the_config_goes_before_the_names_that_are_known():
    assert match("buurtcode", "MijnCode", config={"code": "mijncode"}) == {"code": "MijnCode"}


def test_a_column_that_is_needed_is_asked_for_by_its_names():
    with pytest.raises(BadInput) as caught:
        match("naam", "x", required=["code", "name"])

    assert str(caught.value) == (
        "a.gpkg: A column is missing: code (buurtcode or statcode). "
        "Name it under 'columns' of this source. The file has: naam, x."
    )


def test_a_spelling_that_is_known_twice_is_named_once():
    with pytest.raises(BadInput, match=r"A column is missing: code \(nr\)\."):
        match_columns(["naam"], {"code": ["nr", "nr"]}, config={}, required=["code"], where="a.csv")


def test_a_column_that_the_config_names_must_be_there():
    with pytest.raises(BadInput, match=r"A column is missing: name \(Omschrijving\)"):
        match("naam", config={"name": "Omschrijving"})


def test_the_config_may_only_name_columns_of_the_source():
    with pytest.raises(ConfigError, match=r"columns: hoogte is not a column of this source. It may name: code, name."):
        match("naam", config={"hoogte": "naam"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_table_is_read_whatever_its_dialect(tmp_path, delimiter, mark, line_end):
    path = tmp_path / "bomen.csv"
    rows = [["pc4", "naam"], ["0671", "Eik"], ["\\N", "Eén"], ["", "NA"]]
    path.write_bytes(mark + "".join(delimiter.join(row) + line_end for row in rows).encode())

    expected = pd.DataFrame({"pc4": ["0671", None, None], "naam": ["Eik", "Eén", "NA"]}, dtype="str")
    pd.testing.assert_frame_equal(read_table(path), expected)


def test_a_cell_may_hold_the_delimiter_in_quotes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"1,5",x\n')

    assert read_table(path).to_numpy().tolist() == [["1,5", "x"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The table cannot be read"),
        (b"a,b\n", "The table has no rows. Deliver a table with rows."),
        (b"a,b\n1,2,3\n4,5,6,7\n", "The table cannot be read"),
        (b'a,b\n"1,2\n', "The table cannot be read"),
        ("naam\nEén\n".encode("latin-1"), "The file is not UTF-8 (byte 6). Save it as UTF-8."),
        ("naam\nEik\n".encode("utf-16"), "The file is not UTF-8"),
    ],
    ids=["empty", "header alone", "too many cells", "open quote", "latin-1", "utf-16"],
)
def test_what_is_no_table_is_refused_in_plain_words(tmp_path, content, words):
    path = tmp_path / "bomen.csv"
    path.write_bytes(content)

    with pytest.raises(BadInput) as caught:
        read_table(path)

    assert str(caught.value).startswith(f"{path}: {words}")


def test_a_row_with_more_cells_than_the_header_is_refused_and_not_shifted(tmp_path):
    path = tmp_path / "bomen.csv"
    path.write_text("id,x,y\na,1,2,3\nb,4,5,6\n")

    with pytest.raises(BadInput, match="more cells than the header"):
        read_table(path)


def test_a_table_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingSource, match=r"The file does not exist\. Correct its path in the config\."):
        read_table(tmp_path / "bomen.csv")


@pytest.mark.parametrize(
    ("text", "value"), [("1.5", 1.5), ("1,5", 1.5), ("-3", -3.0), ("1e3", 1000.0), (" 7 ", 7.0), ("0", 0.0)]
)
def test_numbers_have_a_decimal_point_or_comma(text, value):
    assert numbers(pd.Series([text], dtype="str"), where="a").to_list() == [value]


def test_an_empty_cell_stays_empty():
    found = numbers(pd.Series([None, "2"], dtype="str"), where="a")

    np.testing.assert_array_equal(found, [np.nan, 2.0])
    assert numbers(pd.Series([], dtype="str"), where="a").dtype == float
    assert numbers(pd.Series([None, None], dtype="str"), where="a").isna().all()


@pytest.mark.parametrize("text", ["zes", "1.234,5", "?", "12 m", "nan", "inf", "-", "1,2,3"])
def test_a_cell_that_is_no_number_is_refused_with_its_line(text):
    with pytest.raises(BadInput) as caught:
        numbers(pd.Series(["1", text], name="hoogte", dtype="str"), where="bomen.csv")

    assert str(caught.value) == (
        f"bomen.csv: Column hoogte holds '{text}', which is not a number. Rows: line 3. Correct the column."
    )


@given(values=st.lists(st.floats(-1e9, 1e9), max_size=10), comma=st.booleans())
@few
def test_numbers_written_are_numbers_read(values, comma):
    texts = pd.Series([repr(value).replace(".", "," if comma else ".") for value in values], dtype="str")

    assert numbers(texts, where="a").to_list() == values


def workbook(path, *rows):
    write_workbook(path, "Blad1", rows)
    return path


def test_a_header_below_a_title_is_found_by_its_names(tmp_path):
    rows = [["Bomen van Ede"], ["naam", "", "2024"], [], ["Naam", "", "pc4"], ["Eik", "los", "6731"]]
    text = tmp_path / "a.csv"
    text.write_text("\n".join(";".join(row) for row in rows))

    expected = [["Eik", "6731"]]
    in_book = read_table(workbook(tmp_path / "a.xlsx", *rows), header=["naam", "pc4"])
    in_text = read_table(text, header=["naam", "pc4"])[["Naam", "pc4"]]
    assert (list(in_book), in_book.to_numpy().tolist()) == (["Naam", "pc4"], expected)
    assert in_text.to_numpy().tolist() == expected


def test_without_names_the_first_row_is_the_header(tmp_path):
    found = read_table(workbook(tmp_path / "a.xlsx", ["Titel", "b"], ["naam", 1.0], ["Eik", None]))

    assert (list(found), found.fillna("-").to_numpy().tolist()) == (["Titel", "b"], [["naam", "1"], ["Eik", "-"]])


def test_two_columns_of_one_name_in_a_workbook_are_refused(tmp_path):
    with pytest.raises(BadInput, match="Two columns are called 'naam'"):
        read_table(workbook(tmp_path / "a.xlsx", ["naam", "naam"], ["a", "b"]))


def test_another_encoding_is_tried_where_it_is_allowed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("naam\nEén\n".encode("cp1252"))

    assert read_table(path, encodings=("utf-8-sig", "cp1252"))["naam"].to_list() == ["Eén"]
    with pytest.raises(BadInput, match="The file is not UTF-8"):
        read_table(path, encodings=("utf-8-sig", "ascii"))


def test_a_workbook_with_a_nameless_file_in_it_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), "x")

    with pytest.raises(BadInput, match="names a file outside itself"):
        read_table(path)


def test_columns_of_a_layer_become_text_without_needless_decimals():
    floats = as_text(pd.Series([12.0, 0.5, None, 1e300]))

    assert (floats[0], floats[1], pd.isna(floats[2]), floats[3]) == ("12", "0.5", True, "1e+300")
    assert as_text(pd.Series([7, 8])).to_list() == ["7", "8"]


@pytest.mark.parametrize("text", ['{"a": 1, "b": 2}', '[{"a": 1}]', "\n <a>1,2</a>"])
def test_json_and_xml_are_no_table(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)

    with pytest.raises(BadInput, match="This is JSON or XML, not a table"):
        read_table(path)


def test_a_line_of_a_million_cells_is_no_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a," * 1_000_000 + "\n1\n")

    with pytest.raises(BadInput, match="The first line has more than 10,000 columns"):
        read_table(path)


def test_what_is_wrong_with_a_table_is_told_on_one_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n1,2,3,4\n")

    with pytest.raises(BadInput, match=r"The table cannot be read \(.*saw 4\)") as caught:
        read_table(path)

    assert "\n" not in caught.value.message


def test_the_first_rows_of_each_sheet_are_given(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, "Plannen", [["Titel"], ["code", "aantal"], ["a", 12.0]])

    assert first_rows(path) == {"Plannen": [["Titel"], ["code", "aantal"], ["a", "12"]]}
