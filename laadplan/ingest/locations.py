"""A charging location as any source gives it, before it is counted and placed.

In: values of a source, of which nothing is believed. Out: `Location` with its `Evse`; values that are no text or no
number become missing, or refuse the location by its id.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from laadplan.errors import BadInput

STATUSES = (
    "AVAILABLE",
    "BLOCKED",
    "CHARGING",
    "INOPERATIVE",
    "OUTOFORDER",
    "PLANNED",
    "REMOVED",
    "RESERVED",
    "UNKNOWN",
)
"""Statuses of an EVSE in OCPI 2.2.1."""

NOT_THERE = ("REMOVED", "PLANNED")
"""EVSE statuses that do not count as existing."""

PUBLIC, HALF_PUBLIC, UNKNOWN_ACCESS = "openbaar", "semi-openbaar", "onbekend"

HIDDEN = "niet gepubliceerd (publish is onwaar)"
PRIVATE = "niet openbaar"
NOT_FOR_CARS = "niet voor auto's"
NOT_THERE_YET = "gepland of verwijderd"
NOWHERE = "zonder coordinaten"
ABROAD = "ligt buiten Nederland"

MOST_EVSES = 10_000
"""Most EVSE at one location that are believed; the largest charging plaza of Europe has some hundreds."""

WATT_PER_KW = 1000.0


@dataclass(frozen=True, slots=True)
class Evse:
    """One EVSE: a charging point that serves one car at a time, whatever its number of connectors."""

    evse_id: str
    status: str
    connectors: float
    current: str
    max_power_kw: float


@dataclass(slots=True)
class Location:
    """One charging location; coordinates in degrees (EPSG:4326)."""

    location_id: str
    longitude: float
    latitude: float
    party: str = ""
    name: str | None = None
    address: str | None = None
    operator: str | None = None
    access: str = UNKNOWN_ACCESS
    updated_at: str | None = None
    evses: tuple[Evse, ...] = ()
    stated_evses: int | None = None
    """Number of EVSE where the source does not list them."""
    is_least: bool = False
    """Whether the number stated is a least one."""
    max_power_kw: float = math.nan
    reason: str = ""
    """Why the location does not count; empty: it does."""

    @property
    def count(self) -> int:
        """EVSE that exist."""
        return len(self.evses) if self.stated_evses is None else self.stated_evses


def text(value: Any) -> str | None:
    """A value as text; nothing for what is empty, a list or an object.

    >>> text(" Brink "), text(12), text(""), text([]), text(True)
    ('Brink', '12', None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).replace("\x00", "").strip() or None


def number(value: Any) -> float:
    """A value as a number, text with a decimal point or comma among them; NaN for what is none.

    >>> number("11.5"), number("11,5"), number(3), number(None), number("x"), number(True)
    (11.5, 11.5, 3.0, nan, nan, nan)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        found = float(value.replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def power_kw(value: Any, *, per_kw: float = 1.0) -> float:
    """A power in kW; what is null, zero or negative is unknown.

    >>> power_kw(11000, per_kw=1000), power_kw(0), power_kw(None)
    (11.0, nan, nan)
    """
    found = number(value) / per_kw
    return found if found > 0 else math.nan


def whole(value: Any) -> int | None:
    """A number of EVSE; nothing for what is none, negative or beyond belief.

    >>> whole("2"), whole(2.0), whole("veel"), whole(-1), whole(10**9)
    (2, 2, None, None, None)
    """
    found = number(value)
    return int(found) if 0 <= found <= MOST_EVSES else None


def highest(powers: list[float]) -> float:
    """The highest of the powers that are known.

    >>> highest([11.0, math.nan, 22.0]), highest([math.nan]), highest([])
    (22.0, nan, nan)
    """
    return max((power for power in powers if power > 0), default=math.nan)


def current_of(kinds: list[str | None]) -> str:
    """AC, DC, both or unknown, from what the connectors say.

    >>> current_of(["AC_3_PHASE", "AC1"]), current_of(["DC", "AC_1_PHASE"]), current_of([None])
    ('AC', 'AC en DC', 'onbekend')
    """
    found = sorted({kind[:2].upper() for kind in kinds if kind} & {"AC", "DC"})
    return " en ".join(found) or "onbekend"


def status_of(value: Any) -> str:
    """A status as OCPI spells it; UNKNOWN for any other word."""
    found = (text(value) or "").upper()
    return found if found in STATUSES else "UNKNOWN"


def mapping(value: Any) -> Mapping[str, Any]:
    """The value when it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; nothing for what is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def place(longitude: Any, latitude: Any) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, once both are numbers."""
    found = number(longitude), number(latitude)
    return None if math.isnan(found[0]) or math.isnan(found[1]) else found


def refuse(what: str, identifier: str | None, where: str) -> NoReturn:
    """Refuses a location by its id."""
    raise BadInput(what, where=where, ids=[identifier or "onbekend"], todo="Remove it, or deliver the file again.")
