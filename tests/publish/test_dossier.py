from __future__ import annotations

import html
import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from laadplan.contracts.planning import Assessments
from laadplan.publish.blocks import Heading
from laadplan.publish.dossier import Paper, SourceNote, make_page, make_report, make_sheet
from tests.policy import village
from tests.publish.conftest import HOSTILE

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="88" height="66"><rect width="88" height="66" fill="#eee"/></svg>'
MARKUP = '#import "x": * $x$ *ster* <l> @l'


DOSSIER = village.dossier()


def paper(**changes) -> Paper:
    """A dossier of the village, ready to be printed."""
    ordinary = Paper(
        dossier=DOSSIER,
        picture_svg=SVG,
        municipality="Gemeente Voorbeeld",
        disclaimer="Concept.",
        config_sha256="c0ffee" * 8,
        sources=(SourceNote("bgt", "BGT", "2025-01-01", "ab" * 32),),
        version="0.1",
    )
    return replace(ordinary, **changes)


@pytest.fixture
def sheet_text(tmp_path: Path, require_program):
    """Function from a PDF to its text, a form feed after each page."""

    def text(made: bytes) -> str:
        (tmp_path / "dossier.pdf").write_bytes(made)
        words = [str(require_program("pdftotext")), "-raw", str(tmp_path / "dossier.pdf"), "-"]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout

    return text


def page_text(page: str) -> str:
    """What a reader sees of a page."""
    body = page.partition("<body>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


WORDS = (
    "CONCEPT",
    "Locatiedossier: Dorpsstraat, bij nummer 1",
    "Voorstel: voorkeurslocatie.",
    "6731 AA, Otterlo",
    "+0,25 m",
    "✓ voldoet",
    "✗ voldoet niet",
    "? onbekend (schouw)",
    "vertrouwelijk",
    "tekort 0,20 m",
    "ECLI:NL:RVS:2024:2128",
    "Voor de schouw".lower(),
    "Laadplan rekent; de gemeente weegt en besluit.",
    "BGT, 1 januari 2025",
)


def test_page_says_all_of_it():
    text = page_text(make_page(paper()))

    assert [word for word in WORDS if word not in text.replace("\u00a0", " ")] == []


def test_sheet_says_all_of_it_on_two_pages(sheet_text):
    text = sheet_text(make_sheet(paper()))

    flat = " ".join(text.replace("\u00a0", " ").split())
    assert [word for word in WORDS if word not in flat] == []
    assert text.count("\f") <= 2
    assert "pagina 1 van" in flat


def test_alternatives_of_a_place_that_lost_itself_did_not_lose():
    assert "Waarom niet voorgesteld" in make_page(paper())
    lost = make_page(paper(dossier=replace(DOSSIER, status="afgevallen")))
    assert "Waarom niet voorgesteld" not in lost
    assert "Vergeleken met deze plek" in lost


def test_placing_and_traffic_stand_apart():
    titles = [block.text for block in make_report(paper()).blocks if isinstance(block, Heading)]

    assert titles.index("Plaatsing") < titles.index("Verkeer") < titles.index("Alternatieven op loopafstand")


def test_page_asks_nothing_of_any_network():
    made = make_page(paper())

    assert not re.search(r"""(?:src|href|action)=["'](?!data:)""", made)
    assert not re.search(r"url\((?!data:)", made)
    assert "<script" not in made


def test_equal_papers_give_equal_bytes():
    assert make_page(paper()) == make_page(paper())
    assert make_sheet(paper()) == make_sheet(paper())


def test_nothing_confidential_is_printed(sheet_text):
    page, sheet = make_page(paper()), sheet_text(make_sheet(paper()))

    assert not any(secret in text for secret in village.SECRETS for text in (page, sheet))


def test_a_hostile_street_is_only_a_street(sheet_text):
    for name in (HOSTILE, MARKUP):
        hostile = paper(dossier=village.dossier(street=name), municipality=name, disclaimer=name)
        page, sheet = make_page(hostile), sheet_text(make_sheet(hostile))

        assert "<script" not in page
        assert "<img src=x" not in page
        assert html.escape(name) in page
        assert " ".join(name.split())[:20] in " ".join(sheet.split())


def test_source_of_after_the_dossiers_day_is_told():
    later = paper(
        sources=(SourceNote("trees", "Bomenregister", "2027-01-05", ""), SourceNote("bgt", "BGT", "2027", ""))
    )

    text = page_text(make_page(later))

    assert "de peildatum ligt na de stand van dit dossier bij Bomenregister." in text
    assert "de peildatum ligt na" not in page_text(make_page(paper()))


def test_dossier_with_nothing_known_still_prints(sheet_text):
    bare = village.dossier(
        assessments=Assessments.empty(), measurements=None, sites=None, addresses=None, buurten=None, data=None, k=0
    )

    text = sheet_text(make_sheet(paper(dossier=bare, sources=(), municipality="")))

    assert "In deze groep zijn geen criteria vastgesteld." in text
    assert "postcode onbekend" in text
    assert "Er is geen bron opgegeven." in text


def test_several_sources_of_one_figure_each_have_their_date():
    row = replace(paper().dossier.placing[0], data_source="BAG; CBS", data_on="2025-01-01; onbekend")
    dossier = replace(paper().dossier, placing=(row,))

    text = page_text(make_page(paper(dossier=dossier)))

    assert "BAG, 1 januari 2025 en CBS, peildatum onbekend" in text


def test_unknown_eis_stands_at_the_top():
    row = replace(DOSSIER.placing[0], verdict="onbekend", counts_as="schouw", measured="niet gemeten")
    text = page_text(make_page(paper(dossier=replace(DOSSIER, placing=(row,)))))

    assert "Eerst een schouw: van 1 eis is niet bekend of de plek voldoet (vrije doorgang)." in text
    assert "Eerst een schouw" not in page_text(make_page(paper()))


def test_a_place_that_falls_off_needs_no_visit_first():
    lost = replace(DOSSIER.placing[0], verdict="voldoet niet", counts_as="voldoet niet")
    doubt = replace(DOSSIER.placing[0], verdict="onbekend", counts_as="schouw", measured="niet gemeten")
    text = page_text(make_page(paper(dossier=replace(DOSSIER, status="afgevallen", placing=(lost, doubt)))))

    assert "Afgevallen." in text
    assert "Ook onbekend: van 1 eis" in text
    assert "Eerst een schouw" not in text


def test_facts_of_interests_carry_the_letter_of_their_source():
    text = page_text(make_page(paper()))

    letter = re.search(r"\[(\w)\] BGT, 1 januari 2025", text)
    assert letter is not None
    assert f"Afstand tot de dichtstbijzijnde gevel: 4,94 m. [{letter[1]}]" in text


def test_day_of_the_dossier_is_printed():
    dossier = replace(paper().dossier, on=date(2027, 2, 1))

    assert "Stand van 1 februari 2027" in page_text(make_page(paper(dossier=dossier)))
