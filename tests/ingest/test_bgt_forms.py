"""The BGT in its other forms: names of 2015, a zip, conversions, pages of the OGC API; and its obstacles."""

import gc
import zipfile

import pandas as pd
import pytest
import shapely

from laadplan.contracts.ground import OBSTACLES, Obstacles
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import RoadParts
from laadplan.errors import BadInput, ContractBroken, MissingSource, WrongCrs
from laadplan.ingest import bgt_sieve, gml_stream
from laadplan.ingest.bgt import (
    buildings_delivered,
    read_buildings,
    read_obstacles,
    read_road_parts,
    read_terrain,
    read_trees,
    terrain_delivered,
    trees_delivered,
)
from tests.frames import box, make, moved, point
from tests.ingest.bgt_forms import ROWS, SPELT, feature, geopackage, municipal, page
from tests.ingest.delivery import NAMESPACES, RD, TAGS, deliver, document, place, positions, square, thing

HISTORY = "historie (eindRegistratie gevuld)"
PLANNED = "status plan: bestaat nog niet"


def obstacle(kind, local_id, geometry, extra="", holder=""):
    name = kind.capitalize()
    TAGS.setdefault(kind, (f"imgeo:{name}", "", holder or f"geometrie2d{name}"))
    return thing(kind, local_id, geometry, extra=extra)


def line(*points):
    return f'<gml:LineString srsName="{RD}">{positions(points)}</gml:LineString>'


def test_obstacles_say_what_they_are_and_keep_their_kind_of_geometry(tmp_path):
    quality = Quality()
    lamp = "<function>niet-bgt</function><imgeo:plus-type>lichtmast</imgeo:plus-type>"
    fence = "<imgeo:bgt-type>hek</imgeo:bgt-type><imgeo:plus-type>waardeOnbekend</imgeo:plus-type>"
    deliver(tmp_path, "paal", obstacle("paal", "p1", place(1, 2), lamp), obstacle("paal", "p2", place(3, 2)))
    holder = "geometrie2dOverigeConstructie"
    wall = obstacle("scheiding", "s2", square(5, 5), fence, holder)
    deliver(tmp_path, "scheiding", obstacle("scheiding", "s1", line((0, 0), (9, 0)), fence, holder), wall)

    found = read_obstacles(tmp_path, quality=quality)

    rest = {"level": 0, "status": "bestaand", "maintainer": "G0228"}
    expected = {
        "p1": {"kind": "paal", "type": "lichtmast", "geometry": point(1, 2)},
        "p2": {"kind": "paal", "type": "onbekend", "geometry": point(3, 2)},
        "s1": {"kind": "scheiding", "type": "hek", "geometry": shapely.LineString([(0, 0), (9, 0)])},
        "s2": {"kind": "scheiding", "type": "hek", "geometry": shapely.Polygon([(5, 5), (7, 5), (7, 7), (5, 7)])},
    }
    pd.testing.assert_frame_equal(found, make(Obstacles, {name: row | rest for name, row in expected.items()}))
    assert quality.facts == {"paal": 2, "scheiding": 2}
    absent = [kind for kind in OBSTACLES if kind not in ("paal", "scheiding")]
    assert quality.findings == [f"Not in the BGT delivery: {', '.join(absent)}; where these stand is unknown."]


def test_a_delivery_without_obstacles_is_refused_and_one_without_objects_is_empty(tmp_path):
    with pytest.raises(MissingSource, match="holds no obstacles"):
        read_obstacles(tmp_path)
    pd.testing.assert_frame_equal(read_obstacles(deliver(tmp_path, "kast")), Obstacles.empty())


def test_plus_types_are_read_and_void_values_are_not(tmp_path):
    plus = "<imgeo:plus-functieWegdeel>{}</imgeo:plus-functieWegdeel>"
    road = thing("wegdeel", "a", square(), extra=plus.format("verkeersdrempel"))
    deliver(tmp_path, "wegdeel", road, thing("wegdeel", "b", square(5, 0), extra=plus.format("waardeOnbekend")))
    heath = "<class>heide</class><imgeo:plus-fysiekVoorkomen>struiken</imgeo:plus-fysiekVoorkomen>"
    for kind in ("begroeidterreindeel", "onbegroeidterreindeel", "ondersteunendwegdeel", "waterdeel"):
        deliver(tmp_path, kind, *([thing(kind, "t", square(), extra=heath)] if kind.startswith("begroeid") else []))

    roads, terrain = read_road_parts(tmp_path), read_terrain(tmp_path)

    assert roads["plus_function"].isna().tolist() == [False, True]
    assert roads["plus_function"]["a"] == "verkeersdrempel"
    assert terrain[["cover", "plus_cover"]].to_numpy().tolist() == [["heide", "struiken"]]


@pytest.mark.parametrize("name", ["bgt_trafficarea.gml", "wegen.gml", "BGT_TrafficArea.xml"])
def test_a_file_of_another_name_is_known_by_its_first_object(tmp_path, name):
    (tmp_path / name).write_text(document(thing("wegdeel", "a", square())), encoding="utf-8")
    (tmp_path / "bgt_trafficarea.gfs").write_text("<GMLFeatureClassList/>", encoding="utf-8")
    (tmp_path / "leesmij.txt").write_text("wegdeel", encoding="utf-8")

    assert list(read_road_parts(tmp_path).index) == ["a"]


def test_a_file_of_2015_without_objects_is_known_by_its_name(tmp_path):
    (tmp_path / "bgt_buildingpart.gml").write_text(document(), encoding="utf-8")

    assert read_buildings(tmp_path).empty


def test_two_files_of_one_type_are_refused(tmp_path):
    for name in ("oud.gml", "nieuw.gml"):
        (tmp_path / name).write_text(document(thing("wegdeel", "a", square())), encoding="utf-8")

    with pytest.raises(BadInput, match="2 files hold 'wegdeel'"):
        read_road_parts(tmp_path)


def test_a_zip_is_read_as_it_was_downloaded(tmp_path):
    path = tmp_path / "extract.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bgt_wegdeel.gml", document(thing("wegdeel", "a", square())))
        archive.writestr("bgt_pand.gml", document())

    assert (list(read_road_parts(path).index), len(read_buildings(path))) == (["a"], 0)
    with pytest.raises(MissingSource, match="holds no 'vegetatieobject'"):
        read_trees(path)


def test_a_file_that_holds_something_else_does_not_pass_for_an_empty_one(tmp_path):
    text = f"<CityModel {NAMESPACES}><wegdelen><a/></wegdelen></CityModel>"
    (tmp_path / "bgt_wegdeel.gml").write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match="holds 'wegdelen' where GML-light has"):
        read_road_parts(tmp_path)


@pytest.mark.parametrize(
    "between",
    ["", "<!-- </cityObjectMember> -->", "<?x </cityObjectMember> ?>", "<name><![CDATA[</cityObjectMember>]]></name>"],
)
def test_a_large_file_is_cut_right_wherever_its_end_tags_stand(tmp_path, monkeypatch, between):
    monkeypatch.setattr(gml_stream, "FIRST_BYTES", 4000)
    monkeypatch.setattr(gml_stream, "PIECE_BYTES", 1500)
    things = [thing("wegdeel", f"r{number:03d}", square(3 * number, 0)) + between for number in range(60)]
    quality = Quality()

    found = read_road_parts(deliver(tmp_path, "wegdeel", *things), quality=quality)

    assert (list(found.index), quality.read) == ([f"r{number:03d}" for number in range(60)], 60)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.999])
def test_a_large_file_that_is_truncated_is_refused(tmp_path, monkeypatch, cut):
    monkeypatch.setattr(gml_stream, "FIRST_BYTES", 4000)
    monkeypatch.setattr(gml_stream, "PIECE_BYTES", 1500)
    text = document(*(thing("wegdeel", f"r{number}", square(3 * number, 0)) for number in range(60)))
    (tmp_path / "bgt_wegdeel.gml").write_text(text[: int(len(text) * cut)], encoding="utf-8")

    with pytest.raises(BadInput, match="not a whole GML file"):
        read_road_parts(tmp_path)


@pytest.mark.parametrize("names", SPELT)
@pytest.mark.parametrize(
    ("layer", "driver"),
    [("wegdeel", "GPKG"), ("bgt_wegdeel_V", "GPKG"), ("wegdeel_2d", "GPKG"), ("trafficarea", "SQLite")],
)
def test_a_conversion_is_read_whatever_its_names(tmp_path, names, layer, driver):
    quality = Quality()
    path = geopackage(tmp_path / f"bgt.{driver.lower()}", layer, driver, names=names)

    found = read_road_parts(path, quality=quality)

    assert found[["function", "level"]].to_numpy().tolist() == [["rijbaan lokale weg", -1], ["voetpad", 0]]
    assert (quality.read, quality.dropped) == (4, {HISTORY: ["then"], PLANNED: ["soon"]})


def test_a_conversion_is_clipped_and_what_lies_outside_is_counted(tmp_path):
    quality = Quality()

    found = read_road_parts(geopackage(tmp_path / "bgt.gpkg"), moved(box(-1, -1, 1, 1)), quality=quality)

    assert (list(found.index), quality.summary()["dropped"]["buiten het gebied"]) == (["now"], 3)


def test_a_conversion_with_label_points_says_so(tmp_path):
    shapes = [moved(point(number, 1)) for number in range(4)]
    quality = Quality()

    found = read_buildings(geopackage(tmp_path / "bgt.gpkg", "pand", shapes=shapes), quality=quality)

    assert (len(found), quality.dropped["zonder vlak"]) == (0, ["deep", "now"])
    assert "label points" in quality.findings[0]


def test_a_conversion_without_crs_is_taken_as_rd_and_says_so(tmp_path):
    quality = Quality()

    found = read_road_parts(geopackage(tmp_path / "bgt.gpkg", crs=None), quality=quality)

    assert (len(found), found.crs.to_epsg()) == (2, 28992)
    assert "states no CRS" in quality.findings[0]


def test_a_conversion_in_another_crs_or_without_ids_is_refused(tmp_path):
    with pytest.raises(WrongCrs, match="EPSG:3857"):
        read_road_parts(geopackage(tmp_path / "web.gpkg", crs="EPSG:3857"))
    shapes = [moved(box(0, 0, 1, 1), -9e5, 0)] * 4
    with pytest.raises(WrongCrs, match="No CRS"):
        read_road_parts(geopackage(tmp_path / "far.gpkg", crs=None, shapes=shapes))
    with pytest.raises(MissingSource, match="holds no 'pand'"):
        read_buildings(tmp_path / "web.gpkg")


def test_road_parts_that_a_municipality_published_with_its_bays_are_read(tmp_path):
    quality = Quality()

    found = read_road_parts(municipal(tmp_path / "parkeren.gpkg"), quality=quality)

    told = {"level": 0, "status": "onbekend", "maintainer": None, "registered_on": None}
    expected = make(
        RoadParts,
        {
            "a": {"function": "parkeervlak", "geometry": box(0, 0, 3, 2)} | told,
            "b": {"function": "voetpad", "geometry": box(5, 0, 9, 2)} | told,
        },
    )
    pd.testing.assert_frame_equal(found.drop(columns="geometry"), expected.drop(columns="geometry"))
    assert (found.symmetric_difference(expected).area < 0.05).all()  # the spike is 1.6 cm2
    assert [each.partition(": ")[2] for each in quality.findings] == [
        "there is no column eindRegistratie; history is taken to have been left out.",
        "1 surfaces crossed themselves, rounded as they are; mended.",
    ]


def test_a_surface_in_a_conversion_that_a_repair_would_change_is_refused(tmp_path):
    bow = moved(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    rows = {"bow": ROWS["now"]}

    with pytest.raises(BadInput, match="1 rows with broken geometry"):
        read_road_parts(geopackage(tmp_path / "bgt.gpkg", rows=rows, shapes=[bow]))


@pytest.mark.parametrize(
    ("delivered", "kind"),
    [(terrain_delivered, "waterdeel"), (buildings_delivered, "pand"), (trees_delivered, "vegetatieobject")],
)
def test_what_a_delivery_holds_is_told(tmp_path, delivered, kind):
    assert not delivered(municipal(tmp_path / "parkeren.gpkg"))
    assert not delivered(deliver(tmp_path, "wegdeel"))
    assert delivered(deliver(tmp_path, kind))
    with pytest.raises(MissingSource, match="does not exist"):
        delivered(tmp_path / "elsewhere")


def test_a_layer_without_rows_is_an_empty_frame(tmp_path):
    import pyogrio

    from tests.ingest.bgt_forms import table

    pyogrio.write_dataframe(table().iloc[:0], tmp_path / "bgt.gpkg", layer="wegdeel", geometry_type="Polygon")

    assert read_road_parts(tmp_path).empty


def test_pages_are_read_as_one_and_what_they_share_is_counted_once(tmp_path):
    quality = Quality()
    shared = feature("b", functie="fietspad", fysiek_voorkomen="asfalt", plus_functie=None, level=1)
    page(
        tmp_path / "1.json",
        feature("a", functie="voetpad"),
        feature("c", end="2019-01-01T00:00:00Z"),
        shared,
        following=True,
    )
    page(tmp_path / "2.json", shared, feature("d", status="plan"), feature("c"))

    found = read_road_parts(tmp_path, quality=quality)

    assert found[["function", "level"]].to_numpy().tolist() == [["voetpad", 0], ["fietspad", 1], ["onbekend", 0]]
    double = "dubbel geleverd (zelfde object en versie)"
    assert (quality.read, quality.dropped) == (6, {HISTORY: ["c"], PLANNED: ["d"], double: ["b"]})


def test_pages_of_which_the_last_is_missing_are_refused(tmp_path):
    page(tmp_path / "wegdeel_1.json", feature("a"), following=True)

    with pytest.raises(BadInput, match="the last is missing"):
        read_road_parts(tmp_path)


@pytest.mark.parametrize(
    "stated", [{}, {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}]
)
def test_a_page_in_degrees_is_brought_to_rd(tmp_path, stated):
    corner = feature("a") | {"geometry": {"type": "Point", "coordinates": [5.387203657, 52.155172897]}}
    ring = [[5.3872, 52.1551], [5.3873, 52.1551], [5.3873, 52.1552], [5.3872, 52.1551]]
    surface = feature("b") | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    page(tmp_path / "wegdeel.json", surface, **stated)
    page(tmp_path / "paal.json", corner, collection="paal", **stated)

    assert read_road_parts(tmp_path).geometry["b"].bounds == pytest.approx((155000, 462992, 155007, 463003), abs=1)
    assert read_obstacles(tmp_path).geometry["a"].coords[0] == pytest.approx((155000, 463002), abs=3)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ('{"type": "FeatureCollection", "links": "wegdeel", "features": 3}', BadInput, "no FeatureCollection"),
        ('{"code": "404", "description": "/collections/wegdeel/ is unknown"}', BadInput, "no FeatureCollection"),
        ('{"features": [{"type": "Feature", "geometry": {"type": "Polygon"}}]}', BadInput, "geometry cannot be read"),
        ('{"features": [', BadInput, "not JSON"),
        ('{"features": [], "crs": {"name": "EPSG:3857"}}', WrongCrs, "3857"),
        ('{"features": [{"properties": {"functie": "voetpad"}, "geometry": null}]}', None, "zonder vlak"),
    ],
)
def test_a_page_that_is_none_is_refused(tmp_path, text, error, words):
    (tmp_path / "wegdeel.json").write_text(text, encoding="utf-8")
    quality = Quality()

    if error is None:
        assert read_road_parts(tmp_path, quality=quality).empty
        assert words in quality.dropped
    else:
        with pytest.raises(error, match=words):
            read_road_parts(tmp_path)


def test_a_double_id_in_a_page_is_refused(tmp_path):
    page(
        tmp_path / "wegdeel.json", feature("a"), feature("a", tijdstip_registratie="2020-01-01", shape=box(5, 5, 6, 6))
    )

    with pytest.raises(ContractBroken, match="more than once"):
        read_road_parts(tmp_path)


@pytest.mark.real
def test_otterlo_has_the_obstacles_that_were_counted_independently(real_data):
    quality = Quality()

    found = read_obstacles(real_data / "ede-otterlo" / "bgt", quality=quality)

    assert (len(found), quality.read, len(quality.dropped[HISTORY])) == (1999, 2163, 164)
    assert (found["type"] == "lichtmast").sum() == 388
    counts = {"paal": 398, "put": 1009, "kast": 12, "bord": 53, "straatmeubilair": 16, "scheiding": 303}
    assert {kind: quality.facts[kind] for kind in counts} == counts
    assert found.geom_type.value_counts().to_dict() == {"Point": 1500, "LineString": 341, "Polygon": 158}


@pytest.mark.real
def test_otterlo_has_the_plus_types_and_planned_buildings_that_were_counted_independently(real_data):
    quality = Quality()

    roads = read_road_parts(real_data / "ede-otterlo" / "bgt")
    buildings = read_buildings(real_data / "ede-otterlo" / "bgt", quality=quality)

    assert (roads["plus_function"] == "verkeersdrempel").sum() == 21
    assert (roads["plus_material"] == "asfalt").sum() == 377
    assert (buildings["status"] == "plan").sum() == 30
    assert quality.findings == []
    assert quality.facts["planned by plus-status alone, kept with status plan"] == 30


def test_of_each_rule_so_many_ids_are_kept_and_the_others_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(bgt_sieve, "MOST_IDS", 2)
    quality = Quality()
    things = [thing("wegdeel", f"r{number}", square(30 * number, 0)) for number in range(6)]

    found = read_road_parts(deliver(tmp_path, "wegdeel", *things), moved(box(-1, -1, 5, 5)), quality=quality)

    assert (list(found.index), quality.summary()["dropped"]) == (["r0"], {"buiten het gebied": 5})
    assert quality.dropped == {"buiten het gebied": ["r1", "r2"]}


def test_the_search_for_garbage_is_on_again_after_a_file_that_is_refused(tmp_path):
    with pytest.raises(BadInput):
        read_road_parts(deliver(tmp_path, "wegdeel", "<wegdeel>"))

    assert gc.isenabled()


def test_a_folder_with_a_damaged_conversion_says_why_it_cannot_be_read(tmp_path):
    path = geopackage(tmp_path / "bgt.gpkg")
    path.write_bytes(path.read_bytes()[:5000])

    with pytest.raises(BadInput, match="cannot be read"):
        read_road_parts(tmp_path)
