"""The report of use: monitor.html and monitor.xlsx.

In: frames of use (`UseFrames`) and config. Out: files for readers, in plain Dutch, that work without a network; equal
input gives equal bytes. Levels have a sign and a word, never a colour alone. Where the history is too short the report
says so and shows no charts. Poles with few sessions are in none of the frames: they are few persons.
"""

from datetime import date
from pathlib import Path

import pandas as pd

from laadplan.config.monitoring import Monitoring
from laadplan.config.project import Publication
from laadplan.config.sources import Sources
from laadplan.contracts.dutch import counted, day, is_known, number, percent, short_number
from laadplan.contracts.reports import USE_SHEETS
from laadplan.demand.erlang import desired_share
from laadplan.publish.about import USE_FROM, source_table
from laadplan.publish.assumptions import assumption_table
from laadplan.publish.chapters import Column, data_table, notice, report_page, sentences
from laadplan.publish.monitor_start import start_lines, start_part
from laadplan.publish.monitor_use import area_part, hour_part, level_map, pole_table, week_part
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.report_frames import UseFrames
from laadplan.publish.report_tables import BESIDE_SHEETS, use_tables
from laadplan.publish.tables import write_workbook

TITLE = "Monitor laaddruk"
BOOK = "monitor.xlsx"
NORM_POINTS = (2, 4, 6, 10, 20)
"""Numbers of points of which the desired occupancy is told."""


def write_monitor_page(
    target: Path,
    frames: UseFrames,
    *,
    sources: Sources,
    monitoring: Monitoring,
    publication: Publication,
    today: date,
) -> None:
    """Writes ``monitor.html``.

    Parameters
    ----------
    target
        File to write.
    frames
        RD New.
    sources, monitoring, publication
        What is printed as source, as norm and on every output.
    today
        Date of making, as printed; what is to be started is held against it.
    """
    chapters = [
        ("kort", "In het kort", joined([short_history(frames, monitoring), sentences(summary(frames, today))])),
        ("starten", "Wat nu te doen", start_part(frames, today)),
        ("gebieden", "Laaddruk per gebied", joined([level_map(frames), area_part(frames)])),
        ("weken", "Bezetting per week", week_part(frames, monitoring)),
        ("uren", "Bezetting per uur van de week", hour_part(frames)),
        ("palen", "Losse palen met veel gebruik (variant II)", pole_table(frames, monitoring)),
        ("meten", "Hoe laaddruk wordt gemeten", _explained(frames, monitoring)),
        ("aannames", "Instellingen", assumption_table({"monitoring": monitoring})),
        ("bronnen", "Bronnen", source_table(sources, USE_FROM)),
    ]
    subtitle = f"{day(today)}. {_period(frames)}"
    target.write_text(
        report_page(TITLE, subtitle, chapters, publication=publication, today=today), encoding="utf-8", newline="\n"
    )


def write_monitor_book(
    target: Path,
    frames: UseFrames,
    *,
    sources: Sources,
    monitoring: Monitoring,
    publication: Publication,
    today: date,
) -> None:
    """Writes ``monitor.xlsx``: every figure of the page in full; parameters as for the page."""
    tables = use_tables(frames, sources, {"monitoring": monitoring})
    sheets = {name: sheet for name, (sheet, _) in USE_SHEETS.items()} | BESIDE_SHEETS
    place = f" voor de gemeente {publication.municipality}" if publication.municipality else ""
    lines = [
        publication.disclaimer,
        f"Gemaakt op {day(today)}{place} met laadplan. {_period(frames)}",
        *summary(frames, today),
        privacy(monitoring),
        "Een lege cel betekent: niet bekend. Aandelen staan als getal van 0 tot 1.",
    ]
    write_workbook(target, tables, title=TITLE, lines=lines, today=today, sheets=sheets)


def summary(frames: UseFrames, today: date) -> list[str]:
    """The report in a few sentences with their numbers."""
    areas = frames.of_kind("gebied")
    known = areas[areas["laaddruk"].notna()]
    over = known[known["level"] == "actie"].sort_values("laaddruk", ascending=False, kind="stable")
    near = known[known["level"] == "signaal"]
    if known.empty:
        lines = [f"Van {counted(len(areas), 'gebied', 'gebieden')} is van geen enkel een laaddruk bekend."]
    else:
        unknown = number(len(areas) - len(known))
        lines = [f"Van {counted(len(known), 'gebied', 'gebieden')} is een laaddruk bekend, van {unknown} niet."]
        lines.append(f"{counted(len(over), 'gebied zit', 'gebieden zitten')} boven de norm{_named(over)}.")
        lines.append(f"{counted(len(near), 'gebied nadert', 'gebieden naderen')} de norm{_named(near)}.")
    dated = areas[areas["passes_on"].notna()].sort_values("passes_on", kind="stable")
    if len(dated):
        first = dated.iloc[0]
        lines.append(
            f"{counted(len(dated), 'gebied gaat', 'gebieden gaan')} naar verwachting de norm passeren (schatting); het "
            f"eerst {first['name']}, rond {day_of(first['passes_on'])} (marge: {_margin(first)})."
        )
    return [*lines, *start_lines(frames, today)]


def short_history(frames: UseFrames, monitoring: Monitoring) -> Html | None:
    """What must be said when there is too little history for a laaddruk or for a date; None when there is enough."""
    areas = frames.of_kind("gebied")
    weeks = int(areas["weeks_history"].max()) if len(areas) else 0
    if not weeks and not areas["poles"].sum():
        return notice("Er is geen gebruik gemeten: er is van geen enkel gebied een laaddruk bekend.")
    measured = f"Er {'is' if weeks == 1 else 'zijn'} {counted(weeks, 'volle week', 'volle weken')} gemeten"
    if areas["laaddruk"].isna().all():
        return notice(
            f"De meting is te kort voor een oordeel. {measured} ({_period(frames).rstrip('.').lower()}); voor een "
            f"laaddruk zijn er minstens {monitoring.weeks_least} nodig, voor een trend en een datum "
            f"{monitoring.weeks_trend}. "
            "Daarom staan hier geen grafieken en geen oordelen."
        )
    if weeks < monitoring.weeks_trend:
        return notice(
            f"{measured}; voor een trend en een datum zijn er minstens {monitoring.weeks_trend} nodig. De laaddruk van "
            "nu is bekend, maar wanneer de norm wordt gepasseerd nog niet."
        )
    return None


def privacy(monitoring: Monitoring) -> str:
    """Why some poles are not shown."""
    return (
        f"Palen met minder dan {monitoring.sessions_least} laadbeurten in de meetperiode worden niet getoond: anders "
        "zou het gebruik van een enkele bestuurder te zien zijn."
    )


def day_of(text: object) -> str:
    """A day as written in a frame, in words.

    >>> day_of("2027-03-01")
    '1 maart 2027'
    """
    return day(date.fromisoformat(str(text))) if is_known(text) else day(None)


# --- parts of the page ------------------------------------------------------------------------------------------------


def _explained(frames: UseFrames, monitoring: Monitoring) -> Html:
    lines = [
        "De bezetting is de tijd dat er een auto aan een laadpunt staat, ook als hij niet meer laadt, gedeeld door de "
        "gemeten tijd.",
        "De laaddruk is de bezetting in het drukste uur van de week, gedeeld door de gewenste bezetting. Bij 1 is de "
        "norm bereikt.",
        f"De gewenste bezetting is zo gekozen dat in dat uur de kans {percent(monitoring.risk_share)} is dat alle "
        "punten bezet zijn (Erlang B). Hoe meer punten bij elkaar, hoe voller ze mogen staan: zie de tabel.",
        f"Gemeten wordt over {monitoring.weeks} volle weken voor de datum van dit rapport. Is daarvan minder dan "
        f"{percent(monitoring.observed_least_share)} gemeten, dan is de laaddruk onbekend.",
        f"Vanaf een laaddruk van {short_number(monitoring.signal_ratio)} is het niveau signaal, vanaf "
        f"{short_number(monitoring.act_ratio)} actie. De marge is een interval van "
        f"{percent(monitoring.interval_share)}.",
        f"Een datum wordt pas genoemd bij minstens {monitoring.weeks_trend} weken, en hoogstens "
        f"{monitoring.ahead_years} "
        "jaar vooruit.",
        privacy(monitoring),
    ]
    rows = [[str(points), desired_share(points, monitoring.risk_share)] for points in NORM_POINTS]
    columns = [Column("Laadpunten bij elkaar"), Column("Gewenste bezetting in het drukste uur", "share")]
    table = data_table("De norm naar het aantal laadpunten", columns, rows, workbook=BOOK)
    return joined([tag("p", _period(frames)), sentences(lines), table])


def _period(frames: UseFrames) -> str:
    areas = frames.of_kind("gebied")
    first, last = areas["first_on"].dropna(), areas["last_on"].dropna()
    if first.empty or last.empty:
        return "Er is niets gemeten."
    seen = areas[areas["poles"] > 0]
    shares = seen.loc[seen["weeks"] > 0, "observed_share"]
    told = f", gemiddeld {percent(shares.mean())} van de meetperiode" if len(shares) else ""
    poles = counted(int(seen["poles"].sum()), "paal", "palen")
    points = counted(int(seen["evses"].sum()), "laadpunt", "laadpunten")
    return f"Gemeten van {day_of(first.min())} tot en met {day_of(last.max())}: {poles} met {points}{told}."


def _named(areas: pd.DataFrame) -> str:
    if areas.empty:
        return ""
    names = [str(name) for name in areas["name"]]
    more = f" en nog {len(names) - NAMED}" if len(names) > NAMED else ""
    return f": {', '.join(names[:NAMED])}{more}"


NAMED = 8
"""Areas that a sentence names at most."""


def _margin(area: pd.Series) -> str:
    until = day_of(area["passes_until"]) if is_known(area["passes_until"]) else "te ver weg om te zeggen"
    return f"{day_of(area['passes_from'])} tot {until}"
