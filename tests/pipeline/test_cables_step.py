from datetime import date

import pytest

from laadplan.config.project import Area
from laadplan.config.sources import Source
from laadplan.contracts.quality import Quality
from laadplan.pipeline.source_steps import cables
from laadplan.store.catalogue import SourceFile


@pytest.mark.real
def test_of_grid_points_every_one_is_kept_or_dropped_by_a_rule(real_data):
    path = real_data / "maasgouw-wessem" / "klic" / "Levering_22O000518_1.zip"
    quality = Quality()

    _, points = cables(
        {"klic": SourceFile("cables.klic", Source(path=str(path)), path, {})},
        Area(municipality_code="GM1641", bbox_rd=(189000, 351500, 190500, 353000)),
        date(2026, 6, 1),
        quality,
    )

    dropped = sum(number for fact, number in quality.facts.items() if fact.startswith("grid points dropped: "))
    assert quality.facts["grid points"] == len(points) > 0
    assert dropped > 0
    assert quality.facts["grid points"] + dropped == quality.facts["grid points read"]
