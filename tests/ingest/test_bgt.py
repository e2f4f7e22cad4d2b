import os
import time

import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buildings, RoadParts, Terrain, Trees
from laadplan.errors import BadInput, ContractBroken, MissingSource, WrongCrs
from laadplan.ingest.bgt import read_buildings, read_road_parts, read_terrain, read_trees
from tests.frames import box, make, moved, point
from tests.ingest.delivery import NAMESPACES, curved, deliver, document, multi, place, polygon, ring, square, thing

ROAD = "<function>rijbaan lokale weg</function><surfaceMaterial>gesloten verharding</surfaceMaterial>"
TREE = "<class>niet-bgt</class><imgeo:plus-type>boom</imgeo:plus-type>"
LABEL = (
    "<imgeo:nummeraanduidingreeks><imgeo:Nummeraanduidingreeks><imgeo:nummeraanduidingreeks><imgeo:Label>"
    f"<imgeo:tekst>71</imgeo:tekst><imgeo:positie><imgeo:Labelpositie><imgeo:plaatsingspunt>{place(50, 50)}"
    "</imgeo:plaatsingspunt></imgeo:Labelpositie></imgeo:positie></imgeo:Label></imgeo:nummeraanduidingreeks>"
    "</imgeo:Nummeraanduidingreeks></imgeo:nummeraanduidingreeks>"
)
READERS = {"wegdeel": read_road_parts, "pand": read_buildings, "vegetatieobject": read_trees}
TERRAIN = ("begroeidterreindeel", "onbegroeidterreindeel", "ondersteunendwegdeel", "waterdeel")
BOMB = '<!DOCTYPE lolz [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {one} "{f"&{other};" * 10}">' for one, other in zip("bcdefghij", "abcdefghi", strict=True)
)


def road(local_id, geometry=None, extra=ROAD, **more):
    return thing("wegdeel", local_id, square() if geometry is None else geometry, extra=extra, **more)


def test_road_parts_are_read_with_their_properties(tmp_path):
    folder = deliver(tmp_path, "wegdeel", road("G2.b", square(3, 0), level="-1"), road("G1.a", extra="<function/>"))

    found = RoadParts.checked(read_road_parts(folder))

    expected = make(
        RoadParts,
        {
            "G1.a": {"geometry": box(0, 0, 2, 2), "function": "onbekend", "registered_on": "2016-09-05"},
            "G2.b": {
                "geometry": box(3, 0, 5, 2),
                "material": "gesloten verharding",
                "level": -1,
                "registered_on": "2016-09-05",
            },
        },
    )
    expected.geometry = expected.geometry.normalize()
    found.geometry = found.geometry.normalize()
    pd.testing.assert_frame_equal(found, expected)


def test_history_and_plans_are_dropped_and_counted(tmp_path):
    quality = Quality()
    things = [
        road("now"),
        road("then", ended="2018-10-24T13:02:04"),
        road("soon", status="plan"),
        road("gone", ended="x"),
    ]

    found = read_road_parts(deliver(tmp_path, "wegdeel", *things), quality=quality)

    assert (list(found.index), quality.read, quality.kept, quality.dropped) == (
        ["now"],
        4,
        1,
        {"historie (eindRegistratie gevuld)": ["gone", "then"], "status plan: bestaat nog niet": ["soon"]},
    )


def test_the_current_version_of_an_object_stays_beside_its_history(tmp_path):
    folder = deliver(tmp_path, "wegdeel", road("a", ended="2018-10-24"), road("a", square(5, 5)))

    assert read_road_parts(folder).geometry["a"].bounds == moved(box(5, 5, 7, 7)).bounds


def test_a_building_is_its_ground_plan_and_not_its_label(tmp_path):
    things = [
        thing(
            "pand",
            "p1",
            multi(square(crs=None)),
            extra=LABEL + "<imgeo:identificatieBAGPND>0228100000031255</imgeo:identificatieBAGPND>",
        ),
        thing("pand", "p2", multi(square(10, 0, crs=None), square(20, 0, crs=None))),
    ]

    found = Buildings.checked(read_buildings(deliver(tmp_path, "pand", *things)))

    expected = make(
        Buildings,
        {
            "p1": {"geometry": box(0, 0, 2, 2), "bag_pand_id": "0228100000031255"},
            "p2": {"geometry": shapely.MultiPolygon([box(10, 0, 12, 2), box(20, 0, 22, 2)])},
        },
    )
    assert found.geometry.normalize().equals(expected.geometry.normalize())
    pd.testing.assert_frame_equal(found.drop(columns="geometry"), expected.drop(columns="geometry"))


def test_a_building_with_a_label_and_no_shape_is_counted_and_not_a_point(tmp_path):
    quality = Quality()

    found = read_buildings(deliver(tmp_path, "pand", thing("pand", "p1", "", extra=LABEL)), quality=quality)

    pd.testing.assert_frame_equal(found, Buildings.empty())
    assert quality.dropped == {"zonder vlak": ["p1"]}


def test_trees_are_the_vegetation_objects_that_are_one(tmp_path):
    quality = Quality()
    hedge = TREE.replace("boom", "haag")
    things = [
        thing("vegetatieobject", "t1", place(1, 2), extra=TREE),
        thing("vegetatieobject", "h1", polygon(ring([(0, 0), (1, 0), (1, 1)])), extra=hedge),
    ]

    found = read_trees(deliver(tmp_path, "vegetatieobject", *things), quality=quality)

    pd.testing.assert_frame_equal(Trees.checked(found), make(Trees, {"t1": {"geometry": point(1, 2)}}))
    assert quality.dropped == {"geen boom (plus-type)": ["h1"]}


def test_terrain_comes_from_four_files_and_says_from_which(tmp_path):
    covers = ["<class>groenvoorziening</class>", "<imgeo:bgt-fysiekVoorkomen>erf</imgeo:bgt-fysiekVoorkomen>"]
    covers += ["<function>berm</function>", "<class>waterloop</class>"]
    for number, (kind, cover) in enumerate(zip(TERRAIN, covers, strict=True)):
        deliver(tmp_path, kind, thing(kind, f"t{number}", square(5 * number), extra=cover))

    found = Terrain.checked(read_terrain(tmp_path))

    assert found[["kind", "cover"]].to_numpy().tolist() == [
        ["begroeid", "groenvoorziening"],
        ["onbegroeid", "erf"],
        ["ondersteunend", "berm"],
        ["water", "waterloop"],
    ]


@pytest.mark.parametrize("missing", TERRAIN)
def test_a_missing_file_of_terrain_is_named(tmp_path, missing):
    for kind in TERRAIN:
        deliver(tmp_path, kind)
    (tmp_path / f"bgt_{missing}.gml").unlink()

    with pytest.raises(MissingSource, match=missing):
        read_terrain(tmp_path)


@pytest.mark.parametrize("read", READERS.values())
def test_a_missing_file_or_folder_is_named(tmp_path, read):
    with pytest.raises(MissingSource, match=r"The file is not in the BGT folder"):
        read(tmp_path)
    with pytest.raises(MissingSource, match=r"The folder does not exist"):
        read(tmp_path / "bgt")


@pytest.mark.parametrize(("kind", "read"), READERS.items())
def test_a_file_without_objects_is_an_empty_frame(tmp_path, kind, read):
    quality = Quality()

    found = read(deliver(tmp_path, kind), quality=quality)

    assert (len(found), found.crs.to_epsg(), quality.read, quality.kept) == (0, 28992, 0, 0)
    assert len(read(deliver(tmp_path, kind), moved(box(0, 0, 1, 1)))) == 0


def test_files_of_terrain_without_objects_are_an_empty_frame(tmp_path):
    for kind in TERRAIN:
        deliver(tmp_path, kind)

    pd.testing.assert_frame_equal(read_terrain(tmp_path), Terrain.empty())


def test_only_what_touches_the_area_is_kept_and_the_rest_counted(tmp_path):
    quality = Quality()
    folder = deliver(tmp_path, "wegdeel", road("in"), road("edge", square(5, 0)), road("out", square(50, 0)))

    found = read_road_parts(folder, moved(box(-1, -1, 5, 5)), quality=quality)

    assert (list(found.index), quality.dropped) == (["edge", "in"], {"buiten het gebied": ["out"]})


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.99])
@pytest.mark.parametrize(("kind", "read"), READERS.items())
def test_a_truncated_file_is_refused(tmp_path, kind, read, cut):
    geometry = place() if kind == "vegetatieobject" else square()
    text = document(*(thing(kind, f"x{number}", geometry, extra=TREE) for number in range(5)))
    path = tmp_path / f"bgt_{kind}.gml"
    path.write_text(text[: int(len(text) * cut)])

    with pytest.raises(BadInput, match=rf"bgt_{kind}.gml: This is not a whole GML file.*download it again"):
        read(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 a zip",
        b"<html><body>503 Service Unavailable</body></html>",
        b'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"/>',
        b"<?xml version='1.0'?>\n",
    ],
    ids=["nothing", "zip", "web page", "exception", "no root"],
)
def test_what_is_no_gml_is_refused_and_not_an_empty_frame(tmp_path, content):
    (tmp_path / "bgt_wegdeel.gml").write_bytes(content)

    with pytest.raises(BadInput, match=r"bgt_wegdeel.gml"):
        read_road_parts(tmp_path)


def test_a_file_in_another_encoding_than_it_says_is_refused(tmp_path):
    text = document(road("a", extra="<function>fietspad \xe9\xe9n</function>"))
    (tmp_path / "bgt_wegdeel.gml").write_bytes(text.encode("latin-1"))

    with pytest.raises(BadInput, match=r"bgt_wegdeel.gml"):
        read_road_parts(tmp_path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "bgt_wegdeel.gml").write_bytes(document(road("a")).encode("utf-8-sig"))

    assert list(read_road_parts(tmp_path).index) == ["a"]


@pytest.mark.parametrize(
    ("before", "things"),
    [
        ('<!DOCTYPE CityModel SYSTEM "http://127.0.0.1:9/x.dtd">', [road("a")]),
        (
            '<!DOCTYPE CityModel [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
            [road("a", extra="<function>&e;</function>")],
        ),
        (BOMB + "]>", [road("a", extra="<function>&j;</function>")]),
        (BOMB + "]>", [road("a", extra='<function codeSpace="&j;">x</function>')]),
        (BOMB + "]>", ["&j;"]),
        ("<!DOCTYPE CityModel>", []),
    ],
    ids=["outer dtd", "file", "bomb in text", "bomb in an attribute", "bomb beside objects", "no objects"],
)
def test_a_doctype_is_refused_quickly(tmp_path, before, things):
    folder = deliver(tmp_path, "wegdeel", *things, before=before)
    begin = time.perf_counter()

    with pytest.raises(BadInput) as caught:
        read_road_parts(folder)

    assert time.perf_counter() - begin < 2.0
    assert "DOCTYPE" in str(caught.value) or "not a whole GML file" in str(caught.value)
    assert "bgt_wegdeel.gml" in str(caught.value)


def test_another_crs_is_refused_with_file_and_object(tmp_path):
    folder = deliver(tmp_path, "wegdeel", road("a"), road("b", square(crs="urn:ogc:def:crs:EPSG::4326")))

    with pytest.raises(WrongCrs, match=r"bgt_wegdeel.gml: The CRS is urn:ogc:def:crs:EPSG::4326.*Rows: b"):
        read_road_parts(folder)


def test_degrees_without_a_name_are_refused(tmp_path):
    degrees = polygon(
        "<gml:LinearRing><gml:posList>5.77 52.1 5.78 52.1 5.78 52.2 5.77 52.1</gml:posList></gml:LinearRing>"
    )

    with pytest.raises(WrongCrs, match="outside the area of RD New"):
        read_road_parts(deliver(tmp_path, "wegdeel", road("a", degrees)))


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (polygon("<gml:LinearRing><gml:posList>1 2 drie 4</gml:posList></gml:LinearRing>"), "not numbers"),
        (polygon("<gml:LinearRing/>"), "no coordinates"),
        (polygon(ring([(0, 0), (2, 2), (2, 0), (0, 2)])), "broken geometry"),
    ],
)
def test_a_shape_that_cannot_be_used_is_refused_with_its_object(tmp_path, geometry, words):
    with pytest.raises(BadInput, match=rf"{words}.*Rows: b\."):
        read_road_parts(deliver(tmp_path, "wegdeel", road("a"), road("b", geometry)))


def test_the_message_about_a_broken_shape_names_the_file(tmp_path):
    broken = polygon(ring([(0, 0), (2, 2), (2, 0), (0, 2)]))

    with pytest.raises(BadInput, match=r"wegdeel|RoadParts"):
        read_road_parts(deliver(tmp_path, "wegdeel", road("b", broken)))


def test_an_id_that_occurs_twice_is_refused(tmp_path):
    with pytest.raises(ContractBroken, match=r"1 ids occur more than once in 'local_id'\. Rows: a\."):
        read_road_parts(deliver(tmp_path, "wegdeel", road("a"), road("a", square(9, 9))))


def test_an_object_without_an_id_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"local_id|lokaalID"):
        read_road_parts(deliver(tmp_path, "wegdeel", road("")))


def test_a_level_that_is_no_number_is_refused_with_its_object(tmp_path):
    with pytest.raises(BadInput, match=r"bgt_wegdeel.gml.*Rows: b\."):
        read_road_parts(deliver(tmp_path, "wegdeel", road("a"), road("b", level="maaiveld")))


def test_comments_and_instructions_do_no_harm(tmp_path):
    quality = Quality()
    commented = road("a", extra=f"<!-- een opmerking -->{ROAD}<?verwerk dit?>")

    found = read_road_parts(deliver(tmp_path, "wegdeel", "<!-- begin -->", commented, "<?klaar ja?>"), quality=quality)

    assert (list(found.index), quality.read) == (["a"], 1)


def test_a_comment_beside_an_object_is_not_an_object(tmp_path):
    quality = Quality()
    commented = road("a").replace("<cityObjectMember>", "<cityObjectMember><!-- een wegdeel -->")

    found = read_road_parts(deliver(tmp_path, "wegdeel", commented), quality=quality)

    assert (list(found.index), quality.read, quality.dropped) == (["a"], 1, {})


def test_feature_members_are_read_as_city_objects(tmp_path):
    text = document(road("a")).replace("cityObjectMember>", "gml:featureMember>")
    (tmp_path / "bgt_wegdeel.gml").write_text(text)

    assert list(read_road_parts(tmp_path).index) == ["a"]


def test_curves_are_replaced_within_the_tolerance_that_was_asked_for(tmp_path):
    arc = curved(("Arc", [(0, 0), (10, 10), (20, 0)]), ("LineStringSegment", [(20, 0), (0, 0)]))
    folder = deliver(tmp_path, "wegdeel", road("a", polygon(arc)))

    counts = [
        shapely.get_num_coordinates(read_road_parts(folder, arc_tolerance_m=tolerance).geometry["a"])
        for tolerance in (0.1, 0.01, 0.001)
    ]

    assert counts == sorted(counts)
    assert counts[0] < counts[-1] / 5


def test_the_delivery_is_read_and_nothing_is_written(tmp_path):
    folder = deliver(tmp_path, "wegdeel", road("a"))
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    read_road_parts(folder)

    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_large_file_is_read_as_a_stream(tmp_path):
    count = 3000
    deliver(
        tmp_path,
        "vegetatieobject",
        *(thing("vegetatieobject", f"t{n:05d}", place(n % 90, n // 90), extra=TREE) for n in range(count)),
    )

    assert len(read_trees(tmp_path)) == count


@pytest.mark.real
def test_otterlo_has_the_road_parts_that_were_counted_independently(real_data):
    quality = Quality()

    found = read_road_parts(real_data / "ede-otterlo" / "bgt", quality=quality)

    parking = found[found["function"] == "parkeervlak"]
    assert (len(found), quality.read, len(parking), (found["function"] == "inrit").sum()) == (1252, 2444, 54, 346)
    assert parking.area.sum() == pytest.approx(8846, rel=0.001)


@pytest.mark.real
def test_otterlo_has_the_buildings_that_were_counted_independently(real_data):
    quality = Quality()

    found = read_buildings(real_data / "ede-otterlo" / "bgt", quality=quality)

    assert (len(found), quality.read, set(found.geom_type) <= {"Polygon", "MultiPolygon"}) == (1711, 2273, True)
    assert found.area.sum() == pytest.approx(191_521, rel=0.001)


@pytest.mark.real
def test_otterlo_has_the_trees_and_the_planted_terrain_that_were_counted_independently(real_data):
    folder = real_data / "ede-otterlo" / "bgt"

    assert (len(read_trees(folder)), (read_terrain(folder)["kind"] == "begroeid").sum()) == (2088, 638)


@pytest.mark.real
def test_the_real_folder_is_read_only_and_stays_as_it_is(real_data):
    folder = real_data / "ede-otterlo" / "bgt"
    before = sorted((entry.name, entry.stat().st_mtime_ns) for entry in os.scandir(folder))

    read_trees(folder)

    assert sorted((entry.name, entry.stat().st_mtime_ns) for entry in os.scandir(folder)) == before


def test_the_namespaces_are_those_of_a_delivery():
    assert "http://www.geostandaarden.nl/imgeo/2.1" in NAMESPACES
