"""Colours and words of the plankaart, the same in every output.

Colours are from the palette of Okabe and Ito, which people with any kind of colour vision can tell apart; shapes differ
as well, so that a map also holds in grey.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """How a layer looks: Dutch name, fill colour, outline colour, and shape (square, circle, polygon, edge...)."""

    label: str
    fill: str
    line: str
    shape: str


MARKS: dict[str, Mark] = {
    "voorkeurslocaties": Mark("Voorkeurslocatie", "#0072B2", "#ffffff", "circle"),
    "reservelocaties": Mark("Reservelocatie", "#E69F00", "#333333", "square"),
    "afgevallen": Mark("Afgevallen locatie", "#999999", "#555555", "cross"),
    "vakken": Mark("Parkeervak bij een locatie", "#56B4E9", "#0072B2", "polygon"),
    "paalposities": Mark("Plaats van de paal", "#000000", "#ffffff", "diamond"),
    "laadpalen": Mark("Bestaande laadlocatie", "#009E73", "#00533c", "triangle"),
    "buurten": Mark("Buurt", "none", "#6b4c9a", "outline"),
    "witte_vlekken": Mark("Witte vlek: geen paal op loopafstand", "#CC79A7", "#8c3f6b", "hatch"),
    "dekking": Mark("Dekking: een paal op loopafstand", "#56B4E9", "#2b7aa8", "polygon"),
}
"""Layer of the plankaart to its look; the order is the order of the legend."""

CATEGORIES: dict[str, tuple[str, dict[str, Mark]]] = {
    "vakken": (
        "status",
        {
            "voorkeurslocatie": Mark("Vak bij een voorkeurslocatie", "#56B4E9", "#0072B2", "polygon"),
            "reservelocatie": Mark("Vak bij een reservelocatie", "#F5D08A", "#B37700", "polygon"),
            "": Mark("Ander parkeervak", "#ffffff", "#888888", "edge"),
        },
    ),
    "laadpalen": (
        "telt_mee",
        {
            "true": Mark("Bestaande laadlocatie die meetelt", "#009E73", "#00533c", "triangle"),
            "false": Mark("Bestaande laadlocatie die niet meetelt", "#ffffff", "#00533c", "triangle"),
        },
    ),
    "witte_vlekken": (
        "toestand",
        {
            "nu": Mark("Witte vlek nu", "#CC79A7", "#8c3f6b", "edge"),
            "na plan": Mark("Witte vlek na uitvoering van het plan", "#CC79A7", "#8c3f6b", "hatch"),
        },
    ),
    "dekking": (
        "toestand",
        {
            "nu": Mark("Nu een paal op loopafstand", "#009E73", "#00533c", "dots"),
            "na plan": Mark("Na uitvoering van het plan een paal op loopafstand", "#56B4E9", "#00568a", "dots"),
        },
    ),
}
"""Layers of which the values of a column must be told apart: the column, and the look of each value."""

VERDICT_MARKS: dict[str, Mark] = {
    "voldoet": Mark("Voldoet aan alle eisen", "#0072B2", "#ffffff", "circle"),
    "schouw": Mark("Eerst bekijken (schouw)", "#E69F00", "#333333", "square"),
    "voldoet niet": Mark("Voldoet niet aan een eis", "#D55E00", "#ffffff", "cross"),
    "": Mark("Niet beoordeeld", "#ffffff", "#555555", "diamond"),
}
"""Overall verdict on a candidate to its look; empty: not judged."""

CANDIDATE_CATEGORIES: dict[str, tuple[str, dict[str, Mark]]] = {
    "kandidaten": ("oordeel", {name: mark for name, mark in VERDICT_MARKS.items() if name}),
    "parkeervakken": (
        "parkeerwijze",
        {
            "langs": Mark("Vak langs", "#ffffff", "#77787b", "polygon"),
            "haaks": Mark("Vak haaks", "#dbeaf4", "#77787b", "polygon"),
            "schuin": Mark("Vak schuin", "#f3e3ee", "#77787b", "polygon"),
        },
    ),
    "stroken": (
        "soort",
        {
            "langs": Mark("Parkeervlak langs", "#c9ccd2", "#4d4f54", "polygon"),
            "haaks": Mark("Parkeervlak haaks", "#c9ccd2", "#4d4f54", "polygon"),
            "schuin": Mark("Parkeervlak schuin", "#c9ccd2", "#4d4f54", "polygon"),
            "parkeerterrein": Mark("Parkeerterrein", "#F0E442", "#8a8000", "polygon"),
            "onbekend": Mark("Parkeervlak, niet te duiden", "#CC79A7", "#8c3f6b", "hatch"),
        },
    ),
}
"""Layers of the assessed candidates: the column whose values must be told apart, and the look of each value."""

STREET_MARKS: dict[str, Mark] = {
    "deze": Mark("Vakken van deze locatie", "#56B4E9", "#0072B2", "polygon"),
    "ander": Mark("Vakken van een alternatief", "#F5D08A", "#B37700", "polygon"),
    "vak": Mark("Parkeervak", "#ffffff", "#77787b", "polygon"),
    "laadpalen": MARKS["laadpalen"],
    "breedte": Mark("Vrije loopruimte", "none", "#8c3f6b", "outline"),
}
"""What a picture of a street shows of the plan, to its look."""

STREET_GROUND: dict[str, Mark] = {
    "groen": Mark("Groen", "#dfeacf", "#b9c9a3", "polygon"),
    "water": Mark("Water", "#cfe3f2", "#9dbfd8", "polygon"),
    "erf": Mark("Erf of onverhard", "#f6f3ec", "#d9d4c8", "polygon"),
    "voetpad": Mark("Stoep", "#efe6d4", "#c6b999", "polygon"),
    "fietspad": Mark("Fietspad", "#f2d6cf", "#cfa79d", "polygon"),
    "inrit": Mark("Inrit", "#ddd2bd", "#b8a888", "polygon"),
    "rijbaan": Mark("Rijbaan", "#dcdde0", "#adaeb3", "polygon"),
    "parkeervlak": Mark("Parkeervlak", "#c9ccd2", "#94979d", "polygon"),
    "pand": Mark("Gebouw", "#bdb4a6", "#8f8678", "polygon"),
}
"""Ground of a picture of a street, in order of drawing: more classes than on a map of the whole area."""

GROUND = {"pand": "#d6d1c8", "rijbaan": "#ffffff", "voetpad": "#f1ede4", "groen": "#e3ecd8", "water": "#cfe3f2"}
"""Colours of the ground beneath the plan: quiet, so that the plan stands out."""

VERDICT_COLOURS = {"good": "#00533c", "bad": "#a33b00", "doubt": "#6b4c9a"}
"""Colours of words that carry a verdict: dark enough to be read on white; the sign and the word say the same."""

SCENARIO_MARKS: dict[str, Mark] = {
    "laag": Mark("laag", "#56B4E9", "#3a6f94", "dotted"),
    "midden": Mark("midden", "#0072B2", "#00568a", "solid"),
    "hoog": Mark("hoog", "#56B4E9", "#00385a", "dashed"),
}
"""Scenario to its look in a chart: colour of the band, colour and kind of the line."""

LEVEL_MARKS: dict[str, Mark] = {
    "actie": Mark("Actie: boven de norm", "#E57432", "#7a2f00", "triangle"),
    "signaal": Mark("Signaal: nadert de norm", "#E69F00", "#5c3f00", "square"),
    "ruim": Mark("Ruim: genoeg plek", "#8cc6e7", "#00568a", "circle"),
    "onbekend": Mark("Onbekend: niet of te weinig gemeten", "#ffffff", "#5a6670", "diamond"),
}
"""Level of laaddruk to its look, the gravest first."""

SQUARE_MARKS: dict[str, Mark] = {
    "voldoet niet": Mark("Voldoet niet: geen openbaar laadpunt", "#D55E00", "#7a2f00", "hatch"),
    "voldoet": Mark("Voldoet", "#0072B2", "#00385a", "polygon"),
    "geen eis": Mark("Geen eis: te weinig huishoudens", "#ffffff", "#b9b1a2", "polygon"),
    "onbekend": Mark("Onbekend: huishoudens niet bekend", "#e3e5e8", "#5a6670", "dots"),
}
"""Outcome of the coverage rule to its look, the gravest first."""

REASON_MARKS: dict[str, Mark] = {
    "geen kandidaat binnen loopafstand": Mark("Geen plek binnen loopafstand", "#000000", "#000000", "cross"),
    "kandidaten vallen af op een eis": Mark("Alle plekken vallen af op een eis", "#D55E00", "#7a2f00", "square"),
    "geen ruimte op het net": Mark("Geen ruimte op het net", "#F0E442", "#6b6400", "diamond"),
    "palen in de buurt vol": Mark("Palen vol, en er past niets bij", "#CC79A7", "#6d2f52", "triangle"),
    "aantal palen of budget op": Mark("Aantal palen of budget is op", "#56B4E9", "#00385a", "circle"),
    "andere grens": Mark("Andere grens", "#ffffff", "#3a444c", "circle"),
}
"""Reason why demand stays unserved to its look, in the order of the reasons."""

RISING = ("#f1f6fa", "#c3dcee", "#8cc0e2", "#56a2d5", "#00568a")
"""Colours of classes from little to much."""

APART = ("#8f3a00", "#e08a4a", "#f7d9bf", "#f4f4f2", "#c3dcee", "#5a9fd0", "#00568a")
"""Colours of classes of a difference, from far below to far above; the one in the middle is about nil."""

NO_FIGURE = Mark("Onbekend", "#ffffff", "#8c969e", "hatch")
"""Look of an area without a figure."""
