"""The demo town as promised: each source in its format with its traps, the truth beside it, the command's manners.

The files are opened with GDAL, lxml, json, csv and osmnx, never with laadplan; what is true of them is worked out anew.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy
import pandas
import pyogrio
import pytest
import shapely
from lxml import etree

from . import towns
from .conftest import Program, program_environment, program_path
from .reading import RD, ROOT, column, fingerprints, load_yaml
from .towns import BGT_TYPES, DISABLED, LOADING, Town

pytestmark = [pytest.mark.xdist_group("demo-town"), pytest.mark.slow]

INHABITANTS, SEED = 2000, 1
ODD_NAME = "Sint-Ánna & 't <Zand>"
GEOPACKAGES = {
    "bag-light.gpkg": {"pand", "verblijfsobject", "ligplaats", "standplaats", "woonplaats"},
    "cbs_buurten.gpkg": {"gemeenten", "wijken", "buurten"},
    "elektriciteitsnet.gpkg": {
        "laagspanningskabels",
        "middenspanningskabels",
        "laagspanningsverdeelkasten",
        "middenspanningsinstallaties",
    },
}
FILES = {
    *GEOPACKAGES,
    *(f"bgt/bgt_{name}.gml" for name in BGT_TYPES),
    "autos_pc4.csv",
    "bomen.csv",
    "laadpunten_ocpi.json",
    "lopen.osm",
    "waarheid.json",
    "laadplan.yaml",
}


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The town of two thousand inhabitants that most tests look at."""
    return towns.make(tmp_path_factory.mktemp("demo-town") / "town", INHABITANTS, SEED)


@pytest.fixture(scope="session")
def named(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The smallest town, with a name that needs escaping, made quietly in a folder that exists and is empty."""
    folder = tmp_path_factory.mktemp("named")
    return towns.make(folder, 1000, 2, "--name", ODD_NAME, "--quiet")


def one_message(stderr: str) -> str:
    """The one message on stderr, lines of progress left out; fails on a traceback or on several messages."""
    assert "Traceback" not in stderr
    found = [line for line in stderr.splitlines() if line.startswith("laadplan: ")]
    assert len(found) == 1, stderr
    return found[0]


# --- the command -----------------------------------------------------------------------------------------------------


def test_all_sources_are_there(town: Town) -> None:
    assert FILES - {path.relative_to(town.folder).as_posix() for path in town.folder.rglob("*")} == set()


def test_same_seed_writes_the_same_bytes_whatever_the_circumstances(town: Town, tmp_path: Path) -> None:
    """Another folder, hash seed, time zone, language, one core, and a terminal: not a byte may move."""
    env: dict[str, str | None] = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    code, seen = towns.make_on_a_terminal(tmp_path / "elders" / "stad", INHABITANTS, SEED, env)
    assert code == 0, seen
    first, second = fingerprints(town.folder), fingerprints(tmp_path / "elders" / "stad")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert re.search(r"\d\s?%|━|█|▏|\d+/\d+", seen), f"no progress bar on a terminal: {seen[:300]!r}"


def test_another_seed_is_another_town(town: Town, named: Town) -> None:
    first, second = fingerprints(town.folder / "bgt"), fingerprints(named.folder / "bgt")
    assert first["bgt_wegdeel.gml"] != second["bgt_wegdeel.gml"]
    assert first["bgt_pand.gml"] != second["bgt_pand.gml"]


def test_progress_goes_to_stderr_and_quiet_says_nothing(town: Town, named: Town) -> None:
    assert town.stderr.strip()
    assert named.stderr == ""
    assert named.stdout == ""


def test_no_file_names_this_machine(town: Town) -> None:
    """Bytes that hold the folder or the checkout would differ on another machine."""
    marks = [str(each).encode() for each in (town.folder.parent, ROOT)]
    told = [p.name for p in town.folder.rglob("*") if p.is_file() and any(m in p.read_bytes() for m in marks)]
    assert told == []


def test_name_is_used_and_escaped_everywhere(named: Town) -> None:
    municipality = named.layer("cbs_buurten.gpkg", "gemeenten")
    residence = named.layer("bag-light.gpkg", "woonplaats")
    assert set(municipality[column(municipality, "^gemeentenaam", "naam")]) == {ODD_NAME}
    assert ODD_NAME in set(residence[column(residence, "woonplaats(_?naam)?$", "naam")])
    assert named.truth["naam"] == ODD_NAME
    assert any(ODD_NAME in str(value) for value in load_yaml(named.path("laadplan.yaml"))["publication"].values())
    for name in ("lopen.osm", "bgt/bgt_openbareruimtelabel.gml"):
        etree.parse(named.path(name))


@pytest.mark.parametrize("size", ["999", "1", "0", "-5", "1000001", "20000000", "veel", "1000.5", "nan", ""])
def test_impossible_sizes_are_refused(laadplan: Program, tmp_path: Path, size: str) -> None:
    done = laadplan("demo", tmp_path / "town", f"--inhabitants={size}")
    assert done.returncode == 2
    assert "inhabitants" in one_message(done.stderr)
    assert towns.entries(tmp_path) == set()


@pytest.mark.parametrize("size", ["999", "1000001"])
def test_refusal_names_the_bounds(laadplan: Program, tmp_path: Path, size: str) -> None:
    done = laadplan("demo", tmp_path / "town", "--inhabitants", size)
    bound = "1000000" if size == "1000001" else "1000"
    assert re.search(rf"\b{bound}\b", re.sub(r"[.,_](?=\d{{3}})", "", one_message(done.stderr)))


@pytest.mark.parametrize("file", ["aantekening.txt", ".verborgen", "bgt/bgt_wegdeel.gml"])
def test_folder_with_something_in_it_is_refused(laadplan: Program, tmp_path: Path, file: str) -> None:
    own = tmp_path / "town" / file
    own.parent.mkdir(parents=True)
    own.write_text("van mij", encoding="utf-8")
    before = fingerprints(tmp_path)
    done = laadplan("demo", tmp_path / "town", "--inhabitants", 1000)
    message = one_message(done.stderr)
    assert done.returncode == 2
    assert "--force" in message
    assert str(tmp_path / "town") in message
    assert fingerprints(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_refused(laadplan: Program, tmp_path: Path) -> None:
    (tmp_path / "town").write_text("van mij", encoding="utf-8")
    for options in ([], ["--force"]):
        done = laadplan("demo", tmp_path / "town", "--inhabitants", 1000, *options)
        assert done.returncode in (2, 3)
        assert str(tmp_path / "town") in one_message(done.stderr)
        assert (tmp_path / "town").read_text(encoding="utf-8") == "van mij"


def test_force_replaces_the_town_and_leaves_other_files(named: Town, laadplan: Program, tmp_path: Path) -> None:
    """Spoiled files of a town lay there, and files of somebody else: the town is fresh again, the others untouched."""
    folder = tmp_path / "town"
    shutil.copytree(named.folder, folder)
    own = {"notities.txt": "van mij", "kaart/eigen.qgz": "ook", ".verborgen": "en dit"}
    for name, text in own.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("autos_pc4.csv", "bag-light.gpkg", "waarheid.json", "bgt/bgt_pand.gml"):
        (folder / name).write_text("oud", encoding="utf-8")
    (folder / "bomen.csv").unlink()
    done = laadplan("demo", folder, "--inhabitants", 1000, "--seed", 2, "--name", ODD_NAME, "--force", "--quiet")
    assert done.returncode == 0, done.stderr
    assert {name: (folder / name).read_text(encoding="utf-8") for name in own} == own
    after = {name: digest for name, digest in fingerprints(folder).items() if name not in own}
    assert after == fingerprints(named.folder)


# --- no disk space, stopped half way ---------------------------------------------------------------------------------


def test_a_full_disk_leaves_nothing(require_program: Callable[[str], Path], tmp_path: Path) -> None:
    """A disk of three megabytes, mounted where only this process tree sees it."""
    unshare = require_program("unshare")
    script = (
        'mount -t tmpfs -o size=3m tmpfs "$1" || exit 99; '
        '"$2" demo "$1/town" --inhabitants 2000 --seed 1 >/dev/null; code=$?; find "$1" -mindepth 1; exit $code'
    )
    done = subprocess.run(
        [unshare, "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", tmp_path, program_path()],
        env=program_environment({"TMPDIR": str(tmp_path)}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("this machine lets nobody mount a disk of his own; the test with a limit on file size remains")
    assert done.returncode not in (0, 1, 5), done.stderr
    assert re.search(r"space|ruimte|disk|schijf|full|vol\b", one_message(done.stderr), re.IGNORECASE)
    assert done.stdout.split() == []


@pytest.mark.parametrize("limit", [40_000, 1_000_000])
def test_a_file_that_may_not_grow_leaves_nothing(tmp_path: Path, limit: int) -> None:
    """The same without leave to mount: no file may be larger than the limit, in bytes."""
    process = towns.start(
        *(tmp_path / "town", "--inhabitants", INHABITANTS, "--seed", SEED),
        env={"TMPDIR": str(tmp_path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    _, stderr = process.communicate(timeout=120)
    assert process.returncode not in (0, 1, 5)
    one_message(stderr.decode())
    assert towns.entries(tmp_path) == set()


def test_a_full_disk_leaves_the_earlier_town(named: Town, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    shutil.copytree(named.folder, folder)
    process = towns.start(
        *(folder, "--inhabitants", INHABITANTS, "--seed", SEED, "--force"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
    )
    _, stderr = process.communicate(timeout=120)
    assert process.returncode != 0
    one_message(stderr.decode())
    assert fingerprints(tmp_path) == {f"town/{name}": digest for name, digest in fingerprints(named.folder).items()}


@pytest.mark.parametrize("inhabitants", [100_000, 1_000_000])
def test_ctrl_c_leaves_nothing(tmp_path: Path, inhabitants: int) -> None:
    """Stopped as soon as something is on disk; a million inhabitants are thereby seen to be accepted."""
    stderr = stopped(tmp_path, tmp_path / "town", "--inhabitants", inhabitants)
    assert towns.entries(tmp_path) == set()
    assert "Traceback" not in stderr


def test_ctrl_c_leaves_the_earlier_town(named: Town, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    shutil.copytree(named.folder, folder)
    stderr = stopped(tmp_path, folder, "--inhabitants", 100_000, "--force")
    assert fingerprints(tmp_path) == {f"town/{name}": digest for name, digest in fingerprints(named.folder).items()}
    assert "Traceback" not in stderr


def stopped(watched: Path, *options: object) -> str:
    """What the program says when Ctrl-C reaches its whole process group, as a terminal sends it, amid its writing."""
    before = towns.entries(watched)
    process = towns.start(*options, env={"TMPDIR": str(watched)})
    try:
        until = time.monotonic() + 15
        while time.monotonic() < until and process.poll() is None and towns.entries(watched) == before:
            time.sleep(0.05)
        time.sleep(0.5)
        assert process.poll() is None, f"ended by itself: {process.communicate()}"
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
        assert process.returncode in (130, -signal.SIGINT)
        assert towns.group_is_gone(process.pid), "processes go on after Ctrl-C"
    finally:
        if not towns.group_is_gone(process.pid, within_s=0.2):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return stderr.decode()


# --- BGT -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BGT_TYPES)
def test_each_bgt_file_is_a_city_model(town: Town, name: str) -> None:
    root = etree.parse(town.path(f"bgt/bgt_{name}.gml")).getroot()
    assert etree.QName(root) == "{http://www.opengis.net/citygml/2.0}CityModel"
    assert {etree.QName(member).localname for member in root} <= {"cityObjectMember"}
    assert all(len(member) == 1 for member in root)
    systems = {value for node in root.iter() for key, value in node.attrib.items() if key == "srsName"}
    assert systems <= {"urn:ogc:def:crs:EPSG::28992"}


def test_some_bgt_files_are_empty(town: Town) -> None:
    """As in a real delivery (13 of 35 in Otterlo), where a reader that counts on a layer breaks."""
    empty = [name for name in BGT_TYPES if not len(town.bgt(name))]
    assert len(empty) >= 3
    assert {"stadsdeel", "wijk", "buurt"} <= set(empty)


def test_gdal_opens_the_bgt_files_that_hold_something(town: Town, tmp_path: Path) -> None:
    """On a copy, for GDAL writes a .gfs file beside what it reads."""
    for name in ("wegdeel", "waterdeel", "begroeidterreindeel", "vegetatieobject"):
        copy = shutil.copy(town.path(f"bgt/bgt_{name}.gml"), tmp_path)
        assert pyogrio.read_info(copy)["features"] == len(town.bgt(name))


def test_bgt_ids_are_of_this_municipality_and_unique(town: Town) -> None:
    for name in BGT_TYPES:
        rows = town.bgt(name)
        if len(rows):
            assert rows["lokaal_id"].str.match(r"[GW]9901\.[0-9a-f]{32}$").all(), name
            assert set(rows["bronhouder"]) <= {"G9901", "W9901"}, name  # municipality, water board
            assert rows["gml_id"].is_unique, name
    everything = pandas.concat([town.current(name) for name in BGT_TYPES if len(town.bgt(name))])
    assert everything["lokaal_id"].is_unique


@pytest.mark.parametrize("name", ["wegdeel", "pand"])
def test_bgt_holds_historical_versions(town: Town, name: str) -> None:
    rows = town.bgt(name)
    ended = rows[rows["ended"]]
    versions = rows.groupby("lokaal_id")["ended"].agg(["size", "sum"])
    assert 0.05 <= len(ended) / len(rows) <= 0.7
    assert (versions["size"] - versions["sum"]).max() == 1
    assert (versions["size"] > 1).sum() >= 5
    assert (ended["ended_on"] >= ended["registered"]).all()


def test_history_would_mislead_who_counts_it(town: Town) -> None:
    """Some ended parking strips lie where today none is, or over one of today: counting them gives too many bays."""
    rows = town.bgt("wegdeel")
    ended = rows[rows["ended"] & (rows["function"] == "parkeervlak")]
    assert len(ended) >= 1


def test_bgt_curves_hold_arcs(town: Town) -> None:
    path = town.path("bgt/bgt_wegdeel.gml")
    arcs = [node for member in towns.members(path) for node in member.iter("{*}Arc")]
    assert town.current("wegdeel")["arcs"].sum() >= 10
    corners = [numpy.array(" ".join(arc.itertext()).split(), dtype=float).reshape(-1, 2) for arc in arcs]
    assert {len(each) for each in corners} == {3}
    bulge = [abs(shapely.Polygon(each).area) for each in corners]
    assert sum(area > 0.001 for area in bulge) >= 0.8 * len(bulge), "arcs that are straight lines are no arcs"


def test_bgt_levels_overlap_the_ground(town: Town) -> None:
    names = ("wegdeel", "ondersteunendwegdeel", "waterdeel", "begroeidterreindeel", "overbruggingsdeel", "tunneldeel")
    rows = pandas.concat([town.current(name) for name in names if len(town.bgt(name))])
    apart, ground = rows[rows["level"] != 0], rows[rows["level"] == 0]
    ground_below = shapely.STRtree(ground.geometry.to_numpy())
    pairs = ground_below.query(apart.geometry.to_numpy(), predicate="intersects")
    shared = shapely.area(
        shapely.intersection(apart.geometry.to_numpy()[pairs[0]], ground.geometry.to_numpy()[pairs[1]])
    )
    assert set(rows["level"]) - {0}
    assert shared.max() > 5


def test_bgt_holds_plan_objects(town: Town) -> None:
    planned = {name: (town.bgt(name)["plus_status"] == "plan").sum() for name in ("pand", "wegdeel")}
    assert planned["pand"] >= 1
    plans = town.bgt("pand")[town.bgt("pand")["plus_status"] == "plan"]
    assert set(plans["bgt_status"]) <= {"geenWaarde", "plan"}


def test_panden_set_the_label_point_trap(town: Town, tmp_path: Path) -> None:
    """GDAL takes some panden for the points of their house numbers; their own geometry is always a surface."""
    seen = pyogrio.read_dataframe(shutil.copy(town.path("bgt/bgt_pand.gml"), tmp_path))
    assert (seen.geom_type == "Point").sum() > 0
    assert (town.bgt("pand")["labels"] > 0).mean() > 0.3
    assert set(town.bgt("pand").geom_type) <= {"Polygon", "MultiPolygon"}


def test_bgt_surfaces_are_valid_and_do_not_overlap(town: Town) -> None:
    """On one level the BGT is a patchwork; a house does not stand in the road."""
    rows = town.current("wegdeel")
    ground = rows[rows["level"] == 0].geometry
    houses = town.current("pand").geometry
    union = shapely.union_all(shapely.make_valid(ground.to_numpy()), grid_size=0.001)
    assert shapely.is_valid(rows.geometry.to_numpy()).mean() > 0.995  # chords for arcs may spoil a few
    assert ground.area.sum() <= union.area * 1.005
    assert shapely.area(shapely.intersection(houses.to_numpy(), union)).sum() <= houses.area.sum() * 0.002


def test_space_is_of_all_kinds(town: Town) -> None:
    functions = set(town.current("wegdeel")["function"])
    wanted = {"rijbaan lokale weg", "rijbaan regionale weg", "voetpad", "fietspad", "parkeervlak", "inrit"}
    assert wanted - functions == set()
    for name in ("waterdeel", "begroeidterreindeel", "vegetatieobject", "onbegroeidterreindeel", "pand"):
        assert len(town.current(name)), name


def test_roads_have_a_hierarchy(town: Town) -> None:
    """Most road is local, and the walking network knows three kinds of street and path or more."""
    local, regional = town.parts("rijbaan lokale weg").geometry, town.parts("rijbaan regionale weg").geometry
    assert 0 < regional.area.sum() < local.area.sum()
    assert 2.5 <= mean_width(local).median() <= 7
    assert town.walking.lines["highway"].nunique() >= 3


def test_pavements_vary_in_width(town: Town) -> None:
    """In Otterlo one in ten is narrower than 1.2 m on average, one in ten wider than 2.8 m."""
    widths = mean_width(town.parts("voetpad").geometry)
    narrow, wide = numpy.quantile(widths, [0.1, 0.9])
    assert 0.8 <= narrow <= 2.2
    assert 1.5 <= wide <= 8.0
    assert wide / narrow >= 1.3


def mean_width(surfaces: geopandas.GeoSeries) -> geopandas.GeoSeries:
    """Mean width in metres of surfaces longer than fifteen metres: area over half the outline."""
    return (2 * surfaces.area / surfaces.length)[surfaces.length > 30]


# --- BAG, CBS and cars -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", GEOPACKAGES)
def test_geopackages_are_sound(town: Town, file: str) -> None:
    layers = set(pyogrio.list_layers(town.path(file))[:, 0])
    assert GEOPACKAGES[file] - layers == set()
    for layer in GEOPACKAGES[file]:
        info = pyogrio.read_info(town.path(file), layer=layer)
        assert info["crs"] == f"EPSG:{RD}", layer
        assert "Unknown" not in (info["geometry_type"] or "Unknown"), layer
    connection = sqlite3.connect(f"file:{town.path(file)}?mode=ro&immutable=1", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    finally:
        connection.close()


def test_bag_ids_are_in_order(town: Town) -> None:
    kinds = {"pand": "10", "verblijfsobject": "01", "ligplaats": "02", "standplaats": "03"}
    for layer, kind in kinds.items():
        ids = town.layer("bag-light.gpkg", layer)["identificatie"].astype(str)
        assert ids.str.fullmatch(rf"9901{kind}\d{{10}}").all(), layer
        assert ids.is_unique, layer
    assert town.addresses[towns.address_ids(town)].astype(str).str.fullmatch(r"990120\d{10}").all()
    assert town.addresses[towns.address_ids(town)].is_unique


def test_addresses_stand_in_their_pand(town: Town) -> None:
    panden = town.layer("bag-light.gpkg", "pand").set_index("identificatie")
    rows = town.addresses
    first = rows[column(rows, "^pand")].astype(str).str.split(",").str[0].str.strip()
    assert set(first) <= set(panden.index)
    away = shapely.distance(rows.geometry.to_numpy(), panden.geometry.loc[first].to_numpy())
    assert away.max() <= 0.5


def test_bag_words_are_the_registrations_own(town: Town) -> None:
    told = town.addresses[column(town.addresses, "^gebruiksdoel")].astype(str)
    uses = {each for text in told for each in re.split(r",\s*", text)}
    known_uses = {
        "woonfunctie",
        "winkelfunctie",
        "kantoorfunctie",
        "industriefunctie",
        "bijeenkomstfunctie",
        "gezondheidszorgfunctie",
        "logiesfunctie",
        "onderwijsfunctie",
        "sportfunctie",
        "celfunctie",
        "overige gebruiksfunctie",
    }
    years = town.layer("bag-light.gpkg", "pand")["bouwjaar"].astype(int)
    assert uses <= known_uses
    assert {"woonfunctie"} < uses
    assert town.addresses["status"].str.startswith(("Verblijfsobject ", "Verbouwing verblijfsobject")).all()
    assert town.layer("bag-light.gpkg", "pand")["status"].str.contains("pand|Bouw|Sloop|bouw|sloop", case=False).all()
    assert years.between(1300, 2027).all()
    assert years.nunique() > 5


def test_addresses_read_like_addresses(town: Town) -> None:
    rows = town.addresses
    street, postcode = column(rows, "openbare_?ruimte_?naam", "straat"), column(rows, "^postcode")
    parts = [street, "huisnummer", *[n for n in ("huisletter", "toevoeging") if n in rows.columns]]
    assert rows[street].str.startswith("Demo-").all()
    assert rows[postcode].str.replace(" ", "").str.fullmatch(r"[1-9]\d{3}[A-Z]{2}").all()
    assert not rows.fillna("").duplicated(parts).any()


def test_a_postcode_is_a_piece_of_a_street(town: Town) -> None:
    """Some twenty addresses on the average in the country, in one street."""
    rows = town.addresses
    street, postcode = column(rows, "openbare_?ruimte_?naam", "straat"), column(rows, "^postcode")
    assert rows.groupby(postcode)[street].nunique().max() == 1
    assert 5 <= len(rows) / rows[postcode].nunique() <= 50


def test_bgt_and_bag_know_the_same_panden(town: Town) -> None:
    bag = set(town.layer("bag-light.gpkg", "pand")["identificatie"].astype(str))
    named = set(town.current("pand")["bag_id"].dropna().astype(str))
    assert named
    assert named - bag == set()
    with_address = {each.strip() for t in town.addresses[column(town.addresses, "^pand")] for each in str(t).split(",")}
    assert with_address - named == set()


def test_buurten_nest_in_wijken_and_the_municipality(town: Town) -> None:
    buurten, wijken = town.buurten, town.layer("cbs_buurten.gpkg", "wijken")
    outline = town.municipality
    assert set(town.layer("cbs_buurten.gpkg", "gemeenten")["gemeentecode"]) == {"GM9901"}
    assert wijken["wijkcode"].str.fullmatch(r"WK9901\d{2}").all()
    assert buurten["buurtcode"].str.fullmatch(r"BU9901\d{4}").all()
    assert buurten["buurtcode"].is_unique
    assert set(buurten["buurtcode"].str[2:8]) == set(wijken["wijkcode"].str[2:])
    for rows in (buurten, wijken):
        assert shapely.is_valid(rows.geometry.to_numpy()).all()
        assert rows.area.sum() == pytest.approx(outline.area, rel=1e-3)
        assert rows.union_all().symmetric_difference(outline).area <= outline.area * 1e-3


def test_buurten_hold_figures_that_are_no_figures(town: Town) -> None:
    numbers = town.buurten.select_dtypes("number").to_numpy()
    assert (numbers == towns.SUPPRESSED).sum() >= 1
    assert (numbers == towns.ABSENT).sum() >= 1
    assert set(numbers[numbers < 0]) <= {towns.SUPPRESSED, towns.ABSENT}


def test_buurten_carry_kerncijfers(town: Town) -> None:
    wanted = {
        "aantal_inwoners",
        "aantal_huishoudens",
        "personenautos_totaal",
        "personenautos_per_huishouden",
        "stedelijkheid_adressen_per_km2",
        "omgevingsadressendichtheid",
    }
    assert wanted - set(town.buurten.columns) == set()


@pytest.mark.parametrize("which", ["town", "named"])
def test_size_is_what_was_asked(which: str, request: pytest.FixtureRequest) -> None:
    made: Town = request.getfixturevalue(which)
    asked = INHABITANTS if which == "town" else 1000
    municipality = made.layer("cbs_buurten.gpkg", "gemeenten").iloc[0]
    assert municipality["aantal_inwoners"] == pytest.approx(asked, rel=0.02)
    assert asked / 2.6 <= len(made.dwellings) <= asked / 1.8  # CBS 2024: 2.1 persons per household
    assert made.truth["inwoners"] == asked
    assert made.truth["seed"] == (SEED if which == "town" else 2)


def test_every_address_lies_in_one_buurt(town: Town) -> None:
    tree = shapely.STRtree(town.buurten.geometry.to_numpy())
    found = tree.query(town.addresses.geometry.to_numpy(), predicate="intersects")[0]
    assert len(set(found)) == len(town.addresses)
    assert len(found) <= len(town.addresses) * 1.01


def test_car_stock_covers_the_towns_postcodes(town: Town) -> None:
    rows, cars = town.addresses, town.cars
    lived_in = set(rows[column(rows, "^postcode")].str[:4])
    shares = [name for name in cars.columns if re.fullmatch(r"beginning_20\d\d", name)]
    assert {"pc4", "cars_per_household"} <= set(cars.columns)
    assert shares
    assert cars["pc4"].is_unique
    assert lived_in <= set(cars["pc4"])
    assert cars[shares].stack().between(0, 1).all()
    assert cars["cars_per_household"].between(0, 3).all()


@pytest.mark.real
def test_car_stock_has_the_columns_of_the_real_table(town: Town, real_data: Path) -> None:
    real = pandas.read_csv(real_data / "national" / "pc4" / "Data_Cleaned_KIM.csv", nrows=1)
    assert list(town.cars.columns) == [name for name in real.columns if name in town.cars.columns]
    assert {"pc4", "cars_per_household", "beginning_2024"} <= set(town.cars.columns)


# --- nothing of it exists --------------------------------------------------------------------------------------------


@pytest.mark.real
def test_no_code_exists_in_reality(town: Town, real_data: Path) -> None:
    tables = real_data / "national" / "pc4"
    real = set(pandas.read_csv(tables / "Data_Cleaned_KIM.csv", dtype=str)["pc4"])
    real |= set(pandas.read_csv(tables / "pc4_gemeente_2023_addresscounts.csv", dtype=str)["PC4"])
    municipalities = set(pandas.read_csv(tables / "Data_Raw_CBS_GEM2025.csv", sep=";", dtype=str).iloc[:, 0])
    rows = town.addresses
    assert len(real) > 4000
    assert set(town.cars["pc4"]) & real == set()
    assert set(rows[column(rows, "^postcode")].str[:4]) & real == set()
    assert {each.get("postal_code", "")[:4] for each in town.locations} & real == set()
    assert "9901" not in municipalities


def test_no_other_code_slips_in(town: Town) -> None:
    """GM9901 and what begins with it are the only CBS and BAG codes in any text file of the town."""
    for name in ("laadplan.yaml", "waarheid.json", "laadpunten_ocpi.json"):
        text = town.path(name).read_text(encoding="utf-8")
        assert set(re.findall(r"\b(?:GM|WK|BU)(\d{4})", text)) <= {"9901"}, name


def test_streets_are_named_as_invented_in_all_files(town: Town) -> None:
    ways = town.walking.lines["name"].dropna()
    labels = [
        node.text
        for member in towns.members(town.path("bgt/bgt_openbareruimtelabel.gml"))
        for node in member.iter("{*}tekst")
    ]
    assert ways.str.startswith("Demo-").all()
    assert all(text.startswith("Demo-") for text in labels)
    assert all(each["address"].startswith("Demo-") for each in town.locations)


def test_docs_say_that_nothing_exists_and_show_a_quarter(repository: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in (repository / "docs").rglob("*.md")}
    about = {path: text for path, text in pages.items() if "GM9901" in text and re.search(r"PC4|postcode", text)}
    assert about, "no page says which codes the town uses"
    assert any(re.search(r"not exist|no such|nowhere|never issued|not issued", text) for text in about.values())
    shown = [
        (path.parent / picture).resolve()
        for path, text in about.items()
        for picture in re.findall(r"!\[[^\]]*\]\(([^)#\s]+\.(?:png|webp|jpe?g|svg))", text)
    ]
    assert shown, "no picture of a quarter on the page about the town"
    assert [path for path in shown if not path.is_file()] == []


# --- trees, charge points, walking, grid -----------------------------------------------------------------------------


def test_trees_stand_where_trees_stand(town: Town) -> None:
    trees, outline = town.trees, town.municipality.buffer(1)
    shapely.prepare(outline)
    houses = shapely.STRtree(town.current("pand").geometry.to_numpy())
    lanes = shapely.STRtree(town.parts("rijbaan lokale weg").geometry.to_numpy())
    ids = column(trees, r"^(boom_?)?(nr|nummer|id)", "boomn", "id")
    places = trees.geometry.to_numpy()
    assert len(trees) > 50
    assert trees[ids].is_unique
    assert shapely.covers(outline, places).all()
    assert houses.query(places, predicate="within").shape[1] == 0
    assert lanes.query(places, predicate="within").shape[1] <= 0.01 * len(trees)


def test_tree_register_tells_what_registers_tell(town: Town) -> None:
    trees = town.trees
    stem = trees[column(trees, r"stam|diameter")].dropna().astype(float)
    planted = trees[column(trees, r"plantjaar|aanlegjaar|plant")].dropna().astype(int)
    assert column(trees, r"naam_?wet|wetensch|latijn|latnaam|species")
    assert stem.between(1, 300).all()
    assert planted.between(1700, 2027).all()


def test_register_and_bgt_mean_the_same_trees(town: Town) -> None:
    """One model of the town: what the register lists, the map shows (current BGT trees, within two metres)."""
    rows = town.current("vegetatieobject")
    drawn = rows[(rows["plus_type"] == "boom") & (rows.geom_type == "Point")].geometry
    nearest = shapely.STRtree(drawn.to_numpy()).query_nearest(town.trees.geometry.to_numpy(), return_distance=True)[1]
    assert (nearest <= 2).mean() >= 0.8


def test_charge_points_are_ocpi_locations(town: Town) -> None:
    ids = [each["id"] for each in town.locations]
    evses = [evse for each in town.locations for evse in each["evses"]]
    connectors = [connector for evse in evses for connector in evse["connectors"]]
    places = [each["coordinates"] for each in town.locations]
    statuses = r"AVAILABLE|BLOCKED|CHARGING|INOPERATIVE|OUTOFORDER|PLANNED|REMOVED|RESERVED|UNKNOWN"
    of_location = {"country_code", "party_id", "id", "publish", "address", "city", "country", "last_updated"}
    of_connector = {"standard", "format", "power_type", "max_voltage", "max_amperage"}
    assert all(of_location <= each.keys() for each in town.locations)
    assert len(set(ids)) == len(ids)
    assert all(isinstance(each["latitude"], str) and isinstance(each["longitude"], str) for each in places)
    assert {each["country_code"] for each in town.locations} == {"NL"}
    assert all(re.fullmatch(statuses, evse["status"]) for evse in evses)
    assert len({evse["uid"] for evse in evses}) == len(evses)
    assert all(of_connector <= each.keys() for each in connectors)
    assert all(each.get("max_electric_power") is None or each["max_electric_power"] >= 1000 for each in connectors)
    assert town.charging.within(town.municipality.buffer(50)).all()


def test_walking_network_is_sound_osm(town: Town) -> None:
    walking = town.walking
    components = walking.components()
    used = {ref for refs, _ in walking.ways for ref in refs}
    assert walking.version == "0.6"
    assert len(set(walking.node_ids)) == len(walking.node_ids)
    assert used <= walking.places.keys()
    assert min(len(refs) for refs, _ in walking.ways) >= 2
    assert components[0] >= 0.95 * sum(components)


def test_walking_network_reaches_the_dwellings(town: Town) -> None:
    ways = shapely.STRtree(town.walking.lines.geometry.to_numpy())
    away = ways.query_nearest(town.dwellings.geometry.to_numpy(), all_matches=False, return_distance=True)[1]
    assert numpy.quantile(away, 0.99) <= 60


def test_walking_network_does_not_run_through_houses(town: Town) -> None:
    houses = shapely.union_all(town.current("pand").geometry.to_numpy())
    lines = town.walking.lines.geometry
    assert shapely.length(shapely.intersection(lines.to_numpy(), houses)).sum() <= 0.01 * lines.length.sum()


def test_gdal_opens_the_walking_network(town: Town, tmp_path: Path) -> None:
    copy = shutil.copy(town.path("lopen.osm"), tmp_path)
    lines = pyogrio.read_dataframe(copy, layer="lines")
    assert len(lines) == len(town.walking.lines)
    assert lines["highway"].notna().all()


def test_osmnx_opens_the_walking_network(town: Town) -> None:
    osmnx = pytest.importorskip("osmnx", reason="osmnx is not installed")
    graph = osmnx.graph_from_xml(town.path("lopen.osm"), bidirectional=True, simplify=False, retain_all=True)
    assert len(graph) == sum(town.walking.components())


def test_grid_is_a_grid(town: Town) -> None:
    """A connection cable is at most 25 m, here to the middle of the house; cabinets and stations hang on the cables."""
    cables, feeders = town.grid("laagspanningskabels"), town.grid("middenspanningskabels")
    boxes, stations = town.grid("laagspanningsverdeelkasten"), town.grid("middenspanningsinstallaties")
    low, medium = shapely.STRtree(cables.geometry.to_numpy()), shapely.STRtree(feeders.geometry.to_numpy())
    assert set(cables.geom_type) | set(feeders.geom_type) <= {"LineString", "MultiLineString"}
    assert set(boxes.geom_type) | set(stations.geom_type) <= {"Point", "MultiPoint"}
    assert min(len(cables), len(feeders), len(boxes), len(stations)) >= 1
    assert numpy.quantile(distance_to(low, town.addresses.geometry), 0.95) <= 30
    assert numpy.quantile(distance_to(low, boxes.geometry), 0.95) <= 2
    assert numpy.quantile(distance_to(medium, stations.geometry), 0.95) <= 5
    assert distance_to(low, stations.geometry).mean() <= 20


def test_cables_lie_in_the_ground_of_the_street(town: Town) -> None:
    houses = shapely.union_all(town.current("pand").geometry.to_numpy())
    for layer in ("laagspanningskabels", "middenspanningskabels"):
        lines = town.grid(layer).geometry
        assert lines.within(town.municipality.buffer(5)).mean() >= 0.99, layer
        assert shapely.length(shapely.intersection(lines.to_numpy(), houses)).sum() <= 0.01 * lines.length.sum(), layer


def distance_to(tree: shapely.STRtree, places: geopandas.GeoSeries) -> numpy.ndarray:
    """Distance in metres of each place to the nearest of a tree."""
    return tree.query_nearest(places.to_numpy(), all_matches=False, return_distance=True)[1]


# --- the truth agrees with the files ---------------------------------------------------------------------------------


def test_truth_says_what_it_is(town: Town) -> None:
    wanted = {"versie", "uitleg", "naam", "seed", "inwoners", "crs", "aantallen"}
    planted = {"parkeerstroken", "woningen_met_eigen_oprit", "vraag_per_buurt"}
    assert (wanted | planted) - town.truth.keys() == set()
    assert town.truth["crs"] == f"EPSG:{RD}"
    assert re.search(r"verzonnen|fictie|bedacht", town.truth["uitleg"], re.IGNORECASE)


def test_planted_strips_are_todays_parking_surfaces(town: Town) -> None:
    planted = Counter(strip.lokaal_id for strip in town.strips)
    assert set(planted.values()) == {1}
    assert set(planted) == set(town.parts("parkeervlak")["lokaal_id"])


def test_counts_of_the_truth_are_its_contents(town: Town) -> None:
    counts = town.truth["aantallen"]
    assert [strip.lokaal_id for strip in town.strips if strip.count != len(strip.bays)] == []
    assert counts["parkeerstroken"] == len(town.strips)
    assert total_of(counts["vakken"]) == sum(strip.count for strip in town.strips)
    assert counts["woningen"] == len(town.dwellings) == len(town.driveways)


def total_of(count: int | dict[str, int]) -> int:
    """A count, or the sum of its parts."""
    return sum(count.values()) if isinstance(count, dict) else count


def test_bays_lie_in_their_strip_and_not_on_each_other(town: Town) -> None:
    surfaces = town.parts("parkeervlak").set_index("lokaal_id").geometry
    outside, shared = [], []
    for strip in town.strips:
        bays = shapely.union_all(list(strip.bays))
        if bays.difference(surfaces[strip.lokaal_id].buffer(0.25)).area > 0.1 * strip.count:
            outside.append(strip.lokaal_id)
        if sum(bay.area for bay in strip.bays) > bays.area + 0.05 * strip.count:
            shared.append(strip.lokaal_id)
    assert outside == []
    assert shared == []


def test_bays_have_the_size_of_bays(town: Town) -> None:
    """NEN 2443 and CROW ASVV, metres: langs 5.5-6.5 by 1.8-2.2, haaks 4.5-6 by 2.25-3.5 (GPP wider); BGT tolerance."""
    sizes = pandas.DataFrame(
        [(strip.orientation, *towns.sides(bay)) for strip in town.strips for bay in strip.bays],
        columns=["orientation", "length", "width"],
    )
    along, across = (sizes[sizes["orientation"] == each] for each in ("langs", "haaks"))
    assert along["length"].between(4.8, 7.5).mean() > 0.97
    assert along["width"].between(1.6, 3.0).mean() > 0.97
    assert across["length"].between(4.2, 6.3).mean() > 0.97
    assert across["width"].between(2.2, 3.8).mean() > 0.97


@pytest.mark.parametrize(("orientation", "low", "high"), [("langs", 0, 30), ("haaks", 60, 90)])
def test_planted_orientation_is_that_of_the_bays(town: Town, orientation: str, low: float, high: float) -> None:
    """Worked out anew from the bays: bumper to bumper or door to door."""
    strips = [strip for strip in town.strips if strip.orientation == orientation and strip.count >= 3]
    wrong = [s.lokaal_id for s in strips if not low <= towns.angle_to_neighbour(s.bays) <= high]
    assert len(strips) >= 5
    assert len(wrong) <= 0.03 * len(strips), wrong


def test_parking_is_of_all_kinds(town: Town) -> None:
    kinds = Counter(strip.orientation for strip in town.strips)
    regimes = " ".join(regime for strip in town.strips for regime in strip.regimes)
    assert {"langs", "haaks"} <= set(kinds)
    assert [s for s in town.strips if s.count >= 15 and s.orientation != "langs"], "no car park"
    assert re.search(DISABLED, regimes, re.IGNORECASE), "no GPP"
    assert re.search(LOADING, regimes, re.IGNORECASE), "no loading bay"


def test_planted_driveways_are_of_houses_with_an_inrit_near(town: Town) -> None:
    """A flat has no driveway; by nine of ten houses with one the BGT shows an inrit within forty metres."""
    rows = town.dwellings.assign(own=town.dwellings[towns.address_ids(town)].astype(str).map(town.driveways))
    homes_in_pand = rows.groupby(column(rows, "^pand"))["own"].transform("size")
    lucky = rows[rows["own"].astype(bool)]
    entries = shapely.STRtree(town.parts("inrit").geometry.to_numpy())
    assert set(town.driveways) == set(town.dwellings[towns.address_ids(town)].astype(str))
    assert not rows["own"].isna().any()
    assert 0 < len(lucky) < len(rows)
    assert homes_in_pand[lucky.index].max() <= 4
    assert (distance_to(entries, lucky.geometry) <= 40).mean() >= 0.9


def test_planted_demand_is_per_buurt(town: Town) -> None:
    planted = town.truth["vraag_per_buurt"]
    numbers = [value for figures in planted.values() for value in figures.values() if isinstance(value, (int, float))]
    assert set(planted) == set(town.buurten["buurtcode"])
    assert min(numbers) >= 0
    assert max(numbers) > 0


# --- laadplan itself -------------------------------------------------------------------------------------------------


def test_check_finds_nothing_wrong(town: Town, laadplan: Program, tmp_path: Path) -> None:
    before = fingerprints(town.folder)
    done = laadplan("check", town.path("laadplan.yaml"), "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)
    assert fingerprints(town.folder) == before, "a check writes nothing beside the sources"


def test_config_knows_no_truth(town: Town) -> None:
    content = load_yaml(town.path("laadplan.yaml"))
    assert "waarheid" not in json.dumps(content["sources"], default=str)
    assert {"bgt", "addresses", "buurten", "charge_points", "car_stock", "trees"} <= content["sources"].keys()
