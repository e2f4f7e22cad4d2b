"""Supply against two rules: a public charge point in each square with enough households, and power per electric car.

In: squares of the CBS, charge points, electric cars. Out: `CoverageSquares` and `PublicPower`.

Hard decisions
--------------
A point on the border of two squares lies in the eastern or northern one: squares are half-open, [west, east) and
[south, north). Of a square that sticks out of the area the points outside may not have been read: where none is seen
the outcome is unknown. The power of a pole is that of its charge points together, which it may not give to all at once.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.scenario import Coverage
from laadplan.contracts.demand import CoverageSquares, PublicPower
from laadplan.contracts.quality import Quality

SIZE_M = 500
"""Side of the squares of the rule (m)."""

PUBLIC, UNKNOWN = "openbaar", "onbekend"
OUTSIDE_SQUARE = "vierkant buiten het gebied"
OUTSIDE_POWER = "laadpunt buiten het gebied"


def judge_squares(
    squares: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    coverage: Coverage,
    *,
    area: shapely.Geometry | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The squares of 500 m in the area against the coverage rule of the NAL, as `CoverageSquares` in RD New.

    ``voldoet``: enough households and a public charge point. ``voldoet niet``: enough households, and none.
    ``geen eis``: fewer households. ``onbekend``: the households are suppressed, or there are enough and what could be
    the public point is not known: a charge point of unknown access, or the ground outside the area.

    Parameters
    ----------
    squares
        `Squares`; those of 100 m are left out.
    charge_points
        `ChargePoints` in and around the area.
    coverage
        Gives the number of households from which the rule asks a point.
    area
        The area of the plan in RD New; None: everything.
    quality
        Gets the squares that lie outside the area, and how many squares are unknown.
    """
    quality = quality if quality is not None else Quality()
    large = squares[squares["size_m"] == SIZE_M].sort_index()
    # the area and a square that only share a border have nothing of each other
    touching = np.ones(len(large), bool) if area is None else (large.intersection(area).area > 0).to_numpy()
    quality.drop(OUTSIDE_SQUARE, large.index[~touching])
    judged = large[touching]
    seen_whole = pd.Series(True, index=judged.index) if area is None else judged.covered_by(area)
    public, unknown, other = (
        _evse_in(judged, charge_points[charge_points["access"].isin(kinds)])
        for kinds in ((PUBLIC,), (UNKNOWN,), ("semi-openbaar",))
    )
    asked = judged["households"] >= coverage.square_households
    doubtful = judged["households"].isna() | (asked & (public == 0) & ((unknown > 0) | ~seen_whole))
    outcome = np.select([doubtful, ~asked, public > 0], ["onbekend", "geen eis", "voldoet"], "voldoet niet")
    frame = judged.assign(evse_public=public, evse_other=unknown + other, outcome=outcome.astype(object))
    _report(frame, quality)
    return gpd.GeoDataFrame(frame[CoverageSquares.columns()].astype({"outcome": "str"}))


def power_per_car(
    buurt_demand: pd.DataFrame,
    evses: gpd.GeoDataFrame,
    coverage: Coverage,
    *,
    area: shapely.Geometry | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Power of the public charge points in the area against its electric cars, as `PublicPower`.

    The AFIR asks 1.3 kW per battery car of the country as a whole (Regulation (EU) 2023/1804, art. 3). Electric cars
    here are battery cars; plug-in hybrids, for which it asks 0.8 kW, are not counted. Power stays what it is today.

    Parameters
    ----------
    buurt_demand
        `BuurtDemand`: electric cars of the part of each buurt in the area; unknown ones count as nil and are told.
    evses
        `Evses` of a source; only public ones in the area count.
    coverage
        Gives the power per car that is wanted and the power assumed where a point does not tell it (kW).
    area
        The area of the plan in RD New; None: everything.
    quality
        Gets the charge points outside the area, and what is unknown.
    """
    quality = quality if quality is not None else Quality()
    inside = np.ones(len(evses), bool) if area is None else evses.within(area).to_numpy()
    quality.drop(OUTSIDE_POWER, evses.index[~inside])
    power = evses.loc[inside & (evses["access"] == PUBLIC), "max_power_kw"]
    unknown = int(power.isna().sum())
    rows = buurt_demand.groupby(["year", "scenario"], as_index=False)["electric_cars"].sum()
    rows = rows.assign(
        power_kw=round(float(power.fillna(coverage.power_unknown_kw).sum()), 3),
        power_unknown_evse=unknown,
        wanted_kw=rows["electric_cars"] * coverage.power_per_car_kw,
    )
    rows["kw_per_car"] = (rows["power_kw"] / rows["electric_cars"]).where(rows["electric_cars"] > 0)
    rows.index = rows["year"].astype("str") + "|" + rows["scenario"].astype("str")
    _report_power(buurt_demand, evses, inside, unknown, coverage, quality)
    rows = rows.rename_axis(PublicPower.index_name())
    return pd.DataFrame(rows[PublicPower.columns()].astype(PublicPower.kinds())).round(6).sort_index()


def _evse_in(squares: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> pd.Series:
    """Charge points per square."""
    bounds = squares.bounds
    corners = pd.MultiIndex.from_arrays([(bounds[side] // SIZE_M).astype(int) for side in ("minx", "miny")])
    places = pd.MultiIndex.from_arrays(
        [np.floor(points.geometry.x / SIZE_M).astype(int), np.floor(points.geometry.y / SIZE_M).astype(int)]
    )
    counts = pd.Series(points["evse_count"].to_numpy(), index=places).groupby(level=[0, 1]).sum()
    return pd.Series(counts.reindex(corners).fillna(0).to_numpy(), index=squares.index).astype("int64")


def _report(frame: pd.DataFrame, quality: Quality) -> None:
    counts = frame["outcome"].value_counts()
    quality.facts |= {f"squares_{outcome}".replace(" ", "_"): int(number) for outcome, number in counts.items()}
    if frame.empty:
        quality.find("No square of 500 m lies in the area: the coverage rule cannot be judged.")
    suppressed = int(frame["households"].isna().sum())
    if suppressed:
        quality.find(f"Households are suppressed in {suppressed} of {len(frame)} squares: their outcome is unknown.")


def _report_power(
    demand: pd.DataFrame, evses: pd.DataFrame, inside: np.ndarray, unknown: int, coverage: Coverage, quality: Quality
) -> None:
    nameless = sorted(set(demand.loc[demand["electric_cars"].isna(), "buurtcode"]))
    if nameless:
        quality.find(f"Electric cars are unknown in {len(nameless)} buurten and count as nil: {', '.join(nameless)}.")
    if unknown:
        quality.find(f"{unknown} public charge points do not tell their power: {coverage.power_unknown_kw:g} kW each.")
    doubtful = int((inside & (evses["access"] == UNKNOWN)).sum())
    if doubtful:
        quality.find(f"Whether they are public is unknown for {doubtful} charge points: their power is not counted.")
