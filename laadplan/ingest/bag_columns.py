"""Columns of the BAG as values: texts, house numbers, ids, floor areas, years, points, and what a status says.

In: columns of any delivery. Out: the same in one spelling, with what is unknown as missing.
"""

import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput

BAG_ID = r"\d{4}20\d{10}"
"""A BAG id of a nummeraanduiding has sixteen digits."""

GONE = r"gevormd|ingetrokken|niet gerealiseerd|ten onrechte opgevoerd|gesloopt"
"""Statuses of what does not exist, not yet or no longer."""

STATUS_GONE = "bestaat niet: status {}"

UNKNOWN_AREA_M2 = 999_999
"""The BAG's floor area for unknown."""

YEARS = (1000, 2200)
"""First and last year of building that is believed: the BAG has 9999 for unknown."""

NOTHING, POINT = -1, 0
"""Types of geometry, as shapely numbers them."""


def gone(status: pd.Series) -> pd.Series:
    """Whether a status is that of an object that does not exist, not yet or no longer."""
    return status.str.contains(GONE, case=False, regex=True, na=False)


def drop_gone(frame: pd.DataFrame, status: pd.Series, quality: Quality) -> pd.DataFrame:
    """The rows that exist; the others are noted by their status."""
    lost = gone(status)
    for each in sorted(set(status[lost])):
        quality.drop(STATUS_GONE.format(f"'{each}'"), frame.index[lost & (status == each)])
    return frame[~lost]


def whole_number(number: pd.Series, letter: pd.Series, addition: pd.Series) -> pd.Series:
    """Number, letter and addition as one text: 12A-2; missing where there is no number."""
    found = number.fillna("") + letter.fillna("") + ("-" + addition).fillna("")
    return found.where(found != "", None).astype("str")


def nummeraanduidingen(ids: pd.Series) -> pd.Series:
    """The ids that are of a nummeraanduiding; others are missing."""
    return ids.where(ids.str.fullmatch(BAG_ID, na=False)).astype("str")


def joined(texts: pd.Series) -> pd.Series:
    """Values that are comma joined (or with |), sorted and without doubles."""

    def sorted_out(text: str) -> str:
        return ",".join(sorted({part.strip() for part in text.replace("|", ",").split(",") if part.strip()}))

    unique = {text: sorted_out(text) or None for text in set(texts.dropna())}
    return texts.map(unique, na_action="ignore").astype("str")


def floor_area_m2(texts: pd.Series) -> pd.Series:
    """Floor areas in m2; none and the BAG's number for unknown are missing."""
    found = pd.to_numeric(texts, errors="coerce").astype(float)
    return found.where((found > 0) & (found < UNKNOWN_AREA_M2))


def oldest_year(texts: pd.Series) -> pd.Series:
    """The oldest year among those that are comma joined."""
    oldest = {
        text: min((float(part) for part in text.split(",") if _is_year(part.strip())), default=np.nan)
        for text in set(texts.dropna())
    }
    return texts.map(oldest, na_action="ignore").astype(float)


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and YEARS[0] <= int(text) <= YEARS[1]


def plain_postcode(texts: pd.Series) -> pd.Series:
    """PC6 in capitals without a space."""
    return texts.str.replace(" ", "", regex=False).str.upper()


def inner_points(shapes: np.ndarray) -> np.ndarray:
    """Points themselves; of a surface its centroid, or where that lies outside it another point in it.

    Raises
    ------
    BadInput
        A surface has coordinates that are no numbers.

    >>> inner_points(np.array([shapely.Point(1, 2), shapely.box(0, 0, 2, 2)])).tolist()
    [<POINT (1 2)>, <POINT (1 1)>]
    """
    flat = shapely.force_2d(shapes)
    surfaces = ~np.isin(shapely.get_type_id(flat), (NOTHING, POINT))
    try:
        whole = shapely.make_valid(flat[surfaces])
        centres = shapely.centroid(whole)
        flat[surfaces] = np.where(shapely.contains(whole, centres), centres, shapely.point_on_surface(whole))
    except shapely.errors.GEOSException as error:
        raise BadInput(f"A shape cannot be read ({error}).", todo="Deliver it again.") from None
    return flat
