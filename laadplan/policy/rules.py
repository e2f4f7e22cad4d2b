"""The kinds of rule: each a small pure function, candidates in, measured value and verdict out.

Every rule returns a frame indexed by ``locatie_id`` with ``measured`` (number or NaN), ``measured_text``, ``verdict``
(voldoet, voldoet niet, n.v.t., onbekend) and ``estimated``. Values are rounded to what is printed before they are
judged, so that what a reader sees is what was decided on.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.policy import AttributeCriterion, DistanceCriterion, WalkCriterion, WidthCriterion
from laadplan.config.project import SpotRules
from laadplan.geo.nearest import nearest
from laadplan.geo.width import free_width

MET, NOT_MET, NOT_APPLICABLE, UNKNOWN = "voldoet", "voldoet niet", "n.v.t.", "onbekend"

BEYOND_M = 1.0
"""A footway that is still wider when looked at this much further (m) was cut off by the search."""

ESTIMATE_STEP_M = 5.0
"""Estimated walking distances are given and judged in steps of 5 m."""

DECIMALS = 2
"""Distances are judged and printed in centimetres; the sources are good to decimetres."""


@dataclass(frozen=True)
class Layers:
    """What the rules measure to; all in RD New. A layer that was not delivered is None and gives ``onbekend``.

    ``footways`` are surfaces that count as footway, ``demand`` are addresses with demand.
    """

    trees: gpd.GeoSeries | None
    buildings: gpd.GeoSeries | None
    charge_points: gpd.GeoSeries | None
    footways: gpd.GeoSeries
    demand: gpd.GeoSeries
    spots: SpotRules
    detour_factor: float


def apply_distance(criterion: DistanceCriterion, candidates: gpd.GeoDataFrame, layers: Layers) -> pd.DataFrame:
    """Straight distance (m) from the pole to the nearest object of the layer; without objects the norm is met."""
    layer: gpd.GeoSeries | None = getattr(layers, criterion.to)
    if layer is None:
        return _judged(candidates, pd.Series(np.nan, index=candidates.index), UNKNOWN, unit="m")
    measured = nearest(candidates.geometry, layer)["distance_m"].round(DECIMALS)
    low = criterion.at_least_m if criterion.at_least_m is not None else 0.0
    high = criterion.at_most_m if criterion.at_most_m is not None else np.inf
    empty = MET if criterion.at_most_m is None else NOT_MET
    met = measured.between(low, high)
    return _judged(candidates, measured, met.map({True: MET, False: NOT_MET}).where(measured.notna(), empty), unit="m")


def apply_width(criterion: WidthCriterion, candidates: gpd.GeoDataFrame, layers: Layers) -> pd.DataFrame:
    """Free width (m) of the footway beside the pole; n.v.t. where no footway adjoins."""
    measured = _free_width(candidates, layers, layers.spots.footway_search_m)
    goes_on = _free_width(candidates, layers, layers.spots.footway_search_m + BEYOND_M) > measured
    verdict = (measured >= criterion.at_least_m).map({True: MET, False: NOT_MET})
    judged = _judged(candidates, measured, verdict.where(measured.notna(), NOT_APPLICABLE), unit="m")
    texts = judged["measured_text"].astype("str")
    return judged.assign(measured_text=texts.mask(goes_on, "meer dan " + texts))


def apply_attribute(criterion: AttributeCriterion, candidates: gpd.GeoDataFrame, layers: Layers) -> pd.DataFrame:
    """Whether a property of the candidate is among the values allowed, or not among those forbidden."""
    values = candidates[criterion.column]
    met = values.isin(criterion.allowed) if criterion.allowed else ~values.isin(criterion.forbidden)
    verdict = met.map({True: MET, False: NOT_MET}).where(values.notna(), UNKNOWN)
    judged = _judged(candidates, pd.Series(np.nan, index=candidates.index), verdict, unit="")
    return judged.assign(measured_text=values.fillna("onbekend").astype("str"))


def apply_walk(criterion: WalkCriterion, candidates: gpd.GeoDataFrame, layers: Layers) -> pd.DataFrame:
    """Walking distance (m) to the nearest address with demand: straight line times the detour factor, an estimate."""
    straight = nearest(candidates.geometry, layers.demand)["distance_m"]
    measured = (straight * layers.detour_factor / ESTIMATE_STEP_M).round() * ESTIMATE_STEP_M
    verdict = (measured <= criterion.at_most_m).map({True: MET, False: NOT_MET})
    judged = _judged(candidates, measured, verdict, unit="m").assign(estimated=True)
    texts = ["niet gemeten" if np.isnan(value) else f"{value:.0f} m (schatting)" for value in measured.tolist()]
    return judged.assign(measured_text=pd.Series(texts, index=candidates.index, dtype="str"))


def norm_text(criterion: DistanceCriterion | WidthCriterion | AttributeCriterion | WalkCriterion) -> str:
    """The norm as printed.

    >>> from laadplan.config.policy import BASIC_CRITERIA
    >>> norm_text(BASIC_CRITERIA[1])
    'ten minste 1,50 m'
    """
    if isinstance(criterion, AttributeCriterion):
        allowed = ", ".join(criterion.allowed or criterion.forbidden)
        return allowed if criterion.allowed else f"niet: {allowed}"
    low = getattr(criterion, "at_least_m", None)
    high = getattr(criterion, "at_most_m", None)
    words = [f"ten minste {metres(low)}"] if low is not None else []
    decimals = 0 if isinstance(criterion, WalkCriterion) and criterion.at_most_m.is_integer() else DECIMALS
    words += [f"ten hoogste {metres(high, decimals=decimals)}"] if high is not None else []
    return " en ".join(words)


def metres(value: float, *, decimals: int = DECIMALS) -> str:
    """Metres as printed in Dutch.

    >>> metres(1.5), metres(250.0, decimals=0)
    ('1,50 m', '250 m')
    """
    return f"{value:.{decimals}f} m".replace(".", ",")


def _free_width(candidates: gpd.GeoDataFrame, layers: Layers, search_m: float) -> pd.Series:
    return free_width(
        candidates.geometry,
        candidates["away_deg"],
        layers.footways,
        pole_width_m=layers.spots.pole_width_m,
        reach_m=layers.spots.footway_reach_m,
        search_m=search_m,
    ).round(DECIMALS)


def _judged(candidates: gpd.GeoDataFrame, measured: pd.Series, verdict: pd.Series | str, *, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "measured": measured,
            "measured_text": ["niet gemeten" if np.isnan(value) else metres(value) for value in measured.tolist()],
            "unit": pd.Series(unit or None, index=candidates.index, dtype="str"),
            "verdict": verdict,
            "estimated": False,
        },
        index=candidates.index,
    )
