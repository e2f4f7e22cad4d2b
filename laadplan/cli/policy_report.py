"""Policies on stdout: the merged rules with where each came from, what is wrong with them, and what another changes.

In: what `laadplan.pipeline.judging` found. Out: text for people.
"""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

WIDTH = 160
"""Width of the tables in characters: narrower and the norms break in the middle of words."""


def print_policy(found: Mapping[str, Any]) -> None:
    """The rules of a policy as a table, and the findings of the linter."""
    console = Console(highlight=False, width=WIDTH)
    relaxed = f", relaxed to level {found['relaxation']}" if found["relaxation"] else ""
    title = f"{found['file']}: {' + '.join(found['profiles'])}{relaxed}, on {found['date']}"
    names = ("Id", "Rule", "Kind", "Norm", "Weight", "Grondslag", "Owner", "Source", "From")
    table = Table(*names, title=escape(title))
    for column in table.columns:
        column.overflow = "fold"
    for rule in found["criteria"]:
        table.add_row(*(escape(text) for text in _rule(rule)))
    console.print(table)
    if found["assessments"]:
        console.print(f"Outcomes are those in {found['assessments']}.", markup=False)
    console.print("\n".join(_findings(found["findings"])), markup=False, soft_wrap=True)


def print_diff(found: Mapping[str, Any]) -> None:
    """How many candidates change under another policy, and by which rule."""
    console = Console(highlight=False, width=WIDTH)
    rules = Table("Rule", "Norm", "Verdict", "Candidates", title=escape(f"{found['before']} -> {found['after']}"))
    for rule in found["rules"]:
        verdict = f"{_verdict(rule, 'before')} -> {_verdict(rule, 'after')}"
        norm = rule["norm_before"]
        norm = norm if norm == rule["norm_after"] else f"{norm} -> {rule['norm_after']}"
        name = f"{rule['criterion_id']}: {rule['label']}"
        rules.add_row(escape(name), escape(norm), escape(verdict), str(rule["candidates"]))
    console.print(rules if found["rules"] else "No rule gives another verdict.")
    lines = [f"{change}: {number}" for change, number in found["candidates"].items()]
    notes = [f"Note: {remark}" for remark in found["remarks"]]
    console.print(
        "\n".join([*lines, *notes, *(f"Wrote {file}" for file in found["files"])]), markup=False, soft_wrap=True
    )


def _verdict(rule: Mapping[str, Any], when: str) -> str:
    kind, verdict = rule[f"kind_{when}"], rule[f"verdict_{when}"]
    return verdict if kind == verdict else f"{verdict} ({kind})"


def _rule(rule: Mapping[str, Any]) -> tuple[str, ...]:
    weight = "" if rule["weight"] is None else f"{rule['weight']:g}"
    source = ", ".join(part for part in (rule["source"], rule["source_on"], rule["source_page"]) if part)
    place = (rule["grondslag"], rule["owner"], source, rule["profile"])
    return (rule["id"], rule["label"], rule["kind"], rule["norm"], weight, *place)


def _findings(findings: list[Mapping[str, Any]]) -> list[str]:
    words = {"finding": "Finding", "remark": "Note"}
    lines = [
        f"{words[each['kind']]}: {', '.join(each['criteria'])} {each['text']}".replace(":  ", ": ") for each in findings
    ]
    return lines if any(each["kind"] == "finding" for each in findings) else ["No findings.", *lines]
