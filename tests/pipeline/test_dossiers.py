from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from laadplan.contracts.planning import Sites
from laadplan.errors import BadInput, ConfigError, LaadplanError
from laadplan.pipeline import dossiers
from laadplan.pipeline.dossiers import PUBLIC, dossier_as_of, keep, read_kept, write_dossier
from laadplan.publish.dossier import Paper, SourceNote
from laadplan.store.frames import read_frame
from laadplan.store.projects import read_project
from tests.policy import village
from tests.publish.test_dossier import paper

DAY, LATER = date(2027, 1, 4), date(2027, 3, 1)


def on(day: date, **changes: object) -> Paper:
    made = paper(**changes)
    return replace(made, dossier=replace(made.dossier, on=day))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_dossier_is_kept_under_its_day_as_page_sheet_and_data(tmp_path: Path):
    written = keep(paper(), tmp_path)

    assert sorted(contents(tmp_path)) == [
        f"dossiers/{village.SITE}/2027-01-04.{kind}" for kind in ("html", "json", "pdf")
    ]
    assert written.pdf.read_bytes().startswith(b"%PDF-")
    assert json.loads(written.json.read_text())["paper"]["config_sha256"] == paper().config_sha256


def test_what_is_kept_is_what_is_read(tmp_path: Path):
    assert read_kept(keep(paper(), tmp_path).json).paper == paper()


def test_keeping_twice_changes_no_byte(tmp_path: Path):
    keep(paper(), tmp_path)
    before = contents(tmp_path)

    keep(paper(), tmp_path)

    assert contents(tmp_path) == before


def test_nothing_confidential_is_kept(tmp_path: Path):
    keep(paper(), tmp_path)

    assert not any(secret.encode() in content for content in contents(tmp_path).values() for secret in village.SECRETS)
    assert not [contract for contract in PUBLIC if contract.is_confidential()]


def test_dossier_as_it_was_on_a_day(tmp_path: Path):
    first, second = keep(on(DAY), tmp_path), keep(on(LATER, disclaimer="Later."), tmp_path)

    assert dossier_as_of(tmp_path, village.SITE, date(2027, 2, 28)) == first
    assert dossier_as_of(tmp_path, village.SITE, LATER) == second
    assert dossier_as_of(tmp_path, village.SITE, date(2030, 1, 1)) == second


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"anders")])
def test_page_and_sheet_are_made_again_byte_for_byte(tmp_path: Path, spoil):
    written = keep(paper(), tmp_path)
    before = contents(tmp_path)
    spoil(written.html)
    spoil(written.pdf)

    dossier_as_of(tmp_path, village.SITE, DAY)

    assert contents(tmp_path) == before


def test_page_that_would_come_out_otherwise_is_not_passed_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    written = keep(paper(), tmp_path)
    monkeypatch.setattr(dossiers, "make_page", lambda _: "anders")

    assert dossier_as_of(tmp_path, village.SITE, DAY) == written
    written.html.unlink()
    with pytest.raises(LaadplanError, match="lays the dossier out otherwise"):
        dossier_as_of(tmp_path, village.SITE, DAY)
    assert not written.html.exists()


def test_no_dossier_of_before_the_first(tmp_path: Path):
    keep(on(LATER), tmp_path)

    with pytest.raises(ConfigError, match=r"no dossier .* on or before 2027-01-04.*There are dossiers of 2027-03-01"):
        dossier_as_of(tmp_path, village.SITE, DAY)
    with pytest.raises(ConfigError, match="No dossier of this location was made yet"):
        dossier_as_of(tmp_path, village.FAR, DAY)


def test_earlier_dossier_may_not_change_once_there_is_a_later_one(tmp_path: Path):
    keep(on(DAY), tmp_path)
    keep(on(LATER), tmp_path)
    before = contents(tmp_path)

    keep(on(DAY), tmp_path)
    with pytest.raises(ConfigError, match=r"2027-01-04 may no longer change: there is one of 2027-03-01"):
        keep(on(DAY, disclaimer="Anders."), tmp_path)

    assert contents(tmp_path) == before


def test_dossier_of_the_same_day_gives_way_to_one_on_newer_data_only(tmp_path: Path):
    older, newer = ((SourceNote("bgt", "BGT", day, "ab"),) for day in ("2025-01-01", "2026-01-01"))
    keep(paper(sources=older), tmp_path)

    written = keep(paper(sources=newer), tmp_path)
    with pytest.raises(ConfigError, match="was made on newer data of bgt"):
        keep(paper(sources=older), tmp_path)

    assert read_kept(written.json).paper.sources == newer


def test_names_that_no_file_can_have_do_not_meet_and_stay_in_the_folder(tmp_path: Path):
    names = ["../../x@1", "a/b@1", "a_b@1", "."]
    for name in names:
        keep(replace(paper(), dossier=replace(paper().dossier, locatie_id=name)), tmp_path)

    folders = {path.name for path in (tmp_path / "dossiers").iterdir()}
    assert len(folders) == len(names)
    assert {path.name for path in tmp_path.iterdir()} == {"dossiers"}
    assert all(read_kept(dossier_as_of(tmp_path, name, DAY).json).paper.dossier.locatie_id == name for name in names)


@pytest.mark.parametrize("content", ["", "{}", "[1", '{"schema_version": 1}'])
def test_file_that_is_no_dossier_is_refused(tmp_path: Path, content: str):
    path = tmp_path / "x.json"
    path.write_text(content)

    with pytest.raises(BadInput, match="not a dossier of laadplan"):
        read_kept(path)


@pytest.mark.slow
def test_dossier_of_a_town_is_made_from_its_run(town):
    project = read_project(town.config)
    before = town.files()
    site = sorted(read_frame(Sites, town.out / "frames" / "Sites.parquet").query("status == 'voorkeurslocatie'").index)[
        0
    ]

    first = write_dossier(project, town.out, site, today=date(2026, 11, 23))
    made = {path: path.read_bytes() for path in (first.html, first.pdf, first.json)}
    again = write_dossier(project, town.out, site, today=date(2026, 11, 23))

    assert made == {path: path.read_bytes() for path in (again.html, again.pdf, again.json)}
    assert {name: content for name, content in town.files().items() if name in before} == before
    assert b"Demodorp (verzonnen)" in first.html.read_bytes()
    with pytest.raises(ConfigError, match=r"no location 'x@1'.*Near ones: "):
        write_dossier(project, town.out, "x@1", today=date(2026, 11, 23))
