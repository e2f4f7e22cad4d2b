import numpy as np
import pandas as pd
import pytest

from laadplan.contracts.demand import CoverageSquares
from laadplan.contracts.grid import GridAreas, GridCapacity
from laadplan.contracts.measured import CableRoutes
from laadplan.contracts.network import DecreePlaces, Signs
from laadplan.contracts.planning import Assessments, Bays, Candidates, DemandPoints, PoleReach, Reach
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buurten, ChargePoints
from laadplan.errors import BadInput, ConfigError, NoFeasiblePlan
from laadplan.optimise.binding import plan_limits
from laadplan.optimise.framing import make_problem
from laadplan.optimise.framing_limits import LimitRows
from laadplan.optimise.framing_options import find_chains
from laadplan.optimise.framing_town import together
from laadplan.optimise.plan import existing_only, make_plan, measure_limits
from laadplan.optimise.standing import stand
from tests.frames import box, make, moved, point, shuffled
from tests.optimise.town import (
    ADDRESSES,
    BAYS,
    BUURTEN,
    CANDIDATES,
    CHARGE_POINTS,
    EAST,
    HOMES,
    WEST,
    judge,
    kerb,
    ruled,
    town,
    walk,
)


def framed(quality=None, frames=None, **settings):
    return make_problem(town(**(frames or {})), ruled(**settings), quality)


def rows(found, kind):
    """Rows of one kind as their limit and what each option uses, by option id; in the order of the ids."""
    limits, names = found.problem.limits, found.problem.option_ids
    return {
        limits.ids[row]: (
            limits.limit[row],
            {names[limits.option[e]]: limits.use[e] for e in range(limits.start[row], limits.start[row + 1])},
        )
        for row in range(len(limits.ids))
        if limits.kinds[row] == kind
    }


def planned(frames=None, quality=None, **settings):
    return make_plan(town(**(frames or {})), ruled(**settings), clock=lambda: 0.0, quality=quality)


def new_sites(found):
    return list(found.plan.index[found.plan["chosen"] & ~found.plan["existing"]])


# ---- the problem as a whole ------------------------------------------------------------------------------------------


def test_the_problem_of_the_town_worked_out_by_hand():
    found = framed(far_worth=0.5, score_worth_kwh=300.0, poles_per_buurt_min=1, previous_plan=("c3",)).problem

    assert found.demand_ids == ("h1", "h2", "h3", "h4")
    assert found.demand_kwh[:, 0].tolist() == [2000.0, 2500.0, 800.0, 400.0]
    assert (found.site_ids, found.must.tolist()) == (("c1", "c2", "c3", "c4", "e1"), [False] * 4 + [True])
    assert found.option_ids == ("c1|1", "c2|1", "c3|1", "c4|1", "e1|bestaand")
    assert found.option_capacity[:, 0].tolist() == [3000.0] * 4 + [1500.0]
    assert found.option_worth.tolist() == [-100.0, -100.0, 400.0, -100.0, 0.0]
    arcs = [
        (found.site_ids[site], found.demand_ids[at]) for site, at in zip(found.arc_site, found.arc_demand, strict=True)
    ]
    assert arcs == [(c, h) for c in ("c1", "c2", "c3") for h in ("h1", "h2")] + [
        ("c4", "h3"),
        ("e1", "h1"),
        ("e1", "h2"),
    ]
    assert found.arc_worth[0] == pytest.approx(1 - 0.5 * 14.5 / 130)  # c1 stands 11.2 m from h1


def test_the_score_counts_by_use_of_one_pole():
    judged = judge()
    judged.loc[judged["locatie_id"] == "c3", "contribution"] = 0.5

    worth = framed(frames={"assessments": judged}, score_worth_kwh=300.0).problem

    assert worth.arc_worth[worth.arc_site == 2].tolist() == [pytest.approx(1 + 300 * 0.5 / 3000)] * 2
    assert worth.arc_worth[worth.arc_site != 2].tolist() == [1.0] * 7


def test_existing_sites_alone_are_the_problem_before_the_plan():
    found = existing_only(framed())

    assert (found.site_ids, found.option_ids) == (("e1",), ("e1|bestaand",))
    assert (found.arc_start.tolist(), found.arc_demand.tolist()) == ([0, 2], [0, 1])
    assert found.sizes["limits"] == 0


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_of_any_frame_changes_nothing(seed):
    given = everything()
    mixed = {name: shuffled(frame, seed) for name, frame in given.items()} | {
        "assessments": shuffled(judge(), seed),
        "reach": shuffled(walk(), seed),
    }

    assert_same(framed(frames=mixed, **ALL), framed(frames=given, **ALL))


def test_a_shift_in_rd_changes_nothing():
    given = everything()
    east = {name: shifted(frame) for name, frame in given.items()}

    assert_same(framed(frames=east, **ALL), framed(frames=given, **ALL))


def test_other_ids_give_the_same_problem():
    renamed = CANDIDATES.rename(index={"c1": "z1", "c2": "y2", "c3": "x3", "c4": "a4"}).sort_index()

    one = planned(new_poles=2, far_worth=0.5, spacing_m=20.0)
    other = planned({"candidates": renamed}, new_poles=2, far_worth=0.5, spacing_m=20.0)

    assert other.solutions["objective"].to_list() == pytest.approx(one.solutions["objective"].to_list())
    assert other.framed.problem.sizes == one.framed.problem.sizes


ALL = {
    "new_poles": None,
    "budget_eur": 12_000.0,
    "cost_per_cable_m_eur": 10.0,
    "poles_per_buurt_min": 1,
    "cover_squares": True,
    "buurt_served_share_min": 0.5,
    "spacing_m": 20.0,
    "bay_share_street_max": 0.6,
    "bay_share_buurt_max": 0.8,
    "grid_room_kw": {"A": 30.0},
    "capped_kw_per_evse": 5.5,
    "capacity_by": "bezetting",
    "availability_without_decree": 0.6,
}


def everything():
    """All frames that a plan can be framed on."""
    return {
        "asked": HOMES,
        "candidates": CANDIDATES,
        "charge_points": CHARGE_POINTS,
        "bays": BAYS,
        "buurten": BUURTEN,
        "addresses": ADDRESSES,
        "cable_routes": routes({"c1": 45.0, "c2": 10.0, "c3": 30.0, "c4": 25.0}),
        "coverage_squares": squares(),
        "grid_areas": areas(),
        "decree_places": decrees(),
    }


def routes(metres, crossing="nee"):
    row = {"geometry": point(0, 0), "crossing": crossing}
    return make(CableRoutes, {name: row | {"route_m": each, "straight_m": each} for name, each in metres.items()})


def squares(outcome="voldoet niet"):
    row = {"households": 200.0, "evse_public": 0, "evse_other": 0, "outcome": outcome}
    return make(
        CoverageSquares,
        {"E1800": row | {"geometry": box(0, 0, 500, 500)}, "E1805": row | {"geometry": box(500, 0, 1000, 500)}},
    )


def areas():
    return make(GridAreas, {"A": {"name": None, "operator": None, "geometry": box(-500, -500, 300, 500)}})


def decrees():
    return make(
        DecreePlaces,
        {"d/1": {"decree_id": "d", "kind": "punt", "label": None, "geometry": point(40, -5)}},
    )


def shifted(frame):
    return frame.set_geometry([moved(shape, 300.0, -400.0) for shape in frame.geometry])


def assert_same(one, other):
    for name, value in vars(one.problem).items():
        if name in ("limits", "groups"):
            for field, each in vars(value).items():
                np.testing.assert_array_equal(each, getattr(getattr(other.problem, name), field), err_msg=field)
        elif name == "arc_worth":
            np.testing.assert_allclose(value, other.problem.arc_worth, atol=1e-12)
        else:
            np.testing.assert_array_equal(value, getattr(other.problem, name), err_msg=name)
    pd.testing.assert_frame_equal(one.limits, other.limits)


# ---- options ---------------------------------------------------------------------------------------------------------


def test_a_laadplein_takes_candidates_that_follow_each_other_along_the_kerb():
    candidates, bays = kerb(7)

    chains = find_chains(candidates, bays, 3)

    assert chains.places.tolist() == [[0, 2, 4], [1, 3, 5], [2, 4, -1], [3, 5, -1], [4, -1, -1], [5, -1, -1]]


@pytest.mark.parametrize("gone", ["rc3", "locked_out", "bay"])
def test_a_laadplein_stops_where_a_pole_is_not_allowed_or_a_bay_is_not_free(gone):
    candidates, bays = kerb(6)
    if gone == "locked_out":
        settings, candidates = {"locked_out": ("rc3",)}, candidates
    else:
        settings = {}
        candidates = candidates.drop(["rc3"] if gone == "rc3" else ["rc2", "rc3"])
    frames = {"candidates": candidates, "bays": bays, "charge_points": ChargePoints.empty()}

    found = framed(frames=frames, poles_per_spot_max=3, **settings)

    assert "rc1|2" not in found.problem.option_ids
    assert ("rc2|2" in found.problem.option_ids) == (gone != "bay")


def test_a_gap_between_bays_ends_a_laadplein():
    candidates, bays = kerb(4)
    apart = bays.assign(start_m=[0.0, 2.5, 6.0, 8.5], end_m=[2.5, 5.0, 8.5, 11.0])

    chains = find_chains(candidates.drop("rc2"), apart, 2)

    assert chains.places.tolist() == [[0, -1], [1, -1]]


def test_options_say_what_they_take_and_what_they_can():
    candidates, bays = kerb(4)
    frames = {"candidates": candidates, "bays": bays, "charge_points": ChargePoints.empty(), "grid_areas": areas()}

    found = framed(
        frames=frames,
        poles_per_spot_max=2,
        grid_room_kw={"A": 40.0},
        capped_kw_per_evse=4.0,
        capped_capacity_share=0.8,
    )

    options = found.options
    table = dict(
        zip(
            found.problem.option_ids,
            zip(options.poles, options.evse, options.power_kw, options.capacity_kwh, options.bay_count, strict=True),
            strict=True,
        )
    )
    assert table == {
        "rc1|1": (1, 2, 22.0, 3000.0, 2),
        "rc1|1|begrensd": (1, 2, 8.0, 2400.0, 2),
        "rc1|2": (2, 4, 44.0, 6000.0, 4),
        "rc1|2|begrensd": (2, 4, 16.0, 4800.0, 4),
        "rc2|1": (1, 2, 22.0, 3000.0, 2),
        "rc2|1|begrensd": (1, 2, 8.0, 2400.0, 2),
        "rc3|1": (1, 2, 22.0, 3000.0, 2),
        "rc3|1|begrensd": (1, 2, 8.0, 2400.0, 2),
    }
    assert found.options.bay_ids[found.options.bay_first[4]] == "r2"


def test_capped_poles_are_offered_only_where_the_net_is_limited():
    found = framed(frames={"grid_areas": areas()}, grid_room_kw={"A": 22.0}, capped_kw_per_evse=5.5)

    assert [name for name in found.problem.option_ids if "begrensd" in name] == [
        "c1|1|begrensd",
        "c2|1|begrensd",
        "c3|1|begrensd",
    ]


def test_points_side_by_side_carry_more_each_by_occupancy():
    """Of 4 points 1.45 may be taken at the busiest hour (Erlang), of 2 points 0.36; residents peak at 1.3."""
    candidates, bays = kerb(4)
    frames = {"candidates": candidates, "bays": bays, "charge_points": ChargePoints.empty()}

    found = framed(frames=frames, poles_per_spot_max=2, capacity_by="bezetting")

    two, four = found.options.capacity_kwh[:2]
    assert (two, four) == (
        pytest.approx(0.3623 / 1.3 * 8766 / 8 * 18, rel=1e-3),
        pytest.approx(1.4484 / 1.3 * 8766 / 8 * 18, rel=1e-3),
    )


# ---- limits, each of which binds -------------------------------------------------------------------------------------


def test_a_number_of_poles_counts_those_of_a_laadplein():
    candidates, bays = kerb(4)
    frames = {"candidates": candidates, "bays": bays, "charge_points": ChargePoints.empty()}

    found = framed(frames=frames, new_poles=3, poles_per_spot_max=2)

    assert rows(found, "aantal palen") == {
        "aantal palen|plan": (3.0, {"rc1|1": 1.0, "rc1|2": 2.0, "rc2|1": 1.0, "rc3|1": 1.0})
    }


def test_a_budget_counts_cable_beyond_the_norm_and_crossings_where_known():
    settings = {
        "new_poles": None,
        "budget_eur": 12_000.0,
        "cost_per_cable_m_eur": 100.0,
        "cost_per_crossing_eur": 500.0,
    }
    known = routes({"c1": 45.0, "c3": 20.0}, "ja")

    found = framed(frames={"cable_routes": known}, **settings)

    use = {"c1|1": 7500.0, "c2|1": 5000.0, "c3|1": 5500.0, "c4|1": 5000.0}
    assert rows(found, "budget") == {"budget|plan": (12_000.0, use)}
    assert found.costs_hidden
    assert found.options.cost_eur.tolist() == [5000.0] * 4 + [0.0]


def test_a_budget_binds():
    """One pole in the west and c4 are worth most; the cable of c4 is not paid by what is left."""
    settings = {"new_poles": None, "budget_eur": 10_000.0, "cost_per_cable_m_eur": 100.0}

    assert new_sites(planned(**settings))[1:] == ["c4"]
    assert "c4" not in new_sites(planned({"cable_routes": routes({"c4": 60.0})}, **settings))


def test_room_on_the_net_of_an_area_without_candidates_is_told():
    quality = Quality()

    framed(frames={"grid_areas": areas()}, quality=quality, grid_room_kw={"A": 40.0, "vol": 0.0, "WK9": 10.0})

    assert [line for line in quality.findings if "grid_room_kw" in line] == [
        "grid_room_kw names areas or classes in which no candidate lies: WK9, vol."
    ]


def test_the_net_of_an_area_binds_and_capped_poles_make_room():
    settings = {"new_poles": 3, "grid_room_kw": {"A": 30.0}, "far_worth": 0.5}
    frames = {"grid_areas": areas(), "charge_points": ChargePoints.empty()}

    full = planned(frames, **settings)
    capped = planned(frames, capped_kw_per_evse=5.5, **settings)

    # 30 kW has room for one pole of 22: no more can be used of it
    assert rows(full.framed, "net") == {"net|A": (22.0, {"c1|1": 22.0, "c2|1": 22.0, "c3|1": 22.0})}
    assert len(new_sites(full)) == 2
    assert (len(new_sites(capped)), capped.plan["capped"].sum()) == (3, 2)
    assert capped.plan.loc[capped.plan["capped"], "power_kw"].sum() == 22.0


def test_the_room_of_a_class_is_that_of_each_area_with_that_indication():
    """Of postcode 6731AA the net is full, as a list without shapes says; its feeding area is V1."""
    indication = {
        "area_kind": "postcode",
        "area_code": "6731AA",
        "name": None,
        "supply_area": "V1",
        "operator": None,
        "offtake": "vol",
        "feed_in": "onbekend",
        "offtake_stated": None,
        "feed_in_stated": None,
        "offtake_queue_mw": np.nan,
        "feed_in_queue_mw": np.nan,
        "offtake_requests": np.nan,
        "feed_in_requests": np.nan,
        "indicated_on": "2026-01-01",
        "covers": "kleinverbruik",
    }
    listed = make(GridCapacity, {"postcode:6731AA": indication})

    found = framed(frames={"grid_capacity": listed}, grid_room_kw={"vol": 0.0})

    assert rows(found, "net") == {"net|V1|vol": (0.0, {"c1|1": 22.0, "c2|1": 22.0, "c3|1": 22.0})}


def test_every_shared_bay_is_a_limit_and_contained_ones_are_not():
    """Of 5 bays in a row with spots of 2: bay 1 and bay 5 are in one spot only; of 7 with laadpleinen see below."""
    candidates, bays = kerb(5)

    found = framed(frames={"candidates": candidates, "bays": bays, "charge_points": ChargePoints.empty()})

    assert {name: set(use) for name, (_, use) in rows(found, "vak").items()} == {
        "vak|r2": {"rc1|1", "rc2|1"},
        "vak|r3": {"rc2|1", "rc3|1"},
        "vak|r4": {"rc3|1", "rc4|1"},
    }


@pytest.mark.parametrize(("bays", "spot", "most"), [(7, 2, 1), (9, 2, 3), (8, 1, 4), (10, 3, 2), (6, 4, 2)])
def test_rows_of_bays_forbid_just_the_pairs_that_share_one(bays, spot, most):
    candidates, frame = kerb(bays, spot=spot)
    found = framed(
        frames={"candidates": candidates, "bays": frame, "charge_points": ChargePoints.empty()},
        poles_per_spot_max=most,
    )
    options, names = found.options, found.problem.option_ids
    taken = [
        set(range(first, first + count)) for first, count in zip(options.bay_first, options.bay_count, strict=True)
    ]
    sharing = {
        (names[one], names[other])
        for one in range(len(names))
        for other in range(one + 1, len(names))
        if options.site[one] != options.site[other] and taken[one] & taken[other]
    }

    forbidden = {
        pair
        for _, use in rows(found, "vak").values()
        for pair in ((a, b) for a in use for b in use if names.index(a) < names.index(b))
        if pair[0].split("|")[0] != pair[1].split("|")[0]
    }
    sets = [frozenset(use) for _, use in rows(found, "vak").values()]
    assert forbidden == sharing
    assert not any(one < other for one in sets for other in sets)
    assert len(set(sets)) == len(sets)


def test_spacing_keeps_new_poles_apart():
    settings = {"new_poles": 3, "far_worth": 0.5}
    frames = {"charge_points": ChargePoints.empty()}

    assert len(new_sites(planned(frames, **settings))) == 3
    assert len(new_sites(planned(frames, spacing_m=51.0, **settings))) == 2
    apart = framed(frames=frames, spacing_m=46.0)
    assert {frozenset(use) for _, use in rows(apart, "afstand").values()} == {
        frozenset({"c1|1", "c2|1"}),
        frozenset({"c2|1", "c3|1"}),
    }
    assert len(rows(framed(frames=frames, spacing_m=45.0), "afstand")) == 1


def test_spacing_holds_for_every_pole_of_a_laadplein():
    candidates, bays = kerb(8)
    frames = {"candidates": candidates, "bays": bays, "charge_points": ChargePoints.empty()}

    found = framed(frames=frames, poles_per_spot_max=2, spacing_m=9.0)

    together_ = [set(use) for _, use in rows(found, "afstand").values()]
    assert any({"rc1|2", "rc6|1"} <= each for each in together_)  # poles at 7.5 m and 15 m
    assert not any({"rc1|1", "rc6|1"} <= each for each in together_)  # at 2.5 m and 15 m


def test_a_floor_counts_existing_poles_and_those_of_a_laadplein():
    found = framed(poles_per_buurt_min=2)

    assert rows(found, "ondergrens buurt") == {
        f"ondergrens buurt|{WEST}": (-1.0, {"c1|1": -1.0, "c2|1": -1.0, "c3|1": -1.0}),
        f"ondergrens buurt|{EAST}": (-1.0, {"c4|1": -1.0}),
    }
    assert found.limits.loc[f"ondergrens buurt|{EAST}", ["limit", "fixed"]].to_list() == [2.0, 0.0]


def test_a_floor_binds():
    assert new_sites(planned(new_poles=1)) != ["c4"]
    assert new_sites(planned(new_poles=1, poles_per_buurt_min=1)) == ["c4"]


@pytest.mark.parametrize(
    ("new_poles", "floor", "told"),
    [
        (1, 1, {WEST: (1.0, False), EAST: (1.0, True)}),  # West has its pole already: nothing of the plan stands for it
        (2, 1, {WEST: (2.0, False), EAST: (1.0, True)}),
        (2, 2, {WEST: (2.0, True), EAST: (1.0, True)}),  # East has one candidate: a pole lacks
    ],
)
def test_a_floor_counts_every_pole_and_binds_where_none_can_go(new_poles, floor, told):
    found = planned(new_poles=new_poles, poles_per_buurt_min=floor, pole_least_kwh=0.0)

    measured = measure_limits(found.framed, found.solution.choice)
    limits = plan_limits(stand(found.framed.problem, found.solution.choice), measured=measured)

    assert {buurt: tuple(limits.loc[f"ondergrens buurt|{buurt}", ["used", "binds"]]) for buurt in (WEST, EAST)} == told
    assert limits.loc[f"ondergrens buurt|{EAST}", "broken_by"] == floor - 1


def test_a_floor_counts_in_full_what_the_arrays_count_as_far_as_it_asks():
    rows = LimitRows()
    used = {"row": np.array([0, 0]), "option": np.array([0, 1]), "use": np.array([1.0, 3.0])}
    rows.add("ondergrens buurt", [WEST], ["palen"], unit="palen", limit=np.array([2.0]), is_floor=True, **used)

    _, limits = rows.finish(np.zeros(2, dtype=bool), np.array([0, 0]))

    assert limits.use.tolist() == [-1.0, -2.0]
    assert rows.floor_uses().to_numpy().tolist() == [
        [f"ondergrens buurt|{WEST}", 0, 1.0],
        [rows.words[0].index[0], 1, 3.0],
    ]
    assert LimitRows().floor_uses().empty


def test_a_square_without_a_charge_point_asks_one_where_a_candidate_stands():
    found = framed(frames={"coverage_squares": squares()}, cover_squares=True)

    assert rows(found, "ondergrens vierkant") == {
        "ondergrens vierkant|E1800": (-1.0, {"c1|1": -1.0, "c2|1": -1.0, "c3|1": -1.0}),
        "ondergrens vierkant|E1805": (-1.0, {"c4|1": -1.0}),
    }
    assert new_sites(planned({"coverage_squares": squares()}, new_poles=1)) != ["c4"]
    both = planned({"coverage_squares": squares()}, new_poles=2, cover_squares=True)
    assert "c4" in new_sites(both)
    met = framed(frames={"coverage_squares": squares("voldoet")}, cover_squares=True)
    assert rows(met, "ondergrens vierkant") == {}


def test_without_squares_their_floor_says_that_it_does_nothing():
    quality = Quality()

    framed(quality, cover_squares=True)

    assert quality.findings == ["cover_squares does nothing: no squares with households are given."]


@pytest.mark.parametrize(("share", "bays"), [(0.5, 2), (0.7, 2), (0.8, 4)])
def test_the_share_of_bays_in_a_street_binds(share, bays):
    """The spots c1 to c3 in Dorpsstraat have the bays b1 to b5."""
    frames = {"charge_points": ChargePoints.empty()}

    found = planned(frames, new_poles=3, bay_share_street_max=share, far_worth=0.5)

    taken = found.plan.loc[["c1", "c2", "c3"], "bay_ids"].dropna()
    assert len(" ".join(taken).split()) == bays


def test_existing_charging_bays_count_in_the_share_of_a_buurt():
    """e1, with one EVSE, stands at b3: of the five bays of West one is in use."""
    points = make(ChargePoints, {"e1": {"geometry": point(11, 4), "evse_count": 1}})
    frames = {"charge_points": points, "candidates": CANDIDATES.drop("c2")}

    found = framed(frames=frames, bay_share_buurt_max=0.6)

    words = found.limits.loc[f"vakken buurt|{WEST}"]
    assert words[["limit", "fixed"]].to_list() == [3.0, 1.0]
    assert rows(found, "vakken buurt")[f"vakken buurt|{WEST}"] == (2.0, {"c1|1": 2.0, "c3|1": 2.0})


def test_equity_asks_a_share_of_what_can_be_reached():
    """h4 has no site in reach: of East only h3 counts."""
    found = framed(buurt_served_share_min=0.5, equity_penalty=2.0).problem

    assert found.groups.ids == (WEST, EAST)
    assert found.groups.least_kwh.tolist() == [2250.0, 400.0]
    assert found.groups.penalty.tolist() == [2.0, 2.0]
    assert found.demand_group.tolist() == [0, 0, 1, 1]


def test_equity_binds():
    """A pole in the west serves 3,000 kWh, one in the east 800; the west has the 1,350 already that are asked there."""
    settings = {"new_poles": 1, "buurt_served_share_min": 0.3}

    assert new_sites(planned(**settings, equity_penalty=0.5)) != ["c4"]
    assert new_sites(planned(**settings, equity_penalty=20.0)) == ["c4"]


# ---- decided, turned down, kept --------------------------------------------------------------------------------------


def test_a_decided_pole_is_there_though_it_fails_an_eis_and_that_is_told():
    quality = Quality()

    found = planned({"assessments": judge(trees=[(510, 5)])}, quality, new_poles=1, locked_in=("c4",))

    assert new_sites(found) == ["c4"]
    assert quality.findings == ["locked_in fails an eis and is placed all the same: c4."]


def test_decided_poles_that_share_a_bay_raise_that_limit_and_are_told():
    quality = Quality()

    found = planned({}, quality, new_poles=1, locked_in=("c1", "c2"))

    assert new_sites(found) == ["c1", "c2"]
    measured = measure_limits(found.framed, found.solution.choice)
    broken = measured.query("broken_by > 0")
    assert set(broken["why_broken"]) == {"door palen die er al staan of waarover is besloten"}
    assert measured.query("broken_by == 0")["why_broken"].isna().all()
    assert broken[["limit", "used", "broken_by"]].to_dict("index") == {
        "aantal palen|plan": {"limit": 1.0, "used": 2.0, "broken_by": 1.0},
        "vak|b2": {"limit": 1.0, "used": 2.0, "broken_by": 1.0},
    }
    assert found.solutions.loc["plan", "limits_broken"] == "aantal palen|plan; vak|b2"
    assert (
        quality.findings[0] == "Limits that existing and decided poles break by themselves: aantal palen|plan, vak|b2."
    )


def test_a_decided_pole_on_a_full_net_is_placed_capped():
    frames = {"grid_areas": areas()}

    found = planned(frames, new_poles=3, locked_in=("c1",), grid_room_kw={"A": 5.0}, capped_kw_per_evse=5.5)

    net = measure_limits(found.framed, found.solution.choice).loc["net|A"]
    assert found.plan.loc["c1", ["chosen", "capped"]].to_list() == [True, True]
    assert net[["limit", "used", "broken_by"]].to_list() == [5.0, 11.0, 6.0]


def test_a_decided_pole_that_is_unknown_is_refused():
    with pytest.raises(ConfigError, match="locked_in: Decided locations are not among the candidates: c9"):
        framed(locked_in=("c1", "c9"))


def test_a_decided_location_that_stands_already_is_told():
    quality = Quality()

    framed(quality, locked_in=("e1",))

    assert quality.findings == ["locked_in holds locations that stand already: e1."]


def test_what_was_turned_down_is_not_offered():
    quality = Quality()

    found = framed(quality, locked_out=("c1", "c9"))

    assert "c1" not in found.problem.site_ids
    assert quality.dropped == {"afgewezen door de gemeente": ["c1"]}
    assert quality.findings == ["locked_out holds locations that are no candidate: c9."]


def test_all_turned_down_is_no_plan():
    with pytest.raises(NoFeasiblePlan, match="all that meet the eisen are turned down"):
        framed(locked_out=tuple(CANDIDATES.index))


def test_a_location_of_the_previous_plan_is_kept_where_it_loses_less():
    """c1 serves h1 and h2 with 3,000 kWh as c3 does: the one of the previous plan is kept."""
    assert new_sites(planned(new_poles=1, previous_plan=("c3",))) == ["c3"]
    assert new_sites(planned(new_poles=1, previous_plan=("c2",))) == ["c2"]
    quality = Quality()
    assert new_sites(planned({}, quality, new_poles=1, previous_plan=("c4",), keep_worth_kwh=500.0)) != ["c4"]
    assert quality.findings == ["Locations of the previous plan that are not in this one: c4."]


# ---- availability ----------------------------------------------------------------------------------------------------


def test_bays_without_a_decree_or_sign_are_free_only_part_of_the_time():
    far = make(DecreePlaces, {"d/1": {"decree_id": "d", "kind": "punt", "label": None, "geometry": point(400, 0)}})

    near, none = (
        framed(frames={"decree_places": each}, availability_without_decree=0.6).options.capacity_kwh[-1]
        for each in (decrees(), far)
    )

    assert (near, none) == (1500.0, 900.0)


def test_a_sign_is_as_good_as_a_decree():
    ordinary = dict.fromkeys(Signs.columns(), None) | {"rvv_code": "E8c", "bearing_deg": np.nan}
    signs = make(Signs, {"s": ordinary | {"meaning": "elektrisch laden", "geometry": point(20, -4)}})
    other = signs.assign(meaning="gpp")

    found = [
        framed(frames={"signs": each}, availability_without_decree=0.6).options.capacity_kwh[-1]
        for each in (signs, other)
    ]

    assert found == [1500.0, 900.0]


def test_without_decrees_and_signs_availability_says_that_it_does_nothing():
    quality = Quality()

    found = framed(quality, availability_without_decree=0.6)

    assert found.options.capacity_kwh[-1] == 1500.0
    assert quality.findings == ["availability_without_decree does nothing: no decrees and no signs are given."]


# ---- bad and empty input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kwh", [-1.0, np.nan, np.inf])
def test_demand_that_is_no_number_or_negative_is_refused(kwh):
    with pytest.raises(BadInput, match=r"Demand of 1 points is negative or not a number\. Rows: h2"):
        framed(frames={"asked": HOMES.assign(kwh_year=[2000.0, kwh, 800.0, 400.0])})


def test_existing_locations_without_points_serve_nothing_and_are_told():
    quality = Quality()

    found = framed(quality, frames={"charge_points": CHARGE_POINTS.assign(evse_count=0)})

    assert found.options.capacity_kwh[-1] == 0.0
    assert quality.findings == ["Existing locations without charge points serve nothing: e1."]


def test_bays_of_another_run_are_refused():
    with pytest.raises(BadInput, match=r"not among the bays.*Rows: c3"):
        framed(frames={"bays": BAYS.drop("b5")})


def test_an_id_that_is_used_twice_is_refused():
    points = CHARGE_POINTS.rename(index={"e1": "c1"})

    with pytest.raises(BadInput, match=r"has the id of an existing charging location\. Rows: c1"):
        framed(frames={"charge_points": points})


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("charge_points", ChargePoints.empty()),
        ("buurten", Buurten.empty()),
        ("addresses", Addresses.empty()),
        ("addresses", None),
        ("cable_routes", CableRoutes.empty()),
        ("coverage_squares", CoverageSquares.empty()),
        ("decree_places", DecreePlaces.empty()),
        ("grid_areas", GridAreas.empty()),
        ("reach", together(Reach.empty(), PoleReach.empty())),
    ],
)
def test_a_frame_without_rows_gives_a_problem(name, empty):
    found = framed(frames=everything() | {name: empty}, **ALL)

    assert found.problem.sizes["demand"] == 4


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ({"candidates": Candidates.empty(), "bays": Bays.empty(), "assessments": Assessments.empty()}, "no candidate"),
        ({"asked": DemandPoints.empty()}, "No demand is known"),
    ],
)
def test_nothing_to_plan_is_no_plan(frames, words):
    with pytest.raises(NoFeasiblePlan, match=words):
        framed(frames=frames | {"reach": Reach.empty()})


def test_no_rows_are_no_limits():
    words, limits = LimitRows().finish(np.zeros(0, bool), np.zeros(0, int))

    assert (len(words), limits.start.tolist()) == (0, [0])


def test_limits_on_buurten_name_them_and_count_in_dutch_units():
    words = framed(buurt_served_share_min=0.5, poles_per_buurt_min=1).limits

    told = words[words["kind"].isin(["gelijke verdeling", "ondergrens buurt"])][["about", "unit"]]
    assert sorted(told.itertuples(index=False, name=None)) == [
        ("palen in buurt Oost", "palen"),
        ("palen in buurt West", "palen"),
        ("ten minste 50 % van de bereikbare vraag in buurt Oost", "kWh per jaar"),
        ("ten minste 50 % van de bereikbare vraag in buurt West", "kWh per jaar"),
    ]
