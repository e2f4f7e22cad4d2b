import gzip
import json
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource, WrongCrs
from laadplan.ingest.cables import join_cables, read_cables, read_grid_points
from tests.ingest.imkl_delivery import X, Y, cable, delivery, place, write_zip


def line(*points):
    return shapely.LineString([(X + x, Y + y) for x, y in points])


def point(x, y):
    return shapely.Point(X + x, Y + y)


def layer(geometry, crs=28992, **columns):
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


@pytest.fixture
def liander(tmp_path):
    """A GeoPackage in Liander's layout."""
    path = tmp_path / "net.gpkg"
    low = layer([line((0, 0), (100, 0)), line((0, 9), (50, 9))], id=["ls1", "ls2"], spanningsniveau="0,4 kV")
    low.to_file(path, layer="laagspanningskabels")
    layer([line((0, 20), (9, 20))], id=["ms1"], spanningsniveau="10 kV").to_file(path, layer="middenspanningskabels")
    low.iloc[:0].to_file(path, layer="hoogspanningskabels")
    layer([point(1, 1)], id=["k1"], naam="LK 1").to_file(path, layer="laagspanningsverdeelkasten")
    layer([point(2, 2)], id=["s1"], naam="MSR 1").to_file(path, layer="middenspanningsinstallaties")
    return path


def enexis(path, layer_name, shapes, ids="{layer}.{number}"):
    features = [
        {
            "type": "Feature",
            "id": ids.format(layer=layer_name, number=number),
            "geometry": json.loads(shapely.to_geojson(shape)),
            "geometry_name": "geografischeligging",
            "properties": {"label": f"HEP{number:04d}"},
        }
        for number, shape in enumerate(shapes)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, "crs": crs}), encoding="utf-8")
    return path


def stedin(path, name, frame, folder=""):
    """A shapefile in a zip, as Stedin delivers it."""
    place = path.parent / "shape"
    place.mkdir()
    frame.to_file(place / f"{name}.shp")
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(place.iterdir()):
            archive.write(part, f"{folder}{part.name}")
    return path


def esri(path, shapes, wkid=28992, **attributes):
    features = [
        {
            "attributes": {"OBJECTID": number, **attributes},
            "geometry": {"paths": [[list(spot) for spot in shape.coords]]},
        }
        for number, shape in enumerate(shapes, start=1)
    ]
    fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}]
    fields += [{"name": name, "type": "esriFieldTypeString"} for name in attributes]
    content = {"geometryType": "esriGeometryPolyline", "spatialReference": {"wkid": wkid}, "fields": fields}
    path.write_text(json.dumps(content | {"features": features}), encoding="utf-8")
    return path


def told(found):
    names = ["voltage_level", "use", "owner", "confidential"]
    return [(index, *row) for index, *row in found[names].itertuples()]


def test_layers_of_liander_are_cables_by_their_voltage(liander):
    quality = Quality()

    found = read_cables(liander, quality=quality)

    assert told(found) == [
        ("ls1", "laagspanning", "net", "Liander", False),
        ("ls2", "laagspanning", "net", "Liander", False),
        ("ms1", "middenspanning", "net", "Liander", False),
    ]
    assert (found["voltage_v"].to_list(), set(found["status"]), set(found["request_kind"])) == (
        [400.0, 400.0, 10_000.0],
        {"onbekend"},
        {"open data"},
    )
    assert (quality.read, quality.kept) == (3, 3)


def test_cabinets_and_stations_of_liander_are_points(liander):
    found = read_grid_points(liander)

    assert found[["kind", "theme", "label"]].to_dict("index") == {
        "k1": {"kind": "kast", "theme": "laagspanning", "label": "LK 1"},
        "s1": {"kind": "station", "theme": "middenspanning", "label": "MSR 1"},
    }


def test_only_cables_that_touch_the_area_are_kept(liander):
    quality = Quality()

    found = read_cables(liander, shapely.box(X + 60, Y - 5, X + 70, Y + 30), quality=quality)

    assert (list(found.index), quality.skipped["buiten het gebied"]) == (["ls1"], 2)


def test_house_connections_of_enexis_are_told_from_main_cables_by_the_ids_of_features(tmp_path):
    folder = tmp_path / "enexis"
    folder.mkdir()
    enexis(folder / "a.json", "asm_e_lv_map_cable", [line((0, 0), (100, 0))])
    enexis(folder / "b.json", "asm_e_lv_conn_cable", [line((5, 0), (5, 9))])
    enexis(folder / "c.json", "asm_e_lv_service_connection", [point(5, 9)])
    enexis(folder / "d.json", "asm_e_lv_street_furniture", [point(0, 0)])

    cables, points = read_cables(folder), read_grid_points(folder)

    assert told(cables) == [
        ("asm_e_lv_conn_cable.0", "laagspanning", "aansluiting", "Enexis", False),
        ("asm_e_lv_map_cable.0", "laagspanning", "net", "Enexis", False),
    ]
    assert points["kind"].to_list() == ["huisaansluiting", "kast"]


def test_an_id_that_a_server_makes_up_per_request_is_replaced_by_one_of_the_place(tmp_path):
    shapes = [line((0, 0), (100, 0)), line((0, 3), (100, 3))]
    quality = Quality()

    one = read_cables(
        enexis(tmp_path / "a.json", "asm_e_lv_map_cable", shapes, "{layer}.fid-7a{number}"), quality=quality
    )
    other = read_cables(enexis(tmp_path / "b.json", "asm_e_lv_map_cable", shapes[::-1], "{layer}.fid-99{number}"))

    assert list(one.index) == list(other.index)
    assert all(index.startswith("zonder-id-") for index in one.index)
    assert quality.findings == ["2 rows have no id of their own: they are named after their place."]


@pytest.mark.parametrize("folder", ["", "levering/2026/"])
def test_doubles_of_stedin_count_once_and_cables_without_an_id_are_kept(tmp_path, folder):
    quality = Quality()
    shapes = [line((0, 0), (9, 0)), line((0, 0), (9, 0)), line((9, 0), (20, 0)), line((0, 5), (3, 5))]
    rows = layer(shapes, Id=["1", "1", "1", None], Naam="LS", Voltage="400v")

    found = read_cables(
        stedin(tmp_path / "Laagspanningsverbindingen.zip", "Laagspanningsverbindingen", rows, folder), quality=quality
    )

    assert found.length.round(2).to_list() == [20.0, 3.0]
    assert (found["voltage_v"].to_list(), set(found["owner"])) == ([400.0, 400.0], {"Stedin"})
    assert quality.skipped == {"dubbel: al in een andere levering of eerder in het bestand": 2}


def test_stations_that_are_drawn_as_surfaces_become_points(tmp_path):
    rows = layer([shapely.box(X, Y, X + 4, Y + 2)], Middens_ID=[""])
    path = tmp_path / "Middenspanningsstations.shp"
    rows.to_file(path)

    found = read_grid_points(path)

    assert (found["kind"].to_list(), found.geometry.iloc[0].coords[0]) == (["station"], (X + 2, Y + 1))


def test_an_answer_of_arcgis_is_known_by_the_name_of_the_file(tmp_path):
    found = read_cables(esri(tmp_path / "LS-kabel.json", [line((0, 0), (10, 0))]))

    assert told(found) == [("1", "laagspanning", "net", "Liander", False)]


def test_degrees_are_brought_to_rd(tmp_path):
    rows = layer([line((0, 0), (100, 0))], id=["a"]).to_crs(4326)
    path = tmp_path / "laagspanningskabels.geojson"
    rows.to_file(path)

    found = read_cables(path)

    assert abs(found.geometry["a"].coords[0][0] - X) < 0.5
    assert abs(found.length["a"] - 100) < 0.05


def test_lines_of_an_unknown_layout_are_cables_of_an_unknown_net(tmp_path):
    quality = Quality()
    path = tmp_path / "export.gpkg"
    layer([line((0, 0), (10, 0))], nummer=["7"], volt=["10 kV"]).to_file(path)

    found = read_cables(path, columns={"id": "nummer", "voltage": "volt"}, quality=quality)

    assert told(found.assign(owner=None)) == [("7", "middenspanning", "onbekend", None, False)]
    assert quality.findings == ["The file does not tell which net its cables belong to, nor whose they are."]


def test_open_data_counts_only_where_klic_has_no_cable(tmp_path, liander):
    quality = Quality()
    klic = write_zip(
        tmp_path / "klic.zip", delivery(cable("KL9999.1", points=((0, 0.02), (60, 0.02))), place("KL9999.k"))
    )

    found = read_cables([liander, klic], quality=quality)

    assert found.length.round(1).to_dict() == {"KL9999.1": 60.0, "ls1": 40.0, "ls2": 50.0, "ms1": 9.0}
    assert found["confidential"].to_dict() == {"KL9999.1": True, "ls1": False, "ls2": False, "ms1": False}
    assert sorted(read_grid_points([liander, klic]).index) == ["KL9999.k", "k1", "s1"]


def test_open_data_that_klic_covers_whole_is_dropped(tmp_path, liander):
    quality = Quality()
    klic = write_zip(tmp_path / "klic.zip", delivery(cable("KL9999.1", points=((-5, 0), (105, 0)))))

    joined = join_cables([read_cables(klic), read_cables(liander)], quality=quality)

    assert list(joined.index) == ["KL9999.1", "ls2", "ms1"]
    assert quality.skipped == {"open data op de plek van een kabel uit een KLIC-levering": 1}


def test_shuffled_rows_give_the_same_frame(tmp_path, liander):
    rows = gpd.read_file(liander, layer="laagspanningskabels")
    rows.iloc[::-1].to_file(tmp_path / "laagspanningskabels.gpkg")

    shuffled = read_cables(tmp_path / "laagspanningskabels.gpkg")

    assert shuffled.equals(read_cables(liander, layer="laagspanningskabels"))


def test_rows_without_a_shape_are_counted(tmp_path):
    quality = Quality()
    path = tmp_path / "laagspanningskabels.gpkg"
    layer([line((0, 0), (1, 0)), None], id=["a", "b"]).to_file(path)

    found = read_cables(path, quality=quality)

    assert (list(found.index), quality.skipped) == (["a"], {"zonder geometrie": 1})


def test_empty_layers_give_an_empty_frame(tmp_path):
    path = tmp_path / "net.gpkg"
    layer([line((0, 0), (1, 0))], id=["a"]).iloc[:0].to_file(path, layer="laagspanningskabels")

    assert (len(read_cables(path)), len(read_grid_points(path))) == (0, 0)


def test_another_crs_is_refused(tmp_path):
    path = tmp_path / "laagspanningskabels.gpkg"
    layer([shapely.LineString([(5e5, 5e6), (5e5, 5.1e6)])], crs=32631, id=["a"]).to_file(path)

    with pytest.raises(WrongCrs, match="EPSG:32631"):
        read_cables(path)


def test_a_column_that_is_not_there_is_refused(liander):
    with pytest.raises(BadInput, match="A column is missing: voltage"):
        read_cables(liander, layer="laagspanningskabels", columns={"voltage": "U"})


def test_a_bomb_in_a_zip_with_a_shapefile_is_refused(tmp_path):
    path = tmp_path / "Laagspanningsverbindingen.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Laagspanningsverbindingen.shp", bytes(80_000_000))

    with pytest.raises(BadInput, match="unpacks to more than"):
        read_cables(path)


def test_what_is_no_layout_of_cables_is_refused(tmp_path):
    surfaces = tmp_path / "gebied.gpkg"
    layer([shapely.box(X, Y, X + 1, Y + 1)], id=["a"]).to_file(surfaces)
    several = tmp_path / "bomen.gpkg"
    layer([point(0, 0)], id=["a"]).to_file(several, layer="bomen")
    layer([point(0, 0)], id=["a"]).to_file(several, layer="banken")
    text = tmp_path / "tekst.gz"
    text.write_bytes(gzip.compress(b"geen kaart"))

    for path in (surfaces, several):
        with pytest.raises(BadInput, match="No layer of an electricity grid was recognised"):
            read_cables(path)
    with pytest.raises(BadInput):
        read_cables(text)
    with pytest.raises(MissingSource):
        read_cables(tmp_path / "weg.gpkg")
    with pytest.raises(MissingSource, match="holds no file to read"):
        read_cables([p for p in [tmp_path / "leeg"] if not p.mkdir()])


def test_no_deliveries_at_all_are_refused():
    with pytest.raises(MissingSource):
        read_cables([])


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("national/klic-liander/IMKL-Waardelijsten-2.0.xlsx", "This is a workbook"),
        ("national/grid/alliander_service_area.fgb", "No layer of an electricity grid"),
        ("national/grid/westland-infra-2024.csv", "cannot be read as a map layer"),
    ],
)
def test_real_files_that_hold_no_cables_are_refused_with_a_reason(real_data, name, words):
    with pytest.raises(BadInput, match=words):
        read_cables(real_data / name)


def test_voltage_that_is_not_told_is_missing(tmp_path):
    path = tmp_path / "laagspanningskabels.gpkg"
    layer([line((0, 0), (1, 0)), line((0, 1), (1, 1))], id=["a", "b"], voltage=["0", None]).to_file(path)

    found = read_cables(path)

    assert np.isnan(found["voltage_v"]).all()
    assert pd.unique(found["voltage_level"]).tolist() == ["laagspanning"]
