"""The charging bays of a demo town as planted: two at the true place of each pole, beside the published one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from laadplan.contracts.planning import Bays
from laadplan.contracts.sources import ChargePoints
from laadplan.demo import street_furniture
from laadplan.demo.model import ParkingStrip, Pole, Quarter
from laadplan.demo.plan import make_plan
from laadplan.demo.town import make_quarter
from tests.frames import X, Y, make, moved

EVSE = 2

TOUCHING_M = 0.01
"""Neighbouring bays share corners, to the millimetre."""


@dataclass(frozen=True)
class Planted:
    """Bays, the poles at the places that were published and at their true ones, and the bays at the true ones."""

    bays: gpd.GeoDataFrame
    published: gpd.GeoDataFrame
    exact: gpd.GeoDataFrame
    charging: frozenset[str]


def planted_town(inhabitants: int, seed: int) -> Planted:
    """The planted bays and poles; fast chargers stand at no bays and are among the poles."""
    town = make_plan(inhabitants, seed)
    quarters = [make_quarter(town, cell.index) for cell in town.cells]
    rows = {name: row for quarter in quarters for strip in quarter.strips for name, row in _bays(strip).items()}
    bays = make(Bays, rows)
    published = _points([pole for quarter in quarters for pole in quarter.poles])
    true = [pole for quarter in quarters for pole in _true_poles(quarter)]
    exact = _points(true)
    assert list(exact.index) == list(published.index)
    charging = {name for pole in true if not pole.fast for name in _two_nearest(bays, pole.point)}
    return Planted(bays, published, exact, frozenset(charging))


def _true_poles(quarter: Quarter) -> tuple[Pole, ...]:
    """The same poles without the error of their published places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(street_furniture, "_GPS_ERROR_M", 0.0)
        return street_furniture.place_poles(
            quarter.cell, quarter.strips, quarter.addresses, quarter.buildings, quarter.seed
        )


def _points(poles: list[Pole]) -> gpd.GeoDataFrame:
    return make(
        ChargePoints, {pole.local_id: {"geometry": moved(pole.point, -X, -Y), "evse_count": EVSE} for pole in poles}
    )


def _two_nearest(bays: gpd.GeoDataFrame, place: shapely.Point) -> list[str]:
    """The two bays that meet at the true place of a pole: it stands as far from the one as from the other."""
    return [str(name) for name in bays.distance(place).nsmallest(2).index]


def _bays(strip: ParkingStrip) -> dict[str, dict[str, Any]]:
    """The bays of a strip in rows with the pavement, where the places for poles are, on their right hand."""
    rows: dict[str, dict[str, Any]] = {}
    for bays in _rows_of(strip) if strip.pole_places else []:
        if len(bays) > 1:
            rows |= _row(bays, strip, len(rows))
    return rows


def _rows_of(strip: ParkingStrip) -> list[list[shapely.Polygon]]:
    """The bays of a strip, a new row where one does not touch the one before; a car park has several."""
    rows: list[list[shapely.Polygon]] = []
    for bay in strip.bays:
        if rows and len(_shared(rows[-1][-1], bay)) > 1:
            rows[-1].append(bay)
        else:
            rows.append([bay])
    return rows


def _row(bays: list[shapely.Polygon], strip: ParkingStrip, before: int) -> dict[str, dict[str, Any]]:
    sides = _joints(bays, strip)
    onward = np.array([-sides[0][1][1], sides[0][1][0]])
    hearts = shapely.get_coordinates(shapely.centroid(bays))
    if (hearts[-1] - hearts[0]) @ onward < 0:
        bays, sides = bays[::-1], sides[::-1]
    last_pavement, last_away = sides[-1]
    heart = shapely.get_coordinates(bays[-1].centroid)[0]
    onward = np.array([-last_away[1], last_away[0]])
    sides.append((last_pavement + 2 * ((heart - last_pavement) @ onward) * onward, last_away))
    rows, start = {}, 0.0
    for number, (bay, (kerb, away)) in enumerate(zip(bays, sides, strict=True), before + 1):
        along = shapely.get_coordinates(bay) @ np.array([-away[1], away[0]])
        end = start + float(along.max() - along.min())
        rows[f"{strip.local_id}#{number:02d}"] = {
            "road_part_id": strip.local_id,
            "row_id": f"{strip.local_id}/{before}",
            "number": number,
            "orientation": "langs" if strip.orientation == "langs" else "haaks",
            "start_m": start,
            "end_m": end,
            "kerb_x_m": kerb[0],
            "kerb_y_m": kerb[1],
            "away_deg": float(np.degrees(np.arctan2(away[1], away[0]))),
            "geometry": moved(bay, -X, -Y),
        }
        start = end
    return rows


def _joints(bays: list[shapely.Polygon], strip: ParkingStrip) -> list[tuple[Any, Any]]:
    """Where each two bays meet: the end on the pavement's side, and the direction to it from the other end."""
    poles = shapely.multipoints(list(strip.pole_places))
    found = []
    for one, other in pairwise(bays):
        shared = sorted(_shared(one, other), key=lambda xy: poles.distance(shapely.Point(xy)))
        near, far = shared[0], shared[-1]
        found.append((near, (near - far) / np.hypot(*(near - far))))
    return found


def _shared(one: shapely.Polygon, other: shapely.Polygon) -> list[Any]:
    return [xy for xy in shapely.get_coordinates(one)[:-1] if other.distance(shapely.Point(xy)) < TOUCHING_M]
