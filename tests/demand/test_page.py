from pathlib import Path

import pytest

from laadplan.config.scenario import Scenario

PAGE = (Path(__file__).parents[2] / "docs/reference/demand.md").read_text(encoding="utf-8")
ELSEWHERE = {"year", "variant", "until_year", "curves"}
"""Keys that choose or belong to the growth of electric cars."""


@pytest.mark.parametrize("key", sorted(set(Scenario.model_fields) - ELSEWHERE))
def test_every_assumption_stands_on_the_page_with_its_default(key):
    default = getattr(Scenario(), key)

    shown = f"{default:.10g} |" if isinstance(default, float) else "per "
    assert f"| `{key}` | {shown}" in PAGE
