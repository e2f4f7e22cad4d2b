"""The plankaart of the demo town and of Otterlo: layers, columns, styles, page, workbook and manifest."""

# ruff: noqa: TID252

from __future__ import annotations

import importlib.metadata
import os
import re
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pandas
import pyogrio
import pytest
from lxml import etree

from . import browsing
from .reading import (
    LAYERS,
    OUTPUTS,
    RD,
    SITE_COLUMNS,
    SITE_LAYERS,
    RunFolder,
    at,
    column,
    default_config,
    dicts,
    executed,
    is_empty,
    load_yaml,
    parquet_crs,
    plain,
    pole_count_trail,
    sha256,
    solution,
    source_files,
    source_paths,
    steps,
    under_key,
)

pytestmark = pytest.mark.slow

# --- what lies there -------------------------------------------------------------------------------------------------


def test_run_folder_holds_every_output(plan: RunFolder) -> None:
    missing = [name for name in OUTPUTS if not (plan.path / name).is_file()]
    assert missing == []


def test_every_frame_is_in_rd(plan: RunFolder) -> None:
    frames = sorted((plan.path / "frames").glob("*.parquet"))
    found = {file.stem: parquet_crs(file) for file in frames}
    wrong = {name: crs for name, crs in found.items() if any(code != RD for code in crs.values())}
    with_geometry = [name for name, crs in found.items() if crs]
    assert wrong == {}
    assert {"RoadParts", "Buildings", "Trees", "Candidates"} <= set(with_geometry)


def test_ids_in_frames_are_strings_of_the_source(plan: RunFolder) -> None:
    roads = plan.frame("RoadParts")
    identifier = column(roads, r"lokaal_?id", r"^id$", r"_id$")
    wegdeel = (source_paths(plan.config)["bgt"] / "bgt_wegdeel.gml").read_text(encoding="utf-8")
    assert roads[identifier].is_unique
    assert all(f">{text}<" in wegdeel for text in roads[identifier])


# --- GeoPackage ------------------------------------------------------------------------------------------------------


def test_geopackage_has_the_layers(plan: RunFolder) -> None:
    listed = {name for name, kind in pyogrio.list_layers(plan.geopackage) if kind}
    assert set(LAYERS) <= listed


@pytest.mark.parametrize("name", LAYERS)
def test_layer_is_in_rd_and_near_the_roads(plan: RunFolder, name: str) -> None:
    layer = plan.layer(name)
    assert layer.crs is not None
    assert layer.crs.to_epsg() == RD
    if name == "laadpalen":
        layer = layer[layer["in_gebied"]]
    if len(layer) and name != "buurten":
        west, south, east, north = plan.frame("RoadParts").total_bounds
        inside = geopandas.GeoSeries(layer.geometry).representative_point()
        assert inside.x.between(west - 1000, east + 1000).all()
        assert inside.y.between(south - 1000, north + 1000).all()


def test_geometry_tables_state_rd(plan: RunFolder) -> None:
    rows = plan.query("select table_name, srs_id from gpkg_geometry_columns")
    assert {name for name, srs in rows if srs != RD} == set()


def test_every_layer_has_an_embedded_style(plan: RunFolder) -> None:
    rows = plan.query("select f_table_name, styleQML, useAsDefault from layer_styles")
    styled = {name for name, *_ in rows}
    assert set(LAYERS) <= styled
    for name, qml, is_default in rows:
        text = qml.encode() if isinstance(qml, str) else qml
        assert etree.fromstring(text).tag == "qgis", name
        assert is_default, name


@pytest.mark.parametrize("name", SITE_LAYERS)
def test_site_layers_carry_the_columns(plan: RunFolder, name: str) -> None:
    missing = [wanted for wanted in SITE_COLUMNS if wanted not in plan.layer(name).columns]
    assert missing == []


def test_there_are_sites(plan: RunFolder) -> None:
    assert len(plan.layer("voorkeurslocaties")) > 0


def test_site_ids_are_filled_and_unique(plan: RunFolder) -> None:
    ids = plan.sites()["locatie_id"]
    assert not is_empty(ids).any()
    assert ids.is_unique


def test_chosen_sites_stay_within_the_number_of_poles(plan: RunFolder) -> None:
    for content in (load_yaml(plan.config), default_config()):
        trail = pole_count_trail(content)
        if trail and re.search("poles|palen", str(trail[-1])):
            assert len(plan.layer("voorkeurslocaties")) <= at(content, trail)
            return
    pytest.skip("the configuration states a budget in money, not a number of poles")


def test_known_values_of_sites_are_well_formed(plan: RunFolder) -> None:
    sites = plan.sites()
    patterns = {"postcode": r"\d{4}[A-Z]{2}", "buurtcode": r"BU\d{8}", "parkeerwijze": "langs|haaks|schuin"}
    for name, pattern in patterns.items():
        known = sites.loc[~is_empty(sites[name]), name].astype(str)
        assert known.str.fullmatch(pattern).all(), f"{name}: {sorted(set(known))[:5]}"
    assert not is_empty(sites["parkeerwijze"]).any()
    assert not is_empty(sites["status"]).any()
    assert (sites["aantal_laadpunten"].dropna() > 0).all()
    assert (sites["verwacht_kwh_jaar"].dropna() >= 0).all()
    numbers = ["score", "verwacht_kwh_jaar", "aantal_laadpunten", "aantal_vakken", "x_rd", "y_rd"]
    assert all(pandas.api.types.is_numeric_dtype(sites[name]) for name in numbers)


def test_preferred_sites_have_energy_and_score(plan: RunFolder) -> None:
    chosen = plan.layer("voorkeurslocaties")
    assert (chosen["verwacht_kwh_jaar"] > 0).any()
    assert chosen["score"].notna().all()


def test_coordinates_equal_the_geometry(plan: RunFolder) -> None:
    sites = plan.sites()
    points = geopandas.GeoSeries(sites.geometry)
    points = points[points.geom_type == "Point"]
    away = (points.x - sites.loc[points.index, "x_rd"]).abs() + (points.y - sites.loc[points.index, "y_rd"]).abs()
    assert (away < 30).all() if len(points) else sites["x_rd"].between(0, 300_000).all()


def test_addresses_of_sites_exist_in_the_source(plan: RunFolder) -> None:
    layer = load_yaml(plan.config)["sources"]["addresses"].get("layer")
    addresses = geopandas.read_file(source_paths(plan.config)["addresses"], layer=layer)
    postcode = column(addresses, r"^postcode$", "postcode")
    number = column(addresses, r"^huisnummer$", "huisnummer")
    street = column(addresses, r"^straat", r"openbare_?ruimte", "straat")
    known = set(
        zip(addresses[street], addresses[number].astype(str).str.extract(r"(\d+)")[0], addresses[postcode], strict=True)
    )
    sites = plan.sites()
    sites = sites[~is_empty(sites["huisnummer"])]
    used = set(
        zip(sites["straat"], sites["huisnummer"].astype(str).str.extract(r"(\d+)")[0], sites["postcode"], strict=True)
    )
    assert used
    assert used - known == set()


def test_road_part_of_a_site_is_in_the_source(plan: RunFolder) -> None:
    roads = plan.frame("RoadParts")
    known = set(roads[column(roads, r"lokaal_?id", r"^id$", r"_id$")])
    named = plan.sites()["bgt_lokaal_id"]
    assert set(named[~is_empty(named)]) <= known
    assert not is_empty(plan.layer("voorkeurslocaties")["bgt_lokaal_id"]).any()


def test_nummeraanduiding_is_a_bag_id_or_empty(plan: RunFolder) -> None:
    ids = plan.sites()["bag_nummeraanduiding_id"]
    assert ids[~is_empty(ids)].astype(str).str.fullmatch(r"\d{16}").all()


def test_every_dropped_site_says_why(plan: RunFolder) -> None:
    dropped = plan.layer("afgevallen")
    reasons = dropped[column(dropped, r"^reden", r"reden|afgevallen_om")]
    assert len(dropped) > 0
    assert not is_empty(reasons).any()


def test_bays_are_polygons_and_two_a_site(plan: RunFolder) -> None:
    bays, sites = plan.layer("vakken"), plan.sites()
    assert set(bays.geom_type) <= {"Polygon", "MultiPolygon"}
    assert bays.geometry.is_valid.all()
    assert (bays.area > 3).all()
    assert (bays.area < 60).all()
    chosen = sites[sites["layer"].isin(["voorkeurslocaties", "reservelocaties"])]
    counted = bays.groupby("locatie_id").size().reindex(chosen["locatie_id"], fill_value=0)
    assert (chosen["aantal_vakken"] == 2).all()
    assert (counted == 2).all(), counted[counted != 2]


def test_bays_lie_on_their_parking_area(plan: RunFolder) -> None:
    roads = plan.frame("RoadParts")
    parking = roads[roads["function"] == "parkeervlak"].union_all().buffer(0.6)
    bays = plan.layer("vakken")
    share = bays.intersection(parking).area / bays.area
    assert (share > 0.75).all()


def test_two_bays_of_a_site_do_not_overlap(plan: RunFolder) -> None:
    for identifier, pair in plan.layer("vakken").groupby("locatie_id"):
        if len(pair) == 2 and identifier in plan.chosen():
            first, second = pair.geometry
            assert first.intersection(second).area < 0.1, identifier


def test_each_chosen_site_has_a_pole_outside_the_carriageway(plan: RunFolder) -> None:
    poles, roads = plan.layer("paalposities"), plan.frame("RoadParts")
    assert set(poles.geom_type) == {"Point"}
    assert plan.chosen() <= set(poles["locatie_id"])
    level = column(roads, r"hoogteligging|level", required=False)
    ground = roads[roads[level].astype(int) == 0] if level else roads
    carriageway = ground[ground["function"].str.startswith("rijbaan")].buffer(-0.01)
    hit = geopandas.GeoDataFrame(geometry=carriageway, crs=RD).sjoin(
        poles[["locatie_id", "geometry"]], predicate="contains"
    )
    assert sorted(hit["locatie_id"]) == []


def test_poles_stand_near_their_bays(plan: RunFolder) -> None:
    bays = plan.layer("vakken").dissolve("locatie_id").geometry
    poles = plan.layer("paalposities").set_index("locatie_id").geometry
    shared = [identifier for identifier in poles.index if identifier in bays.index]
    assert shared
    assert (poles.loc[shared].distance(bays.loc[shared], align=False) < 3).all()


def test_buurten_show_demand_supply_and_shortfall(plan: RunFolder) -> None:
    buurten = plan.layer("buurten")
    demand, supply = column(buurten, r"vraag"), column(buurten, r"aanbod")
    shortfall = column(buurten, r"tekort")
    assert buurten["buurtcode"].is_unique
    assert buurten["buurtcode"].str.fullmatch(r"BU\d{8}").all()
    assert (buurten[[demand, supply, shortfall]].dropna() >= 0).all(axis=None)
    assert buurten[demand].sum() > 0


def test_demand_of_points_adds_up_to_the_buurten(plan: RunFolder) -> None:
    buurten = plan.layer("buurten")
    in_layer = column(buurten, r"vraag.*kwh", r"kwh.*vraag", r"vraag")
    unit = r"kwh" if "kwh" in in_layer else r"kwh|evse|laadpunt|vraag|demand"
    points = demand_points(plan, unit)
    expected = buurten.set_index("buurtcode")[in_layer].fillna(0)
    groups = [name for name in points.columns if re.fullmatch(r"scenario|year|jaar", name)]
    parts = [part for _, part in points.groupby(groups)] if groups else [points]
    amount = column(points.drop(columns="geometry", errors="ignore"), r"^kwh_year$", r"kwh", unit)
    sums = [part.groupby("buurtcode")[amount].sum().reindex(expected.index, fill_value=0) for part in parts]
    assert any(((total - expected).abs() <= 1 + 0.005 * expected).all() for total in sums), pandas.concat(
        [expected, *sums], axis=1
    )


def demand_points(plan: RunFolder, unit: str) -> Any:
    """The frame with demand per point, with a column `buurtcode`."""
    frames = [name for name in ("DemandPoints", "Demand") if (plan.path / "frames" / f"{name}.parquet").exists()]
    with_amount = [name for name in frames if column(plan.frame(name), unit, required=False)]
    assert with_amount, f"no frame of {frames} has a column like {unit}"
    points = plan.frame(with_amount[0])
    if "buurtcode" in points.columns:
        return points
    return points.sjoin(plan.layer("buurten")[["buurtcode", "geometry"]], how="left", predicate="within")


def test_share_of_a_buurt_is_shown(plan: RunFolder) -> None:
    buurten = plan.layer("buurten")
    share = buurten[column(buurten, r"aandeel|share")].dropna()
    assert len(share)
    assert share.between(0, 1).all()


def test_buurten_without_any_pole_are_reported(plan: RunFolder) -> None:
    buurten = plan.layer("buurten")
    wanted = set(buurten.loc[buurten[column(buurten, r"vraag")] > 0, "buurtcode"])
    existing = plan.layer("laadpalen").sjoin(buurten[["buurtcode", "geometry"]].rename(columns={"buurtcode": "bu"}))
    served = set(existing["bu"]) | set(plan.layer("voorkeurslocaties")["buurtcode"])
    silent = [code for code in wanted - served if code not in (plan.path / "run.json").read_text(encoding="utf-8")]
    assert silent == []


# --- criteria --------------------------------------------------------------------------------------------------------

CRITERIA = {
    "distance to tree": r"boom|bomen|tree",
    "distance to a building front": r"gevel|pand|gebouw|building|front|facade",
    "free width beside the pole": r"width|breedte|doorgang|vrije",
    "bay type": r"bay|vak|parkeer",
    "distance to an existing pole": r"pole|paal|palen",
    "walking distance to demand": r"loop|walk",
}


@pytest.mark.parametrize("meaning", CRITERIA)
def test_criterion_is_kept_per_candidate(plan: RunFolder, meaning: str) -> None:
    assessments, candidates = plan.frame("Assessments"), plan.frame("Candidates")
    criterion = assessments[column(assessments, r"criteri", r"rule|regel")].astype(str)
    rows = assessments[criterion.str.contains(CRITERIA[meaning], case=False, regex=True)]
    sites = rows[column(assessments, r"^locatie_id$", r"candidate|locat|site|spot")]
    assert len(rows), f"criteria are {sorted(set(criterion))}"
    assert set(sites) == set(candidates[column(candidates, r"^locatie_id$", r"candidate_id|locat|^id$")])


def test_assessment_keeps_value_norm_verdict_and_reason(plan: RunFolder) -> None:
    assessments = plan.frame("Assessments")
    column(assessments, r"measured|gemeten|value|waarde")
    column(assessments, r"norm")
    verdict = assessments[column(assessments, r"verdict|oordeel")]
    reason = assessments[column(assessments, r"reason|reden")]
    assert not is_empty(verdict).any()
    assert not is_empty(
        reason[verdict.astype(str).str.contains(r"^(?:fail|nee|niet|voldoet niet|afgevallen|onvoldoende)", case=False)]
    ).any()


def test_free_width_knows_not_applicable(plan: RunFolder) -> None:
    assessments = plan.frame("Assessments")
    criterion = assessments[column(assessments, r"criteri", r"rule|regel")].astype(str)
    width = assessments[criterion.str.contains(CRITERIA["free width beside the pole"], case=False)]
    measured = pandas.to_numeric(width[column(width, r"measured|gemeten|value|waarde")], errors="coerce")
    without_footway = width[measured.isna()]
    if without_footway.empty:
        pytest.skip("every candidate of this town has a footway beside it")
    assert without_footway[column(width, r"verdict|oordeel")].astype(str).str.lower().eq("n.v.t.").all()


def test_walking_distance_is_marked_as_an_estimate(plan: RunFolder) -> None:
    assessments = plan.frame("Assessments")
    criterion = assessments[column(assessments, r"criteri", r"rule|regel")].astype(str)
    rows = assessments[criterion.str.contains(CRITERIA["walking distance to demand"], case=False)]
    told = " ".join([*rows.columns, *rows.head(50).astype(str).to_numpy().ravel()])
    assert re.search(r"schatting|geschat|estimat", told, re.IGNORECASE)


def test_distance_to_tree_equals_an_own_measurement(plan: RunFolder) -> None:
    assessments, poles = plan.frame("Assessments"), plan.layer("paalposities").set_index("locatie_id").geometry
    criterion = assessments[column(assessments, r"criteri", r"rule|regel")].astype(str)
    rows = assessments[criterion.str.contains(CRITERIA["distance to tree"], case=False)]
    rows = rows.set_index(column(rows, r"^locatie_id$", r"candidate|locat|site|spot"))
    measured = pandas.to_numeric(rows[column(rows, r"measured|gemeten|value|waarde")], errors="coerce").dropna()
    measured = measured[(measured < 20) & measured.index.isin(poles.index)]
    trees = plan.frame("Trees").union_all()
    own = poles.loc[measured.index].distance(trees)
    assert len(measured)
    assert (own - measured).abs().max() < 0.06


# --- page ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def seen(plan: RunFolder) -> browsing.Visit:
    """What Chromium saw of the page."""
    if not browsing.chromium():
        message = "chromium is not installed"
        pytest.fail(message) if os.environ.get("CI", "").lower() in {"true", "1"} else pytest.skip(message)
    return browsing.visit(plan.path / "plankaart.html")


def test_page_requests_nothing_and_does_not_complain(seen: browsing.Visit) -> None:
    assert seen.requests == []
    assert seen.complaints == []


def test_page_is_dutch_with_a_legend(seen: browsing.Visit) -> None:
    text = seen.text.lower()
    words = ("legenda", "voorkeurslocatie", "reservelocatie", "afgevallen", "laadpa", "witte vlek")
    assert seen.lang == "nl"
    assert seen.title
    assert [word for word in words if word not in text] == []


def test_page_draws_a_map(seen: browsing.Visit) -> None:
    assert seen.colours > 20


def test_page_answers_a_click_in_dutch(seen: browsing.Visit) -> None:
    assert seen.popup.strip()
    assert not re.search(r"\b(nan|none|null|undefined|street|demand)\b", seen.popup, re.IGNORECASE)


def test_page_names_no_address_to_fetch_from(plan: RunFolder) -> None:
    page = (plan.path / "plankaart.html").read_text(encoding="utf-8")
    remote = r"""["']?(?:https?:)?//"""
    tags = rf"<(?:script|img|iframe|source)[^>]+src={remote}|<link[^>]+href={remote}"
    fetched = rf"{tags}|url\({remote}|@import"
    assert re.findall(fetched, page) == []


# --- workbook --------------------------------------------------------------------------------------------------------


def test_workbook_opens_with_dutch_headers_and_every_chosen_site(plan: RunFolder) -> None:
    book = openpyxl.load_workbook(plan.path / "plankaart.xlsx", read_only=True)
    tables = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    heads = [header for rows in tables if (header := header_row(rows)) is not None]
    cells = {str(value) for rows in tables for row in rows for value in row if value is not None}
    assert heads
    assert {"huisnummer", "postcode", "woonplaats"} <= set(heads[0])
    assert not {"street", "demand", "score_total", "reason", "address"} & {name for head in heads for name in head}
    assert plan.chosen() <= cells


def header_row(rows: list[tuple[Any, ...]]) -> list[str] | None:
    """Lower-case headers: the first row that names a street."""
    for row in rows[:20]:
        names = [str(value).strip().lower() for value in row if value is not None]
        if "straat" in names or "straatnaam" in names:
            return names
    return None


# --- manifest --------------------------------------------------------------------------------------------------------


def test_manifest_holds_the_hash_of_every_source_file(plan: RunFolder) -> None:
    written = set(re.findall(r"\b[0-9a-f]{64}\b", str(plan.manifest)))
    missing = [file.name for file in source_files(plan.config) if sha256(file) not in written]
    assert missing == []


def test_manifest_holds_a_config_hash(plan: RunFolder) -> None:
    flat = [(key, value) for part in dicts(plan.manifest) for key, value in part.items() if isinstance(value, str)]
    nested = [
        (f"config_{key}", value)
        for part in under_key(plan.manifest, "^config")
        if isinstance(part, dict)
        for key, value in part.items()
    ]
    hashes = [
        value
        for key, value in [*flat, *nested]
        if "config" in key and re.fullmatch(r"(sha256:)?[0-9a-f]{16,64}", str(value))
    ]
    assert hashes


@pytest.mark.parametrize("library", ["laadplan", "geopandas", "shapely", "pulp", "highspy"])
def test_manifest_holds_versions(plan: RunFolder, library: str) -> None:
    versions = {
        plain(str(key)): str(value)
        for part in under_key(plan.manifest, "version")
        if isinstance(part, dict)
        for key, value in part.items()
    }
    assert versions.get(library) == importlib.metadata.version(library)


def test_manifest_holds_seconds_and_rows_of_each_step(plan: RunFolder) -> None:
    for name, entry in steps(plan.manifest).items():
        seconds = next((value for key, value in entry.items() if "second" in key), None)
        rows = [value for key, value in entry.items() if re.search("row|rijen", key)]
        assert isinstance(seconds, (int, float)), name
        assert seconds >= 0, name
        assert rows, name


def test_manifest_counts_the_rows_of_the_frames(plan: RunFolder) -> None:
    entry = steps(plan.manifest)["roadparts"]
    told = [value for key, value in entry.items() if re.search("row|rijen", key)]
    assert re.search(rf"\b{len(plan.frame('RoadParts'))}\b", str(told))


def test_manifest_holds_the_solution_with_its_proof(plan: RunFolder) -> None:
    proof = solution(plan.manifest)
    assert {"status", "objective", "bound", "gap", "seconds", "solver"} <= proof.keys()
    assert any("version" in key for key in proof)
    assert str(proof["solver"]).lower() in ("laadplan", "highs")
    distance = abs(proof["objective"] - proof["bound"]) / max(abs(proof["objective"]), 1e-9)
    assert proof["gap"] >= 0
    assert distance == pytest.approx(proof["gap"], abs=2e-3)
    if str(proof["status"]).lower() == "optimal":
        assert proof["gap"] < 1e-3


def test_manifest_says_that_a_cold_run_executed_every_step(plan: RunFolder) -> None:
    told = steps(plan.manifest)
    assert executed(plan.manifest) == set(told)


def test_manifest_names_no_frame_that_is_absent(plan: RunFolder) -> None:
    present = {plain(file.stem) for file in Path(plan.path / "frames").glob("*.parquet")}
    assert present
    assert present == {plain(frame) for step in plan.manifest["steps"] for frame in step["rows"]}
