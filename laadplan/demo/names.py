"""Names and ids of the demo town: none of them exists.

Street names start with ``Demo-``; gemeente 9901 is not issued (CBS codes stay below 2000); the PC4 numbers are free in
the CBS, KiM and georef tables of 2020-2025, so that no postcode that starts with one exists. Ids
are hashes of the seed and the place in the town, so that they are equal in every run.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import product

from laadplan.demo.themes import THEMES

MUNICIPALITY = "9901"
"""Digits of a gemeente that does not exist."""

SOURCE_HOLDER = "G9901"
WATER_BOARD = "W9901"
_FREE_RANGES = (
    (6751, 6799),
    (4950, 5005),
    (8946, 8996),
    (3660, 3696),
    (8664, 8696),
    (6476, 6506),
    (5876, 5906),
    (4069, 4096),
    (6379, 6406),
    (7170, 7196),
    (7280, 7306),
    (5181, 5206),
)
FREE_PC4 = tuple(pc4 for first, last in _FREE_RANGES for pc4 in range(first, last + 1))
"""No PC4 among these is in use (CBS PC4 2024, KiM 2024, georef 2020, addresses per PC4 2023)."""

_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
LETTER_PAIRS = tuple(pair for pair in map("".join, product(_LETTERS, repeat=2)) if pair not in ("SA", "SD", "SS"))
"""Letter pairs of postcodes: some letters and three pairs are never issued."""

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

_SUFFIXES = ("straat", "laan", "weg", "hof", "pad", "dreef", "steeg", "singel", "veld", "akker", "gaarde", "kamp")
_PREFIXES = (
    "",
    "Nieuwe ",
    "Oude ",
    "Korte ",
    "Lange ",
    "Kleine ",
    "Grote ",
    "Achter-",
    "Voor-",
    "Hoge ",
    "Lage ",
    "Wijde ",
    "Smalle ",
)
_STREETS_PER_QUARTER = 64

_ROADS = (
    "Hoofdstraat",
    "Ringweg",
    "Stationsweg",
    "Europaweg",
    "Provincialeweg",
    "Kanaalweg",
    "Zuiderweg",
    "Noorderweg",
)
_ROAD_STEMS = (
    *("Oranje", "Willems", "Juliana", "Emma", "Graaf", "Hertogs", "Bisschops", "Burger", "Polder", "Dijk", "Markt"),
    *("Haven", "Kasteel", "Kerk", "Molen", "Raadhuis", "Schans", "Singel", "Vesting", "Wal", "Brug", "Tol", "Heer"),
    *("Prinsen", "Konings", "Keizers", "Admiraals", "Kapiteins", "Veer", "Zee", "Meer", "Bos", "Park", "Tuin"),
)
_ROAD_SUFFIXES = ("weg", "laan", "baan", "dreef", "allee", "boulevard", "route", "as")

_KIND_NAMES = {"centrum": "Centrum", "bedrijven": "Bedrijvenpark", "landelijk": "Buitengebied", "dorp": "Dorp"}


def road_names(count: int) -> list[str]:
    """Names of `count` roads between quarters; the first is the main road.

    >>> road_names(2)
    ['Demo-Hoofdstraat', 'Demo-Ringweg']
    """
    mixed = [stem + suffix for suffix, stem in product(_ROAD_SUFFIXES, _ROAD_STEMS)]
    rounds = -(-count // len(mixed))
    more = [f"{name} {turn}" for turn in range(2, rounds + 2) for name in mixed]
    return [f"Demo-{name}" for name in (*_ROADS, *mixed, *more)][:count]


def street_names(quarter: int, count: int) -> list[str]:
    """Names of `count` streets in a quarter; no two quarters share one.

    Parameters
    ----------
    quarter
        Index of the cell.
    count
        Number of names, at most 64.

    >>> street_names(1, 3)
    ['Demo-Merelstraat', 'Demo-Zwaluwlaan', 'Demo-Spreeuwenweg']
    """
    stems = THEMES[quarter % len(THEMES)][1]
    first = quarter // len(THEMES) * _STREETS_PER_QUARTER
    return [f"Demo-{_street(stems, first + place)}" for place in range(count)]


def _street(stems: tuple[str, ...], number: int) -> str:
    """The street of a theme with a number: all stems, then with other suffixes, then with a word before them."""
    turn, place = divmod(number, len(stems))
    rounds, turn = divmod(turn, len(_SUFFIXES))
    prefix = _PREFIXES[rounds % len(_PREFIXES)]
    stem = stems[place].lower() if prefix.endswith("-") else stems[place]
    serial = f" {1 + rounds // len(_PREFIXES)}" if rounds >= len(_PREFIXES) else ""
    return f"{prefix}{stem}{_SUFFIXES[(turn + place) % len(_SUFFIXES)]}{serial}"


def cell_names(kinds: Sequence[str]) -> list[str]:
    """Names of buurten in order: some kinds have a name of their own, others that of their theme; none twice.

    >>> cell_names(["centrum", "naoorlogs", "landelijk", "landelijk"])
    ['Centrum', 'Vogelbuurt', 'Buitengebied', 'Buitengebied 2']
    """
    names: list[str] = []
    known: Counter[str] = Counter()
    for index, kind in enumerate(kinds):
        name = _KIND_NAMES.get(kind, THEMES[index % len(THEMES)][0])
        known[name] += 1
        names.append(name if known[name] == 1 else f"{name} {known[name]}")
    return names


def hashed(*parts: object) -> str:
    """32 hexadecimal digits that depend on `parts` alone."""
    text = "/".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def local_id(seed: int, *parts: object, holder: str = SOURCE_HOLDER) -> str:
    """A BGT ``lokaalID`` of the demo town: holder, point, 32 hexadecimal digits."""
    return f"{holder}.{hashed(seed, *parts)}"


def bag_id(object_type: str, serial: int) -> str:
    """A BAG id of 16 digits: gemeente, object type, serial.

    >>> bag_id("20", 17)
    '9901200000000017'
    """
    return f"{MUNICIPALITY}{object_type}{serial:010d}"


def number_id(serial: int) -> str:
    """A BAG nummeraanduiding id."""
    return bag_id("20", serial)


def building_id(serial: int) -> str:
    """A BAG pand id."""
    return bag_id("10", serial)


def dwelling_id(serial: int) -> str:
    """A BAG verblijfsobject id."""
    return bag_id("01", serial)


def neighbourhood_code(serial: int) -> str:
    """A CBS buurt code: ``BU``, gemeente, four digits.

    >>> neighbourhood_code(1)
    'BU99010001'
    """
    return f"BU{MUNICIPALITY}{serial:04d}"


def wijk_code(serial: int) -> str:
    """A CBS wijk code: ``WK``, gemeente, two digits.

    >>> wijk_code(3)
    'WK990103'
    """
    return f"WK{MUNICIPALITY}{serial:02d}"
