"""The tree register of quarters made by hand, read back by our own reader."""

import csv
import io
from pathlib import Path

from laadplan.demo import trees
from laadplan.ingest.tree_register import read_trees
from tests.demo.handmade import make_cell, make_empty_quarter, make_quarter


def document() -> str:
    return trees.HEAD + "".join(trees.part(make_quarter(make_cell(cell))) for cell in (0, 1))


def test_the_register_lacks_some_trees_and_some_diameters() -> None:
    rows = list(csv.DictReader(io.StringIO(document()), delimiter=";"))

    planted = len(make_quarter().trees)
    assert tuple(rows[0]) == trees.COLUMNS
    assert len(rows) == 2 * (planted - planted // 41)
    assert 0 < sum(row["Stamdiameter_cm"] == "" for row in rows) < len(rows) / 5
    assert all("," in row["X"] and "." not in row["X"] for row in rows)


def test_numbers_are_unique_over_quarters() -> None:
    numbers = [row["Boomnr"] for row in csv.DictReader(io.StringIO(document()), delimiter=";")]

    assert len(set(numbers)) == len(numbers)
    assert "100001" in numbers


def test_our_reader_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "bomen.csv"
    path.write_bytes(document().encode())

    found = read_trees(path)

    place = make_quarter().trees[0].point
    assert found.geometry.iloc[0].distance(place) < 0.001


def test_a_quarter_without_trees_adds_nothing() -> None:
    assert trees.part(make_empty_quarter()) == ""
