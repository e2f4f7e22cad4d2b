"""The truth beside the demo town agrees with its files: strips, bays, driveways, demand."""

# ruff: noqa: TID252

from __future__ import annotations

import re
from collections import Counter

import pandas
import pytest
import shapely

from . import towns
from .reading import RD, column
from .towns import DISABLED, LOADING, Town, distance_to

pytestmark = [pytest.mark.xdist_group("demo-town"), pytest.mark.slow]


def test_truth_says_what_it_is(town: Town) -> None:
    wanted = {"versie", "uitleg", "naam", "seed", "inwoners", "crs", "aantallen"}
    planted = {"parkeerstroken", "woningen_met_eigen_oprit", "woningtypen", "vraag_per_buurt"}
    planted |= {"laadpalen", "buurten_laaddruk", "cdr_fouten"}
    assert (wanted | planted) - town.truth.keys() == set()
    assert town.truth["crs"] == f"EPSG:{RD}"
    assert re.search(r"verzonnen|fictie|bedacht", town.truth["uitleg"], re.IGNORECASE)


def test_planted_strips_are_todays_parking_surfaces(town: Town) -> None:
    planted = Counter(strip.lokaal_id for strip in town.strips)
    assert set(planted.values()) == {1}
    assert set(planted) == set(town.parts("parkeervlak")["lokaal_id"])


def test_counts_of_the_truth_are_its_contents(town: Town) -> None:
    counts = town.truth["aantallen"]
    assert [strip.lokaal_id for strip in town.strips if strip.count != len(strip.bays)] == []
    assert counts["parkeerstroken"] == len(town.strips)
    assert total_of(counts["vakken"]) == sum(strip.count for strip in town.strips)
    assert counts["woningen"] == len(town.dwellings) == len(town.driveways)


def total_of(count: int | dict[str, int]) -> int:
    """A count, or the sum of its parts."""
    return sum(count.values()) if isinstance(count, dict) else count


def test_bays_lie_in_their_strip_and_not_on_each_other(town: Town) -> None:
    surfaces = town.parts("parkeervlak").set_index("lokaal_id").geometry
    outside, shared = [], []
    for strip in town.strips:
        bays = shapely.union_all(list(strip.bays))
        if bays.difference(surfaces[strip.lokaal_id].buffer(0.25)).area > 0.1 * strip.count:
            outside.append(strip.lokaal_id)
        if sum(bay.area for bay in strip.bays) > bays.area + 0.05 * strip.count:
            shared.append(strip.lokaal_id)
    assert outside == []
    assert shared == []


def test_bays_have_the_size_of_bays(town: Town) -> None:
    """NEN 2443 and CROW ASVV, metres: langs 5.5-6.5 by 1.8-2.2, haaks 4.5-6 by 2.25-3.5 (GPP wider); BGT tolerance."""
    sizes = pandas.DataFrame(
        [(strip.orientation, *towns.sides(bay)) for strip in town.strips for bay in strip.bays],
        columns=["orientation", "length", "width"],
    )
    along, across = (sizes[sizes["orientation"] == each] for each in ("langs", "haaks"))
    assert along["length"].between(4.8, 7.5).mean() > 0.97
    assert along["width"].between(1.6, 3.0).mean() > 0.97
    assert across["length"].between(4.2, 6.3).mean() > 0.97
    assert across["width"].between(2.2, 3.8).mean() > 0.97


@pytest.mark.parametrize(("orientation", "low", "high"), [("langs", 0, 30), ("haaks", 60, 90)])
def test_planted_orientation_is_that_of_the_bays(town: Town, orientation: str, low: float, high: float) -> None:
    """Worked out anew from the bays: bumper to bumper or door to door."""
    strips = [strip for strip in town.strips if strip.orientation == orientation and strip.count >= 3]
    wrong = [s.lokaal_id for s in strips if not low <= towns.angle_to_neighbour(s.bays) <= high]
    assert len(strips) >= 5
    assert len(wrong) <= 0.03 * len(strips), wrong


def test_parking_is_of_all_kinds(town: Town) -> None:
    kinds = Counter(strip.orientation for strip in town.strips)
    regimes = " ".join(regime for strip in town.strips for regime in strip.regimes)
    assert {"langs", "haaks"} <= set(kinds)
    assert [s for s in town.strips if s.count >= 15 and s.orientation != "langs"], "no car park"
    assert re.search(DISABLED, regimes, re.IGNORECASE), "no GPP"
    assert re.search(LOADING, regimes, re.IGNORECASE), "no loading bay"


def test_planted_driveways_are_of_houses_with_an_inrit_near(town: Town) -> None:
    """A flat has no driveway; by nine of ten houses with one the BGT shows an inrit within forty metres."""
    rows = town.dwellings.assign(own=town.dwellings[towns.address_ids(town)].astype(str).map(town.driveways))
    homes_in_pand = rows.groupby(column(rows, "^pand"))["own"].transform("size")
    lucky = rows[rows["own"].astype(bool)]
    entries = shapely.STRtree(town.parts("inrit").geometry.to_numpy())
    assert set(town.driveways) == set(town.dwellings[towns.address_ids(town)].astype(str))
    assert not rows["own"].isna().any()
    assert 0 < len(lucky) < len(rows)
    assert homes_in_pand[lucky.index].max() <= 4
    assert (distance_to(entries, lucky.geometry) <= 40).mean() >= 0.9


def test_planted_demand_is_per_buurt(town: Town) -> None:
    planted = town.truth["vraag_per_buurt"]
    numbers = [value for figures in planted.values() for value in figures.values() if isinstance(value, (int, float))]
    assert set(planted) == set(town.buurten["buurtcode"])
    assert min(numbers) >= 0
    assert max(numbers) > 0
