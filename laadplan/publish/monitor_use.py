"""Chapters of the report of use that show measurements: levels on a map, weeks, hours, areas and poles.

In: `UseFrames`, config. Out: `Html`. A chart is drawn only of an area whose laaddruk is known.
"""

from datetime import date

import numpy as np
import pandas as pd

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.dutch import is_known, number, percent
from laadplan.contracts.monitoring import HOURS_OF_WEEK
from laadplan.demand.erlang import desired_share
from laadplan.publish.areamaps import map_of_marks
from laadplan.publish.chapters import FOLDED_FROM, Column, data_table, pictures, rolling
from laadplan.publish.charts import Limit, draw_hours, draw_weeks, short_day
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.palette import LEVEL_MARKS, RISING
from laadplan.publish.report_frames import UseFrames

BOOK = "monitor.xlsx"
MOST_CHARTS = 12
"""Areas with a chart of their weeks; of their hours a quarter of that."""

HOUR_BOUNDS = (0.15, 0.3, 0.45, 0.6)
"""Bounds of the classes of occupancy per hour."""

SIGNS = {
    "actie": "M0 -8 L8.5 7 L-8.5 7 Z",
    "signaal": "M-7 -7 H7 V7 H-7 Z",
    "ruim": "M-7.5 0 a7.5 7.5 0 1 0 15 0 a7.5 7.5 0 1 0 -15 0",
    "onbekend": "M0 -8 L8 0 L0 8 L-8 0 Z",
}
"""Level to the outline of its sign."""

RANK = {level: place for place, level in enumerate(LEVEL_MARKS)}


EVSE_OF_A_POLE = 2
"""Points of an ordinary pole, whose norm is told as an example."""

ASKED: dict[str | None, str] = {"actie": "nu", "signaal": "inplannen", None: "nee: nog ruimte"}
"""Level of a trigger of variant II to what it asks for; a pole without one has room left."""


def level_words(level: str) -> Html:
    """A level as sign and word."""
    return tag("span", _sign(level), level, class_="niveau")


def level_map(frames: UseFrames) -> Html:
    """The areas by their level."""
    areas = frames.areas.sort_index()
    if areas.empty:
        return tag("p", "Er zijn geen gebieden.")
    found = frames.of_kind("gebied").set_index("code")["level"]
    levels = found.reindex(areas.index).fillna("onbekend")
    if (levels == "onbekend").all():
        return tag("p", "Van geen enkel gebied is een niveau bekend: een kaart zou leeg zijn.")
    drawing = map_of_marks(
        "niveaus", "Kaart van de gebieden naar laaddruk; noord is boven", areas, levels, LEVEL_MARKS, signs=True
    )
    items = [
        tag("li", _sign(level), f"{LEVEL_MARKS[level].label} ({number(int((levels == level).sum()))})")
        for level in LEVEL_MARKS
    ]
    return joined([tag("div", tag("ul", *items), class_="legenda"), tag("figure", drawing)])


def area_part(frames: UseFrames) -> Html:
    """Every area whose laaddruk is known, the gravest first; then those of which it is not, and why."""
    areas = _by_gravity(frames.of_kind("gebied"))
    known, unknown = areas[areas["laaddruk"].notna()], areas[areas["laaddruk"].isna()]
    columns = [Column("Gebied"), Column("Niveau"), Column("Laaddruk", "number", 2), Column("Marge")]
    columns += [Column("Drukste uur"), Column("Bezetting dan", "share"), Column("Gewenst", "share")]
    columns += [Column("Palen", "number"), Column("Laadpunten", "number")]
    columns += [Column("Groei per jaar", "share", missing="te kort"), Column("Marge van de groei", missing="te kort")]
    columns += [Column("Over de norm op (schatting)", "day"), Column("Marge van die dag", missing="")]
    rows = [
        [
            area["name"],
            level_words(area["level"]),
            area["laaddruk"],
            _range(number(area["laaddruk_low"], 2), number(area["laaddruk_high"], 2)),
            area["busiest_hour"],
            area["busiest_share"],
            area["desired_share"],
            area["poles"],
            area["evses"],
            area["growth_share_year"],
            _range(percent(area["growth_low"]), percent(area["growth_high"])) if is_known(area["growth_low"]) else None,
            *_passing(area),
        ]
        for _, area in known.iterrows()
    ]
    words = f"Palen en laadpunten zijn die met gebruik. In {BOOK} staat bij elk gebied een uitleg in een zin."
    lacking = [Column("Gebied"), Column("Palen met gebruik", "number"), Column("Waarom niet bekend", long=True)]
    why = [[area["name"], area["poles"], area["reason"]] for _, area in unknown.sort_values("name").iterrows()]
    folded = bool(rows) and len(why) > FOLDED_FROM
    return joined(
        [
            data_table("Laaddruk per gebied", columns, rows, workbook=BOOK),
            tag("p", words) if rows else None,
            data_table("Gebieden zonder laaddruk", lacking, why, workbook=BOOK, folded=folded),
        ]
    )


def week_part(frames: UseFrames, monitoring: Monitoring) -> Html:
    """Occupancy per week of the areas over or near the norm, and of those that will pass it."""
    areas = _by_gravity(frames.of_kind("gebied"))
    told = areas[areas["laaddruk"].notna() & (areas["level"].isin(["actie", "signaal"]) | areas["passes_on"].notna())]
    drawings = []
    for place, (_, area) in enumerate(told.head(MOST_CHARTS).iterrows()):
        own = frames.weeks[frames.weeks["area_id"] == area["code"]].sort_values("week_on")
        if len(own):
            weeks = pd.Series(own["occupancy_share"].to_numpy(), index=own["week_on"].to_numpy())
            since = _since(list(weeks.index), monitoring)
            drawings.append(("", draw_weeks(f"week{place}", str(area["name"]), weeks, limit=_limit(area), since=since)))
    if not drawings:
        return tag("p", "Geen gebied zit boven of bij de norm, of de meting is te kort voor een grafiek.")
    left = len(told) - len(drawings)
    words = (
        "Bezetting per week, over alle uren samen. De streepjeslijn is de bezetting waarbij het drukste uur de norm "
        "zou raken, met het weekpatroon van nu. Grijs: de meetperiode. De gebieden met de hoogste laaddruk "
        "staan vooraan."
    )
    more = f" Nog {left} gebieden staan in {BOOK}." if left else ""
    return joined([tag("p", words + more), pictures(drawings)])


def hour_part(frames: UseFrames) -> Html:
    """Occupancy by hour of the week: of all areas together, and of those over the norm."""
    known = frames.of_kind("gebied").set_index("code")
    known = known[known["laaddruk"].notna() & (known["evses"] > 0)]
    hours = frames.hours[frames.hours["area_id"].isin(known.index)]
    if hours.empty:
        return tag("p", "De meting is te kort voor een beeld per uur.")
    weights = hours["area_id"].map(known["evses"])
    whole = (hours["occupancy_share"] * weights).groupby(hours["hour_of_week"]).sum() / weights.groupby(
        hours["hour_of_week"]
    ).sum()
    drawings = [("samen", "Alle gebieden met een bekende laaddruk samen", whole)]
    over = _by_gravity(known[known["level"] == "actie"]).head(MOST_CHARTS // 4)
    drawings += [
        (f"uur{place}", str(area["name"]), _hours_of(hours, str(code)))
        for place, (code, area) in enumerate(over.iterrows())
    ]
    bounds = ["minder dan 15 %", "15 tot 30 %", "30 tot 45 %", "45 tot 60 %", "60 % of meer"]
    items = [tag("li", _box(colour), " ", words) for colour, words in zip(RISING, bounds, strict=True)]
    charts = [
        rolling(draw_hours(f"h-{name}", title, own, RISING, HOUR_BOUNDS), f"Bezetting per uur: {title}")
        for name, title, own in drawings
    ]
    words = "Hoe donkerder, hoe voller. Het drukste uur heeft een rand. Uren zijn plaatselijke tijd."
    return joined([tag("p", words), tag("div", tag("ul", *items), class_="legenda"), *charts])


def pole_table(frames: UseFrames, monitoring: Monitoring) -> Html:
    """The poles over or near the norm, and what variant II asks for; folded up."""
    poles = frames.of_kind("paal")
    poles = poles[poles["laaddruk"].notna()]
    if poles.empty:
        return tag("p", "Van geen enkele paal is genoeg gebruik bekend om hem te tonen.")
    alone = desired_share(EVSE_OF_A_POLE, monitoring.risk_share)
    full = _by_gravity(poles[poles["level"].isin(["actie", "signaal"])])
    asked = frames.triggers[frames.triggers["variant"] == "II"].set_index("code")["level"]
    areas = frames.areas["name"]
    columns = [Column("Paal"), Column("Gebied", missing="in geen gebied")]
    columns += [Column("Niveau"), Column("Paal erbij (II)"), Column("Laaddruk", "number", 2)]
    columns += [Column("Drukste uur"), Column("Bezetting dan", "share"), Column("Laadpunten", "number")]
    columns += [Column("kWh per punt per maand", "number", missing="niet gemeten")]
    columns += [Column("Laadbeurten per punt per maand", "number", missing="niet geteld"), Column("Uitleg", long=True)]
    rows = [
        [
            pole["name"],
            areas.get(pole["area_id"]),
            level_words(pole["level"]),
            ASKED[asked.get(pole["code"])],
            pole["laaddruk"],
            pole["busiest_hour"],
            pole["busiest_share"],
            pole["evses"],
            pole["kwh_evse_month"],
            pole["sessions_evse_month"],
            pole["reason"],
        ]
        for _, pole in full.iterrows()
    ]
    words = (
        f"Van {number(len(poles))} palen is genoeg gebruik bekend om ze te tonen; hieronder die boven of bij hun eigen "
        f"norm. Twee laadpunten alleen mogen in het drukste uur maar voor {percent(alone)} bezet zijn. Daardoor komt "
        "bijna elke drukke paal op deze lijst, ook waar er in het gebied nog plek is. Kijk eerst naar de gebieden; "
        "variant II past bij een paal zonder andere in de buurt en vraagt om één paal erbij, vlakbij."
    )
    table = data_table("Palen boven of bij hun norm", columns, rows, workbook=BOOK, most=100, folded=True)
    return joined([tag("p", words), table])


def _by_gravity(areas: pd.DataFrame) -> pd.DataFrame:
    """The gravest level first, within it the highest laaddruk, then by id."""
    ordered = areas.sort_index().assign(rank=areas["level"].map(RANK))
    return ordered.sort_values(["rank", "laaddruk"], ascending=[True, False], kind="stable").drop(columns="rank")


def _limit(area: pd.Series) -> Limit | None:
    """The mean occupancy of a week at which the busiest hour meets the norm, if the pattern of the week stays."""
    if not is_known(area["occupancy_share"]) or not area["laaddruk"] > 0:
        return None
    return Limit(float(area["occupancy_share"]) / float(area["laaddruk"]), "norm")


def _since(mondays: list[str], monitoring: Monitoring) -> date | None:
    """First Monday of the period of measuring; None when it is all there is."""
    return date.fromisoformat(mondays[-monitoring.weeks]) if len(mondays) > monitoring.weeks else None


def _hours_of(hours: pd.DataFrame, code: str) -> pd.Series:
    own = hours[hours["area_id"] == code].set_index("hour_of_week")["occupancy_share"]
    return own.reindex(np.arange(HOURS_OF_WEEK))


def _range(low: str, high: str) -> Html:
    return tag("span", f"{low} – {high}", class_="niveau")


def _passing(area: pd.Series) -> tuple[object, str | None]:
    """Day of passing the norm and its margin; without a day why there is none."""
    if not is_known(area["passes_on"]):
        return tag("span", "al gepasseerd" if area["level"] == "actie" else "niet te zeggen"), None
    last = short_day(date.fromisoformat(area["passes_until"])) if is_known(area["passes_until"]) else "te ver weg"
    return area["passes_on"], f"{short_day(date.fromisoformat(area['passes_from']))} – {last}"


def _sign(level: str) -> Html:
    mark = LEVEL_MARKS[level]
    outline = tag("path", d=SIGNS[level], fill=mark.fill, stroke=mark.line, stroke_width=1.6)
    return tag("svg", outline, viewBox="-10 -10 20 20", class_="teken", aria_hidden="true")


def _box(colour: str) -> Html:
    rectangle = tag("rect", width=20, height=14, fill=colour, stroke="#6d7780")
    return tag("svg", rectangle, viewBox="0 0 20 14", class_="vakje", aria_hidden="true")
