"""The demo town's planted bays come back from its BGT and from its register; existing charging bays are not offered.

What was planted stands in `waarheid.json`, which the program never reads.
"""

# ruff: noqa: TID252

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import geopandas
import numpy
import pytest
import shapely

from .reading import RD, RunFolder
from .towns import Strip, Town

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

SAME_BAY_M = 0.30
"""A bay cut is the bay planted where their outlines are nowhere further apart (m): BGT edges are good to 0.2 m."""

TAKEN_WITHIN_M = 1.0
"""A charging location this near to a bay surely takes it (m)."""


@pytest.fixture(scope="module")
def planted(demo_config: Path) -> list[Strip]:
    """Strips as they were planted."""
    return Town(demo_config.parent).strips


def alike(strip: Strip) -> bool:
    """False for a single bay for loading and unloading of two bays' length: its surface tells nothing of that."""
    return not (strip.count == 1 and "laden" in strip.regimes[0])


def cut_of(run: RunFolder) -> dict[str, Any]:
    return {key: rows.sort_values(["row_id", "number"]) for key, rows in run.frame("Bays").groupby("road_part_id")}


def test_every_strip_has_its_kind_and_its_number_of_bays(demo_run: RunFolder, planted: list[Strip]) -> None:
    cut = demo_run.frame("Strips").set_index("local_id")
    wrong = {
        strip.lokaal_id: (strip.orientation, strip.count, cut.loc[strip.lokaal_id, "kind"], int(found))
        for strip in filter(alike, planted)
        if (strip.orientation, strip.count)
        != (cut.loc[strip.lokaal_id, "kind"], found := cut.loc[strip.lokaal_id, "bay_count"])
    }
    assert len(planted) == len(cut) > 100
    assert wrong == {}


def test_every_bay_lies_where_it_was_planted(demo_run: RunFolder, planted: list[Strip]) -> None:
    """Bay by bay the nearest planted one of the strip, each once, nowhere further than the tolerance."""
    cut, far = cut_of(demo_run), {}
    for strip in filter(alike, planted):
        if strip.lokaal_id not in cut:
            far[strip.lokaal_id] = "nothing cut"
            continue
        found, wanted = cut[strip.lokaal_id].geometry.to_numpy(), numpy.array(strip.bays)
        apart = shapely.hausdorff_distance(found[:, None], wanted[None, :])
        nearest = apart.argmin(axis=1)
        if len(found) != len(wanted) or len(set(nearest)) != len(found) or apart.min(axis=1).max() > SAME_BAY_M:
            far[strip.lokaal_id] = (
                f"{strip.orientation} {len(wanted)} bays, {len(found)} cut, {apart.min(axis=1).max():.2f} m"
            )
    assert far == {}


def test_register_gives_the_planted_bays_with_their_regime(rich_run: RunFolder, every_town: Path) -> None:
    """Of the register every bay is there once, none is cut again from the BGT below it, and regimes are as planted."""
    bays = rich_run.frame("Bays")
    strips = Town(every_town).strips
    planted = Counter(regime.strip('"') for strip in strips for regime in strip.regimes)
    assert len(bays) == sum(strip.count for strip in strips)
    assert Counter(bays["regime"]) == planted
    assert bays.area.sum() - shapely.union_all(bays.geometry.to_numpy()).area < 0.01 * bays.area.sum()


def test_cut_and_register_agree(demo_run: RunFolder, rich_run: RunFolder, planted: list[Strip]) -> None:
    """The same town: as many bays per road part by the cut as by the register."""
    cut, registered = (Counter(run.frame("Bays")["road_part_id"]) for run in (demo_run, rich_run))
    told = {strip.lokaal_id: (cut[strip.lokaal_id], registered[strip.lokaal_id]) for strip in filter(alike, planted)}
    assert {key: counts for key, counts in told.items() if counts[0] != counts[1]} == {}


def test_gpp_and_loading_bays_are_never_met_by_a_spot(rich_run: RunFolder) -> None:
    """A spot with such a bay is dropped by the rule on the kind of bay, whichever of its bays it is."""
    spots, judged = rich_run.frame("Candidates"), rich_run.frame("Assessments")
    regime = rich_run.frame("Bays").set_index("bay_id")["regime"]
    excluded = {
        row.locatie_id
        for row in spots.itertuples()
        if {regime[each] for each in row.bay_ids.split(" ")} & {"gpp", "laden en lossen"}
    }
    verdicts = judged[judged["criterion_id"] == "soort_vak"].set_index("locatie_id")["verdict"]
    assert excluded
    assert set(verdicts[list(excluded)]) == {"voldoet niet"}
    assert set(verdicts.drop(list(excluded))) == {"voldoet"}


# --- spots -----------------------------------------------------------------------------------------------------------


def spot_bays(run: RunFolder) -> geopandas.GeoDataFrame:
    """One row per spot and bay of it, with the bay's surface and number and the spot's pole."""
    spots, bays = run.frame("Candidates"), run.frame("Bays").set_index("bay_id")
    rows = spots.assign(bay_id=spots["bay_ids"].str.split(" ")).explode("bay_id")
    assert set(rows["bay_id"]) <= set(bays.index)
    return rows.assign(
        bay=bays.geometry.loc[rows["bay_id"]].to_numpy(), number=bays["number"].loc[rows["bay_id"]].to_numpy()
    )


def test_spot_is_two_adjacent_bays(demo_run: RunFolder) -> None:
    """Of one row, with numbers that follow, less than a car's door apart."""
    for spot, rows in spot_bays(demo_run).groupby("locatie_id"):
        rows = rows.sort_values("number")
        assert rows["bay_count"].iloc[0] == len(rows) <= 2, spot
        assert list(numpy.diff(rows["number"])) == [1] * (len(rows) - 1), spot
        if len(rows) == 2:
            assert rows["bay"].iloc[0].distance(rows["bay"].iloc[1]) < 0.5, spot


def test_pole_is_within_reach_of_both_bays(demo_run: RunFolder) -> None:
    """At most 0.60 m from the bays' edge; standing half a metre from the kerb as the policy says, never on a bay."""
    rows = spot_bays(demo_run)
    poles = geopandas.GeoSeries(rows.geometry.to_numpy(), crs=RD)
    near = poles.distance(geopandas.GeoSeries(rows["bay"].to_numpy(), crs=RD)).to_numpy()
    stated = rows["kerb_m"].to_numpy()
    assert numpy.nanmin(near) > 0.3
    nearest = rows.assign(near=near).groupby("locatie_id")["near"].min()
    kerb = rows.groupby("locatie_id")["kerb_m"].first()
    assert (nearest - kerb).abs().max() < 0.02
    assert (stated[near <= 0.61] >= 0.45 - 0.01).all()


def test_pole_stands_on_the_side_away_from_the_carriageway(demo_run: RunFolder) -> None:
    road = demo_run.frame("RoadParts")
    driven = shapely.STRtree(road.geometry[road["function"].str.startswith("rijbaan")].to_numpy())
    rows = spot_bays(demo_run)
    langs = rows[rows["orientation"] == "langs"]
    pole = driven.query_nearest(langs.geometry.to_numpy(), return_distance=True, all_matches=False)[1]
    heart = driven.query_nearest(shapely.centroid(langs["bay"].to_numpy()), return_distance=True, all_matches=False)[1]
    assert (pole > heart).mean() > 0.99


def test_name_of_a_spot_is_that_of_its_address(demo_run: RunFolder) -> None:
    spots, addresses = demo_run.frame("Candidates"), demo_run.frame("Addresses").set_index("address_id")
    named = addresses.loc[spots["address_id"]]
    assert list(named["street"]) == list(spots["street"])
    assert list(named["house_number"]) == list(spots["house_number"])


def test_side_of_the_street_is_where_the_pole_looks_from_the_carriageway(demo_run: RunFolder) -> None:
    """By the nearest point of a carriageway: a pole to the north of it stands on the noordzijde."""
    road = demo_run.frame("RoadParts")
    driven = shapely.union_all(road.geometry[road["function"].str.startswith("rijbaan")].to_numpy())
    spots = demo_run.frame("Candidates")
    wrong = []
    for spot in spots[spots["orientation"] == "langs"].itertuples():
        at, to = shapely.shortest_line(driven, spot.geometry).coords
        east, north = to[0] - at[0], to[1] - at[1]
        if abs(abs(east) - abs(north)) < 0.3 * max(abs(east), abs(north)):
            continue
        upright = "noordzijde" if north > 0 else "zuidzijde"
        sideways = "oostzijde" if east > 0 else "westzijde"
        if spot.side != (upright if abs(north) > abs(east) else sideways):
            wrong.append(spot.locatie_id)
    assert wrong == []


# --- taken -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo_run", "rich_run"])
def test_bays_of_existing_poles_are_not_offered_again(request: pytest.FixtureRequest, name: str) -> None:
    """A bay within a metre of a charging location is in no spot, and the run says how many bays were taken."""
    run: RunFolder = request.getfixturevalue(name)
    bays, poles = run.frame("Bays"), run.frame("ChargePoints").geometry
    near = shapely.STRtree(bays.geometry.to_numpy()).query(
        poles.to_numpy(), predicate="dwithin", distance=TAKEN_WITHIN_M
    )
    taken = set(bays["bay_id"].to_numpy()[near[1]])
    offered = {each for ids in run.frame("Candidates")["bay_ids"] for each in ids.split(" ")}
    assert taken
    assert taken & offered == set()
    told = next(step for step in run.manifest["steps"] if step["name"] == "candidates")["quality"]["dropped"]
    assert sum(count for rule, count in told.items() if "laad" in rule) >= len(taken)


def test_every_other_bay_is_offered_or_its_loss_is_told(demo_run: RunFolder) -> None:
    """A bay that stands in no spot is counted by a rule, or has no neighbour left to share a pole with."""
    bays = demo_run.frame("Bays")
    offered = {each for ids in demo_run.frame("Candidates")["bay_ids"] for each in ids.split(" ")}
    left = bays[~bays["bay_id"].isin(offered)]
    step = next(step for step in demo_run.manifest["steps"] if step["name"] == "candidates")
    free = bays[bays["bay_id"].isin(offered)].geometry.to_numpy()
    beside = left.geometry.map(lambda bay: bool((shapely.distance(bay, free) < 0.3).any()))
    assert int(beside.sum()) <= sum(step["quality"]["dropped"].values())
