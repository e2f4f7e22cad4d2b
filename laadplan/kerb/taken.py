"""Bays that are in use for charging: these are not offered again.

In: bays, existing charging locations, traffic signs. Out: per bay the reason and which location or sign takes it. A
register that says so is believed. A location takes as many adjacent bays as it has EVSE, in the row of the nearest bay,
where they meet nearest to it; no bay twice, the nearest location first. A sign takes what its plate says, else two;
where a location took bays beside it, those are the ones it stands for. Published places are off by a metre or so: of
haaks bays, 2.5 m wide, the pair beside the true one is sometimes taken.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from laadplan.config.project import SpotRules
from laadplan.contracts.quality import Quality
from laadplan.kerb.spots import in_rows, stretches

CHARGING = "elektrisch laden"
"""Regime of a bay, and meaning of a sign, for charging."""

REGISTER, LOCATION, SIGN = "laadvak in het register", "laadvak van een laadlocatie", "laadvak volgens een bord"
"""Why a bay is in use for charging."""

BAYS_OF_A_SIGN = 2
"""Bays that a sign stands for when its plate gives no number: those of one pole."""

MOST_ON_A_SIGN = 12
"""A larger number on a plate is no number of bays but an hour or a length."""

NUMBERS = {"een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "acht": 8}
"""Numbers as they are spelled on plates."""

BAYS_TEXT = re.compile(
    rf"\b(\d{{1,2}}|{'|'.join(NUMBERS)})\s*(?:x\s*)?(?:parkeer|laad|p-)?\s*(?:vak|plaats|plek)(?:ken|en)?\b",
    re.IGNORECASE,
)
"""A number of bays on a plate, e.g. '4 vakken', 'twee parkeerplaatsen'."""

ACROSS_M = 1.0
"""A sign further than this in front of the side where cars drive in stands across the street (m)."""


@dataclass(frozen=True)
class Claim:
    """A location or a sign: its place (m RD), how many bays it says (0: it does not), the bays near it by distance."""

    by_id: str
    reason: str
    xy: npt.NDArray[np.float64]
    count: int
    near: tuple[int, ...]


@dataclass(frozen=True)
class Kerbs:
    """Bays in rows, the stretch of adjacent bays each stands in, and the middle of its kerb side (m RD)."""

    bays: gpd.GeoDataFrame
    stretch: npt.NDArray[np.int64]
    middle: npt.NDArray[np.float64]

    @classmethod
    def of(cls, bays: gpd.GeoDataFrame) -> "Kerbs":
        """The kerbs of `Bays` in any order."""
        ordered = in_rows(bays)
        angle = np.radians(ordered["away_deg"].to_numpy())
        onward = np.column_stack([-np.sin(angle), np.cos(angle)])
        half_m = (ordered["end_m"] - ordered["start_m"]).to_numpy()[:, None] / 2
        return cls(ordered, stretches(ordered), ordered[["kerb_x_m", "kerb_y_m"]].to_numpy() - half_m * onward)


Taken = dict[int, tuple[str, str]]
"""Place of a bay to the reason and to what takes it ('': a register alone)."""


def charging_bays(
    bays: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame | None,
    signs: gpd.GeoDataFrame | None,
    rules: SpotRules,
) -> pd.DataFrame:
    """The bays in use for charging: ``reason`` and ``by_id``, the location or sign (missing: the register says so).

    Parameters
    ----------
    bays
        `Bays`, RD New.
    charge_points, signs
        `ChargePoints` and `Signs`, RD New; None where there are none.
    rules
        Distance within which a location or a sign takes bays.

    Returns
    -------
    Indexed by ``bay_id``, sorted; which location of two near ones takes a bay follows from distances and ids alone.
    """
    kerbs = Kerbs.of(bays)
    taken: Taken = {int(place): (REGISTER, "") for place in np.flatnonzero(kerbs.bays["regime"] == CHARGING)}
    for claim in _claims(kerbs, charge_points, signs, rules.charging_bay_within_m):
        for place in _claimed(kerbs, claim, taken):
            reason, by_id = taken.get(place, (claim.reason, ""))
            taken[place] = (reason, by_id or claim.by_id)
    rows = [(kerbs.bays.index[place], *what) for place, what in taken.items()]
    found = pd.DataFrame(rows, columns=["bay_id", "reason", "by_id"], dtype="str").set_index("bay_id").sort_index()
    return found.assign(by_id=found["by_id"].where(found["by_id"] != "", None))


def free_bays(bays: gpd.GeoDataFrame, taken: pd.DataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The bays that are not in use for charging; the others are counted as dropped, with what takes them."""
    for reason, found in taken.groupby("reason"):
        quality.drop(str(reason), found.index)
    quality.facts["charging_bays"] = {
        str(name): int(n) for name, n in taken["reason"].value_counts().sort_index().items()
    }
    return bays[~bays.index.isin(taken.index)]


def bays_on_plate(texts: object) -> int:
    """Number of bays that the plates below a sign give; 0 where they give none.

    >>> bays_on_plate("opladen elektrische voertuigen | 4 vakken"), bays_on_plate("twee parkeerplaatsen")
    (4, 2)
    >>> bays_on_plate("uitsluitend opladen"), bays_on_plate(None)
    (0, 0)
    """
    found = BAYS_TEXT.search(texts) if isinstance(texts, str) else None
    if found is None:
        return 0
    word = found[1].lower()
    number = NUMBERS.get(word) or int(word)
    return number if number <= MOST_ON_A_SIGN else 0


def _claims(
    kerbs: Kerbs, charge_points: gpd.GeoDataFrame | None, signs: gpd.GeoDataFrame | None, within_m: float
) -> Iterator[Claim]:
    """Locations and then signs that stand at bays, each kind by distance and id."""
    if charge_points is not None:
        standing = charge_points[charge_points["evse_count"] > 0]
        yield from _standing(kerbs, standing.geometry, standing["evse_count"], LOCATION, within_m)
    if signs is not None:
        charging = signs[signs["meaning"] == CHARGING]
        counts = charging["texts"].map(bays_on_plate)
        yield from _standing(kerbs, charging.geometry, counts, SIGN, within_m)


def _standing(kerbs: Kerbs, points: gpd.GeoSeries, counts: pd.Series, reason: str, within_m: float) -> list[Claim]:
    """A claim for each point that stands at bays, on their side of the street; the nearest to a bay first."""
    here, surfaces = np.asarray(points), np.asarray(kerbs.bays.geometry)
    rows, places = shapely.STRtree(surfaces).query(here, predicate="dwithin", distance=within_m)
    xy = shapely.get_coordinates(here)
    beside = np.full(len(rows), reason != SIGN) | _stands_beside(kerbs, xy[rows], places)
    found = pd.DataFrame({"id": points.index.to_numpy()[rows], "row": rows, "place": places})
    found["apart"] = np.round(shapely.distance(here[rows], surfaces[places]), 2)
    found = found[beside].sort_values(["row", "apart", "place"])
    first = found.drop_duplicates("row").sort_values(["apart", "id"])
    near = found.groupby("row")["place"].agg(tuple)
    return [
        Claim(str(by_id), reason, xy[row], int(counts.iloc[row]), near[row])
        for by_id, row in zip(first["id"], first["row"].tolist(), strict=True)
    ]


def _stands_beside(kerbs: Kerbs, xy: npt.NDArray[np.float64], places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether a point does not stand across the street: not far before the side of the bay where cars drive in."""
    angle = np.radians(kerbs.bays["away_deg"].to_numpy()[places])
    away = np.column_stack([np.cos(angle), np.sin(angle)])
    heart = shapely.get_coordinates(shapely.centroid(kerbs.bays.geometry.to_numpy()[places]))
    half_m = ((kerbs.middle[places] - heart) * away).sum(axis=1)
    beside: npt.NDArray[np.bool_] = ((xy - heart) * away).sum(axis=1) >= -(half_m + ACROSS_M)
    return beside


def _claimed(kerbs: Kerbs, claim: Claim, taken: Taken) -> list[int]:
    """The bays a claim stands for: those a register has beside it, else the nearest run of free ones."""
    if claim.reason == SIGN and not claim.count and any(place in taken for place in claim.near):
        return []
    if claim.reason == SIGN:
        return _nearest_run(kerbs, claim, (), [place for place in claim.near if place in taken])
    known = [place for place in claim.near if taken.get(place) == (REGISTER, "")]
    return known[: claim.count] or _nearest_run(kerbs, claim, taken, ())


def _nearest_run(kerbs: Kerbs, claim: Claim, barred: Container[int], preferred: Container[int]) -> list[int]:
    """Adjacent bays round the nearest one: as many as wanted and at hand, most preferred ones, nearest to the claim."""
    nearest = next((place for place in claim.near if place not in barred), None)
    if nearest is None:
        return []
    free = _free_round(kerbs, nearest, barred)
    count = min(claim.count or BAYS_OF_A_SIGN, len(free))
    runs = [range(begin, begin + count) for begin in free[: len(free) - count + 1]]

    def rank(begin: int) -> tuple[int, float, int]:
        apart = np.hypot(*(kerbs.middle[begin : begin + count].mean(axis=0) - claim.xy))
        return -sum(place in preferred for place in range(begin, begin + count)), round(float(apart), 2), begin

    begin = min((run.start for run in runs if set(run) & set(claim.near)), key=rank)
    return list(range(begin, begin + count))


def _free_round(kerbs: Kerbs, place: int, barred: Container[int]) -> range:
    """The stretch of adjacent bays round one, as far as none is barred."""
    number = kerbs.stretch[place]
    begin, end = (int(each) for each in np.searchsorted(kerbs.stretch, [number, number + 1]))
    shut = [other for other in range(begin, end) if other in barred]
    return range(max([begin, *(x + 1 for x in shut if x < place)]), min([end, *(x for x in shut if x > place)]))
