"""Charts in reports, as SVG that stands in the page itself.

In: tables with figures. Out: `Html` with one ``<svg role="img">``: a title for who cannot see it, its texts as text.
Equal input gives equal bytes: ids are salted with the chart's own name, and no date stands in it. What a chart shows
stands in a table beside it as well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from laadplan.contracts.dutch import figures, percent
from laadplan.contracts.monitoring import HOURS_OF_WEEK
from laadplan.publish.page import Html, tag
from laadplan.publish.palette import LEVEL_MARKS, NO_FIGURE, SCENARIO_MARKS
from laadplan.publish.pen import INK, LINE, QUIET

LOOK: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "hatch.linewidth": 0.7,
    "axes.unicode_minus": True,
}
"""Settings of matplotlib: texts as text, and ``$`` as a dollar."""

PX_PER_INCH = 72
"""Pixels of an SVG of matplotlib in an inch."""

DECIMALS = 1
"""Decimals of coordinates in a drawing, in pixels."""

SHORT_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
LINES = {"solid": "-", "dashed": (0, (6, 2)), "dotted": (0, (1.5, 1.5))}


@dataclass(frozen=True)
class Limit:
    """A line across a chart that figures are held against, with its label."""

    value: float
    label: str


def empty_figure(width_px: float, height_px: float) -> Figure:
    """A white figure of so many pixels."""
    return Figure(figsize=(width_px / PX_PER_INCH, height_px / PX_PER_INCH), dpi=PX_PER_INCH, facecolor="none")


def inline(figure: Figure, name: str, title: str, *, tips: Mapping[str, str] | None = None) -> Html:
    """The figure as an SVG element.

    Parameters
    ----------
    figure
        Drawn with `LOOK`; artists may have a ``gid``.
    name
        Name of the chart, unique on its page: ids are salted with it.
    title
        What it shows, in a sentence.
    tips
        ``gid`` of an artist to the text that shows when the mouse rests on it.
    """
    written = StringIO()
    with rc_context({**LOOK, "svg.hashsalt": name}):
        FigureCanvasSVG(figure).print_svg(
            written, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = written.getvalue()
    width, height = (side * PX_PER_INCH for side in figure.get_size_inches())
    body = _cleaned(text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")], tips or {})
    return tag(
        "svg",
        tag("title", title),
        Html(body),
        role="img",
        viewBox=f"0 0 {width:g} {height:g}",
        style=f"max-width:{width:g}px",
    )


def draw_scenarios(name: str, title: str, unit: str, years: pd.DataFrame, *, limit: Limit | None = None) -> Html:
    """Low, mid and high per year: a band with a line for each scenario that is there.

    Parameters
    ----------
    name, title, unit
        Name of the chart, what it shows, the unit on its axis.
    years
        A column per scenario (laag, midden, hoog), indexed by year; NaN is left out.
    limit
        A line across the chart.
    """
    with rc_context(LOOK):
        figure = empty_figure(370, 240)
        chart = figure.add_axes((0.14, 0.10, 0.62, 0.73))
        _quiet_axes(chart)
        chart.set_title(f"{title}\n({unit})", fontsize=10.5, color=INK, loc="left", pad=8)
        if {"laag", "hoog"} <= set(years.columns):
            look: dict[str, Any] = {"color": SCENARIO_MARKS["midden"].fill, "alpha": 0.13, "linewidth": 0}
            chart.fill_between(years.index, years["laag"], years["hoog"], **look)
        for scenario in [each for each in SCENARIO_MARKS if each in years.columns]:
            mark = SCENARIO_MARKS[scenario]
            width = 2.4 if mark.shape == "solid" else 1.6
            chart.plot(years.index, years[scenario], color=mark.line, linewidth=width, linestyle=LINES[mark.shape])
        top = max([float(years.max().max()) if years.notna().any().any() else 0.0, limit.value if limit else 0.0, 1e-9])
        chart.set(xlim=(years.index.min(), years.index.max()), ylim=(0, 1.08 * top))
        chart.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        chart.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
        _label_ends(chart, years, top)
        if limit:
            _draw_limit(chart, limit)
        return inline(figure, name, f"{title} ({unit}) per jaar, {_told(years)}")


def draw_weeks(
    name: str, title: str, weeks: pd.Series, *, limit: Limit | None = None, since: date | None = None
) -> Html:
    """Occupancy per week as a line.

    Parameters
    ----------
    name, title
        Name of the chart, and the area that it is of.
    weeks
        Share of the time connected (0 to 1), indexed by the Monday of the week as text.
    limit
        Occupancy that the week is held against.
    since
        First day of the period of measuring: from there the ground is tinted.
    """
    with rc_context(LOOK):
        figure = empty_figure(320, 190)
        chart = figure.add_axes((0.13, 0.14, 0.82, 0.70))
        _quiet_axes(chart)
        chart.set_title(_cut(title, 40), fontsize=10, color=INK, loc="left", pad=6)
        days = [date.fromisoformat(str(monday)) for monday in weeks.index]
        places = date2num(days)
        chart.plot(places, weeks.to_numpy(), color=SCENARIO_MARKS["midden"].fill, linewidth=1.7)
        top = max([*weeks.dropna(), limit.value if limit else 0.0, 0.05])
        chart.set_ylim(0, 1.18 * top)
        chart.yaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))
        _date_axis(chart, days)
        if since is not None and len(days):
            chart.axvspan(float(date2num(since)), float(places[-1]), color="#5a6670", alpha=0.10, linewidth=0)
        if limit:
            _draw_limit(chart, limit)
        told = f", laatste week {percent(weeks.iloc[-1])}" if len(weeks) else ""
        against = f", {limit.label} {percent(limit.value)}" if limit else ""
        return inline(figure, name, f"Bezetting per week in {title}{told}{against}")


def draw_hours(name: str, title: str, hours: pd.Series, colours: Sequence[str], breaks: Sequence[float]) -> Html:
    """Occupancy per hour of the week: seven rows of 24 squares.

    Parameters
    ----------
    name, title
        Name of the chart, and what it is of.
    hours
        Share of the time connected (0 to 1), indexed by hour of the week; hours without a figure are hatched.
    colours, breaks
        Colours of the classes, and the bounds between them: one fewer.
    """
    filled = hours.reindex(range(HOURS_OF_WEEK))
    busiest = int(str(filled.idxmax())) if filled.notna().any() else None
    with rc_context(LOOK):
        figure = empty_figure(660, 210)
        chart = figure.add_axes((0.05, 0.10, 0.91, 0.76))
        chart.set_title(title, fontsize=10.5, color=INK, loc="left", pad=6)
        for hour, share in filled.items():
            day, clock = divmod(int(str(hour)), 24)
            _draw_hour(chart, clock, day, _colour(share, colours, breaks))
        if busiest is not None:
            _draw_hour(chart, busiest % 24, busiest // 24, "none", edgecolor="#7a2f00", linewidth=2.4, zorder=5)
        chart.set(xlim=(0, 24), ylim=(7, 0))
        chart.set_yticks([day + 0.5 for day in range(7)], DAYS)
        chart.set_xticks(range(0, 25, 3), [f"{clock}:00" for clock in range(0, 25, 3)])
        chart.tick_params(length=0, colors=QUIET)
        chart.spines[:].set_visible(False)
        most = f", het hoogst op {hour_words(busiest)}: {percent(filled.loc[busiest])}" if busiest is not None else ""
        return inline(figure, name, f"{title}: bezetting per uur van de week{most}")


def draw_curve(name: str, title: str, curve: pd.DataFrame) -> Html:
    """Demand served against number of new poles, with the plan marked; its worth and its bound as thin lines.

    Parameters
    ----------
    name, title
        Name of the chart, and what it shows.
    curve
        ``poles`` (number allowed, rising), ``served``, ``worth`` and its ``bound`` in MWh a year, ``is_plan``. A worth
        below nil is not drawn: what is served would be flat beside it.
    """
    with rc_context(LOOK):
        figure = empty_figure(660, 320)
        chart = figure.add_axes((0.09, 0.15, 0.87, 0.74))
        _quiet_axes(chart)
        mark, thin = SCENARIO_MARKS["midden"], SCENARIO_MARKS["hoog"]
        poles, served = curve["poles"].to_numpy(dtype=float), curve["served"].to_numpy(dtype=float)
        thin_lines = curve[["bound", "worth"]].where(np.isfinite(curve["bound"]) & (curve["worth"] >= 0))
        for column, label in (("bound", "bovengrens van de waarde"), ("worth", "waarde van dat plan")):
            if thin_lines[column].notna().any():
                own = LINES["dashed" if column == "bound" else "solid"]
                chart.plot(poles, thin_lines[column], color=thin.line, linewidth=1.0, linestyle=own, label=label)
        look: dict[str, Any] = {"color": mark.fill, "linewidth": 2.2, "marker": "o", "markersize": 4}
        chart.plot(poles, served, label="bediend door een plan van zoveel palen", **look)
        plan = curve[curve["is_plan"]]
        sign: dict[str, Any] = {"s": 110, "color": LEVEL_MARKS["signaal"].fill, "edgecolors": "#333333", "zorder": 6}
        chart.scatter(plan["poles"], plan["served"], marker="D", label="dit plan", **sign)
        chart.set_title(title, fontsize=10.5, color=INK, loc="left", pad=6)
        chart.set_xlabel("nieuwe palen", color=QUIET, fontsize=9)
        top = max([0.001, *curve["served"].dropna(), *thin_lines["bound"].dropna()])
        chart.set_ylim(0, 1.08 * top)
        chart.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        chart.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figures(value)))
        chart.legend(loc="lower right", frameon=False, fontsize=9, labelcolor=INK)
        told = f": {figures(float(plan['served'].iloc[0]), 1)} MWh met het plan" if len(plan) else ""
        return inline(figure, name, f"{title}{told}")


def hour_words(hour_of_week: int) -> str:
    """An hour of the week as people say it.

    >>> hour_words(43)
    'di 19:00'
    """
    return f"{DAYS[hour_of_week // 24]} {hour_of_week % 24}:00"


def short_day(day: date) -> str:
    """A day with its month cut short.

    >>> short_day(date(2027, 3, 1))
    '1 mrt 2027'
    """
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year}"


# --- parts of a chart -------------------------------------------------------------------------------------------------


def _draw_hour(chart: Axes, clock: int, day: int, colour: str | None, **look: Any) -> None:
    plain: dict[str, Any] = {"edgecolor": "#ffffff", "linewidth": 0.8}
    if colour is None:
        colour, plain = "#ffffff", {"edgecolor": NO_FIGURE.line, "linewidth": 0.4, "hatch": "////"}
    xs, ys = [clock, clock + 1, clock + 1, clock], [day, day, day + 1, day + 1]
    chart.fill(xs, ys, facecolor=colour, **(plain | look))


def _colour(share: Any, colours: Sequence[str], breaks: Sequence[float]) -> str | None:
    return None if pd.isna(share) else colours[sum(share >= bound for bound in breaks)]


def _quiet_axes(chart: Axes) -> None:
    chart.set_facecolor("none")
    chart.grid(axis="y", color=LINE, linewidth=0.7)
    chart.set_axisbelow(True)
    for side in ("top", "right", "left"):
        chart.spines[side].set_visible(False)
    chart.spines["bottom"].set_color(QUIET)
    chart.tick_params(length=0, colors=QUIET, labelsize=9)
    chart.yaxis.set_major_locator(MaxNLocator(5))
    chart.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: figures(value, 0 if value >= 10 or value == int(value) else 1))
    )


def _draw_limit(chart: Axes, limit: Limit) -> None:
    mark = LEVEL_MARKS["actie"]
    chart.axhline(limit.value, color=mark.fill, linewidth=1.3, linestyle=(0, (4, 2)))
    place: dict[str, Any] = {
        "xy": (0.01, limit.value),
        "xycoords": ("axes fraction", "data"),
        "textcoords": "offset points",
    }
    paper: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0}
    chart.annotate(limit.label, xytext=(2, 4), fontsize=8.5, color=mark.line, va="bottom", bbox=paper, **place)


def _label_ends(chart: Axes, years: pd.DataFrame, top: float) -> None:
    """The last figure of each scenario at the right, moved apart where they would overlap."""
    ends = {
        each: float(years[each].iloc[-1]) for each in SCENARIO_MARKS if each in years and pd.notna(years[each].iloc[-1])
    }
    height, lowest = 0.075 * 1.08 * top, float("-inf")
    for scenario, value in sorted(ends.items(), key=lambda item: (item[1], list(SCENARIO_MARKS).index(item[0]))):
        at = max(value, lowest + height)
        lowest = at
        look: dict[str, Any] = {
            "color": SCENARIO_MARKS[scenario].line,
            "weight": "bold" if scenario == "midden" else "normal",
        }
        words = f"{scenario} {figures(value, 0 if value >= 10 else 1)}"
        chart.annotate(words, (1.015, at), xycoords=("axes fraction", "data"), fontsize=9, va="center", **look)


def _date_axis(chart: Axes, days: Sequence[date]) -> None:
    """The first day, the last, and the one halfway along the axis."""
    if not len(days):
        chart.set_xticks([])
        return
    picked = sorted({0, (len(days) - 1) // 2, len(days) - 1})
    chart.set_xticks([float(date2num(days[place])) for place in picked], [short_day(days[place]) for place in picked])
    for place, label in enumerate(chart.get_xticklabels()):
        label.set_horizontalalignment("left" if place == 0 else "right" if place == len(picked) - 1 else "center")
    if len(days) > 1:
        chart.set_xlim(float(date2num(days[0])), float(date2num(days[-1])))


def _told(years: pd.DataFrame) -> str:
    parts = [
        f"{scenario} {figures(float(years[scenario].iloc[-1]))} in {years.index[-1]}"
        for scenario in SCENARIO_MARKS
        if scenario in years and pd.notna(years[scenario].iloc[-1])
    ]
    return ", ".join(parts) or "onbekend"


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


# --- the text of an SVG -----------------------------------------------------------------------------------------------


def _cleaned(text: str, tips: Mapping[str, str]) -> str:
    """What stands in the SVG, without what a page does not need, and with its tips."""
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'<style type="text/css">.*?</style>', "", text, flags=re.DOTALL)
    text = re.sub(r"<defs>\s*</defs>", "", text)
    for gid, words in tips.items():
        text = text.replace(f'<g id="{gid}">', f"<g>{tag('title', words)}")
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    text = re.sub(r' id="([^"]*)"', lambda found: found.group(0) if found.group(1) in used else "", text)
    text = re.sub(r' d="([^"]*)"', lambda found: f' d="{_rounded(found.group(1))}"', text)
    text = text.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    return re.sub(r"\n\s*", "\n", text).strip()


def _rounded(path: str) -> str:
    short = re.sub(r"-?\d+\.\d+", lambda found: f"{round(float(found.group(0)), DECIMALS):g}", path)
    return " ".join(short.split())
