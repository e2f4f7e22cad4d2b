"""Otterlo: a real BGT, addresses without use and without objects, and hardly an inrit drawn in the village."""

import pytest
import shapely

from laadplan.config.project import Surfaces
from laadplan.config.scenario import HomeRules
from laadplan.contracts.quality import Quality
from laadplan.demand.homes import find_homes
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.bgt import read_buildings, read_road_parts, read_terrain
from laadplan.ingest.cbs import read_buurten

AREA = shapely.box(180_000, 456_000, 182_000, 458_000)


@pytest.mark.real
@pytest.mark.slow
def test_most_detached_houses_of_the_village_have_a_driveway_and_few_terraces(real_data):
    folder, quality = real_data / "ede-otterlo", Quality()

    homes = find_homes(
        read_addresses(folder / "bag" / "dutch_addresses_28992.gpkg"),
        None,
        read_buurten(folder / "cbs" / "cbs_buurten2024_ede_DERIVED.gpkg", AREA),
        buildings=read_buildings(folder / "bgt", AREA),
        road_parts=read_road_parts(folder / "bgt", AREA),
        terrain=read_terrain(folder / "bgt", AREA),
        area=AREA,
        rules=HomeRules(),
        surfaces=Surfaces(),
        quality=quality,
    )

    mean = homes.groupby("dwelling_type")["driveway_share"].mean()
    order = ["vrijstaand", "twee-onder-een-kap", "hoekwoning", "tussenwoning"]
    assert mean[order].is_monotonic_decreasing
    assert mean["vrijstaand"] > 0.85
    assert mean["tussenwoning"] < 0.2
    assert (len(homes), homes["use_known"].any()) == (1150, False)
    assert homes["driveway_measured"].mean() > 0.75
    assert homes["households"].between(0, 1).all()
    assert any("1150 of 1150 addresses is not known" in finding for finding in quality.findings)
