"""Otterlo and the Zeeheldenbuurt: every parkeervlak is cut or listed, and the bays are those of the register.

The surfaces and the register are read here from the sources themselves.
"""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from .bgt_file import read_bgt
from .program import Program
from .reading import RD, ROOT, RunFolder, load_yaml, write_yaml
from .streets import run_until

pytestmark = [pytest.mark.real, pytest.mark.slow]

ON_STRIPS = 133
"""Registered bays of the Zeeheldenbuurt, of 207, of which more than half lies on one parkeervlak."""

ARC_M2 = 0.25
"""Area that arcs in chords, and degrees in centimetres, may make of a surface (m2)."""

FILLED = 0.90
"""Part of a strip that registered bays cover when the register fills it."""

USUAL_M = (5.3, 6.4)
"""Usual length of a langs bay (m); in the register also stand bays of 5.0, 6.5 and 12 m."""


# --- Otterlo ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def surfaces(real_data: Path) -> geopandas.GeoDataFrame:
    """Current parkeervlakken of Otterlo by lokaalID, from the GML."""
    rows = read_bgt(real_data / "ede-otterlo" / "bgt" / "bgt_wegdeel.gml")
    rows = rows[~rows["ended"] & (rows["bgt_status"] != "plan") & (rows["function"] == "parkeervlak")]
    return rows.set_index("lokaal_id")


@pytest.mark.xdist_group("otterlo")
def test_every_parkeervlak_of_otterlo_is_cut_or_listed(
    otterlo_run: RunFolder, surfaces: geopandas.GeoDataFrame
) -> None:
    strips = otterlo_run.frame("Strips").set_index("local_id")
    assert len(surfaces) == 54
    assert set(strips.index) == set(surfaces.index)
    uncut = strips[strips["bay_count"] == 0]
    assert uncut["reason"].str.len().min() > 10
    large = strips[strips["unused_m2"] > 0.1 * strips["area_m2"]]
    assert large["reason"].notna().all()


@pytest.mark.xdist_group("otterlo")
def test_areas_of_otterlo_add_up(otterlo_run: RunFolder, surfaces: geopandas.GeoDataFrame) -> None:
    """What bays cover and what is reported as not used is all there is, strip by strip, to 0.1 m2."""
    strips, bays = otterlo_run.frame("Strips").set_index("local_id"), otterlo_run.frame("Bays")
    assert strips["area_m2"].sum() == pytest.approx(8846, abs=2)
    assert (strips["area_m2"] - surfaces.area.loc[strips.index]).abs().max() < ARC_M2
    for strip, rows in bays.groupby("road_part_id"):
        covered = shapely.union_all(rows.geometry.to_numpy()).intersection(strips.geometry[strip]).area
        assert covered + strips["unused_m2"][strip] == pytest.approx(strips["area_m2"][strip], abs=0.1), strip
        assert rows.area.sum() == pytest.approx(shapely.union_all(rows.geometry.to_numpy()).area, abs=0.1), strip


@pytest.mark.xdist_group("otterlo")
def test_most_of_otterlos_parking_is_bays(otterlo_run: RunFolder) -> None:
    """Apart from car parks, whose aisles are driven on, nine tenths of the surface is in use."""
    strips = otterlo_run.frame("Strips")
    along = strips[strips["kind"].isin(["langs", "haaks", "schuin"])]
    assert len(along) >= 45
    assert along["unused_m2"].sum() < 0.1 * along["area_m2"].sum()
    assert (strips.loc[strips["kind"] == "parkeerterrein", "bay_count"] > 0).all()


@pytest.mark.xdist_group("otterlo")
def test_every_rejected_spot_of_otterlo_names_its_rule_and_measurement(otterlo_run: RunFolder) -> None:
    judged = otterlo_run.frame("Assessments")
    failed = judged[(judged["kind"] == "eis") & (judged["counts_as"] == "voldoet niet")]
    reasons = otterlo_run.frame("Sites").set_index("locatie_id")["reden"]
    status = otterlo_run.frame("Sites").set_index("locatie_id")["status"]
    assert len(failed)
    assert set(status[failed["locatie_id"].unique()]) == {"afgevallen"}
    for locatie, rows in failed.groupby("locatie_id"):
        assert any(row.label in reasons[locatie] and row.measured_text in reasons[locatie] for row in rows.itertuples())


# --- Zeeheldenbuurt --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def zeehelden(laadplan: Program, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The quarter, as far as its spots are judged."""
    config = ROOT / "configs" / "zeeheldenbuurt.yaml"
    return run_until(laadplan, config, "Assessments", tmp_path_factory.mktemp("zeehelden") / "uit")


@pytest.fixture(scope="module")
def zeehelden_cut(laadplan: Program, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The quarter without its register: all bays cut from the BGT."""
    folder = tmp_path_factory.mktemp("zeehelden-bgt")
    content = load_yaml(ROOT / "configs" / "zeeheldenbuurt.yaml")
    content["sources"]["parking_bays"] = {}
    return run_until(laadplan, write_yaml(content, folder / "zeeheldenbuurt.yaml"), "Bays", folder / "uit")


@pytest.fixture(scope="module")
def strips(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> geopandas.GeoDataFrame:
    """Parkeervlakken of the quarter from the source, by id."""
    name = "amsterdam_zeeheldenbuurt_parkeren.gpkg"
    copy = shutil.copy(real_data / "amsterdam-zeeheldenbuurt" / "parking" / name, tmp_path_factory.mktemp("bgt"))
    rows = geopandas.read_file(copy, layer="bgt_wegdeel").to_crs(RD)
    return rows[rows["bgt_functie"] == "parkeervlak"].set_index("bgt_id")


@pytest.fixture(scope="module")
def register(real_data: Path) -> geopandas.GeoDataFrame:
    """Registered bays from the source: id and shape, by the first column and the first cell that is WKB."""
    path = real_data / "amsterdam-zeeheldenbuurt" / "parking" / "vakken.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    shapes = [next(shapely.from_wkb(cell) for cell in row if re.fullmatch(r"01[0-9A-F]{60,}", cell)) for row in rows]
    frame = geopandas.GeoDataFrame({"bay_id": [row[0] for row in rows]}, geometry=shapes, crs=4326)
    return frame.to_crs(RD).set_index("bay_id")


@pytest.fixture(scope="module")
def joined(register: geopandas.GeoDataFrame, strips: geopandas.GeoDataFrame) -> Any:
    """Strip on which more than half of each registered bay lies; those on none are left out."""
    bay, strip = shapely.STRtree(strips.geometry.to_numpy()).query(register.geometry.to_numpy(), predicate="intersects")
    parts = shapely.intersection(register.geometry.to_numpy()[bay], strips.geometry.to_numpy()[strip])
    most = shapely.area(parts) > 0.5 * register.area.to_numpy()[bay]
    return register.iloc[bay[most]].assign(strip=strips.index[strip[most]])


@pytest.mark.xdist_group("zeehelden")
def test_every_parkeervlak_of_the_quarter_is_cut_filled_or_listed(
    zeehelden: RunFolder, strips: geopandas.GeoDataFrame
) -> None:
    found = zeehelden.frame("Strips").set_index("local_id")
    assert set(found.index) == set(strips.index)
    assert (found["area_m2"] - strips.area.loc[found.index]).abs().max() < ARC_M2
    listed = found[(found["bay_count"] == 0) | (found["unused_m2"] > 0.1 * found["area_m2"])]
    assert listed["reason"].str.len().min() > 10


@pytest.mark.xdist_group("zeehelden")
def test_registered_bays_that_lie_on_parkeervlakken(
    zeehelden: RunFolder, register: geopandas.GeoDataFrame, joined: Any
) -> None:
    """All 207 are bays of the plan; the 133 whose centre lies on a strip say which, as our own join does."""
    bays = zeehelden.frame("Bays").set_index("bay_id")
    own = bays[bays["origin"] == "gemeente"]
    own = own.set_index(own.index.str.removeprefix("gemeente/"))
    assert len(register) == len(own) == 207
    assert own.index.symmetric_difference(register.index).empty
    assert len(joined) == ON_STRIPS
    assert (own.loc[joined.index, "road_part_id"] == joined["strip"]).all()
    elsewhere = own.drop(joined.index)
    assert elsewhere["road_part_id"].isin(set(joined["strip"])).sum() == 0


@pytest.mark.xdist_group("zeehelden")
def test_register_and_cut_do_not_stand_on_each_other(zeehelden: RunFolder) -> None:
    bays = zeehelden.frame("Bays")
    own, cut = (bays.geometry[bays["origin"] == origin].to_numpy() for origin in ("gemeente", "BGT"))
    assert shapely.union_all(own).intersection(shapely.union_all(cut)).area < 0.01 * shapely.union_all(cut).area


@pytest.mark.xdist_group("zeehelden")
def test_cut_gives_as_many_bays_as_the_register_where_that_fills_the_strip(
    zeehelden_cut: RunFolder, strips: geopandas.GeoDataFrame, joined: Any
) -> None:
    """Strip by strip, for the part that is filled; only where bays have an unusual length may the counts differ."""
    cut, same, odd, wrong = zeehelden_cut.frame("Strips").set_index("local_id"), 0, 0, {}
    for strip, rows in joined.groupby("strip"):
        filled = shapely.union_all(rows.geometry.to_numpy()).intersection(strips.geometry[strip]).area
        filled /= strips.geometry[strip].area
        if filled < FILLED:
            continue
        counts = (len(rows), round(int(cut.loc[strip, "bay_count"]) * filled))
        usual = USUAL_M[0] <= cut.loc[strip, "length_m"] * filled / len(rows) <= USUAL_M[1]
        same, odd = same + (counts[0] == counts[1]), odd + (counts[0] != counts[1] and not usual)
        if counts[0] != counts[1] and usual:
            wrong[strip] = counts
    assert wrong == {}
    assert same >= 20
    assert odd <= 4


@pytest.mark.xdist_group("zeehelden")
def test_strips_that_the_register_does_not_fill_are_listed_with_the_reason(
    zeehelden: RunFolder, strips: geopandas.GeoDataFrame, joined: Any
) -> None:
    found = zeehelden.frame("Strips").set_index("local_id")
    for strip in strips.index:
        rows = joined[joined["strip"] == strip]
        covered = shapely.union_all(rows.geometry.to_numpy()).intersection(strips.geometry[strip]).area
        if len(rows) and covered < FILLED * strips.geometry[strip].area:
            assert "register" in str(found.loc[strip, "reason"]), strip


@pytest.mark.parametrize("criterion", ["afstand_boom", "afstand_gevel", "aansluitkabel", "paal_vrij", "bodem"])
@pytest.mark.xdist_group("zeehelden")
def test_what_was_not_delivered_is_unknown(zeehelden: RunFolder, criterion: str) -> None:
    """No buildings, trees, cables, or things that stand in the street: never a pass, for want of data."""
    judged = zeehelden.frame("Assessments")
    verdicts = set(judged.loc[judged["criterion_id"] == criterion, "verdict"])
    assert "onbekend" in verdicts
    assert "voldoet" not in verdicts
