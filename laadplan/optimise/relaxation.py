"""The linear relaxation of any problem, solved well enough for its prices to bound every plan closely.

In: prices under way (`laadplan.optimise.bound.Pricing`). Out: better ones in them, whose bound anyone can compute with
`laadplan.optimise.prices.bound_of`, and the share of each option in a fractional plan. It is for problems with many
limits, where steps of prices alone stand still: there the best plan is close to the fractional one.

Formula
-------
With ``z_at`` the share of demand i that arc a = (i, j) serves in period t: the relaxation of
`laadplan.optimise.problem` with ``0 <= z_at <= sum_{o of j} y_o <= 1``, as a saddle point. The fractional plan (z, y)
is to be worth most at the prices of demand, capacity, limits and groups, and these are to cost least against the plan.

Hard decisions: plan and prices move together (primal-dual hybrid gradient, steps by row and column as Pock and
Chambolle 2011, pulled back to an anchor as Halpern does, begun anew when the steps have shrunk, as in PDLP). A site's
options and arcs are moved together and exactly, so that the links between them, more than all other rows, need no
prices. Only sites that pay or nearly pay take part; all are looked at after each stretch, when the bound is computed
over all. Prices of capacity are left out of that: given the others, what a site earns at most is known exactly.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from laadplan.optimise.bound import Pricing, look_at
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import Floats, Wholes
from laadplan.optimise.relaxation_rows import Rows, Taking, rows_of, scaled, scales_of, unscaled
from laadplan.optimise.relaxation_steps import At, price_rooms, walk_on

STRETCH = 400
"""Rounds between two looks at all sites; each stretch begins anew."""

CHUNK_ROUNDS, CHUNK_ARCS = 100, 20_000_000
"""Rounds between two looks at the clock and whether to begin anew (at most), and arcs walked: well below a second."""

SHRUNK, SHRUNK_A_LITTLE = 0.2, 0.8
"""Part of the first step at which to begin anew at once, or when steps grow again (as PDLP does with its gap)."""

TAKING_PART = 6.0
"""Sites that take part, to one that the prices take; measured: 3 needs more stretches, 12 more time for each."""

FEWEST = 300
"""So many take part at least."""

NEAR_SHARE = 1e-4
"""A stretch that lowers the bound by less than this share is the last."""

FIRST_SHARE = 1.0
"""First guess of the way that prices have to go, as a share of all worth, against that of the plan."""

BLOCKS = 16
"""Rows are divided over threads in so many blocks."""


class Walk(NamedTuple):
    """Where plan and prices are, the anchor they are pulled to, where the last round led, and as far beyond that."""

    at: At
    anchor: At
    to: At
    beyond: At


def relax(
    pricing: Pricing,
    *,
    rounds: int,
    clock: Callable[[], float] | None = None,
    until: float = np.inf,
) -> Floats:
    """Share of each option in a fractional plan (o), 0 to 1; the best prices found on the way are kept in the pricing.

    Parameters
    ----------
    rounds
        Work limit; it stops sooner when a stretch of `STRETCH` rounds brings no more.
    clock, until
        Safety stop: looked at between chunks of at most about a second.
    """
    search = Relaxation(pricing)
    done, stopped = 0, False
    while done < rounds and len(search.whole.y) and not stopped:
        before, many = pricing.bound, min(STRETCH, rounds - done)
        stopped = search.stretch(many, lambda: clock is not None and clock() >= until)
        done += many
        stopped = stopped or (done > STRETCH and before - pricing.bound <= NEAR_SHARE * abs(pricing.bound))
    return search.whole.y


class Relaxation:
    """The fractional plan and its prices over the whole problem, stretch by stretch."""

    def __init__(self, pricing: Pricing) -> None:
        self.pricing, layout = pricing, pricing.layout
        self.scales = scales_of(layout)
        periods = layout.demand.shape[1]
        self.whole = At(
            np.zeros(len(layout.arc_demand) * periods),
            np.zeros(len(layout.option_worth)),
            *scaled(self.scales, pricing.best)[:1],
            np.zeros(len(layout.must) * periods),
            *scaled(self.scales, pricing.best)[1:],
        )
        self.inside = np.zeros(len(layout.must), dtype=bool)
        self.weight = 0.0
        self.values, self.taken = look_at(pricing, pricing.best)

    def stretch(self, rounds: int, is_over: Callable[[], bool]) -> bool:
        """So many rounds over the sites that matter now; whether it was cut short."""
        rows, taking = rows_of(self.pricing.layout, self.scales, self._choose())
        self.weight = self.weight or _first_weight(rows, self.taken)
        walk, since, done = _walk_from(self._part(taking)), 0, 0
        first, last, over = np.inf, np.inf, False
        most = max(1, CHUNK_ARCS // (len(walk.at.z) + len(rows.use) + 1))
        while done < rounds and not over:
            chunk = min(CHUNK_ROUNDS, most, rounds - done)
            walk_on(rows, *walk, self.weight, since, chunk, BLOCKS)
            since, done = since + chunk, done + chunk
            step = _last_step(rows, walk, self.weight)
            first, over = min(first, step) if since == chunk else first, is_over()
            if step < SHRUNK * first or (step < SHRUNK_A_LITTLE * first and step > last):
                self._weigh(rows, walk)
                walk, since, first, last = _walk_from(walk.to), 0, step, np.inf
            else:
                last = step
        self._weigh(rows, walk)
        self._keep(walk.to, taking)
        return over

    def _choose(self) -> Wholes:
        """Sites that take part; those that come in get prices of capacity at which no more is asked than there is."""
        layout, prices = self.pricing.layout, self._prices()
        best = np.maximum.reduceat(self.values, layout.option_start[:-1])
        many = int(max(TAKING_PART * self.taken, FEWEST))
        least = np.sort(best)[-many] if many < len(best) else -np.inf
        shares = np.add.reduceat(self.whole.y, layout.option_start[:-1])
        chosen = (best >= least) | layout.must | (shares > 0)
        extra = np.append(prices.groups, 0.0)[layout.group]
        asked = np.where(layout.demand > 0, prices.demand - extra[:, None], np.inf)
        rooms = self.whole.rooms.reshape(self.scales.top.shape)
        price_rooms(layout, asked, self.scales.top, np.flatnonzero(chosen & ~self.inside), rooms)
        self.inside = chosen
        return np.flatnonzero(chosen)

    def _part(self, taking: Taking) -> At:
        """Where what takes part stands."""
        at = self.whole
        rooms = at.rooms.reshape(self.scales.top.shape)[taking.sites].ravel()
        return At(at.z[taking.arcs], at.y[taking.options], at.cells, rooms, at.limits, at.groups)

    def _prices(self) -> Prices:
        at = self.whole
        return unscaled(self.pricing.layout, self.scales, at.cells, at.limits, at.groups)

    def _weigh(self, rows: Rows, walk: Walk) -> None:
        """Steps of plan and prices so that both have as far to go: halfway (by ratio) to what was seen last."""
        plan, cost = _far(rows, walk.to, walk.anchor)
        if plan > 0 and cost > 0:
            self.weight = float(np.sqrt(self.weight * np.sqrt(cost / plan)))

    def _keep(self, to: At, taking: Taking) -> None:
        """What was found, in its place in the whole problem; and what it is worth."""
        z, y = np.zeros_like(self.whole.z), np.zeros_like(self.whole.y)
        z[taking.arcs], y[taking.options] = to.z, to.y
        rooms = self.whole.rooms.reshape(self.scales.top.shape)
        rooms[taking.sites] = to.rooms.reshape(rooms[taking.sites].shape)
        self.whole = At(z, y, to.cells, rooms.ravel(), to.limits, to.groups)
        self.values, self.taken = look_at(self.pricing, self._prices())


def _walk_from(at: At) -> Walk:
    """A walk whose anchor is here."""
    return Walk(*(At(*(part.copy() for part in at)) for _ in range(4)))


def _first_weight(rows: Rows, taken: int) -> float:
    """Steps of prices against those of the plan: as far as each may have to go, measured on both alike."""
    best = np.zeros(len(rows.cell_step))
    np.maximum.at(best, rows.cell, rows.gain)
    plan = (best > 0).sum() + max(taken, 1) / float(rows.option_step.mean())
    return FIRST_SHARE * float(np.sqrt((best**2 / rows.cell_step).sum() / plan)) or 1.0


def _far(rows: Rows, one: At, two: At) -> tuple[float, float]:
    """Squared distance of two plans, and of their prices, in the measure of their steps."""
    steps = At(rows.arc_step, rows.option_step, rows.cell_step, rows.room_step, rows.limit_step, rows.group_step)
    parts = [float(((a - b) ** 2 / step).sum()) for a, b, step in zip(one, two, steps, strict=True)]
    return sum(parts[:2]), sum(parts[2:])


def _last_step(rows: Rows, walk: Walk, weight: float) -> float:
    """How far the last round led plan and prices together."""
    plan, cost = _far(rows, walk.beyond, walk.to)
    return float(np.sqrt(plan * weight + cost / weight))
