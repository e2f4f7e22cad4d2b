from laadplan.config.project import Area
from laadplan.geo.area import area_shape


def test_an_area_is_the_box_of_its_corners():
    assert area_shape(Area(bbox_rd=(180000, 456000, 182000, 458500))).bounds == (180000, 456000, 182000, 458500)


def test_no_box_is_everything():
    assert area_shape(Area()) is None
