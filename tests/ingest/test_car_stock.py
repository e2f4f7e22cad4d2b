import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Vehicles
from laadplan.errors import BadInput, ContractBroken, MissingSource
from laadplan.ingest.car_stock import read_vehicles
from tests.frames import NAN, make

TABLE = """pc4,p_electric,beginning_2020,beginning_2024,beginning_2023,cars_per_household
6731,0.03,0.018,0.05,0.04,1.4
6732,0.03,0.018,,0.04,1.2
6733,0.03,0.018,0.07,0.04,
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "autos.csv"


def write(path, text=TABLE):
    path.write_text(text, encoding="utf-8")
    return path


def test_the_share_of_the_newest_year_is_taken_with_that_year(path):
    found = read_vehicles(write(path))

    expected = make(
        Vehicles,
        {
            "6731": {"cars_per_household": 1.4, "electric_share": 0.05},
            "6732": {"cars_per_household": 1.2, "electric_share": None},
            "6733": {"cars_per_household": None, "electric_share": 0.07},
        },
    )
    pd.testing.assert_frame_equal(found, expected)


def test_only_the_postcodes_asked_for_are_kept_and_the_rest_counted(path):
    quality = Quality()

    found = read_vehicles(write(path), ["6733", "9999"], quality=quality)

    assert (list(found.index), quality.read, quality.kept, list(quality.dropped.values())) == (
        ["6733"],
        3,
        1,
        [["6731", "6732"]],
    )
    assert quality.missing == {"cars_per_household": 1, "company_share": 1, "expected_share": 1}


def test_no_postcode_asked_for_gives_an_empty_frame(path):
    pd.testing.assert_frame_equal(read_vehicles(write(path), []), Vehicles.empty())


def test_a_decimal_comma_and_a_semicolon_are_read_the_same(path):
    text = TABLE.replace(",", ";").replace(".", ",")

    pd.testing.assert_frame_equal(read_vehicles(write(path, text)), read_vehicles(write(path)))


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (TABLE.replace("pc4", "gebied"), BadInput, r"A column is missing: pc4"),
        (TABLE.replace("cars_per", "kg_per"), BadInput, r"A column is missing: cars_per_household"),
        (TABLE.replace("beginning", "end"), BadInput, r"No column beginning_<year>"),
        (TABLE.replace("1.4", "veel"), BadInput, r"Column cars_per_household holds 'veel'.*line 2"),
        (
            TABLE.replace("0.05", "5"),
            ContractBroken,
            r"Column electric_share must be at most 1 \(found 5.0\)\..*Rows: 6731",
        ),
        (
            TABLE.replace("1.4", "-1.4"),
            ContractBroken,
            r"Column cars_per_household must be at least 0 \(found -1.4\)\..*Rows: 6731",
        ),
        (
            TABLE.replace("1.4", "14"),
            ContractBroken,
            r"Column cars_per_household must be at most 5 \(found 14.0\)\..*Rows: 6731",
        ),
        (TABLE.replace("6732", "6731"), ContractBroken, r"more than once in 'pc4'"),
        (TABLE.replace("6732", ""), ContractBroken, r"pc4"),
        ("", BadInput, "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_vehicles(write(path, text))


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="The file does not exist"):
        read_vehicles(path)


@pytest.mark.real
def test_the_car_stock_of_otterlo_is_that_of_the_national_table(real_data):
    source = real_data / "national" / "pc4" / "Data_Cleaned_KIM.csv"

    found = read_vehicles(source, ["6731", "1011"])

    raw = pd.read_csv(source, dtype={"pc4": str}).set_index("pc4").loc[["1011", "6731"]]
    growth = found["expected_share"] / raw["beginning_2022"]
    assert growth.tolist() == pytest.approx([2.01, 2.01], abs=0.01)
    pd.testing.assert_frame_equal(
        found.drop(columns="expected_share"),
        raw[["cars_per_household", "beginning_2024", "p_company_car"]]
        .set_axis(["cars_per_household", "electric_share", "company_share"], axis=1)
        .assign(stock_year=2024),
        check_dtype=False,
        check_index_type=False,
    )
    assert found.loc["1011", "electric_share"] == 0.140812


def test_the_expected_share_is_that_of_2022_grown_like_the_middle_postcode(path):
    rows = [
        "1011,0.01,0.02,1,0.1",
        "1012,0.02,0.06,1,0.1",
        "1013,0.01,0.4,1,0.1",
        "1014,0.01,0.02,1,0",
        "1015,,0.1,1,0.1",
    ]
    text = "\n".join(["pc4,beginning_2022,beginning_2024,cars_per_household,p_company_car", *rows])

    found = read_vehicles(write(path, text), ["1011", "1013", "1014", "1015"])

    middle = 3.0  # of 2, 3 and 40; small postcodes without company cars are not counted
    assert found["expected_share"].tolist() == pytest.approx([0.01 * middle, 0.01 * middle, NAN, NAN], nan_ok=True)


def test_without_a_year_before_the_break_nothing_is_expected(path):
    assert read_vehicles(write(path))["expected_share"].isna().all()
