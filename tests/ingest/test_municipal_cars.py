import json

import pandas as pd
import pytest

from laadplan.contracts.figures import MunicipalCars
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ContractBroken, MissingSource
from laadplan.ingest.municipal_cars import read_municipal_cars
from tests.frames import NAN, make

LIST = "Gemeente_code;Jaar;Personenautos;Elektrisch;Particulier;Zakelijk\n228;2024;60000;3000;54000;6000\n"
EDE = {
    "municipality_code": "GM0228",
    "year": 2024,
    "cars": 60000.0,
    "electric_cars": 3000.0,
    "plug_in_cars": NAN,
    "private_cars": 54000.0,
    "company_cars": 6000.0,
}


def odata(code, period, cars, electric=1):
    return {"ID": 0, "RegioS": code, "Perioden": period, "TotaalPersonenautoS_1": cars, "Elektriciteit_4": electric}


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_list_gives_the_totals_with_the_code_in_full(tmp_path):
    found = read_municipal_cars(write(tmp_path / "a.csv", LIST))

    pd.testing.assert_frame_equal(found, make(MunicipalCars, {"GM0228|2024": EDE}))


def test_the_table_of_cbs_is_read_without_country_and_months_and_a_gap_is_no_zero(tmp_path):
    rows = [
        odata("NL01  ", "2024JJ00", 9),
        odata("GM0228", "2024MM06", 8),
        odata("GM0228  ", "2024JJ00", 7),
        odata("GM0228  ", "2025JJ00", 6, electric=None),
    ]
    quality = Quality()

    found = read_municipal_cars(write(tmp_path / "a.json", {"value": rows}), quality=quality)

    assert found["cars"].to_dict() == {"GM0228|2024": 7.0, "GM0228|2025": 6.0}
    assert quality.missing == {"electric_cars": 1, "plug_in_cars": 2, "private_cars": 2, "company_cars": 2}
    assert quality.dropped == {"geen gemeente": ["NL01"], "geen jaarcijfer": ["GM0228|2024MM06"]}


def test_only_the_municipalities_asked_for_are_kept(tmp_path):
    quality = Quality()
    text = LIST + "1641;2024;9;1;5;4\n"

    found = read_municipal_cars(write(tmp_path / "a.csv", text), ["GM1641"], quality=quality)

    assert (list(found.index), quality.dropped) == (["GM1641|2024"], {"andere gemeente": ["GM0228|2024"]})


def test_columns_may_be_named(tmp_path):
    text = LIST.replace("Elektrisch", "Stekker").replace("228", "GM0228")

    found = read_municipal_cars(write(tmp_path / "a.csv", text), columns={"electric_cars": "Stekker"})

    pd.testing.assert_frame_equal(found, make(MunicipalCars, {"GM0228|2024": EDE}))


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (LIST.replace("Personenautos", "x"), BadInput, "A column is missing: cars"),
        (LIST.replace("60000", "veel"), BadInput, "holds 'veel', which is not a number"),
        (LIST.replace("60000", "-4"), ContractBroken, "Column cars must be at least 0"),
        (LIST.replace(";2024;", ";;"), BadInput, "is not a year"),
        (LIST + "0228;2024;1;1;1;1\n", ContractBroken, "more than once in 'total_id'"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_municipal_cars(write(tmp_path / "a.csv", text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_municipal_cars(tmp_path / "a.csv")
