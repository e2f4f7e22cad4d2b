from dataclasses import asdict
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.config.project import Walking
from laadplan.config.sources import Sources
from laadplan.contracts.planning import Assessments
from laadplan.errors import ConfigError
from laadplan.pipeline.looking import data_of_layers
from laadplan.policy.assess import data_of
from laadplan.policy.dossier import _margin, make_dossier
from laadplan.policy.ground import Data, Ground, zone_key
from laadplan.policy.interests import Fact, interests_of
from laadplan.policy.quantities import judged_columns, quantities_of
from laadplan.policy.rivals import name_places, rivals_of
from laadplan.policy.visits import visits_of
from tests.frames import NAN, few, shuffled
from tests.policy.grounds import criterion
from tests.policy.village import (
    DATA,
    EQUAL,
    FAILS,
    FAR,
    HIGHER,
    POLICY,
    SAME_ROW,
    SECRETS,
    SHARES,
    SITE,
    TODAY,
    candidates,
    dossier,
    frames,
    judged,
    sites,
)

pytestmark = pytest.mark.slow  # all of them together

FRAMES = frames()
MADE = make_dossier(SITE, **FRAMES)
WHY = {each.locatie_id: each.why for each in MADE.alternatives}


def test_place_is_told_in_full():
    place = MADE.place

    assert (place.street, place.house_number, place.postcode, place.town) == ("Dorpsstraat", "1", "6731AA", "Otterlo")
    assert (place.buurt, place.side, place.orientation) == ("Otterlo", "noordzijde", "langs")
    assert (place.x_m, place.y_m, place.bay_ids) == (180_000.0, 457_000.0, ("w#1", "w#2"))
    assert (place.road_manager, place.maintainer, place.regime) == ("onbekend", "G0228", "onbekend")


def test_criteria_stand_in_two_sets_with_figures_norm_margin_and_source():
    width = MADE.placing[0]

    assert [row.criterion_id for row in MADE.placing] == ["doorgang", "gevel", "kabel", "bodem"]
    assert [row.criterion_id for row in MADE.traffic] == ["haaks"]
    assert (width.measured, width.norm, width.margin) == ("1,15 m", "ten minste 0,90 m", "+0,25 m")
    assert (width.verdict, width.source, width.owner) == ("voldoet", "proef", "Verkeer")
    assert (width.data_source, width.data_on) == ("BGT", "2025-01-01")


def test_of_a_confidential_criterion_only_the_verdict_is_told():
    cable = next(row for row in MADE.placing if row.criterion_id == "kabel")

    assert (cable.measured, cable.margin, cable.verdict) == ("vertrouwelijk", "", "voldoet")
    assert not any(secret in repr(asdict(MADE)) for secret in SECRETS)


def test_what_no_criterion_looks_at_is_told_besides():
    names = [each.name for each in MADE.measured]

    assert {"facade_m", "walkway_width_m", "soil"}.isdisjoint(names)
    tree = next(each for each in MADE.measured if each.name == "tree_m")
    assert (tree.text, tree.data_source, tree.data_on) == ("7,40 m", "Bomenregister", "2026-05-01")


def test_alternatives_come_in_order_of_rank_one_per_row_and_within_walking_distance():
    assert [each.locatie_id for each in MADE.alternatives] == [HIGHER, EQUAL, SAME_ROW, FAILS]
    assert [each.letter for each in MADE.alternatives] == ["A", "B", "C", "D"]
    assert [each.walk_m for each in MADE.alternatives] == [195.0, 130.0, 26.0, 130.0]
    assert SHARES not in WHY
    assert FAR not in WHY


def test_one_that_fails_an_eis_lost_by_its_figures():
    assert WHY[FAILS] == ("Voldoet niet aan een eis: Vrije doorgang: 0,70 m (norm ten minste 0,90 m, tekort 0,20 m).")


def test_one_that_scores_lower_lost_by_its_wensen():
    assert WHY[SAME_ROW] == "Lagere score: 33,3 % tegen 66,7 % hier. Hier beter: Gevel: 1,20 m, hier 4,94 m."


def test_one_that_scores_higher_lost_by_the_plans_own_reason():
    assert WHY[HIGHER] == (
        "Hogere score: 100 % tegen 66,7 % hier. Daar beter: Haaks: haaks, hier langs. "
        "Laadvraag op loopafstand daar: 4.000 kWh per jaar tegen 1.000 kWh hier "
        "(schatting). In het plan: niet gekozen binnen het aantal van 3 palen."
    )


def test_reserve_says_whose_by_street_and_not_by_code():
    assert "In het plan: reserve voor locatie Dorpsstraat, bij nummer 1: deelt geen vak." in WHY[EQUAL]
    assert f"Reservelocatie: Dorpsstraat, bij nummer 5 ({EQUAL}), 130 m lopen." in MADE.considered


def test_what_was_looked_at_is_counted():
    assert MADE.considered[0] == (
        "Binnen 250 m lopen (schatting: hemelsbreed maal 1,3) is gekeken naar 5 andere plekken: 1 met een gedeeld vak, "
        "3 die op geen eis afvallen en 1 die afvallen."
    )
    assert MADE.considered[1] == "Zij vallen af op: Vrije doorgang (1)."


def test_without_a_plan_it_says_so():
    made = dossier(sites=None)

    assert (made.status, made.reason.split(":")[0]) == ("voldoet aan alle eisen", "Er is nog geen plan berekend")
    higher = next(each for each in made.alternatives if each.locatie_id == HIGHER)
    assert higher.why == (
        "Hogere score: 100 % tegen 66,7 % hier. Daar beter: Haaks: haaks, hier langs. "
        "Er is nog geen plan dat tussen beide kiest."
    )


def test_place_with_an_unknown_eis_is_not_said_to_meet_them_all():
    unknown = POLICY.model_copy(
        update={
            "criteria": tuple(each.model_copy(update={"kind": "eis"}) for each in POLICY.criteria if each.id == "bodem")
        }
    )

    made = dossier(sites=None, policy=unknown, assessments=judged(candidates(), unknown))

    assert made.status == "valt op geen eis af"


def test_one_that_passes_where_the_site_does_not_says_so():
    made = dossier(FAILS, sites=None)

    assert made.status == "voldoet niet aan alle eisen"
    assert {each.why for each in made.alternatives if each.passes} == {
        "Valt op geen eis af; de locatie van dit dossier wel."
    }


def test_one_that_was_chosen_too_did_not_lose():
    made = dossier(walking=Walking(norm_m=400.0))

    assert next(each.why for each in made.alternatives if each.locatie_id == FAR) == (
        "Is zelf ook voorgesteld als voorkeurslocatie."
    )


def test_every_unknown_is_on_the_list_with_what_to_do():
    lines = {line.label: line for line in MADE.visits}

    assert lines["Bodem"].where == "navragen"
    assert lines["Bodem"].why == "de bron met zones ontbreekt"
    assert lines["Soort parkeervak"].where == "ter plaatse"
    assert {"Wegbeheerder", "Eigendom", "Parkeerdruk", "Deuren en ramen"} <= set(lines)
    assert [line.where for line in MADE.visits] == sorted((line.where for line in MADE.visits), reverse=True)


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        (criterion("width", at_least_m=0.9), "smalste punt"),
        (criterion("tree", clear_of="crown"), "kroon"),
        (criterion("inside", layer="zones", where={"kind": ["erfgoed"]}, wanted="outside"), "monument"),
        (criterion("raster", raster="geluid", unit="dB", at_most=60), "Stel vast: proef."),
    ],
)
def test_each_kind_of_criterion_has_something_of_its_own_to_do(rule, word):
    rows = pd.DataFrame({"verdict": ["onbekend"], "reason": ["Proef: onbekend, zo maar. Moet."]}, index=["proef"])

    found = next(line for line in visits_of(rows, [rule], candidates().loc[SITE], {}) if line.label == "Proef")

    assert word in found.action
    assert found.why == "zo maar"


def test_interests_are_always_the_same_six_and_energy_stands_beside():
    found = {each.name: each for each in MADE.interests}

    assert list(found) == ["veiligheid", "bruikbaarheid", "omwonenden", "groen", "erfgoed", "energie"]
    assert [name for name, each in found.items() if "lid 3" in each.article] == ["energie"]
    assert "nooit als enige" in found["energie"].facts[0].text
    assert "ECLI:NL:RVS:2024:2128" in found["omwonenden"].article
    assert found["omwonenden"].facts[0] == Fact("Dichtstbijzijnd adres: Dorpsstraat 1, op 9,96 m.")
    assert Fact("Parkeerdruk: onbekend.") in found["bruikbaarheid"].facts
    assert Fact("Laadvraag op loopafstand: 1.000 kWh per jaar (schatting).") in found["energie"].facts


def test_facts_of_an_interest_name_their_source_and_date():
    data = DATA | {"addresses": Data("BAG", "2026-01-01"), "walk": Data("BAG; CBS", "2026-01-01; 2024-01-01")}
    facts = {fact for each in dossier(data=data).interests for fact in each.facts}

    assert Fact("Afstand tot de dichtstbijzijnde gevel: 4,94 m.", "BGT", "2025-01-01") in facts
    assert Fact("Dichtstbijzijnd adres: Dorpsstraat 1, op 9,96 m.", "BAG", "2026-01-01") in facts
    assert {fact.data_on for fact in facts if "Laadvraag" in fact.text} == {"2026-01-01; 2024-01-01"}


def test_no_heritage_is_only_said_where_heritage_was_delivered():
    """Zones of exclusion alone leave the column empty as well, and say nothing of monuments."""
    for more, told in (({}, "onbekend"), ({zone_key("erfgoed"): Data("Monumenten", "2026")}, "geen")):
        facts = {each.name: each.facts for each in dossier(data=DATA | more).interests}

        assert told in facts["erfgoed"][0].text


def test_neighbours_of_the_alternatives_are_there_to_be_weighed():
    assert {each.locatie_id: each.facade for each in MADE.alternatives} == {
        HIGHER: "6,00 m", EQUAL: "3,00 m", SAME_ROW: "1,20 m", FAILS: "3,00 m",
    }  # fmt: skip


def test_another_place_by_the_same_address_is_told_from_the_site_by_its_code():
    poles, planned = candidates(), sites(candidates())
    poles.loc[[SITE, SHARES], "house_number"] = "16"
    planned.loc[[SHARES, EQUAL], "status"] = ["voorkeurslocatie", "afgevallen"]
    planned.loc[EQUAL, "reden"] = f"Deelt een parkeervak met voorkeurslocatie {SHARES}."

    found = {each.locatie_id: each.why for each in dossier(candidates=poles, sites=planned).alternatives}

    assert f"voorkeurslocatie Dorpsstraat, bij nummer 16 ({SHARES})." in found[EQUAL]


def test_what_does_not_apply_at_the_site_is_nothing_against_it():
    rows = frames()["assessments"].copy()
    rows.loc[f"{SITE}|haaks", ["verdict", "counts_as"]] = "n.v.t."

    found = {each.locatie_id: each.why for each in dossier(assessments=rows).alternatives}

    assert "Daar beter" not in found[HIGHER]


def test_margin_of_an_estimate_has_no_centimetres():
    row = pd.Series({"margin": 240.0, "unit": "m", "measured": 10.0, "estimated": True})

    assert _margin(row) == "+240 m"


def test_unknown_location_lists_near_ones():
    with pytest.raises(ConfigError, match=r"no location 'weg@0011'.*weg@0010"):
        dossier("weg@0011")


def test_no_location_at_all_is_said():
    with pytest.raises(ConfigError, match="no candidates"):
        make_dossier(SITE, **(frames() | {"candidates": candidates().iloc[:0]}))


def test_a_place_alone_has_no_alternatives():
    alone = candidates().loc[[SITE]]

    found, told = rivals_of(SITE, alone, judged(alone), None, Walking(), 3)

    assert found == ()
    assert told == ("Binnen 250 m lopen (schatting: hemelsbreed maal 1,3) ligt geen andere plek.",)


def test_without_criteria_nothing_is_judged_and_the_dossier_stands():
    made = dossier(assessments=Assessments.empty(), measurements=None, addresses=None, buurten=None, data=None)

    assert (made.placing, made.traffic, made.score) == ((), (), 0.0)
    assert made.place.buurt == "BU02280001"
    assert next(each.why for each in made.alternatives if each.locatie_id == FAILS).startswith("Even hoge score (0 %).")
    assert made.place.postcode == "onbekend"


def test_criteria_that_do_not_hold_yet_are_not_missed():
    later = POLICY.model_copy(
        update={"criteria": tuple(each.model_copy(update={"valid_from": date(2028, 1, 1)}) for each in POLICY.criteria)}
    )

    made = dossier(policy=later, assessments=judged(candidates(), later))

    assert made.placing == ()


@settings(few, max_examples=5)
@given(st.integers(0, 50))
def test_order_of_rows_decides_nothing(seed: int):
    mixed = {
        name: shuffled(frame, seed) if name in ("candidates", "assessments", "measurements", "sites") else frame
        for name, frame in FRAMES.items()
    }

    assert make_dossier(SITE, **mixed) == MADE


@pytest.mark.parametrize("k", [0, 1, 3, 9])
def test_no_more_alternatives_than_asked_for_and_always_the_first(k: int):
    assert make_dossier(SITE, **FRAMES, k=k).alternatives == MADE.alternatives[:k]


def test_quantities_without_a_value_say_so():
    spot = candidates().loc[SITE].copy()
    spot["walkway"], spot["walkway_width_m"], spot["tree_m"], spot["owner"] = "geen voetpad", NAN, NAN, None

    found = quantities_of(spot, {})

    assert found["walkway_width_m"].text == "n.v.t."
    assert found["tree_m"].text == "onbekend"
    assert found["owner"].text == "onbekend"


def test_quantity_that_is_wider_than_was_looked_at_says_so():
    spot = candidates().loc[SITE].copy()
    spot["walkway_width_m"], spot["walkway_beyond"], spot["obstacle_m"], spot["obstacle_type"] = (
        4.0,
        True,
        2.0,
        "lichtmast",
    )

    found = quantities_of(spot, {})

    assert (found["walkway_width_m"].text, found["obstacle_m"].text) == ("meer dan 4,00 m", "2,00 m (lichtmast)")


def test_crown_of_another_tree_that_is_unknown_is_told():
    spot = candidates().loc[SITE].copy()
    spot["crown_m"], spot["crown_unknown"] = 6.5, True

    assert quantities_of(spot, {})["crown_m"].text == "6,50 m (van een andere boom is de kroon onbekend)"


def test_distance_that_was_looked_for_so_far_is_that_or_more():
    spot = candidates().loc[SITE].copy()
    spot["cabinet_m"], spot["obstacle_m"], spot["obstacle_type"], spot["charge_point_m"] = 100.0, 99.99, "paal", 250.0

    found = quantities_of(spot, {})

    assert found["cabinet_m"].text == "ten minste 100,00 m"
    assert found["obstacle_m"].text == "99,99 m (paal)"
    assert found["charge_point_m"].text == "ten minste 250,00 m"


def test_road_manager_is_named_where_the_source_does():
    given_ = FRAMES["measurements"].assign(road_manager="gemeente", road_manager_name="Ede")

    assert dossier(measurements=given_).place.road_manager == "gemeente (Ede)"


def test_columns_that_a_criterion_shows():
    rules = [
        criterion("corridor", under_m=1.5, at_most_m=10),
        criterion("tree", clear_of="crown"),
        criterion("spacing", at_least_m=75),
    ]

    assert {"narrow_150_m", "crown_m", "charge_point_m"} <= judged_columns(rules)


def test_place_without_an_address_is_unknown():
    spot = candidates().loc[SITE].copy()
    spot["street"], spot["address_distance_m"] = None, NAN

    found = {each.name: each.facts for each in interests_of(spot, {}, None, {})}

    assert found["omwonenden"][0].text == "Dichtstbijzijnd adres: onbekend."
    assert found["energie"][-1].text == "Laadvraag op loopafstand: onbekend."


def test_codes_that_are_not_known_stay():
    assert name_places("Deelt een vak met voorkeurslocatie a@01 en b@02.", {"a@01": "Weg 1"}) == (
        "Deelt een vak met voorkeurslocatie Weg 1 en b@02."
    )


def test_dossier_is_of_its_day():
    assert (MADE.on, MADE.locatie_id, MADE.score) == (TODAY, SITE, 0.6667)


def test_pressure_names_its_own_source_and_not_all_zones():
    zones = {
        "druk": {"path": "d", "label": "Telling", "reference_on": "2025-09-01", "kind": "parkeerdruk"},
        "water": {"path": "w", "label": "Keur", "reference_on": "2024-01-01", "kind": "uitsluiting"},
    }
    data = data_of_layers(Sources.model_validate({"zones": zones}))
    ground = Ground(data=data)
    outside = criterion("inside", layer="zones", where={"kind": ["uitsluiting"]}, wanted="outside")
    pressure = criterion("value", column="parking_pressure_share", unit="share", at_most=0.85)

    assert (data_of(outside, ground), data_of(pressure, ground)) == (
        Data("Keur", "2024-01-01"),
        Data("Telling", "2025-09-01"),
    )
    assert (data["zones_here"].label, data["soil"], data["zones"].label) == ("Keur", Data(), "Telling; Keur")
