"""Chapters of the report of demand that hold supply against it: shortfall, coverage, public power, use per pole.

In: `DemandFrames`, config. Out: `Html`; a part without its frame says what it would need.
"""

import pandas as pd

from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Coverage, Scenario
from laadplan.contracts.dutch import NBSP, counted, is_known, number, short_number
from laadplan.publish.areamaps import legend, map_of_marks
from laadplan.publish.chapters import Column, data_table, pictures
from laadplan.publish.charts import Limit, draw_scenarios
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.palette import SQUARE_MARKS
from laadplan.publish.report_frames import DemandFrames, chosen
from laadplan.publish.vraag_demand import BOOK
from laadplan.publish.vraag_map import MWH

NEVER = "niet binnen de prognose"
"""Written where a pole does not earn its costs within the forecast."""


def shortfall_part(
    frames: DemandFrames, scenario: Scenario, walking: Walking, walk: str, years: tuple[int, ...]
) -> Html:
    """Demand less what existing poles can serve, per area."""
    if frames.shortfalls is None:
        return tag("p", "Hiervoor zijn adressen en bestaande laadpunten nodig.")
    own = {year: chosen(frames.shortfalls, scenario, year).set_index("area_id") for year in years}
    now = own.get(scenario.year, frames.shortfalls.iloc[:0].set_index("area_id"))
    columns = [Column("Gebied"), Column("Laadpunten nu", "number")]
    columns += [Column(str(year), "number", group="Laadpunten te weinig") for year in years]
    columns += [Column(str(year), "number", 1, group="Tekort in MWh") for year in years]
    columns += [
        Column("adressen", "number", group=f"Zonder paal op loopafstand ({scenario.year})"),
        Column("MWh", "number", 1, group=f"Zonder paal op loopafstand ({scenario.year})"),
    ]
    codes = sorted(now.index, key=lambda code: (-float(now["shortfall_evse"][code]), str(code)))
    rows = [
        [
            frames.areas["name"].get(code, code),
            now["evse_here"][code],
            *[own[year]["shortfall_evse"].get(code) for year in years],
            *[own[year]["shortfall_kwh_year"].get(code, float("nan")) * MWH for year in years],
            now["far_addresses"][code],
            now["far_kwh_year"][code] * MWH,
        ]
        for code in codes
    ]
    sums = [own[year]["shortfall_evse"].sum() for year in years]
    sums += [own[year]["shortfall_kwh_year"].sum() * MWH for year in years]
    last = ["Samen", now["evse_here"].sum(), *sums, now["far_addresses"].sum(), now["far_kwh_year"].sum() * MWH]
    norm = f"{short_number(walking.norm_m)}{NBSP}m"
    unknown = int(now["unknown_addresses"].sum())
    lines = [
        "Het tekort is de laadvraag min wat bestaande palen op loopafstand kunnen leveren, als er niets bijkomt "
        f"(schatting, scenario {scenario.variant}). Een witte vlek heeft wel laadvraag, maar geen paal binnen "
        f"{norm} lopen.",
        walk,
    ]
    if unknown:
        lines.append(f"Van {counted(unknown, 'adres', 'adressen')} is de laadvraag niet bekend: die telt hier als nul.")
    table = data_table("Tekort per gebied (schatting)", columns, rows, workbook=BOOK, totals=last)
    return joined([*[tag("p", line) for line in lines], table])


def coverage_part(frames: DemandFrames, scenario: Scenario, coverage: Coverage, years: tuple[int, ...]) -> Html:
    """Squares against the rule of the NAL, and public power against the figure of the AFIR."""
    return joined([_squares(frames, coverage), _power(frames, scenario, coverage, years)])


def _squares(frames: DemandFrames, coverage: Coverage) -> Html:
    heading = tag("h3", "Dekking: een openbaar laadpunt in elk vierkant (NAL)")
    if frames.squares is None:
        return joined([heading, tag("p", "Hiervoor zijn de CBS-vierkanten en bestaande laadpunten nodig.")])
    squares = frames.squares.sort_index()
    found = squares["outcome"].value_counts()
    words = (
        f"De NAL vraagt minstens één openbaar laadpunt in elk vierkant van 500 m met {coverage.square_households} of "
        f"meer huishoudens. {counted(int(found.get('voldoet niet', 0)), 'vierkant voldoet', 'vierkanten voldoen')} "
        f"niet, {number(found.get('voldoet', 0))} wel; van {number(found.get('onbekend', 0))} is het aantal "
        "huishoudens niet bekend. Een semi-openbaar laadpunt telt niet mee."
    )
    tips = [
        f"{code}: {SQUARE_MARKS[row['outcome']].label}; huishoudens: {number(row['households'])}"
        for code, row in squares.iterrows()
    ]
    title = "Kaart van de vierkanten van 500 m tegen de dekkingsregel van de NAL; noord is boven"
    shown = squares.assign(name="")
    drawing = map_of_marks("vierkanten", title, shown, squares["outcome"], SQUARE_MARKS, tips=tips)
    failing = squares[squares["outcome"] == "voldoet niet"]
    columns = [
        Column("Vierkant"),
        Column("Huishoudens", "number"),
        Column("Andere laadpunten (semi-openbaar, onbekend)", "number"),
    ]
    columns += [Column("x midden (RD, m)", "number"), Column("y midden (RD, m)", "number")]
    rows = [
        [str(code), row["households"], row["evse_other"], row.geometry.centroid.x, row.geometry.centroid.y]
        for code, row in failing.sort_values("households", ascending=False, kind="stable").iterrows()
    ]
    table = data_table("Vierkanten die niet voldoen", columns, rows, workbook=BOOK)
    body = [legend(list(SQUARE_MARKS.values())), tag("figure", drawing)] if len(squares) else []
    return joined([heading, tag("p", words), *body, table])


def _power(frames: DemandFrames, scenario: Scenario, coverage: Coverage, years: tuple[int, ...]) -> Html:
    heading = tag("h3", "Publiek vermogen per elektrische auto (AFIR)")
    if frames.power is None:
        return joined([heading, tag("p", "Hiervoor is het vermogen van bestaande laadpunten nodig.")])
    norm = f"{short_number(coverage.power_per_car_kw)}{NBSP}kW"
    words = (
        f"De Europese verordening AFIR vraagt van het land minstens {norm} publiek vermogen per elektrische auto. Voor "
        "een gemeente is het een indicator, geen verplichting. Hier staat het vermogen van nu tegenover de auto's van "
        "later: zo zie je wanneer er meer nodig is."
    )
    columns = [Column("Jaar"), Column("Elektrische auto's", "number"), Column("Vermogen nu (kW)", "number")]
    columns += [Column("kW per auto", "number", 2, missing="geen auto's"), Column("Gevraagd (kW)", "number")]
    shown = chosen(frames.power, scenario)
    rows = [
        [str(row["year"]), row["electric_cars"], row["power_kw"], row["kw_per_car"], row["wanted_kw"]]
        for _, row in shown[shown["year"].isin(years)].sort_values("year").iterrows()
    ]
    unknown = int(shown["power_unknown_evse"].max()) if len(shown) else 0
    assumed = f"{short_number(coverage.power_unknown_kw)}{NBSP}kW"
    note = f"Van {counted(unknown, 'laadpunt', 'laadpunten')} is het vermogen niet bekend; die tellen voor {assumed}."
    table = data_table(f"Vermogen, scenario {scenario.variant} (schatting)", columns, rows, workbook=BOOK)
    return joined([heading, tag("p", words), tag("p", note) if unknown else None, table])


def pole_part(frames: DemandFrames, scenario: Scenario, coverage: Coverage, spots: SpotRules) -> Html:
    """What a pole can expect to deliver, now and in later years, and when it earns its costs."""
    cases = frames.pole_cases
    if cases is None or cases.empty:
        return tag("p", "Hiervoor zijn adressen en bestaande laadpunten nodig.")
    full_kwh = spots.evse_per_pole * scenario.kwh_per_evse_year
    limit = Limit(coverage.break_even_kwh_pole_year, "grens: kosten gedekt")
    told = (
        ("bestaand", "supply_kwh_year", "Bestaande paal"),
        ("volgende", "supply_kwh_year", "Volgende paal, aanbodgestuurd"),
        ("volgende", "demand_kwh_year", "Volgende paal, vraaggestuurd"),
    )
    drawings = [
        ("", draw_scenarios(f"paal{place}", label, "gemiddeld kWh per jaar", _mean(cases, kind, column), limit=limit))
        for place, (kind, column, label) in enumerate(told)
        if (cases["kind"] == kind).any()
    ]
    words = (
        "Aanbodgestuurd: de paal staat er vanaf nu. Vraaggestuurd: de paal komt pas als de andere vol zijn, en levert "
        f"daarvoor niets. De grens is {number(coverage.break_even_kwh_pole_year, 0, 'kWh')} per paal per jaar "
        "(aanname; vraag de exploitant). Alle cijfers zijn schattingen: laag, midden en hoog. Een paal heeft hier "
        f"{counted(spots.evse_per_pole, 'laadpunt', 'laadpunten')} en levert hoogstens {number(full_kwh, 0, 'kWh')} "
        "per jaar: dan zit hij vol, en wat er meer wordt gevraagd is voor een volgende paal."
    )
    tables = [
        _case_table(frames, scenario, kind, caption)
        for kind, caption in (("volgende", "Eén paal erbij, per gebied"), ("bestaand", "Bestaande palen"))
    ]
    return joined([tag("p", words), pictures(drawings), *tables])


def _mean(cases: pd.DataFrame, kind: str, column: str) -> pd.DataFrame:
    """Mean energy per pole, by year and scenario; a row counts for its number of poles."""
    own = cases[cases["kind"] == kind].sort_index()
    weighed = (own[column] * own["poles"]).groupby([own["year"], own["scenario"]]).sum()
    table = (weighed / own.groupby(["year", "scenario"])["poles"].sum()).unstack("scenario")
    return table.reindex(columns=[name for name in ("laag", "midden", "hoog") if name in table.columns])


def _case_table(frames: DemandFrames, scenario: Scenario, kind: str, caption: str) -> Html:
    """Energy and the year of break-even; an existing pole stands there already, so of it there is one figure."""
    assert frames.pole_cases is not None
    cases = frames.pole_cases[frames.pole_cases["kind"] == kind]
    wide = cases[cases["year"] == scenario.year].set_index(["pole_id", "scenario"]).sort_index()
    scenarios = [name for name in ("laag", "midden", "hoog") if name in set(cases["scenario"])]
    ways = {"supply": "Aanbodgestuurd", "demand": "Vraaggestuurd"} if kind == "volgende" else {"supply": "Verwacht"}
    columns = [Column("Gebied")] if kind == "volgende" else [Column("Paal"), Column("Gebied")]
    columns += [
        Column(name, "number", group=f"{word} (kWh in {scenario.year})") for word in ways.values() for name in scenarios
    ]
    group = f"Boven de grens vanaf ({scenario.variant})"
    columns += [Column(word.lower(), group=group, missing=NEVER) for word in ways.values()]
    first = float(cases["year"].min())
    rows: list[list[object]] = []
    for pole in wide.index.unique(0):
        own = wide.loc[pole]
        area = frames.areas["name"].get(own["area_id"].iloc[0], "in geen gebied")
        energy = [own[f"{way}_kwh_year"].get(name) for way in ways for name in scenarios]
        since = [_since(own[f"{way}_from_year"].get(scenario.variant), first) for way in ways]
        rows.append([*([] if kind == "volgende" else [str(pole)]), area, *energy, *since])
    return data_table(f"{caption} (schatting)", columns, rows, workbook=BOOK, most=100, folded=kind == "bestaand")


def _since(value: object, first: float) -> str | None:
    """The year from which a pole earns its costs; None: not by then."""
    if not is_known(value):
        return None
    return "nu al" if float(str(value)) <= first else f"{float(str(value)):.0f}"
