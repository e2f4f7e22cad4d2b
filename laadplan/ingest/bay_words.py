"""Words of registers and of OpenStreetMap for how cars park and who may.

Our word to theirs, in lower case. A code of a traffic sign (RVV) counts by its number: E6a and E6b are both E6.
"""

import re

from laadplan.ingest import places

SPELLINGS: dict[str, tuple[str, ...]] = {
    "bay_id": (
        *("vak_id", "parkeervak_id", "identificatie", "lokaal_id", "lokaalID", "id", "nummer", "bgt_id", "OBJECTID"),
        *("@id", "osm_id", "fid", "gml_id", "gid"),
    ),
    "orientation": ("type", "richting", "parkeerwijze", "orientatie", "orientation", "vakrichting"),
    "capacity": ("aantal", "capaciteit", "aantal_vakken", "aantal_plaatsen", "aantalvakken", "capacity"),
    "regime": ("regime", "gebruik", "doelgroep", "soort", "parkeerregime", "functie", "bestemming"),
    "sign": ("e_type", "bord", "rvv_code", "bordcode", "verkeersbord"),
    "regimes": ("regimes",),
    "street": ("straatnaam", "straat", "openbareruimtenaam", "street", "wegnaam"),
    "road_part_id": ("bgt_wegdeel", "bgt_lokaalid", "wegdeel_id"),
    "road_function": ("bgt_functie",),
    **places.SPELLINGS,
}
"""Our name to the spellings seen in deliveries."""

DIALECTS: dict[str, dict[str, str]] = {
    "amsterdam": {
        "bay_id": "id",
        "orientation": "type",
        "capacity": "aantal",
        "regime": "soort",
        "street": "straatnaam",
    },
    "amsterdam-wegdelen": {
        "bay_id": "bgt_id",
        "road_part_id": "bgt_id",
        "road_function": "bgt_functie",
        "capacity": "vakken",
    },
}
"""Municipality to our name to its column."""

ORIENTATIONS = {
    "langs": ("file", "langs", "langsparkeren", "langsvak", "parallel", "fileparkeren", "langsparkeervak"),
    "haaks": ("haaks", "haaksparkeren", "haaksvak", "perpendicular", "dwars", "haaks parkeervak"),
    "schuin": ("schuin", "visgraat", "vissengraat", "diagonal", "gestoken", "schuinparkeren", "schuin parkeervak"),
    "onbekend": ("onbekend", "nvt", "n.v.t.", "overig"),
}

REGIMES = {
    "gpp": ("gpp", "gehandicapt", "invalide", "mindervalide", "disabled"),
    "laden en lossen": ("laden en lossen", "laden/lossen", "laad- en los", "loading", "lossen"),
    "elektrisch laden": ("elektrisch", "oplaad", "opladen", "laadplaats", "laadvak", "laadpaal", "charging"),
    "deelauto": ("deelauto", "autodate", "autodelen", "carsharing", "car_sharing", "car sharing", "greenwheels"),
    "taxi": ("taxi",),
    "vergunning": ("vergunning", "belanghebbende", "bewoner", "residents", "permit", "ontheffing"),
    "blauwe zone": ("blauwe zone", "blauwe streep", "parkeerschijf", "disc"),
    "privé": ("privé", "prive", "private", "particulier", "customers", "no"),
    "overig": ("bus", "touringcar", "vrachtwagen", "vrachtauto", "motor", "kiss", "kort parkeren", "hgv", "motorcycle"),
    "openbaar": ("openbaar", "vrij", "fiscaal", "betaald", "algemeen", "public", "permissive", "yes", "regulier"),
    "onbekend": ("onbekend", "mulder", "nvt", "n.v.t."),
}
"""Our word to words that a regime of theirs begins with or holds, the narrower before the wider. FISCAAL is paid and
open to all; MULDER says that a traffic sign rules, not which."""

SIGNS = {
    "E4": "openbaar",
    "E5": "taxi",
    "E6": "gpp",
    "E7": "laden en lossen",
    "E8": "overig",
    "E9": "vergunning",
    "E10": "blauwe zone",
    "E12": "openbaar",
    "E13": "openbaar",
}
"""Sign of the RVV to who may park; E8 is for a kind of vehicle that its text names."""

CHARGING_SIGN = re.compile(r"\bE0?8[co]\b", re.IGNORECASE)
"""Codes of the sign of a charging bay; `signs` takes them for that too."""

SIGN = re.compile(r"\b(E\d{1,2})[a-z]?\b", re.IGNORECASE)


def orientation_of(text: str) -> str:
    """Our word for how cars park; empty where theirs is not known.

    >>> orientation_of("Visgraat")
    'schuin'
    """
    word = text.strip().lower()
    return next((ours for ours, theirs in ORIENTATIONS.items() if word in theirs), "")


def regime_of(text: str) -> str:
    """Our word for who may park, from words and codes of signs; empty where none is known.

    Words go before a sign, for a sign E8 is explained by its words.

    >>> regime_of("MULDER E6a"), regime_of("E8c opladen elektrische voertuigen"), regime_of("Zomaar")
    ('gpp', 'elektrisch laden', '')
    """
    words = text.lower()
    found = [ours for ours, theirs in REGIMES.items() if any(_holds(words, each) for each in theirs)]
    clear = [each for each in found if each not in ("openbaar", "onbekend")]
    signs = [SIGNS[each] for each in (code.upper() for code in SIGN.findall(text)) if each in SIGNS]
    charging = ["elektrisch laden"] if CHARGING_SIGN.search(text) else []
    return next(iter([*clear, *charging, *signs, *found]), "")


def _holds(words: str, word: str) -> bool:
    """Whether the word stands there as the start of a word; a short one only whole."""
    end = r"\b" if len(word) <= len("disc") else ""
    return re.search(rf"(?<!\w){re.escape(word)}{end}", words) is not None
