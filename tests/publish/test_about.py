"""The account that stands on every output; the pages around it are looked at in the tests of the page and the map."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from laadplan.config.project import Publication, Walking
from laadplan.config.scenario import Scenario
from laadplan.config.sources import DialectSource, Source, Sources
from laadplan.contracts.dutch import NBSP, counted, day, number, percent, short_number, text_of
from laadplan.publish.about import (
    NORMS,
    STOPPED,
    UNTESTED,
    account_lines,
    assumption_lines,
    dated,
    proof_lines,
    source_line,
    source_table,
    untested,
    untested_table,
    walk_line,
)
from tests.frames import BUURT
from tests.geo.streets import CANAL
from tests.publish.handmade import balances, solutions

CRITERIA = pd.DataFrame(
    {"label": ["Afstand tot een boom", "Afstand tot de gevel"], "judged": [True, False]}, index=["boom", "gevel"]
)


def plain(lines):
    """Lines with common spaces, so that a test can be read."""
    return [line.replace(NBSP, " ") for line in lines]


def account(**changes):
    given = {"scenario": Scenario(), "walking": Walking(), "publication": Publication(), "today": date(2026, 11, 3)}
    return plain(account_lines(solutions(), balances(), CRITERIA, **{**given, **changes}))


def proof(**changes):
    return plain(proof_lines(solutions().assign(**changes), balances()))


def test_the_account_stands_in_order():
    found = account(publication=Publication(municipality="Ede"))

    assert found[:2] == [
        "Concept. Locaties zijn pas definitief na een besluit van de gemeente.",
        "Gemaakt op 3 november 2026 voor de gemeente Ede met laadplan.",
    ]
    assert found[2:-3] == [*proof(), *plain(assumption_lines(Scenario(), Walking()))]
    assert found[-3:] == [
        "Normen uit andere gemeenten of van het NKL zijn pas beleid als deze gemeente ze heeft vastgesteld.",
        f"Niet getoetst zijn: {'; '.join(untested(CRITERIA))}.",
        "Coördinaten zijn in RD (EPSG:28992), in meters. Een lege cel betekent: niet bekend.",
    ]
    assert found[-3] == NORMS


def test_what_could_not_be_judged_comes_before_what_no_criterion_looks_at():
    (told,) = [line for line in account() if line.startswith("Niet getoetst zijn: ")]

    assert told.startswith("Niet getoetst zijn: Afstand tot de gevel (de bron ontbreekt of zegt het niet); eigendom")
    assert untested_table(CRITERIA).to_dict("list") == {
        "niet_getoetst": ["Afstand tot de gevel (de bron ontbreekt of zegt het niet)", *UNTESTED]
    }


def test_a_municipality_that_is_not_named_is_left_out():
    assert account()[1] == "Gemaakt op 3 november 2026 met laadplan."


def test_the_disclaimer_of_the_municipality_comes_first():
    assert (
        account(publication=Publication(disclaimer="Alleen voor intern gebruik."))[0] == "Alleen voor intern gebruik."
    )


def test_every_line_is_a_sentence_in_dutch():
    for line in account():
        assert line[0].isupper() or line[0].isdigit()
        assert line.endswith(".")
        assert [word for word in ("nan", "None", "Coordinaten") if word in line] == []


# ---- proof -----------------------------------------------------------------------------------------------------------


def test_a_plan_within_a_gap_says_how_far_it_may_be_from_the_best():
    assert proof(status="feasible", gap=0.0042) == [
        "Binnen dit rekenmodel en met deze aannames is geen plan meer dan 0,42 % (5 kWh per jaar) beter.",
        STOPPED["gap"],
        "Aantal nieuwe palen: 1 van de 1 die mochten.",
        "Berekend met HiGHS, versie 1.15.1.",
    ]


def test_only_an_optimal_plan_is_called_the_best():
    assert proof(status="optimal", gap=0.0)[0] == (
        "Binnen dit rekenmodel en met deze aannames is geen beter plan mogelijk."
    )
    assert not any("geen beter plan" in line for line in proof(status="feasible", gap=0.0042))


@pytest.mark.parametrize("status", ["optimal", "within_gap", "feasible"])
def test_no_plan_is_called_proven_outside_the_model(status):
    first, *others = proof(status=status, gap=0.0042)

    assert first.startswith("Binnen dit rekenmodel en met deze aannames is geen ")
    assert [line for line in [first, *others] if "bewezen" in line.lower()] == []


@pytest.mark.parametrize("reason", ["gap", "work", "seconds", "user", "failure"])
def test_the_proof_says_what_ended_the_search(reason):
    assert STOPPED[reason] in proof(status="feasible", stopped_by=reason)


@pytest.mark.parametrize(("gap", "shown"), [(0.004249, "0,43"), (0.000001, "0,01"), (0.0042, "0,42"), (0.11, "11,00")])
def test_the_proof_never_promises_more_than_was_proven(gap, shown):
    """The gap is rounded up."""
    assert f" is geen plan meer dan {shown} % (5 kWh per jaar) beter." in proof(status="feasible", gap=gap)[0]


def test_a_share_of_a_worth_below_nil_is_not_told():
    first = proof(status="feasible", objective=-900.0, bound=-100.4, gap=0.89)[0]

    assert first == "Binnen dit rekenmodel en met deze aannames is geen plan meer dan 800 kWh per jaar beter."


def test_a_plan_without_a_bound_promises_nothing():
    first = proof(status="feasible", stopped_by="user", bound=np.inf, gap=np.inf)[0]

    assert first == "Hoeveel beter een ander plan kan zijn, is niet bewezen."


def test_a_plan_of_our_own_search_does_not_say_it_is_of_a_version_of_the_program():
    assert "Berekend met de eigen zoekmethode van laadplan, versie 1." in proof(solver="laadplan", solver_version="1")


def test_buurten_below_their_floor_are_named():
    broken = f"ondergrens buurt|{BUURT}; ondergrens buurt|BU99999999; vakken straat|Dorpsstraat, Otterlo"

    assert proof(limits_broken=broken)[-2:] == [
        "Buurten die onder de ondergrens van palen blijven: Otterlo, BU99999999.",
        "Andere grenzen die het plan niet haalt: 1.",
    ]


def test_a_plan_without_proof_says_so():
    assert plain(proof_lines(solutions().iloc[:0], balances())) == ["Van dit plan is geen bewijs bewaard."]


# ---- assumptions and sources -----------------------------------------------------------------------------------------


def test_assumptions_are_told_in_dutch_numbers():
    found = " ".join(plain(assumption_lines(Scenario(public_share_no_driveway=0.35, year=2035), Walking())))

    assert [
        word
        for word in ("2035", "scenario midden", "35 % van hun", "18.500 km", "3.000 kWh", "250 m", "omwegfactor 1,3.")
        if word not in found
    ] == []


def test_what_a_charge_point_gives_and_where_households_live_are_called_assumptions():
    found = plain(assumption_lines(Scenario(kwh_per_evse_year=2750), Walking()))

    assert "Voor een laadpunt rekenen we met 2.750 kWh per jaar (gemiddeld gebruik, aanname)." in found
    assert (
        "De huishoudens van een buurt zijn gelijk verdeeld over haar woningen. Een adres waarvan het gebruik niet "
        "bekend is, telt als woning, ook als het een winkel of vakantiewoning is."
    ) in found
    assert [line for line in found if "levert hoogstens" in line] == []


@pytest.mark.parametrize(
    ("scenario", "walking", "shown"),
    [
        (Scenario(), Walking(detour_factor=1.25), "omwegfactor 1,25."),
        (Scenario(), Walking(norm_m=187.5), "187,5 m lopen"),
        (Scenario(public_share_no_driveway=0.355), Walking(), "35,5 %"),
        (Scenario(variant="hoog"), Walking(), "scenario hoog"),
        (Scenario(kwh_per_km=0.185), Walking(), "0,185 kWh"),
        (Scenario(visitor_share=0.075), Walking(), "Bezoekers laden 7,5 % van"),
        (
            Scenario(work_energy_share=0.3, work_public_share=0.4),
            Walking(),
            "laadt daar 30 % van zijn stroom, waarvan 40 %",
        ),
    ],
)
def test_an_assumption_is_told_as_it_was_used(scenario, walking, shown):
    assert shown in " ".join(plain(assumption_lines(scenario, walking)))


def test_a_source_is_named_with_its_reference_date():
    assert dated(Source(path="x", label="BGT", reference_on="2024-01-31")) == "BGT (31 januari 2024)"
    assert dated(Source(path="x", label="BGT", reference_on=2020)) == "BGT (2020)"
    assert dated(Source(path="bomen.csv")) == "bron zonder naam (peildatum onbekend)"


@pytest.mark.parametrize(("given", "shown"), [("2024-01-31", "31 januari 2024"), (2020, "2020"), (None, "onbekend")])
def test_the_table_of_sources_shows_a_day_a_year_or_the_word_for_unknown(given, shown):
    found = str(source_table(Sources(bgt=Source(path="x", label="BGT", reference_on=given))))

    assert f'<th scope="row">BGT</th><td>{shown}</td>' in found


def test_sources_stand_in_one_line_in_the_order_of_the_config():
    found = source_line(Sources(trees=DialectSource(path="x", label="Bomen"))).split("; ")

    assert [found[0], found[-1], len(found)] == ["BGT (peildatum onbekend)", "Bomen (peildatum onbekend)", 6]


# ---- Dutch -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1000, 0, "1.000"),
        (1234567.891, 2, "1.234.567,89"),
        (-1234.5, 1, "-1.234,5"),
        (0.42, 2, "0,42"),
        (None, 2, "onbekend"),
        (float("nan"), 0, "onbekend"),
    ],
)
def test_numbers_are_dutch(value, decimals, expected):
    assert number(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, "1"), (10.0, "10"), (100.0, "100"), (1.3, "1,3"), (0.0, "0"), (1000.5, "1.000,5"), (0.12345, "0,1235")],
)
def test_short_numbers_lose_no_digit_that_counts(value, expected):
    assert short_number(value) == expected


def test_shares_amounts_and_words():
    assert percent(0.5) == f"50{NBSP}%"
    assert (counted(1, "paal", "palen"), counted(0, "paal", "palen")) == ("1 paal", "0 palen")
    assert (text_of(None), text_of(" "), text_of(0)) == ("onbekend", "onbekend", "0")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 1, 1), "1 januari 2026"),
        (date(2024, 2, 29), "29 februari 2024"),
        (date(2027, 12, 31), "31 december 2027"),
        (2020, "2020"),
        (None, "onbekend"),
    ],
)
def test_days_are_dutch(value, expected):
    assert day(value) == expected


# ---- how walking was measured ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("edges", [None, CANAL[1].iloc[:0]])
def test_without_a_network_walking_is_an_estimate(edges):
    assert walk_line(Walking(), edges) == ("De loopafstand is een schatting: hemelsbrede afstand maal omwegfactor 1,3.")


@pytest.mark.parametrize(
    ("sources", "shown"),
    [
        (
            {"walking": Source(path="o", label="OSM", reference_on="2025-01-01")},
            "over het loopnetwerk: OSM (1 januari 2025).",
        ),
        ({"walking": None}, "over de middellijnen van voetpaden en wegen: BGT"),
    ],
)
def test_over_a_network_its_source_and_date_are_told(sources, shown):
    found = " ".join(plain([walk_line(Walking(), CANAL[1], Sources(**sources))]))

    assert f"De loopafstand is gemeten {shown}" in found
    assert "Wat verder dan 50 m van het netwerk ligt, is geschat: hemelsbrede afstand maal omwegfactor 1,3." in found
