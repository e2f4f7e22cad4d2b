"""The dossier of a site: what stands in it, as a page and as a sheet, and how it was on an earlier day."""

# ruff: noqa: TID252

from __future__ import annotations

import html
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import find_program

from . import rich
from .program import Program
from .reading import RunFolder, fingerprints, load_yaml, write_yaml

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

THEN, NOW = "2026-10-01", "2026-11-23"


@dataclass(frozen=True)
class Dossier:
    """A site, the run it was judged in, and the folder with its dossiers."""

    locatie: str
    run: RunFolder
    config: Path
    folder: Path

    def text(self, day: str) -> str:
        """What a reader of the page sees, without the drawing's coordinates."""
        page = (self.folder / f"{day}.html").read_text(encoding="utf-8")
        body = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def page(self, day: str) -> str:
        """The page itself."""
        return (self.folder / f"{day}.html").read_text(encoding="utf-8")

    def sheet(self, day: str) -> str:
        """Text of the sheet."""
        words = [str(find_program("pdftotext")), "-raw", str(self.folder / f"{day}.pdf"), "-"]
        return " ".join(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())


@pytest.fixture(scope="module")
def dossier(laadplan: Program, boxed_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """A site with alternatives, with a dossier of two days: by strict walking norms then, by the usual ones now."""
    folder = tmp_path_factory.mktemp("dossier")
    strict = load_yaml(boxed_run.config)
    strict["policy"] = {"profiles": ["landelijk", "wassenaar"]}
    usual = load_yaml(boxed_run.config)
    usual["policy"] = {"profiles": ["landelijk", "zeist"]}
    config = folder / "laadplan.yaml"
    locatie = a_site(boxed_run)
    shutil.copytree(boxed_run.config.parent, folder, dirs_exist_ok=True)
    for content, day in ((strict, THEN), (usual, NOW)):
        write_yaml(content, config)
        done = laadplan("dossier", config, locatie, "--out", folder / "uit", "--date", day, cwd=folder)
        assert done.returncode == 0, done.stderr
    run = RunFolder(folder / "uit", config, {}, 0, "", "")
    return Dossier(locatie, run, config, folder / "uit" / "dossiers" / locatie)


def a_site(run: RunFolder) -> str:
    """The first site that meets every eis, with a footway beside it."""
    judged = run.frame("Assessments")
    failed = set(judged.loc[(judged["kind"] == "eis") & (judged["counts_as"] == "voldoet niet"), "locatie_id"])
    width = rich.judged(run, "vrije_doorgang")
    return next(each for each in width.index[width["verdict"] == "voldoet"] if each not in failed)


def dutch(text: str) -> str:
    """Text with its spaces as a reader sees them."""
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


@pytest.fixture(scope="module", params=["page", "sheet"])
def told(request: pytest.FixtureRequest, dossier: Dossier) -> str:
    """What the dossier of today says, on the page and on the sheet."""
    return dutch(dossier.text(NOW) if request.param == "page" else dossier.sheet(NOW))


def test_dossier_is_a_page_and_a_sheet(dossier: Dossier) -> None:
    assert {path.name for path in dossier.folder.iterdir()} >= {
        f"{NOW}.html",
        f"{NOW}.pdf",
        f"{THEN}.html",
        f"{THEN}.pdf",
    }
    facts = subprocess.run(
        [str(find_program("pdfinfo")), str(dossier.folder / f"{NOW}.pdf")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert int(re.search(r"Pages:\s+(\d+)", facts)[1]) in (1, 2)  # type: ignore[index]
    assert "A4" in facts


def test_every_measurement_stands_beside_its_norm(dossier: Dossier, told: str) -> None:
    judged = dossier.run.frame("Assessments")
    rows = judged[judged["locatie_id"] == dossier.locatie]
    assert len(rows) >= 15
    for row in rows.itertuples():
        assert dutch(row.label) in told, row.label
        if row.verdict in ("voldoet", "voldoet niet"):
            assert dutch(row.measured_text) in told, row.criterion_id
            assert dutch(row.norm) in told, row.criterion_id
        assert row.verdict in told


def test_legal_grounds_are_kept_apart(told: str) -> None:
    assert re.search(r"[Pp]laatsing.*Ondergrond van de paal.*Verkeer.*Soort parkeervak", told)


def test_data_has_its_dates(told: str) -> None:
    assert "BGT, 1 januari 2025" in told
    assert "Vakkenregister, 1 maart 2026" in told
    assert "Stand van 23 november 2026" in told


def test_alternatives_say_why_they_lost(told: str) -> None:
    assert "Alternatieven op loopafstand" in told
    assert re.search(r"\b\d+ m\b.*(hogere|lagere|even hoge) score", told, re.IGNORECASE)


@pytest.mark.parametrize("words", ["Belangen om te wegen", "WVW 1994", "schouw", "onbekend", "Omwonenden", "Concept"])
def test_interests_and_what_is_unknown(told: str, words: str) -> None:
    assert words.lower() in told.lower()


def test_energy_is_never_the_only_interest(told: str) -> None:
    """Article 2 lid 3 may be named besides others; there is no lid 4."""
    assert "lid 3" in told
    assert re.search(r"lid [12]\b", told)
    assert "lid 4" not in told
    assert re.search(r"nooit als enige|naast andere belangen", told)


def test_page_has_a_map_and_needs_no_network(dossier: Dossier) -> None:
    page = dossier.page(NOW)
    assert re.search(r"<svg|<img[^>]+src=\"data:", page)
    assert re.findall(r"(?:src|srcset)=\"(?!data:)|<link[^>]+href=\"(?!data:)|url\((?!['\"]?(?:data:|#))", page) == []
    assert 'lang="nl"' in page


def test_text_is_dutch_with_decimal_commas(told: str) -> None:
    assert not re.search(r"\d\.\d\d? m\b", told)
    assert not re.search(r"\b(nan|None|True|False|unknown|share)\b", told)


def test_no_path_of_this_machine_is_shown(dossier: Dossier, told: str) -> None:
    assert str(dossier.folder.parent) not in told
    assert "/tmp/" not in told


def test_page_and_sheet_say_the_same(dossier: Dossier) -> None:
    judged = dossier.run.frame("Assessments")
    rows = judged[(judged["locatie_id"] == dossier.locatie) & judged["margin"].notna()]
    page, sheet = dutch(dossier.text(NOW)), dutch(dossier.sheet(NOW))
    assert [
        row.measured_text for row in rows.itertuples() if (row.measured_text in page) != (row.measured_text in sheet)
    ] == []


# --- as it was -------------------------------------------------------------------------------------------------------


def as_of(laadplan: Program, dossier: Dossier, day: str) -> Any:
    return laadplan(
        "dossier", dossier.config, dossier.locatie, "--out", dossier.run.path, "--as-of", day, cwd=dossier.config.parent
    )


@pytest.mark.parametrize(("day", "found"), [("2026-11-22", THEN), (NOW, NOW)])
def test_dossier_as_it_was_on_a_day(laadplan: Program, dossier: Dossier, day: str, found: str) -> None:
    """The last one on or before the day, byte for byte, whatever the policy says now."""
    before = fingerprints(dossier.run.path)
    done = as_of(laadplan, dossier, day)
    assert done.returncode == 0, done.stderr
    assert f"{found}.html" in done.stdout
    assert fingerprints(dossier.run.path) == before


def test_dossiers_of_two_days_each_have_their_own_norm(dossier: Dossier) -> None:
    assert "ten hoogste 200 m" in dutch(dossier.text(THEN))
    assert "ten hoogste 300 m" in dutch(dossier.text(NOW))
    assert "ten hoogste 300 m" not in dutch(dossier.text(THEN))


def test_there_is_no_dossier_before_the_first(laadplan: Program, dossier: Dossier) -> None:
    done = as_of(laadplan, dossier, "2026-09-30")
    assert done.returncode == 2
    assert THEN in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_site_is_refused_with_near_ones(laadplan: Program, dossier: Dossier) -> None:
    before = fingerprints(dossier.run.path, but=("run.json",))
    wrong = dossier.locatie[:-1] + "9"
    done = laadplan("dossier", dossier.config, wrong, "--out", dossier.run.path, "--date", NOW, "--quiet")
    assert done.returncode == 2
    assert wrong in done.stderr
    assert dossier.locatie in done.stderr
    assert fingerprints(dossier.run.path, but=("run.json",)) == before
