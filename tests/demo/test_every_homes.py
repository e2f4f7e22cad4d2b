import zipfile
from collections import Counter
from datetime import date

import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.demo import cbs
from laadplan.demo.every_homes import FORMS
from laadplan.demo.every_homes_bag import layers_of
from laadplan.demo.plan import make_plan
from laadplan.demo.whole import make_whole
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.bag import read_dwellings
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.cbs_figures import read_buurt_figures
from laadplan.ingest.cbs_tables import read_postcodes, read_squares

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-homes")]

INHABITANTS, SEED = 1000, 1


def write_forms(whole, folder):
    for name, form in FORMS.items():
        target = folder / name.partition("/")[0]
        target.mkdir(parents=True, exist_ok=True)
        form(whole, target)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The town with the two main files that are compared with, written from the rows that the main form writes."""
    whole = make_whole(make_plan(INHABITANTS, SEED), tmp_path_factory.mktemp("main"))
    for name, layers in (("bag-light", layers_of(whole)), ("cbs_buurten", cbs.layer_rows(whole.town, whole.figures))):
        for layer, rows in layers.items():
            rows.to_file(whole.main / f"{name}.gpkg", layer=layer)
    return whole


@pytest.fixture(scope="module")
def forms(whole, tmp_path_factory):
    return write_forms(whole, tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def light(whole):
    return read_dwellings(whole.main / "bag-light.gpkg")


def test_every_form_has_equal_bytes_each_time(whole, forms, tmp_path):
    again = write_forms(whole, tmp_path)

    files = {file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()}

    assert len(files) > len(FORMS)
    assert files == {file.relative_to(forms): file.read_bytes() for file in forms.rglob("*") if file.is_file()}


def test_the_light_geopackage_holds_all_objects_of_the_model(whole, light):
    expected = sum(len(quarter.addresses) for quarter in whole.quarters)

    assert light["kind"].value_counts()["verblijfsobject"] == expected
    assert {"ligplaats", "standplaats"} & set(light["kind"])


def test_the_extract_gives_the_dwellings_of_the_light_geopackage(forms, light):
    quality = Quality()

    found = read_dwellings(forms / "bag" / "extract.zip", quality=quality)

    pd.testing.assert_frame_equal(found.drop(columns="geometry"), light.drop(columns="geometry"))
    assert found.distance(light.geometry).max() < 0.002
    withdrawn = quality.dropped["bestaat niet: status 'Verblijfsobject ingetrokken'"]
    history = quality.skipped["historie: dit voorkomen geldt niet op de peildatum"]
    assert (len(withdrawn) > 0, history > 0) == (True, True)
    assert quality.read == len(found) + len(withdrawn) + history


def test_the_extract_as_it_was_has_fewer_verblijfsobjecten(forms, light):
    found = read_dwellings(forms / "bag" / "extract.zip", today=date(2015, 1, 1))

    assert 0 < len(found) < len(light)
    assert set(found.index) < set(light.index)


def test_the_extract_is_zips_in_a_zip(forms):
    with zipfile.ZipFile(forms / "bag" / "extract.zip") as archive:
        names = archive.namelist()

    assert {"9999VBO01012025.zip", "9999NietBag01012025.zip", "9999InOnderzoek01012025.zip"} < set(names)


def test_the_wfs_gives_the_dwellings_of_the_light_geopackage_but_for_the_ids_of_addresses(forms, light):
    quality = Quality()

    found = read_dwellings(forms / "bag" / "wfs", quality=quality)

    lacking = ["geometry", "nummeraanduiding_id"]
    pd.testing.assert_frame_equal(found.drop(columns=lacking), light.drop(columns=lacking))
    assert found.distance(light.geometry).max() < 0.002
    assert (len(quality.dropped["staat meer dan eens in de levering: een keer geteld"]) > 0, quality.findings) == (
        True,
        [],
    )


def test_the_ogc_api_gives_the_verblijfsobjecten_of_the_light_geopackage(forms, light):
    units = light[light["kind"] == "verblijfsobject"]

    found = read_dwellings(forms / "bag" / "ogc")

    pd.testing.assert_frame_equal(found.drop(columns="geometry"), units.drop(columns="geometry"))
    assert found.distance(units.geometry).max() < 0.02


def test_addresses_are_the_same_in_all_forms_with_ids_of_the_bag(whole, forms):
    expected = read_addresses(whole.main / "bag-light.gpkg")

    found = read_addresses(forms / "bag" / "extract.zip")

    pd.testing.assert_frame_equal(found.drop(columns="geometry"), expected.drop(columns="geometry"))


def test_addresses_of_inspire_are_those_of_the_verblijfsobjecten(whole, forms):
    expected = read_addresses(whole.main / "bag-light.gpkg", layer="verblijfsobject")

    found = read_addresses(forms / "bag" / "adressen.gpkg")

    columns = ["postcode", "street", "house_number"]
    assert sorted(found[columns].to_numpy().tolist()) == sorted(expected[columns].to_numpy().tolist())


def test_buurten_of_the_wfs_are_those_of_the_geopackage(whole, forms):
    quality = Quality()

    found = read_buurten(forms / "cbs" / "wijkenbuurten_2024.json", quality=quality)

    pd.testing.assert_frame_equal(found, read_buurten(whole.main / "cbs_buurten.gpkg"))
    assert (quality.facts, quality.dropped) == ({"figures_year": 2024}, {"alleen water": ["BU99019997"]})


@pytest.mark.parametrize("path", ["odata", "GM9901.json"])
def test_figures_without_shapes_are_those_of_the_geopackage(whole, forms, path):
    expected = read_buurten(whole.main / "cbs_buurten.gpkg")[["inhabitants", "households"]]

    found = read_buurt_figures(forms / "cbs" / path)

    assert set(found["kind"]) == {"gemeente", "wijk", "buurt"}
    assert set(found["figures_year"]) == {2024}
    buurten = found.loc[found["kind"] == "buurt", ["inhabitants", "households"]]
    pd.testing.assert_frame_equal(buurten, expected, check_names=False)


def dwellings_per(whole, key):
    counts = Counter(key(home) for quarter in whole.quarters for home in quarter.addresses if home.is_dwelling)
    return {code: (number + 2) // 5 * 5 for code, number in counts.items() if number >= 5}


@pytest.mark.parametrize(("size_m", "name"), [(100, "cbs_vk100_2024_v1.gpkg"), (500, "cbs_vk500_2024_v1.csv")])
def test_squares_hold_the_dwellings_of_the_model_and_small_numbers_are_missing(whole, forms, size_m, name):
    def corner(home):
        return home.point.x // size_m * size_m, home.point.y // size_m * size_m

    found = read_squares(forms / "cbs" / name)

    known = found[found["dwellings"].notna()]
    places = zip(known.bounds["minx"], known.bounds["miny"], strict=True)
    assert dict(zip(places, known["dwellings"], strict=True)) == dwellings_per(whole, corner)
    assert 0 < len(known) < len(found)
    assert (set(found["size_m"]), set(found["figures_year"])) == ({size_m}, {2024})


@pytest.mark.parametrize(("signs", "name"), [(4, "cbs_pc4_2024_v1.csv"), (6, "cbs_pc6_2024_v1.gpkg")])
def test_postcodes_hold_the_dwellings_of_the_model(whole, forms, signs, name):
    found = read_postcodes(forms / "cbs" / name)

    assert found["dwellings"].dropna().to_dict() == dwellings_per(whole, lambda home: home.postcode[:signs])
    assert (set(found["level"]), set(found["figures_year"])) == ({f"PC{signs}"}, {2024})
