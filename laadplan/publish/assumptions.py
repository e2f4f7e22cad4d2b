"""What a report takes for granted: every setting of the config that it stands on, with its value and its key.

In: sections of the config. Out: `Html`, and rows for a workbook. A setting without a Dutch name here is shown by its
key, so that none is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from laadplan.config.section import Section
from laadplan.contracts.dutch import NBSP, percent, short_number
from laadplan.publish.chapters import fold
from laadplan.publish.page import Html, joined, tag

TOLD: dict[str, tuple[str, str]] = {
    "scenario.year": ("Jaar waarvoor het plan wordt gemaakt", "jaartal"),
    "scenario.variant": ("Scenario van het plan", ""),
    "scenario.until_year": ("Laatste jaar van de prognose", "jaartal"),
    "scenario.curves.laag.ceiling_share": ("Scenario laag: aandeel elektrische auto's op den duur", "deel"),
    "scenario.curves.laag.middle_year": ("Scenario laag: jaar waarin de helft daarvan is bereikt", "jaartal"),
    "scenario.curves.laag.steepness": ("Scenario laag: snelheid van de groei", "per jaar"),
    "scenario.curves.laag.source": ("Scenario laag: bron", ""),
    "scenario.curves.midden.ceiling_share": ("Scenario midden: aandeel elektrische auto's op den duur", "deel"),
    "scenario.curves.midden.middle_year": ("Scenario midden: jaar waarin de helft daarvan is bereikt", "jaartal"),
    "scenario.curves.midden.steepness": ("Scenario midden: snelheid van de groei", "per jaar"),
    "scenario.curves.midden.source": ("Scenario midden: bron", ""),
    "scenario.curves.hoog.ceiling_share": ("Scenario hoog: aandeel elektrische auto's op den duur", "deel"),
    "scenario.curves.hoog.middle_year": ("Scenario hoog: jaar waarin de helft daarvan is bereikt", "jaartal"),
    "scenario.curves.hoog.steepness": ("Scenario hoog: snelheid van de groei", "per jaar"),
    "scenario.curves.hoog.source": ("Scenario hoog: bron", ""),
    "scenario.public_share_no_driveway": (
        "Deel van hun stroom dat bewoners zonder eigen oprit aan een publieke paal in de buurt laden",
        "deel",
    ),
    "scenario.public_share_driveway": ("Hetzelfde voor bewoners met een eigen oprit", "deel"),
    "scenario.driveway_share_houses": ("Huizen met een eigen oprit, waar niet is gekeken", "deel"),
    "scenario.km_per_car_year": ("Afstand die een elektrische auto rijdt", "km per jaar"),
    "scenario.kwh_per_km": ("Stroom die een elektrische auto gebruikt", "kWh per km"),
    "scenario.kwh_per_evse_year": ("Stroom die een publiek laadpunt levert", "kWh per jaar"),
    "scenario.visitor_share": ("Stroom voor bezoekers, als deel van die van alle elektrische auto's", "deel"),
    "scenario.car_commute_share": ("Banen waar iemand met de auto naartoe gaat", "deel"),
    "scenario.work_energy_share": ("Deel van de stroom dat een forens op het werk laadt", "deel"),
    "scenario.work_public_share": ("Waarvan aan een publieke paal", "deel"),
    "scenario.floor_area_unknown_m2": ("Oppervlakte van een adres waarvan die niet bekend is", "m2"),
    "scenario.connected_h_per_session": ("Tijd dat een auto aan een publiek laadpunt staat", "uur"),
    "scenario.kwh_per_session": ("Stroom van een laadbeurt aan een publiek laadpunt", "kWh"),
    "coverage.square_households": ("Huishoudens in een vierkant van 500 m waarbij de NAL een laadpunt vraagt", ""),
    "coverage.power_per_car_kw": ("Publiek vermogen per elektrische auto (AFIR)", "kW"),
    "coverage.power_unknown_kw": ("Vermogen van een laadpunt dat het niet opgeeft", "kW"),
    "coverage.break_even_kwh_pole_year": ("Stroom waarbij een paal zijn kosten dekt", "kWh per jaar"),
    "walking.norm_m": ("Grootste loopafstand tot een paal", "m"),
    "walking.snap_m": ("Wat verder van het loopnetwerk ligt, wordt geschat", "m"),
    "walking.detour_factor": ("Omwegfactor waar geen loopnetwerk is: lopen tegenover hemelsbreed", ""),
    "homes.facade_touch_m": ("Panden die zo dicht bij elkaar staan, zitten aan elkaar vast", "m"),
    "monitoring.risk_share": ("Kans dat in het drukste uur alle punten bezet zijn", "deel"),
    "monitoring.weeks": ("Weken waarover wordt gemeten", "weken"),
    "monitoring.weeks_least": ("Weken die er minstens moeten zijn voor een laaddruk", "weken"),
    "monitoring.weeks_trend": ("Weken die er minstens moeten zijn voor een trend en een datum", "weken"),
    "monitoring.observed_least_share": ("Deel van die tijd dat minstens gemeten moet zijn", "deel"),
    "monitoring.signal_ratio": ("Signaalwaarde: vanaf deze laaddruk plannen", ""),
    "monitoring.act_ratio": ("Actiewaarde: vanaf deze laaddruk meteen starten", ""),
    "monitoring.lead_weeks": ("Tijd van start tot werkende paal", "weken"),
    "monitoring.ahead_years": ("Zo ver vooruit wordt gekeken", "jaar"),
    "monitoring.interval_share": ("Zekerheid van de marges", "deel"),
    "monitoring.pole_kwh_month": ("Een paal is pas vol vanaf deze stroom per laadpunt", "kWh per maand"),
    "monitoring.pole_sessions_month": ("Of vanaf zoveel laadbeurten per laadpunt", "per maand"),
    "monitoring.sessions_least": ("Laadbeurten waaronder een paal niet wordt getoond", ""),
    "monitoring.requests_per_pole": ("Aanvragen die een volle paal oplevert", ""),
    "optimisation.new_poles": ("Nieuwe palen die mogen", ""),
    "optimisation.budget_eur": ("Budget", "EUR"),
    "optimisation.cost_per_pole_eur": ("Kosten van een paal met aansluiting", "EUR"),
    "optimisation.cost_per_cable_m_eur": ("Kosten van elke meter kabel boven de norm", "EUR"),
    "optimisation.cost_per_crossing_eur": ("Kosten van een kabel onder de rijbaan door", "EUR"),
    "optimisation.poles_per_spot_max": ("Palen naast elkaar op een plek, hoogstens", ""),
    "optimisation.capacity_by": ("Wat een laadpunt aankan, volgt uit", ""),
    "optimisation.availability_without_decree": (
        "Deel van de tijd dat laadvakken zonder verkeersbesluit vrij zijn om te laden",
        "deel",
    ),
    "optimisation.locked_in": ("Locaties waarover al is besloten: daar komt een paal", ""),
    "optimisation.locked_out": ("Locaties die zijn afgewezen: daar komt geen paal", ""),
    "optimisation.previous_plan": ("Locaties van het vorige plan", ""),
    "optimisation.keep_worth_kwh": ("Waarde van een locatie van het vorige plan die blijft", "kWh per jaar"),
    "optimisation.poles_per_buurt_min": ("Ondergrens: palen per buurt met laadvraag", ""),
    "optimisation.floor_penalty_kwh": ("Waarde die een paal onder een ondergrens kost", "kWh per jaar"),
    "optimisation.cover_squares": ("Ondergrens: een laadpunt in elk vierkant dat er een vraagt (NAL)", ""),
    "optimisation.buurt_served_share_min": ("Deel van de laadvraag dat elke buurt minstens krijgt", "deel"),
    "optimisation.equity_penalty": ("Waarde die elke kWh daaronder kost", "kWh"),
    "optimisation.spacing_m": ("Afstand tussen nieuwe palen, minstens", "m"),
    "optimisation.bay_share_street_max": ("Deel van de vakken in een straat voor laden, hoogstens", "deel"),
    "optimisation.bay_share_buurt_max": ("Deel van de vakken in een buurt voor laden, hoogstens", "deel"),
    "optimisation.kw_per_evse": ("Vermogen dat een nieuw laadpunt van het net vraagt", "kW"),
    "optimisation.capped_kw_per_evse": ("Vermogen van een laadpunt dat slim laadt met minder", "kW"),
    "optimisation.capped_capacity_share": ("Deel van de stroom dat zo'n laadpunt toch levert", "deel"),
    "optimisation.grid_room_kw": ("Ruimte op het net voor nieuwe palen, per gebied of klasse", "kW"),
    "optimisation.existing_access": ("Bestaande palen die meetellen, naar toegang", ""),
    "optimisation.far_worth": ("Waarde van een kWh op de grootste loopafstand; aan de deur 1", ""),
    "optimisation.score_worth_kwh": ("Waarde van de hoogste score op de wensen", "kWh per jaar"),
    "optimisation.pole_least_kwh": ("Waarde die elke nieuwe paal kost", "kWh per jaar"),
    "optimisation.gap_share": ("Marge waarbij de berekening mag stoppen", "deel"),
}
"""Key of a setting to its Dutch name and how its value is written: deel as a percentage, jaartal without a dot."""


def assumption_rows(sections: Mapping[str, Section]) -> list[tuple[str, str, str]]:
    """Name, value and key of every setting of the sections; a setting without a Dutch name has an empty one."""
    rows = []
    for key, value in _leaves(sections):
        name, unit = TOLD.get(key, ("", ""))
        rows.append((name, _written(value, unit), key))
    return rows


def assumption_table(sections: Mapping[str, Section]) -> Html:
    """The settings as a table; those without a Dutch name folded below it."""
    rows = assumption_rows(sections)
    named = [row for row in rows if row[0]]
    others = [row for row in rows if not row[0]]
    more = fold(f"Andere instellingen ({len(others)})", _table(others)) if others else None
    return joined([_table(named), more])


def _table(rows: list[tuple[str, str, str]]) -> Html:
    head = tag("tr", *[tag("th", name, scope="col") for name in ("Aanname", "Waarde", "Instelling")])
    body = [
        tag("tr", tag("td", name or key.rpartition(".")[2]), tag("td", value), tag("td", tag("code", key)))
        for name, value, key in rows
    ]
    table = tag("table", tag("thead", head), tag("tbody", *body))
    return tag("div", table, class_="rol", role="region", tabindex="0", aria_label="Aannames")


def _leaves(sections: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in sections.items():
        key = f"{above}{name}"
        if isinstance(value, BaseModel):
            yield from _leaves({field: getattr(value, field) for field in type(value).model_fields}, f"{key}.")
        else:
            yield key, value


def _written(value: Any, unit: str) -> str:
    if value is None or value in ((), [], {}):
        return "geen"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_written(each, unit)}" for name, each in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_written(each, unit) for each in value)
    if not isinstance(value, int | float):
        return str(value)
    if unit == "deel":
        return percent(value, 0 if round(value * 100, 6) == round(value * 100) else 1)
    if unit == "jaartal":
        return f"{value:g}".replace(".", ",")
    return short_number(value) + (f"{NBSP}{unit}" if unit else "")
