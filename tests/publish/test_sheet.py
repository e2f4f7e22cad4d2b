from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from laadplan.errors import LaadplanError
from laadplan.publish.blocks import Beside, Bullets, Facts, Grid, Heading, Notice, Paragraph, Picture, Report, Run
from laadplan.publish.sheet import typeset, typesetter

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="90" height="40" fill="#eee"/></svg>'
HOSTILE = '#import "x" : * $a^2$ *vet* <label> @bron \\ #sys.inputs `code` // weg /* weg'
"""A text that would run, fail or vanish if the layout took it for markup."""

REPORT = Report(
    title="Dossier Koeweg",
    blocks=(
        Heading("Dossier Koeweg", 1),
        Notice("Let op."),
        Beside((Facts((("Straat", "Koeweg"),)),), (Picture(SVG, alt="kaart"),)),
        Heading("Tabel"),
        Grid(("A", "B"), (((Run("✓ voldoet", "good"),), "twee"),), (1, 2)),
        Bullets(("een", (Run("twee", "strong"), Run("klein", "quiet", new_line=True)))),
    ),
    author="Gemeente Voorbeeld",
    mark="CONCEPT",
    footer="stand 4 januari 2027",
    on=date(2027, 1, 4),
)


@pytest.fixture
def read(tmp_path: Path, require_program):
    """Function from a PDF to what a program of poppler says of it."""

    def told(made: bytes, program: str = "pdftotext", *options: str) -> str:
        path = tmp_path / "vel.pdf"
        path.write_bytes(made)
        words = [str(require_program(program)), *options, str(path), *(["-"] if program == "pdftotext" else [])]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout

    return told


def test_sheet_says_what_the_report_says(read):
    text = read(typeset(REPORT))

    for part in ("Gemeente Voorbeeld", "CONCEPT", "Dossier Koeweg", "Let op.", "Koeweg", "✓ voldoet", "twee", "klein"):
        assert part in text
    assert "stand 4 januari 2027" in text
    assert "pagina 1 van 1" in text


def test_sheet_is_tagged_and_named_for_screen_readers_and_archives(read):
    made = typeset(REPORT)
    facts = read(made, "pdfinfo", "-isodates")

    assert "Title:           Dossier Koeweg" in facts
    assert "Tagged:          yes" in facts
    assert "2027-01-04" in facts
    assert "A4" in facts
    text = made.decode("latin-1")
    assert "/Lang (nl" in text or "<dc:language>" in text
    assert "pdfaid:part" in text
    assert "pdfuaid:part" in text


def test_equal_reports_give_equal_bytes_and_another_day_gives_others():
    assert typeset(REPORT) == typeset(REPORT)
    assert typeset(REPORT) != typeset(replace(REPORT, on=date(2027, 1, 5)))


def test_text_of_a_source_is_never_markup(read):
    report = replace(
        REPORT,
        title=HOSTILE,
        author=HOSTILE,
        mark=HOSTILE,
        footer=HOSTILE,
        blocks=(
            Heading(HOSTILE, 1),
            Paragraph((Run(HOSTILE, "bad"), Run(HOSTILE, "quiet"))),
            Facts(((HOSTILE, HOSTILE),)),
            Grid((HOSTILE,), ((HOSTILE,),), (1,)),
            Bullets((HOSTILE,)),
            Picture(SVG, alt=HOSTILE, caption=HOSTILE),
        ),
    )

    text = " ".join(read(typeset(report), "pdftotext", "-raw").split())

    assert text.count('#import "x" : * $a^2$ *vet* <label> @bron') >= 10


def test_scripts_that_are_rare_here_do_not_stop_it(read):
    report = replace(REPORT, blocks=(Heading("Überweg", 1), Paragraph("مرحبا 漢字 😀 ½ é")))

    assert "Überweg" in read(typeset(report))


def test_long_report_numbers_its_pages(read):
    rows = tuple((f"rij {number}", "x" * 40) for number in range(180))

    text = read(typeset(replace(REPORT, blocks=(Heading("Lang", 1), Grid(("A", "B"), rows, (1, 1))))))

    assert "pagina 3 van 3" in text
    assert text.count("CONCEPT") == 3


def test_a_picture_that_is_none_is_refused():
    with pytest.raises(LaadplanError, match="'Dossier Koeweg' cannot be set"):
        typeset(replace(REPORT, blocks=(Heading("x", 1), Picture("geen svg", alt="kaart"))))


def test_report_without_blocks_is_an_empty_page(read):
    assert "pagina 1 van 1" in read(typeset(replace(REPORT, blocks=())))


def test_typesetter_has_a_version():
    assert typesetter().startswith("typst 0.")
