"""BGT GML of a quarter made by hand: what a real delivery holds, traps included, read back by our own reader."""

from pathlib import Path

import pytest
import shapely
from lxml import etree

from laadplan.demo.gml import EMPTY_LAYERS, HEAD, LAYERS, TAIL, members
from laadplan.demo.positions import polygons_text, positions
from laadplan.demo.records import is_current, records
from laadplan.ingest import bgt
from tests.demo.handmade import make_cell, make_empty_quarter, make_quarter

IMGEO = "{http://www.geostandaarden.nl/imgeo/2.1}"
GML = "{http://www.opengis.net/gml}"


def objects(layer: str, cell: int = 0) -> list[etree._Element]:
    """The objects in the file of one quarter."""
    text = HEAD + members(layer, records(make_quarter(make_cell(cell)), layer)) + TAIL
    return [member[0] for member in etree.fromstring(text.encode())]


def write_delivery(folder: Path) -> Path:
    """A delivery of two quarters beside each other."""
    quarters = [make_quarter(make_cell(index)) for index in (0, 1)]
    for layer in (*LAYERS, *EMPTY_LAYERS):
        parts = [members(layer, records(quarter, layer)) for quarter in quarters if layer in LAYERS]
        (folder / f"bgt_{layer}.gml").write_text(HEAD + "".join(parts) + TAIL, encoding="utf-8")
    return folder


@pytest.mark.parametrize("layer", LAYERS)
def test_every_record_becomes_an_object_with_an_id_of_its_own(layer: str) -> None:
    found = objects(layer)

    versions = [item.get(f"{GML}id") for item in found]
    assert len(found) == len(records(make_quarter(), layer))
    assert len(set(versions)) == len(versions)
    assert all(version.startswith("b") and len(version) == 37 for version in versions)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_quarter_without_objects_adds_nothing(layer: str) -> None:
    assert members(layer, records(make_empty_quarter(), layer)) == ""
    assert members(layer, []) == ""


def test_rounded_corners_are_arcs_and_a_hole_is_an_interior() -> None:
    assert any(len(item.findall(f".//{GML}Arc")) == 4 for item in objects("wegdeel"))
    assert any(item.find(f".//{GML}interior") is not None for item in objects("onbegroeidterreindeel"))


def test_a_building_is_a_multisurface_without_a_crs_and_has_a_label_beside_it() -> None:
    found = objects("pand")

    shapes = [item.find(f"{IMGEO}geometrie2dGrondvlak") for item in found]
    labels = [item.findtext(f".//{IMGEO}tekst") for item in found]
    assert all(shape[0].tag == f"{GML}MultiSurface" for shape in shapes)
    assert not any(item.get("srsName") for shape in shapes for item in shape.iter())
    assert {"1", "2", "4", None} <= set(labels)
    assert all(
        item.find(f".//{IMGEO}positie//{GML}pos") is not None
        for item in found
        if item.find(f".//{IMGEO}tekst") is not None
    )


def test_every_other_shape_names_rd_new() -> None:
    for layer in ("wegdeel", "ondersteunendwegdeel", "begroeidterreindeel", "onbegroeidterreindeel", "waterdeel"):
        shapes = [shape for item in objects(layer) for shape in item.iter(f"{GML}Polygon")]
        assert {shape.get("srsName") for shape in shapes} == {"urn:ogc:def:crs:EPSG::28992"}, layer


def test_plans_have_their_status_where_a_real_delivery_has_it() -> None:
    planned = [item for item in objects("wegdeel") if item.findtext(f"{IMGEO}bgt-status") == "plan"]
    buildings = [item for item in objects("pand") if item.findtext(f"{IMGEO}plus-status") == "plan"]

    assert (len(planned), len(buildings)) == (2, 2)
    assert [item.findtext(f"{IMGEO}bgt-status") for item in buildings] == ["geenWaarde"] * 2


def test_our_reader_finds_the_planted_shapes(tmp_path: Path) -> None:
    quarters = [make_quarter(make_cell(index)) for index in (0, 1)]
    planted = {
        surface.local_id: surface.polygon
        for quarter in quarters
        for surface in quarter.surfaces
        if surface.layer == "wegdeel"
    }

    found = bgt.read_road_parts(write_delivery(tmp_path))

    assert set(found.index) == set(planted)
    assert all(
        found.geometry[name].symmetric_difference(shape).area < 1e-4 * shape.area for name, shape in planted.items()
    )
    assert len(bgt.read_trees(tmp_path)) == sum(len(quarter.trees) for quarter in quarters)


def test_records_of_today_are_those_that_were_planted() -> None:
    quarter = make_quarter()

    found = [record for record in records(quarter, "wegdeel") if is_current(record)]

    assert [record.local_id for record in found] == [
        surface.local_id for surface in quarter.surfaces if surface.layer == "wegdeel"
    ]


def test_positions_are_those_of_the_formatting_of_single_numbers() -> None:
    points = [shapely.Point(144000.0004, 508000.9996), shapely.Point(13600.1, 619000.25)]

    assert positions(points) == [f"{point.x:.3f} {point.y:.3f}" for point in points]
    assert positions([]) == []
    assert polygons_text([]) == []
