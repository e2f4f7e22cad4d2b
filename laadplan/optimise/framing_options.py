"""What may be taken at each site: how many poles, with full or capped power, and which bays and pole places that takes.

In: candidates that may be chosen, bays, existing locations. Out: `Options` by site, poles, full before capped.

Hard decisions
--------------
A laadplein of n poles at a candidate is that candidate and the next ones along the kerb, each beginning at the bay
where the one before ends: so every one of its poles has a place that was judged, and every bay is free. It is named
after the first. Capped poles are offered only where the net is limited: elsewhere they cost the same and deliver less.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import SpotRules
from laadplan.errors import BadInput
from laadplan.kerb.spots import in_rows, stretches
from laadplan.optimise.problem import NONE, Flags, Floats, Wholes


@dataclass(frozen=True)
class Options:
    """Options of all sites, one row each (o).

    Attributes
    ----------
    site, existing
        Place of the site, and whether it exists already.
    poles, evse, capped, power_kw
        Poles and charge points there, whether smart charging caps them, and the power they ask of the net in kW.
    cost_eur, priced_eur
        Cost in EUR as it may be shown, and with what is known of the cable; nil for what exists.
    capacity_kwh
        Energy in kWh a year.
    bay_first, bay_count
        Bays taken: the place of the first in ``bay_ids`` and how many from there; -1 and 0 for what exists.
    pole_option, pole_place
        Per new pole (e): its option, and the place of its candidate in ``place_ids``.
    place_ids, bay_ids
        Ids of the candidates, sorted, and of all bays row by row along the kerb.
    """

    site: Wholes
    existing: Flags
    poles: Wholes
    evse: Wholes
    capped: Flags
    power_kw: Floats
    cost_eur: Floats
    priced_eur: Floats
    capacity_kwh: Floats
    bay_first: Wholes
    bay_count: Wholes
    pole_option: Wholes
    pole_place: Wholes
    place_ids: tuple[str, ...]
    bay_ids: tuple[str, ...]

    def __len__(self) -> int:
        """Number of options."""
        return len(self.site)


@dataclass(frozen=True)
class Chains:
    """Per candidate the candidates of a laadplein that begins there, and its own bays.

    Attributes
    ----------
    places
        Place of the first, second, ... candidate (n, most poles); -1 where there is none.
    bay_first, bay_count
        First bay, as a place in ``bay_ids``, and number of bays of each candidate.
    """

    places: Wholes
    bay_first: Wholes
    bay_count: Wholes
    bay_ids: tuple[str, ...]


def find_chains(candidates: gpd.GeoDataFrame, bays: gpd.GeoDataFrame, poles_max: int) -> Chains:
    """Which candidates follow each other along the kerb, up to so many.

    Parameters
    ----------
    candidates
        `Candidates` that may be chosen, in order of id.
    bays
        `Bays` that they were made from.

    Raises
    ------
    BadInput
        Bays of a candidate are not among the bays, or are not adjacent there.
    """
    ordered = in_rows(bays)
    stretch = np.append(stretches(ordered), NONE)
    named = candidates["bay_ids"].str.split(" ")
    first = ordered.index.get_indexer(pd.Index(named.str[0]))
    last = ordered.index.get_indexer(pd.Index(named.str[-1]))
    count = candidates["bay_count"].to_numpy(dtype=np.int64)
    wrong = (first < 0) | (last - first + 1 != count) | (stretch[first] != stretch[last])
    if wrong.any():
        raise BadInput(
            "Bays of candidates are not among the bays, or do not lie next to each other.",
            where="Candidates",
            ids=candidates.index[wrong],
            todo="Make both in one run.",
        )
    begins = np.full(len(ordered) + 1, NONE)
    begins[first] = np.arange(len(candidates))
    after = last + 1
    follows = np.where(stretch[after] == stretch[last], begins[after], NONE)
    places = np.full((len(candidates), poles_max), NONE)
    places[:, 0] = np.arange(len(candidates))
    for pole in range(1, poles_max):
        before = places[:, pole - 1]
        places[:, pole] = np.where(before == NONE, NONE, follows[before])
    return Chains(places, first, count, tuple(ordered.index))


def make_options(
    sites: pd.Index,
    supply: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    chains: Chains,
    *,
    capacity_now: Floats,
    capacity_by_poles: Floats,
    capped: Flags,
    priced_eur: Floats,
    settings: Optimisation,
    spots: SpotRules,
) -> Options:
    """The options of all sites.

    Parameters
    ----------
    sites
        Ids of all sites, sorted.
    supply, capacity_now
        Existing locations that count, and the energy of each (kWh a year).
    candidates, chains
        Candidates that may be chosen, and which follow each other.
    capacity_by_poles
        Energy (kWh a year) of 1, 2, ... poles side by side.
    capped
        Per candidate whether capped poles are offered.
    priced_eur
        Per candidate the cost of its pole in EUR, what is known of its cable included.
    """
    new = _of_candidates(candidates.index, chains, capped)
    kw = np.where(new["capped"], settings.capped_kw_per_evse or settings.kw_per_evse, settings.kw_per_evse)
    full = capacity_by_poles[new["poles"] - 1]
    poles = new["poles"].to_numpy()
    evse = poles * spots.evse_per_pole
    pole_row = np.repeat(np.arange(len(new)), poles)
    pole_place = chains.places[new["place"].to_numpy()[pole_row], _counted(poles)]
    bays = chains.bay_count[pole_place]
    rows = pd.DataFrame(
        {
            "site": np.concatenate([sites.get_indexer(supply.index), sites.get_indexer(pd.Index(new["id"]))]),
            "existing": np.repeat([True, False], [len(supply), len(new)]),
            "poles": np.concatenate([np.ones(len(supply), dtype=np.int64), poles]),
            "evse": np.concatenate([supply["evse_count"].to_numpy(dtype=np.int64), evse]),
            "capped": np.concatenate([np.zeros(len(supply), dtype=bool), new["capped"]]),
            "power_kw": np.concatenate([np.zeros(len(supply)), evse * kw]),
            "cost_eur": np.concatenate([np.zeros(len(supply)), poles * settings.cost_per_pole_eur]),
            "priced_eur": np.concatenate([np.zeros(len(supply)), _sums(priced_eur[pole_place], pole_row, len(new))]),
            "capacity_kwh": np.concatenate(
                [capacity_now, full * np.where(new["capped"], settings.capped_capacity_share, 1.0)]
            ),
            "bay_first": np.concatenate([np.full(len(supply), NONE), chains.bay_first[new["place"]]]),
            "bay_count": np.concatenate([np.zeros(len(supply), np.int64), _sums(bays, pole_row, len(new)).astype(int)]),
        }
    )
    order = np.lexsort([rows["capped"], rows["poles"], rows["site"]])
    where = np.argsort(order)
    pole_option = where[pole_row + len(supply)]
    by_option = np.argsort(pole_option, kind="stable")
    table = rows.iloc[order]
    return Options(
        **{str(name): table[name].to_numpy() for name in table.columns},
        pole_option=pole_option[by_option],
        pole_place=pole_place[by_option],
        place_ids=tuple(candidates.index),
        bay_ids=chains.bay_ids,
    )


def _of_candidates(ids: pd.Index, chains: Chains, capped: Flags) -> pd.DataFrame:
    """Id, place, number of poles and whether capped, of every option of a candidate."""
    place, pole = np.nonzero(chains.places != NONE)
    again = capped[place]
    rows = pd.DataFrame(
        {
            "place": np.concatenate([place, place[again]]),
            "poles": np.concatenate([pole, pole[again]]) + 1,
            "capped": np.repeat([False, True], [len(place), int(again.sum())]),
        }
    )
    return rows.assign(id=ids.to_numpy()[rows["place"].to_numpy()])


def _counted(numbers: Wholes) -> Wholes:
    """0, 1, ... up to each number, one after the other."""
    ends = np.cumsum(numbers)
    return np.arange(int(numbers.sum())) - np.repeat(ends - numbers, numbers)


def _sums(values: Floats | Wholes, row: Wholes, size: int) -> Floats:
    return np.bincount(row, weights=values, minlength=size).astype(np.float64)
