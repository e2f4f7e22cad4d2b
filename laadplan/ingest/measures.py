"""Sizes as registers write them: a number, or a class in words.

In: text such as ``45``, ``20-30 cm``, ``tot 6 m.``, ``> 24 m`` or ``Onbekend``. Out: the size where it is a number, and
what it is at least and at most, in metres. A class is kept in the source's words by whoever calls this.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

NUMBER = r"(\d{1,6}(?:[.,]\d{1,6})?)"
UNIT = r"\s*(mm|cm|dm|meter|mtr|m)?\.?\s*"
METRES = {"mm": 0.001, "cm": 0.01, "dm": 0.1, "m": 1.0, "meter": 1.0, "mtr": 1.0}
"""Metres in each unit that registers write."""

SINGLE = rf"^(-?){NUMBER}{UNIT}$"
RANGE = rf"^{NUMBER}{UNIT}(?:-|–|tot en met|t/m|tot|en)\s*{NUMBER}{UNIT}$"
AT_MOST = rf"^(?:tot en met|tot|t/m|<=|<|≤|kleiner dan|minder dan|lager dan|maximaal|max\.?)\s*{NUMBER}{UNIT}$"
AT_LEAST = rf"^(?:vanaf|>=|>|≥|groter dan|meer dan|hoger dan|dikker dan|boven|minimaal|min\.?)\s*{NUMBER}{UNIT}$"
AND_MORE = rf"^{NUMBER}{UNIT}(?:\+|en hoger|en groter|en meer|en dikker|of hoger|of meer)\s*{UNIT}$"

UNKNOWN = ("onbekend", "niet bekend", "onb", "nvt", "n.v.t.", "-", "?", "geen", "niet van toepassing", "overig")
"""Words of registers that say that nothing is known."""


@dataclass(frozen=True)
class Sizes:
    """Sizes in metres: `measured` where a number was given, `low` and `high` also for a class; not a number: unknown.

    `words` holds the text of whatever is no number; `unclear` is true for words that were not understood.
    """

    measured: pd.Series
    low: pd.Series
    high: pd.Series
    words: pd.Series
    unclear: pd.Series


def sizes_of(text: pd.Series, metres: float) -> Sizes:
    """The sizes in text; a number without a unit is in units of so many `metres`. Zero is not a size but a gap.

    >>> sizes = sizes_of(pd.Series(["45", "20-30 cm", "0", "Onbekend"]), 0.01)
    >>> sizes.low.tolist(), sizes.high.tolist(), sizes.measured.tolist()
    ([0.45, 0.2, nan, nan], [0.45, 0.3, nan, nan], [0.45, nan, nan, nan])
    """
    known = text.astype("str").str.strip().str.lower()
    single = known.str.extract(SINGLE)
    measured = _metres(single[1], single[2], metres) * np.where(single[0] == "-", -1.0, 1.0)
    measured = measured.mask(measured == 0)
    low, high = measured.copy(), measured.copy()
    span = known.str.extract(RANGE)
    low = low.fillna(_metres(span[0], span[1].fillna(span[3]), metres))
    high = high.fillna(_metres(span[2], span[3].fillna(span[1]), metres))
    most = known.str.extract(AT_MOST)
    high = high.fillna(_metres(most[0], most[1], metres))
    least, more = known.str.extract(AT_LEAST), known.str.extract(AND_MORE)
    low = low.fillna(_metres(least[0], least[1], metres))
    low = low.fillna(_metres(more[0], more[1].fillna(more[2]), metres))
    crossed = low > high
    low, high = low.mask(crossed), high.mask(crossed)
    words = text.where(single[1].isna())
    unclear = words.notna() & low.isna() & high.isna() & ~known.isin(UNKNOWN)
    return Sizes(measured, low, high, words, unclear)


def _metres(number: pd.Series, unit: pd.Series, metres: float) -> pd.Series:
    """Numbers with their own unit, or else in units of so many metres."""
    value = pd.to_numeric(number.str.replace(",", ".", regex=False)).astype(float)
    return (value * unit.map(METRES).fillna(metres).astype(float)).round(4)
