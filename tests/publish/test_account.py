from datetime import date

import pytest

from laadplan.config.project import Publication, Scenario, Walking
from laadplan.contracts.planning import Sites
from laadplan.publish.account import (
    STOPPED,
    account_lines,
    count_line,
    day,
    number,
    proof_line,
    scenario_line,
    walking_line,
)
from tests.publish.handmade import CHOSEN, RESERVE, sites, solutions

PROOF = solutions().loc["plan"].to_dict()


def lines(**changes):
    given = {"scenario": Scenario(), "walking": Walking(), "publication": Publication(), "today": date(2026, 11, 3)}
    return account_lines(sites(), solutions(), **{**given, **changes})


def test_the_account_stands_in_order():
    found = lines(publication=Publication(municipality="Ede"))

    assert found[:2] == [
        "Concept. Locaties zijn pas definitief na een besluit van de gemeente.",
        "Gemaakt op 3 november 2026 voor de gemeente Ede.",
    ]
    assert found[3:6] == [proof_line(PROOF), scenario_line(Scenario()), walking_line(Walking())]
    assert len(found) == 7


def test_a_municipality_that_is_not_named_is_left_out():
    assert lines()[1] == "Gemaakt op 3 november 2026."


def test_the_disclaimer_of_the_municipality_comes_first():
    assert lines(publication=Publication(disclaimer="Alleen voor intern gebruik."))[0] == "Alleen voor intern gebruik."


def test_every_line_is_a_whole_sentence():
    for line in lines():
        assert line[0].isupper()
        assert line.endswith(".")
        assert "nan" not in line
        assert "None" not in line


def test_locations_are_counted_by_status():
    many = sites().iloc[[0, 0, 1, 1, 1, 2, 2]]

    assert count_line(many) == "De kaart bevat 2 voorkeurslocaties, 2 afgevallen locaties en 3 reservelocaties.".replace(
        "2 afgevallen locaties en 3 reservelocaties", counted(many)
    )


def counted(many):
    counts = many["status"].value_counts()
    return f"{counts['reservelocatie']} reservelocaties en {counts['afgevallen']} afgevallen locaties"


def test_one_location_is_one_location():
    assert count_line(sites()) == "De kaart bevat 1 voorkeurslocatie, 1 reservelocatie en 1 afgevallen locatie."


def test_no_location_is_nil():
    assert count_line(Sites.empty()) == "De kaart bevat 0 voorkeurslocaties, 0 reservelocaties en 0 afgevallen locaties."


def test_the_proof_names_the_solver_and_the_gap():
    assert proof_line(PROOF) == (
        "Bewezen met HiGHS 1.15.1: geen ander plan met dit aantal palen en deze gegevens is meer dan 0,42 % beter. "
        "De rekenmethode stopte toen dit bewijs er was."
    )


@pytest.mark.parametrize("reason", ["gap", "nodes", "seconds"])
def test_the_proof_says_what_ended_the_search(reason):
    assert proof_line({**PROOF, "stopped_by": reason}).endswith(STOPPED[reason])


@pytest.mark.parametrize(("gap", "shown"), [(0.0, "0,00"), (0.004249, "0,43"), (0.000001, "0,01"), (0.11, "11,00")])
def test_the_proof_never_promises_more_than_was_proven(gap, shown):
    """The gap is rounded up."""
    assert f"meer dan {shown} % beter" in proof_line({**PROOF, "gap": gap})


def test_the_scenario_is_told_in_dutch_numbers():
    assert scenario_line(Scenario(public_share=0.35, electric_share_growth=1.155, year=2035)) == (
        "De laadvraag is een scenario voor 2035, geen prognose: het aandeel elektrische auto's groeit "
        "15,5 % per jaar, 35 % van de elektrische auto's laadt aan een openbare paal, en een auto rijdt 18.500 km per "
        "jaar. Een laadpunt levert 3.000 kWh per jaar."
    )


def test_the_walking_norm_is_told():
    assert walking_line(Walking()) == (
        "Loopafstanden zijn een schatting: de afstand in een rechte lijn maal 1,3. De norm is 250 m lopen."
    )


def test_a_detour_factor_is_told_as_it_is():
    assert "maal 1,25." in walking_line(Walking(detour_factor=1.25))


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1000, 0, "1.000"),
        (1234567.891, 2, "1.234.567,89"),
        (-1234.5, 1, "-1.234,5"),
        (0.42, 2, "0,42"),
    ],
)
def test_numbers_are_dutch(value, decimals, expected):
    assert number(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(date(2026, 1, 1), "1 januari 2026"), (date(2024, 2, 29), "29 februari 2024"), (date(2027, 12, 31), "31 december 2027")],
)
def test_days_are_dutch(value, expected):
    assert day(value) == expected


def test_the_sites_of_the_drawing_are_what_they_are_taken_for():
    assert sites().loc[[CHOSEN, RESERVE], "status"].tolist() == ["voorkeurslocatie", "reservelocatie"]
