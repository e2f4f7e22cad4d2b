import csv
import json
from collections import Counter

import pandas as pd
import pytest

from laadplan.contracts.figures import Registrations
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ContractBroken, MissingSource
from laadplan.ingest.rdw import read_registrations
from tests.frames import NAN, make

GROUPED = """"brandstof_omschrijving","merk","aantal"
"Benzine","OPEL","120"
"Elektriciteit","OPEL","7"
"Benzine, Elektriciteit","","3"
"""
PLATES = """kenteken,voertuigsoort,brandstof_omschrijving,datum_eerste_toelating
A1,Personenauto,Benzine,20200117
A1,Personenauto,Elektriciteit,20200117
A2,Personenauto,Elektriciteit,20210301
A3,Personenauto,Elektriciteit,20211231
A4,Motorfiets,Benzine,20210301
"""


def row(fuel, electric, cars, **other):
    rest = {"make": None, "model": None, "admission_year": NAN, "count_year": NAN, "keeper": "onbekend"}
    return {**rest, "fuel": fuel, "electric": electric, "cars": cars, **other}


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_counts_per_group_are_taken_over(tmp_path):
    found = read_registrations(write(tmp_path / "a.csv", GROUPED))

    expected = make(
        Registrations,
        {
            "Benzine|OPEL||||onbekend": row("Benzine", "niet", 120, make="OPEL"),
            "Elektriciteit|OPEL||||onbekend": row("Elektriciteit", "volledig", 7, make="OPEL"),
            "Benzine, Elektriciteit|||||onbekend": row("Benzine, Elektriciteit", "deels", 3),
        },
    )
    pd.testing.assert_frame_equal(found, expected)


def test_a_car_on_two_fuels_counts_once_and_its_plate_goes_no_further(tmp_path):
    quality = Quality()

    found = read_registrations(write(tmp_path / "a.csv", PLATES), quality=quality)

    expected = make(
        Registrations,
        {
            "Benzine, Elektriciteit|||2020||onbekend": row("Benzine, Elektriciteit", "deels", 1, admission_year=2020.0),
            "Elektriciteit|||2021||onbekend": row("Elektriciteit", "volledig", 2, admission_year=2021.0),
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    assert quality.skipped == {"geen personenauto": 1, "tweede regel van dezelfde auto": 1}


def test_pages_of_the_service_are_one_table(tmp_path):
    rows = [
        {"brandstof_omschrijving": "Diesel", "datum_eerste_toelating": f"{y}0101", "count": "5"} for y in (2019, 2020)
    ]
    for place, each in enumerate(rows):
        write(tmp_path / f"{place}.json", json.dumps([each]))

    found = read_registrations(tmp_path)

    assert found["admission_year"].to_list() == [2019.0, 2020.0]


def test_a_column_per_year_gives_a_row_per_year_and_private_cars_stand_apart(tmp_path):
    text = "brandstof;particulier_zakelijk;count_2023;count_2024\nElektriciteit;P;4;6.0\nElektriciteit;Zakelijk;1;2\n"

    found = read_registrations(write(tmp_path / "a.csv", text))

    assert found[["count_year", "keeper", "cars"]].to_numpy().tolist() == [
        [2023.0, "particulier", 4],
        [2023.0, "zakelijk", 1],
        [2024.0, "particulier", 6],
        [2024.0, "zakelijk", 2],
    ]


@pytest.mark.parametrize(("year", "counted", "told"), [(2024, [2024.0] * 3, 0), (None, [NAN] * 3, 1)])
def test_counts_without_a_year_take_that_of_the_config_or_say_that_there_is_none(tmp_path, year, counted, told):
    quality = Quality()

    found = read_registrations(write(tmp_path / "a.csv", GROUPED), year=year, quality=quality)

    assert found["count_year"].to_list() == pytest.approx(counted, nan_ok=True)
    assert [("'reference_on'" in each) for each in quality.findings] == [True] * told


def test_the_year_of_a_column_goes_before_that_of_the_config(tmp_path):
    text = "brandstof;count_2023\nElektriciteit;4\n"

    assert read_registrations(write(tmp_path / "a.csv", text), year=2026)["count_year"].to_list() == [2023.0]


def test_a_table_without_cars_gives_an_empty_frame(tmp_path):
    text = PLATES.replace("Personenauto", "Bus")

    pd.testing.assert_frame_equal(read_registrations(write(tmp_path / "a.csv", text)), Registrations.empty())


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (GROUPED.replace("brandstof_omschrijving", "x"), BadInput, "A column is missing: fuel"),
        (GROUPED.replace("aantal", "x"), BadInput, "A column is missing: cars"),
        (GROUPED.replace("120", "120.5"), BadInput, "'120.5', which is not a count of cars but a calculated figure"),
        (GROUPED.replace("120", "-1"), BadInput, "'-1', which is not a count"),
        (GROUPED.replace("120", "1e30"), BadInput, "which is not a count of cars"),
        (GROUPED.replace("120", "x"), BadInput, "which is not a count of cars"),
        (GROUPED + '"Benzine","OPEL","1"\n', ContractBroken, "more than once in 'group'"),
        (PLATES.replace("A2", ""), BadInput, "A row has no kenteken"),
        (PLATES.replace("20210301", "0"), BadInput, "'0', which is not a year"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_registrations(write(tmp_path / "a.csv", text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_registrations(tmp_path / "a.csv")


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "rows", "cars", "electric"),
    [("cumulatief", 44, 5_766_383, 342_995), ("merken_brandstof_counts", 1183, 5_766_383, 342_995)],
)
def test_counts_of_the_country_are_those_of_the_file(real_data, name, rows, cars, electric):
    found = read_registrations(real_data / "national" / "rdw" / f"{name}.csv")

    assert (len(found), found["cars"].sum()) == (rows, cars)
    assert found.loc[found["electric"] == "volledig", "cars"].sum() == electric


@pytest.mark.real
def test_models_per_year_are_read_though_the_file_is_no_utf8(real_data):
    path = real_data / "national" / "rdw" / "rdw_models_aggregated.csv"

    found = read_registrations(path)

    with path.open(encoding="latin-1", newline="") as stream:
        lines = list(csv.DictReader(stream))
    sold = Counter({year: sum(int(float(line[f"count_{year}"])) for line in lines) for year in (2023, 2024, 2025)})
    assert found.groupby("count_year")["cars"].sum().to_dict() == sold == {2023: 425786, 2024: 451155, 2025: 258425}
    assert found.loc[found["electric"] == "volledig", "cars"].sum() == 57485 + 86961 + 46083
    assert len(found) == 3 * len(lines) == 8301


@pytest.mark.real
def test_a_forecast_of_registrations_is_refused_as_a_calculated_figure(real_data):
    with pytest.raises(BadInput, match="which is not a count of cars but a calculated figure"):
        read_registrations(real_data / "national" / "rdw" / "voorspelling.csv")
