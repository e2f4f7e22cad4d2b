import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from laadplan.publish.areamaps import Classes, map_of_classes, opposite_classes, rising_classes
from laadplan.publish.charts import Limit, draw_hours, draw_scenarios, draw_weeks
from laadplan.publish.palette import APART, NO_FIGURE, RISING, Mark
from tests.frames import shuffled
from tests.publish.reported import NAMES, UNKNOWN_CODE, areas

YEARS = pd.DataFrame({"laag": [1.0, 10.0], "midden": [1.0, 20.0], "hoog": [1.0, 1234.0]}, index=[2025, 2035])
MONDAYS = [(date(2026, 1, 5) + timedelta(weeks=week)).isoformat() for week in range(20)]
WEEKS = pd.Series(np.linspace(0.2, 0.4, 20), index=MONDAYS)
HOURS = pd.Series([0.5 if hour == 43 else 0.1 for hour in range(168)], index=range(168))
BOUNDS = (0.15, 0.3, 0.45, 0.6)

DRAWN = {
    "scenarios": lambda: draw_scenarios("naam", "Auto's", "auto's", YEARS, limit=Limit(15.0, "grens")),
    "weeks": lambda: draw_weeks("naam", "Noord", WEEKS, limit=Limit(0.3, "norm"), since=date(2026, 3, 2)),
    "hours": lambda: draw_hours("naam", "Noord", HOURS, RISING, BOUNDS),
}


def texts(svg):
    """The texts in a drawing."""
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg, flags=re.DOTALL)]


@pytest.mark.parametrize("draw", DRAWN.values(), ids=list(DRAWN))
def test_a_chart_is_one_picture_with_a_title_that_asks_for_nothing(draw):
    svg = draw()

    assert svg.startswith("<svg ")
    assert re.match(r"<svg[^>]*><title>[^<]+</title>", svg)
    assert svg.count("<svg") == svg.count("</svg>") == svg.count('role="img"') == 1
    assert re.findall(r"https?://|<style|<metadata|<image|Date", svg) == []
    assert svg == draw()


@pytest.mark.parametrize("draw", DRAWN.values(), ids=list(DRAWN))
def test_what_a_chart_refers_to_stands_in_it_and_no_other_id(draw):
    svg = draw()

    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert sorted(ids) == sorted(set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)))


def test_charts_of_two_names_share_no_id():
    first, second = (set(re.findall(r'\bid="([^"]+)"', draw_scenarios(name, "t", "u", YEARS))) for name in "ab")

    assert first
    assert not first & second


def test_the_last_figure_of_each_scenario_stands_beside_its_line_in_dutch():
    told = texts(draw_scenarios("naam", "Auto's", "auto's", YEARS))

    assert {"laag 10", "midden 20", "hoog 1.234"} <= set(told)


def test_labels_of_lines_that_end_together_do_not_overlap():
    same = pd.DataFrame(100.0, index=[2025, 2035], columns=["laag", "midden", "hoog"])

    svg = draw_scenarios("naam", "t", "u", same)

    heights = [float(y) for y in re.findall(r'<text[^>]*? y="([\d.]+)"[^>]*>(?:laag|midden|hoog) 100', svg)]
    if not heights:
        heights = [
            float(y) for y in re.findall(r"<text[^>]*translate\([\d.]+ ([\d.]+)\)[^>]*>(?:laag|midden|hoog) 100", svg)
        ]
    assert len(heights) == 3
    assert min(abs(np.diff(sorted(heights)))) >= 9


def test_figures_that_are_unknown_leave_the_chart_empty_and_say_so():
    unknown = YEARS * float("nan")

    assert "onbekend" in draw_scenarios("naam", "Auto's", "auto's", unknown)


def test_a_name_from_a_source_is_text():
    svg = draw_weeks("naam", "<b>$x$ & 'y'</b>", WEEKS)

    assert "<b>" not in svg
    assert any("&lt;b&gt;$x$" in text for text in texts(svg))


def test_the_busiest_hour_is_told_in_words():
    assert "di 19:00: 50\u00a0%" in draw_hours("naam", "Noord", HOURS, RISING, BOUNDS)


def test_without_weeks_or_hours_there_is_a_chart_without_a_line():
    nothing = pd.Series([], dtype=float, index=pd.Index([], dtype="str"))

    assert "laatste week" not in draw_weeks("naam", "Noord", nothing)
    assert "hoogst" not in draw_hours("naam", "Noord", pd.Series([], dtype=float), RISING, BOUNDS)


# --- classes and maps -------------------------------------------------------------------------------------------------


def test_every_value_falls_in_the_class_whose_bounds_hold_it():
    values = pd.Series([0.0, 4.9, 5.0, 20.0, float("nan")])
    classes = Classes((5.0, 20.0), tuple(Mark(name, "#ffffff", "#000000", "polygon") for name in "abc"))

    assert classes.of(values).tolist() == [0, 0, 1, 2, -1]
    assert classes.look(-1) == NO_FIGURE


def test_classes_hold_about_equally_many():
    values = pd.Series(np.linspace(1, 1000, 500))

    counts = rising_classes(values, RISING, "MWh").of(values).value_counts()

    assert len(counts) == len(RISING)
    assert counts.min() >= 50


@pytest.mark.parametrize("values", [[], [float("nan")], [0.0, 0.0], [7.0]])
def test_few_values_give_few_classes_and_never_none(values):
    classes = rising_classes(pd.Series(values, dtype=float), RISING, "MWh")

    assert len(classes.marks) == len(classes.bounds) + 1


def test_differences_are_alike_on_both_sides_of_nil():
    classes = opposite_classes(pd.Series([-30.0, 12.0, 100.0]), APART, "MWh")

    assert classes.bounds == tuple(-bound for bound in reversed(classes.bounds))
    assert len(classes.marks) == len(APART) == len(classes.bounds) + 1
    assert classes.of(pd.Series([0.0])).iloc[0] == len(APART) // 2


def drawn(shapes, values):
    classes = Classes(
        (50.0,), (Mark("weinig", "#f1f6fa", "#000000", "polygon"), Mark("veel", "#00568a", "#000000", "x"))
    )
    return map_of_classes("kaart", "Kaart", shapes, values, classes, unit="MWh")


def test_a_map_shows_each_area_in_the_colour_of_its_class_with_its_value():
    shapes = areas()
    values = pd.Series([float(10 * place) for place in range(12)], index=shapes.index)
    values[UNKNOWN_CODE] = float("nan")

    svg = drawn(shapes, values)

    assert svg.count("fill: #f1f6fa") == 5
    assert svg.count("fill: #00568a") == 6
    assert "<title>Noord: 10\u00a0MWh</title>" in svg
    assert f"<title>{NAMES[11]}: onbekend</title>" in svg
    assert {"Centrum", "Noord", "N", "500\u00a0m"} <= set(texts(svg))


def test_a_map_does_not_depend_on_the_order_of_rows():
    shapes = areas()
    values = pd.Series(range(12), index=shapes.index, dtype=float)

    assert drawn(shuffled(shapes), shuffled(values)) == drawn(shapes, values)


def test_a_name_that_does_not_fit_is_left_out():
    shapes = areas().assign(name="Een buurt met een naam die veel te lang is voor het vlak")

    assert not [text for text in texts(drawn(shapes, pd.Series(1.0, index=shapes.index))) if "buurt" in text]


def test_a_map_of_nothing_is_a_map():
    nothing = areas().iloc[:0]

    assert drawn(nothing, pd.Series([], dtype=float, index=nothing.index)).startswith("<svg")
