"""`laadplan assess`: what it writes for readers, how the score adds up, and that equal cases get equal verdicts."""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas
import numpy
import pandas
import pytest

from . import rich, spoiling
from .program import Program
from .reading import RD, RunFolder

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

LAYERS = ("kandidaten", "vakken", "stroken")
TABLES = ("beoordelingen", "criteria", "bronnen", "toelichting")


@pytest.fixture(scope="module")
def assessed(laadplan: Program, rich_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The rich town, assessed; what its run already made is taken from there."""
    out = tmp_path_factory.mktemp("toetsen") / "uit"
    shutil.copytree(rich_run.path, out)
    done = laadplan("assess", rich_run.config, "--out", out, "--date", rich.DATE, cwd=out.parent)
    assert done.returncode == 0, done.stderr
    return RunFolder(out, rich_run.config, {}, 0, done.stdout, done.stderr)


def table(run: RunFolder, name: str) -> pandas.DataFrame:
    """A table of the GeoPackage."""
    with closing(sqlite3.connect(f"file:{run.path / 'kandidaten.gpkg'}?mode=ro&immutable=1", uri=True)) as connection:
        return pandas.read_sql(f'select * from "{name}"', connection)


# --- what is written -------------------------------------------------------------------------------------------------


def test_geopackage_holds_every_candidate_bay_strip_and_verdict(assessed: RunFolder) -> None:
    sizes = {
        name: len(assessed.frame(frame)) for name, frame in zip(LAYERS, ("Candidates", "Bays", "Strips"), strict=True)
    }
    for name, size in sizes.items():
        rows = geopandas.read_file(assessed.path / "kandidaten.gpkg", layer=name)
        assert len(rows) == size > 0
        assert rows.crs.to_epsg() == RD
    assert len(table(assessed, "beoordelingen")) == len(assessed.frame("Assessments"))


def test_every_column_is_explained_in_dutch(assessed: RunFolder) -> None:
    told = table(assessed, "toelichting")
    for name in (*LAYERS, "beoordelingen"):
        columns = set(table(assessed, name).columns) - {"fid", "geom"}
        assert columns <= set(told.loc[told["laag"] == name, "kolom"]), name
    assert told["betekenis"].str.len().min() >= 4


def test_criteria_stand_there_with_their_source_and_profile(assessed: RunFolder) -> None:
    criteria = table(assessed, "criteria")
    assert set(criteria["criterium_id"]) == set(assessed.frame("Assessments")["criterion_id"])
    assert criteria["bron"].str.len().min() > 5
    assert set(criteria["soort"]) == {"eis", "wens"}


def test_csv_opens_in_a_dutch_spreadsheet(assessed: RunFolder) -> None:
    """Byte order mark, semicolons, decimal commas; as many rows as there are verdicts; units in Dutch."""
    content = (assessed.path / "beoordelingen.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    judged = assessed.frame("Assessments")
    assert len(rows) == len(judged)
    margins = {row["beoordeling_id"]: row["marge"] for row in rows if row["marge"]}
    own = judged.set_index("assessment_id")["margin"].dropna()
    assert set(margins) == set(own.index)
    assert all(abs(float(text.replace(",", ".")) - own[key]) < 0.006 for key, text in margins.items())
    assert not [text for text in margins.values() if "." in text]
    assert {row["eenheid"] for row in rows} <= {"", "m", "aandeel", "%", "aantal"}


def test_summary_counts_what_is_written(assessed: RunFolder) -> None:
    found = geopandas.read_file(assessed.path / "kandidaten.gpkg", layer="kandidaten")
    counts = found["oordeel"].value_counts()
    assert f"{len(found)} candidates: {counts.get('voldoet', 0)} pass" in assessed.stdout


def test_every_excluded_candidate_names_its_rule_and_measurement(assessed: RunFolder) -> None:
    found = geopandas.read_file(assessed.path / "kandidaten.gpkg", layer="kandidaten").set_index("locatie_id")
    judged = assessed.frame("Assessments")
    failed = judged[(judged["kind"] == "eis") & (judged["counts_as"] == "voldoet niet")]
    assert set(failed["locatie_id"]) == set(found.index[found["oordeel"] == "voldoet niet"])
    for row in failed.itertuples():
        assert row.label in found.loc[row.locatie_id, "redenen"]
        assert row.measured_text in found.loc[row.locatie_id, "redenen"]


def test_unknown_requirement_makes_a_site_to_be_visited(assessed: RunFolder) -> None:
    found = geopandas.read_file(assessed.path / "kandidaten.gpkg", layer="kandidaten").set_index("locatie_id")
    judged = assessed.frame("Assessments")
    unknown = judged[judged["counts_as"] == "schouw"]
    assert len(unknown)
    for row in unknown.itertuples():
        assert row.label in found.loc[row.locatie_id, "te_bekijken"]


# --- score -----------------------------------------------------------------------------------------------------------


def test_score_is_the_sum_of_its_contributions(assessed: RunFolder) -> None:
    found = geopandas.read_file(assessed.path / "kandidaten.gpkg", layer="kandidaten").set_index("locatie_id")["score"]
    judged = assessed.frame("Assessments")
    added = judged.groupby("locatie_id")["contribution"].sum()
    assert (added - found).abs().max() < 1e-4
    assert (judged.loc[judged["kind"] == "eis", "contribution"] == 0).all()
    assert added.between(0, 1 + 1e-9).all()


def test_contribution_is_the_share_of_its_weight_among_what_is_known(assessed: RunFolder) -> None:
    weight = table(assessed, "criteria").set_index("criterium_id")["gewicht"]
    judged = assessed.frame("Assessments")
    wensen = judged[(judged["kind"] == "wens") & judged["counts_as"].isin(["voldoet", "voldoet niet"])]
    weights = wensen["criterion_id"].map(weight).astype(float)
    shares = weights / weights.groupby(wensen["locatie_id"]).transform("sum")
    met = wensen["counts_as"] == "voldoet"
    assert (wensen.loc[met, "contribution"] - shares[met]).abs().max() < 1e-3
    assert (wensen.loc[~met, "contribution"] == 0).all()


def test_rank_follows_the_score_and_ties_are_broken_by_a_stated_rule(assessed: RunFolder) -> None:
    found = geopandas.read_file(assessed.path / "kandidaten.gpkg", layer="kandidaten")
    ranked = found[found["rang"].notna()].sort_values("rang")
    assert list(ranked["rang"]) == list(range(1, len(ranked) + 1))
    assert ranked["score"].is_monotonic_decreasing
    assert (found.loc[found["rang"].isna(), "oordeel"] == "voldoet niet").all()
    assert ranked["score"].duplicated().any()
    told = table(assessed, "toelichting")
    rule = told.loc[(told["laag"] == "kandidaten") & (told["kolom"] == "rang"), "betekenis"].item()
    assert "gelijk" in rule, rule


# --- equal cases -----------------------------------------------------------------------------------------------------


def test_row_order_noise_and_irrelevant_columns_change_nothing(
    laadplan: Program, rich_run: RunFolder, every_town: Path, tmp_path: Path
) -> None:
    """Every source in another order, moved by a nanometre or less, with columns and remarks that nobody asked for."""
    town = tmp_path / "town"
    shutil.copytree(every_town, town, ignore=shutil.ignore_patterns("2015", "ogc", "occupancy", "cdrs"))
    forms = town / "vormen"
    spoil_json(forms / "parking_bays" / "parkeervakken.geojson")
    spoil_json(forms / "zones" / "bodem.geojson")
    spoiling.rewrite_geopackage(town / "bag-light.gpkg", spoil_rows)
    spoiling.rewrite_geopackage(forms / "zones" / "parkeerdruk.gpkg", spoil_rows)
    paths = [town / "bgt", town / "bomen.csv", town / "laadpunten_ocpi.json", forms / "signs" / "borden.csv"]
    spoiling.shuffle_sources({path.name: path for path in paths})
    trees = (town / "bomen.csv").read_text(encoding="utf-8").splitlines()
    (town / "bomen.csv").write_text(
        "\n".join([f"{trees[0]};Opmerking", *(f"{line};mooi" for line in trees[1:])]), "utf-8"
    )
    config = rich.config(town, tmp_path / "plan" / "laadplan.yaml")
    again = rich.run(laadplan, config, tmp_path / "plan" / "uit").frame("Assessments")
    first = rich_run.frame("Assessments")
    pandas.testing.assert_frame_equal(
        first.sort_values("assessment_id", ignore_index=True), again.sort_values("assessment_id", ignore_index=True)
    )


def spoil_rows(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The rows in another order, a nanometre away, with a column more."""
    mixed = rows.sample(frac=1, random_state=3, ignore_index=True).assign(opmerking="niets")
    return mixed.set_geometry(mixed.geometry.translate(1e-9, -1e-9))


def spoil_json(path: Path) -> None:
    """The features in another order, with a property more."""
    content = json.loads(path.read_text(encoding="utf-8"))
    order = numpy.random.default_rng(5).permutation(len(content["features"]))
    content["features"] = [content["features"][place] for place in order]
    for feature in content["features"]:
        feature["properties"]["opmerking"] = "niets"
    path.write_text(json.dumps(content), encoding="utf-8")


def test_equal_measurements_get_equal_verdicts(assessed: RunFolder) -> None:
    """Within a rule the verdict hangs on what was measured and on nothing else."""
    judged = assessed.frame("Assessments")
    known = judged[~judged["confidential"] & judged["verdict"].isin(["voldoet", "voldoet niet"])]
    assert known.groupby(["criterion_id", "measured_text"])["verdict"].nunique().max() == 1
