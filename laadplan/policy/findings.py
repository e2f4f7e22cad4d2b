"""What a linter says of a policy.

In: what was found. Out: findings, which somebody must mend, and remarks, which somebody must know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from laadplan.config.criteria import Criterion


@dataclass(frozen=True)
class Finding:
    """What was found, in English, and the ids of the criteria that it is about."""

    kind: Literal["finding", "remark"]
    text: str
    about: tuple[str, ...] = ()


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Findings before remarks, each in the order in which they were found, and each once."""
    return sorted(dict.fromkeys(found), key=lambda finding: finding.kind)


def by_kind(each: Criterion) -> Literal["finding", "remark"]:
    """An eis that cannot be judged is a finding; a wens that cannot be judged only does not count."""
    return "finding" if each.kind == "eis" else "remark"
