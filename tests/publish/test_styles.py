from xml.etree import ElementTree

import pytest

from laadplan.contracts.published import LAYERS
from laadplan.publish.palette import MARKS
from laadplan.publish.styles import MARKERS, style_of

LABELLED = {"voorkeurslocaties", "buurten"}


def properties(layer):
    """Properties of the one symbol layer, in the newer notation."""
    symbol = ElementTree.fromstring(style_of(layer)).find("renderer-v2/symbols/symbol/layer")
    return {option.get("name"): option.get("value") for option in symbol.findall("Option/Option")}


def rgba(colour):
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)) + ",255"


def test_every_layer_has_a_look():
    assert set(MARKS) == set(LAYERS)
    assert all(style_of(layer) for layer in LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_style_is_xml_with_one_symbol(layer):
    style = ElementTree.fromstring(style_of(layer))

    assert style.tag == "qgis"
    assert len(style.findall("renderer-v2/symbols/symbol")) == 1


@pytest.mark.parametrize("layer", LAYERS)
def test_colours_are_those_of_the_palette(layer):
    mark, found = MARKS[layer], properties(layer)

    assert found["color"] == rgba(mark.line if mark.fill == "none" else mark.fill)
    assert found["outline_color"] == rgba(mark.line)


@pytest.mark.parametrize("layer", LAYERS)
def test_both_notations_say_the_same(layer):
    symbol = ElementTree.fromstring(style_of(layer)).find("renderer-v2/symbols/symbol/layer")

    assert {prop.get("k"): prop.get("v") for prop in symbol.findall("prop")} == properties(layer)


@pytest.mark.parametrize("layer", [name for name in LAYERS if MARKS[name].shape in MARKERS])
def test_points_have_the_shape_of_the_palette(layer):
    assert properties(layer)["name"] == MARKERS[MARKS[layer].shape]


def test_surfaces_are_filled_hatched_or_open():
    assert {layer: properties(layer)["style"] for layer in ("vakken", "witte_vlekken", "buurten")} == {
        "vakken": "solid",
        "witte_vlekken": "b_diagonal",
        "buurten": "no",
    }


@pytest.mark.parametrize("layer", LAYERS)
def test_only_preferred_locations_and_buurten_have_labels(layer):
    style = ElementTree.fromstring(style_of(layer))

    assert (style.get("labelsEnabled"), style.find("labeling") is not None) == (
        ("1", True) if layer in LABELLED else ("0", False)
    )


def test_an_unknown_layer_has_no_style():
    with pytest.raises(KeyError):
        style_of("wegen")
