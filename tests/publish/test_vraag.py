import html
import re
from dataclasses import fields, replace

import openpyxl
import pandas as pd
import pytest
from PIL import Image

from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Coverage, HomeRules, Scenario
from laadplan.publish import chapters, vraag_map
from laadplan.publish.assumptions import TOLD, assumption_rows
from laadplan.publish.report_frames import DemandFrames, shown_years
from laadplan.publish.vraag import write_demand_book, write_demand_page
from laadplan.publish.vraag_map import ground_of, point_map, size_steps, write_demand_map
from tests.frames import box, make, shuffled
from tests.publish.reported import (
    CODES,
    FACTOR,
    NAMES,
    PUBLICATION,
    SOURCES,
    TODAY,
    UNKNOWN_CODE,
    chapter_of,
    demand_frames,
    kwh_of,
    least_frames,
    reaches_out,
    sheet_rows,
    tables_of,
)

SETTINGS = {
    "sources": SOURCES,
    "scenario": Scenario(),
    "homes": HomeRules(),
    "coverage": Coverage(),
    "walking": Walking(),
    "publication": PUBLICATION,
    "today": TODAY,
}
HOSTILE = "<script>alert('x')</script>"


def page_of(folder, frames, *, ground=None, **changes):
    target = folder / "vraag.html"
    write_demand_page(target, frames, ground=ground, spots=SpotRules(), **(SETTINGS | changes))
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("vraag"), demand_frames())


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    target = tmp_path_factory.mktemp("vraag") / "vraag.xlsx"
    write_demand_book(target, demand_frames(), **SETTINGS)
    return openpyxl.load_workbook(target)


def given_frames(frames: DemandFrames) -> dict[str, pd.DataFrame]:
    """The frames that there are, by name."""
    held = {field.name: getattr(frames, field.name) for field in fields(frames)}
    return {name: frame for name, frame in held.items() if frame is not None}


def emptied(frames: DemandFrames) -> DemandFrames:
    """The same frames without rows."""
    return DemandFrames(**{name: frame.iloc[:0] for name, frame in given_frames(frames).items()})


def all_shuffled(frames: DemandFrames) -> DemandFrames:
    return DemandFrames(**{name: shuffled(frame) for name, frame in given_frames(frames).items()})


# --- figures ----------------------------------------------------------------------------------------------------------


def test_totals_per_year_are_those_of_the_known_buurten(page):
    found = {row[0]: row[1:] for row in tables_of(page)["Totaal per jaar"]}

    for year in range(2025, 2036):
        sums = [sum(kwh_of(number, year, scenario) for number in range(1, 12)) for scenario in FACTOR]
        assert found[str(year)] == pytest.approx(
            [*[kwh / 2000 for kwh in sums], *[kwh / 1000 for kwh in sums], *[kwh / 2500 for kwh in sums]]
        )


def test_each_buurt_stands_in_the_table_with_its_own_figures(page):
    rows = {row[0]: row[1:] for row in tables_of(page)["Per buurt, scenario midden (schatting)"]}

    assert list(rows) == list(NAMES)
    for number, name in enumerate(NAMES[:11], start=1):
        kwh = [kwh_of(number, year, "midden") for year in (2025, 2030, 2035)]
        shares = [0.7, 0.2, 0.1]
        energy = [value / 1000 for value in kwh]
        expected = [0.75, *[value / 2000 for value in kwh], *energy, *[value / 2500 for value in kwh]]
        expected += [kwh[1] / 9000, *shares]
        assert rows[name] == pytest.approx(expected)
    assert rows[NAMES[11]] == ["onbekend"] * 14


def test_the_report_in_short_tells_the_year_the_range_and_that_it_is_an_estimate(page):
    text = chapter_of(page, "kort")

    kwh = {scenario: sum(kwh_of(number, 2030, scenario) for number in range(1, 12)) for scenario in FACTOR}
    assert kwh == pytest.approx({"laag": 2_772_000, "midden": 3_960_000, "hoog": 5_544_000})
    assert "3.960MWh laadvraag in 2030schatting; laag 2.772, hoog 5.544; in 2025: 660, in 2035: 7.260" in text


def test_points_are_told_by_energy_with_the_least_beside_them(page, book):
    text = chapter_of(page, "kort")

    assert "minimaal 440, als iedereen elk punt in de buurt kan bereiken" in text
    assert "gedeeld door wat een laadpunt per jaar levert: 3.000 kWh" in text
    row = sheet_rows(book, "Laadvraag per buurt")[0]
    assert row["laadpunten_minimaal"] == pytest.approx(row["laadvraag_kwh_jaar"] / 9000, abs=1e-4)


def test_what_was_not_computed_is_no_nil(tmp_path):
    frames = least_frames()
    demand = frames.buurt_demand.assign(workers_kwh_year=frames.buurt_demand["workers_kwh_year"] * 0.0)
    without = replace(frames, buurt_demand=demand)

    page = page_of(tmp_path, without)
    write_demand_book(tmp_path / "vraag.xlsx", without, **SETTINGS)

    rows = tables_of(page)["Per buurt, scenario midden (schatting)"]
    assert {row[-1] for row in rows} == {"niet berekend"}
    assert "de laadvraag van werkenden is niet berekend" in chapter_of(page, "onbekend")
    sheet = sheet_rows(openpyxl.load_workbook(tmp_path / "vraag.xlsx"), "Laadvraag per buurt")
    assert {row["werkenden_kwh_jaar"] for row in sheet} == {None}


@pytest.mark.parametrize(
    ("first", "shown"), [(2023, (2025, 2030, 2035)), (2025, (2025, 2030, 2035)), (2027, (2027, 2030, 2035))]
)
def test_the_first_year_shown_is_2025_or_the_first_after_it(first, shown):
    assert shown_years(pd.DataFrame({"year": range(first, 2036)}), Scenario()) == shown
    assert shown_years(pd.DataFrame({"year": [2023, 2024]}), Scenario()) == (2023, 2024)


def test_shortfalls_stand_by_gravity_and_add_up(page):
    rows = tables_of(page)["Tekort per gebied (schatting)"]

    lacking = {
        name: max(kwh_of(number, 2030, "midden") - 60_000, 0) / 2500 for number, name in enumerate(NAMES[:11], start=1)
    } | {NAMES[11]: 0.0}
    assert {row[0]: row[3] for row in rows} == pytest.approx(lacking)
    assert [row[3] for row in rows] == sorted(lacking.values(), reverse=True)
    assert "135 adressen is de laadvraag niet bekend" in chapter_of(page, "tekort")
    assert f"{sum(lacking.values()):,.0f}".replace(",", ".") + "laadpunten te weinig in 2030" in chapter_of(
        page, "kort"
    )


def test_squares_that_fail_are_listed(page):
    frame = demand_frames().squares
    failing = frame.index[frame["outcome"] == "voldoet niet"]

    rows = tables_of(page)["Vierkanten die niet voldoen"]

    assert sorted(row[0] for row in rows) == sorted(failing)
    assert f"{len(failing)} vierkanten voldoen niet" in chapter_of(page, "dekking")


def test_power_per_car_is_told_per_year_with_the_figure_of_the_afir(page):
    rows = tables_of(page)["Vermogen, scenario midden (schatting)"]

    assert [row[0] for row in rows] == ["2025", "2030", "2035"]
    assert rows[1][1:] == pytest.approx([1980.0, 2640.0, 2640 / 1980, 1.3 * 1980])


def test_poles_are_told_with_low_mid_and_high_and_the_year_above_break_even(page):
    rows = {row[0]: row[1:] for row in tables_of(page)["Bestaande palen (schatting)"]}

    supply = [(1500 + 60 * 4) * 2.5 * factor for factor in FACTOR.values()]
    area, *energy, since = rows["NL-XXX-4"]
    assert (area, since) == ("Zuid", "2031")
    assert energy == pytest.approx(supply)
    assert len(rows) == 30
    following = {row[0]: row[1:] for row in tables_of(page)["Eén paal erbij, per gebied (schatting)"]}
    assert following["Centrum"][-2:] == ["2031", "2032"]
    assert len(following["Centrum"]) == 2 * 3 + 2
    assert "levert hoogstens 6.000 kWh per jaar" in chapter_of(page, "palen")


def test_a_pole_that_earns_its_costs_from_the_first_year_does_so_now(tmp_path):
    frames = demand_frames()
    always = frames.pole_cases.assign(supply_from_year=2025.0)

    rows = tables_of(page_of(tmp_path, replace(frames, pole_cases=always)))["Bestaande palen (schatting)"]

    assert {row[-1] for row in rows} == {"nu al"}


def test_a_plan_for_dwellings_is_told_as_such(page):
    rows = tables_of(page)["De 20 grootste vraagpunten (schatting)"]

    assert {row[2] for row in rows if str(row[0]).startswith("bouwplan ")} <= {"nog geen"}
    assert all(isinstance(row[2], float) for row in rows if not str(row[0]).startswith("bouwplan "))


def test_plans_are_spoken_of_only_where_there_are_any(page, tmp_path):
    frames = demand_frames()
    without = replace(frames, clusters=frames.clusters.assign(is_planned=False))

    assert "of een bouwplan (oranje vierkant)" in chapter_of(page, "vraagpunten")
    assert "bouwplan" not in chapter_of(page_of(tmp_path, without), "vraagpunten")


def test_two_forecasts_are_told_apart_per_buurt(page):
    rows = {row[0]: row[1:] for row in tables_of(page)["Twee prognoses voor 2030"]}

    own = kwh_of(10, 2030, "midden") / 1000
    assert rows["Bosrand"] == pytest.approx([1.4 * own, own, 0.4 * own])
    assert UNKNOWN_CODE not in chapter_of(page, "prognose")


def test_buurten_without_figures_are_named(page):
    assert f"Van 1 buurt is de laadvraag niet bekend; die telt nergens mee: {NAMES[11]} ({UNKNOWN_CODE})" in chapter_of(
        page, "onbekend"
    )


def test_assumptions_stand_with_their_value_and_their_key(page):
    text = chapter_of(page, "aannames")

    for key, value in {
        "scenario.km_per_car_year": "18.500 km per jaar",
        "scenario.public_share_no_driveway": "40 %",
        "coverage.break_even_kwh_pole_year": "4.000 kWh per jaar",
        "walking.norm_m": "250 m",
    }.items():
        assert value + key in text


def test_no_setting_is_left_out_of_the_assumptions():
    """Also one that has no Dutch name yet."""
    rows = assumption_rows({"scenario": Scenario(), "nieuw": Coverage()})

    keys = [key for _, _, key in rows]
    assert {key.split(".")[1] for key in keys if key.startswith("scenario.")} == set(Scenario.model_fields)
    assert {key.split(".")[1] for key in keys if key.startswith("nieuw.")} == set(Coverage.model_fields)
    assert all(name == TOLD.get(key, ("", ""))[0] for name, _, key in rows)


def test_sources_stand_with_their_dates(page):
    assert "CBS buurten1 januari 2024CC-BY 4.0" in chapter_of(page, "bronnen")


# --- what may be missing or hostile -----------------------------------------------------------------------------------


def test_without_addresses_there_is_a_report_of_buurten(tmp_path):
    page = page_of(tmp_path, least_frames())

    assert "alleen per buurt bekend" in chapter_of(page, "vraagpunten")
    assert "Hiervoor zijn adressen en bestaande laadpunten nodig" in chapter_of(page, "tekort")
    assert "geen officiële prognose" in chapter_of(page, "prognose")
    assert len(tables_of(page)["Per buurt, scenario midden (schatting)"]) == 12


def test_empty_frames_give_a_report_that_says_so(tmp_path):
    page = page_of(tmp_path, emptied(demand_frames()))

    assert "Er is geen laadvraag berekend" in page
    assert "nan" not in chapter_of(page, "kort")


@pytest.mark.slow
def test_each_optional_frame_can_be_absent(tmp_path):
    frames = demand_frames()
    for field in fields(frames)[3:]:
        assert "<h1>" in page_of(tmp_path, replace(frames, **{field.name: None}))


def test_names_of_a_source_are_text_and_never_markup(tmp_path):
    page = page_of(tmp_path, demand_frames((HOSTILE, *NAMES[1:])))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in page
    assert HOSTILE in [row[0] for row in tables_of(page)["Per buurt, scenario midden (schatting)"]]


def test_the_page_asks_nothing_of_a_network(page):
    assert reaches_out(page) == []
    assert "default-src 'none'" in html.unescape(page)
    assert page.count("<script>") == 1


def test_equal_input_gives_equal_bytes_whatever_the_order_of_rows(page, tmp_path):
    assert page_of(tmp_path, all_shuffled(demand_frames())) == page


def test_ids_in_the_page_are_unique(page):
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert len(ids) == len(set(ids))


def test_a_long_table_is_cut_and_says_where_the_rest_is():
    columns = [chapters.Column("Naam"), chapters.Column("Getal", "number", 1)]
    rows = [[f"rij {place}", place / 3] for place in range(30)]

    table = chapters.data_table("Veel", columns, rows, workbook="vraag.xlsx", most=5)

    assert len(tables_of(f"<html><body>{table}</body></html>")["Veel"]) == 5
    assert "Nog 25 regels: alle regels staan in vraag.xlsx." in table
    assert "<details open>" in table


# --- the workbook -----------------------------------------------------------------------------------------------------


def test_the_workbook_holds_every_table_with_an_explanation_of_every_column(book):
    assert book.sheetnames == [
        "Lees mij",
        "Laadvraag per buurt",
        "Elektrische auto's",
        "Laadvraag per vraagpunt",
        "Tekorten",
        "Gebruik per paal",
        "Dekking (NAL)",
        "Publiek vermogen (AFIR)",
        "Aannames",
        "Bronnen",
        "Toelichting kolommen",
    ]
    explained = {(row["blad"], row["kolom"]) for row in sheet_rows(book, "Toelichting kolommen")}
    for name in book.sheetnames[1:8]:
        heading = next(book[name].iter_rows(values_only=True, max_row=1))
        assert {(name, column) for column in heading} <= explained


def test_the_workbook_holds_every_buurt_year_and_scenario(book):
    rows = {row["prognose_id"]: row for row in sheet_rows(book, "Laadvraag per buurt")}

    assert len(rows) == 12 * 11 * 3
    row = rows[f"{CODES[4]}|2031|hoog"]
    assert row["buurtnaam"] == "Zuid"
    assert row["laadvraag_kwh_jaar"] == pytest.approx(kwh_of(5, 2031, "hoog"))
    assert rows[f"{UNKNOWN_CODE}|2031|hoog"]["laadvraag_kwh_jaar"] is None


def test_demand_points_add_up_to_their_buurt_in_the_workbook(book):
    rows = pd.DataFrame(sheet_rows(book, "Laadvraag per vraagpunt"))

    sums = rows.groupby(["buurtcode", "jaar", "scenario"])["laadvraag_kwh_jaar"].sum()
    assert sorted(rows["jaar"].unique()) == [2025, 2030, 2035]
    for number, code in enumerate(CODES[:11], start=1):
        assert sums[code, 2030, "laag"] == pytest.approx(kwh_of(number, 2030, "laag"), abs=0.01)


def test_a_workbook_of_least_and_of_empty_frames_can_be_written(tmp_path):
    for frames in (least_frames(), emptied(demand_frames())):
        write_demand_book(tmp_path / "it.xlsx", frames, **SETTINGS)
        assert openpyxl.load_workbook(tmp_path / "it.xlsx").sheetnames[0] == "Lees mij"


def test_two_workbooks_have_equal_bytes(tmp_path):
    for name, frames in (("een", demand_frames()), ("twee", all_shuffled(demand_frames()))):
        write_demand_book(tmp_path / f"{name}.xlsx", frames, **SETTINGS)

    assert (tmp_path / "een.xlsx").read_bytes() == (tmp_path / "twee.xlsx").read_bytes()


# --- pictures ---------------------------------------------------------------------------------------------------------


def picture(folder, frames, name="vraag.png", ground=None):
    given = {key: SETTINGS[key] for key in ("scenario", "publication", "sources", "today")}
    write_demand_map(folder / name, frames, ground=ground, **given)
    return folder / name


def size_of(path):
    with Image.open(path) as image:
        return image.size


def test_the_picture_is_the_same_for_equal_input(tmp_path):
    first = picture(tmp_path, demand_frames(), "een.png")
    second = picture(tmp_path, all_shuffled(demand_frames()), "twee.png")

    assert first.read_bytes() == second.read_bytes()
    assert size_of(first) == vraag_map.SIZE_PX


def test_with_few_buurten_demand_points_are_drawn(tmp_path):
    frames = demand_frames()
    few = replace(frames, buurten=frames.buurten.iloc[:2])

    assert not vraag_map.shows_points(frames)
    assert vraag_map.shows_points(few)
    assert size_of(picture(tmp_path, few)) == vraag_map.SIZE_PX


@pytest.mark.parametrize("frames", [least_frames(), emptied(demand_frames())], ids=["least", "empty"])
def test_there_is_a_picture_whatever_is_missing(tmp_path, frames):
    assert size_of(picture(tmp_path, frames)) == vraag_map.SIZE_PX


def test_points_lie_on_the_ground_where_it_is_given(tmp_path):
    from laadplan.contracts.sources import Buildings, RoadParts, Terrain

    ground = ground_of(
        make(RoadParts, {"weg": {"geometry": box(0, 0, 2400, 12)}}),
        Terrain.empty(),
        make(Buildings, {"pand": {"geometry": box(300, 300, 500, 500)}}),
    )
    frames = demand_frames()

    assert ground_of(None, Terrain.empty(), Buildings.empty()) is None
    assert point_map(frames, ground, Scenario()) != point_map(frames, None, Scenario())


def test_sizes_in_the_legend_are_round_and_no_larger_than_the_largest():
    assert size_steps(43_210.0) == [5000.0, 20_000.0, 40_000.0]
    assert size_steps(0.0) == []


def test_years_told_apart_are_the_first_that_of_the_plan_and_the_last():
    frame = demand_frames().buurt_demand

    assert shown_years(frame, Scenario()) == (2025, 2030, 2035)
    assert shown_years(frame, Scenario(year=2025, until_year=2035)) == (2025, 2035)
    assert shown_years(frame.iloc[:0], Scenario()) == ()
