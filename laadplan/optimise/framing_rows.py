"""The limits of a plan, one function per kind with its formula.

In: options, candidates, frames of the town. Out: rows added to `LimitRows`. ``y_o`` is 1 where option o is taken;
existing charging counts as a fixed amount.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.contracts.dutch import counted
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import containing
from laadplan.kerb.taken import charging_bays
from laadplan.optimise.framing_areas import buurt_of_bays, square_of, street_of_bays
from laadplan.optimise.framing_limits import NIL, LimitRows
from laadplan.optimise.framing_options import Options
from laadplan.optimise.framing_spacing import near_cliques
from laadplan.optimise.framing_town import Rules, Town
from laadplan.optimise.problem import Floats, Wholes

PLAN = "plan"
"""What a limit on the whole plan is about, in its id."""


def limit_number(rows: LimitRows, options: Options, rules: Rules) -> None:
    """``sum_o poles_o y_o <= new_poles``, or ``sum_o cost_o y_o <= budget`` where that is given."""
    new = np.flatnonzero(~options.existing)
    settings = rules.settings
    by_budget = settings.budget_eur is not None
    use = options.priced_eur if by_budget else options.poles.astype(np.float64)
    rows.add(
        "budget" if by_budget else "aantal palen",
        [PLAN],
        ["nieuwe palen in het hele plan"],
        unit="EUR" if by_budget else "palen",
        limit=np.array([settings.budget_eur or settings.new_poles], dtype=float),
        row=np.zeros(len(new), dtype=np.int64),
        option=new,
        use=use[new],
    )


def limit_grid(rows: LimitRows, options: Options, rooms: pd.DataFrame) -> None:
    """``sum_o kW_o y_o <= room`` per grid area, the power of each pole where it stands.

    Parameters
    ----------
    rooms
        Per candidate ``area``, ``offtake`` and ``room_kw``, see `laadplan.optimise.framing_areas.grid_rooms`.
    """
    listed = rooms[rooms["room_kw"].notna()]
    if listed.empty:
        return
    names = listed["area"] + np.where(listed["offtake"] == "", "", "|" + listed["offtake"])
    areas = listed["room_kw"].groupby(names.to_numpy()).first()
    row, option, each = _per_pole(options, names.reindex(rooms.index), areas.index)
    rows.add(
        "net",
        list(areas.index),
        [f"ruimte op het net in gebied {name.replace('|', ', ')}" for name in areas.index],
        unit="kW",
        limit=areas.to_numpy(dtype=float),
        row=row,
        option=option,
        use=each * (options.power_kw / np.maximum(options.poles, 1))[option],
    )


def take_bays_once(rows: LimitRows, options: Options) -> None:
    """``sum of y_o over the options that take bay v <= 1``, for the bays whose options no other bay's hold.

    Options are intervals of bays along a kerb. Of intervals, the sets that are in no other one are those of points
    where one ends after another began: the other bays say nothing new.
    """
    new = np.flatnonzero(options.bay_count > 0)
    first = options.bay_first[new]
    last = first + options.bay_count[new] - 1
    begun = np.cumsum(np.bincount(first, minlength=len(options.bay_ids) + 1))
    ends = np.unique(last)
    fresh = np.diff(begun[ends], prepend=0) > 0 if len(ends) else np.zeros(0, dtype=bool)
    bays = ends[fresh]
    low, high = np.searchsorted(bays, first), np.searchsorted(bays, last, side="right")
    row, option = _spread(low, high - low), np.repeat(new, high - low)
    _add_cliques(
        rows,
        "vak",
        [options.bay_ids[bay] for bay in bays],
        "vak wordt hoogstens eenmaal gebruikt",
        options,
        row,
        option,
    )


def keep_apart(rows: LimitRows, options: Options, candidates: gpd.GeoDataFrame, spacing_m: float) -> None:
    """``sum of y_o over the options with a pole in clique Q <= 1``, for cliques of poles nearer than ``spacing_m``.

    Every pair of sites with poles nearer than that is in one of the rows, and no other pair.
    """
    if spacing_m <= 0:
        return
    xy = np.column_stack([candidates.geometry.x, candidates.geometry.y])
    start, member = near_cliques(xy, spacing_m)
    clique = np.repeat(np.arange(len(start) - 1), np.diff(start))
    by_place = np.argsort(options.pole_place, kind="stable")
    begin = np.concatenate([[0], np.cumsum(np.bincount(options.pole_place, minlength=len(candidates)))])
    number = begin[member + 1] - begin[member]
    option = options.pole_option[by_place[_spread(begin[member], number)]]
    row = np.repeat(clique, number)
    once = np.unique(np.column_stack([row, option]), axis=0)
    heads = [options.place_ids[place] for place in member[start[:-1]]]
    turns = pd.Series(heads, dtype="str").groupby(heads).cumcount() if heads else pd.Series(dtype=int)
    names = [f"{head}#{turn + 1}" for head, turn in zip(heads, turns.tolist(), strict=True)]
    about = f"nieuwe palen staan ten minste {spacing_m:g} m uit elkaar"
    _add_cliques(rows, "afstand", names, about, options, once[:, 0], once[:, 1])


def reach_buurten(
    rows: LimitRows, options: Options, candidates: gpd.GeoDataFrame, town: Town, supply: gpd.GeoDataFrame, rules: Rules
) -> None:
    """``poles in buurt b >= floor`` for every buurt with demand, existing ones counted."""
    floor = rules.settings.poles_per_buurt_min
    codes = pd.Index(sorted(set(town.asked.loc[town.asked["kwh_year"] > 0, "buurtcode"].dropna())), dtype="str")
    if not floor or codes.empty:
        return
    there = (
        containing(supply.geometry, town.buurten.geometry).value_counts()
        if len(town.buurten)
        else pd.Series(dtype=float)
    )
    row, option, use = _per_pole(options, candidates["buurtcode"], codes)
    rows.add(
        "ondergrens buurt",
        list(codes),
        [f"palen in {name}" for name in named_buurten(codes, town.buurten)],
        unit="palen",
        limit=np.full(len(codes), float(floor)),
        fixed=np.asarray(there.reindex(codes).fillna(0.0), dtype=np.float64),
        row=row,
        option=option,
        use=use,
        penalty=rules.settings.floor_penalty_kwh,
        is_floor=True,
    )


def cover_squares(
    rows: LimitRows, options: Options, candidates: gpd.GeoDataFrame, town: Town, rules: Rules, quality: Quality
) -> None:
    """``sites with a pole in square v >= 1`` for every square that asks a charge point and has none (NAL)."""
    if not rules.settings.cover_squares:
        return
    if town.coverage_squares is None:
        quality.find("cover_squares does nothing: no squares with households are given.")
        return
    asking = town.coverage_squares[town.coverage_squares["outcome"] == "voldoet niet"].sort_index()
    row, option, _ = _per_pole(options, square_of(candidates.geometry, asking), asking.index)
    rows.add(
        "ondergrens vierkant",
        list(asking.index),
        [f"een laadlocatie in vierkant {name}" for name in asking.index],
        unit="locaties",
        limit=np.ones(len(asking)),
        row=row,
        option=option,
        use=np.ones(len(row)),
        penalty=rules.settings.floor_penalty_kwh,
        is_floor=True,
    )


def share_bays(rows: LimitRows, options: Options, town: Town, rules: Rules) -> None:
    """``bays taken in street (or buurt) s + bays in use for charging <= share * bays of s``, in whole bays."""
    settings = rules.settings
    if settings.bay_share_street_max == 1.0 and settings.bay_share_buurt_max == 1.0:
        return
    bays = gpd.GeoDataFrame(town.bays.reindex(list(options.bay_ids)))
    in_use = bays.index.isin(charging_bays(town.bays, town.charge_points, town.signs, rules.spots).index)
    streets = street_of_bays(bays, town.candidates, town.addresses, rules.spots)
    for kind, share, area in (
        ("vakken straat", settings.bay_share_street_max, streets),
        ("vakken buurt", settings.bay_share_buurt_max, buurt_of_bays(bays, town.buurten)),
    ):
        if share < 1.0:
            _limit_share(rows, kind, share, area, in_use, options)


def _limit_share(
    rows: LimitRows, kind: str, share: float, area: pd.Series, in_use: np.ndarray, options: Options
) -> None:
    all_bays = area.value_counts().sort_index()
    places = all_bays.index.get_indexer(pd.Index(area))
    number = np.where(options.bay_count > 0, options.bay_count, 0)
    row = places[_spread(options.bay_first, number)]
    option = np.repeat(np.arange(len(options)), number)
    rows.add(
        kind,
        list(all_bays.index),
        [f"laadvakken in {name}, van {counted(count, 'vak', 'vakken')}" for name, count in all_bays.items()],
        unit="vakken",
        limit=np.floor(share * all_bays.to_numpy() + NIL),
        fixed=np.bincount(places[in_use & (places >= 0)], minlength=len(all_bays)).astype(float),
        row=row[row >= 0],
        option=option[row >= 0],
        use=np.ones(int((row >= 0).sum())),
    )


def _add_cliques(
    rows: LimitRows, kind: str, names: list[str], about: str, options: Options, row: Wholes, option: Wholes
) -> None:
    """Rows of which at most one option may be taken; of one site alone it goes without saying."""
    site = pd.Series(options.site[option]).groupby(row)
    several = np.zeros(len(names), dtype=bool)
    differs = site.max() > site.min()
    several[differs.index[differs].to_numpy()] = True
    kept, place = several[row], np.cumsum(several) - 1
    rows.add(
        kind,
        [name for name, is_kept in zip(names, several, strict=True) if is_kept],
        [about] * int(several.sum()),
        unit="vakken" if kind == "vak" else "locaties",
        limit=np.ones(int(several.sum())),
        row=place[row[kept]],
        option=option[kept],
        use=np.ones(int(kept.sum())),
    )


def _per_pole(options: Options, area: pd.Series, areas: pd.Index) -> tuple[Wholes, Wholes, Floats]:
    """Row, option and 1 for every new pole that stands in one of the areas; ``area`` per candidate."""
    place = areas.get_indexer(pd.Index(area))[options.pole_place]
    inside = place >= 0
    return place[inside], options.pole_option[inside], np.ones(int(inside.sum()))


def _spread(first: Wholes, number: Wholes) -> Wholes:
    """From each first so many whole numbers on, one after the other."""
    ends = np.cumsum(number)
    return np.asarray(np.arange(int(number.sum())) + np.repeat(first - (ends - number), number), dtype=np.int64)


def named_buurten(codes: pd.Index, buurten: gpd.GeoDataFrame) -> list[str]:
    """Each buurt by its name, or by its code where it has none."""
    names = buurten["name"].reindex(codes)
    return [f"buurt {code if pd.isna(name) else name}" for code, name in names.items()]
