"""The cut against the register of Zeeheldenbuurt: what is held here may only get better."""

import geopandas as gpd
import numpy as np
import pytest

from laadplan.contracts.planning import Bays, Strips
from laadplan.contracts.quality import Quality
from laadplan.kerb.bays import cut_strips
from laadplan.kerb.registered import join_bays, registered_bays
from tests.kerb.comparison import PAGE, RULES, SURFACES, compare, elsewhere, page, read, tables

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("comparison")]


@pytest.fixture(scope="module")
def given(real_data):
    return read(real_data)


def test_as_many_bays_lie_on_parkeervlakken_as_were_counted_by_hand(given):
    bays, road_parts = given

    found = compare(bays, road_parts)

    assert (len(bays), len(road_parts), len(found)) == (207, 198, 37)
    assert found["registered"].sum() == 133
    assert elsewhere(bays, road_parts).sum() == 207 - 133


def test_the_cut_agrees_with_the_register_at_least_as_well_as_it_did(given):
    found = compare(*given)
    held = found[found["compared"]]

    differ = (held["registered"] - held["cut"]).abs()
    assert len(held) == 26
    assert (differ == 0).sum() >= 21
    assert differ.sum() <= 9
    assert (held["register_says"] == held["cut_says"]).all()
    assert (held["why"][differ > 0] != "").all()
    assert (found["why"][~found["compared"]] != "").all()


def test_the_page_holds_the_comparison(given):
    text = PAGE.read_text(encoding="utf-8")

    assert text == page(text, tables(*given))


def test_every_registered_bay_is_a_bay_in_a_row_and_no_place_counts_twice(given):
    bays, road_parts = given
    quality = Quality()

    registered = Bays.checked(registered_bays(bays, road_parts, RULES, SURFACES, quality))
    strips, joined = join_bays(*cut_strips(road_parts, RULES, SURFACES), registered, quality)

    assert (len(registered), quality.dropped) == (207, {})
    assert registered["orientation"].value_counts().to_dict() == {"langs": 155, "haaks": 52}
    assert registered["row_id"].nunique() == 49
    counted = joined["road_part_id"].value_counts().reindex(Strips.checked(strips).index, fill_value=0)
    assert (counted == strips["bay_count"]).all()
    assert strips["reason"][strips["bay_count"] == 0].notna().all()
    pairs = gpd.sjoin(joined[["geometry"]], joined[["geometry"]], predicate="overlaps")
    shared = [
        joined.geometry[one].intersection(joined.geometry[other]).area for one, other in pairs["bay_id_right"].items()
    ]
    assert max(shared) < 0.25 * joined.area.min()


def test_poles_stand_away_from_the_carriageway(given):
    """At the kerb point of a bay on a strip, half a metre on, there is no carriageway."""
    bays, road_parts = given
    registered = registered_bays(bays, road_parts, RULES, SURFACES)
    registered = registered[registered["road_part_id"].map(road_parts["function"]) == "parkeervlak"]
    away = np.radians(registered["away_deg"])
    poles = gpd.GeoSeries(
        gpd.points_from_xy(registered["kerb_x_m"] + 0.5 * np.cos(away), registered["kerb_y_m"] + 0.5 * np.sin(away)),
        index=registered.index,
        crs=registered.crs,
    )
    driven = road_parts[road_parts["function"].isin(SURFACES.driveable)].union_all()

    assert poles.within(driven).sum() <= 1  # of 134, where the register is of another day than the BGT
