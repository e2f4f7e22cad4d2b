import re
import zipfile
from datetime import date

import numpy as np
import pytest
import shapely

from laadplan.contracts.grid import Cables, GridPoints
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource, WrongCrs
from laadplan.ingest.cables import read_cables as read_any_cables
from laadplan.ingest.klic import read_cables, read_grid_points
from tests.ingest.imkl_delivery import (
    OLD_IMKL,
    X,
    Y,
    account,
    bare_cable,
    cable,
    delivery,
    link,
    network,
    owner,
    place,
    write_zip,
)


def box(x0, y0, x1, y1):
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "Levering_26O000001_1.zip"


def lengths(frame):
    return frame.length.round(3).to_dict()


def test_a_cable_is_read_with_what_the_delivery_says_of_it(path):
    write_zip(path, delivery(cable()))

    found = read_cables(path)

    assert found.drop(columns="geometry").astype(object).where(found.notna(), None).to_dict("index") == {
        "KL9999.1": {
            "voltage_v": 400.0,
            "nominal_voltage_v": 400.0,
            "voltage_level": "laagspanning",
            "use": "net",
            "status": "in gebruik",
            "owner": "Netbeheerder Demo",
            "operator_kind": "netbeheerder",
            "label": None,
            "registered_on": "2020-01-01",
            "delivery": "26O000001",
            "request_kind": "orientatieverzoek",
            "delivered_on": "2026-03-02",
            "valid_until": None,
            "confidential": True,
        }
    }
    assert found.geometry["KL9999.1"].equals(shapely.LineString([(X, Y), (X + 100, Y)]))


def test_what_lies_along_a_cable_is_no_cable(path):
    quality = Quality()
    beds = [cable(f"KL9999.{kind}", kind=kind) for kind in ("Kabelbed", "Duct", "Mantelbuis")]
    write_zip(path, delivery(cable(), *beds))

    found = read_cables(path, quality=quality)

    assert (lengths(found), quality.read, quality.summary()["dropped"]) == (
        {"KL9999.1": 100.0},
        4,
        {"geen kabel (Kabelbed, Duct of Mantelbuis)": 3},
    )


@pytest.mark.parametrize("text", ["0", "-1", "", "onbekend", "1e999", "nan"])
def test_an_unknown_voltage_is_missing_and_not_zero(path, text):
    write_zip(path, delivery(cable(volt=text)))

    found = read_cables(path)

    assert np.isnan(found["voltage_v"]).all()
    assert found["voltage_level"].to_list() == ["laagspanning"]


@pytest.mark.parametrize(
    ("name", "volt", "description", "use"),
    [
        ("KL9999.1", "400", "Laagspanningskabel met functie LS", "net"),
        ("KL9999.1", "400", "OV", "net"),
        ("KL9999.1", "230", "Aansluitkabel met functie OV", "openbare verlichting"),
        ("GM9901.1", "0", "", "openbare verlichting"),
        ("KL9999.1", "400", "Aansluitkabel met functie LS", "aansluiting"),
        ("KL9999.elec_e_lv_connection_cable_1", "400", "OV", "aansluiting"),
        ("KL9999.1", "400", "", "onbekend"),
    ],
)
def test_use_is_told_by_voltage_owner_and_kind_of_cable(path, name, volt, description, use):
    text = delivery(cable(name, volt=volt)).replace("Laagspanningskabel met functie LS", description)

    found = read_cables(write_zip(path, text))

    assert found["use"].to_list() == [use]


@pytest.mark.parametrize(
    ("code", "status"),
    [("functional", "in gebruik"), ("disused", "buiten gebruik"), ("projected", "gepland"), ("", "onbekend")],
)
def test_status_is_told_apart(path, code, status):
    found = read_cables(write_zip(path, delivery(cable(status=code))))

    assert found["status"].to_list() == [status]


def test_a_cable_of_several_links_is_in_pieces_and_one_without_any_is_dropped(path):
    quality = Quality()
    pieces = bare_cable("KL9999.1", ["a", "b"]) + "\n" + link("a") + "\n" + link("b", ((200, 0), (230, 0)))
    write_zip(path, delivery(pieces, bare_cable("KL9999.2", ["gone"])))

    found = read_cables(path, quality=quality)

    assert (lengths(found), found.geom_type.to_list()) == ({"KL9999.1": 130.0}, ["MultiLineString"])
    assert quality.skipped["zonder ligging in de levering"] == 1


def test_a_cable_in_two_deliveries_that_are_cut_elsewhere_counts_once_over_its_whole_length(tmp_path):
    quality = Quality()
    first, second = account("26O000001", day="2026-03-02"), account("26O000002", day="2026-03-09")
    whole = ((0, 0), (33.333, 12.121), (100, 40))
    cut = shapely.LineString(whole)
    parts = [shapely.ops.substring(cut, 0, 70.1234), shapely.ops.substring(cut, 40.4321, cut.length)]
    for number, (about, part) in enumerate(zip((first, second), parts, strict=True)):
        write_zip(tmp_path / f"{number}.zip", delivery(cable(points=part.coords), about=about))

    found = read_cables(tmp_path, quality=quality)

    assert abs(found.length["KL9999.1"] - cut.length) < 0.02
    assert (found["delivery"].to_list(), found["delivered_on"].to_list()) == (["26O000002"], ["2026-03-09"])
    assert quality.skipped["dubbel: al in een andere levering of eerder in het bestand"] == 1


def test_the_order_of_deliveries_does_not_matter(tmp_path):
    one = write_zip(
        tmp_path / "1.zip", delivery(cable(points=((0, 0), (60, 0))), cable("KL9999.2"), about=account("1"))
    )
    other = write_zip(tmp_path / "2.zip", delivery(cable(points=((50, 0), (90, 0))), about=account("2")))

    assert read_cables([one, other]).equals(read_cables([other, one]))


def test_of_two_versions_the_newest_is_kept_alone(tmp_path):
    quality = Quality()
    newer = "<net:beginLifespanVersion>2025-05-05</net:beginLifespanVersion>"
    old = write_zip(tmp_path / "1.zip", delivery(cable(points=((0, 0), (60, 0)))))
    new = write_zip(tmp_path / "2.zip", delivery(cable(points=((0, 5), (60, 5)), more=newer)))

    found = read_cables([new, old], quality=quality)

    assert (found.total_bounds[1] - Y, found["registered_on"].to_list()) == (5.0, ["2025-05-05"])
    assert quality.skipped["oudere versie van een kabel die nieuwer is geleverd"] == 1


def test_cables_that_do_not_touch_the_area_are_counted_by_number_alone(path):
    quality = Quality()
    write_zip(path, delivery(cable(), cable("KL9999.2", points=((0, 500), (9, 500)))))

    found = read_cables(path, box(90, -5, 200, 5), quality=quality)

    assert (lengths(found), quality.dropped, quality.skipped) == ({"KL9999.1": 100.0}, {}, {"buiten het gebied": 1})


@pytest.mark.parametrize(
    ("kind", "today", "words"),
    [
        ("graafmelding", date(2026, 3, 3), ["is of a graafmelding"]),
        ("graafmelding", date(2026, 3, 30), ["is of a graafmelding"]),
        ("graafmelding", date(2026, 3, 31), ["is of a graafmelding", "held until 2026-03-30"]),
        ("calamiteitenmelding", date(2026, 3, 3), ["is of a calamiteitenmelding"]),
        ("", date(2026, 3, 3), ["is of a unknown kind"]),
        ("orientatieverzoek", date(2026, 3, 31), []),
        ("orientatieverzoek", date(2027, 3, 31), ["was made on 2026-03-02"]),
    ],
)
def test_planning_on_a_request_that_is_not_meant_for_it_or_is_past_its_term_is_told(path, kind, today, words):
    quality = Quality()
    write_zip(path, delivery(cable(), about=account(kind=kind)))

    read_cables(path, today=today, quality=quality)

    assert [bool(re.search(word, found)) for word, found in zip(words, quality.findings, strict=True)] == [True] * len(
        words
    )


def test_an_incomplete_delivery_and_an_older_imkl_are_told(path):
    quality = Quality()
    write_zip(path, delivery(cable(), about=account(complete="false"), imkl=OLD_IMKL))

    found = read_cables(path, quality=quality)

    assert len(found) == 1
    assert [finding.partition(" is ")[2][:12] for finding in quality.findings] == ["not complete", "written in a"]


def test_no_message_and_no_finding_shows_an_id_or_a_place_of_the_content(path):
    quality = Quality()
    far = cable("KL9999.GEHEIM2", points=((0, -300_000), (0, -300_001)))
    write_zip(path, delivery(cable("KL9999.GEHEIM"), far))

    with pytest.raises(WrongCrs) as caught:
        read_cables(path, quality=quality)

    shown = f"{caught.value} {caught.value.ids} {quality.summary()} {quality.losses()}"
    assert "1 rows lie outside the area of RD New" in shown
    assert not [secret for secret in ("GEHEIM", str(int(X)), str(int(Y - 300_000))) if secret in shown]


def test_a_broken_line_in_a_confidential_frame_does_not_show_its_place(path):
    found = read_cables(write_zip(path, delivery(cable())))
    broken = found.set_geometry([shapely.LineString([(X, Y), (X, Y)])], crs=28992)

    with pytest.raises(
        BadInput, match=r"1 rows with broken geometry \(Too few points in geometry component\)\. Repair"
    ):
        Cables.checked(broken)


def test_a_piece_without_length_is_no_cable(path):
    quality = Quality()
    write_zip(path, delivery(cable(), cable("KL9999.2", points=((0, 0), (0, 0)))))

    found = read_cables(path, quality=quality)

    assert (list(found.index), quality.skipped) == (["KL9999.1"], {"zonder ligging in de levering": 1})


def test_points_are_told_apart_and_those_of_other_nets_left_out(path):
    quality = Quality()
    nets = [network(), network("KL9999.MS", "middenspanning"), network("KL9999.G", "gasLageDruk"), owner()]
    nets += [network("KL9999.W", "water")]
    features = [
        place("KL9999.a"),
        place("KL9999.b", "Appurtenance", type_="deliveryPoint", description="Huisaansluiting"),
        place("KL9999.c", "Appurtenance", type_="deliveryPoint", description="Hoogbouwkoppelpunt"),
        place("KL9999.d", "Appurtenance", type_="streetLight", spot=(20, 1)),
        place("KL9999.e", "Appurtenance", type_="mof"),
        place("KL9999.f", "Appurtenance", type_="kbMeetpunt"),
        place("KL9999.g", "Appurtenance", net="KL9999.G", type_="deliveryPoint", description="Huisaansluiting"),
        place("KL9999.h", "Appurtenance", net="KL9999.G", type_="mof"),
        place("KL9999.i", "Kast", net="KL9999.W"),
        place("KL9999.j", "TechnischGebouw", description="Netstation"),
        place("KL9999.k", "TechnischGebouw", net="KL9999.MS", description="Netstation"),
        place("KL9999.l", "Kast", net="KL9999.gone"),
    ]
    write_zip(path, delivery(*features, nets=nets))

    found = read_grid_points(path, quality=quality)

    assert list(zip(found.index.str[-1], found["kind"], found["theme"], strict=True)) == [
        ("a", "kast", "laagspanning"),
        ("b", "huisaansluiting", "laagspanning"),
        ("c", "hoogbouwkoppelpunt", "laagspanning"),
        ("d", "lichtmast", "laagspanning"),
        ("e", "mof", "laagspanning"),
        ("f", "overig", "laagspanning"),
        ("g", "huisaansluiting", "gas"),
        ("k", "station", "middenspanning"),
        ("l", "kast", "onbekend"),
    ]
    assert quality.skipped == {
        "hoort niet bij een elektriciteitsnet": 2,
        "station dat per spanning apart is getekend": 1,
    }


@pytest.mark.parametrize("read", [read_cables, read_grid_points])
def test_a_delivery_without_objects_gives_an_empty_frame(path, read):
    write_zip(path, delivery())

    found = read(path)

    contract = Cables if read is read_cables else GridPoints
    assert (len(found), list(found.columns), found.crs.to_epsg()) == (0, contract.columns(), 28992)


def test_the_xml_alone_is_read_too(tmp_path):
    path = tmp_path / "levering.xml"
    path.write_text(delivery(cable()), encoding="utf-8")

    assert len(read_cables(path)) == 1


@pytest.mark.parametrize(
    "srs", ["urn:x-ogc:def:crs:EPSG:28992", "EPSG:28992", "http://www.opengis.net/def/crs/EPSG/0/28992"]
)
def test_rd_is_known_by_all_its_names(path, srs):
    write_zip(path, delivery(cable()).replace("urn:ogc:def:crs:EPSG::28992", srs))

    assert len(read_cables(path)) == 1


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ("EPSG::28992", "EPSG::4326", WrongCrs, "not in RD New"),
        (f"{Y:.3f}", "52.1", WrongCrs, "outside the area of RD New"),
        (f"{X:.3f} ", "", BadInput, "cannot be read"),
        (f"{X:.3f}", "NaN", BadInput, "cannot be read"),
        (f"{X:.3f}", "tekst", BadInput, "cannot be read"),
        (" 180100.000 457000.000", "", BadInput, "fewer than two points"),
        ("imkl/wibon", "andere/wibon", BadInput, "holds no KLIC delivery"),
        ("</gml:FeatureCollection>", "", BadInput, "not a whole XML"),
        ("<gml:FeatureCollection", "<!DOCTYPE a [<!ENTITY b 'c'>]><gml:FeatureCollection", BadInput, "DOCTYPE"),
        ("gml:FeatureCollection", "gml:Iets", BadInput, "This is a 'Iets'"),
    ],
)
def test_what_is_damaged_is_refused_in_plain_words(path, old, new, error, words):
    write_zip(path, delivery(cable()).replace(old, new))

    with pytest.raises(error, match=words):
        read_cables(path)


def test_a_zip_that_is_cut_off_or_names_a_place_outside_itself_is_refused(path):
    whole = write_zip(path, delivery(cable())).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    hostile = path.with_name("x.zip")
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr("../../GI.xml", delivery(cable()))

    with pytest.raises(BadInput, match="not a whole zip"):
        read_cables(path)
    with pytest.raises(BadInput, match="outside itself"):
        read_cables(hostile)


def test_a_folder_without_deliveries_is_named(tmp_path):
    with pytest.raises(MissingSource, match="holds no zip"):
        read_cables(tmp_path)


@pytest.mark.real
def test_the_net_of_the_village_has_the_cables_that_were_counted(real_data):
    found = read_cables(real_data / "maasgouw-wessem" / "klic" / "Levering_22O000517_1.zip")

    low = found[found["voltage_level"] == "laagspanning"]
    in_use = low[(low["voltage_v"] == 400) & (low["status"] == "in gebruik")]
    pieces = int(shapely.get_num_geometries(low.geometry.to_numpy()).sum())
    assert (len(found), len(low), pieces, round(low.length.sum())) == (949, 915, 917, 12_589)
    assert (len(in_use), round(in_use.length.sum())) == (604, 9_826)
    assert found["use"].value_counts().to_dict() == {
        "aansluiting": 400,
        "net": 274,
        "openbare verlichting": 270,
        "onbekend": 5,
    }


@pytest.mark.real
def test_three_deliveries_that_overlap_count_every_cable_once(real_data):
    quality = Quality()

    found = read_cables(real_data / "maasgouw-wessem" / "klic", today=date(2022, 4, 1), quality=quality)

    low = found[found["voltage_level"] == "laagspanning"]
    assert (len(found), len(low), round(low.length.sum())) == (949, 915, 12_589)
    assert quality.skipped["dubbel: al in een andere levering of eerder in het bestand"] == 534 + 126
    assert [finding for finding in quality.findings if "calamiteitenmelding" in finding]


@pytest.mark.real
def test_house_connections_and_stations_are_those_of_the_delivery(real_data):
    found = read_grid_points(real_data / "maasgouw-wessem" / "klic" / "Levering_22O000517_1.zip")

    kinds = found.groupby(["kind", "theme"]).size().to_dict()
    assert (kinds["huisaansluiting", "laagspanning"], kinds["huisaansluiting", "gas"]) == (359, 324)
    assert (kinds["station", "middenspanning"], kinds["kast", "laagspanning"]) == (3, 35)


@pytest.mark.real
def test_a_delivery_of_liander_does_not_tell_main_cables_from_connections(real_data):
    source = real_data / "national" / "klic-liander" / "Levering_22C001969_3.zip"

    cables, points = read_cables(source), read_grid_points(source)

    assert (len(cables), set(cables["use"]), round(cables.length.sum())) == (125, {"onbekend"}, 2_131)
    assert points["kind"].value_counts().to_dict() == {
        "huisaansluiting": 171,
        "mof": 126,
        "lichtmast": 34,
        "station": 1,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_xml_is_refused_and_leaves_no_file_beside_it(tmp_path, encoding):
    path = tmp_path / "kaart.gml"
    path.write_text(delivery(cable()).replace("geostandaarden", "anders").replace(' encoding="UTF-8"', ""), encoding)

    with pytest.raises(BadInput, match="holds no IMKL"):
        read_any_cables(path)

    assert list(tmp_path.iterdir()) == [path]
