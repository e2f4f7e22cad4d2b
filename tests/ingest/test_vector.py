import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.vector import choose_layer, layers_of, read_layer

POINTS = gpd.GeoDataFrame(
    {"naam": ["a", "b"]}, geometry=[shapely.Point(180000, 457000), shapely.Point(180001, 457000)], crs=28992
)


@pytest.fixture
def package(tmp_path):
    """A GeoPackage with one layer of two points."""
    path = tmp_path / "adressen.gpkg"
    POINTS.to_file(path, layer="adres")
    return path


def test_a_layer_is_read_as_it_is(package):
    pd.testing.assert_frame_equal(pd.DataFrame(read_layer(package)), pd.DataFrame(POINTS))
    assert read_layer(package).crs.to_epsg() == 28992


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".fgb"])
def test_other_formats_are_read_the_same_way(tmp_path, suffix):
    path = tmp_path / f"adressen{suffix}"
    POINTS.to_crs(4326).to_file(path)

    found = read_layer(path)

    assert (sorted(found["naam"]), found.crs.to_epsg()) == (["a", "b"], 4326)


def test_nothing_is_transformed_and_no_crs_stays_none(tmp_path):
    path = tmp_path / "zonder.gpkg"
    POINTS.set_crs(None, allow_override=True).to_file(path, layer="x")

    assert read_layer(path).crs is None or read_layer(path).crs.to_epsg() is None


def test_of_several_layers_one_must_be_named(package):
    POINTS.head(1).to_file(package, layer="nevenadres", mode="a")

    with pytest.raises(BadInput, match=r"The file holds 2 layers\. Name one: adres, nevenadres\."):
        choose_layer(package, None)
    assert (len(read_layer(package, "nevenadres")), layers_of(package)) == (1, ["adres", "nevenadres"])


def test_a_layer_that_is_not_there_is_named_with_those_that_are(package):
    with pytest.raises(MissingSource, match=r"There is no layer 'pand'\. Name a layer that it holds: adres\."):
        read_layer(package, "pand")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingSource, match=r"weg.gpkg: The file does not exist"):
        read_layer(tmp_path / "weg.gpkg")


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson"])
@pytest.mark.parametrize("content", [b"", b"geen kaart"])
def test_what_is_no_map_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(BadInput, match=r"cannot be read|no layers|0 layers"):
        read_layer(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.97])
def test_a_truncated_file_is_refused(tmp_path, share):
    path = tmp_path / "adressen.gpkg"
    many = gpd.GeoDataFrame({"naam": ["x" * 50] * 4000}, geometry=[shapely.Point(180000, 457000)] * 4000, crs=28992)
    many.to_file(path, layer="adres")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(BadInput, match=r"adressen.gpkg"):
        read_layer(path)


def test_an_empty_layer_is_refused(tmp_path):
    path = tmp_path / "leeg.gpkg"
    POINTS.head(0).to_file(path, layer="adres")

    with pytest.raises(BadInput, match=r"layer adres\): The layer is empty\. Deliver a layer with rows"):
        read_layer(path)


def test_a_layer_without_geometry_is_refused(tmp_path):
    path = tmp_path / "tabel.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"naam": ["a"]}), path, layer="tabel")

    with pytest.raises(BadInput, match="The layer has no geometry"):
        read_layer(path)


def test_reading_leaves_no_files_behind(package):
    before = {path.name: path.stat().st_size for path in package.parent.iterdir()}

    read_layer(package)

    assert {path.name: path.stat().st_size for path in package.parent.iterdir()} == before


def test_a_shape_with_coordinates_that_are_no_numbers_is_refused(tmp_path):
    shape = shapely.Polygon([(180_000, 457_000), (180_010, float("nan")), (180_010, 457_010)])
    gpd.GeoDataFrame({"a": [1]}, geometry=[shape], crs=28992).to_file(tmp_path / "a.gpkg", SPATIAL_INDEX="NO")

    with pytest.raises(BadInput, match="coordinates that are no numbers"):
        read_layer(tmp_path / "a.gpkg")


@pytest.mark.parametrize("suffix", [".dbf", ".shx"])
def test_a_shapefile_without_one_of_its_files_is_refused_by_name(tmp_path, suffix):
    path = tmp_path / "bomen.shp"
    POINTS.to_file(path)
    path.with_suffix(suffix).unlink()

    with pytest.raises(MissingSource, match=rf"The shapefile is not whole: bomen\{suffix} is missing\."):
        read_layer(path)


@pytest.mark.parametrize("start", ["", "\ufeff \n", "<?xml version='1.0'?>", "{"])
def test_a_file_that_points_at_another_is_not_followed(package, start):
    link = package.with_name("link.gpkg")
    source = f"<SrcDataSource>{package}</SrcDataSource>"
    link.write_text(
        f'{start}<OGRVRTDataSource><OGRVRTLayer name="adres">{source}</OGRVRTLayer></OGRVRTDataSource>',
        encoding="utf-8",
    )

    with pytest.raises(BadInput, match="it is no GeoPackage"):
        read_layer(link)
