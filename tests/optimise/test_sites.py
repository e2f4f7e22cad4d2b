import pandas as pd
import pytest

from laadplan.contracts.planning import Assessments, Candidates, Plan, Reach, Sites
from laadplan.contracts.sources import Addresses
from laadplan.optimise.sites import demand_in_reach, label_sites, pick_reserves
from tests.frames import make, shuffled
from tests.optimise.town import ADDRESSES, CANDIDATES, HOMES, SCENARIO, SPOTS, WALKING, asked, judge, walk

CHOSEN_EAST = {"c4": {"chosen": True, "served_kwh_year": 812.4}}
CHOSEN_WEST = {"c1": {"chosen": True, "served_kwh_year": 2999.6}}


def plan(chosen):
    return make(Plan, {name: chosen.get(name, {}) for name in CANDIDATES.index})


def labelled(chosen, candidates=CANDIDATES, **more):
    judged = more.pop("judged", None)
    return label_sites(
        candidates,
        judge(candidates) if judged is None else judged,
        plan(chosen),
        more.pop("reach", walk(HOMES, candidates)),
        HOMES,
        more.pop("addresses", ADDRESSES),
        settings=asked(**more),
        scenario=SCENARIO,
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
        "c3": "Reserve voor c1: deelt geen vak en ligt binnen 200 m.",
        "c4": "Voldoet aan de eisen, maar andere locaties dienen de vraag beter binnen het aantal van 1 palen.",
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


def test_a_candidate_that_nobody_can_walk_to_says_so():
    found = labelled(CHOSEN_WEST, reach=walk().query("site_id != 'c4'"))

    assert found.loc["c4", "reden"] == "Geen laadvraag binnen 130 m lopen (schatting)."


@pytest.mark.parametrize(
    ("settings", "reserves"),
    [
        ({}, {"c3": "c1"}),
        ({"reserves_per_site": 0}, {}),
        ({"reserve_within_m": 40.0}, {}),
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


def test_a_reserve_is_the_smaller_id_of_a_tie_and_a_better_score_breaks_it():
    fit = CANDIDATES[["bay_ids", "geometry"]].assign(within_reach=1000.0, score=0.0)
    chosen = pd.Index(["c4"])
    wide = asked(reserve_within_m=900.0, score_worth_kwh=100.0)

    tie = pick_reserves(fit, chosen, settings=wide, capacity_kwh=3000.0)
    scored = pick_reserves(fit.assign(score=[0, 0.2, 0.5, 0]), chosen, settings=wide, capacity_kwh=3000.0)
    full = pick_reserves(fit.assign(within_reach=[3000, 9000, 100, 1]), chosen, settings=wide, capacity_kwh=3000.0)

    assert (tie, scored, full) == ({"c1": "c4"}, {"c3": "c4"}, {"c1": "c4"})


def test_without_preferred_sites_there_are_no_reserves():
    found = Sites.checked(labelled({}))

    assert set(found["status"]) == {"afgevallen"}


def test_demand_in_reach_is_the_sum_over_the_addresses_that_can_walk_there():
    found = demand_in_reach(CANDIDATES.index, walk(), HOMES)

    assert found.to_dict() == {"c1": 4500.0, "c2": 4500.0, "c3": 4500.0, "c4": 800.0}
    assert demand_in_reach(CANDIDATES.index, Reach.empty(), HOMES).to_list() == [0.0] * 4
    assert len(demand_in_reach(Candidates.empty().index, Reach.empty(), HOMES)) == 0


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_does_not_matter(seed):
    found = labelled(
        CHOSEN_WEST, shuffled(CANDIDATES, seed), reach=shuffled(walk(), seed), addresses=shuffled(ADDRESSES, seed)
    )

    pd.testing.assert_frame_equal(found.sort_index(), labelled(CHOSEN_WEST))


def test_no_candidates_are_no_sites():
    found = labelled({}, Candidates.empty(), judged=Assessments.empty(), reach=Reach.empty())

    pd.testing.assert_frame_equal(Sites.checked(found), Sites.empty())


def test_sites_that_nobody_can_walk_to_keep_their_contract():
    found = Sites.checked(labelled(CHOSEN_WEST, reach=Reach.empty()))

    assert found["vraag_binnen_bereik_kwh_jaar"].to_list() == [0.0] * 4


def test_sites_keep_their_contract_without_addresses():
    assert len(Sites.checked(labelled(CHOSEN_WEST, addresses=Addresses.empty()))) == 4
