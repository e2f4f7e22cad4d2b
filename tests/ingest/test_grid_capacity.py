import json
from datetime import date

import openpyxl
import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ConfigError, MissingSource, WrongCrs
from laadplan.ingest.grid_areas import read_grid_areas
from laadplan.ingest.grid_capacity import read_grid_capacity
from tests.frames import X, Y


@pytest.fixture
def path(tmp_path):
    return tmp_path / "capaciteit"


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def per_postcode(*rows):
    head = "postcode;Gemeentecode;voedingsgebied_id;voedingsgebied_naam;RNB_postcode;afname;opwek\n"
    return head + "".join(row + "\n" for row in rows)


def services(key="afname", *areas, wkid=28992):
    """An answer of one of the two services: areas as code, class and a square of 100 m from (x, y)."""
    features = [
        {
            "attributes": {
                "voedingsgebied_id": code,
                "voedingsgebied_naam": f"Gebied {code}",
                "RNB": "Demo",
                key: value,
            },
            "geometry": {
                "rings": [[[X + x, Y], [X + x, Y + 100], [X + x + 100, Y + 100], [X + x + 100, Y], [X + x, Y]]]
            },
        }
        for code, value, x in areas
    ]
    fields = [
        {"name": name, "type": "esriFieldTypeString"} for name in ("voedingsgebied_id", "voedingsgebied_naam", "RNB")
    ]
    fields.append({"name": key, "type": "esriFieldTypeInteger"})
    return {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": wkid},
        "fields": fields,
        "features": features,
    }


def exchange(*postcode_areas, **area):
    energy_area = {"short_code": "OS DEMO", "description": "Demo", "works": [], "postcode_areas": list(postcode_areas)}
    return {
        "conforms_to": "http://data.netbeheernederland.nl/capaciteitskaart/v1.3.0",
        "creator": "iemand@example.org",
        "identifier": "demo",
        "issued": "2026-01-10",
        "energy_areas": [energy_area | area],
    }


def both(found):
    return {index: (row.offtake, row.feed_in) for index, row in found.iterrows()}


def test_a_row_per_postcode_is_read_with_what_it_is_about(path):
    write(path, per_postcode("6731 ab;GM0228;OS 1;Otterlo;Demo;2;1"))

    found = read_grid_capacity(path, indicated_on=date(2026, 1, 1))

    assert found.iloc[0].dropna().to_dict() == {
        "area_kind": "postcode",
        "area_code": "6731AB",
        "name": "Otterlo",
        "supply_area": "OS 1",
        "operator": "Demo",
        "offtake": "vol",
        "feed_in": "beperkt",
        "offtake_stated": "2",
        "feed_in_stated": "1",
        "indicated_on": "2026-01-01",
        "covers": "grootverbruik",
    }
    assert list(found.index) == ["postcode:6731AB"]


@pytest.mark.parametrize(
    ("code", "area", "capacity"),
    [
        ("0", "OS 1", "ruim"),
        ("0.0", "OS 1", "ruim"),
        ("0", "", "onbekend"),
        ("0", "0", "onbekend"),
        ("-1", "OS 1", "onbekend"),
        ("", "OS 1", "onbekend"),
        ("1", "OS 1", "beperkt"),
        ("2", "OS 1", "vol"),
        ("3", "OS 1", "vol"),
        ("3", "", "vol"),
    ],
)
def test_a_class_is_room_only_where_the_map_names_a_feeding_area(path, code, area, capacity):
    found = read_grid_capacity(write(path, per_postcode(f"6731AB;GM0228;{area};;Demo;{code};{code}")))

    assert both(found) == {"postcode:6731AB": (capacity, capacity)}


def test_a_class_without_colour_is_unknown_where_the_file_has_no_feeding_areas(path):
    found = read_grid_capacity(write(path, "postcode;afname\n6731AB;0\n"))

    assert both(found) == {"postcode:6731AB": ("onbekend", "onbekend")}


@pytest.mark.parametrize("word", ["4", "groen", "misschien", "1.5"])
def test_a_word_that_nobody_explained_is_refused(path, word):
    write(path, per_postcode(f"6731AB;GM0228;OS 1;;Demo;{word};0"))

    with pytest.raises(BadInput, match=f"Column offtake holds '{word}', which is not known"):
        read_grid_capacity(path)


def test_doubles_count_once_by_the_most_restrictive_and_the_newest(path):
    quality = Quality()
    rows = [
        "postcode;voedingsgebied_id;afname;opwek;peildatum",
        "6731AA;A;1;0;2026-01-01",
        "6731AA;B;3;;01-01-2026",
        "6731AB;A;3;3;2025-01-01",
        "6731AB;A;1;;2026-01-01T00:00:00",
    ]

    found = read_grid_capacity(write(path, "\n".join(rows)), quality=quality)

    assert both(found) == {"postcode:6731AA": ("vol", "ruim"), "postcode:6731AB": ("beperkt", "vol")}
    assert found["indicated_on"].to_list() == ["2026-01-01", "2025-01-01"]
    assert quality.skipped == {"dubbel: nieuwer of krapper aangegeven": 2}


def test_only_postcodes_asked_for_are_kept(path):
    quality = Quality()
    write(path, per_postcode("6731AB;;A;;;1;1", "6731AC;;A;;;1;1", "6732AA;;A;;;1;1"))

    found = read_grid_capacity(path, postcodes=["6731 AB"], quality=quality)

    assert (list(found.index), quality.skipped) == (["postcode:6731AB"], {"postcode die niet is gevraagd": 2})


def test_a_missing_date_is_told_and_so_is_what_the_map_is_about(path):
    quality = Quality()

    read_grid_capacity(write(path, per_postcode("6731AB;;;;;0;0")), quality=quality)

    assert [finding.partition(" ")[2][:24] for finding in quality.findings] == [
        "indications have no date",
        "1 areas the source does ",
        "indications are about co",
    ]


def test_feeding_areas_with_a_queue_but_no_class_are_unknown(path):
    write(path, "voedingsgebied_id;jaar;RNB;wachtrij_afname;unieke_verzoeken_afname\nOS 1;2026;Demo;12,5;4\n")

    found = read_grid_capacity(path)

    assert both(found) == {"voedingsgebied:OS 1": ("onbekend", "onbekend")}
    assert found[["offtake_queue_mw", "offtake_requests"]].to_numpy().tolist() == [[12.5, 4.0]]


def test_the_two_services_of_arcgis_are_put_together(tmp_path):
    use = write(tmp_path / "a.json", services("afname", ("A", 3, 0), ("B", 0, 200), ("0", 0, 400)))
    feed = write(tmp_path / "b.json", services("opwek", ("A", 0, 0), ("B", 1, 200), ("0", -1, 400)))
    quality = Quality()

    found, areas = read_grid_capacity([use, feed], quality=quality), read_grid_areas([use, feed])

    assert both(found) == {"voedingsgebied:A": ("vol", "ruim"), "voedingsgebied:B": ("ruim", "beperkt")}
    assert quality.skipped["zonder gebied: de kaart weet hier niets"] == 2
    assert areas.area.to_dict() == {"A": 10_000.0, "B": 10_000.0}


def test_only_feeding_areas_that_touch_the_area_are_kept(path):
    write(path, services("afname", ("A", 3, 0), ("B", 0, 200)))
    here = shapely.box(X + 250, Y, X + 260, Y + 10)

    assert list(read_grid_capacity(path, here).index) == ["voedingsgebied:B"]
    assert list(read_grid_areas(path, here).index) == ["B"]


def test_geojson_in_degrees_is_read_too(path):
    shape = {"type": "Polygon", "coordinates": [[[5.7, 52.0], [5.8, 52.0], [5.8, 52.1], [5.7, 52.0]]]}
    properties = {"voedingsgebied_id": "A", "voedingsgebied_naam": "Ede", "RNB": "Demo", "afname": 1}
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    write(path, {"type": "FeatureCollection", "features": [feature]})

    assert both(read_grid_capacity(path)) == {"voedingsgebied:A": ("beperkt", "onbekend")}
    assert 37e6 < read_grid_areas(path).area["A"] < 39e6


def test_an_answer_that_the_server_cut_off_is_told(path):
    quality = Quality()
    write(path, services("afname", ("A", 3, 0)) | {"exceededTransferLimit": True})

    read_grid_capacity(path, quality=quality)

    assert quality.findings[0].startswith("The server cut the answer off")


def test_the_exchange_format_gives_areas_and_postcodes(path):
    write(
        path,
        exchange(
            {"postcode": "6731AB", "demand_constraint": "amber", "generation_constraint": "transparant"},
            {"postcode": "6731AC", "demand_constraint": "yellow"},
            demand_capacity_in_queue=3,
            demand_requests_in_queue=15,
        ),
    )

    found = read_grid_capacity(path)

    assert both(found) == {
        "postcode:6731AB": ("vol", "ruim"),
        "postcode:6731AC": ("beperkt", "onbekend"),
        "voedingsgebied:OS DEMO": ("onbekend", "onbekend"),
    }
    assert found.loc["voedingsgebied:OS DEMO", ["offtake_queue_mw", "offtake_requests"]].to_list() == [3.0, 15.0]
    assert set(found["indicated_on"]) == {"2026-01-10"}
    assert not found.astype(str).apply(lambda column: column.str.contains("example.org")).any(axis=None)


def test_another_version_and_a_period_turned_round_are_told(path):
    quality = Quality()
    period = {"valid": {"start": "2026-12-21", "end": "2026-01-21"}, "conforms_to": "…/v2.0.0"}

    read_grid_capacity(write(path, exchange() | period), quality=quality)

    assert [finding[:40] for finding in quality.findings[:2]] == [
        "The capacity map is not of version 1.3: ",
        "The period for which the capacity map is",
    ]


@pytest.fixture
def own_list(tmp_path):
    path = tmp_path / "stations.xlsx"
    book = openpyxl.Workbook()
    for row in (
        ["Nr", "Plek", "Kan erbij?"],
        ["MSR 1", "Dorp", "Ja"],
        ["MSR 2", "Dorp", "Nee"],
        ["MSR 3", "Dorp", None],
    ):
        book.active.append(row)
    book.save(path)
    return path


def test_an_own_list_is_read_through_its_columns_and_words(own_list):
    columns = {"station": "Nr", "name": "Plek", "offtake": "Kan erbij?"}
    words = {"offtake": {"ja": "ruim", "nee": "vol"}}

    found = read_grid_capacity(own_list, columns=columns, values=words)

    assert both(found) == {
        "station:MSR 1": ("ruim", "onbekend"),
        "station:MSR 2": ("vol", "onbekend"),
        "station:MSR 3": ("onbekend", "onbekend"),
    }
    assert set(found["covers"]) == {"onbekend"}


@pytest.mark.parametrize(
    ("columns", "values", "error", "words"),
    [
        ({"offtake": "Kan erbij?"}, {}, BadInput, "no indication of grid capacity"),
        ({"station": "Nr", "offtake": "Weg"}, {}, BadInput, "A column is missing: offtake"),
        ({"station": "Nr", "offtake": "Kan erbij?"}, {}, BadInput, "holds 'ja', 'nee'"),
        (
            {"station": "Nr", "offtake": "Kan erbij?"},
            {"offtake": {"ja": "veel"}},
            ConfigError,
            "veel is not a capacity",
        ),
        ({"station": "Nr", "offtake": "Kan erbij?"}, {"plek": {"a": "b"}}, ConfigError, "plek is not a column"),
        ({"plek": "Plek"}, {}, ConfigError, "plek is not a column"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(own_list, columns, values, error, words):
    with pytest.raises(error, match=words):
        read_grid_capacity(own_list, columns=columns, values=values)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "cannot be read"),
        ("[]", "not a capacity map"),
        ("[1, 2]", "not a capacity map"),
        ('{"features": 1}', "not a capacity map"),
        ('{"features": []}', "no areas"),
        ('{"features": [1]}', "not as the capacity map writes it"),
        ('{"features": [{"attributes": 1}]}', "not as the capacity map writes it"),
        ('{"energy_areas": {}}', "not a capacity map"),
        ('{"energy_areas": [{"postcode_areas": 1}]}', "not a capacity map"),
        ('{"$defs": {}}', "schema of the capacity map"),
        ('{"features": [', "not JSON"),
        ("postcode;afname\n6731AB;1;2;3\n", "more cells than the header"),
        ("boom;hoogte\n1;2\n", "no indication of grid capacity"),
        ("postcode;afname;peildatum\n6731AB;1;ooit\n", "'ooit' is not a date"),
        ("postcode;wachtrij_afname\n6731AB;veel\n", "not a number"),
    ],
)
def test_what_is_no_indication_is_refused(path, content, words):
    with pytest.raises(BadInput, match=words):
        read_grid_capacity(write(path, content))


def test_a_binary_file_and_a_missing_one_are_refused(path):
    path.write_bytes(b"fgb\x03fgb\x00" + bytes(100))

    with pytest.raises(BadInput, match="no table"):
        read_grid_capacity(path)
    with pytest.raises(MissingSource):
        read_grid_capacity(path.with_name("weg.csv"))


def test_shapes_in_another_crs_are_refused(path):
    with pytest.raises(WrongCrs, match="EPSG:3857"):
        read_grid_areas(write(path, services("afname", ("A", 3, 0), wkid=3857)))


def test_order_of_rows_does_not_matter(path):
    rows = ["6731AA;;A;;;1;1", "6731AA;;B;;;1;2", "6731AB;;A;;;3;0", "6731AC;;;;;0;0"]

    one = read_grid_capacity(write(path, per_postcode(*rows)))
    other = read_grid_capacity(write(path, per_postcode(*rows[::-1])))

    pd.testing.assert_frame_equal(one, other)


@pytest.mark.real
def test_the_fictive_example_of_the_exchange_format_is_read(real_data):
    quality = Quality()
    source = real_data / "national" / "grid" / "im_capaciteitskaart_dso_example_fictief.json"

    found = read_grid_capacity(source, quality=quality)

    assert both(found) == {
        "postcode:1234AC": ("vol", "ruim"),
        "postcode:1234AD": ("vol", "vol"),
        "postcode:1234AE": ("beperkt", "ruim"),
        "voedingsgebied:OS FICTIEF 20-3i": ("onbekend", "onbekend"),
    }
    assert quality.findings[0] == "The period for which the capacity map is valid ends before it begins."


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("im_capaciteitskaart.schema.json", "schema of the capacity map"),
        ("westland-infra-2023.csv", "kleinverbruiksgegevens"),
        ("westland-infra-2024.csv", "kleinverbruiksgegevens"),
        ("alliander_service_area.fgb", "another format"),
    ],
)
def test_other_files_beside_it_are_refused_with_a_reason(real_data, name, words):
    with pytest.raises(BadInput, match=words):
        read_grid_capacity(real_data / "national" / "grid" / name)
