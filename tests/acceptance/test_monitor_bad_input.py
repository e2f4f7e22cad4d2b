"""Sessions that cannot be: each counted by rule, repaired as stated or left out, and no other session touched."""

# ruff: noqa: TID252

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas
import pytest

from . import buurtplan, drawn_use
from .drawn_use import HOUR, MINUTE, SECRET_SESSION, Session
from .program import Program
from .reading import RunFolder, fingerprints

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn-use")]

CLEAN = "VOL-2"
"""A pole at which nothing is wrong."""


def of(sessions: list[Session], pole: str) -> list[Session]:
    return [each for each in sessions if each.pole == pole]


def backwards(sessions: list[Session]) -> list[Session]:
    """Four ends before their begin, and one session without length."""
    mine = of(sessions, "VOL-1")[10:14]
    turned = [replace(each, begin=each.begin + 20 * MINUTE, end=each.begin) for each in mine]
    return [*turned, replace(mine[0], end=mine[0].begin)]


def overlapping(sessions: list[Session]) -> list[Session]:
    """Six sessions at points that are taken, beginning within another one."""
    return [drawn_use.shifted(each, 30 * MINUTE) for each in of(sessions, "VOL-1")[20:26]]


def too_much(sessions: list[Session]) -> list[Session]:
    """Five sessions of an hour in which a point of 11 kW gave 400 kWh."""
    last = of(sessions, "STIL-1")
    return [replace(each, begin=each.begin + 24 * HOUR, end=each.begin + 25 * HOUR, kwh=400.0) for each in last[:5]]


def nowhere(sessions: list[Session]) -> list[Session]:
    """Seven sessions at a pole that is in no list."""
    return [replace(each, pole="ONBEKEND-9") for each in of(sessions, "VOL-3")[:7]]


KINDS: dict[str, tuple[Callable[[list[Session]], list[Session]], int, str]] = {
    "end before begin": (backwards, 5, "einde|begin"),
    "overlap": (overlapping, 6, "overlap|gelijk|tegelijk|begint"),
    "kWh beyond the power": (too_much, 5, "kwh|vermogen|energie"),
    "unknown location": (nowhere, 7, "onbekend|locatie|niet in|unknown|location"),
}


@pytest.fixture(scope="module")
def spoiled(
    laadplan: Program, drawn: list[Session], tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, dict[str, object]]:
    """Use from a file with all that is wrong at once, and what check says of it."""
    folder = tmp_path_factory.mktemp("bedorven")
    wrong = [each for make, _, _ in KINDS.values() for each in make(drawn)]
    path = drawn_use.as_csv(folder / "s.csv", [*drawn, *wrong])
    lines = path.read_text(encoding="utf-8").splitlines()
    double = lines[1].rsplit(",", 1)[0] + ",19.99"
    path.write_text("\n".join([*lines, double, lines[2]]) + "\n", encoding="utf-8")
    config = drawn_use.project(folder / "plan", path, with_requests=False)
    run = buurtplan.monitor(laadplan, config)
    done = laadplan("check", config, "--json", "--date", buurtplan.DATE, cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    return run, json.loads(done.stdout)


def counted(document: object) -> dict[str, int]:
    """Numbers by the sentence or key beside them, from anywhere in a document."""
    found: dict[str, int] = {}
    if isinstance(document, dict):
        for key, value in document.items():
            if isinstance(value, int) and not isinstance(value, bool):
                found[key] = max(value, found.get(key, 0))
            else:
                found |= counted(value)
    elif isinstance(document, list):
        for value in document:
            found |= counted(value)
    elif isinstance(document, str):
        found[document] = 0
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_counted_by_its_rule(spoiled: tuple[RunFolder, dict[str, object]], kind: str) -> None:
    _, number, words = KINDS[kind]
    rules = counted(spoiled[1])
    told = {rule: n for rule, n in rules.items() if any(word in rule.lower() for word in words.split("|"))}
    assert any(n >= number or str(number) in rule for rule, n in told.items()), {r: n for r, n in rules.items() if n}


def test_one_id_with_two_contents_is_told(spoiled: tuple[RunFolder, dict[str, object]]) -> None:
    """And a row that is there twice alike counts once."""
    rules = {rule.lower(): n for rule, n in counted(spoiled[1]).items()}
    assert any("meer dan eens" in rule or "dubbel" in rule for rule, n in rules.items() if n), rules
    assert any(("inhoud" in rule or "verschil" in rule or "differ" in rule or "content" in rule) for rule in rules), [
        rule for rule in rules if "meer dan eens" in rule or "id" in rule.split()
    ]


def test_what_is_right_stays_right(spoiled: tuple[RunFolder, dict[str, object]], use_run: RunFolder) -> None:
    for name in ("UseWeeks", "UseHours"):
        mine, theirs = (
            run.frame(name).query("location_id == @CLEAN").reset_index(drop=True) for run in (spoiled[0], use_run)
        )
        pandas.testing.assert_frame_equal(mine, theirs)


def test_overlap_is_no_second_car_at_one_point(
    spoiled: tuple[RunFolder, dict[str, object]], use_run: RunFolder
) -> None:
    """A point is taken once: no hour holds more than its points, and little is added to what was there."""
    rows = spoiled[0].frame("UseHours")
    assert (rows["connected_h"] <= rows["observed_h"] + 1e-6).all()
    before, after = (
        run.frame("UseWeeks").query("location_id == 'VOL-1'")["connected_h"].sum() for run in (use_run, spoiled[0])
    )
    assert 0 <= after - before <= 6 * 0.5 + 0.1


def test_energy_beyond_the_power_is_not_believed(
    spoiled: tuple[RunFolder, dict[str, object]], use_run: RunFolder
) -> None:
    energy = spoiled[0].frame("UseWeeks").query("location_id == 'STIL-1'")["energy_kwh"].sum()
    before = use_run.frame("UseWeeks").query("location_id == 'STIL-1'")["energy_kwh"].sum()
    assert energy - before <= 5 * 12


def test_unknown_location_is_in_no_result(spoiled: tuple[RunFolder, dict[str, object]]) -> None:
    assert "ONBEKEND-9" not in spoiled[0].frame("Laaddruk").to_csv()


def test_ids_of_sessions_are_not_told(spoiled: tuple[RunFolder, dict[str, object]]) -> None:
    run, checked = spoiled
    assert SECRET_SESSION not in json.dumps(checked) + run.stdout + run.stderr + json.dumps(run.manifest)


REFUSED: dict[str, str] = {
    "no sessions in it": "a;b\n1;2\n",
    "moments that are none": "evse_id,location_id,started_utc,ended_utc,energy_kwh\nA,B,gisteren,vandaag,3\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_file_that_is_none_is_refused(laadplan: Program, use_run: RunFolder, tmp_path: Path, case: str) -> None:
    """Exit code 3, one line, and what an earlier run left stays as it was."""
    sessions = tmp_path / "s.csv"
    sessions.write_text(REFUSED[case], encoding="utf-8")
    out = tmp_path / "uit"
    out.mkdir()
    (out / "monitor.html").write_text("eerder resultaat", encoding="utf-8")
    before = fingerprints(out)
    done = laadplan(
        *("monitor", use_run.config, "--sessions", sessions, "--out", out, "--date", buurtplan.DATE, "--quiet"),
        cwd=tmp_path,
    )
    assert done.returncode == 3, f"{done.returncode}\n{done.stderr}"
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert fingerprints(out) == before


def test_no_use_at_all_is_said_in_one_line(laadplan: Program, tmp_path: Path, drawn: list[Session]) -> None:
    """Neither sessions nor polls: nothing to measure, no traceback, no empty report; check still works."""
    config = drawn_use.project(tmp_path / "plan", drawn_use.as_csv(tmp_path / "s.csv", drawn[:5]), with_requests=False)
    content = config.read_text(encoding="utf-8").split("  sessions:")
    rest = content[1].split("\n")
    kept = [line for line in rest[1:] if not line.startswith("    ")]
    config.write_text(content[0] + "\n".join(kept), encoding="utf-8")
    done = laadplan("monitor", config, "--out", tmp_path / "uit", "--date", buurtplan.DATE, cwd=tmp_path)
    assert done.returncode not in (0, 1), done.stdout
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    assert "AssertionError" not in done.stderr
    assert "sessions" in done.stderr
    checked = laadplan("check", config, "--date", buurtplan.DATE, cwd=tmp_path)
    assert checked.returncode in (0, 1), checked.stderr
