"""Sizes as registers write them: a number, or a class in words.

In: text such as ``45``, ``20-30 cm``, ``tot 6 m.``, ``> 24 m`` or ``Onbekend``. Out: the size where it is a number, and
what it is at least and at most, in metres. A class is kept in the source's words by whoever calls this.
"""

import math
import re
from typing import NamedTuple

NUMBER = r"(\d{1,6}(?:[.,]\d{1,6})?)"
UNIT = r"\s*(mm|cm|dm|meter|mtr|m)?\.?\s*"
METRES = {"mm": 0.001, "cm": 0.01, "dm": 0.1, "m": 1.0, "meter": 1.0, "mtr": 1.0}
"""Metres in each unit that registers write."""

SINGLE = re.compile(rf"(-?){NUMBER}{UNIT}")
RANGE = re.compile(rf"{NUMBER}{UNIT}(?:-|–|tot en met|t/m|tot|en)\s*{NUMBER}{UNIT}")
AT_MOST = re.compile(
    rf"(?:tot en met|tot|t/m|<=|<|≤|kleiner dan|minder dan|lager dan|maximaal|max\.?)\s*{NUMBER}{UNIT}"
)
AT_LEAST = re.compile(
    rf"(?:vanaf|>=|>|≥|groter dan|meer dan|hoger dan|dikker dan|boven|minimaal|min\.?)\s*{NUMBER}{UNIT}"
    rf"|{NUMBER}{UNIT}(?:\+|en hoger|en groter|en meer|en dikker|of hoger|of meer){UNIT}"
)

UNKNOWN = ("onbekend", "niet bekend", "onb", "nvt", "n.v.t.", "-", "?", "geen", "niet van toepassing", "overig")
"""Words of registers that say that nothing is known."""


class Size(NamedTuple):
    """A size in metres, not a number where unknown: `measured` from a number, `low` and `high` also from a class.

    `is_words` is true for all but a number, `is_unclear` for words that were not understood.
    """

    measured: float = math.nan
    low: float = math.nan
    high: float = math.nan
    is_words: bool = False
    is_unclear: bool = False


def size_of(text: str, metres: float) -> Size:
    """The size in a text; a number without a unit is in units of so many `metres`. Zero is not a size but a gap.

    >>> size_of("45", 0.01)
    Size(measured=0.45, low=0.45, high=0.45, is_words=False, is_unclear=False)
    >>> size_of("20-30 cm", 0.01)
    Size(measured=nan, low=0.2, high=0.3, is_words=True, is_unclear=False)
    """
    words = text.strip().lower()
    if single := SINGLE.fullmatch(words):
        sign, number, unit = single.groups()
        size = _metres(number, unit, metres) * (-1 if sign else 1)
        return Size(size, size, size) if size else Size()
    low, high = _bounds(words, metres)
    if low > high:
        low = high = math.nan
    is_unclear = math.isnan(low) and math.isnan(high) and words not in UNKNOWN
    return Size(math.nan, low, high, is_words=True, is_unclear=is_unclear)


def _bounds(words: str, metres: float) -> tuple[float, float]:
    """At least and at most, in metres, of a class in words."""
    if span := RANGE.fullmatch(words):
        first, first_unit, second, second_unit = span.groups()
        low = _metres(first, first_unit or second_unit, metres)
        return low, _metres(second, second_unit or first_unit, metres)
    if most := AT_MOST.fullmatch(words):
        return math.nan, _metres(most[1], most[2], metres)
    if least := AT_LEAST.fullmatch(words):
        number, unit, other_number, other_unit, last_unit = least.groups()
        return _metres(number or other_number, unit or other_unit or last_unit, metres), math.nan
    return math.nan, math.nan


def _metres(number: str, unit: str | None, metres: float) -> float:
    """A number with its own unit, or else in units of so many metres."""
    return round(float(number.replace(",", ".")) * METRES.get(unit or "", metres), 4)
