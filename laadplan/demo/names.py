"""Names and ids of the demo town: none of them exists.

Street names start with ``Demo-``; gemeente 9901 is not issued (CBS codes stay below 2000); the PC4 numbers are free in
the CBS, KiM and georef tables of 2020-2025; the letter pairs SA, SD and SS are never issued in a Dutch postcode. Ids
are hashes of the seed and the place in the town, so that they are equal in every run.
"""

import hashlib
from itertools import product

MUNICIPALITY = "9901"
"""Digits of a gemeente that does not exist."""

SOURCE_HOLDER = "G9901"
WATER_BOARD = "W9901"
LETTER_PAIRS = ("SA", "SD", "SS")
FIRST_PC4 = 6751
LAST_PC4 = 6799
"""No PC4 from 6751 to 6799 is in use (CBS PC4 2024, KiM 2024, georef 2020, addresses per PC4 2023)."""

SPECIES: tuple[tuple[str, str, float], ...] = (
    ("Tilia cordata", "Winterlinde", 0.18),
    ("Quercus robur", "Zomereik", 0.22),
    ("Acer platanoides", "Noorse esdoorn", 0.2),
    ("Platanus x hispanica", "Gewone plataan", 0.24),
    ("Carpinus betulus 'Fastigiata'", "Zuilhaagbeuk", 0.1),
    ("Prunus serrulata", "Japanse sierkers", 0.14),
    ("Betula pendula", "Ruwe berk", 0.16),
)
"""Species, with crown diameter in metres per centimetre of stem (rule of thumb for street trees)."""

_FIXED = ("Hoofdstraat", "Kade", "Marktplein", "Nijverheidsweg")
_STEMS = (
    "Linde",
    "Merel",
    "Eiken",
    "Molen",
    "Beuken",
    "Vijver",
    "Esdoorn",
    "Zwaluw",
    "Kastanje",
    "Bongerd",
    "Iepen",
    "Spreeuwen",
    "Berken",
    "Haver",
    "Wilgen",
    "Rogge",
    "Tulpen",
    "Wulp",
    "Anjer",
    "Gerst",
    "Meidoorn",
    "Vlas",
    "Hazelaar",
    "Klaver",
    "Vlier",
    "Kievit",
    "Populieren",
    "Boekweit",
    "Lijster",
    "Brem",
    "Narcissen",
    "Grutto",
    "Hulst",
    "Zonnebloem",
    "Dahlia",
    "Winterkoning",
    "Jasmijn",
    "Koolmees",
    "Lavendel",
    "Reiger",
)
_SUFFIXES = ("straat", "laan", "weg", "hof", "pad", "dreef", "steeg", "singel", "veld", "akker", "gaarde", "kamp")


def street_names(count: int) -> list[str]:
    """Names of `count` streets; the first four are those of main road, quay, square and business road.

    >>> street_names(6)[3:]
    ['Demo-Nijverheidsweg', 'Demo-Lindestraat', 'Demo-Merellaan']
    """
    turns = range(-(-count // len(_STEMS)))
    mixed = [
        stem + _SUFFIXES[(turn + place) % len(_SUFFIXES)] for turn, (place, stem) in product(turns, enumerate(_STEMS))
    ]
    rounds = len(_STEMS) * len(_SUFFIXES)
    numbered = [name if place < rounds else f"{name} {1 + place // rounds}" for place, name in enumerate(mixed)]
    return ["Demo-" + name for name in (*_FIXED, *numbered)][:count]


def hashed(*parts: object) -> str:
    """32 hexadecimal digits that depend on `parts` alone."""
    text = "/".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def local_id(seed: int, *parts: object, holder: str = SOURCE_HOLDER) -> str:
    """A BGT ``lokaalID`` of the demo town: holder, point, 32 hexadecimal digits."""
    return f"{holder}.{hashed(seed, *parts)}"


def number_id(serial: int) -> str:
    """A BAG nummeraanduiding id of 16 digits (object type 20)."""
    return f"{MUNICIPALITY}20{serial:010d}"


def building_id(serial: int) -> str:
    """A BAG pand id of 16 digits (object type 10)."""
    return f"{MUNICIPALITY}10{serial:010d}"


def dwelling_id(serial: int) -> str:
    """A BAG verblijfsobject id of 16 digits (object type 01)."""
    return f"{MUNICIPALITY}01{serial:010d}"


def neighbourhood_code(serial: int) -> str:
    """A CBS buurt code: ``BU``, gemeente, four digits.

    >>> neighbourhood_code(1)
    'BU99010001'
    """
    return f"BU{MUNICIPALITY}{serial:04d}"
