"""What a source was like: rows read, kept and dropped per rule, missing values, reference dates, findings.

In: what readers and steps report while they work. Out: a plain record that ends up in ``run.json`` and in the report
of ``laadplan check``. Dropped rows keep their id and the rule that dropped them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass
class Quality:
    """Collector that a reader or a step writes what it saw into."""

    read: int | None = None
    kept: int | None = None
    dropped: dict[str, list[str]] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    ended_early: bool = False
    """True where the result is not the last word: it was stopped, and the next run does the step anew."""

    def drop(self, rule: str, ids: Iterable[object]) -> None:
        """Notes rows dropped by a rule, with their ids."""
        gone = [str(identifier) for identifier in ids]
        if gone:
            self.dropped[rule] = sorted(self.dropped.get(rule, []) + gone)

    def skip(self, rule: str, number: int) -> None:
        """Notes rows dropped by a rule by their number alone: too many to keep, without id, or confidential."""
        if number:
            self.skipped[rule] = self.skipped.get(rule, 0) + int(number)

    def find(self, finding: str) -> None:
        """Notes something that may mislead whoever uses the result."""
        self.findings.append(finding)

    def count(self, frame: pd.DataFrame) -> None:
        """Notes how many rows were kept and which columns have missing values."""
        self.kept = len(frame)
        gaps = frame.isna().sum()
        if self.read and frame.empty:
            self.find(f"None of {self.read} rows is left: does the area lie where the data is?")
        self.missing = {str(name): int(number) for name, number in gaps.items() if number}

    def summary(self) -> dict[str, Any]:
        """The record as plain values; of dropped rows the number per rule."""
        return {
            "read": self.read,
            "kept": self.kept,
            "dropped": self._counts(),
            "missing": dict(sorted(self.missing.items())),
            "findings": list(self.findings),
            "facts": dict(sorted(self.facts.items())),
        }

    def add(self, other: "Quality", name: str) -> None:
        """Adds what was seen of one of several sources; findings and facts say of which."""
        self.read = (self.read or 0) + (other.read or 0)
        for rule, ids in other.dropped.items():
            self.drop(rule, (f"{name}/{identifier}" for identifier in ids))
        for rule, number in other.skipped.items():
            self.skip(rule, number)
        self.kept = (self.kept or 0) + (other.kept or 0)
        for column, number in other.missing.items():
            self.missing[column] = self.missing.get(column, 0) + number
        self.findings += [f"{name}: {finding}" for finding in other.findings]
        self.facts |= {f"{name}: {fact}": value for fact, value in other.facts.items()}

    def _counts(self) -> dict[str, int]:
        rules = sorted({*self.dropped, *self.skipped})
        return {rule: len(self.dropped.get(rule, [])) + self.skipped.get(rule, 0) for rule in rules}

    def losses(self) -> pd.DataFrame:
        """The dropped rows whose ids were kept: one row per id and rule."""
        rows = [(identifier, rule) for rule, ids in sorted(self.dropped.items()) for identifier in ids]
        return pd.DataFrame(rows, columns=["id", "rule"], dtype="str")
