"""Chapters of the report of demand that tell how much: maps, growth, figures per buurt, demand points, two forecasts.

In: `DemandFrames`, scenario. Out: `Html`; a figure of the future is always called an estimate.
"""

import base64

import geopandas as gpd
import pandas as pd

from laadplan.config.scenario import Scenario
from laadplan.contracts.dutch import UNKNOWN, counted, number, percent
from laadplan.publish.areamaps import legend, map_of_classes, opposite_classes
from laadplan.publish.chapters import Column, data_table, pictures
from laadplan.publish.charts import draw_scenarios
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.palette import APART, NO_FIGURE
from laadplan.publish.report_frames import (
    PARTS,
    DemandFrames,
    chosen,
    not_computed,
    per_buurt,
    shown_buurten,
    totals,
)
from laadplan.publish.vraag_map import MWH, buurt_classes, point_demand, point_map

BOOK = "vraag.xlsx"
NOT_COMPUTED = "niet berekend"
LARGEST_POINTS = 20
"""Demand points in the list on the page."""


def maps(frames: DemandFrames, scenario: Scenario, years: tuple[int, ...]) -> Html:
    """Demand per buurt in the shown years, side by side with the same classes."""
    shapes = shown_buurten(frames)
    if not years or shapes.empty:
        return tag("p", "Er zijn geen cijfers om op een kaart te zetten.")
    classes = buurt_classes(frames, scenario, years)
    drawings = []
    for year in years:
        values = per_buurt(frames.buurt_demand, "kwh_year", year, scenario) * MWH
        title = f"Kaart van de laadvraag per buurt in {year}, in MWh per jaar; noord is boven"
        drawings.append(
            (str(year), map_of_classes(f"kaart-{year}", title, shapes, values, classes, decimals=1, unit="MWh"))
        )
    return joined(
        [
            tag(
                "p",
                f"Laadvraag aan publieke palen in MWh per jaar, scenario {scenario.variant} (schatting). De kaart "
                "toont de vraag van de hele buurt binnen het gebied: een grote buurt kleurt dus sneller donker. Wijs "
                "een buurt aan voor het cijfer; in de tabel hieronder staan ze allemaal.",
            ),
            legend([*classes.marks, NO_FIGURE]),
            pictures(drawings),
        ]
    )


def growth(frames: DemandFrames) -> Html:
    """Cars, energy and charge points per year: low, mid and high."""
    if frames.buurt_demand.empty:
        return tag("p", "Er zijn geen cijfers per jaar.")
    told = (
        ("autos", "Elektrische auto's van bewoners", "auto's", "electric_cars", 1.0),
        ("stroom", "Laadvraag aan publieke palen", "MWh per jaar", "kwh_year", MWH),
        ("punten", "Laadpunten die nodig zijn", "EVSE", "evse", 1.0),
    )
    tables = {name: totals(frames.buurt_demand, column, scale=scale) for name, _, _, column, scale in told}
    drawings = [("", draw_scenarios(name, title, unit, tables[name])) for name, title, unit, _, _ in told]
    columns = [Column("Jaar")]
    columns += [
        Column(scenario, "number", group=group)
        for (name, *_), group in zip(told, ("Elektrische auto's", "MWh per jaar", "Laadpunten"), strict=True)
        for scenario in tables[name].columns
    ]
    years = sorted({int(year) for table in tables.values() for year in table.index})
    rows = [
        [str(year), *[table.loc[year, scenario] for table in tables.values() for scenario in table.columns]]
        for year in years
    ]
    words = "De band loopt van scenario laag tot scenario hoog (schatting). Buurten zonder cijfer tellen niet mee."
    return joined([tag("p", words), pictures(drawings), data_table("Totaal per jaar", columns, rows, workbook=BOOK)])


def buurt_table(frames: DemandFrames, scenario: Scenario, years: tuple[int, ...]) -> Html:
    """A row per buurt: cars, energy and points in the shown years, and who charges in the year of the plan."""
    shapes = shown_buurten(frames)
    own = {year: chosen(frames.buurt_demand, scenario, year).set_index("buurtcode") for year in years}
    if not years:
        return tag("p", "Er zijn geen cijfers per buurt.")
    told = own[scenario.year] if scenario.year in own else own[years[-1]]
    groups = (
        ("Elektrische auto's", "electric_cars", 1.0),
        ("MWh per jaar", "kwh_year", MWH),
        ("Laadpunten", "evse", 1.0),
    )
    columns = [Column("Buurt"), Column("Zonder eigen oprit", "share")]
    columns += [Column(str(year), "number", group=group) for group, _, _ in groups for year in years]
    columns.append(Column(f"minimaal {scenario.year}", "number", group="Laadpunten"))
    absent = not_computed(frames.buurt_demand)
    columns += [
        Column(
            who, "share", group=f"Wie laadt er in {scenario.year}?", missing=NOT_COMPUTED if part in absent else UNKNOWN
        )
        for part, who in PARTS.items()
    ]
    parts = told[list(PARTS)].assign(**dict.fromkeys(absent, float("nan")))
    rows = [
        [
            frames.buurten["name"][code],
            1 - _at(told, code, "driveway_share"),
            *[_at(own[year], code, column) * scale for _, column, scale in groups for year in years],
            _at(told, code, "evse_least"),
            *[_at(parts, code, part) / (_at(told, code, "kwh_year") or float("nan")) for part in PARTS],
        ]
        for code in shapes.index
    ]
    sums = [own[year][column].sum(min_count=1) * scale for _, column, scale in groups for year in years]
    whole = told["kwh_year"].sum(min_count=1)
    least = told["evse_least"].sum(min_count=1)
    who = [parts[part].sum(min_count=1) / whole for part in PARTS]
    totals_row = ["Samen", _without_driveway(told), *sums, least, *who]
    caption = f"Per buurt, scenario {scenario.variant} (schatting)"
    words = (
        "Het aandeel zonder eigen oprit is dat van de huishoudens. Laadpunten: de stroom gedeeld door wat een punt per "
        "jaar levert; minimaal: het kleinste aantal, als iedereen elk punt in de buurt kan bereiken. Klik op een kop "
        "om te sorteren."
    )
    return joined([tag("p", words), data_table(caption, columns, rows, workbook=BOOK, totals=totals_row)])


def points(frames: DemandFrames, ground: dict[str, gpd.GeoDataFrame] | None, scenario: Scenario) -> Html:
    """Where in the buurt: a picture of demand points on their ground, and the largest of them."""
    if frames.clusters is None or frames.demand is None:
        return tag("p", "Zonder adressen is de laadvraag alleen per buurt bekend.")
    places = point_demand(frames, scenario, scenario.year)
    if places.empty:
        return tag("p", "Er zijn geen vraagpunten in het gebied.")
    data = base64.b64encode(point_map(frames, ground, scenario)).decode()
    largest = places.sort_values("kwh_year", ascending=False, kind="stable").head(LARGEST_POINTS)
    words = f"Kaart van {counted(len(places), 'vraagpunt', 'vraagpunten')} in {scenario.year}; noord is boven"
    image = tag("img", src=f"data:image/png;base64,{data}", alt=words)
    plans = ", of een bouwplan (oranje vierkant)" if places["is_planned"].any() else ""
    columns = [
        Column("Postcode of bouwplan" if plans else "Postcode"),
        Column("Buurt"),
        Column("Adressen", "number", missing="nog geen"),
    ]
    columns += [
        Column(f"kWh in {scenario.year}", "number"),
        Column("Zonder eigen oprit", "share", missing="geen woningen"),
    ]
    rows = [
        [
            _point_name(str(code), place),
            frames.buurten["name"].get(place["buurtcode"], place["buurtcode"]),
            None if place["is_planned"] else place["addresses"],
            place["kwh_year"],
            1 - place["driveway_share"],
        ]
        for code, place in largest.iterrows()
    ]
    return joined(
        [
            tag(
                "p",
                f"Een vraagpunt is een groep adressen met dezelfde postcode{plans}. De oppervlakte van een cirkel is "
                f"de laadvraag in {scenario.year} (schatting). Alle punten staan in {BOOK}.",
            ),
            tag("figure", image),
            data_table(f"De {len(rows)} grootste vraagpunten (schatting)", columns, rows, workbook=BOOK),
        ]
    )


def difference(frames: DemandFrames, scenario: Scenario) -> Html:
    """The official forecast less laadplan's own model, per buurt, where both are there."""
    rows = chosen(frames.buurt_demand, scenario, scenario.year).set_index("buurtcode").sort_index()
    both = rows.dropna(subset=["model_kwh_year", "official_kwh_year"])
    if both.empty:
        return tag("p", "Er is geen officiële prognose gegeven om naast het eigen model te leggen.")
    apart = (both["official_kwh_year"] - both["model_kwh_year"]) * MWH
    classes = opposite_classes(apart, APART, "MWh")
    official, model = both["official_kwh_year"].sum() * MWH, both["model_kwh_year"].sum() * MWH
    used = rows.loc[both.index, "basis"].mode().iloc[0]
    words = (
        f"In {scenario.year} is de officiële prognose {number(official)} MWh en het eigen model {number(model)} MWh, "
        f"in {counted(len(both), 'buurt', 'buurten')} waarvan beide bekend zijn: een verschil van "
        f"{percent((official - model) / model) if model else 'onbekend'}. De cijfers in dit rapport staan op: {used}. "
        "Blauw: de officiële prognose is hoger. Oranje: lager (schatting)."
    )
    title = f"Kaart van officiële prognose min eigen model per buurt in {scenario.year}, in MWh; noord is boven"
    drawing = map_of_classes(
        "verschil", title, shown_buurten(frames), apart, classes, width_px=480, decimals=1, unit="MWh"
    )
    columns = [Column("Buurt"), Column("Officieel (MWh)", "number", 1), Column("Eigen model (MWh)", "number", 1)]
    columns += [Column("Verschil (MWh)", "number", 1)]
    lines = [
        [
            frames.buurten["name"].get(code, code),
            row["official_kwh_year"] * MWH,
            row["model_kwh_year"] * MWH,
            apart.get(code),
        ]
        for code, row in both.iterrows()
    ]
    table = data_table(f"Twee prognoses voor {scenario.year}", columns, lines, workbook=BOOK)
    return joined([tag("p", words), legend([*classes.marks, NO_FIGURE]), tag("figure", drawing), table])


def _point_name(code: str, place: pd.Series) -> str:
    """Postcode of a demand point; of a plan its id, of another without a postcode its code."""
    if place["is_planned"]:
        return f"bouwplan {code.partition('|')[2] or code}"
    return str(place["postcode"]) if pd.notna(place["postcode"]) else code


def _at(rows: pd.DataFrame, code: object, column: str) -> float:
    """A figure of a buurt; NaN where the buurt is not among the rows."""
    return float(rows[column].get(code, float("nan")))


def _without_driveway(rows: pd.DataFrame) -> float:
    """Share of all households without a driveway, of the buurten where it is known."""
    known = rows.dropna(subset=["driveway_share", "households"])
    households = known["households"].sum()
    return float(1 - (known["driveway_share"] * known["households"]).sum() / households) if households else float("nan")
