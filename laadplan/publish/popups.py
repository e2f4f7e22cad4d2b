"""What a reader sees of one object on the map, as plain data in Dutch.

In: rows of frames. Out: mappings of texts (``titel``, ``label``, ``tekst``, ``rijen``, ``oordelen``, ``code``) that the
page lays out. They are not markup: the page puts them in as text. Unknown is ``onbekend``; an estimate says so.
"""

from typing import Any

import pandas as pd

from laadplan.config.policy import Policy
from laadplan.config.scenario import Scenario
from laadplan.contracts.dutch import UNKNOWN, is_known, number, percent, text_of
from laadplan.publish.locations import DROPPED, PREFERRED, near_address, readable

ESTIMATE = "schatting"
ROUGHLY = "De omtrek is bij benadering."
STATUS_LABELS = {
    PREFERRED: "Voorkeurslocatie",
    "reservelocatie": "Reservelocatie",
    DROPPED: "Afgevallen",
}
KEEPERS = {"G": "gemeente", "P": "provincie", "W": "waterschap", "L": "Rijk"}
"""First letter of a bronhouder code in the BGT to the kind of body."""

ORIENTATIONS = {"langs": "langs de stoeprand", "haaks": "haaks op de stoeprand", "schuin": "schuin op de stoeprand"}
MORE = {"nu": "nu", "na plan": "na uitvoering van het plan"}

Popup = dict[str, Any]


def list_criteria(assessments: pd.DataFrame, policy: Policy | None = None) -> pd.DataFrame:
    """The criteria with label, kind, norm and source, in the order of the profile; without one, eisen first.

    ``judged`` is false for one that was unknown everywhere.
    """
    once = assessments.sort_index().drop_duplicates("criterion_id").set_index("criterion_id")
    known = assessments.loc[assessments["verdict"] != UNKNOWN, "criterion_id"].unique()
    once = once.assign(judged=once.index.isin(known))
    order = {criterion.id: place for place, criterion in enumerate(policy.criteria)} if policy else {}
    rank = [(kind != "eis", order.get(str(name), len(order)), str(name)) for name, kind in once["kind"].items()]
    ranked = once.iloc[sorted(range(len(once)), key=rank.__getitem__)]
    return ranked[["label", "kind", "grondslag", "norm", "source", "judged"]]


def judge_sites(assessments: pd.DataFrame, criteria: pd.DataFrame) -> dict[str, list[list[Any]]]:
    """Per site its verdicts, each as number of the criterion, measured value and verdict."""
    place = {name: number_ for number_, name in enumerate(criteria.index)}
    judged: dict[str, list[list[Any]]] = {}
    columns = ["locatie_id", "criterion_id", "measured_text", "verdict", "estimated"]
    for site, criterion, measured, verdict, estimated in assessments[columns].itertuples(index=False):
        judged.setdefault(site, []).append([place[criterion], _measured(measured, estimated), verdict])
    return {site: sorted(rows, key=lambda row: row[0]) for site, rows in judged.items()}


def site_popup(
    site: pd.Series, *, numbers: dict[str, int], names: dict[str, str], scenario: Scenario, verdicts: list[list[Any]]
) -> Popup:
    """A location of the plankaart."""
    identifier, status = str(site.name), str(site["status"])
    rows = [
        ["Postcode en plaats", _postcode(site)],
        ["Parkeerwijze", ORIENTATIONS.get(str(site["parkeerwijze"]), text_of(site["parkeerwijze"]))],
        ["Laadpunten", f"{number(site['aantal_laadpunten'])} (bij {number(site['aantal_vakken'])} vakken)"],
        [f"Toegewezen laadvraag in {scenario.year}", _energy(site, status)],
        ["Vraag op loopafstand", _estimate(number(site["vraag_binnen_bereik_kwh_jaar"], 0, "kWh per jaar"))],
        ["Score op de wensen", f"{percent(site['score'])} van het hoogst haalbare"],
        ["Wegbeheerder (niet getoetst)", _keeper(site["wegbeheerder"])],
        ["Netbeheerder", text_of(site["netbeheerder"])],
    ]
    if is_known(site["hoort_bij"]):
        owner = str(site["hoort_bij"])
        rows.insert(0, ["Reserve voor", f"locatie {numbers[owner]}, {names[owner]}" if owner in numbers else owner])
    return {
        "titel": near_address(site),
        "nummer": numbers.get(identifier),
        "label": STATUS_LABELS[status],
        "soort": status,
        "tekst": readable(str(site["reden"]), numbers, names),
        "rijen": rows,
        "oordelen": verdicts,
        "code": identifier,
    }


def bay_popup(bay: pd.Series, owner: pd.Series, numbers: dict[str, int]) -> Popup:
    """A parking bay that belongs to a location."""
    place = numbers.get(str(owner.name))
    belongs = f"locatie {place}, {near_address(owner)}" if place else near_address(owner)
    return {
        "titel": "Parkeervak bij een locatie",
        "label": STATUS_LABELS[str(owner["status"])],
        "soort": str(owner["status"]),
        "rijen": [
            ["Hoort bij", belongs],
            ["Parkeerwijze", ORIENTATIONS.get(str(bay["orientation"]), text_of(bay["orientation"]))],
            ["Breedte langs de stoeprand", number(bay["end_m"] - bay["start_m"], 2, "m")],
        ],
        "code": str(bay.name),
    }


def charge_point_popup(point: pd.Series, *, counts: bool) -> Popup:
    """An existing charging location; ``counts`` says whether the plan takes it for supply."""
    return {
        "titel": text_of(point["name"], text_of(point["address"], "Bestaande laadlocatie")),
        "label": "Bestaande laadlocatie",
        "soort": "laadpaal",
        "rijen": [
            ["Adres", text_of(point["address"])],
            ["Laadpunten", number(point["evse_count"])],
            ["Hoogste vermogen", number(point["max_power_kw"], 0, "kW")],
            ["Toegang", text_of(point["access"])],
            ["Telt mee als aanbod", "ja" if counts else f"nee ({text_of(point['access'])})"],
            ["Exploitant", text_of(point["operator"])],
            ["Bijgewerkt", text_of(point["updated_at"])[:10]],
        ],
        "code": str(point.name),
    }


def buurt_popup(buurt: pd.Series, scenario: Scenario) -> Popup:
    """Demand, supply and shortfall of a buurt."""
    share = percent(buurt["aandeel_adressen"], 1)
    below = "Deze buurt houdt minder palen dan de ondergrens per buurt." if buurt["onder_ondergrens"] else ""
    kwh = "kWh per jaar"
    scope = f"De cijfers gelden voor het deel van de buurt op deze kaart: {share} van de buurt."
    return {
        "titel": f"Buurt {text_of(buurt['buurtnaam'])}",
        "label": f"Laadvraag in {scenario.year}",
        "soort": "buurt",
        "tekst": f"{scope} {below}".strip(),
        "rijen": [
            ["Adressen", number(buurt["adressen"])],
            ["Huishoudens", _estimate(number(buurt["huishoudens"]))],
            ["Elektrische auto's", _estimate(number(buurt["elektrische_autos"]))],
            ["Vraag aan publieke palen", _estimate(number(buurt["vraag_kwh_jaar"], 0, kwh))],
            ["Laadpunten nu", number(buurt["laadpunten_nu"])],
            ["Laadpunten in deze buurt buiten de kaart", number(buurt["laadpunten_buiten_gebied"])],
            ["Laadpunten erbij in het plan", number(buurt["laadpunten_plan"])],
            ["Aanbod van alle laadpunten", _estimate(number(buurt["aanbod_kwh_jaar"], 0, kwh))],
            ["Vraag die het plan bedient", _estimate(number(buurt["bediend_kwh_jaar"], 0, kwh))],
            ["Tekort", _estimate(number(buurt["tekort_kwh_jaar"], 0, kwh))],
        ],
        "code": str(buurt.name),
    }


def white_spot_popup(spot: pd.Series, norm_m: float, *, estimated: bool = True) -> Popup:
    """An area without a pole in walking distance, which was estimated or measured over a network."""
    guess = f" ({ESTIMATE})" if estimated else ""
    when = MORE[str(spot["toestand"])]
    return {
        "titel": f"Witte vlek, {when}",
        "label": "Geen paal op loopafstand",
        "soort": "witte-vlek",
        "tekst": f"Hier is {when} geen laadpaal binnen {number(norm_m, 0, 'm')} lopen{guess}. {ROUGHLY}",
        "rijen": [
            ["Adressen met vraag", number(spot["adressen"])],
            ["Laadvraag", _estimate(number(spot["vraag_kwh_jaar"], 0, "kWh per jaar"))],
        ],
    }


def _measured(measured: object, estimated: object) -> str:
    text = text_of(measured)
    return _estimate(text) if estimated and ESTIMATE not in text else text


def _estimate(text: str) -> str:
    return text if text == UNKNOWN else f"{text} ({ESTIMATE})"


def _postcode(site: pd.Series) -> str:
    postcode = str(site["postcode"])
    written = f"{postcode[:4]} {postcode[4:]}" if is_known(site["postcode"]) else UNKNOWN
    return f"{written}, {site['woonplaats']}" if is_known(site["woonplaats"]) else written


def _energy(site: pd.Series, status: str) -> str:
    if status != PREFERRED:
        return "niet in het plan"
    return f"{number(site['verwacht_kwh_jaar'], 0, 'kWh per jaar')} (rekenwaarde, ten hoogste wat de paal aankan)"


def _keeper(code: object) -> str:
    if not is_known(code):
        return UNKNOWN
    body = KEEPERS.get(str(code)[:1])
    return f"{body} ({code}, bronhouder in de BGT)" if body else f"{code} (bronhouder in de BGT)"
