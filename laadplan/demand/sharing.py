"""The demand of buurten divided over their points, at every moment at once.

In: `BuurtDemand`, and who asks for energy at each point. Out: energy in whole Wh, electric cars and charge points per
demand point (rows) and moment (columns): a moment is a year in a scenario.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from laadplan.config.scenario import Scenario
from laadplan.demand.exact import Floats, Wholes, apportion, in_kwh, in_wh
from laadplan.demand.rhythm import GROUPS, connected

MOMENT = ["year", "scenario"]
"""What tells a moment."""

ENERGIES = [f"{group}_kwh_year" for group in GROUPS]
WEIGHTS = ("cars", *GROUPS)
WEIGHT_OF = dict(zip(ENERGIES, GROUPS, strict=True))
"""Energy to the weight by which it is divided."""


@dataclass(frozen=True)
class Totals:
    """Demand per buurt (rows, by code; the last row stands for no buurt) and moment (columns)."""

    codes: pd.Index
    energy_wh: dict[str, Wholes]
    electric_cars: Floats
    evse_least: Floats
    known: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, demand: pd.DataFrame, moments: pd.DataFrame) -> "Totals":
        """The totals of `BuurtDemand` at these moments; what is unknown counts as nil."""
        codes = pd.Index(sorted(set(demand["buurtcode"])), dtype="str")
        grid = pd.MultiIndex.from_tuples(
            [(code, *moment) for code in [*codes, ""] for moment in moments.itertuples(index=False, name=None)]
        )
        filled = demand.set_index(["buurtcode", *MOMENT]).reindex(grid)
        shape = (len(codes) + 1, len(moments))
        known = filled["kwh_year"].notna().to_numpy().reshape(shape)
        return cls(
            codes,
            {name: in_wh(filled[name]).reshape(shape) * known for name in ENERGIES},
            filled["electric_cars"].fillna(0.0).to_numpy().reshape(shape) * known,
            filled["evse_least"].fillna(0.0).to_numpy().reshape(shape) * known,
            known,
        )

    def known_codes(self) -> set[str]:
        """Buurten of which the demand is known at every moment."""
        return set(self.codes[np.flatnonzero(self.known[:-1].all(axis=1))])

    def rows_of(self, buurtcodes: pd.Series) -> Wholes:
        """Row of each buurt; the last one where it is in no buurt or in one without forecast."""
        at = self.codes.get_indexer(pd.Index(buurtcodes))
        return np.asarray(np.where(at < 0, len(self.codes), at))


@dataclass(frozen=True)
class Amounts:
    """Demand per demand point (rows, in order of id) and moment (columns)."""

    energy_wh: dict[str, Wholes]
    electric_cars: Floats
    connected_peak: Floats
    evse_least: Floats
    even: list[str]
    """Buurten with energy of residents and without homes: it is divided evenly."""


def divide(
    totals: Totals,
    rows: gpd.GeoDataFrame,
    point: Wholes,
    clusters: gpd.GeoDataFrame,
    years: Wholes,
    scenario: Scenario,
) -> Amounts:
    """The totals of each buurt over its points."""
    buurt = totals.rows_of(clusters["buurtcode"])
    base = np.bincount(point, rows["base"].to_numpy(dtype=float), minlength=len(clusters)).astype(float)
    raw = {name: _weights(rows, name, point, len(clusters), years) for name in WEIGHTS}
    weights = {name: or_even(weight, base, buurt, len(totals.codes) + 1) for name, weight in raw.items()}
    energy = {name: apportion(totals.energy_wh[name], weights[WEIGHT_OF[name]], buurt) for name in ENERGIES}
    cars = weights["cars"] / sums(weights["cars"], buurt, len(totals.codes) + 1)[buurt] * totals.electric_cars[buurt]
    peak, whole = _peaks(totals, energy, buurt, scenario)
    nobody = sums(raw["residents"], buurt, len(totals.codes) + 1)[:-1] == 0
    even = totals.codes[(nobody & (totals.energy_wh[ENERGIES[0]][:-1] > 0)).any(axis=1)]
    share = np.divide(peak, whole[buurt], out=np.zeros_like(peak), where=whole[buurt] > 0)
    return Amounts(energy, cars, peak, share * totals.evse_least[buurt], list(even))


def _weights(rows: gpd.GeoDataFrame, name: str, point: Wholes, number: int, years: Wholes) -> Floats:
    """Weights of the points, one column per moment: a plan counts from its year."""
    weight, from_year = rows[name].to_numpy(dtype=float), rows["from_year"].to_numpy()
    return np.column_stack([np.bincount(point, weight * (from_year <= year), minlength=number) for year in years])


def or_even(weights: Floats, base: Floats, groups: Wholes, number: int) -> Floats:
    """The weights, and those of the base in a group where nobody asks."""
    asked = sums(weights, groups, number) > 0
    filled = np.where(asked[groups], weights, base[:, None])
    nobody = sums(filled, groups, number) == 0
    return np.asarray(np.where(nobody[groups], 1.0, filled))


def sums(values: Floats, groups: Wholes, number: int) -> Floats:
    """Sums per group, column by column."""
    return np.column_stack([np.bincount(groups, column, minlength=number) for column in values.T])


def _peaks(totals: Totals, energy: dict[str, Wholes], buurt: Wholes, scenario: Scenario) -> tuple[Floats, Floats]:
    """Cars connected per point and per buurt, in the part of the week that is the busiest in the buurt."""
    whole = connected(np.stack([in_kwh(totals.energy_wh[name]) for name in ENERGIES], axis=-1), scenario)
    parts = connected(np.stack([in_kwh(energy[name]) for name in ENERGIES], axis=-1), scenario)
    busiest = whole.argmax(axis=-1)
    peak = np.take_along_axis(parts, busiest[buurt][..., None], axis=-1)[..., 0]
    return peak, whole.max(axis=-1)
