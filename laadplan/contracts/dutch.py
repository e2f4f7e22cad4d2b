"""Numbers, dates and unknowns as a Dutch reader expects them.

In: values from frames and config. Out: text. A value that is missing is ``onbekend``, never a dash or a zero.
"""

from datetime import date

import pandas as pd

UNKNOWN = "onbekend"
NBSP = "\u00a0"
"""Space that does not break: between a number and its unit."""

MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


def is_known(value: object) -> bool:
    """Whether there is a value: not None, not NaN, not an empty text.

    >>> is_known(0), is_known(""), is_known(float("nan"))
    (True, False, False)
    """
    return not (value is None or value is pd.NA or value != value or str(value).strip() == "")


def text_of(value: object, unknown: str = UNKNOWN) -> str:
    """The value as text, or the word for unknown."""
    return str(value) if is_known(value) else unknown


def number(value: object, decimals: int = 0, unit: str = "") -> str:
    """A number in Dutch notation with its unit, or ``onbekend``.

    >>> number(1234.56, 1), number(None), number(0.5, 2, "m").replace(NBSP, " ")
    ('1.234,6', 'onbekend', '0,50 m')
    """
    if not is_known(value):
        return UNKNOWN
    written = figures(float(str(value)), decimals)
    return f"{written}{NBSP}{unit}" if unit else written


def figures(value: float, decimals: int = 0) -> str:
    """A number that is known in Dutch notation.

    >>> figures(5812.4), figures(1234.56, 1)
    ('5.812', '1.234,6')
    """
    return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def short_number(value: float) -> str:
    """A number with as many decimals as it needs, four at most.

    >>> short_number(1.3), short_number(250.0), short_number(1.205)
    ('1,3', '250', '1,205')
    """
    return figures(value, 4).rstrip("0").rstrip(",")


def percent(share: object, decimals: int = 0) -> str:
    """A share as a percentage.

    >>> percent(0.0049, 2).replace(NBSP, " ")
    '0,49 %'
    """
    return number(float(str(share)) * 100, decimals, "%") if is_known(share) else UNKNOWN


def day(when: int | date | None) -> str:
    """A date in words; a year alone stays a year.

    >>> day(date(2026, 11, 3)), day(2020), day(None)
    ('3 november 2026', '2020', 'onbekend')
    """
    if isinstance(when, int):
        return str(when)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}" if when else UNKNOWN


def counted(amount: int, one: str, many: str) -> str:
    """An amount with its noun.

    >>> counted(1, "locatie", "locaties"), counted(1200, "locatie", "locaties")
    ('1 locatie', '1.200 locaties')
    """
    return f"{number(amount)} {one if amount == 1 else many}"
