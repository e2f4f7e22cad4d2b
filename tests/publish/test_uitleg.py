from __future__ import annotations

import io
from datetime import date

import lxml.html
import numpy as np
import pytest
from PIL import Image

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import Publication, Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.choosing import WHY_UNSERVED, PlanLimits, Unserved
from laadplan.contracts.dutch import NBSP
from laadplan.publish.dekking import coverage_map, covered_words, unserved_map, write_coverage_map
from laadplan.publish.palette import CATEGORIES, REASON_MARKS
from laadplan.publish.uitleg import write_explanation
from laadplan.publish.uitleg_proof import status_words
from tests.publish.explained import clusters, curve, limits, no_frames, plan_frames, service, unserved
from tests.publish.handmade import CHOSEN, RESERVE, SOURCES, solutions

MODEL = "Binnen dit rekenmodel en met deze aannames"
TODAY = date(2026, 11, 23)
WORDS = {"publication": Publication(municipality="Voorbeeld"), "sources": SOURCES, "walking": Walking(), "today": TODAY}


def page_of(folder, frames=None, **changes):
    target = folder / "uitleg.html"
    given = {"ground": None, "scenario": Scenario(), "optimisation": Optimisation()} | WORDS | changes
    write_explanation(target, plan_frames() if frames is None else frames, **given)
    return target


def read(path):
    return lxml.html.fromstring(path.read_text(encoding="utf-8"))


def plain(element):
    return " ".join(element.text_content().replace(NBSP, " ").split())


def table(page, caption):
    """Rows of the table with that caption, as texts."""
    (found,) = page.xpath(f"//table[caption[starts-with(., '{caption}')]]")
    return [[plain(cell) for cell in row.xpath("th|td")] for row in found.xpath("tbody/tr|tfoot/tr")]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return read(page_of(tmp_path_factory.mktemp("uitleg")))


def test_the_short_figures_are_those_of_the_frames(page):
    told = [plain(item) for item in page.xpath("//ul[@class='cijfers']/li")]

    assert told == [
        "1nieuwe laadlocatiemet 2 laadpunten",
        "70 %van de laadvraag in 2030 bediendnu 20 %; schatting",
        "9 MWhper jaar blijft onbediend44 % hiervan: aantal palen of budget op",
        "1grens die niet wordt gehaaldondergrens buurt",
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("optimal", f"Dit plan is aantoonbaar het beste. {MODEL} is geen beter plan mogelijk."),
        ("within_gap", f"{MODEL} is geen plan meer dan 0,42 % (5 kWh per jaar) beter."),
        ("feasible", f"{MODEL} is geen plan meer dan 0,42 % (5 kWh per jaar) beter."),
    ],
)
def test_how_good_the_plan_is_in_plain_words(status, expected):
    proof = solutions().assign(status=status, gap=0.00417).loc["plan"]

    assert status_words(proof).replace(NBSP, " ") == expected


def test_the_proof_holds_worth_bound_and_gap_but_no_seconds(page):
    told = dict(table(page, "Bewijs"))

    assert told["Waarde van het plan"] == "1.000 kWh per jaar"
    assert told["Bovengrens: meer kan niet"] == "1.005 kWh per jaar"
    assert told["Verschil: meer is er niet te winnen"] == "0,42 % (5 kWh per jaar)"
    assert told["Nieuwe palen"] == "1 van de 1 die mochten"
    assert "seconden" not in plain(page)


def test_what_the_plan_brings_adds_up(page):
    assert table(page, "Bediende laadvraag per buurt")[-1] == [
        "Samen",
        "30,0",
        "1",
        "6,0",
        "21,0",
        "20 %",
        "70 %",
        "9,0",
    ]


def test_unserved_demand_is_told_by_reason_with_addresses(page):
    rows = table(page, "Waarom laadvraag onbediend blijft")

    assert [row[0] for row in rows[:-1]] == [REASON_MARKS[reason].label for reason in WHY_UNSERVED]
    assert rows[0][1:] == ["1", "10", "3,0", "33,3 %"]
    assert rows[3][1:] == ["1", "20", "2,0", "22,2 %"]
    assert rows[-1][1:] == ["3", "60", "9,0", "100,0 %"]


def test_a_limit_that_is_not_kept_stands_first_and_countless_ones_are_counted(page):
    rows = table(page, "Grenzen die zijn bereikt of niet gehaald")

    assert [row[:4] for row in rows] == [
        ["Ondergrens: palen per buurt", "Otterlo", "2", "3"],
        ["Aantal nieuwe palen", "nieuwe palen", "1", "1"],
    ]
    assert [row[-1] for row in rows] == ["geen plek daar voldoet aan de eisen", ""]
    assert ["Eén locatie per parkeervak", "1", "1", "0"] in table(page, "Grenzen per soort")


def test_figures_of_energy_are_whole_and_do_not_make_those_of_poles_broken(tmp_path):
    found = limits()
    found.loc["gelijke verdeling|B"] = found.loc["net|A"].to_dict() | {
        **{"kind": "gelijke verdeling", "unit": "kWh per jaar", "is_floor": True, "limit": 104072.31},
        **{"used": 45923.54, "broken_by": 58148.77, "binds": True},
    }
    rows = table(read(page_of(tmp_path, plan_frames(limits=found))), "Grenzen die zijn bereikt of niet gehaald")

    assert {row[0]: row[2:4] for row in rows} == {
        "Ondergrens: palen per buurt": ["2", "3"],
        "Gelijke verdeling over buurten": ["45.924", "104.072"],
        "Aantal nieuwe palen": ["1", "1"],
    }


def test_a_page_without_limits_broken_has_no_column_for_reasons(tmp_path):
    page = read(page_of(tmp_path, plan_frames(limits=limits().assign(broken_by=0.0))))

    assert "Waarom niet gehaald" not in plain(page)


def test_a_plan_worth_less_than_nothing_or_without_a_bound_is_told(tmp_path):
    poor = solutions().assign(status="feasible", objective=-900.0, bound=np.inf, gap=np.inf, stopped_by="user")
    poles = curve().assign(objective=-900.0, bound=np.inf)
    page = read(page_of(tmp_path, plan_frames(solutions=poor, curve=poles)))

    told = dict(table(page, "Bewijs"))
    assert (told["Bovengrens: meer kan niet"], told["Waarde van het plan"]) == ("niet bekend", "-900 kWh per jaar")
    assert "De waarde is lager dan nul" in plain(page)
    assert {row[-1] for row in table(page, "Plannen van andere aantallen")} == {"onbekend"}


def test_a_laadplein_counts_its_poles_apart_from_its_location(tmp_path):
    page = read(page_of(tmp_path, plan_frames(solutions=solutions().assign(poles_chosen=2))))

    assert "1nieuwe laadlocatiemet 2 palen en 2 laadpunten" in plain(page)


def test_the_next_pole_is_told_in_a_sentence(page):
    assert "1 paal meer dan in dit plan bedient samen 5.000 kWh per jaar extra: 5.000 kWh per paal." in plain(page)


def test_more_poles_that_bring_nothing_are_told_so(tmp_path):
    flat = curve().assign(served_kwh_year=[6000.0, 21000.0, 21000.0])
    told = plain(read(page_of(tmp_path, plan_frames(curve=flat))))

    assert "Het plan met meer palen bedient niet meer: niet hun aantal lijkt hier de grens." in told
    assert "0 kWh per paal" not in told


def test_an_alternative_is_named_with_its_code_and_loss(page):
    (row,) = table(page, "Beste alternatief per gekozen locatie")

    assert row == [
        "Dorpsstraat, bij nummer 12A-2",
        "4.500",
        f"Straat onbekend {RESERVE}",
        "876",
        "500",
        CHOSEN,
    ]


def test_a_text_of_a_source_is_never_markup(tmp_path):
    hostile = "<script>window.gehackt=1</script>"
    page = read(page_of(tmp_path, plan_frames(unserved=unserved(hostile))))

    assert hostile in page.text_content()
    assert [script for script in page.xpath("//script") if "gehackt" in script.text_content()] == []


def test_the_page_asks_nothing_of_a_network(page):
    addresses = page.xpath("//@src | //link/@href | //@srcset")

    assert addresses
    assert [each[:40] for each in addresses if not each.startswith("data:")] == []


def test_equal_input_gives_equal_bytes(tmp_path):
    first = page_of(tmp_path).read_bytes()

    assert page_of(tmp_path).read_bytes() == first


def test_a_plan_that_serves_all_says_so(tmp_path):
    everything = service().assign(served_kwh_year=service()["kwh_year"])
    page = read(page_of(tmp_path, plan_frames(unserved=Unserved.empty(), service=everything)))

    assert "Het plan bedient alle laadvraag: er blijft niets onbediend." in plain(page)
    assert "0 MWhper jaar blijft onbediendhet plan bedient alles" in plain(page)


def test_without_a_row_the_page_is_still_made(tmp_path):
    told = plain(read(page_of(tmp_path, no_frames())))

    assert "Van dit plan is geen bewijs bewaard." in told
    assert "Er zijn geen grenzen aan dit plan gesteld." in told
    assert "Er is geen nieuwe locatie gekozen" in told


def test_prices_that_are_not_known_are_not_told_as_nil(tmp_path):
    page = read(page_of(tmp_path, plan_frames(limits=limits().assign(worth_per_unit=float("nan")))))

    assert {row[6] for row in table(page, "Grenzen die zijn bereikt")} == {"onbekend"}


def test_how_walking_was_taken_is_told(tmp_path):
    told = plain(read(page_of(tmp_path, walk="De loopafstand is gemeten over het loopnetwerk (OSM).")))

    assert "De loopafstand is gemeten over het loopnetwerk (OSM)." in told
    assert "De loopafstand is een schatting" not in told


# --- pictures ---------------------------------------------------------------------------------------------------------


def colours_of(data):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB")).reshape(-1, 3).astype(int)


def near(pixels, colour, strength):
    """Pixels of a colour laid over the ground of paper with that strength."""
    paper = np.array([0xF8, 0xF6, 0xF1])
    own = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    return int((np.abs(pixels - (strength * own + (1 - strength) * paper)).max(axis=1) <= 6).sum())


def test_only_after_the_plan_does_the_map_show_what_it_adds():
    added = CATEGORIES["dekking"][1]["na plan"].fill
    now, after = (colours_of(coverage_map(plan_frames(), None, state)) for state in ("nu", "na plan"))

    assert near(now, added, 0.7) == 0
    assert near(after, added, 0.7) > 1000


def test_addresses_within_are_told_as_a_share_of_all():
    told = [covered_words(plan_frames(), state).replace(NBSP, " ") for state in ("nu", "na plan")]

    assert told == ["20 van de 100 adressen (20 %)", "33 van de 100 adressen (33 %)"]


def test_a_reason_has_its_colour_on_the_map():
    fill = REASON_MARKS["aantal palen of budget op"].fill
    one = unserved()[unserved()["reason"] == "aantal palen of budget op"]

    assert near(colours_of(unserved_map(plan_frames(unserved=one), None)), fill, 0.85) > 50
    assert near(colours_of(unserved_map(plan_frames(unserved=unserved().iloc[:1]), None)), fill, 0.85) == 0


def test_a_reason_has_the_same_sign_in_the_legend_as_on_the_map(page):
    items = {plain(item): item for item in page.xpath("//section[h2[@id='onbediend']]//*[@class='legenda']//li")}

    drawn = {label: [shape.tag for shape in item.xpath("svg/*")] for label, item in items.items()}
    assert drawn == {
        "Geen plek binnen loopafstand": ["path"],
        "Palen vol, en er past niets bij": ["path"],
        "Aantal palen of budget is op": ["circle"],
    }


def test_coverage_says_how_far_and_how_is_walked_and_that_a_pole_may_be_full(page):
    (told,) = [plain(part) for part in page.xpath("//section[h2[@id='dekking']]")]

    assert "binnen 250 m lopen" in told
    assert "De loopafstand is een schatting" in told
    assert "een paal kan vol zijn" in told


def test_the_picture_of_coverage_is_the_same_each_time(tmp_path):
    for name in ("a.png", "b.png"):
        write_coverage_map(tmp_path / name, plan_frames(), ground=None, **WORDS)
    empty = tmp_path / "c.png"
    write_coverage_map(empty, no_frames(), ground=None, **WORDS)

    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (1600, 900)
    assert empty.stat().st_size > 0


def test_the_frames_of_these_tests_keep_their_sums():
    assert service()["kwh_year"].sum() == 30000.0
    assert (service()["kwh_year"] - service()["served_kwh_year"]).sum() == unserved()["unserved_kwh_year"].sum()
    assert clusters()["addresses"].sum() == 100
    assert set(PlanLimits.columns()) == set(limits().columns)
