import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from PIL import Image, ImageColor

from laadplan.contracts.published import LAYERS
from laadplan.publish.about import untested_table
from laadplan.publish.layers import explanation, judgements, make_layers, source_table
from laadplan.publish.palette import CATEGORIES, MARKS
from laadplan.publish.plankaart import write_geopackage
from laadplan.publish.popups import list_criteria
from laadplan.publish.styles import style_of
from tests.frames import BUURT
from tests.publish.handmade import CHOSEN, DROPPED, RESERVE, SOURCES, assessments, frames, nothing

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 23)
GROUND = "#ff00ff"
"""Colour of the ground on which QGIS draws one row."""

TABLES = ("beoordelingen", "bronnen", "niet_getoetst", "toelichting")
SURFACES = ("vakken", "buurten", "witte_vlekken", "dekking")
TOP_DOWN = (
    "paalposities",
    "laadpalen",
    "voorkeurslocaties",
    "reservelocaties",
    "afgevallen",
    "vakken",
    "witte_vlekken",
    "dekking",
    "buurten",
)


def tables():
    made = (
        judgements(assessments()),
        source_table(SOURCES),
        untested_table(list_criteria(assessments())),
        explanation(),
    )
    return dict(zip(TABLES, made, strict=True))


def write(target, given=None, today=TODAY):
    write_geopackage(target, make_layers(*(given or frames())), tables(), today)
    return target


@pytest.fixture(scope="module")
def geopackage(tmp_path_factory):
    """The plankaart of the drawing; not to be changed."""
    return write(tmp_path_factory.mktemp("plankaart") / "plankaart.gpkg")


def ask(path, question, *values):
    """Rows of a question in SQL, the file opened to be read only."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(question, values).fetchall()


def columns(path, table):
    return {name: kind for _, name, kind, *_ in ask(path, f"PRAGMA table_info({table})")}


# ---- what lies in the file -------------------------------------------------------------------------------------------


def test_layers_stand_in_order_and_tables_behind_them(geopackage):
    contents = ask(
        geopackage, "SELECT table_name, data_type FROM gpkg_contents WHERE table_name != 'layer_styles' ORDER BY rowid"
    )

    assert contents == [(name, "features") for name in LAYERS] + [(name, "attributes") for name in TABLES]


def test_layers_are_in_rd_and_of_one_kind(geopackage):
    found = ask(geopackage, "SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns ORDER BY rowid")

    assert [(name, kind.removeprefix("MULTI"), crs) for name, kind, crs in found] == [
        (name, "POLYGON" if name in SURFACES else "POINT", 28992) for name in LAYERS
    ]
    assert ask(
        geopackage, "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = 28992"
    ) == [("EPSG", 28992)]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_the_columns_of_its_contract_in_order(geopackage, name):
    contract = LAYERS[name]

    expected = ["fid", "geom", contract.index_name(), *[each for each in contract.columns() if each != "geometry"]]
    assert list(columns(geopackage, name)) == expected


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_reads_back_as_it_was(geopackage, name):
    layer = make_layers(*frames())[name]

    read = gpd.read_file(geopackage, layer=name).set_index(LAYERS[name].index_name())

    assert read.crs.to_epsg() == 28992
    written = [as_written(shape, kind_of(geopackage, name)) for shape in layer.geometry]
    pairs = zip(read.geometry.normalize(), shapely.normalize(written), strict=True)
    assert [shape.equals_exact(other, 0) for shape, other in pairs] == [True] * len(layer)
    plain = pd.DataFrame(layer.drop(columns="geometry"))
    pd.testing.assert_frame_equal(pd.DataFrame(read.drop(columns="geometry")).astype(plain.dtypes), plain)


def kind_of(path, name):
    return ask(path, "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?", name)[0][0]


def as_written(shape, kind):
    """A surface in a layer of surfaces of several parts is written as one of them."""
    return shapely.MultiPolygon([shape]) if kind == "MULTIPOLYGON" and shape.geom_type == "Polygon" else shape


@pytest.mark.parametrize("name", TABLES)
def test_a_table_reads_back_as_it_was(geopackage, name):
    table = tables()[name]
    table = table.reset_index() if table.index.name else table

    read = pd.DataFrame(pyogrio.read_dataframe(geopackage, layer=name))

    pd.testing.assert_frame_equal(read.astype(table.dtypes), table)


def test_what_is_not_known_is_null(geopackage):
    assert ask(geopackage, "SELECT straat, huisnummer, verwacht_kwh_jaar, netbeheerder FROM reservelocaties") == [
        (None, None, None, None)
    ]
    assert ask(geopackage, "SELECT locatie_id, status FROM vakken WHERE nummer = 5") == [(None, None)]


def test_numbers_codes_and_truth_have_their_own_type(geopackage):
    kinds = columns(geopackage, "voorkeurslocaties") | columns(geopackage, "laadpalen")

    assert [
        kinds[name] for name in ("bag_nummeraanduiding_id", "huisnummer", "score", "aantal_vakken", "telt_mee")
    ] == [
        "TEXT",
        "TEXT",
        "REAL",
        "INTEGER",
        "BOOLEAN",
    ]


def test_the_file_is_sound(geopackage):
    assert ask(geopackage, "PRAGMA integrity_check") == [("ok",)]
    assert ask(geopackage, "PRAGMA foreign_key_check") == []
    assert ask(geopackage, "PRAGMA application_id") == [(0x47504B47,)]
    assert ask(geopackage, "PRAGMA user_version")[0][0] <= 10200


def test_every_layer_has_an_index_of_places(geopackage):
    found = ask(geopackage, "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'")

    assert {name for (name,) in found} == set(LAYERS)


def test_no_file_is_left_beside_it(tmp_path):
    write(tmp_path / "plankaart.gpkg")

    assert [path.name for path in tmp_path.iterdir()] == ["plankaart.gpkg"]


def test_an_older_file_is_replaced(tmp_path, geopackage):
    target = tmp_path / "plankaart.gpkg"
    target.write_bytes(b"of another make")

    assert write(target).read_bytes() == geopackage.read_bytes()


def test_the_layers_are_not_changed(tmp_path):
    layers = make_layers(*frames())
    write_geopackage(tmp_path / "it.gpkg", layers, tables(), TODAY)

    for name, layer in make_layers(*frames()).items():
        pd.testing.assert_frame_equal(layers[name], layer)


def test_a_bay_of_several_parts_is_written(tmp_path):
    """The contract of the bays allows it, so the layer must hold it."""
    layers = make_layers(*frames())
    whole = layers["vakken"].geometry.iloc[0]
    parts = shapely.MultiPolygon([whole, shapely.affinity.translate(whole, 0, 50)])
    shapes = gpd.GeoSeries([parts, *layers["vakken"].geometry.iloc[1:]], layers["vakken"].index, crs=28992)
    layers["vakken"] = LAYERS["vakken"].checked(layers["vakken"].set_geometry(shapes))

    write_geopackage(tmp_path / "it.gpkg", layers, {}, TODAY)

    found = set(gpd.read_file(tmp_path / "it.gpkg", layer="vakken").geom_type)
    assert {kind.upper() for kind in found} == {kind_of(tmp_path / "it.gpkg", "vakken")}


# ---- without rows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_without_rows_has_the_same_columns_and_types(tmp_path_factory, geopackage, name):
    empty = tmp_path_factory.getbasetemp() / "without_rows.gpkg"
    if not empty.exists():
        write(empty, nothing())

    assert ask(empty, f"SELECT count(*) FROM {name}") == [(0,)]
    assert columns(empty, name) == columns(geopackage, name)
    read = gpd.read_file(empty, layer=name)
    assert (len(read), read.crs.to_epsg()) == (0, 28992)


# ---- bytes -----------------------------------------------------------------------------------------------------------


def test_bytes_are_equal_in_two_processes(tmp_path, geopackage):
    code = "import sys, pathlib\nfrom tests.publish import test_plankaart as it\nit.write(pathlib.Path(sys.argv[1]))"
    root = Path(__file__).parents[2]
    made = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / f"{seed}.gpkg"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
        )
        for seed in "12"
    ]

    assert [process.wait(timeout=60) for process in made] == [0, 0]
    assert (tmp_path / "1.gpkg").read_bytes() == (tmp_path / "2.gpkg").read_bytes() == geopackage.read_bytes()


def test_the_file_bears_the_day_of_the_run_and_no_other(tmp_path, geopackage):
    assert ask(geopackage, "SELECT DISTINCT last_change FROM gpkg_contents") == [("2026-11-23T00:00:00.000Z",)]
    assert ask(geopackage, "SELECT DISTINCT update_time FROM layer_styles") == [("2026-11-23T00:00:00.000Z",)]
    later = write(tmp_path / "later.gpkg", today=date(2027, 1, 1))
    assert ask(later, "SELECT DISTINCT last_change FROM gpkg_contents") == [("2027-01-01T00:00:00.000Z",)]


def test_gdal_keeps_its_own_clock_afterwards(tmp_path):
    write(tmp_path / "it.gpkg")

    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_gdal_keeps_its_own_clock_after_a_failure(tmp_path):
    with pytest.raises(Exception, match="nowhere"):
        write(tmp_path / "nowhere" / "it.gpkg")

    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


# ---- styles ----------------------------------------------------------------------------------------------------------


def test_every_layer_has_a_default_style(geopackage):
    found = ask(
        geopackage,
        "SELECT f_table_name, f_geometry_column, styleName, useAsDefault, styleQML FROM layer_styles ORDER BY id",
    )

    assert found == [(name, "geom", name, 1, style_of(name)) for name in LAYERS]
    assert all(ElementTree.fromstring(style).tag == "qgis" for *_, style in found)


def test_the_styles_are_listed_among_the_contents(geopackage):
    """QGIS looks for its styles among the layers that GDAL lists, and GDAL lists what stands in gpkg_contents."""
    assert ask(geopackage, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [("attributes",)]


# ---- in QGIS ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def in_qgis(geopackage, tmp_path_factory):
    """What QGIS sees, and the picture it draws."""
    from tests.conftest import find_program

    find_program("qgis_process")
    folder = tmp_path_factory.mktemp("qgis")
    shutil.copy(geopackage, folder / "plankaart.gpkg")
    own = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "PYTHONHASHSEED")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    script = Path(__file__).with_name("look_in_qgis.py")
    done = subprocess.run(
        ["/usr/bin/python3", script, folder / "plankaart.gpkg", folder / "kaart.png", *TOP_DOWN],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), folder / "kaart.png"


def test_qgis_opens_every_layer(in_qgis):
    seen = in_qgis[0]["layers"]

    assert {name: (layer["valid"], layer["crs"]) for name, layer in seen.items()} == dict.fromkeys(
        TOP_DOWN, (True, "EPSG:28992")
    )
    assert {name: layer["rows"] for name, layer in seen.items()} == {
        name: len(layer) for name, layer in make_layers(*frames()).items()
    }


@pytest.mark.parametrize("name", LAYERS)
def test_qgis_shows_a_layer_in_the_colour_of_the_palette(in_qgis, name):
    seen = in_qgis[0]["layers"][name]

    assert seen["styled"], "QGIS finds no style in the file"
    if name in CATEGORIES:
        looks = {value: (mark.label, shown(mark)) for value, mark in CATEGORIES[name][1].items()}
    else:
        looks = {None: ("", shown(MARKS[name]))}
    assert [tuple(each) for each in seen["symbols"]] == [
        (value, label, colour, True) for value, (label, colour) in looks.items()
    ]


def shown(mark):
    """Colour that QGIS gives for a symbol."""
    return (mark.line if mark.fill == "none" else mark.fill).lower()


LOOKS = {
    "voorkeurslocaties": dict.fromkeys([CHOSEN], "voorkeurslocaties"),
    "reservelocaties": dict.fromkeys([RESERVE], "reservelocaties"),
    "afgevallen": dict.fromkeys([DROPPED], "afgevallen"),
    "vakken": {
        "strook#1": "voorkeurslocatie",
        "strook#2": "voorkeurslocatie",
        "strook#3": "reservelocatie",
        "strook#4": "reservelocatie",
        "strook#5": "",
    },
    "paalposities": dict.fromkeys([CHOSEN, RESERVE], "paalposities"),
    "laadpalen": {"NL*1": "true", "NL*2": "false"},
    "buurten": dict.fromkeys([BUURT, "BU02280002"], "buurten"),
    "witte_vlekken": {"nu 1": "nu", "na plan 1": "na plan"},
    "dekking": {"nu|250": "nu", "na plan|250": "na plan"},
}
"""Layer to its rows, each with the value whose look it has; where all rows look alike, the name of the layer."""


PALETTE = {
    colour.lower()
    for mark in [*MARKS.values(), *(mark for _, marks in CATEGORIES.values() for mark in marks.values())]
    for colour in (mark.fill, mark.line)
    if colour != "none"
}


def look_of(name, value):
    return CATEGORIES[name][1][value] if name in CATEGORIES else MARKS[name]


@pytest.mark.parametrize("name", LAYERS)
def test_qgis_takes_for_every_row_the_symbol_of_its_value(in_qgis, name):
    """An empty status is NULL in the file: it must fall in the category of what is left."""
    found = in_qgis[0]["layers"][name]["symbol_of_each"]

    assert found == {row: shown(look_of(name, value)) for row, value in LOOKS[name].items()}


@pytest.mark.parametrize("name", LAYERS)
def test_qgis_draws_every_row_in_the_colours_of_its_value(in_qgis, name):
    """Each row alone: its outline and its fill, and no colour of another value."""
    found = in_qgis[0]["layers"][name]["drawn_of_each"]

    assert set(found) == set(LOOKS[name])
    for row, value in LOOKS[name].items():
        mark, colours = look_of(name, value), found[row]["colours"]
        open_within = mark.shape in ("edge", "outline")
        expected = {mark.line.lower()} | (set() if open_within else {mark.fill.lower()})
        assert set(colours) & PALETTE == expected, row
        assert min(colours[each] for each in expected) >= 4, row
        if mark.shape not in ("hatch", "dots"):
            assert found[row]["within"] == (GROUND if open_within else mark.fill.lower()), row


def test_qgis_draws_the_map_in_the_colours_of_the_palette(in_qgis):
    with Image.open(in_qgis[1]) as picture:
        colours = Counter(picture.convert("RGB").get_flattened_data())

    looks = {name: [MARKS[name]] for name in MARKS if name not in CATEGORIES}
    looks |= {f"{name}: {value}": [mark] for name, (_, marks) in CATEGORIES.items() for value, mark in marks.items()}
    own = {
        name: ({mark.line} | ({mark.fill} if mark.shape != "edge" else set())) - {"none", "#ffffff"}
        for name, (mark,) in looks.items()
    }
    drawn = {name: sum(colours[ImageColor.getrgb(each)] for each in found) for name, found in own.items()}
    assert len(colours) > 20
    assert [name for name, pixels in drawn.items() if pixels < 10] == []


def test_qgis_writes_the_names_of_locations_and_buurten(in_qgis):
    told = in_qgis[0]

    assert told["scale"] < 10_000
    assert told["labels"] == ["Dorpsstraat 12A-2", "Otterlo", "Zand"]
