import html
import re
from dataclasses import fields, replace
from datetime import date

import openpyxl
import pytest

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.monitoring import Laaddruk, LaaddrukHours, LaaddrukWeeks, Triggers
from laadplan.publish.monitor import summary, write_monitor_book, write_monitor_page
from laadplan.publish.monitor_use import SIGNS, hour_part
from laadplan.publish.palette import LEVEL_MARKS
from laadplan.publish.report_frames import UseFrames
from tests.frames import shuffled
from tests.publish.reported import (
    CODES,
    DRUK,
    NAMES,
    PUBLICATION,
    SOURCES,
    TODAY,
    areas,
    chapter_of,
    reaches_out,
    sheet_rows,
    short_frames,
    tables_of,
    use_frames,
)

SETTINGS = {"sources": SOURCES, "monitoring": Monitoring(), "publication": PUBLICATION, "today": TODAY}
HOSTILE = "<img src=x onerror=alert(1)>"


def page_of(folder, frames, **changes):
    write_monitor_page(folder / "monitor.html", frames, **(SETTINGS | changes))
    return (folder / "monitor.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("monitor"), use_frames())


def all_shuffled(frames):
    return UseFrames(**{field.name: shuffled(getattr(frames, field.name)) for field in fields(frames)})


def nothing():
    return UseFrames(areas(), Laaddruk.empty(), LaaddrukWeeks.empty(), LaaddrukHours.empty(), Triggers.empty())


def test_the_summary_tells_how_many_are_over_near_and_unknown():
    told = summary(use_frames(), TODAY)

    assert told[:3] == [
        "Van 11 gebieden is een laaddruk bekend, van 1 niet.",
        "2 gebieden zitten boven de norm: Centrum, Noord.",
        "2 gebieden naderen de norm: Kanaalzone, De Wilgen.",
    ]
    assert "het eerst Kanaalzone, rond 5 april 2027 (marge: 1 februari 2027 tot 9 augustus 2027)" in told[3]
    assert told[4:] == [
        "Nu te starten: 2 gebieden boven de norm (III), 6 laadpunten erbij.",
        "Over dezelfde auto's, dus niet op te tellen: 1 volle paal op zichzelf (II), 2 laadpunten erbij.",
    ]


def test_with_nothing_to_start_the_summary_says_so():
    known = replace(use_frames(), triggers=Triggers.empty())

    assert summary(known, TODAY)[-1] == "Er is nu niets te starten."


@pytest.mark.parametrize("frames", [short_frames(), nothing()], ids=["short", "nothing"])
def test_where_nothing_is_known_it_is_not_said_that_there_is_nothing_to_start(tmp_path, frames):
    told = "Of er iets te starten is, is niet te zeggen: er is geen laaddruk bekend."

    page = page_of(tmp_path, frames)

    assert summary(frames, TODAY)[-1] == told
    assert told in chapter_of(page, "starten")
    assert "Van geen enkele paal is genoeg gebruik bekend" in chapter_of(page, "palen")


def test_points_are_added_up_per_variant_and_never_over_variants(page):
    rows = tables_of(page)["Te starten per variant"]

    assert rows == [
        ["III: laaddruk van een gebied", "gebieden", 2.0, 6.0, 0.0, 0.0, 1.0],
        ["IV: laaddruk en prognose", "gebieden", 0.0, 0.0, 1.0, 0.0, 0.0],
        ["I: prognose", "gebieden", 0.0, 0.0, 0.0, 1.0, 0.0],
        ["aanvragen", "gebieden", 0.0, 0.0, 1.0, 0.0, 0.0],
        ["II: gebruik van een paal", "palen", 1.0, 2.0, 0.0, 0.0, 0.0],
    ]
    assert "Een gemeente kiest één variant" in chapter_of(page, "starten")


def test_every_area_stands_in_a_table_the_gravest_first(page):
    found = tables_of(page)
    rows = found["Laaddruk per gebied"]

    assert [row[0] for row in rows] == list(NAMES[:-1])
    assert [row[2] for row in rows] == pytest.approx(list(DRUK[:-1]))
    assert (rows[0][1], *rows[0][-2:]) == ("actie", "al gepasseerd", "")
    assert rows[2][-2:] == [float(date(2027, 4, 5).toordinal()), "1 feb 2027 – 9 aug 2027"]
    assert rows[0][9:11] == [0.3, "20\u00a0% – 40\u00a0%"]
    assert found["Gebieden zonder laaddruk"] == [[NAMES[-1], 5.0, "Te kort gemeten."]]


def test_an_area_with_a_day_is_not_planned_as_well(tmp_path):
    both = use_frames().triggers.replace({"code": {CODES[3]: CODES[2]}, "name": {NAMES[3]: NAMES[2]}})

    found = tables_of(page_of(tmp_path, replace(use_frames(), triggers=both)))

    assert "Inplannen" not in found
    assert found["Later dit kwartaal starten"][0][0] == NAMES[2]
    assert found["Te starten per variant"][0][-1] == 1.0


def test_triggers_stand_by_when_to_start(page):
    found = tables_of(page)

    assert [row[0] for row in found["Nu starten"]] == ["Centrum", "Noord"]
    assert [row[0] for row in found["Later dit kwartaal starten"]] == ["Kanaalzone", "Stationsbuurt"]
    assert [row[0] for row in found["Na dit kwartaal starten"]] == ["Zuid"]


def test_a_signal_without_a_day_is_planned_and_not_started(page):
    rows = tables_of(page)["Inplannen"]

    assert [(row[0], row[2]) for row in rows] == [("De Wilgen", "signaal")]


@pytest.mark.parametrize(
    ("today", "now", "soon"),
    [
        (date(2026, 9, 30), 2, 0),
        (date(2026, 10, 1), 2, 2),
        (date(2026, 12, 20), 4, 0),
        (date(2027, 4, 1), 4, 1),
        (date(2027, 6, 5), 5, 0),
    ],
)
def test_the_quarter_is_that_of_the_date(tmp_path, today, now, soon):
    """Starts of areas: two at once, and on 2026-12-07, 2026-12-20 and 2027-06-05."""
    found = tables_of(page_of(tmp_path, replace(nothing(), triggers=use_frames().triggers), today=today))

    assert len(found.get("Nu starten", [])) == now
    assert len(found.get("Later dit kwartaal starten", [])) == soon


def test_only_areas_over_or_near_the_norm_have_a_chart_of_their_weeks(page):
    charts = re.findall(r"<title>Bezetting per week in ([^,<]+), laatste week", page)

    assert charts == ["Centrum", "Noord", "Kanaalzone", "De Wilgen"]


def test_the_norm_in_the_chart_is_the_mean_at_which_the_busiest_hour_meets_it(page):
    """Mean 0.4 at a laaddruk of 1, as the town is made."""
    assert re.findall(
        r"Bezetting per week in Centrum, laatste week [^,]+,? ?\d* %, norm 40", page.replace("\u00a0", " ")
    )


def test_hours_of_all_areas_are_weighed_by_their_points():
    frames = use_frames()
    heavy = frames.laaddruk.copy()
    heavy.loc[f"gebied|{CODES[0]}", "evses"] = 1e9

    assert "het hoogst op di 19:00: 78\u00a0%" in hour_part(replace(frames, laaddruk=heavy))


def test_the_norm_stands_by_number_of_points(page):
    rows = tables_of(page)["De norm naar het aantal laadpunten"]

    assert [(row[0], round(row[1], 2)) for row in rows] == [
        ("2", 0.18),
        ("4", 0.36),
        ("6", 0.47),
        ("10", 0.59),
        ("20", 0.72),
    ]


def test_full_poles_are_listed_and_others_are_not(page):
    rows = tables_of(page)["Palen boven of bij hun norm"]

    assert [row[0] for row in rows] == [f"Kade {number}" for number in range(1, 13)]
    assert [row[3] for row in rows] == ["nu", *["nee: nog ruimte"] * 11]
    assert rows[0][1] == "Centrum"
    assert "maar voor 18 % bezet" in chapter_of(page, "palen")
    assert "Palen met minder dan 10 laadbeurten" in chapter_of(page, "meten")


def test_every_level_has_a_sign_of_its_own_and_a_word(page):
    assert len(set(SIGNS.values())) == len(LEVEL_MARKS) == 4
    assert len({mark.shape for mark in LEVEL_MARKS.values()}) == 4
    assert page.count('class="niveau"') >= 12


def test_a_short_history_is_said_and_gives_no_charts(tmp_path):
    page = page_of(tmp_path, short_frames())

    text = chapter_of(page, "kort")
    assert "De meting is te kort voor een oordeel. Er is 1 volle week gemeten" in text
    assert "1 november 2026 tot en met 12 november 2026" in text
    assert "minstens 8 nodig" in text
    assert "Van 12 gebieden is van geen enkel een laaddruk bekend." in text
    assert 'role="img"' not in page


def test_what_was_observed_is_the_mean_of_the_areas_of_which_use_is_told(tmp_path):
    frames = use_frames()
    quiet = frames.laaddruk.copy()
    quiet.loc[[f"gebied|{code}" for code in CODES[5:]], ["weeks", "observed_share"]] = 0

    assert "gemiddeld 96 % van de meetperiode" in chapter_of(
        page_of(tmp_path, replace(frames, laaddruk=quiet)), "meten"
    )


def test_a_history_too_short_for_a_trend_is_said(tmp_path):
    frames = use_frames()
    half = frames.laaddruk.assign(weeks_history=13)

    assert "voor een trend en een datum zijn er minstens 26 nodig" in chapter_of(
        page_of(tmp_path, replace(frames, laaddruk=half)), "kort"
    )
    assert "minstens 26 nodig" not in chapter_of(page_of(tmp_path, frames), "kort")


def test_without_anything_measured_there_is_a_page_that_says_so(tmp_path):
    page = page_of(tmp_path, nothing())

    assert "Er is geen gebruik gemeten" in page
    assert "nan" not in chapter_of(page, "kort")


def test_names_of_a_source_are_text_and_never_markup(tmp_path):
    page = page_of(tmp_path, use_frames((HOSTILE, *NAMES[1:])))

    assert "<img" not in page
    assert HOSTILE in [row[0] for row in tables_of(page)["Laaddruk per gebied"]]


def test_the_page_asks_nothing_of_a_network(page):
    assert reaches_out(page) == []
    assert "default-src 'none'" in html.unescape(page)


def test_equal_input_gives_equal_bytes_whatever_the_order_of_rows(page, tmp_path):
    assert page_of(tmp_path, all_shuffled(use_frames())) == page


def test_the_workbook_holds_the_same_figures_and_more(tmp_path):
    for name, frames in (("een", use_frames()), ("twee", all_shuffled(use_frames()))):
        write_monitor_book(tmp_path / f"{name}.xlsx", frames, **SETTINGS)
    book = openpyxl.load_workbook(tmp_path / "een.xlsx")

    assert (tmp_path / "een.xlsx").read_bytes() == (tmp_path / "twee.xlsx").read_bytes()
    assert book.sheetnames == [
        *("Lees mij", "Te starten", "Laaddruk per gebied", "Laaddruk per paal", "Gebruik per week"),
        *("Gebruik per uur", "Aannames", "Bronnen", "Toelichting kolommen"),
    ]
    found = {row["code"]: row["laaddruk"] for row in sheet_rows(book, "Laaddruk per gebied")}
    assert found == {
        code: None if ratio != ratio else pytest.approx(ratio) for code, ratio in zip(CODES, DRUK, strict=True)
    }
    assert len(sheet_rows(book, "Gebruik per uur")) == 11 * 168
    assert len(sheet_rows(book, "Gebruik per week")) == 11 * 52
    assert sheet_rows(book, "Gebruik per uur")[43]["dag_en_uur"] == "di 19:00"


@pytest.mark.parametrize("frames", [short_frames(), nothing()], ids=["short", "nothing"])
def test_a_workbook_of_little_can_be_written(tmp_path, frames):
    write_monitor_book(tmp_path / "it.xlsx", frames, **SETTINGS)

    assert sheet_rows(openpyxl.load_workbook(tmp_path / "it.xlsx"), "Te starten") == []
