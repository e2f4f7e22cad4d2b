"""What a source's settings say to its reader.

In: the settings of a source. Out: keyword arguments, as all readers take them.
"""

from datetime import date
from typing import Any

from laadplan.config.sources import Source


def named(settings: Source) -> dict[str, Any]:
    """Layer and columns, as every reader of tables takes them."""
    return {"layer": settings.layer, "columns": settings.columns}


def words(settings: Source, *names: str) -> dict[str, Any]:
    """The dialect or the words of a source without a standard."""
    return {name: getattr(settings, name) for name in names}


def year_of(settings: Source) -> int | None:
    """The year of the figures, where the config states it."""
    when = settings.reference_on
    return when.year if isinstance(when, date) else when


def day_of(settings: Source) -> date | None:
    """The day of the figures, where the config states one."""
    return settings.reference_on if isinstance(settings.reference_on, date) else None
