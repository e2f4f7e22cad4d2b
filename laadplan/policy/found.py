"""What a rule found: per candidate a measured value, its text, whether it meets the norm, and why if it cannot be said.

In: values. Out: one frame per rule, indexed by ``locatie_id``, with ``measured`` (number or NaN), ``text``, ``state``
(gemeten, n.v.t., onbekend), ``met``, ``why``, ``margin`` and ``estimated``. Values are rounded to what is printed
before they are judged, so that what a reader sees is what was decided on, and noise of the seventh decimal decides
nothing.
"""

from datetime import date

import numpy as np
import pandas as pd

from laadplan.config.criteria import Criterion
from laadplan.contracts.dutch import figures, short_number
from laadplan.geo import rounding

MEASURED, NOT_APPLICABLE, UNKNOWN = "gemeten", "n.v.t.", "onbekend"

DECIMALS = {"m": 2, "share": 3, "aantal": 0}
"""Decimals to which a value is rounded before it is judged, by unit; 2 for any other unit."""


def rounded(values: pd.Series, unit: str) -> pd.Series:
    """Values as they are judged and printed: to the decimals of their unit, without noise."""
    return rounding.rounded(values.astype(float), DECIMALS.get(unit, 2))


def quantity(value: float, unit: str) -> str:
    """A value as printed in Dutch.

    >>> quantity(1.5, "m"), quantity(0.875, "share"), quantity(3.0, "aantal"), quantity(1234.5, "m")
    ('1,50 m', '87,5 %', '3', '1.234,50 m')
    """
    if unit == "share":
        return f"{short_number(round(100 * value, 1))} %"
    written = figures(value, DECIMALS.get(unit, 2))
    return written if unit in ("", "aantal") else f"{written} {unit}"


def numbers(criterion: Criterion, values: pd.Series, *, why: str = "", none: str | None = None) -> pd.DataFrame:
    """Numbers held against the norm of a criterion.

    Parameters
    ----------
    values
        Measured values in the criterion's unit, indexed by ``locatie_id``; NaN where there is none.
    why
        Why a missing value is unknown, in Dutch.
    none
        Text of a missing value that means "nothing there": then a largest value is not met and a smallest one is.
    """
    measured = rounded(values, criterion.measured_in)
    decimals = DECIMALS.get(criterion.measured_in, 2)
    low = round(criterion.least, decimals) if criterion.least is not None else -np.inf
    high = round(criterion.most, decimals) if criterion.most is not None else np.inf
    known = measured.notna().to_numpy()
    texts = [quantity(value, criterion.measured_in) if value == value else none or "" for value in measured.tolist()]
    room = np.fmin(measured.to_numpy() - low, high - measured.to_numpy())
    nothing = criterion.most is None
    return frame(
        measured.index,
        measured=measured.to_numpy(),
        text=texts,
        state=np.where(known | (none is not None), MEASURED, UNKNOWN),
        met=np.where(known, measured.between(low, high).to_numpy(), nothing),
        why=np.where(known, "", why),
        margin=np.where(np.isfinite(room), np.round(room, rounding.NOISE_DECIMALS), np.nan),
    )


def at_least(criterion: Criterion, found: pd.DataFrame, looked_m: float) -> pd.DataFrame:
    """What was found, where a distance that was looked for up to ``looked_m`` (m) is that value or more.

    A norm that lies beyond decides nothing then: the verdict is unknown.
    """
    cut = (found["measured"] >= looked_m).to_numpy()
    beyond = max(criterion.least or 0.0, criterion.most if criterion.most is not None else 0.0) > looked_m
    told = found.assign(text=found["text"].where(~cut, f"ten minste {quantity(looked_m, 'm')}"))
    return in_doubt(told, cut & beyond, f"er is tot {quantity(looked_m, 'm')} gezocht")


def in_doubt(found: pd.DataFrame, doubtful: np.ndarray, why: str) -> pd.DataFrame:
    """What was found, with ``onbekend`` and why, in Dutch, where something unseen could decide otherwise."""
    return found.assign(state=found["state"].where(~doubtful, UNKNOWN), why=found["why"].where(~doubtful, why))


def estimated_kwh(kwh: float) -> str:
    """An estimated amount of energy as printed: to three figures, for it is not known more precisely.

    >>> estimated_kwh(157_995.4), estimated_kwh(1_077.0), estimated_kwh(0.0)
    ('158.000 kWh', '1.080 kWh', '0 kWh')
    """
    return f"{figures(float(f'{kwh:.3g}'))} kWh"


def on_day(day: object) -> str:
    """A date as printed in Dutch, of a date or its ISO text; another text stays as it is.

    >>> on_day("2027-03-01"), on_day("onbekend")
    ('1-3-2027', 'onbekend')
    """
    try:
        found = date.fromisoformat(str(day))
    except ValueError:
        return str(day)
    return f"{found.day}-{found.month}-{found.year}"


def unknown(index: pd.Index, why: str) -> pd.DataFrame:
    """Nothing can be said of any candidate, and why not."""
    return frame(index, measured=np.nan, text="", state=UNKNOWN, met=False, why=why, margin=np.nan)


def frame(index: pd.Index, **columns: object) -> pd.DataFrame:
    """What a rule found, with the columns of this module in order."""
    found = pd.DataFrame({"estimated": False} | columns, index=index)
    return found[["measured", "text", "state", "met", "why", "margin", "estimated"]]
