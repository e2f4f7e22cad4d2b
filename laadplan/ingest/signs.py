"""Traffic signs of the NDW: which stand where, and what they mean for parking and charging.

In: JSON of version 3, GeoJSON of version 4 or 5 (in degrees or in RD New), or the national CSV; told apart by content.
Out: `Signs`. The file of the whole country is read as a stream: what lies outside the bounds of the area is counted and
let go at once. Only signs that stand in the street count: those removed are dropped, and of several messages on one
sign the last one holds. A sign is one for charging by its code (E8c, E8o) or by the text below it: sources do either.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG
from laadplan.contracts.network import Signs
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.geo.rd import degree_bounds, to_rd
from laadplan.ingest.area import OUTSIDE, inside
from laadplan.ingest.sign_rows import Row, rows_of

ELSEWHERE = "ligt buiten Nederland"
NOWHERE = "zonder coordinaten"
NAMELESS = "zonder id of bordcode"
EARLIER = "eerdere of dubbele melding van hetzelfde bord"
GONE = "staat er niet (verwijderd of nog niet geplaatst)"

CHARGING_CODES = ("E8C", "E8O")
"""Codes that the NDW uses for charging; their names in its documents contradict each other, hence the texts too."""

CHARGING_TEXT = re.compile(
    r"opla[ad]|laad(?:paal|punt|plaats|plek|station)|elektrische?\s*(?:auto|voertuig)", re.IGNORECASE
)
"""Words on the plate of a charging bay, e.g. 'opladen elektrische voertuigen'; 'laden en lossen' has none of them."""

MARGIN_M = 10.0
"""Around the bounds in degrees: what they let through is looked at again in RD New."""

PLACES = ("E4", "E8", "E9")
"""Signs of a place to park that a plate may turn into a charging bay."""

MEANING_OF = {
    "E4": "parkeren",
    "E6": "gpp",
    "E7": "laden en lossen",
    "E8": "parkeren",
    "E9": "vergunning",
    "E10": "parkeren",
    "E12": "parkeren",
    "E13": "parkeren",
}
"""Sign of the RVV 1990 (annex 1, chapter E), without the letter behind it, to its meaning."""

ZONES = {"ZB": "begin", "ZE": "eind", "ZH": "herhaling", "BEGIN": "begin", "END": "eind", "REPEAT": "herhaling"}
"""Codes of a zone in versions 3 and 4, and in version 5."""


def read_signs(path: Path, area: shapely.Geometry | None = None, *, quality: Quality | None = None) -> gpd.GeoDataFrame:
    """The signs that stand in the area, as `Signs` in RD New (coordinates in degrees are good to 0.25 m).

    Parameters
    ----------
    path
        NDW traffic signs: JSON (v3), GeoJSON (v4, v5) or CSV, gzip or plain.
    area
        Shape in RD New (m) in which signs count; None: all.
    quality
        Where rows read and dropped, and the number of signs per meaning are noted.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not whole, is no file with traffic signs, or a sign is not as the NDW writes it.
    """
    quality = quality if quality is not None else Quality()
    rows = list(_placed(rows_of(path), area, quality))
    if quality.read and quality.skipped.get(NAMELESS) == quality.read:
        todo = "Name the file with NDW signs."
        words = "None of its features has an id and an rvvCode: they are no traffic signs."
        raise BadInput(words, where=str(path), todo=todo)
    frame = _last_of_each(_frame(rows), quality)
    gone = frame.pop("gone")
    quality.drop(GONE, frame.index[gone])
    frame = Signs.checked(inside(frame[~gone], area, quality, by_id=False), source=str(path))
    quality.facts |= {f"signs_{meaning}": int(number) for meaning, number in _counts(frame).items()}
    quality.count(frame)
    return frame


def _placed(rows: Iterator[Row], area: shapely.Geometry | None, quality: Quality) -> Iterator[Row]:
    """Rows with an id, a code and a place within the bounds of the area; the others are counted and let go."""
    is_near = _near(area)
    quality.read = quality.read or 0
    for row in rows:
        quality.read += 1
        place = row["place"]
        if not row["sign_id"] or not row["rvv_code"]:
            quality.skip(NAMELESS, 1)
        elif place is None:
            quality.drop(NOWHERE, [row["sign_id"]])
        elif not is_near(*place):
            quality.skip(ELSEWHERE if area is None else OUTSIDE, 1)
        else:
            yield row


def _near(area: shapely.Geometry | None) -> Callable[[float, float], bool]:
    """Whether a place in degrees or in RD New lies within the bounds of the area, or of the country."""
    box = shapely.box(*(RD_BOUNDS_M if area is None else shapely.bounds(area)))
    x_min, y_min, x_max, y_max = box.bounds
    west, south, east, north = degree_bounds(box, MARGIN_M)

    def is_near(x: float, y: float) -> bool:
        if _is_degrees(x, y):
            return bool(west <= x <= east and south <= y <= north)
        return bool(x_min <= x <= x_max and y_min <= y <= y_max)

    return is_near


def _frame(rows: list[Row]) -> gpd.GeoDataFrame:
    """The rows with a meaning and a place in RD New, plus ``gone`` and ``updated``."""
    names = [*Signs.columns()[:-1], "place", "is_charging", "gone", "updated"]
    table = pd.DataFrame(rows, columns=["sign_id", *names])
    table = table.astype(dict.fromkeys(["sign_id", "updated", *Signs.columns()[:-1]], "str") | {"gone": bool})
    table["bearing_deg"] = (
        pd.to_numeric(table["bearing_deg"], errors="coerce").astype(float).where(lambda deg: deg.between(0, 360))
    )
    zones = table["zone_code"].str.upper()
    table["zone_code"] = zones.map(ZONES).fillna(zones)
    table["meaning"] = _meanings(table)
    places = np.array(table.pop("place").to_list(), dtype=float).reshape(-1, 2)
    xy = _in_rd(places)
    table["texts"] = table["texts"].where(table["texts"] != "", None)
    frame = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*xy.T), crs=RD_EPSG)
    return frame.drop(columns="is_charging").set_index("sign_id")


def _meanings(table: pd.DataFrame) -> pd.Series:
    """Meaning per sign: by code, and for a place to park by its plates; the end of a zone means nothing."""
    parts = table["rvv_code"].str.upper().str.replace(" ", "").str.extract(r"^([A-Z]+?)0*(\d+)([A-Z]*)")
    base, whole = parts[0] + parts[1], parts[0] + parts[1] + parts[2]
    told = table["is_charging"].eq(True) | table["texts"].fillna("").str.contains(CHARGING_TEXT)
    charging = whole.isin(CHARGING_CODES) | (base.isin(PLACES) & told)
    meanings = base.map(MEANING_OF).fillna("anders").mask(charging, "elektrisch laden")
    return meanings.mask(table["zone_code"] == "eind", "anders").astype("str")


def _in_rd(places: np.ndarray) -> np.ndarray:
    """Places (n, 2) in RD New; those in degrees are transformed, to the centimetre."""
    degrees = (np.abs(places) <= np.array([180.0, 90.0])).all(axis=1)
    xy = places.copy()
    if degrees.any():
        xy[degrees] = np.round(to_rd(places[degrees, 0], places[degrees, 1]), 2)
    return xy


def _last_of_each(frame: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """One row per sign: the message of the latest date, or else the last in the file."""
    ordered = frame.iloc[np.argsort(frame.pop("updated").to_numpy(dtype=str), kind="stable")]
    earlier = ordered.index.duplicated(keep="last")
    quality.drop(EARLIER, ordered.index[earlier])
    return ordered[~earlier]


def _counts(frame: gpd.GeoDataFrame) -> pd.Series:
    return frame["meaning"].value_counts().sort_index()


def _is_degrees(x: float, y: float) -> bool:
    return abs(x) <= 180.0 and abs(y) <= 90.0
