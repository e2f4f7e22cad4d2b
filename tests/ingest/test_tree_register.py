import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Trees
from laadplan.errors import BadInput, ContractBroken, MissingSource, WrongCrs
from laadplan.ingest.tree_register import read_trees
from tests.frames import box, make, moved, point

TABLE = """Boomnr;Naam_NL;Stamdiameter_cm;Kroondiameter_m;Hoogte;X;Y
B1;Zomereik;40;6,5;12-15 m;180000,00;457000,00
B2;;\\N;;tot 6 m;180010,50;457000,25
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bomen.csv"


def write(path, text=TABLE):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_register_is_read_in_metres(path):
    found = read_trees(write(path))

    expected = make(
        Trees,
        {
            "B1": {
                "geometry": point(0, 0),
                "species": "Zomereik",
                "stem_diameter_m": 0.4,
                "crown_diameter_m": 6.5,
                "origin": "bomenregister",
            },
            "B2": {"geometry": point(10.5, 0.25), "origin": "bomenregister"},
        },
    )
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_other_delimiters_give_the_same_trees(path, delimiter):
    text = TABLE.replace(",", ".").replace(";", delimiter)

    pd.testing.assert_frame_equal(read_trees(write(path, text)), read_trees(write(path)))


def test_a_tree_without_coordinates_is_dropped_and_told(path):
    quality = Quality()

    found = read_trees(write(path, TABLE + "B3;Beuk;;;;;\nB4;Beuk;;;;180000;\n"), quality=quality)

    assert (list(found.index), quality.read, quality.kept) == (["B1", "B2"], 4, 2)
    assert list(quality.dropped.values()) == [["B3", "B4"]]


def test_only_trees_in_the_area_are_kept_and_the_rest_counted(path):
    quality = Quality()

    found = read_trees(write(path), moved(box(-1, -1, 1, 1)), quality=quality)

    assert (list(found.index), quality.dropped) == (["B1"], {"buiten het gebied": ["B2"]})


def test_an_area_without_trees_gives_an_empty_frame(path):
    pd.testing.assert_frame_equal(read_trees(write(path), moved(box(90, 90, 91, 91))), Trees.empty())


def test_columns_may_be_named_in_the_config(path):
    text = TABLE.replace("Boomnr", "Sleutel").replace(";X;", ";Oost;")

    found = read_trees(write(path, text), columns={"tree_id": "Sleutel", "x_rd": "Oost"})

    assert list(found.index) == ["B1", "B2"]


def test_measures_that_the_register_does_not_hold_are_empty(path):
    found = read_trees(write(path, "ID,X,Y\nB1,180000,457000\n"))

    assert found[["species", "stem_diameter_m", "crown_diameter_m"]].isna().all().all()


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (TABLE.replace("Boomnr", "Sleutel"), BadInput, "A column is missing: tree_id"),
        (TABLE.replace(";X;", ";Oost;"), BadInput, "A column is missing: x_rd"),
        (TABLE.replace("40", "dik"), BadInput, "Column Stamdiameter_cm holds 'dik'"),
        (TABLE.replace("B2", "B1"), ContractBroken, "more than once in 'tree_id'"),
        (TABLE.replace("B2", ""), ContractBroken, "tree_id"),
        (
            TABLE.replace(";40;", ";-40;"),
            ContractBroken,
            r"Column stem_diameter_m must be at least 0 \(found -0\.4\)\..*Rows: B1",
        ),
        (TABLE.replace("180000,00;457000,00", "5,77;52,1"), WrongCrs, "probably in degrees"),
        (TABLE.partition("\n")[0], BadInput, "The table has no rows"),
    ],
)
def test_a_register_that_cannot_be_used_is_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_trees(write(path, text))


def test_a_register_in_another_encoding_is_refused(path):
    path.write_bytes(TABLE.replace("Zomereik", "Fladderiep één").encode("latin-1"))

    with pytest.raises(BadInput, match="not UTF-8"):
        read_trees(path)


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="The file does not exist"):
        read_trees(path)
