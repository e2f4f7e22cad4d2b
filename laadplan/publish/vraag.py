"""The report of charging demand: vraag.html and vraag.xlsx.

In: frames of demand (`DemandFrames`) and config. Out: files for readers, in plain Dutch, that work without a network;
equal input gives equal bytes. Everything told of the future is marked as an estimate; what is unknown is listed. A part
whose frame is missing says what it would need.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import geopandas as gpd

from laadplan.config.project import Publication, SpotRules, Walking
from laadplan.config.scenario import Coverage, HomeRules, Scenario
from laadplan.config.section import Section
from laadplan.config.sources import Sources
from laadplan.contracts.dutch import counted, day, number
from laadplan.contracts.reports import DEMAND_SHEETS
from laadplan.publish.about import DEMAND_FROM, Figure, source_table, walk_line
from laadplan.publish.assumptions import assumption_table
from laadplan.publish.chapters import key_figures, notice, report_page, sentences
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.report_frames import DemandFrames, chosen, not_computed, shown_buurten, shown_years, totals
from laadplan.publish.report_tables import BESIDE_SHEETS, demand_tables
from laadplan.publish.tables import write_workbook
from laadplan.publish.vraag_demand import buurt_table, difference, growth, maps, points
from laadplan.publish.vraag_supply import coverage_part, pole_part, shortfall_part

TITLE = "Laadvraag aan publieke palen"


def write_demand_page(
    target: Path,
    frames: DemandFrames,
    *,
    ground: dict[str, gpd.GeoDataFrame] | None,
    sources: Sources,
    scenario: Scenario,
    homes: HomeRules,
    coverage: Coverage,
    walking: Walking,
    spots: SpotRules,
    publication: Publication,
    today: date,
) -> None:
    """Writes ``vraag.html``.

    Parameters
    ----------
    target
        File to write.
    frames, ground
        RD New; the ground beneath demand points as its contracts say (``road_parts``, ``terrain``, ``buildings``), or
        None.
    sources, scenario, homes, coverage, walking, spots, publication
        What is printed as source and as assumption.
    today
        Date of making, as printed.
    """
    years = shown_years(frames.buurt_demand, scenario)
    settings = _settings(scenario, homes, coverage, walking)
    chapters = [
        ("kort", "In het kort", _in_short(frames, scenario, years)),
        ("kaart", "Laadvraag per buurt op de kaart", maps(frames, scenario, years)),
        ("groei", "Groei per jaar", growth(frames)),
        ("buurten", "Cijfers per buurt", buurt_table(frames, scenario, years)),
        ("vraagpunten", "Laadvraag per vraagpunt", points(frames, ground, scenario)),
        ("prognose", "Officiële prognose naast eigen model", difference(frames, scenario)),
        (
            "tekort",
            "Waar het tekort ontstaat",
            shortfall_part(frames, scenario, walking, walk_line(walking, frames.walk_edges, sources), years),
        ),
        ("dekking", "Dekking en vermogen", coverage_part(frames, scenario, coverage, years)),
        ("palen", "Verwacht gebruik per paal", pole_part(frames, scenario, coverage, spots)),
        ("aannames", "Aannames", assumption_table(settings)),
        ("onbekend", "Wat niet bekend is", _unknown(frames, scenario)),
        ("bronnen", "Bronnen", source_table(sources, DEMAND_FROM)),
    ]
    span = f" tot {years[-1]}" if years else ""
    subtitle = f"{day(today)}. Scenario {scenario.variant}, tenzij er iets anders staat. Alle cijfers zijn schattingen."
    text = report_page(f"{TITLE}{span}", subtitle, chapters, publication=publication, today=today)
    target.write_text(text, encoding="utf-8", newline="\n")


def write_demand_book(
    target: Path,
    frames: DemandFrames,
    *,
    sources: Sources,
    scenario: Scenario,
    homes: HomeRules,
    coverage: Coverage,
    walking: Walking,
    publication: Publication,
    today: date,
) -> None:
    """Writes ``vraag.xlsx``: every figure of the page, for all years and scenarios; parameters as for the page."""
    years = shown_years(frames.buurt_demand, scenario)
    tables = demand_tables(frames, sources, _settings(scenario, homes, coverage, walking), years)
    sheets = {name: sheet for name, (sheet, _) in DEMAND_SHEETS.items()} | BESIDE_SHEETS
    told = ", ".join(map(str, years))
    lines = [
        publication.disclaimer,
        f"Gemaakt op {day(today)}{_place(publication)} met laadplan.",
        *_reading(scenario),
        walk_line(walking, frames.walk_edges, sources),
        f"Vraagpunten staan er in voor de jaren {told}; al het andere voor elk jaar."
        if years
        else "Er zijn geen jaren.",
        "Een lege cel betekent: niet bekend. Coördinaten zijn in RD (EPSG:28992), in meters.",
    ]
    write_workbook(target, tables, title=TITLE, lines=lines, today=today, sheets=sheets)


def _settings(scenario: Scenario, homes: HomeRules, coverage: Coverage, walking: Walking) -> Mapping[str, Section]:
    return {"scenario": scenario, "homes": homes, "coverage": coverage, "walking": walking}


def _place(publication: Publication) -> str:
    return f" voor de gemeente {publication.municipality}" if publication.municipality else ""


def _reading(scenario: Scenario) -> list[str]:
    """How the figures are to be read."""
    return [
        "Alle cijfers over de toekomst zijn een schatting. Ze gelden voor het scenario dat erbij staat; het zijn "
        "scenario's, geen voorspellingen.",
        "De laadvraag is de stroom die auto's per jaar aan publieke palen in de buurt willen laden: van bewoners, "
        "bezoekers en werkenden.",
        "Het aantal laadpunten (EVSE) is de laadvraag gedeeld door wat een laadpunt per jaar levert: "
        f"{number(scenario.kwh_per_evse_year, 0, 'kWh')} (scenario.kwh_per_evse_year). Een gewone paal heeft twee "
        "laadpunten.",
        "Minimaal nodig is het kleinste aantal waarbij in het drukste uur van de week zelden alle punten bezet zijn, "
        "als iedereen elk punt in de buurt kan bereiken (Erlang B). Palen staan verspreid: plan met het eerste getal.",
        "Auto's zijn geteld aan het begin van het jaar; stroom over het hele jaar.",
    ]


def _in_short(frames: DemandFrames, scenario: Scenario, years: tuple[int, ...]) -> Html:
    if not years:
        return notice("Er is geen laadvraag berekend: er zijn geen cijfers per buurt.")
    figures = [
        _growing(frames, "electric_cars", scenario, years, f"elektrische auto's van bewoners in {scenario.year}"),
        _growing(frames, "kwh_year", scenario, years, f"MWh laadvraag in {scenario.year}", scale=1 / 1000),
        _growing(
            frames, "evse", scenario, years, f"laadpunten nodig in {scenario.year}", also=_least(frames, scenario)
        ),
        *_lacking(frames, scenario),
    ]
    return joined([key_figures(figures), sentences(_reading(scenario))])


def _growing(
    frames: DemandFrames,
    column: str,
    scenario: Scenario,
    years: tuple[int, ...],
    label: str,
    *,
    scale: float = 1.0,
    also: str = "",
) -> Figure:
    """A total in the year of the plan, with its range and what it is in the first and the last year."""
    table = totals(frames.buurt_demand, column, scale=scale)
    now = table.loc[scenario.year] if scenario.year in table.index else table.iloc[-1]
    others = [
        f"in {year}: {number(table.loc[year, scenario.variant])}"
        for year in years
        if year != scenario.year and scenario.variant in table
    ]
    band = f"laag {number(now.get('laag'))}, hoog {number(now.get('hoog'))}"
    parts = ["schatting", band, ", ".join(others), also]
    return Figure(number(now.get(scenario.variant)), label, "; ".join(part for part in parts if part))


def _least(frames: DemandFrames, scenario: Scenario) -> str:
    """The least number of points in the year of the plan, in words."""
    least = chosen(frames.buurt_demand, scenario, scenario.year)["evse_least"].sum(min_count=1)
    return f"minimaal {number(least)}, als iedereen elk punt in de buurt kan bereiken"


def _lacking(frames: DemandFrames, scenario: Scenario) -> list[Figure]:
    found: list[Figure] = []
    if frames.shortfalls is not None:
        rows = chosen(frames.shortfalls, scenario, scenario.year)
        here = counted(int(rows["evse_here"].sum()), "laadpunt", "laadpunten")
        found.append(
            Figure(
                number(rows["shortfall_evse"].sum()),
                f"laadpunten te weinig in {scenario.year}",
                f"schatting; als er niets bijkomt; nu {here} in de gebieden",
            )
        )
        label = "adressen met laadvraag en zonder paal op loopafstand"
        found.append(
            Figure(number(rows["far_addresses"].sum()), label, f"schatting, in {scenario.year}, zonder nieuwe palen")
        )
    if frames.squares is not None:
        judged = frames.squares["outcome"].isin(["voldoet", "voldoet niet"]).sum()
        failing = int((frames.squares["outcome"] == "voldoet niet").sum())
        remark = f"van de {number(judged)} vierkanten van 500 m met genoeg huishoudens"
        found.append(Figure(number(failing), "vierkanten zonder openbaar laadpunt (NAL)", remark))
    return found


def _unknown(frames: DemandFrames, scenario: Scenario) -> Html:
    rows = chosen(frames.buurt_demand, scenario, scenario.year)
    codes = sorted(rows.loc[rows["kwh_year"].isna(), "buurtcode"])
    names = [f"{frames.buurten['name'].get(code, 'naam onbekend')} ({code})" for code in codes]
    missing = sorted(set(shown_buurten(frames).index) - set(rows["buurtcode"]))
    names += [f"{frames.buurten['name'][code]} ({code})" for code in missing]
    lines: list[object] = []
    if names:
        what = counted(len(names), "buurt is", "buurten is")
        lines.append(f"Van {what} de laadvraag niet bekend; die telt nergens mee: {', '.join(names)}.")
    else:
        lines.append("Van alle buurten is een laadvraag bekend.")
    if frames.clusters is not None:
        unknown = frames.clusters[~frames.clusters["known"]]
        if len(unknown):
            addresses = counted(int(unknown["addresses"].sum()), "adres", "adressen")
            points_told = counted(len(unknown), "vraagpunt", "vraagpunten")
            lines.append(f"Van {points_told} ({addresses}) is de laadvraag niet bekend: die telt daar als nul.")
    if "workers_kwh_year" in not_computed(frames.buurt_demand):
        lines.append(
            "Van geen enkel adres zijn banen of een andere functie dan wonen bekend: de laadvraag van werkenden is "
            "niet berekend en telt in de totalen als nul."
        )
    lines += [
        "Laden bij snelladers langs de weg, bij winkels op eigen terrein en thuis op de eigen oprit telt niet mee.",
        "Of er op een plek een paal kan staan, is hier niet onderzocht: dat staat op de plankaart.",
    ]
    return joined([sentences(lines), tag("p", "Onbekend is iets anders dan nul: zo'n buurt is gearceerd op de kaart.")])
