from dataclasses import replace
from pathlib import Path

import pytest

from laadplan.errors import ConfigError
from laadplan.store.download.record import COLUMNS, Row, record

ROW = Row(
    "ede", "buurten", "2027-01-01T12:00:00+00:00", 'CBS, "2024"', "https://x.nl", "2024", "CC0", 9, "ab", "", "a b"
)


def test_rows_are_added_and_sorted_and_the_same_row_stands_once(tmp_path: Path):
    earlier = replace(ROW, fetched_at="2026-01-01T12:00:00+00:00")

    record(tmp_path, [ROW])
    path = record(tmp_path, [earlier, ROW])

    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert [line.split(",")[2][:4] for line in lines[1:]] == ["2026", "2027"]
    assert [each.name for each in tmp_path.iterdir()] == ["sources.csv"]


def test_a_row_is_read_back_as_it_was_written(tmp_path: Path):
    before = record(tmp_path, [ROW]).read_bytes()

    assert record(tmp_path, []).read_bytes() == before


@pytest.mark.parametrize("text", ["a,b\n1,2\n", ",".join(COLUMNS) + "\nede,x,x,x,x,x,x,veel,x,x,x\n", "\xff"])
def test_another_file_of_that_name_is_left_alone(tmp_path: Path, text: str):
    path = tmp_path / "sources.csv"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(ConfigError, match="not the table of what was fetched"):
        record(tmp_path, [ROW])

    assert path.read_bytes() == text.encode("latin-1")
