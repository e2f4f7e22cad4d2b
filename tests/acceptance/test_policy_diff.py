"""What-if: which candidates change verdict under another policy, by which rule, with a map."""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import html
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from . import rich
from .program import Program
from .reading import RunFolder, fingerprints, load_yaml, write_yaml

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

STRICTER = [
    {
        "id": "vrije_doorgang",
        "label": "Vrije doorgang",
        "rule": "width",
        "kind": "eis",
        "at_least_m": 1.0,
        "source": "x",
    },
    {"id": "kabel", "label": "Regel kabel", "rule": "cable", "kind": "eis", "at_most_m": 1.0, "source": "x"},
    {"id": "nieuw", "label": "Nieuwe regel", "rule": "spacing", "kind": "wens", "at_least_m": 150.0, "source": "x"},
]
"""A norm that is raised, a confidential one that becomes an eis, and a rule that is new."""


@dataclass(frozen=True)
class Diff:
    """Both policies' runs, the rows that were written, and what was said."""

    before: RunFolder
    after: RunFolder
    rows: list[dict[str, str]]
    page: str
    said: str


@pytest.fixture(scope="module")
def diff(laadplan: Program, boxed_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Diff:
    """The part of the town under its own policy, and under a profile laid over it."""
    folder = tmp_path_factory.mktemp("verschil") / "plan"
    shutil.copytree(boxed_run.config.parent, folder)
    profile = {"schema": 1, "name": "strenger", "title": "Strenger", "criteria": STRICTER}
    words = ["policy", "diff", folder / "laadplan.yaml", write_yaml(profile, folder / "strenger.yaml")]
    done = laadplan(*words, "--out", folder / "uit", "--date", rich.DATE, cwd=folder)
    assert done.returncode in (0, 1), done.stderr

    def change(content: dict[str, Any]) -> None:
        ids = {each["id"] for each in STRICTER}
        kept = [each for each in content["policy"]["criteria"] if each["id"] not in ids]
        content["policy"]["criteria"] = kept + STRICTER

    content = load_yaml(folder / "laadplan.yaml")
    change(content)
    shutil.copytree(folder / "uit", folder / "uit-na")
    after = rich.run(laadplan, write_yaml(content, folder / "na.yaml"), folder / "uit-na")
    text = (folder / "uit" / "policy-diff.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=max(";,", key=text.splitlines()[0].count)))
    page = (folder / "uit" / "policy-diff.html").read_text(encoding="utf-8")
    return Diff(
        RunFolder(folder / "uit", boxed_run.config, {}, 0, "", ""), after, rows, page, done.stdout + done.stderr
    )


def verdicts(run: RunFolder) -> dict[tuple[str, str], tuple[str, str]]:
    rows = run.frame("Assessments")
    return {(row.locatie_id, row.criterion_id): (row.kind, row.verdict) for row in rows.itertuples()}


def test_rows_are_what_changed_between_two_runs(diff: Diff) -> None:
    """Judged by two runs of their own: each place and rule whose verdict or kind is another, and no others."""
    before, after = verdicts(diff.before), verdicts(diff.after)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    told = {(row["locatie_id"], row[next(k for k in row if "criteri" in k)]) for row in diff.rows}
    assert {rule for _, rule in changed} == {"vrije_doorgang", "kabel", "nieuw"}
    assert told == changed


def test_candidates_that_fall_out_are_counted(diff: Diff) -> None:
    out = [failed(run) for run in (diff.before, diff.after)]
    fallen = len(out[1] - out[0])
    assert fallen > 0
    assert re.search(rf"vervalt: {fallen}\b", diff.said), diff.said


def failed(run: RunFolder) -> set[str]:
    rows = run.frame("Assessments")
    return set(rows.loc[(rows["kind"] == "eis") & (rows["counts_as"] == "voldoet niet"), "locatie_id"])


def test_page_has_a_map_and_names_the_rules_in_dutch(diff: Diff) -> None:
    assert re.search(r"<svg|<canvas|leaflet", diff.page)
    assert 'lang="nl"' in diff.page
    text = html.unescape(re.sub(r"<[^>]+>", " ", diff.page))
    for words in ("Vrije doorgang", "Nieuwe regel", "ten minste 1,00 m", "voldoet niet"):
        assert words in text, words


def test_table_is_for_dutch_readers(diff: Diff) -> None:
    """Headers in Dutch, and as Dutch spreadsheets want it."""
    assert diff.rows
    assert not [name for name in diff.rows[0] if re.search(r"before|after|verdict|measured|reason|kind", name)]


def test_diff_shows_no_value_of_a_confidential_rule(diff: Diff) -> None:
    rows = [row for row in diff.rows if "kabel" in row.values()]
    assert rows
    for row in rows:
        shown = (
            " ".join(value for key, value in row.items() if key != "locatie_id")
            .replace("25,00", "")
            .replace("1,00", "")
        )
        assert not re.search(r"\d", shown), row
    lengths = diff.before.frame("CableRoutes")["cable_id"].dropna()
    assert not [each for each in lengths if each in diff.page + diff.said]


def test_policies_that_are_equal_differ_nowhere(laadplan: Program, diff: Diff) -> None:
    folder = diff.before.path.parent
    before = fingerprints(diff.before.path / "frames")
    done = laadplan(
        *("policy", "diff", folder / "laadplan.yaml", folder / "laadplan.yaml"),
        *("--out", diff.before.path, "--date", rich.DATE, "--quiet"),
        cwd=Path(folder),
    )
    assert done.returncode == 0, done.stderr
    assert len((diff.before.path / "policy-diff.csv").read_text(encoding="utf-8").splitlines()) == 1
    assert fingerprints(diff.before.path / "frames") == before
