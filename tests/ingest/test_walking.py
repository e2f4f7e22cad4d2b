import gzip
import json
import struct
import sys
from itertools import pairwise

import geopandas as gpd
import osmium
import pandas as pd
import pyproj
import pytest
import shapely
from shapely import LineString, box

from laadplan.contracts.network import WalkEdges, WalkNodes
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import RoadParts
from laadplan.demo.pbf import pbf
from laadplan.errors import BadInput, MissingSource, WrongCrs
from laadplan.ingest import walk_ways
from laadplan.ingest.bgt import read_road_parts
from laadplan.ingest.walk_rules import walk_kind
from laadplan.ingest.walking import read_walking, walk_from_road_parts
from tests.frames import X, Y
from tests.fuzz.formats_network import NODES, WAYS, nwb, osm_xml, overpass, pavements


@pytest.fixture
def path(tmp_path):
    return tmp_path / "netwerk"


def write(path, content):
    text = json.dumps(content) if isinstance(content, dict | list) else content
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def way(number, refs, **tags):
    return {"type": "way", "id": number, "nodes": list(refs), "tags": {"highway": "footway"} | tags}


def nodes(count=6):
    return [{"type": "node", "id": n, "lat": 52.1, "lon": 5.75 + n * 0.001} for n in range(1, count + 1)]


def edges_of(path, *elements, **more):
    return read_walking(write(path, {"elements": list(elements)}), **more)[1]


def around(nodes_of, name, metres=5.0):
    return nodes_of.geometry[name].buffer(metres)


@pytest.mark.parametrize(
    "content",
    [
        osm_xml(),
        gzip.compress(osm_xml().encode(), mtime=0),
        pbf(NODES, WAYS),
        overpass(),
        {"elements": [*overpass()["elements"][-8:], *overpass()["elements"][:4]]},
    ],
    ids=["xml", "xml packed", "pbf", "overpass", "overpass, nodes first"],
)
def test_ways_are_cut_where_others_meet_them(path, content):
    quality = Quality()

    junctions, edges = read_walking(write(path, content), quality=quality)

    expected = pd.DataFrame(
        {
            "from_node": ["1", "2", "2", "6"],
            "to_node": ["2", "4", "6", "6"],
            "kind": ["rijbaan", "rijbaan", "stoep", "voetgangersgebied"],
            "name": ["Demo-straat", "Demo-straat", None, None],
        },
        index=pd.Index(["1/0", "1/1", "2/0", "3/0"], name="edge_id"),
    ).astype("str")
    pd.testing.assert_frame_equal(pd.DataFrame(edges[list(expected)]), expected)
    assert list(junctions.index) == ["1", "2", "4", "6"]
    assert quality.summary()["dropped"] == {"niet voor voetgangers": 1}
    ends = [(line.coords[0], line.coords[-1]) for line in edges.geometry]
    assert ends == [
        (junctions.geometry[a].coords[0], junctions.geometry[b].coords[0])
        for a, b in zip(edges["from_node"], edges["to_node"], strict=True)
    ]


def test_lengths_are_those_of_the_ellipsoid(path):
    edges = edges_of(path, way(1, (1, 2, 3)), *nodes())

    _, _, metres = pyproj.Geod(ellps="GRS80").inv(5.751, 52.1, 5.753, 52.1)
    assert edges["length_m"].to_list() == [pytest.approx(metres, rel=2e-4)]


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "footway"}, "voetpad"),
        ({"highway": "footway", "footway": "sidewalk"}, "stoep"),
        ({"highway": "footway", "footway": "crossing"}, "oversteek"),
        ({"highway": "steps"}, "trap"),
        ({"highway": "cycleway"}, "fietspad"),
        ({"highway": "living_street"}, "woonerf"),
        ({"highway": "residential", "access": "no", "foot": "yes"}, "rijbaan"),
        ({"highway": "bridleway", "foot": "designated"}, "pad"),
        ({"highway": "bridleway"}, None),
        ({"highway": "cycleway", "foot": "no"}, None),
        ({"highway": "secondary", "foot": "use_sidepath"}, None),
        ({"highway": "service", "access": "private"}, None),
        ({"highway": "primary", "motorroad": "yes"}, None),
        ({"highway": "motorway"}, None),
        ({"highway": "trunk_link"}, None),
        ({"highway": "construction"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_what_pedestrians_may_use_follows_from_the_tags(tags, kind):
    assert walk_kind(tags) == kind


def test_in_an_area_only_what_touches_it_is_kept_whole(path):
    quality = Quality()
    elements = [way(1, (1, 2)), way(2, (2, 3)), way(3, (5, 6)), *nodes()]
    junctions, _ = read_walking(write(path, {"elements": elements}))

    edges = edges_of(path, *elements, area=around(junctions, "1"), quality=quality)

    assert list(edges.index) == ["1/0"]
    assert (quality.read, quality.summary()["dropped"]) == (3, {"buiten het gebied": 2})
    assert edges["length_m"].to_list() == [pytest.approx(68.5, abs=0.2)]


def test_the_bounds_of_an_area_are_computed_once_and_not_per_node(path, monkeypatch):
    asked = []
    known = walk_ways.degree_bounds
    monkeypatch.setattr(walk_ways, "degree_bounds", lambda *given: asked.append(given) or known(*given))
    area = around(read_walking(write(path, osm_xml()))[0], "1")

    read_walking(path, area)

    assert len(asked) == 1


def test_a_way_that_refers_to_nodes_outside_the_extract_is_cut_there(path):
    quality = Quality()

    edges = edges_of(path, way(1, (1, 2, 99, 3, 4, 98)), *nodes(), quality=quality)

    assert list(edges.index) == ["1/0", "1/3"]
    assert quality.findings == ["1 ways refer to nodes that are not in the file: they are cut there."]


def test_places_may_stand_within_the_ways(path):
    geometry = [{"lat": 52.1, "lon": 5.751}, {"lat": 52.1, "lon": 5.752}]

    edges = edges_of(path, way(1, (1, 2)) | {"geometry": geometry})

    assert list(edges.index) == ["1/0"]


def test_what_was_deleted_is_told_of_twice_or_has_no_length_is_left_out(path):
    quality = Quality()
    text = osm_xml().replace('<way id="2">', '<way id="2" visible="false">')
    text = text.replace("</osm>", text[text.index('<way id="1">') : text.index('<way id="2"')] + "</osm>")
    here = [*nodes(2), {"type": "node", "id": 3, "lat": 52.1, "lon": 5.752}]

    edges = read_walking(write(path, text), quality=quality)[1]
    short = edges_of(path, way(1, (1, 2)), way(2, (2, 3)), *here)

    assert ("2/0" in edges.index, quality.dropped) == (False, {"staat er dubbel in": ["1"]})
    assert list(short.index) == ["1/0"]


@pytest.mark.parametrize("content", [{"elements": []}, "<osm/>", pbf((), ())], ids=["overpass", "xml", "pbf"])
def test_no_ways_give_empty_frames_and_a_finding(path, content):
    quality = Quality()

    junctions, edges = read_walking(write(path, content), quality=quality)

    pd.testing.assert_frame_equal(junctions, WalkNodes.empty())
    pd.testing.assert_frame_equal(edges, WalkEdges.empty())
    assert quality.findings == ["The file holds no ways with a highway: was it cut off, or is it another extract?"]


def block(kind, body):
    """A block of PBF around a blob."""
    header = b"\x0a" + bytes([len(kind)]) + kind + b"\x18" + bytes([len(body)])
    return struct.pack(">I", len(header)) + header + body


def blob(field, content):
    return bytes([field << 3 | 2, len(content)]) + content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "cannot be read"),
        ("<osm><node", "not a whole XML file"),
        ("<html/>", "This is a 'html', not a osm"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><osm/>', "DOCTYPE"),
        ('<osm><node id="1" lat="x" lon="5"/></osm>', "a place that is no number"),
        ("<osm><remark>runtime error: Query timed out</remark></osm>", "The server stopped before it was done"),
        ({"elements": [], "remark": "runtime error: Query timed out"}, "The server stopped before it was done"),
        ({"elements": [1]}, "An item is no node, way or relation"),
        ([{"place_id": 1, "osm_type": "relation"}], "outlines of places as a search for names gives them"),
        ({"type": "Topology"}, "holds no list called elements"),
        (pbf(NODES, WAYS)[:-5], "not a whole PBF file"),
        (block(b"OSMHeader", blob(7, b"x")), "not a whole PBF file"),
        (block(b"OSMHeader", blob(3, b"xyz")), "not a whole PBF file"),
        (b"\x00\x00\x00\x0eOSMHeader", "not a whole PBF file"),
    ],
)
def test_what_is_no_network_is_refused(path, content, words):
    with pytest.raises(BadInput, match=words):
        read_walking(write(path, content))


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_walking(path)


def test_a_file_that_osmium_packed_gives_the_same(tmp_path):
    plain, packed = write(tmp_path / "a.osm.pbf", pbf(NODES, WAYS)), tmp_path / "b.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for each in osmium.FileProcessor(str(plain)):
            writer.add(each)

    pd.testing.assert_frame_equal(read_walking(packed)[1], read_walking(plain)[1])


def test_without_osmium_a_pbf_file_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)

    with pytest.raises(BadInput, match=r"pip install 'laadplan\[osm\]'"):
        read_walking(write(tmp_path / "a.osm.pbf", pbf(NODES, WAYS)))


# ---- NWB ---------------------------------------------------------------------------------------------------------


def test_road_sections_are_edges_between_their_junctions(tmp_path):
    quality = Quality()

    junctions, edges = read_walking(write(tmp_path / "nwb.geojson", nwb()), quality=quality)

    expected = pd.DataFrame(
        {
            "from_node": ["1", "2"],
            "to_node": ["2", "3"],
            "kind": ["rijbaan", "voetpad"],
            "name": ["Demo", "Demo"],
            "origin": ["NWB", "NWB"],
        },
        index=pd.Index(["1", "2"], name="edge_id"),
    ).astype("str")
    pd.testing.assert_frame_equal(pd.DataFrame(edges[list(expected)]), expected)
    assert edges["length_m"].to_list() == [90.55, 90.55]
    assert list(junctions.index) == ["1", "2", "3"]
    assert quality.summary()["dropped"] == {"niet voor voetgangers": 1}
    assert quality.findings == ["1 road sections end elsewhere than others with the same junction (jte_id)."]
    assert quality.facts["lengths_along"] == "axes of roads: the NWB holds few footways"


def sections(tmp_path, crs=28992, **more):
    rows = {"WVK_ID": [7.0, 8.0], "JTE_ID_BEG": [1.0, 2.0], "JTE_ID_END": [2.0, 3.0], "STT_NAAM": ["a", None]} | more
    lines = [LineString([(X, Y), (X + 50, Y)]), LineString([(X + 50, Y), (X + 90, Y)])]
    found = tmp_path / "wegvakken.gpkg"
    gpd.GeoDataFrame(rows, geometry=lines, crs=28992).to_crs(crs).to_file(found, layer="wegvakken")
    return found


def test_ids_that_are_stored_as_decimals_are_whole_and_an_area_cuts(tmp_path):
    whole = read_walking(sections(tmp_path))[1]
    part = read_walking(tmp_path / "wegvakken.gpkg", box(X - 5, Y - 5, X + 5, Y + 5))[1]
    none = read_walking(tmp_path / "wegvakken.gpkg", box(X - 50, Y - 50, X - 40, Y - 40))[1]

    assert (list(whole.index), whole["from_node"].to_list()) == (["7", "8"], ["1", "2"])
    assert (list(part.index), list(none.index)) == (["7"], [])


def test_sections_in_degrees_are_brought_to_rd_and_another_crs_is_refused(tmp_path):
    edges = read_walking(sections(tmp_path, crs=4258))[1]
    other = sections(tmp_path, crs=3857)

    assert edges["length_m"].to_list() == [pytest.approx(50, abs=0.1), pytest.approx(40, abs=0.1)]
    with pytest.raises(WrongCrs):
        read_walking(other)


def test_a_layer_of_lines_without_junctions_is_refused(tmp_path):
    lines = gpd.GeoDataFrame({"wvk_id": [1]}, geometry=[LineString([(X, Y), (X + 9, Y)])], crs=28992)
    lines.to_file(tmp_path / "x.gpkg")

    with pytest.raises(BadInput, match="A column is missing: from_node"):
        read_walking(tmp_path / "x.gpkg")


# ---- surfaces ----------------------------------------------------------------------------------------------------


def parts(*surfaces):
    rows = [{"function": use, "geometry": shape} for use, shape in surfaces]
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=28992)
    told = {"material": None, "level": 0, "status": "bestaand", "maintainer": None, "registered_on": None}
    told |= {"plus_function": None, "plus_material": None}
    frame = frame.assign(**told, local_id=[f"W{number}" for number in range(len(frame))])
    texts = [name for name in frame.columns if name not in ("level", "geometry")]
    return RoadParts.checked(frame.astype(dict.fromkeys(texts, "str")).set_index("local_id"))


def at(*corners):
    return box(X + corners[0], Y + corners[1], X + corners[2], Y + corners[3])


def test_of_a_footpath_the_middle_line_is_drawn():
    _, edges = walk_from_road_parts(parts(("voetpad", at(0, 0, 60, 2))))

    middle = LineString([(X, Y + 1), (X + 60, Y + 1)])
    assert edges["kind"].to_list() == ["voetpad"]
    assert edges.geometry.iloc[0].hausdorff_distance(middle) < 3
    assert edges["length_m"].sum() == pytest.approx(60, abs=4)


def test_a_crossing_of_paths_is_a_node_and_what_is_for_cars_alone_no_way():
    quality = Quality()
    cross = [
        ("voetpad", at(0, 50, 100, 53)),
        ("rijbaan lokale weg", at(48, 0, 53, 50)),
        ("voetpad", at(48, 53, 53, 99)),
    ]

    junctions, edges = walk_from_road_parts(
        parts(*cross, ("rijbaan autosnelweg", at(0, 200, 99, 220))), quality=quality
    )

    degrees = pd.concat([edges["from_node"], edges["to_node"]]).value_counts()
    near = junctions.dwithin(shapely.Point(X + 50.5, Y + 51.5), 8)
    assert degrees[degrees >= 3].index.isin(junctions.index[near]).all()
    assert (degrees >= 3).any()
    assert set(edges["kind"]) == {"voetpad", "rijbaan"}
    assert quality.summary()["dropped"] == {"niet voor voetgangers": 1}
    assert edges.geometry.to_numpy()[0].distance(at(0, 200, 99, 220)) > 50


def test_a_sliver_between_two_surfaces_is_no_block_to_walk_around():
    def strip(*corners):
        return shapely.Polygon([(X + x, Y + y) for x, y in corners])

    lower = strip((0, 0), (60, 0), (60, 2), (50, 2), (40, 1.98), (20, 1.98), (10, 2), (0, 2))
    upper = strip((0, 2), (60, 2), (60, 4), (0, 4))

    _, edges = walk_from_road_parts(parts(("voetpad", lower), ("voetpad", upper)))

    assert len(edges) == 1
    assert edges.geometry.iloc[0].hausdorff_distance(LineString([(X, Y + 2), (X + 60, Y + 2)])) < 3


def test_no_road_parts_give_empty_frames():
    junctions, edges = walk_from_road_parts(RoadParts.empty())

    pd.testing.assert_frame_equal(junctions, WalkNodes.empty())
    pd.testing.assert_frame_equal(edges, WalkEdges.empty())


def test_pavements_of_a_municipality_are_read_and_need_a_use(tmp_path):
    found = read_walking(write(tmp_path / "a.geojson", pavements()))[1]
    useless = pavements()
    for feature in useless["features"]:
        feature["properties"] = {"naam": "x"}

    assert found["length_m"].sum() == pytest.approx(90, abs=5)
    with pytest.raises(BadInput, match="no column says what they are used for"):
        read_walking(write(tmp_path / "b.geojson", useless))


def test_a_shape_without_measure_is_left_out():
    quality = Quality()
    large = at(0, 0, 11_000, 11_000)

    _, edges = walk_from_road_parts(parts(("voetpad", large), ("voetpad", at(-60, 0, -1, 2))), quality=quality)

    assert (len(edges), quality.skipped) == (1, {"vlak met een omtrek van meer dan 20 km": 1})


# ---- real files --------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_ouder_amstel_has_the_ways_that_the_answer_holds(real_data):
    source = real_data / "national" / "osm" / "overpass_ouder-amstel_3.json"
    raw = json.loads(source.read_text(encoding="utf-8"))["elements"]
    quality = Quality()

    _, edges = read_walking(source, quality=quality)

    places = {each["id"]: (each["lon"], each["lat"]) for each in raw if each["type"] == "node"}
    ways = {each["id"]: each for each in raw if each["type"] == "way" and "highway" in each["tags"]}
    read = {int(name.partition("/")[0]) for name in edges.index}
    pieces = [pair for number in read for pair in pairwise(places[ref] for ref in ways[number]["nodes"])]
    starts, ends = zip(*pieces, strict=True)
    _, _, metres = pyproj.Geod(ellps="GRS80").inv(*zip(*starts, strict=True), *zip(*ends, strict=True))
    assert (quality.read, len(ways) - len(read), quality.skipped) == (5436, 375, {"niet voor voetgangers": 375})
    assert edges["length_m"].sum() == pytest.approx(sum(metres), rel=3e-4)
    left = [ways[number]["tags"] for number in set(ways) - read]
    assert {"trunk", "busway"} <= {tags["highway"] for tags in left}
    assert not [tags for tags in left if tags["highway"] == "footway" and not {"foot", "access"} & set(tags)]


@pytest.mark.real
@pytest.mark.parametrize("number", [1, 2, 4])
def test_outlines_of_places_are_refused(real_data, number):
    with pytest.raises(BadInput, match="Nominatim"):
        read_walking(real_data / "national" / "osm" / f"overpass_ouder-amstel_{number}.json")


@pytest.mark.real
@pytest.mark.parametrize(("buurt", "surfaces"), [("EB08", 130), ("EC01", 212), ("EC02", 19)])
def test_pavements_of_amsterdam_give_a_network_on_them(real_data, buurt, surfaces):
    source = real_data / "amsterdam-zeeheldenbuurt" / "surfaces" / f"{buurt}_sidewalks.geojson"
    quality = Quality()

    _, edges = read_walking(source, quality=quality)

    ground = gpd.read_file(source).to_crs(28992).make_valid().union_all().buffer(0.5)
    on_it = edges.intersection(ground).length.sum() / edges.length.sum()
    assert (quality.read, quality.skipped) == (surfaces, {})
    assert on_it > 0.98
    assert {"stoep", "rijbaan"} <= set(edges["kind"])


@pytest.mark.real
def test_the_streets_of_otterlo_hang_together(real_data):
    road_parts = read_road_parts(real_data / "ede-otterlo" / "bgt", box(180700, 456700, 181200, 457200))

    _, edges = walk_from_road_parts(road_parts)

    pieces = shapely.get_parts(shapely.union_all(edges.geometry.buffer(0.1).to_numpy()))
    assert edges["length_m"].sum() > 5_000
    assert max(piece.area for piece in pieces) > 0.9 * sum(piece.area for piece in pieces)
