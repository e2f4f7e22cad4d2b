from xml.etree import ElementTree

import pytest

from laadplan.contracts.choosing import Isochrones
from laadplan.contracts.planning import STATUSES, WhiteSpots
from laadplan.contracts.published import LAYERS
from laadplan.publish.palette import CATEGORIES, MARKS
from laadplan.publish.styles import MARKERS, style_of

LABELLED = {"voorkeurslocaties", "buurten"}
TOLD_APART = {
    "vakken": (
        "status",
        {
            "voorkeurslocatie": ("string", "Vak bij een voorkeurslocatie", "fill", "solid", "#56B4E9", "#0072B2"),
            "reservelocatie": ("string", "Vak bij een reservelocatie", "fill", "solid", "#F5D08A", "#B37700"),
            "": ("string", "Ander parkeervak", "fill", "no", "#ffffff", "#888888"),
        },
    ),
    "laadpalen": (
        "telt_mee",
        {
            "true": ("bool", "Bestaande laadlocatie die meetelt", "marker", "triangle", "#009E73", "#00533c"),
            "false": ("bool", "Bestaande laadlocatie die niet meetelt", "marker", "triangle", "#ffffff", "#00533c"),
        },
    ),
    "witte_vlekken": (
        "toestand",
        {
            "nu": ("string", "Witte vlek nu", "fill", "no", "#CC79A7", "#8c3f6b"),
            "na plan": (
                "string",
                "Witte vlek na uitvoering van het plan",
                "fill",
                "b_diagonal",
                "#CC79A7",
                "#8c3f6b",
            ),
        },
    ),
    "dekking": (
        "toestand",
        {
            "nu": ("string", "Nu een paal op loopafstand", "fill", "dense6", "#009E73", "#00533c"),
            "na plan": (
                "string",
                "Na uitvoering van het plan een paal op loopafstand",
                "fill",
                "dense6",
                "#56B4E9",
                "#00568a",
            ),
        },
    ),
}
"""Layer to its column, and each value's type, name in the legend, kind of symbol, shape, colour and outline."""

ALIKE = [name for name in LAYERS if name not in TOLD_APART]


def symbols(layer):
    """The symbols of a layer by name."""
    return {each.get("name"): each for each in ElementTree.fromstring(style_of(layer)).iter("symbol")}


def properties(layer, name="0"):
    """Properties of the one layer of a symbol, in the newer notation."""
    (symbol,) = symbols(layer)[name].findall("layer")
    return {option.get("name"): option.get("value") for option in symbol.findall("Option/Option")}


def marks(layer):
    """Looks of a layer in the palette by the name of the symbol."""
    looks = CATEGORIES[layer][1].values() if layer in CATEGORIES else [MARKS[layer]]
    return {str(place): mark for place, mark in enumerate(looks)}


def rgba(colour):
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)) + ",255"


def test_every_layer_has_a_look():
    assert set(MARKS) == set(LAYERS)
    assert set(CATEGORIES) == set(TOLD_APART)
    assert all(style_of(layer) for layer in LAYERS)


@pytest.mark.parametrize("layer", ALIKE)
def test_a_style_is_xml_with_one_symbol(layer):
    style = ElementTree.fromstring(style_of(layer))

    assert style.tag == "qgis"
    assert [renderer.get("type") for renderer in style.findall("renderer-v2")] == ["singleSymbol"]
    assert len(style.findall("renderer-v2/symbols/symbol")) == 1
    assert style.findall(".//category") == []


@pytest.mark.parametrize("layer", TOLD_APART)
def test_a_layer_whose_values_must_be_told_apart_has_one_symbol_for_each(layer):
    style = ElementTree.fromstring(style_of(layer))
    column, looks = TOLD_APART[layer]

    assert style.tag == "qgis"
    assert [(each.get("type"), each.get("attr")) for each in style.findall("renderer-v2")] == [
        ("categorizedSymbol", column)
    ]
    assert column in LAYERS[layer].columns()
    assert [each.get("name") for each in style.findall("renderer-v2/symbols/symbol")] == [
        str(place) for place in range(len(looks))
    ]
    categories = style.findall("renderer-v2/categories/category")
    assert [(each.get("render"), each.get("symbol")) for each in categories] == [
        ("true", str(place)) for place in range(len(looks))
    ]


@pytest.mark.parametrize("layer", TOLD_APART)
def test_every_value_has_its_name_shape_and_colours(layer):
    found = {}
    for each in ElementTree.fromstring(style_of(layer)).findall("renderer-v2/categories/category"):
        look, kind = properties(layer, each.get("symbol")), symbols(layer)[each.get("symbol")].get("type")
        shape = look["name" if kind == "marker" else "style"]
        found[each.get("value")] = (
            each.get("type"), each.get("label"), kind, shape, look["color"], look["outline_color"],
        )  # fmt: skip

    expected = {value: (*look, rgba(fill), rgba(line)) for value, (*look, fill, line) in TOLD_APART[layer][1].items()}
    assert (list(found), found) == (list(expected), expected)


def test_no_value_that_a_layer_may_hold_is_without_a_look():
    allowed = {
        "vakken": [*STATUSES[:2], ""],
        "laadpalen": ["true", "false"],
        "witte_vlekken": WhiteSpots.to_schema().columns["toestand"].checks[0].statistics["allowed_values"],
        "dekking": Isochrones.to_schema().columns["toestand"].checks[0].statistics["allowed_values"],
    }

    assert {layer: sorted(values) for layer, values in allowed.items()} == {
        layer: sorted(looks) for layer, (_, looks) in CATEGORIES.items()
    }


@pytest.mark.parametrize("layer", LAYERS)
def test_colours_are_those_of_the_palette(layer):
    assert set(symbols(layer)) == set(marks(layer))
    for name, mark in marks(layer).items():
        found = properties(layer, name)

        assert found["color"] == rgba(mark.line if mark.fill == "none" else mark.fill)
        assert found["outline_color"] == rgba(mark.line)


@pytest.mark.parametrize("layer", LAYERS)
def test_both_notations_say_the_same(layer):
    for name, symbol in symbols(layer).items():
        props = symbol.findall("layer/prop")

        assert {prop.get("k"): prop.get("v") for prop in props} == properties(layer, name)


@pytest.mark.parametrize("layer", [name for name in LAYERS if MARKS[name].shape in MARKERS])
def test_points_have_the_shape_of_the_palette(layer):
    assert {properties(layer, name)["name"] for name in symbols(layer)} == {MARKERS[MARKS[layer].shape]}


def test_surfaces_are_filled_hatched_or_open():
    assert {
        layer: [properties(layer, name)["style"] for name in symbols(layer)]
        for layer in ("vakken", "witte_vlekken", "buurten")
    } == {
        "vakken": ["solid", "solid", "no"],
        "witte_vlekken": ["no", "b_diagonal"],
        "buurten": ["no"],
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
