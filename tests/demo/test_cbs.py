"""The figures of CBS for a town made by hand: its columns, what is secret, what is rounded, shapes that tile."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.demo import cbs
from laadplan.demo.cbs_figures import SECRET, UNPUBLISHED, UNPUBLISHED_COLUMNS, _rounded
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.discover import find_sources
from tests.demo.handmade import make_figures, make_town

AGES = ("0_tot_15_jaar", "15_tot_25_jaar", "25_tot_45_jaar", "45_tot_65_jaar", "65_jaar_en_ouder")
COUNTS = ["aantal_inwoners", "mannen", "vrouwen", "aantal_huishoudens", "woningvoorraad"]


@pytest.fixture(scope="module")
def layers() -> dict[str, gpd.GeoDataFrame]:
    """All layers of a town of six cells: two with people, the second a hundred times as many as the first."""
    town = make_town(6)
    figures = make_figures(town)
    more = ("addresses", "dwellings", "households", "inhabitants", "cars")
    figures[1] = replace(figures[1], **{name: 100 * getattr(figures[1], name) for name in more})
    return cbs.layer_rows(town, figures)


def write_cbs(path: Path, layers: dict[str, gpd.GeoDataFrame]) -> Path:
    for layer, rows in layers.items():
        rows.to_file(path, layer=layer)
    return path


def test_our_reader_takes_the_buurten(layers: dict[str, gpd.GeoDataFrame], tmp_path: Path) -> None:
    path = write_cbs(tmp_path / "cbs_buurten.gpkg", layers)

    assert find_sources(tmp_path) == {"buurten": (path, "buurten")}
    found = read_buurten(path, layer="buurten")

    assert found.index.to_list() == layers["buurten"]["buurtcode"].to_list()
    assert found["households"].to_list() == layers["buurten"]["aantal_huishoudens"].to_list()
    assert (found["municipality_code"] == "GM9901").all()


def test_codes_are_nested_and_of_a_municipality_that_does_not_exist(layers: dict[str, gpd.GeoDataFrame]) -> None:
    buurten, wijken, gemeenten = (layers[name] for name in ("buurten", "wijken", "gemeenten"))

    assert gemeenten["gemeentecode"].to_list() == ["GM9901"]
    assert wijken["wijkcode"].str.fullmatch(r"WK9901\d\d").all()
    assert set(buurten["wijkcode"]) == set(wijken["wijkcode"])
    assert (buurten["buurtcode"].str[2:8] == buurten["wijkcode"].str[2:]).all()
    assert (buurten["jrstatcode"] == "2024" + buurten["buurtcode"]).all()


@pytest.mark.parametrize("layer", list(cbs.GEOMETRY_TYPES))
def test_shapes_tile_the_municipality(layers: dict[str, gpd.GeoDataFrame], layer: str) -> None:
    rows = layers[layer]

    town = shapely.union_all([cell.polygon for cell in make_town(6).cells])
    assert set(rows.geom_type) == {"MultiPolygon"}
    assert rows.geometry.area.sum() == pytest.approx(town.area)
    assert shapely.equals(rows.union_all(), town)


def test_layers_share_the_columns_with_figures(layers: dict[str, gpd.GeoDataFrame]) -> None:
    buurten, wijken, gemeenten = (list(layers[name].columns) for name in ("buurten", "wijken", "gemeenten"))

    assert buurten[5:] == wijken[4:]
    assert gemeenten[3:] == wijken[8:]
    assert len(buurten) > 40


def test_counts_are_multiples_of_five_and_about_right(layers: dict[str, gpd.GeoDataFrame]) -> None:
    rows = layers["buurten"]

    assert (rows[COUNTS] % 5 == 0).all().all()
    assert (rows["mannen"] + rows["vrouwen"] - rows["aantal_inwoners"]).abs().max() <= 15


@given(st.floats(0, 10_000), st.integers(0, 100))
def test_rounding_by_chance_stays_within_five(count: float, seed: int) -> None:
    rounded = _rounded(count, np.random.default_rng(seed))

    assert rounded % 5 == 0
    assert abs(rounded - count) < 5


def test_rounding_by_chance_is_right_on_average() -> None:
    random = np.random.default_rng(1)

    assert np.mean([_rounded(12, random) for _ in range(4000)]) == pytest.approx(12, abs=0.2)


def test_figures_of_few_people_are_secret_and_never_nought(layers: dict[str, gpd.GeoDataFrame]) -> None:
    few, many, *none = layers["buurten"].to_dict("records")

    assert many["personenautos_per_huishouden"] == 0.8 or many["personenautos_per_huishouden"] == 0.9
    assert many["personenautos_totaal"] > 0
    assert few["personenautos_per_huishouden"] == few["personenautos_per_km2"] == SECRET
    for row in none:
        assert {row["personenautos_totaal"], row["gemiddelde_huishoudsgrootte"], row["gemiddelde_woningwaarde"]} == {
            SECRET
        }
        assert (row["aantal_inwoners"], row["aantal_huishoudens"]) == (0, 0)


def test_some_columns_are_not_published_yet(layers: dict[str, gpd.GeoDataFrame]) -> None:
    for rows in layers.values():
        whole = [name for name in rows.columns.drop("geometry") if (rows[name] == UNPUBLISHED).all()]
        assert whole == list(UNPUBLISHED_COLUMNS)


def test_shares_add_up_and_differ_between_buurten_of_a_kind(layers: dict[str, gpd.GeoDataFrame]) -> None:
    rows = layers["buurten"].iloc[:2]

    ages = rows[[f"percentage_personen_{age}" for age in AGES]]
    assert ages.sum(axis=1).between(98, 102).all()
    assert ages.iloc[0].to_list() != ages.iloc[1].to_list()
    assert (rows["percentage_koopwoningen"] + rows["percentage_huurwoningen"] == 100).all()


def test_the_urbanity_class_follows_the_density_of_addresses(layers: dict[str, gpd.GeoDataFrame]) -> None:
    rows, empty = layers["buurten"].iloc[:2], layers["buurten"].iloc[2:]

    assert (empty[["omgevingsadressendichtheid", "stedelijkheid_adressen_per_km2"]] == SECRET).all().all()
    assert [cbs.urbanity(density) for density in rows["omgevingsadressendichtheid"]] == rows[
        "stedelijkheid_adressen_per_km2"
    ].to_list()
    assert [cbs.urbanity(density) for density in (3000, 2000, 1200, 700, 100)] == [1, 2, 3, 4, 5]
    # all cells lie within a kilometre: every one sees all addresses, 29 and 2,900, over pi square kilometres
    assert rows["omgevingsadressendichtheid"].iloc[1] == pytest.approx(29 * 101 / np.pi, rel=0.05)


def test_equal_towns_have_equal_figures() -> None:
    one, other = (cbs.layer_rows(make_town(), make_figures(make_town())) for _ in range(2))

    assert all(one[layer].equals(other[layer]) for layer in one)
