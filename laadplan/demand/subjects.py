"""What laaddruk is told of: poles and calculation areas, both as rows of the same arrays.

In: `PoleUse`, `DemandAreas`. Out: `Subjects`, one of poles and one of areas.

Hard decision: a pole that is not told of counts in its area as one that stands free. Its observed hours are those of
the average pole that is told of, so that nothing of its own use shows.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from laadplan.demand.pole_use import PoleUse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOURS_OF_WEEK_SUM = 168.0
"""Hours in an ordinary week."""


@dataclass(frozen=True)
class Subjects:
    """Poles or areas by row; tables have a column per week or per hour of the week."""

    kind: str
    about: pd.DataFrame
    """``code``, ``name``, ``area_id``, ``poles`` (all), ``told`` (poles told of) and ``evses``."""
    connected_h: Floats
    observed_h: Floats
    possible_h: Floats
    """Hours of EVSE in each week from the first of each pole on."""
    sessions: Floats
    energy_kwh: Floats
    hours_connected: Floats
    hours_observed: Floats


def pole_subjects(use: PoleUse) -> Subjects:
    """The poles that are told of."""
    poles = use.poles
    about = pd.DataFrame(
        {"code": poles.index, "name": poles["name"], "area_id": poles["area_id"], "poles": 1, "told": 1},
        index=poles.index,
    ).assign(evses=poles["evses"])
    since = np.maximum.accumulate(use.observed_h > 0, axis=1)
    possible = since * poles["evses"].to_numpy()[:, None] * HOURS_OF_WEEK_SUM
    hours = (use.hours_connected, use.hours_observed)
    return Subjects("paal", about, use.connected_h, use.observed_h, possible, use.sessions, use.energy_kwh, *hours)


def area_subjects(use: PoleUse, poles: Subjects, demand_areas: gpd.GeoDataFrame) -> Subjects:
    """All calculation areas; last comes a row of the poles that lie in none, to compare these with each other."""
    codes = pd.Index([*demand_areas.index.sort_values(), ""])
    number = area_numbers(use.poles["area_id"], codes)
    quiet_evses = _summed(use.quiet["evses"].to_numpy()[:, None], area_numbers(use.quiet["area_id"], codes), len(codes))
    told = np.bincount(number, minlength=len(codes))
    about = pd.DataFrame(
        {
            "code": codes,
            "name": [*demand_areas["name"].sort_index(), ""],
            "area_id": codes,
            "poles": told + np.bincount(area_numbers(use.quiet["area_id"], codes), minlength=len(codes)),
            "told": told,
            "evses": np.bincount(number, poles.about["evses"], len(codes)) + quiet_evses[:, 0],
        },
        index=codes,
    )
    weekly = [_summed(each, number, len(codes)) for each in (use.connected_h, use.sessions, use.energy_kwh)]
    watched = [
        _with_quiet(each, number, quiet_evses, poles.about["evses"])
        for each in (use.observed_h, poles.possible_h, use.hours_observed)
    ]
    hours = _summed(use.hours_connected, number, len(codes))
    return Subjects("gebied", about, weekly[0], watched[0], watched[1], weekly[1], weekly[2], hours, watched[2])


def area_numbers(area_id: pd.Series, codes: pd.Index) -> Ints:
    """Number of the area of each pole; poles in none have the last."""
    return np.asarray(codes.get_indexer(pd.Index(area_id.fillna(""))), dtype=np.int64)


def _with_quiet(table: Floats, number: Ints, quiet_evses: Floats, evses: pd.Series) -> Floats:
    """Observed hours per area, with those that poles not told of would have on average where others were observed."""
    here = _summed(table, number, len(quiet_evses))
    per_point = table.sum(axis=0) / max(float(evses.sum()), 1.0)
    return np.asarray(here + (here > 0) * quiet_evses * per_point)


def _summed(table: Floats, number: Ints, areas: int) -> Floats:
    sums = np.zeros((areas, table.shape[1]))
    np.add.at(sums, number, table)
    return sums
