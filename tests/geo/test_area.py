import geopandas as gpd
import shapely

from laadplan.config.project import Area
from laadplan.geo.area import area_shape, reading_shape, touching


def test_an_area_is_the_box_of_its_corners():
    assert area_shape(Area(bbox_rd=(180000, 456000, 182000, 458500))).bounds == (180000, 456000, 182000, 458500)


def test_no_box_is_everything():
    assert area_shape(Area()) is None


def test_sources_are_read_a_margin_outside_the_area():
    area = Area(bbox_rd=(100, 200, 300, 500), margin_m=50)

    assert reading_shape(area).bounds == (50, 150, 350, 550)
    assert reading_shape(Area(bbox_rd=(100, 200, 300, 500), margin_m=0)).bounds == (100, 200, 300, 500)
    assert reading_shape(Area()) is None


def test_what_touches_a_shape_is_kept():
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0, 5, 6], [0, 5, 6]), index=list("abc"), crs=28992)

    assert list(touching(frame, shapely.box(0, 0, 5, 5)).index) == ["a", "b"]
    assert list(touching(frame, None).index) == ["a", "b", "c"]
