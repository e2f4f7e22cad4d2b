import geopandas as gpd
import pandas as pd
import pytest

from laadplan.config.sources import DialectSource, Source, Sources
from laadplan.contracts.planning import STATUSES, Assessments
from laadplan.contracts.published import LAYERS, Beoordelingen
from laadplan.publish.layers import STATUS_LAYERS, explanation, judgements, make_layers, source_table
from tests.frames import BUURT, X, Y, shuffled
from tests.publish.handmade import CHOSEN, DROPPED, RESERVE, SOURCES, assessments, bays, candidates, frames, nothing


@pytest.fixture(scope="module")
def layers():
    return make_layers(*frames())


def table(layer):
    """A layer without its shapes."""
    return pd.DataFrame(layer.drop(columns="geometry"))


def test_every_layer_is_there_in_order_and_keeps_its_contract(layers):
    assert list(layers) == list(LAYERS)
    for name, contract in LAYERS.items():
        pd.testing.assert_frame_equal(layers[name], contract.checked(layers[name]))


def test_names_and_columns_that_readers_rely_on_stay():
    """Added to, never renamed."""
    assert list(LAYERS) == [
        "voorkeurslocaties",
        "reservelocaties",
        "afgevallen",
        "vakken",
        "paalposities",
        "laadpalen",
        "buurten",
        "witte_vlekken",
        "dekking",
    ]
    promised = (
        "straat huisnummer postcode woonplaats bag_nummeraanduiding_id bgt_lokaal_id buurtcode aantal_laadpunten "
        "aantal_vakken parkeerwijze score verwacht_kwh_jaar status wegbeheerder netbeheerder x_rd y_rd"
    )
    for name in STATUS_LAYERS:
        contract = LAYERS[name]
        assert [column for column in promised.split() if column not in contract.columns()] == []
        assert contract.index_name() == "locatie_id"


def test_every_location_stands_in_the_layer_of_its_status(layers):
    assert {name: list(layers[name].index) for name in STATUS_LAYERS} == {
        "voorkeurslocaties": [CHOSEN],
        "reservelocaties": [RESERVE],
        "afgevallen": [DROPPED],
    }
    assert set(STATUS_LAYERS.values()) == set(STATUSES)


def test_bays_bear_the_location_they_belong_to(layers):
    """A dropped location owns no bay, though it lies on two."""
    expected = pd.DataFrame(
        {
            "locatie_id": [CHOSEN, CHOSEN, RESERVE, RESERVE, None],
            "status": ["voorkeurslocatie", "voorkeurslocatie", "reservelocatie", "reservelocatie", None],
            "nummer": [1, 2, 3, 4, 5],
            "parkeerwijze": ["langs"] * 5,
            "bgt_lokaal_id": ["strook"] * 5,
        },
        index=pd.Index([f"strook#{number}" for number in range(1, 6)], dtype="str", name="vak_id"),
    ).astype({"locatie_id": "str", "status": "str", "parkeerwijze": "str", "bgt_lokaal_id": "str"})

    pd.testing.assert_frame_equal(table(layers["vakken"]), expected)
    assert layers["vakken"].geometry.geom_equals(bays().geometry).all()


def test_poles_are_those_of_chosen_and_stand_by_locations(layers):
    expected = pd.DataFrame(
        {
            "status": ["voorkeurslocatie", "reservelocatie"],
            "ondergrond": ["voetpad", None],
            "richting_graden": [90.0, 90.0],
            "x_rd": [X + 5.5, X + 16.5],
            "y_rd": [Y + 3, Y + 3],
        },
        index=pd.Index([CHOSEN, RESERVE], dtype="str", name="locatie_id"),
    ).astype({"status": "str", "ondergrond": "str"})

    poles = layers["paalposities"]

    pd.testing.assert_frame_equal(table(poles), expected)
    assert poles.geometry.geom_equals(candidates().geometry.loc[[CHOSEN, RESERVE]]).all()


def test_charge_points_say_whether_they_count(layers):
    poles = layers["laadpalen"]

    assert poles["telt_mee"].to_dict() == {"NL*1": True, "NL*2": False}
    assert poles["max_vermogen_kw"].isna().to_dict() == {"NL*1": False, "NL*2": True}
    assert poles["naam"].isna().to_dict() == {"NL*1": False, "NL*2": True}


def test_nothing_gives_every_layer_without_rows():
    layers = make_layers(*nothing())

    assert {name: len(layer) for name, layer in layers.items()} == dict.fromkeys(LAYERS, 0)
    for name, contract in LAYERS.items():
        pd.testing.assert_frame_equal(layers[name], contract.empty())


def test_the_order_of_rows_does_not_matter(layers):
    again = make_layers(*(shuffled(frame) for frame in frames()))

    for name, layer in layers.items():
        pd.testing.assert_frame_equal(again[name], layer)


def test_the_frames_are_not_changed():
    given = frames()
    make_layers(*given)

    for before, after in zip(frames(), given, strict=True):
        pd.testing.assert_frame_equal(after, before)


# ---- tables ----------------------------------------------------------------------------------------------------------


def test_judgements_bear_dutch_names_and_four_decimals():
    found = judgements(assessments())

    pd.testing.assert_frame_equal(found, Beoordelingen.checked(found))
    assert found.loc[f"{CHOSEN}|gevel"].to_dict() == {
        "locatie_id": CHOSEN,
        "criterium": "Afstand tot de dichtstbijzijnde boom",
        "soort": "wens",
        "grondslag": "plaatsing",
        "gemeten": "onbekend",
        "norm": "=1+1",
        "oordeel": "onbekend",
        "reden": "Een reden.",
        "bron": "+norm",
        "bijdrage": 0.3333,
        "schatting": False,
        "marge": pytest.approx(float("nan"), nan_ok=True),
        "eenheid": "m",
        "telt_als": "schouw",
        "gegevensbron": "BGT",
        "peildatum": "2020",
        "vertrouwelijk": False,
    }
    assert len(found) == len(assessments())


def test_no_assessments_give_no_judgements():
    pd.testing.assert_frame_equal(judgements(Assessments.empty()), Beoordelingen.empty())


def test_sources_are_printed_with_their_date_or_the_word_for_unknown():
    sources = Sources(
        bgt=Source(path="x", label="BGT", reference_on="2024-01-31", licence="CC0", note="Let op."),
        car_stock=Source(path="z", label="KiM", reference_on=2020),
        trees=DialectSource(path="y", label="Bomen"),
    )

    found = source_table(sources)

    assert list(found.columns) == ["bron", "peildatum", "licentie", "opmerking"]
    assert found.iloc[0].tolist() == ["BGT", "2024-01-31", "CC0", "Let op."]
    assert found.iloc[-2].tolist() == ["KiM", "2020", "onbekend", ""]
    assert found.iloc[-1].tolist() == ["Bomen", "onbekend", "onbekend", ""]
    assert len(found) == 6
    assert len(source_table(SOURCES)) == 5


def test_every_column_that_leaves_the_building_is_explained():
    found = explanation()

    listed = {name: [contract.index_name(), *contract.columns()] for name, contract in LAYERS.items()}
    listed["beoordelingen"] = [Beoordelingen.index_name(), *Beoordelingen.columns()]
    assert list(found.columns) == ["laag", "kolom", "betekenis", "eenheid", "bron", "leeg betekent"]
    assert found.groupby("laag")["kolom"].agg(list).to_dict() == listed
    assert (found[["betekenis", "leeg betekent"]].map(str.strip) != "").all(axis=None)


def test_the_explanation_is_in_dutch():
    words = explanation()[["betekenis", "eenheid", "leeg betekent"]].to_numpy().ravel()

    english = {"the", "never", "empty", "given", "unknown", "none", "with", "year", "share", "degrees"}
    assert sorted({text for text in words if english & set(text.lower().split())}) == []


def test_layers_lie_in_rd(layers):
    assert {layer.crs.to_epsg() for layer in layers.values() if isinstance(layer, gpd.GeoDataFrame)} == {28992}
    assert layers["buurten"].index[0] == BUURT
