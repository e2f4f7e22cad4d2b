"""The relaxation of a problem as sparse rows both ways, for the sites that take part in it.

In: a `Layout`, and sites. Out: `Rows`, in which every amount is scaled: shares of demand instead of kWh, and each
limit, capacity and group by the largest amount in it, so that no row or column weighs by its unit. The formula is in
`laadplan.optimise.relaxation`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from laadplan.optimise.layout import Layout
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import Flags, Floats, Wholes

Shorts = npt.NDArray[np.int32]


class Scales(NamedTuple):
    """Worth of a unit: kWh per cell (point and period; n t), capacity per option (o, t) and the largest of each site
    (m, t), no more than the demand in reach; largest use per limit (r), largest demand per group (g).
    """

    kwh: Floats
    room: Floats
    top: Floats
    limits: Floats
    groups: Floats


class Rows(NamedTuple):
    """Sites that take part, their arcs to cells (one per period, none without demand), their options, and all limits.

    ``gain`` is the worth of serving all of a cell over an arc, ``load`` the part of the site's largest capacity that
    this takes, ``room`` the part of it that an option has; ``part`` is a cell's demand in its group. Options stand by
    limit, and limits by option; arcs by site, and by cell. Steps are one over the sum of amounts in a row or column.
    """

    periods: int
    must: Flags
    arc_start: Wholes
    cell: Shorts
    gain: Floats
    load: Floats
    cell_start: Wholes
    cell_arc: Shorts
    option_start: Wholes
    worth: Floats
    room: Floats
    row_start: Wholes
    row: Shorts
    use: Floats
    limit_start: Wholes
    limit_option: Shorts
    limit_use: Floats
    limit: Floats
    penalty: Floats
    group: Wholes
    part: Floats
    least: Floats
    group_penalty: Floats
    arc_step: Floats
    option_step: Floats
    cell_step: Floats
    room_step: Floats
    limit_step: Floats
    group_step: Floats


class Taking(NamedTuple):
    """Places of what takes part, in the whole problem: sites, options, and cells of arcs (k t)."""

    sites: Wholes
    options: Wholes
    arcs: Wholes


def scales_of(layout: Layout) -> Scales:
    """What a unit of each row is worth in kWh or use."""
    sites, periods = len(layout.must), layout.demand.shape[1]
    arc_site = np.repeat(np.arange(sites), np.diff(layout.arc_start))
    reach = np.zeros((sites, periods))
    for period in range(periods):
        reach[:, period] = np.bincount(arc_site, layout.demand[layout.arc_demand, period], minlength=sites)
    option_site = np.repeat(np.arange(sites), np.diff(layout.option_start))
    room = np.minimum(layout.option_capacity, reach[option_site])
    top, limits, groups = np.zeros((sites, periods)), np.zeros(len(layout.limit)), np.zeros(len(layout.least))
    np.maximum.at(top, option_site, room)
    np.maximum.at(limits, layout.row, np.abs(layout.use))
    inside = layout.group >= 0
    np.maximum.at(groups, layout.group[inside], layout.demand[inside].max(axis=1, initial=0.0))
    return Scales(layout.demand.ravel(), room, _or_one(top), _or_one(limits), _or_one(groups))


def scaled(scales: Scales, prices: Prices) -> tuple[Floats, Floats, Floats]:
    """Prices per whole cell, and per unit of scaled limits and groups."""
    return prices.demand.ravel() * scales.kwh, prices.limits * scales.limits, prices.groups * scales.groups


def unscaled(layout: Layout, scales: Scales, cells: Floats, limits: Floats, groups: Floats) -> Prices:
    """The same the other way round, not above penalties."""
    demand = np.divide(cells, scales.kwh, out=np.zeros_like(cells), where=scales.kwh > 0)
    return Prices(
        demand=demand.reshape(layout.demand.shape),
        limits=np.minimum(limits / scales.limits, layout.penalty),
        groups=np.minimum(groups / scales.groups, layout.group_penalty),
    )


def rows_of(layout: Layout, scales: Scales, sites: Wholes) -> tuple[Rows, Taking]:
    """The rows of these sites, and where they stand in the whole problem."""
    periods = layout.demand.shape[1]
    options, option_start = _spread(layout.option_start, sites)
    site_of_option = np.repeat(np.arange(len(sites)), np.diff(option_start))
    room = scales.room[options] / scales.top[sites][site_of_option]
    arcs, site, cell = _arcs_of(layout, scales, sites)
    period = cell % periods
    load = scales.kwh[cell] / scales.top[sites[site], period]
    group = np.repeat(layout.group, periods)
    part = np.where(group >= 0, scales.kwh / np.append(scales.groups, 1.0)[group], 0.0)
    entries, row_start = _spread(layout.row_start, options)
    row, column = layout.row[entries], np.repeat(np.arange(len(options)), np.diff(row_start))
    use = layout.use[entries] / scales.limits[row]
    by_row = np.argsort(row, kind="stable")
    rooms = np.bincount(site * periods + period, load, minlength=len(sites) * periods)
    np.add.at(rooms.reshape(-1, periods), site_of_option, room)
    cells, limits, groups = len(scales.kwh), len(layout.limit), len(layout.least)
    in_groups = np.bincount(group[cell] + 1, part[cell], minlength=groups + 1)[1:]
    rows = Rows(
        periods=periods,
        must=layout.must[sites],
        arc_start=_starts(site, len(sites)),
        cell=cell.astype(np.int32),
        gain=scales.kwh[cell] * layout.arc_worth[arcs // periods] * layout.period_worth[period],
        load=load,
        cell_start=_starts(cell, cells),
        cell_arc=np.argsort(cell, kind="stable").astype(np.int32),
        option_start=option_start,
        worth=layout.option_worth[options],
        room=room.ravel(),
        row_start=row_start,
        row=row.astype(np.int32),
        use=use,
        limit_start=_starts(row, limits),
        limit_option=column[by_row].astype(np.int32),
        limit_use=use[by_row],
        limit=layout.limit / scales.limits,
        penalty=layout.penalty * scales.limits,
        group=group,
        part=part,
        least=layout.least / scales.groups,
        group_penalty=layout.group_penalty * scales.groups,
        arc_step=1.0 / (1.0 + load + part[cell]),
        option_step=1.0 / _or_one(np.bincount(column, np.abs(use), minlength=len(options)) + room.sum(axis=1)),
        cell_step=1.0 / _or_one(np.bincount(cell, minlength=cells).astype(float)),
        room_step=1.0 / _or_one(rooms),
        limit_step=1.0 / _or_one(np.bincount(row, np.abs(use), minlength=limits)),
        group_step=1.0 / _or_one(in_groups),
    )
    return rows, Taking(sites, options, arcs)


def _arcs_of(layout: Layout, scales: Scales, sites: Wholes) -> tuple[Wholes, Wholes, Wholes]:
    """Arcs and periods (k t), site (among these) and cell of all that can be served, by site."""
    periods = layout.demand.shape[1]
    arcs, start = _spread(layout.arc_start, sites)
    site = np.repeat(np.repeat(np.arange(len(sites)), np.diff(start)), periods)
    place = (arcs[:, None] * periods + np.arange(periods)).ravel()
    cell = (layout.arc_demand[arcs][:, None] * periods + np.arange(periods)).ravel()
    opens = np.zeros_like(scales.top, dtype=bool)
    np.logical_or.at(opens, np.repeat(np.arange(len(layout.must)), np.diff(layout.option_start)), scales.room > 0)
    kept = (scales.kwh[cell] > 0) & opens[sites[site], cell % periods]
    return place[kept], site[kept], cell[kept]


def _spread(start: Wholes, chosen: Wholes) -> tuple[Wholes, Wholes]:
    """Entries of the rows chosen, and where each of these begins among them."""
    count = np.diff(start)[chosen]
    begins = np.concatenate([[0], np.cumsum(count)])
    return np.repeat(start[chosen] - begins[:-1], count) + np.arange(begins[-1]), begins


def _starts(of: Wholes, many: int) -> Wholes:
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=many))]).astype(np.int64)


def _or_one(values: Floats | Wholes) -> Floats:
    return np.where(values > 0, values, 1.0).astype(np.float64)
