"""What a reader must know of the plan before trusting it: figures in short, sources, assumptions, proof, accuracy.

In: frames and config. Out: `Html` parts for pages and lines of text for pictures; every figure with unit and date.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, isfinite

import geopandas as gpd
import pandas as pd

from laadplan.config.project import Publication, Walking
from laadplan.config.scenario import Scenario
from laadplan.config.sources import Source, Sources
from laadplan.contracts.dutch import NBSP, UNKNOWN, counted, day, is_known, number, percent, short_number, text_of
from laadplan.geo.rd import transformation_note
from laadplan.publish.locations import PREFERRED
from laadplan.publish.page import Html, joined, tag

STOPPED = {
    "gap": "De berekening stopte toen dat bewijs er was.",
    "work": "De berekening stopte bij de ingestelde hoeveelheid rekenwerk.",
    "seconds": "De berekening stopte bij de tijdslimiet.",
    "user": "De berekening is met de hand gestopt; dit is het beste plan tot dan toe.",
    "failure": "De berekening is mislukt; dit is het beste plan tot dan toe.",
}
"""What ended the search, as a sentence."""

ROUNDING = 1e-6
"""What is left over a whole number by less than this is rounding."""

OWN = "laadplan"
"""Name in `Solutions` of the project's own search, see `laadplan.optimise.solve`."""

FLOOR = "ondergrens buurt"
"""Kind of limit that is named buurt by buurt."""

NORMS = "Normen uit andere gemeenten of van het NKL zijn pas beleid als deze gemeente ze heeft vastgesteld."
"""What must be said of norms that are not the municipality's own."""

UNTESTED = (
    "eigendom en openbaarheid van de grond en bevoegdheid, tenzij een criterium ze noemt (de kaart toont alleen de "
    "bronhouder in de BGT)",
    "ramen en deuren in de gevel",
    "zicht op kruispunten en hoofdbomenstructuur, tenzij een criterium ze noemt",
    "belangen van omwonenden en participatie",
)
"""What the plankaart does not look at, so that nobody takes silence for approval."""

KINDS = {"eis": "eis: moet", "wens": "wens: telt mee in de score"}


@dataclass(frozen=True)
class Figure:
    """A figure in short: its value, what it is, and a remark such as ``schatting``."""

    value: str
    label: str
    remark: str = ""


def in_short(
    sites: gpd.GeoDataFrame, balances: gpd.GeoDataFrame, white_spots: gpd.GeoDataFrame, scenario: Scenario
) -> list[Figure]:
    """The plan in a few figures."""
    chosen = sites[sites["status"] == PREFERRED]
    demand, served = balances["vraag_kwh_jaar"].sum(), balances["bediend_kwh_jaar"].sum()
    far = {when: int(white_spots.loc[white_spots["toestand"] == when, "adressen"].sum()) for when in ("nu", "na plan")}
    points = int(chosen["aantal_laadpunten"].sum())
    noun = "nieuwe laadlocatie" if len(chosen) == 1 else "nieuwe laadlocaties"
    figures = [Figure(number(len(chosen)), noun, f"met {counted(points, 'laadpunt', 'laadpunten')}")]
    if demand > 0:
        figures.append(Figure(percent(served / demand), f"van de laadvraag in {scenario.year} bediend", "schatting"))
    figures.append(
        Figure(number(far["na plan"]), "adressen zonder paal op loopafstand", f"nu {number(far['nu'])}; schatting")
    )
    return figures


PLANNED_FROM = (
    "bgt",
    "addresses",
    "buurten",
    "charge_points",
    "car_stock",
    "buurt_figures",
    "jobs",
    "planned_homes",
    "forecast",
    "trees",
    "parking_bays",
    "cables",
    "grid_capacity",
    "signs",
    "decrees",
    "road_managers",
    "walking",
    "rasters",
    "zones",
)
"""Sources that the plankaart is computed from; others may be read beside it and must not be named as its ground."""


DEMAND_FROM = (
    "addresses",
    "bgt",
    "buurten",
    "buurt_figures",
    "car_stock",
    "charge_points",
    "forecast",
    "jobs",
    "planned_homes",
    "squares",
    "walking",
    "zones",
)
"""Sources that the report of demand is computed from."""

USE_FROM = ("sessions", "occupancy", "requests", *DEMAND_FROM)
"""Sources that the report of use is computed from: triggers also stand on the forecast."""


def named_sources(sources: Sources, among: Collection[str] = PLANNED_FROM) -> list[Source]:
    """The sources that a result is computed from (by default the plankaart), in the order of the config."""
    return [source for name, source in sources.given().items() if name.partition(".")[0] in among]


def source_line(sources: Sources, among: Collection[str] = PLANNED_FROM) -> str:
    """The sources in one line, each with its reference date."""
    return "; ".join(dated(source) for source in named_sources(sources, among))


def dated(source: Source) -> str:
    """A source with its reference date."""
    when = day(source.reference_on) if source.reference_on else "peildatum onbekend"
    return f"{source.printed} ({when})"


def source_table(sources: Sources, among: Collection[str] = PLANNED_FROM) -> Html:
    """The sources with reference date, licence and note."""
    head = tag("tr", *[tag("th", name, scope="col") for name in ("Bron", "Peildatum", "Licentie")])
    rows = [_source_rows(source) for source in named_sources(sources, among)]
    return tag("table", tag("thead", head), *rows, class_="bronnen")


def assumption_lines(scenario: Scenario, walking: Walking, walk: str | None = None) -> list[str]:
    """The scenario and how walking was measured: ``walk`` as `walk_line` says it; None: estimated."""
    without, own, visitors, work, public = (
        f"{short_number(100 * share)}{NBSP}%"
        for share in (
            scenario.public_share_no_driveway,
            scenario.public_share_driveway,
            scenario.visitor_share,
            scenario.work_energy_share,
            scenario.work_public_share,
        )
    )
    return [
        f"De laadvraag is berekend voor {scenario.year}. Het is een scenario, geen voorspelling.",
        f"Het aandeel elektrische auto's groeit volgens het scenario {scenario.variant} (aanname). Een officiële "
        "prognose gaat voor, in de buurten waarvoor die bij de bronnen staat.",
        f"Bewoners zonder eigen oprit laden {without} van hun stroom aan een publieke paal in de buurt, met eigen "
        f"oprit {own} (aanname).",
        f"Bezoekers laden {visitors} van de stroom van alle elektrische auto's in het gebied, daar waar winkels, "
        "voorzieningen en woningen zijn (aanname).",
        f"Wie met de auto naar het werk gaat, laadt daar {work} van zijn stroom, waarvan {public} aan een publieke "
        "paal (aanname).",
        f"Een elektrische auto rijdt {number(scenario.km_per_car_year, 0, 'km')} per jaar en gebruikt "
        f"{short_number(scenario.kwh_per_km)}{NBSP}kWh per km (aanname).",
        f"Voor een laadpunt rekenen we met {number(scenario.kwh_per_evse_year, 0, 'kWh')} per jaar (gemiddeld gebruik, "
        "aanname).",
        "De huishoudens van een buurt zijn gelijk verdeeld over haar woningen. Een adres waarvan het gebruik niet "
        "bekend is, telt als woning, ook als het een winkel of vakantiewoning is.",
        "Of een woning een eigen oprit heeft, is een kans: uit het soort woning en, waar de BGT het laat zien, de "
        "grond eromheen.",
        "Geplande woningen die bij de bronnen staan, tellen mee vanaf het jaar van oplevering.",
        f"Een paal is op loopafstand binnen {short_number(walking.norm_m)}{NBSP}m lopen.",
        walk if walk is not None else walk_line(walking),
    ]


def walk_line(walking: Walking, walk_edges: gpd.GeoDataFrame | None = None, sources: Sources | None = None) -> str:
    """How walking distances were taken, in one sentence or two: over which network and of what date, or estimated.

    Parameters
    ----------
    walk_edges, sources
        `WalkEdges` and the sources of the config; None or empty edges: there is no network.
    """
    guess = f"hemelsbrede afstand maal omwegfactor {short_number(walking.detour_factor)}"
    if walk_edges is None or walk_edges.empty:
        return f"De loopafstand is een schatting: {guess}."
    given = {} if sources is None else sources.given()
    source = given.get("walking") or given.get("bgt")
    words = "over het loopnetwerk" if "walking" in given else "over de middellijnen van voetpaden en wegen"
    name = f": {dated(source)}" if source else ""
    return (
        f"De loopafstand is gemeten {words}{name}. Wat verder dan {short_number(walking.snap_m)}{NBSP}m van het "
        f"netwerk ligt, is geschat: {guess}."
    )


def account_lines(
    solutions: pd.DataFrame,
    balances: gpd.GeoDataFrame,
    criteria: pd.DataFrame,
    *,
    scenario: Scenario,
    walking: Walking,
    publication: Publication,
    today: date,
    walk: str | None = None,
) -> list[str]:
    """What must stand on every output, as sentences: status, date, proof, assumptions, accuracy."""
    place = f" voor de gemeente {publication.municipality}" if publication.municipality else ""
    return [
        publication.disclaimer,
        f"Gemaakt op {day(today)}{place} met laadplan.",
        *proof_lines(solutions, balances),
        *assumption_lines(scenario, walking, walk),
        NORMS,
        f"Niet getoetst zijn: {'; '.join(untested(criteria))}.",
        "Coördinaten zijn in RD (EPSG:28992), in meters. Een lege cel betekent: niet bekend.",
    ]


def proof_lines(solutions: pd.DataFrame, balances: gpd.GeoDataFrame) -> Iterator[str]:
    """How good the plan is, and how that is known."""
    if "plan" not in solutions.index:
        yield "Van dit plan is geen bewijs bewaard."
        return
    proof = pd.Series(solutions.loc["plan"])
    yield how_good(proof)
    if proof["status"] != "optimal":
        yield STOPPED[str(proof["stopped_by"])]
    yield f"Aantal nieuwe palen: {number(proof['poles_chosen'])} van de {number(proof['poles_allowed'])} die mochten."
    yield f"Berekend met {computed_with(proof)}."
    if is_known(proof["limits_broken"]):
        broken = [each.partition("|")[::2] for each in str(proof["limits_broken"]).split("; ")]
        codes = [code for kind, code in broken if kind == FLOOR]
        names = balances["buurtnaam"].reindex(codes)
        told = ", ".join(text_of(name, code) for code, name in zip(codes, names, strict=True))
        if codes:
            yield f"Buurten die onder de ondergrens van palen blijven: {told}."
        if len(broken) > len(codes):
            yield f"Andere grenzen die het plan niet haalt: {number(len(broken) - len(codes))}."


def computed_with(proof: pd.Series) -> str:
    """Whose plan it is, with the version."""
    name = {OWN: "de eigen zoekmethode van laadplan"}.get(str(proof["solver"]), proof["solver"])
    return f"{name}, versie {proof['solver_version']}"


def how_good(proof: pd.Series) -> str:
    """How good a plan is, in one sentence that promises no more than was proven."""
    if proof["status"] == "optimal":
        return "Binnen dit rekenmodel en met deze aannames is geen beter plan mogelijk."
    if not isfinite(float(str(proof["bound"]))):
        return "Hoeveel beter een ander plan kan zijn, is niet bewezen."
    return f"Binnen dit rekenmodel en met deze aannames is geen plan meer dan {proven_gap(proof)} beter."


def proven_gap(proof: pd.Series) -> str:
    """By how much another plan can be better at most, rounded up: as a share of the worth, and in kWh a year.

    A plan that breaks many wishes can be worth less than nothing: a share of that says nothing, and is left out.
    """
    objective, bound, gap = (float(str(proof[name])) for name in ("objective", "bound", "gap"))
    if not isfinite(bound):
        return UNKNOWN
    amount = number(ceil(max(bound - objective, 0.0) - ROUNDING), 0, "kWh per jaar")
    if objective <= 0:
        return amount
    return f"{percent(ceil(10_000 * gap - ROUNDING) / 10_000, 2)} ({amount})"


def untested(criteria: pd.DataFrame) -> list[str]:
    """What was not tested: criteria without the data to judge them by, and what no criterion looks at."""
    lacking = [f"{label} (de bron ontbreekt of zegt het niet)" for label in criteria.loc[~criteria["judged"], "label"]]
    return [*lacking, *UNTESTED]


def untested_table(criteria: pd.DataFrame) -> pd.DataFrame:
    """What was not tested, as a table."""
    return pd.DataFrame({"niet_getoetst": untested(criteria)})


def criteria_list(criteria: pd.DataFrame) -> Html:
    """Which criteria were used, with norm and source."""
    lines = [
        tag(
            "li",
            tag("strong", row["label"]),
            f" ({KINDS[row['kind']]}; grondslag: {row['grondslag']}). Norm: {row['norm']}. ",
            tag("small", f"Bron: {row['source']}."),
        )
        for _, row in criteria.iterrows()
    ]
    return tag("ul", *lines) if lines else tag("p", "Er zijn geen criteria toegepast.")


def about_map(
    *,
    criteria: pd.DataFrame,
    solutions: pd.DataFrame,
    balances: gpd.GeoDataFrame,
    publication: Publication,
    sources: Sources,
    walking: Walking,
    scenario: Scenario,
    today: date,
    walk: str | None = None,
) -> Html:
    """The whole explanation of a map; ``walk`` as `walk_line` says it."""
    accuracy = [
        f"Plaatsen zijn omgerekend van {transformation_note()}",
        "Wat een schatting is, staat er zo bij. Wat niet bekend is, heet onbekend.",
        "De ondergrond is vereenvoudigd: meet niet op deze kaart.",
    ]
    parts = [
        tag("p", publication.disclaimer),
        tag("h3", "Hoe goed is dit plan?"),
        _list(proof_lines(solutions, balances)),
        tag("h3", "Uitgangspunten"),
        _list(assumption_lines(scenario, walking, walk)),
        tag("h3", "Criteria"),
        tag("p", NORMS),
        criteria_list(criteria),
        tag("h3", "Niet getoetst"),
        _list(untested(criteria)),
        tag("h3", "Bronnen"),
        source_table(sources),
        tag("h3", "Nauwkeurigheid"),
        _list(accuracy),
        tag("p", f"Gemaakt op {day(today)} met laadplan."),
    ]
    return joined(parts)


def _list(lines: Iterable[str]) -> Html:
    return tag("ul", *[tag("li", line) for line in lines])


def _source_rows(source: Source) -> Html:
    cells = [
        tag("th", source.printed, scope="row"),
        tag("td", day(source.reference_on)),
        tag("td", source.licence),
    ]
    note = tag("tr", tag("td", source.note, colspan=3), class_="opmerking") if source.note else None
    return tag("tbody", tag("tr", *cells), note)
