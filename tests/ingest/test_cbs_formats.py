import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.contracts.homes import BuurtFigures, Postcodes, Squares
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buurten
from laadplan.errors import BadInput, ContractBroken, MissingSource, WrongCrs
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.cbs_columns import NO_YEAR
from laadplan.ingest.cbs_figures import read_buurt_figures
from laadplan.ingest.cbs_tables import read_postcodes, read_squares
from tests.frames import X, Y, box, make, moved
from tests.ingest import bag_files as bag
from tests.ingest import cbs_files as cbs

NAN = float("nan")
VILLAGE = {"geometry": box(0, 0, 10, 10), "inhabitants": 2400.0, "households": 1005.0}
HEATH = {"geometry": box(20, 0, 30, 10), "name": "Westeneng", "inhabitants": NAN, "households": NAN}
BOTH = {cbs.VILLAGE: VILLAGE, cbs.HEATH: HEATH}


def test_buurten_of_the_wfs_are_read_with_their_year(tmp_path):
    quality = Quality()

    found = read_buurten(cbs.write_page(tmp_path / "page.json"), quality=quality)

    pd.testing.assert_frame_equal(found, make(Buurten, BOTH))
    assert (quality.read, quality.facts) == (2, {"figures_year": 2024})


def test_buurten_in_degrees_are_brought_to_rd(tmp_path):
    shapes = to_wgs84(gpd.GeoSeries(cbs.SHAPES, crs=28992))
    gpd.GeoDataFrame(cbs.BUURTEN, geometry=shapes, crs=4326).to_file(tmp_path / "page.geojson")

    found = read_buurten(tmp_path / "page.geojson")

    assert found.geometry.hausdorff_distance(make(Buurten, BOTH).geometry).max() < 0.02


def test_of_several_layers_the_one_with_buurten_is_taken(tmp_path):
    path = tmp_path / "wijkenbuurten_2025_v1.gpkg"
    districts = {("wijkcode" if name == "buurtcode" else name): value for name, value in cbs.BUURTEN.items()}
    cbs.write_layer(path, districts, "wijken")
    quality = Quality()

    found = read_buurten(cbs.write_layer(path, {**cbs.BUURTEN, "jrstatcode": None}, mode="a"), quality=quality)

    assert (list(found.index), quality.facts) == ([cbs.VILLAGE, cbs.HEATH], {"figures_year": 2025})


def test_a_buurt_that_is_all_water_is_dropped(tmp_path):
    quality = Quality()

    found = read_buurten(cbs.write_page(tmp_path / "a.json", cbs.BUURTEN | {"water": ["NEE", "JA"]}), quality=quality)

    assert (list(found.index), quality.dropped) == ([cbs.VILLAGE], {"alleen water": [cbs.HEATH]})


@pytest.mark.parametrize("shapes_have_figures", [True, False])
def test_shapes_and_figures_may_lie_in_two_files_of_a_folder(tmp_path, shapes_have_figures):
    names = cbs.BUURTEN if shapes_have_figures else ("buurtcode", "buurtnaam")
    cbs.write_page(tmp_path / "shapes.json", {name: cbs.BUURTEN[name] for name in names})
    cbs.write_odata(tmp_path, [{"WijkenEnBuurten": cbs.HEATH, "HuishoudensTotaal_29": 7}])
    quality = Quality()

    found = read_buurten(tmp_path, quality=quality)

    expected = {
        cbs.VILLAGE: VILLAGE | {"inhabitants": NAN, "households": NAN},
        cbs.HEATH: HEATH | {"households": 7.0},
    }
    pd.testing.assert_frame_equal(found, make(Buurten, expected))
    assert quality.facts == {"figures_year": 2024}


def test_figures_without_a_shape_are_told(tmp_path):
    cbs.write_page(tmp_path / "shapes.json")
    rows = [{"WijkenEnBuurten": code, "HuishoudensTotaal_29": 7} for code in (cbs.VILLAGE, cbs.HEATH, "BU02289999")]
    cbs.write_odata(tmp_path, rows)
    quality = Quality()

    read_buurten([tmp_path / "shapes.json", tmp_path / "TypedDataSet.json"], quality=quality)

    assert quality.dropped == {"geen vorm bij de cijfers": ["BU02289999"]}


@pytest.mark.parametrize("value", ["veel", "1e999", "12 000"])
def test_a_figure_that_is_none_is_refused(tmp_path, value):
    table = cbs.BUURTEN | {"aantalHuishoudens": [value, "5"]}

    with pytest.raises(BadInput, match=f"Column aantalHuishoudens holds '{value}'"):
        read_buurten(cbs.write_page(tmp_path / "page.json", table))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "not a whole zip file"),
        (bag.zipped({"wijkenbuurten_2024.gpkg": b"SQLite format 3"}), "This is a zip with wijkenbuurten_2024.gpkg"),
        (b"Buurt2025;buurtnaam2025\n00140000;Binnenstad\n", "no GeoPackage, shapefile or GeoJSON"),
        (b'{"GM0228": {"AantalInwoners_5": 5}}', "The file holds figures without shapes"),
        (b'{"type": "FeatureCollection", "features": [', "not JSON"),
        (b'{"type": "FeatureCollection", "features": [], "name": "\xe9"}', "not UTF-8"),
        (b"", "no GeoPackage, shapefile or GeoJSON"),
    ],
)
def test_a_file_without_shapes_of_buurten_is_refused(tmp_path, content, words):
    (tmp_path / "buurten").write_bytes(content)

    with pytest.raises(BadInput, match=words):
        read_buurten(tmp_path / "buurten")


def test_odata_gives_figures_by_the_titles_of_its_columns(tmp_path):
    quality = Quality()

    found = read_buurt_figures(cbs.write_odata(tmp_path / "odata"), quality=quality)

    nothing = dict.fromkeys(("households", "dwellings", "cars", "cars_per_household"), NAN)
    expected = {
        "GM0228": {
            "kind": "gemeente",
            "name": "Ede",
            "municipality_code": "GM0228",
            "inhabitants": 123_532.0,
            "households": 52_797.0,
            "dwellings": 51_000.0,
            "cars": 60_000.0,
            "cars_per_household": 1.1,
            "urbanity": 2.0,
            "figures_year": 2024.0,
        },
        cbs.VILLAGE: {
            "kind": "buurt",
            "name": None,
            "municipality_code": "GM0228",
            "inhabitants": 2400.0,
            **nothing,
            "urbanity": 5.0,
            "figures_year": 2024.0,
        },
    }
    pd.testing.assert_frame_equal(found, make(BuurtFigures, expected))
    assert quality.dropped == {"geen gemeente, wijk of buurt (land of provincie)": ["NL00"]}


def test_the_number_of_a_column_may_be_another_in_another_year(tmp_path):
    topics = {"Woningvoorraad_5": "Woningvoorraad", "AantalInwoners_35": "Aantal inwoners"}
    rows = [{"WijkenEnBuurten": "GM0228", "Woningvoorraad_5": 10, "AantalInwoners_35": 20}]

    found = read_buurt_figures(cbs.write_odata(tmp_path / "odata", rows, topics, "2023")).iloc[0]

    assert (found["dwellings"], found["inhabitants"], found["figures_year"]) == (10, 20, 2023)


def test_without_data_properties_columns_are_found_by_name_and_that_is_told(tmp_path):
    quality = Quality()

    found = read_buurt_figures(cbs.write_odata(tmp_path / "odata", topics=None), quality=quality)

    assert found.loc["GM0228", "households"] == 52_797
    assert quality.findings == [
        "There are no DataProperties beside the data: columns were found by their names without number."
    ]


@pytest.mark.parametrize(("follows", "told"), [(False, True), (True, False)])
def test_a_page_of_odata_that_is_not_all_is_told(tmp_path, follows, told):
    folder = cbs.write_odata(tmp_path / "odata", cbs.ROWS[:2])
    first = json.loads((folder / "TypedDataSet.json").read_text()) | {"odata.nextLink": "?$skip=2"}
    (folder / "TypedDataSet.json").write_text(json.dumps(first))
    if follows:
        (folder / "TypedDataSet_2.json").write_text(json.dumps({"value": cbs.ROWS[2:]}))
    quality = Quality()

    found = read_buurt_figures(folder, quality=quality)

    assert len(found) == (2 if follows else 1)
    assert any("pages that follow are not there" in finding for finding in quality.findings) == told


def test_data_properties_of_another_table_are_refused(tmp_path):
    folder = cbs.write_odata(tmp_path / "odata", topics={"AantalInwoners_6": "Aantal inwoners"})

    with pytest.raises(BadInput, match="is not in DataProperties: these are of another table or year"):
        read_buurt_figures(folder)


@pytest.mark.parametrize(("given", "expected"), [(2023, 2023.0), (None, NAN)])
def test_figures_whose_year_is_nowhere_have_the_year_that_is_given(tmp_path, given, expected):
    quality = Quality()

    found = read_buurt_figures(cbs.write_odata(tmp_path / "odata", period=None), year=given, quality=quality)

    np.testing.assert_array_equal(found["figures_year"], [expected] * 2)
    assert (NO_YEAR in quality.findings) == (given is None)


def test_a_republished_file_gives_all_regions_with_the_year_of_its_source(tmp_path):
    path = tmp_path / "GM0228.json"
    path.write_text(json.dumps(cbs.MUNICIPALITY))

    found = read_buurt_figures(path)

    assert found["kind"].to_dict() == {
        "GM0228": "gemeente",
        "WK022800": "wijk",
        cbs.VILLAGE: "buurt",
        cbs.HEATH: "buurt",
    }
    assert found.loc[cbs.HEATH, ["inhabitants", "households"]].isna().all()
    assert set(found["figures_year"]) == {2024}


def test_one_municipality_may_be_asked_for(tmp_path):
    rows = [*cbs.ROWS, {"WijkenEnBuurten": "BU03630000", "AantalInwoners_5": 10}]
    quality = Quality()

    found = read_buurt_figures(cbs.write_odata(tmp_path / "o", rows), municipality="GM0228", quality=quality)

    assert (list(found.index), quality.skipped) == ([cbs.VILLAGE, "GM0228"], {"ligt in een andere gemeente": 1})


def test_a_region_that_occurs_twice_is_refused(tmp_path):
    with pytest.raises(ContractBroken, match="more than once in 'region_code'"):
        read_buurt_figures(cbs.write_odata(tmp_path / "odata", cbs.ROWS + cbs.ROWS[-1:]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[]", "No figures per gemeente, wijk or buurt"),
        ('{"a": 1}', "no figures of CBS regions"),
        ("[1]", "holds no rows"),
        ('{"GM0228": 5}', "holds no rows"),
        ('[{"Measure": "T001036", "Value": 5}]', "have no 'WijkenEnBuurten'"),
        ('{"buurten": [5], "demografie": {}}', "has no 'demografie'"),
        ('{"value": ', "not JSON"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_json_without_figures_is_refused(tmp_path, content, words):
    (tmp_path / "data.json").write_text(content)

    with pytest.raises(BadInput, match=words):
        read_buurt_figures(tmp_path / "data.json")


def test_a_folder_without_json_is_refused(tmp_path):
    with pytest.raises(MissingSource, match="holds no JSON"):
        read_buurt_figures(tmp_path)


SQUARES = {
    "E1800N4570": {
        "size_m": 100,
        "inhabitants": 120.0,
        "households": 50.0,
        "dwellings": 55.0,
        "cars": NAN,
        "figures_year": 2024.0,
        "geometry": box(0, 0, 100, 100),
    },
    "E1801N4570": {
        "size_m": 100,
        "inhabitants": NAN,
        "households": NAN,
        "dwellings": NAN,
        "cars": NAN,
        "figures_year": 2024.0,
        "geometry": box(100, 0, 200, 100),
    },
}


def test_squares_of_a_table_are_drawn_from_their_keys(tmp_path):
    found = read_squares(cbs.write_squares(tmp_path / "2025-cbs_vk100_2024_v1.csv"))

    pd.testing.assert_frame_equal(found, make(Squares, SQUARES))


def write_square_layer(path, table, *, dx=0.0):
    shapes = [moved(box(dx, 0, dx + 100, 100)), moved(box(dx + 100, 0, dx + 200, 100))]
    gpd.GeoDataFrame(table, geometry=shapes, crs=28992).to_file(path)
    return path


@pytest.mark.parametrize(("dx", "told"), [(0.0, 0), (100.0, 1)])
def test_squares_of_a_layer_follow_their_keys_and_a_shift_is_told(tmp_path, dx, told):
    quality = Quality()

    found = read_squares(write_square_layer(tmp_path / "vk100_2024.gpkg", cbs.SQUARES, dx=dx), quality=quality)

    pd.testing.assert_frame_equal(found, make(Squares, SQUARES))
    assert len([each for each in quality.findings if "drawn elsewhere than their key" in each]) == told


def test_squares_of_500_m_and_the_old_spelling(tmp_path):
    table = {"C28992R500": ["E1800N4570"], "INWONER": [10], "WONING": [5]}

    found = read_squares(cbs.write_squares(tmp_path / "vk500.csv", table), year=2019)

    assert found.total_bounds.tolist() == [X, Y, X + 500, Y + 500]
    assert found.iloc[0][["size_m", "inhabitants", "dwellings", "figures_year"]].to_list() == [500, 10, 5, 2019]


@pytest.mark.parametrize("write", [cbs.write_squares, write_square_layer])
def test_only_squares_that_touch_the_area_are_kept(tmp_path, write):
    quality = Quality()
    path = tmp_path / ("a_2024.csv" if write is cbs.write_squares else "a_2024.gpkg")

    found = read_squares(write(path, cbs.SQUARES), moved(box(150, 50, 160, 60)), quality=quality)

    assert (list(found.index), quality.read, quality.skipped) == (["E1801N4570"], 2, {"buiten het gebied": 1})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"crs28992res100m": ["E1800N4570", "1801-4570"]}, "1 keys are not of a square of 100 m.*Rows: 1801-4570"),
        ({"crs28992res100m": ["E1800N4570", None]}, "1 keys are not of a square"),
        ({"crs28992res100m": ["E1800N4570", "E1800N4570"]}, "more than once in 'square_id'"),
        ({"crs28992res100m": ["E1800N4570", "E0001N0001"]}, "outside the area of RD New"),
        ({"aantal_inwoners": ["veel", 5]}, "holds 'veel'"),
    ],
)
def test_squares_that_cannot_be_used_are_refused(tmp_path, change, words):
    with pytest.raises(BadInput, match=words):
        read_squares(cbs.write_squares(tmp_path / "vk100.csv", cbs.SQUARES | change))


@pytest.mark.parametrize(
    ("table", "columns", "words"),
    [
        ({"code": ["E1800N4570"], "aantal_inwoners": [5]}, {}, "A column is missing: square_id"),
        ({"crs28992res100m": ["E1800N4570"]}, {}, "The file has no figures"),
        ({"code": ["E1800N4570"], "aantal_inwoners": [5]}, {"square_id": "code"}, "of 100 or 500 m is not said"),
        ({"crs28992res500m": ["E1801N4570"], "aantal_inwoners": [5]}, {}, "not of a square of 500 m"),
    ],
)
def test_a_table_of_which_the_squares_are_unknown_is_refused(tmp_path, table, columns, words):
    with pytest.raises(BadInput, match=words):
        read_squares(cbs.write_squares(tmp_path / "squares.csv", table), columns=columns)


POSTCODES = {
    "6731": {"inhabitants": 2400.0, "households": 1005.0, "dwellings": 1100.0},
    "6732": {"inhabitants": NAN, "households": 0.0, "dwellings": NAN},
}
ALIKE = {"level": "PC4", "addresses": NAN, "cars": NAN, "urbanity": 5.0, "figures_year": 2024.0}


def write_workbook(path, table=cbs.PC4):
    pd.DataFrame(table).to_excel(path, index=False)
    return path


def write_shapes(path, table=cbs.PC4):
    gpd.GeoDataFrame(table, geometry=cbs.SHAPES, crs=28992).to_file(path)
    return path


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (cbs.write_postcodes, "pc4_2024_v1.csv"),
        (write_workbook, "pc4_2024_v1.xlsx"),
        (write_shapes, "cbs_pc4_2024_v1.gpkg"),
        (write_shapes, "pc4_2024.geojson"),
    ],
)
def test_postcodes_of_every_format_are_the_same(tmp_path, write, name):
    found = read_postcodes(write(tmp_path / name))

    pd.testing.assert_frame_equal(found, make(Postcodes, {pc4: ALIKE | row for pc4, row in POSTCODES.items()}))


def test_postcodes_of_six_signs_are_read_and_only_those_asked_for(tmp_path):
    table = {"postcode6": ["6731 ab", "6732AB"], "aantal_inwoners": [10, 20], "jaar": [2023, 2023]}
    quality = Quality()

    found = read_postcodes(cbs.write_postcodes(tmp_path / "pc6.csv", table), ["6731"], quality=quality)

    assert found.reset_index()[["postcode", "level", "inhabitants", "figures_year"]].to_numpy().tolist() == [
        ["6731AB", "PC6", 10, 2023]
    ]
    assert quality.skipped == {"postcode komt in het gebied niet voor": 1}


def test_parts_of_a_postcode_in_two_municipalities_are_added_up(tmp_path):
    table = {"Gemeente2023": [1, 2, 2], "PC4": [6731, 6731, 6732], "n_adressen": [5, 7, None], "gemeentecode": "GM0001"}
    quality = Quality()

    found = read_postcodes(cbs.write_postcodes(tmp_path / "counts.csv", table), quality=quality)

    np.testing.assert_array_equal(found["addresses"], [12, NAN])
    assert set(found["figures_year"]) == {2023}
    assert quality.dropped == {"deel van een postcode over meer gemeenten: bij het geheel opgeteld": ["6731"]}


def test_a_figure_that_is_secret_in_one_part_is_missing_in_the_whole(tmp_path):
    table = {"PC4": [6731, 6731], "aantal_inwoners": [5, -99997], "gemeentecode": ["GM0001", "GM0002"]}

    assert read_postcodes(cbs.write_postcodes(tmp_path / "a.csv", table))["inhabitants"].isna().all()


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"pc4": ["6731", "Otterlo"]}, BadInput, "holds 'OTTERLO', which is no PC4 or PC6"),
        ({"pc4": ["6731", "6731"]}, ContractBroken, "more than once in 'postcode'"),
        ({"aantal_inwoners": ["veel", 5]}, BadInput, "holds 'veel'"),
        ({"stedelijkheid": [6, 5]}, ContractBroken, "urbanity must be at most 5"),
    ],
)
def test_postcodes_that_cannot_be_used_are_refused(tmp_path, change, kind, words):
    with pytest.raises(kind, match=words):
        read_postcodes(cbs.write_postcodes(tmp_path / "pc4.csv", cbs.PC4 | change))


def test_shapes_in_another_crs_are_refused(tmp_path):
    page = cbs.write_page(tmp_path / "page.json", crs={"properties": {"name": "EPSG:3857"}})

    with pytest.raises(WrongCrs, match="EPSG:3857"):
        read_buurten(page)


@pytest.mark.real
def test_the_real_republished_figures_of_three_municipalities(real_data):
    files = [
        real_data / "ede-otterlo" / "cbs" / "GM0228.json",
        real_data / "maasgouw-wessem" / "cbs" / "GM1641.json",
        real_data / "amsterdam-zeeheldenbuurt" / "areas" / "GM0363.json",
    ]

    found = [read_buurt_figures(file) for file in files]

    assert [frame["kind"].value_counts().to_dict() for frame in found] == [
        {"buurt": 71, "wijk": 17, "gemeente": 1},
        {"buurt": 16, "wijk": 8, "gemeente": 1},
        {"buurt": 517, "wijk": 110, "gemeente": 1},
    ]
    assert [int(frame["households"].isna().sum()) for frame in found] == [2, 0, 30]
    assert [frame.query("kind == 'gemeente'")["households"].item() for frame in found] == [52_797, 11_020, 515_181]
    assert {year for frame in found for year in frame["figures_year"]} == {2024}


@pytest.mark.real
def test_the_real_odata_has_no_buurten_and_its_year(real_data):
    found = read_buurt_figures(real_data / "national" / "cbs-odata")

    assert found["kind"].value_counts().to_dict() == {"wijk": 3393, "gemeente": 342}
    assert found.loc["GM1680", ["inhabitants", "dwellings", "figures_year"]].to_list() == [25_845, 11_500, 2024]
    assert found["households"].isna().all()


@pytest.mark.real
def test_the_real_shapes_and_figures_of_amsterdam_lie_in_two_files(real_data):
    folder = real_data / "amsterdam-zeeheldenbuurt" / "areas"

    found = read_buurten([folder / "slimshady_neighborhoods.geojson", folder / "GM0363.json"])

    assert (len(found), int(found["households"].isna().sum())) == (518, 31)
    assert found.loc["BU0363AA01", "households"] == 260
    assert found.geometry.within(shapely.box(110_000, 475_000, 136_000, 495_000)).all()


@pytest.mark.real
def test_the_real_folder_of_a_municipality_gives_the_figures_of_its_layer(real_data):
    folder = real_data / "ede-otterlo" / "cbs"

    found = read_buurten(folder)

    pd.testing.assert_frame_equal(found, read_buurten(folder / "cbs_buurten2024_ede_DERIVED.gpkg"))


@pytest.mark.real
def test_the_real_postcodes_have_their_figures(real_data):
    folder = real_data / "national" / "pc4"
    quality = Quality()

    figures = read_postcodes(folder / "Data_Cleaned_CBS_PC4.csv", year=2023, quality=quality)
    counts = read_postcodes(folder / "pc4_gemeente_2023_addresscounts.csv")

    assert (len(figures), int(figures["inhabitants"].isna().sum())) == (4070, 16)
    assert figures.loc["1011", ["inhabitants", "households", "dwellings"]].to_list() == [9910, 6505, 6265]
    assert (len(counts), counts["addresses"].sum(), set(counts["figures_year"])) == (4071, 7_936_433, {2023})


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Data_Raw_CBS_BUURT2025.csv", "A column is missing: postcode"),
        ("Data_Raw_CBS_WIJK2025.csv", "A column is missing: postcode"),
        ("Data_Raw_CBS_GEM2025.csv", "A column is missing: postcode"),
        ("Data_Raw_CONVERSION_PC6_HEAD_100.csv", "A column is missing: postcode"),
        ("Data_Geo_CBS_NBH_HEAD_10.csv", "A column is missing: postcode"),
        ("georef-netherlands-postcode-pc4.geojson", "The file has no figures"),
    ],
)
def test_real_files_without_figures_are_refused_with_the_reason(real_data, name, words):
    with pytest.raises(BadInput, match=words):
        read_postcodes(real_data / "national" / "pc4" / name)
