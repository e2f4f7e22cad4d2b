"""The workbooks of the reports of demand and of use: the same figures as on the pages, in full.

In: frames as their contracts say. Out: tables under Dutch names, each keeping its contract, by name of the sheet.
"""

from collections.abc import Mapping

import pandas as pd

from laadplan.config.section import Section
from laadplan.config.sources import Sources
from laadplan.contracts.frame import Table
from laadplan.contracts.reports import (
    DEMAND_SHEETS,
    USE_SHEETS,
    DekkingVierkanten,
    ElektrischeAutos,
    GebruikPerPaal,
    GebruikUren,
    GebruikWeken,
    Laaddrukken,
    LaadvraagBuurten,
    LaadvraagPunten,
    PubliekVermogen,
    Tekorten,
    TeStarten,
    renamed,
)
from laadplan.publish.about import DEMAND_FROM, USE_FROM, named_sources
from laadplan.publish.assumptions import assumption_rows
from laadplan.publish.charts import hour_words
from laadplan.publish.layers import explanation, source_rows
from laadplan.publish.report_frames import DemandFrames, UseFrames, not_computed

BESIDE_SHEETS = {"aannames": "Aannames", "bronnen": "Bronnen", "toelichting": "Toelichting kolommen"}
"""What stands in both workbooks after the figures."""

_YEARS = {"year": "jaar", "scenario": "scenario"}
_ENERGY = {
    "residents_kwh_year": "bewoners_kwh_jaar",
    "visitors_kwh_year": "bezoekers_kwh_jaar",
    "workers_kwh_year": "werkenden_kwh_jaar",
    "kwh_year": "laadvraag_kwh_jaar",
}
FROM_BUURTEN = {
    "buurtcode": "buurtcode",
    "name": "buurtnaam",
    **_YEARS,
    "area_share": "aandeel_in_gebied",
    "households": "huishoudens",
    "planned_households": "geplande_huishoudens",
    "driveway_share": "aandeel_eigen_oprit",
    "electric_cars": "elektrische_autos",
    "public_cars": "autos_zonder_oprit",
    **_ENERGY,
    "connected_peak": "autos_drukste_uur",
    "evse": "laadpunten",
    "evse_least": "laadpunten_minimaal",
    "basis": "grondslag",
    "model_kwh_year": "model_kwh_jaar",
    "official_kwh_year": "officieel_kwh_jaar",
}
FROM_CARS = {
    "buurtcode": "buurtcode",
    "name": "buurtnaam",
    **_YEARS,
    "cars": "personenautos",
    "electric_share": "aandeel_elektrisch",
    "electric_cars": "elektrische_autos",
    "electric_low": "minstens",
    "electric_high": "hoogstens",
    "share_from": "herkomst",
}
FROM_POINTS = {
    "point_id": "vraagpunt",
    "postcode": "postcode",
    "buurtcode": "buurtcode",
    "area": "rekengebied",
    "is_planned": "gepland",
    "addresses": "adressen",
    **_YEARS,
    "electric_cars": "elektrische_autos",
    **_ENERGY,
    "evse": "laadpunten",
    "known": "bekend",
    "x": "x_rd",
    "y": "y_rd",
}
FROM_SHORTFALLS = {
    "area_id": "rekengebied",
    "name": "naam",
    **_YEARS,
    "kwh_year": "laadvraag_kwh_jaar",
    "evse": "laadpunten_nodig",
    "evse_here": "laadpunten_nu",
    "served_kwh_year": "bediend_kwh_jaar",
    "shortfall_kwh_year": "tekort_kwh_jaar",
    "shortfall_evse": "tekort_laadpunten",
    "far_kwh_year": "witte_vlek_kwh_jaar",
    "far_addresses": "witte_vlek_adressen",
    "unknown_addresses": "onbekende_adressen",
}
FROM_CASES = {
    "pole_id": "paal",
    "kind": "soort",
    "name": "rekengebied",
    "poles": "palen",
    **_YEARS,
    "supply_kwh_year": "aanbodgestuurd_kwh_jaar",
    "demand_kwh_year": "vraaggestuurd_kwh_jaar",
    "supply_from_year": "aanbodgestuurd_rendabel_vanaf",
    "demand_from_year": "vraaggestuurd_rendabel_vanaf",
}
FROM_SQUARES = {
    "households": "huishoudens",
    "evse_public": "openbare_laadpunten",
    "evse_other": "andere_laadpunten",
    "outcome": "oordeel",
    "x": "x_rd",
    "y": "y_rd",
}
FROM_POWER = {
    **_YEARS,
    "electric_cars": "elektrische_autos",
    "power_kw": "vermogen_kw",
    "power_unknown_evse": "laadpunten_vermogen_onbekend",
    "kw_per_car": "per_auto_kw",
    "wanted_kw": "gevraagd_kw",
}
FROM_LAADDRUK = {
    "kind": "soort",
    "code": "code",
    "name": "naam",
    "area_id": "rekengebied",
    "poles": "palen",
    "evses": "laadpunten",
    "first_on": "eerste_dag",
    "last_on": "laatste_dag",
    "weeks": "weken",
    "weeks_history": "weken_totaal",
    "observed_share": "aandeel_gemeten",
    "occupancy_share": "bezetting",
    "busiest_hour": "drukste_uur",
    "busiest_share": "bezetting_drukste_uur",
    "desired_share": "gewenste_bezetting",
    "laaddruk": "laaddruk",
    "laaddruk_low": "laaddruk_minstens",
    "laaddruk_high": "laaddruk_hoogstens",
    "kwh_evse_month": "kwh_per_laadpunt_maand",
    "sessions_evse_month": "laadbeurten_per_laadpunt_maand",
    "growth_share_year": "groei_per_jaar",
    "growth_low": "groei_minstens",
    "growth_high": "groei_hoogstens",
    "passes_on": "norm_op",
    "passes_from": "norm_vroegst",
    "passes_until": "norm_laatst",
    "level": "niveau",
    "reason": "uitleg",
}
FROM_WEEKS = {
    "area_id": "rekengebied",
    "name": "naam",
    "week_on": "week_van",
    "evses": "laadpunten",
    "occupancy_share": "bezetting",
    "kwh": "kwh",
    "sessions": "laadbeurten",
}
FROM_HOURS = {
    "area_id": "rekengebied",
    "name": "naam",
    "hour_of_week": "uur_van_de_week",
    "words": "dag_en_uur",
    "occupancy_share": "bezetting",
}
FROM_TRIGGERS = {
    "variant": "variant",
    "kind": "soort",
    "code": "code",
    "name": "naam",
    "area_id": "rekengebied",
    "level": "niveau",
    "start_on": "starten_op",
    "need_on": "nodig_op",
    "evses": "laadpunten",
    "reason": "reden",
}
"""Columns of our frames to those of the sheets."""

ROUNDED = 4
"""Decimals in a workbook: more would be false precision."""


def demand_tables(
    frames: DemandFrames, sources: Sources, sections: Mapping[str, Section], years: tuple[int, ...]
) -> dict[str, pd.DataFrame]:
    """Every table of ``vraag.xlsx``; demand points for the years given only, all else for every year."""
    names, areas = frames.buurten["name"], frames.areas["name"]
    absent = dict.fromkeys(not_computed(frames.buurt_demand), float("nan"))
    demand = frames.buurt_demand.assign(name=frames.buurt_demand["buurtcode"].map(names), **absent)
    found = {"buurten": renamed(demand, FROM_BUURTEN, LaadvraagBuurten)}
    if frames.electric_cars is not None:
        cars = frames.electric_cars.assign(name=frames.electric_cars["buurtcode"].map(names))
        found["autos"] = renamed(cars, FROM_CARS, ElektrischeAutos)
    if frames.clusters is not None and frames.demand is not None:
        found["punten"] = _points(frames.clusters, frames.demand, areas, years)
    if frames.shortfalls is not None:
        lacking = frames.shortfalls.assign(name=frames.shortfalls["area_id"].map(areas))
        found["tekorten"] = renamed(lacking, FROM_SHORTFALLS, Tekorten)
    if frames.pole_cases is not None:
        cases = frames.pole_cases.assign(name=frames.pole_cases["area_id"].map(areas))
        found["palen"] = renamed(cases, FROM_CASES, GebruikPerPaal)
    if frames.squares is not None:
        found["vierkanten"] = renamed(_placed(frames.squares), FROM_SQUARES, DekkingVierkanten)
    if frames.power is not None:
        found["vermogen"] = renamed(frames.power, FROM_POWER, PubliekVermogen)
    return _completed(found, DEMAND_SHEETS, sources, DEMAND_FROM, sections)


def use_tables(frames: UseFrames, sources: Sources, sections: Mapping[str, Section]) -> dict[str, pd.DataFrame]:
    """Every table of ``monitor.xlsx``."""
    names = frames.areas["name"]
    weeks = frames.weeks.assign(name=frames.weeks["area_id"].map(names))
    words = frames.hours["hour_of_week"].map(hour_words).astype("str")
    hours = frames.hours.assign(name=frames.hours["area_id"].map(names), words=words)
    found = {
        "starten": renamed(frames.triggers, FROM_TRIGGERS, TeStarten),
        "gebieden": renamed(frames.of_kind("gebied"), FROM_LAADDRUK, Laaddrukken),
        "palen": renamed(frames.of_kind("paal"), FROM_LAADDRUK, Laaddrukken),
        "weken": renamed(weeks, FROM_WEEKS, GebruikWeken),
        "uren": renamed(hours, FROM_HOURS, GebruikUren),
    }
    return _completed(found, USE_SHEETS, sources, USE_FROM, sections)


def _points(clusters: pd.DataFrame, demand: pd.DataFrame, areas: pd.Series, years: tuple[int, ...]) -> pd.DataFrame:
    places = _placed(clusters).assign(area=clusters["area_id"].map(areas))
    own = ["postcode", "buurtcode", "area", "is_planned", "addresses", "known", "x", "y"]
    shown = demand[demand["year"].isin(years)].join(places[own], on="point_id", how="inner")
    return renamed(shown, FROM_POINTS, LaadvraagPunten)


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the middle of each shape as x and y."""
    middles = frame.geometry.centroid
    return pd.DataFrame(frame.drop(columns="geometry")).assign(x=middles.x, y=middles.y)


def _completed(
    found: dict[str, pd.DataFrame],
    sheets: Mapping[str, tuple[str, type[Table]]],
    sources: Sources,
    among: tuple[str, ...],
    sections: Mapping[str, Section],
) -> dict[str, pd.DataFrame]:
    """The tables rounded, and beside them assumptions, sources and what every column means."""
    rounded = {name: table.round(ROUNDED) for name, table in found.items()}
    contracts = {sheets[name][0]: sheets[name][1] for name in found}
    rows = assumption_rows(sections)
    return {
        **rounded,
        "aannames": pd.DataFrame(rows, columns=["aanname", "waarde", "instelling"]),
        "bronnen": source_rows(named_sources(sources, among)),
        "toelichting": explanation(contracts).rename(columns={"laag": "blad"}),
    }
