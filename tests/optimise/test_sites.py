import numpy as np
import pandas as pd
import pytest

from laadplan.contracts.planning import Assessments, Candidates, Plan, Reach, Sites
from laadplan.contracts.sources import Addresses
from laadplan.optimise.sites import Reserve, demand_in_reach, label_sites, pick_reserves
from tests.frames import make, point, shuffled
from tests.optimise.town import ADDRESSES, CANDIDATES, HOMES, SPOTS, WALKING, asked, judge, kerb, walk

ONE = {"chosen": True, "poles": 1, "evse": 2}
CHOSEN_EAST = {"c4": ONE | {"bay_ids": "b6 b7", "served_kwh_year": 812.4}}
CHOSEN_WEST = {"c1": ONE | {"bay_ids": "b1 b2", "served_kwh_year": 2999.6}}


def plan(chosen, candidates=CANDIDATES):
    return make(Plan, {name: chosen.get(name, {}) for name in candidates.index})


def labelled(chosen, candidates=CANDIDATES, **more):
    judged = more.pop("judged", None)
    return label_sites(
        candidates,
        judge(candidates) if judged is None else judged,
        more.pop("plan", plan(chosen)),
        more.pop("reach", walk(HOMES, candidates)),
        HOMES,
        more.pop("addresses", ADDRESSES),
        settings=asked(**more),
        spots=SPOTS,
        walking=WALKING,
    )


def test_every_candidate_is_preferred_stand_by_or_dropped():
    found = Sites.checked(labelled(CHOSEN_WEST))

    assert found["status"].to_dict() == {
        "c1": "voorkeurslocatie",
        "c2": "afgevallen",
        "c3": "reservelocatie",
        "c4": "afgevallen",
    }
    assert found["reden"].to_dict() == {
        "c1": "Gekozen: bedient 3.000 kWh per jaar van adressen binnen 130 m lopen (schatting).",
        "c2": "Deelt een parkeervak met voorkeurslocatie c1.",
        "c3": "Reserve voor c1: bereikt 100 % van dezelfde vraag (schatting), ligt 50 m verderop en deelt geen vak.",
        "c4": "Valt op geen eis af; niet gekozen binnen het aantal van 1 paal. "
        "Kan bij een herziening in aanmerking komen.",
    }
    assert found["hoort_bij"].dropna().to_dict() == {"c3": "c1"}
    assert found["verwacht_kwh_jaar"].dropna().to_dict() == {"c1": 3000.0}


def test_a_site_carries_its_address_and_what_is_not_known_is_empty():
    row = Sites.checked(labelled(CHOSEN_WEST)).loc["c1"]

    assert row[["straat", "huisnummer", "postcode", "woonplaats", "bag_nummeraanduiding_id"]].to_list() == [
        "Dorpsstraat",
        "1",
        "6731AA",
        "Otterlo",
        "0228200000000000",
    ]
    assert row[["aantal_laadpunten", "aantal_vakken", "x_rd", "y_rd"]].to_list() == [2, 2, 180010.0, 457005.0]
    assert pd.isna(row["netbeheerder"])
    assert labelled(CHOSEN_WEST).loc["c4", ["straat", "huisnummer"]].isna().all()


def test_a_candidate_that_fails_an_eis_is_dropped_for_that_reason_though_it_shares_a_bay():
    found = labelled(CHOSEN_WEST, judged=judge(trees=[(16, 5)]))

    assert found.loc["c2", ["status", "reden"]].to_list() == [
        "afgevallen",
        "Boom: 1,00 m; voldoet niet aan de norm (ten minste 3,00 m).",
    ]


def test_a_candidate_that_fails_an_eis_is_no_reserve():
    found = labelled(CHOSEN_WEST, judged=judge(trees=[(60, 5)]))

    assert (set(found["status"]), found["hoort_bij"].dropna().to_dict()) == ({"voorkeurslocatie", "afgevallen"}, {})


def test_a_candidate_that_nobody_can_walk_to_says_so():
    found = labelled(CHOSEN_WEST, reach=walk().query("site_id != 'c4'"))

    assert found.loc["c4", "reden"] == "Geen laadvraag binnen 130 m lopen (schatting)."


# ---- reserves --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "reserves"),
    [
        ({}, {"c3": "c1"}),
        ({"reserves_per_site": 0}, {}),
        ({"reserve_within_m": 40.0}, {}),
        ({"reserve_within_m": 49.99}, {}),
        ({"reserve_within_m": 50.0}, {"c3": "c1"}),
        ({"reserve_within_m": 600.0}, {"c3": "c1"}),
        ({"reserve_within_m": 600.0, "reserves_per_site": 2}, {"c3": "c1", "c4": "c1"}),
    ],
)
def test_a_reserve_is_the_best_other_candidate_nearby_that_shares_no_bay(settings, reserves):
    found = labelled(CHOSEN_WEST, **settings)

    assert found["hoort_bij"].dropna().to_dict() == reserves


def test_two_reserves_share_no_bay_either():
    found = labelled(CHOSEN_EAST, reserve_within_m=600.0, reserves_per_site=3)

    taken = [bay for ids in found.loc[found["status"] != "afgevallen", "vakken"] for bay in ids.split(" ")]
    assert len(taken) == len(set(taken))
    assert (found["status"] == "reservelocatie").sum() == 2


STREET = make(
    Candidates,
    {
        "c0": {"geometry": point(0, 0), "bay_ids": "b0"},
        "c1": {"geometry": point(30, 0), "bay_ids": "b1"},
        "c2": {"geometry": point(-20, 0), "bay_ids": "b2"},
        "c3": {"geometry": point(20, 0), "bay_ids": "b3"},
    },
)
"""Four candidates in a row, without a shared bay; c0 is chosen, c2 and c3 are as near."""


def reaching(pairs):
    """Reach from the homes that each site reaches."""
    return make(
        Reach,
        {
            f"{home}|{site}": {"point_id": home, "site_id": site, "walk_m": 10.0}
            for site, homes in pairs.items()
            for home in homes.split()
        },
    )


@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        ({"c0": "h1 h2", "c1": "h1 h2", "c2": "h1", "c3": "h2"}, ("c1", 1.0, 30.0)),
        ({"c0": "h1 h2", "c1": "h1", "c2": "h1", "c3": "h2"}, ("c3", 2500 / 4500, 20.0)),
        ({"c0": "h1 h2", "c1": "h2", "c2": "h1", "c3": "h1"}, ("c1", 2500 / 4500, 30.0)),
        ({"c0": "h1", "c1": "h1", "c2": "h1 h2 h3 h4", "c3": "h1"}, ("c2", 1.0, 20.0)),
        ({"c0": "h1", "c1": "h1", "c2": "h3 h4", "c3": "h2"}, ("c1", 1.0, 30.0)),
        ({"c0": "h1 h3", "c1": "h3", "c2": "h3", "c3": "h3"}, ("c2", 800 / 2800, 20.0)),
    ],
    ids=[
        "most of the same demand, though further",
        "most kWh, not most addresses",
        "most kWh before the nearest",
        "the smaller id where share and distance are equal; other demand adds nothing",
        "much other demand is no reason",
        "nearest before the smaller id",
    ],
)
def test_a_reserve_reaches_most_of_the_same_demand_then_is_nearest_then_has_the_smaller_id(reached, expected):
    found = pick_reserves(STREET, pd.Index(["c0"]), reaching(reached), HOMES, asked(reserve_within_m=100.0))

    ((site, reserve),) = found.items()
    assert (site, reserve.owner, reserve.shared, reserve.distance_m) == (
        expected[0],
        "c0",
        pytest.approx(expected[1], abs=1e-4),
        expected[2],
    )


def test_neither_score_nor_all_demand_within_reach_makes_a_reserve():
    reach = reaching({"c0": "h1", "c1": "h2 h3 h4", "c2": "", "c3": "h1"})
    fit = STREET.assign(score=[0.0, 1.0, 0.5, 0.0], within_reach=[2000.0, 3700.0, 9000.0, 2000.0])

    found = pick_reserves(fit, pd.Index(["c0"]), reach, HOMES, asked(reserve_within_m=100.0, score_worth_kwh=1e6))

    assert found == {"c3": Reserve("c0", 1.0, 20.0)}


def test_the_reason_of_a_reserve_says_what_it_was_chosen_on():
    reach = reaching({"c0": "h1 h2", "c1": "h2", "c2": "h1", "c3": "h1"})
    chosen = plan({"c0": ONE | {"bay_ids": "b0", "served_kwh_year": 3000.0}}, STREET)

    found = labelled({}, STREET, plan=chosen, reach=reach)

    assert found.loc[found["status"] == "reservelocatie", "reden"].to_dict() == {
        "c1": "Reserve voor c0: bereikt 56 % van dezelfde vraag (schatting), ligt 30 m verderop en deelt geen vak."
    }


def brute_reserves(fit, chosen, reach, settings):
    """The reserves by looking at every candidate and every address, without a table."""
    kwh = HOMES["kwh_year"].to_dict()
    homes = {
        site: set(reach.loc[reach["site_id"] == site, "point_id"]) for site in [*fit.index, *reach["site_id"].unique()]
    }
    bays = {site: set(ids.split()) for site, ids in fit["bay_ids"].items()}
    place = {site: (shape.x, shape.y) for site, shape in fit.geometry.items()}
    picked = {}
    for _ in range(settings.reserves_per_site):
        for owner in sorted(chosen):
            best = None
            for site in sorted(set(fit.index) - set(chosen) - set(picked)):
                if any(bays[site] & bays[other] for other in [*chosen, *picked]):
                    continue
                away = np.hypot(*np.subtract(place[site], place[owner]))
                if away > settings.reserve_within_m:
                    continue
                whole = sum(kwh[home] for home in sorted(homes[owner]))
                same = sum(kwh[home] for home in sorted(homes[owner] & homes[site]))
                rank = (-round(same / whole if whole else 0.0, 4), round(away, 1), site)
                best = rank if best is None else min(best, rank)
            if best is not None:
                picked[best[2]] = (owner, -best[0], best[1])
    return picked


@pytest.mark.parametrize("seed", range(40))
def test_reserves_are_those_of_trying_every_candidate(seed):
    random = np.random.default_rng(seed)
    names = [f"c{number:02d}" for number in range(14)]
    fit = make(
        Candidates,
        {
            name: {
                "geometry": point(*(20.0 * random.integers(0, 6, 2))),
                "bay_ids": f"b{number:02d} b{number + 1:02d}" if random.random() < 0.5 else f"own{number:02d}",
            }
            for number, name in enumerate(names)
        },
    )
    reach = reaching({name: " ".join(home for home in HOMES.index if random.random() < 0.5) for name in names})
    chosen = pd.Index([names[0], names[5], names[10]])
    settings = asked(reserve_within_m=45.0, reserves_per_site=2)

    found = pick_reserves(shuffled(fit, seed), chosen[::-1], shuffled(reach, seed), HOMES, settings)

    told = {site: (reserve.owner, reserve.shared, reserve.distance_m) for site, reserve in found.items()}
    assert told == brute_reserves(fit, chosen, reach, settings)


def test_the_order_of_the_rows_does_not_break_a_tie_of_shared_demand():
    """Shares that are equal but for the order in which they are summed are equal."""
    homes = HOMES.assign(kwh_year=[0.1, 0.2, 0.3, 0.7])
    reach = reaching({"c0": "h1 h2 h3 h4", "c1": "h1 h2 h3", "c2": "h3 h2 h1", "c3": "h2 h1 h3"})

    found = [
        pick_reserves(STREET, pd.Index(["c0"]), shuffled(reach, seed), homes, asked(reserve_within_m=100.0))
        for seed in range(8)
    ]

    assert {tuple(each) for each in found} == {("c2",)}


@pytest.mark.parametrize("reached", [{}, {"c1": "h1 h2"}, {"c0": "h3", "c1": "h3"}], ids=["none", "others", "nil"])
def test_a_preferred_site_without_demand_has_the_nearest_for_its_reserve(reached):
    """Of no demand at all nothing is shared."""
    homes = HOMES.assign(kwh_year=[2000.0, 2500.0, 0.0, 400.0])

    found = pick_reserves(STREET, pd.Index(["c0"]), reaching(reached), homes, asked(reserve_within_m=100.0))

    assert found == {"c2": Reserve("c0", 0.0, 20.0)}


@pytest.mark.parametrize(
    ("fit", "chosen"), [(Candidates.empty(), []), (STREET, []), (STREET.iloc[:1], ["c0"])], ids=["none", "no", "alone"]
)
def test_nothing_to_choose_from_gives_no_reserves(fit, chosen):
    assert pick_reserves(fit, pd.Index(chosen, dtype="str"), Reach.empty(), HOMES, asked(reserves_per_site=2)) == {}


def test_without_preferred_sites_there_are_no_reserves():
    found = Sites.checked(labelled({}))

    assert set(found["status"]) == {"afgevallen"}


# ---- what is left ----------------------------------------------------------------------------------------------------


def test_demand_in_reach_is_the_sum_over_the_addresses_that_can_walk_there():
    found = demand_in_reach(CANDIDATES.index, walk(), HOMES)

    assert found.to_dict() == {"c1": 4500.0, "c2": 4500.0, "c3": 4500.0, "c4": 800.0}
    assert demand_in_reach(CANDIDATES.index, Reach.empty(), HOMES).to_list() == [0.0] * 4
    assert len(demand_in_reach(Candidates.empty().index, Reach.empty(), HOMES)) == 0


def test_demand_in_reach_is_in_whole_kwh():
    found = demand_in_reach(CANDIDATES.index, walk(), HOMES.assign(kwh_year=[2000.2, 2500.4, 0.7, 400.0]))

    assert found.to_dict() == {"c1": 4501.0, "c2": 4501.0, "c3": 4501.0, "c4": 1.0}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_does_not_matter(seed):
    found = labelled(
        CHOSEN_WEST, shuffled(CANDIDATES, seed), reach=shuffled(walk(), seed), addresses=shuffled(ADDRESSES, seed)
    )

    pd.testing.assert_frame_equal(found.sort_index(), labelled(CHOSEN_WEST))


def test_no_candidates_are_no_sites():
    found = labelled({}, Candidates.empty(), judged=Assessments.empty(), reach=Reach.empty())

    pd.testing.assert_frame_equal(Sites.checked(found), Sites.empty())


def test_no_candidates_and_no_plan_are_no_sites():
    found = labelled({}, Candidates.empty(), judged=Assessments.empty(), reach=Reach.empty(), plan=Plan.empty())

    pd.testing.assert_frame_equal(Sites.checked(found), Sites.empty())


def test_sites_that_nobody_can_walk_to_keep_their_contract():
    found = Sites.checked(labelled(CHOSEN_WEST, reach=Reach.empty()))

    assert found["vraag_binnen_bereik_kwh_jaar"].to_list() == [0.0] * 4


def test_sites_keep_their_contract_without_addresses():
    assert len(Sites.checked(labelled(CHOSEN_WEST, addresses=Addresses.empty()))) == 4


# ---- laadpleinen, decisions and walks --------------------------------------------------------------------------------

ROW, _ = kerb(8)
PLEIN = {
    "rc1": {"chosen": True, "poles": 2, "evse": 4, "bay_ids": "r1 r2 r3 r4", "served_kwh_year": 5000.0},
}


def test_a_laadplein_shows_all_its_points_and_bays():
    found = Sites.checked(labelled(PLEIN, ROW, plan=plan(PLEIN, ROW)))

    assert found.loc["rc1", ["aantal_laadpunten", "aantal_vakken", "vakken"]].to_list() == [4, 4, "r1 r2 r3 r4"]
    assert found.loc["rc1", "reden"] == (
        "Gekozen als laadplein van 2 palen: bedient 5.000 kWh per jaar van adressen binnen 130 m lopen (schatting)."
    )
    assert found.loc["rc3", ["aantal_laadpunten", "aantal_vakken", "vakken"]].to_list() == [2, 2, "r3 r4"]


def test_no_reserve_takes_any_bay_of_a_laadplein():
    found = labelled(PLEIN, ROW, plan=plan(PLEIN, ROW), reserves_per_site=8)

    assert found["hoort_bij"].dropna().to_dict() == {"rc5": "rc1", "rc7": "rc1"}
    assert {found.loc[site, "reden"] for site in ("rc2", "rc3", "rc4")} == {
        "Deelt een parkeervak met voorkeurslocatie rc1."
    }


def test_a_decided_site_says_so_and_names_the_eis_it_fails():
    found = labelled(CHOSEN_WEST, judged=judge(trees=[(10, 5)]), locked_in=("c1",))

    assert found.loc["c1", "reden"] == (
        "Besloten door de gemeente: bedient 3.000 kWh per jaar van adressen binnen 130 m lopen (schatting). "
        "Valt af op een eis: Boom: 0,00 m; voldoet niet aan de norm (ten minste 3,00 m)."
    )


def test_a_site_that_was_turned_down_is_no_reserve_and_says_so():
    found = labelled(CHOSEN_WEST, locked_out=("c3",))

    assert found.loc["c3", ["status", "reden"]].to_list() == ["afgevallen", "Afgewezen door de gemeente."]
    assert found["hoort_bij"].isna().all()


def test_a_budget_is_named_where_there_is_one():
    found = labelled(CHOSEN_WEST, new_poles=None, budget_eur=12_500.0)

    assert found.loc["c4", "reden"] == (
        "Valt op geen eis af; niet gekozen binnen het budget van 12.500 euro. "
        "Kan bij een herziening in aanmerking komen."
    )


def test_number_is_not_named_as_the_whole_reason_where_other_limits_hold():
    found = labelled(CHOSEN_WEST, grid_room_kw={"WK01": 22.0})

    assert found.loc["c4", "reden"] == (
        "Valt op geen eis af; niet gekozen binnen het aantal van 1 paal en de andere grenzen van het plan. "
        "Kan bij een herziening in aanmerking komen."
    )


def test_a_site_that_charges_below_full_power_says_so():
    chosen = {"c1": CHOSEN_WEST["c1"] | {"capped": True}}
    found = labelled(chosen, capped_kw_per_evse=5.5)

    assert found.loc["c1", "reden"].endswith("(schatting). Laadt slim, met ten hoogste 5,5 kW per laadpunt.")
    assert not found["reden"].drop("c1").str.contains("slim").any()


@pytest.mark.parametrize(
    ("estimated", "words"),
    [([True, True], "schatting"), ([False, False], "over het loopnetwerk"), ([True, False], "deels geschat")],
)
def test_a_reason_says_whether_walks_were_measured_or_estimated(estimated, words):
    reach = walk().query("site_id in ('c1', 'c3')").sort_values(["site_id", "point_id"])
    reach = reach[~reach["existing"]].assign(estimated=estimated * 2)

    found = labelled(CHOSEN_WEST, reach=reach)

    assert found.loc["c1", "reden"].endswith(f"van adressen binnen 130 m lopen ({words}).")
    unsure = "" if words == "over het loopnetwerk" else f" ({words})"
    assert found.loc["c3", "reden"].startswith(f"Reserve voor c1: bereikt 100 % van dezelfde vraag{unsure}, ligt")
