import json

import pandas as pd
import pytest

from laadplan.errors import BadInput, ConfigError, MissingSource
from laadplan.ingest.mapped import Mapped, read_mapped

SPELLINGS = {"code": ("code", "id"), "number": ("aantal",), "kind": ("soort",)}
ROWS = [{"id": "1", "aantal": "2"}, {"id": "2", "aantal": "3"}]


def mapped(*cells, name="number"):
    table = pd.DataFrame({name: pd.Series(cells, dtype="str")})
    return Mapped(table, {name: name}, "a.csv")


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"id,aantal\n1,2\n2,3\n",
        b"Een titel boven de tabel\n;;\nID;Aantal\n1;2\n2;3\n",
        b"aantal\nid\taantal\n1\t2\n2\t3\n",
        ROWS,
        [{"id": 1, "aantal": 2.0}, {"id": 2, "aantal": 3}],
        {"odata.metadata": "x", "value": ROWS},
        {"features": [{"type": "Feature", "geometry": None, "properties": row} for row in ROWS]},
    ],
    ids=["csv", "title", "title with a name", "json", "numbers", "odata", "features"],
)
def test_a_table_is_the_same_whatever_its_format(tmp_path, content):
    found = read_mapped(written(tmp_path / "bestand", content), SPELLINGS, required=["code"])

    assert (found.text("code").to_list(), found.number("number").to_list()) == (["1", "2"], [2.0, 3.0])
    assert found.text("kind").isna().all()


def test_the_files_of_a_folder_are_parts_of_one_table_in_order_of_their_names(tmp_path):
    written(tmp_path / "b.json", ROWS[1:])
    written(tmp_path / "a.json", ROWS[:1])

    assert read_mapped(tmp_path, SPELLINGS).text("code").to_list() == ["1", "2"]
    assert read_mapped([tmp_path / "b.json"], SPELLINGS).text("code").to_list() == ["2"]


def test_windows_text_is_read(tmp_path):
    found = read_mapped(written(tmp_path / "a.csv", "id;soort\n1;Coupé\n".encode("cp1252")), SPELLINGS)

    assert found.text("kind").to_list() == ["Coupé"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (b"[]", "The JSON holds no rows"),
        (b"{}", "The JSON holds no rows"),
        (b"[1, 2]", "The JSON holds no rows"),
        (b'[{"id": 1},', "The file is not JSON"),
        (b'[{"id": NaN}]', "The file is not JSON"),
        (b'[{"id": "\\ud800"}]', "half a character"),
        (b"id,aantal,aantal\n1,2,3\n", "Two columns are called 'aantal'"),
        (b"soort\na\n", "A column is missing: code"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, words):
    with pytest.raises(BadInput, match=words):
        read_mapped(written(tmp_path / "bestand", content), SPELLINGS, required=["code"])


def test_an_empty_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(MissingSource, match="There is no file here"):
        read_mapped(tmp_path, SPELLINGS)
    with pytest.raises(MissingSource, match="does not exist"):
        read_mapped(tmp_path / "weg.csv", SPELLINGS)


def test_a_figure_that_is_not_there_is_missing_and_never_zero():
    found = mapped("1,5", "0", "", None, "x", "-", "Geheim", "-99997", "-99995.0", "n.n.b.").number("number")

    assert found[:2].to_list() == [1.5, 0.0]
    assert found[2:].isna().all()


@pytest.mark.parametrize("text", ["veel", "1e999", "12 m", "٣x"])
def test_a_cell_that_is_no_number_is_refused(text):
    with pytest.raises(BadInput, match="which is not a number"):
        mapped("1", text).number("number")


def test_years_come_as_numbers_periods_and_days():
    found = mapped("2024", "2024JJ00", "20240131", "2024-01-31", "2024-01-31T10:00:00", "2024.0", "", None).year(
        "number"
    )

    assert found[:6].to_list() == [2024.0] * 6
    assert found[6:].isna().all()


@pytest.mark.parametrize("text", ["24", "20245", "1024", "2024MM01", "jaar"])
def test_what_is_no_year_is_refused_with_its_row(text):
    with pytest.raises(BadInput, match=f"holds '{text}', which is not a year. Rows: 2"):
        mapped("2024", text).year("number")


def test_days_come_in_the_ways_they_are_written():
    found = mapped("2024-02-01", "01-02-2024", "1/2/2024", "20240201", "2024-02-01T09:30:00", None).day("number")

    assert found[:5].to_list() == ["2024-02-01"] * 5
    assert found[5:].isna().all()


@pytest.mark.parametrize("text", ["31-02-2024", "morgen", "0024-02-01", "13/13/2024"])
def test_what_is_no_day_is_refused_and_a_secret_one_not_shown(text):
    with pytest.raises(BadInput, match="which is not a day"):
        mapped(text).day("number")
    with pytest.raises(BadInput) as caught:
        mapped(text).day("number", secret=True)

    assert text not in str(caught.value)


def test_words_are_ours_known_or_mapped_and_else_empty():
    found = mapped("Groot", "mini", "K", "?", None, name="kind").word(
        "kind", {"mini": "klein", "": "onbekend"}, {"kind": {"K ": "klein"}}, ("groot", "klein", "onbekend")
    )

    assert found.fillna("-").to_list() == ["groot", "klein", "klein", "-", "onbekend"]


def test_a_word_may_only_be_mapped_to_ours():
    with pytest.raises(ConfigError, match=r"kind cannot be 'reus'. It may be: groot"):
        mapped("a", name="kind").word("kind", {}, {"kind": {"a": "reus"}}, ("groot",))


def test_a_buurtcode_gets_back_what_a_spreadsheet_took():
    found = mapped("BU02280105", "02280105", "2280105", "bu0228 0105", "WK022801", "Totaal", None).buurt("number")

    assert found[:4].to_list() == ["BU02280105"] * 4
    assert found[4:].isna().all()
