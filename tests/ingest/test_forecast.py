import pandas as pd
import pytest

from laadplan.contracts.figures import Forecast
from laadplan.contracts.quality import Quality
from laadplan.demo.every_files import write_workbook
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource
from laadplan.ingest.forecast import read_forecast
from tests.frames import NAN, make

LONG = """Buurtcode;Buurtnaam;Jaar;Scenario;EVSE
BU02280001;Noord;2030;Laag;1,5
BU02280001;Noord;2030;Midden;2
BU02280001;Noord;2030;Hoog;3
"""
WIDE = "buurtcode,inwoners 2030,{0} laag,{0} midden,{0} hoog\nBU02280001,900,1.5,2,3\n"


def figure(scenario, value, unit="EVSE"):
    in_evse = unit == "EVSE"
    return {
        "buurtcode": "BU02280001",
        "year": 2030,
        "scenario": scenario,
        "value_evse": value if in_evse else NAN,
        "value_kwh_year": NAN if in_evse else value,
    }


def expected(unit="EVSE"):
    values = {"laag": 1.5, "midden": 2.0, "hoog": 3.0}
    return make(Forecast, {f"BU02280001|2030|{name}": figure(name, value, unit) for name, value in values.items()})


def write(path, text=LONG):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "prognose.csv"


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        WIDE.format("2030"),
        WIDE.format("EVSE_2030"),
        "Prognose\nbron: verzonnen\n" + WIDE.format("Aantal laadpunten 2030"),
        WIDE.replace("{0} laag", "laag_2030").replace("{0} midden", "Mid 2030").replace("{0} hoog", "high-2030"),
        "bu_code;jaar;low;medium;high\n2280001;2030;1,5;2;3\n",
        "statcode;scenario;2030\nBU02280001;laag;1,5\nBU02280001;midden;2\nBU02280001;hoog;3\n",
    ],
    ids=["long", "wide", "unit", "title", "spellings", "wide by scenario", "wide by year"],
)
def test_every_layout_gives_one_row_per_buurt_year_and_scenario(path, text):
    pd.testing.assert_frame_equal(read_forecast(write(path, text), unit="EVSE"), expected())


def test_a_workbook_below_a_title_is_read_and_its_total_dropped(tmp_path):
    rows = [
        ["Prognose", 2030],
        [],
        *[line.split(",") for line in WIDE.format("2030").splitlines()],
        ["Totaal", 9, 9, 9, 9],
    ]
    write_workbook(tmp_path / "a.xlsx", "Blad", rows)
    quality = Quality()

    found = read_forecast(tmp_path / "a.xlsx", unit="EVSE", quality=quality)

    pd.testing.assert_frame_equal(found, expected())
    assert quality.dropped == {"geen buurtcode": ["Totaal"]}
    assert quality.facts == {"unit": "EVSE", "years": [2030]}


LONG_WITH_TOTAL = """buurtcode;jaar;scenario;waarde
BU02280001;2030;midden;20
BU02280002;2030;midden;30
BU03450001;2030;midden;7
{0}
"""


@pytest.mark.parametrize(
    ("total", "told"),
    [
        ("GM0228;2030;midden;50", ""),
        ("GM0228;2030;midden;50,4", ""),
        ("gm0228;2030;midden;40", "1 times (up to 25% off)"),
        ("0228;2030;midden;100", "1 times (up to 50% off)"),
        ("Totaal;2030;midden;57", ""),
        ("Totaal;2030;midden;60", "1 times (up to 5% off)"),
        ("Totaal;;;60", ""),
        ("GM0228;2031;midden;40", ""),
        ("GM9999;2030;midden;40", ""),
    ],
)
def test_a_total_is_held_against_the_sum_of_all_its_buurten_and_left_out(path, total, told):
    quality = Quality()

    found = read_forecast(write(path, LONG_WITH_TOTAL.format(total)), ["BU02280001"], unit="EVSE", quality=quality)

    assert found["value_evse"].to_list() == [20.0]
    assert quality.dropped["geen buurtcode"] == [total.partition(";")[0]]
    words = "The total of the forecast is not the sum of its buurten {}: the buurten are used, the total is not."
    assert [each for each in quality.findings if "total" in each] == ([words.format(told)] if told else [])


def test_the_unit_decides_which_figure_is_filled(path):
    pd.testing.assert_frame_equal(read_forecast(write(path, WIDE.format("2030")), unit="kWh"), expected("kWh"))


def test_of_a_file_in_both_units_the_stated_one_is_read(path):
    text = "buurtcode,EVSE 2030 laag,kWh 2030 laag\nBU02280001,1.5,4500\n"

    in_evse = read_forecast(write(path, text), unit="EVSE")
    in_kwh = read_forecast(path, unit="kWh")

    assert (in_evse["value_evse"].to_list(), in_kwh["value_kwh_year"].to_list()) == ([1.5], [4500.0])


@pytest.mark.parametrize("unit", ["", "laadpalen", "evse", None])
def test_a_unit_that_is_not_stated_is_refused(path, unit):
    with pytest.raises(ConfigError, match=r"The unit of a forecast must be stated.*unit: EVSE"):
        read_forecast(write(path), unit=unit)


@pytest.mark.parametrize("text", [LONG, WIDE.format("EVSE 2030")])
def test_columns_in_the_other_unit_are_refused(path, text):
    with pytest.raises(BadInput, match=r"stated as kWh, but column EVSE.* is in EVSE"):
        read_forecast(write(path, text), unit="kWh")


def test_columns_and_scenarios_may_be_mapped(path):
    text = "wijkbuurt,jaar,keuze,x,M30\nBU02280001,2030,basis,2,7\n"

    long = read_forecast(
        write(path, text),
        unit="EVSE",
        columns={"buurtcode": "wijkbuurt", "scenario": "keuze", "value": "x"},
        values={"scenario": {"Basis": "midden"}},
    )
    wide = read_forecast(path, unit="EVSE", columns={"buurtcode": "wijkbuurt", "2030|midden": "M30"})

    assert long["value_evse"].to_dict() == {"BU02280001|2030|midden": 2.0}
    assert wide["value_evse"].to_dict() == {"BU02280001|2030|midden": 7.0}


def test_a_file_without_scenarios_is_refused_until_it_is_said_which_it_is(path):
    text = "buurtcode,2030\nBU02280001,4\n"

    with pytest.raises(BadInput, match=r"Figures have no scenario\."):
        read_forecast(write(path, text), unit="EVSE")
    assert read_forecast(path, unit="EVSE", values={"scenario": {"": "midden"}})["scenario"].to_list() == ["midden"]


def test_a_cell_without_a_figure_gives_no_row(path):
    quality = Quality()

    found = read_forecast(write(path, LONG.replace(";2\n", ";\n")), unit="EVSE", quality=quality)

    assert list(found["scenario"]) == ["hoog", "laag"]
    assert quality.dropped == {"zonder waarde": ["BU02280001|2030|midden"]}


def test_only_the_buurten_asked_for_are_kept(path):
    quality = Quality()

    found = read_forecast(write(path), ["BU02280002"], unit="EVSE", quality=quality)

    pd.testing.assert_frame_equal(found, Forecast.empty())
    assert quality.dropped == {"buurt ligt niet in het gebied": ["BU02280001"]}


def test_scenarios_out_of_order_are_reported(path):
    quality = Quality()

    read_forecast(write(path, LONG.replace("1,5", "15")), unit="EVSE", quality=quality)

    assert quality.findings == ["Low, mid and high are not in order for 1 buurten, first BU02280001."]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (LONG.replace("Buurtcode", "x"), BadInput, "A column is missing: buurtcode"),
        (LONG.replace("EVSE", "x"), BadInput, "No column with figures is recognised"),
        (LONG.replace("Jaar", "x"), BadInput, "Figures have no year"),
        (LONG.replace("Laag", "A"), BadInput, "'A' is no scenario"),
        (LONG.replace("1,5", "veel"), BadInput, "'veel', which is not a number"),
        (LONG.replace("1,5", "-1"), ContractBroken, "value_evse must be at least 0"),
        (LONG.replace("Laag", "Hoog"), ContractBroken, "more than once in 'forecast_id'"),
        ("buurtcode;laag;laag\n1;2;3\n", BadInput, "Two columns are called 'laag'"),
    ],
)
def test_a_forecast_that_cannot_be_used_is_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_forecast(write(path, text), unit="EVSE")


def test_a_column_in_the_mapping_must_be_there_and_be_ours(path):
    with pytest.raises(BadInput, match="A column is missing: M30"):
        read_forecast(write(path), unit="EVSE", columns={"2030|midden": "M30"})
    with pytest.raises(ConfigError, match="is not a column of this source"):
        read_forecast(path, unit="EVSE", columns={"1830|midden": "M30"})


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_forecast(path, unit="EVSE")


@pytest.mark.real
def test_a_forecast_of_the_country_has_no_buurten_and_is_refused(real_data):
    with pytest.raises(BadInput, match="A column is missing: buurtcode"):
        read_forecast(real_data / "national" / "rdw" / "voorspelling.csv", unit="EVSE")
