"""Who reaches what on foot, counted by networkx: on a demo town, with a canal through it, and without a network."""

# ruff: noqa: TID252

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely

from . import buurtplan
from .program import Program
from .reading import RunFolder, load_yaml, steps, write_yaml
from .siting import variant
from .walking import Network, without_segments

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

ROUNDING_M = 0.11
NORM_M, DETOUR = 250.0, 1.3


def walked(run: RunFolder, *names: str) -> pandas.DataFrame:
    """Pairs of a run, by point and site; those of candidates, where no frames are named."""
    rows = pandas.concat([run.frame(name) for name in names or ("Reach",)], ignore_index=True)
    return rows.set_index(["point_id", "site_id"]).sort_index()


def sites(run: RunFolder, *names: str) -> dict[str, shapely.Point]:
    """Candidates by id, and existing poles where their frame is named."""
    found = run.frame("Candidates").set_index("locatie_id").geometry.to_dict()
    poles = run.frame("ChargePoints").set_index("location_id").geometry.to_dict()
    return {**found, **(poles if "PoleReach" in names else {})}


def points(run: RunFolder) -> geopandas.GeoSeries:
    """Demand points by id."""
    return run.frame("DemandClusters").set_index("point_id").geometry


def assert_counted_right(run: RunFolder, *names: str) -> None:
    """Pairs and lengths are those of networkx."""
    network, rows, others = Network(run.frame("WalkEdges")), walked(run, *names), sites(run, *names)
    for name, place in points(run).items():
        own = network.walks(place, others, NORM_M + 1.0)
        told = rows.loc[name] if name in rows.index.get_level_values(0) else rows.iloc[:0].droplevel(0)
        told = told[~told["estimated"]]
        assert {key for key, (walk, _) in own.items() if walk <= NORM_M - ROUNDING_M} <= set(told.index)
        assert set(told.index) <= set(own)
        for key, row in told.iterrows():
            walk, off = own[str(key)]
            assert row["walk_m"] == pytest.approx(walk, abs=ROUNDING_M), (name, key)
            assert row["off_network_m"] == pytest.approx(off, abs=ROUNDING_M), (name, key)


def test_walks_of_the_demo_town(small_town_run: RunFolder) -> None:
    assert len(small_town_run.frame("Reach")) > 1000
    assert not small_town_run.frame("Reach")["estimated"].any()
    assert_counted_right(small_town_run, "Reach", "PoleReach")


def test_no_walk_is_longer_than_the_norm(small_town_run: RunFolder) -> None:
    assert walked(small_town_run)["walk_m"].between(0, NORM_M).all()


def test_each_edge_is_as_long_as_its_line(small_town_run: RunFolder) -> None:
    edges = small_town_run.frame("WalkEdges")
    assert (edges.geometry.length - edges["length_m"]).abs().max() < 0.01


# --- a canal, and an island ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def canal(laadplan: Program, small_town_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Canal:
    """The town with a canal through its middle, from south to north, under one bridge: the northernmost crossing."""
    folder = tmp_path_factory.mktemp("gracht")
    middle = points(small_town_run).x.median()
    edges = small_town_run.frame("WalkEdges")
    line = shapely.LineString([(middle, edges.total_bounds[1] - 10), (middle, edges.total_bounds[3] + 10)])
    crossings = edges.geometry.intersection(line)
    bridge = max(place.y for shape in crossings[~crossings.is_empty] for place in getattr(shape, "geoms", [shape]))
    path = shutil.copy(small_town_run.config.parent / "lopen.osm", folder / "lopen.osm")

    def is_cut(one: tuple[float, float], other: tuple[float, float]) -> bool:
        share = (middle - one[0]) / (other[0] - one[0]) if one[0] != other[0] else -1.0
        return 0.0 <= share <= 1.0 and one[1] + share * (other[1] - one[1]) < bridge - 1.0

    assert without_segments(Path(path), is_cut) > 3
    return Canal(until_reach(laadplan, small_town_run, folder / "run", Path(path)), middle)


class Canal:
    """A run with a canal at some x (m RD)."""

    def __init__(self, run: RunFolder, middle: float) -> None:
        self.run, self.middle = run, middle


def until_reach(laadplan: Program, base: RunFolder, folder: Path, path: Path) -> RunFolder:
    """The town on another walking network, as far as who reaches what."""
    source = {**load_yaml(base.config)["sources"]["walking"], "path": str(path)}
    return variant(laadplan, base, folder, until="Reach", sources={"walking": source})


def test_walks_beside_a_canal(canal: Canal) -> None:
    assert_counted_right(canal.run)


def test_nobody_walks_over_water(canal: Canal, small_town_run: RunFolder) -> None:
    """Pairs on both sides that were near before are lost, or much farther by the bridge."""
    before, after = walked(small_town_run), walked(canal.run)
    x = {**points(canal.run).x.to_dict(), **{key: place.x for key, place in sites(canal.run).items()}}
    apart = [pair for pair in before.index if (x[pair[0]] < canal.middle) != (x[pair[1]] < canal.middle)]
    kept = [pair for pair in apart if pair in after.index]
    assert len(apart) > 50
    assert len(kept) < len(apart) / 2


def test_who_lives_beside_the_canal_is_not_estimated(canal: Canal) -> None:
    assert not walked(canal.run)["estimated"].any()


def test_an_island_is_told_and_left_alone(laadplan: Program, small_town_run: RunFolder, tmp_path: Path) -> None:
    """Without any bridge: two pieces, nobody crosses, and the run says that there are two."""
    middle = points(small_town_run).x.median()
    path = Path(shutil.copy(small_town_run.config.parent / "lopen.osm", tmp_path / "lopen.osm"))
    assert without_segments(path, lambda one, other: (one[0] < middle) != (other[0] < middle)) > 3
    run = until_reach(laadplan, small_town_run, tmp_path / "run", path)
    network, others = Network(run.frame("WalkEdges")), sites(run)
    rows = walked(run)
    for name, place in list(points(run).items())[::5]:
        piece = network.piece_of(place)
        for key in rows.loc[name].index if name in rows.index.get_level_values(0) else ():
            assert network.edges["from_node"][network.on(others[str(key)])[0]] in piece
    facts = steps(run.manifest)["reach"]["quality"]["facts"]
    assert facts["network_pieces"] >= 2


# --- no network, a low cap, a long norm ------------------------------------------------------------------------------


def test_without_a_network_every_walk_is_estimated(laadplan: Program, tmp_path: Path) -> None:
    config = buurtplan.project(tmp_path / "plan", buurtplan.sources(tmp_path / "bron"))
    run = buurtplan.demand(laadplan, config)
    rows = run.frame("PoleReach")
    assert len(rows)
    assert rows["estimated"].all()
    assert rows["off_network_m"].isna().all()
    places, poles = points(run), run.frame("ChargePoints").set_index("location_id").geometry
    for row in rows.itertuples():
        straight = places[row.point_id].distance(poles[row.site_id])
        assert row.walk_m == pytest.approx(DETOUR * straight, abs=ROUNDING_M)
    near = {
        (point, pole)
        for point, here in places.items()
        for pole, there in poles.items()
        if DETOUR * here.distance(there) <= NORM_M - ROUNDING_M
    }
    assert near <= set(zip(rows["point_id"], rows["site_id"], strict=True))
    page = (run.path / "vraag.html").read_text(encoding="utf-8")
    assert "schatting" in page.lower() or "hemelsbreed" in page.lower()


@pytest.fixture(scope="session")
def low_cap(laadplan: Program, small_town_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The town where places may lie no farther than 15 m from the network."""
    return variant(laadplan, small_town_run, tmp_path_factory.mktemp("kap"), until="Reach", walking={"snap_m": 15.0})


def test_what_lies_too_far_from_the_network_is_estimated(low_cap: RunFolder) -> None:
    network, rows, others = Network(low_cap.frame("WalkEdges")), walked(low_cap), sites(low_cap)
    off = {name: network.on(place)[2] for name, place in {**points(low_cap).to_dict(), **others}.items()}
    far = {name for name, distance in off.items() if distance > 15.0}
    unsure = {name for name, distance in off.items() if abs(distance - 15.0) < 1e-6}
    told = rows.reset_index()
    told = told[~told["point_id"].isin(unsure) & ~told["site_id"].isin(unsure)]
    pair_is_far = told["point_id"].isin(far) | told["site_id"].isin(far)
    assert 0 < pair_is_far.sum() < len(told)
    assert (told["estimated"] == pair_is_far).all()
    here, there = points(low_cap), others
    for row in told[told["estimated"]].iloc[::20].itertuples():
        straight = here[row.point_id].distance(there[row.site_id])
        assert row.walk_m == pytest.approx(DETOUR * straight, abs=ROUNDING_M)


def test_what_lies_too_far_is_counted_by_rule(low_cap: RunFolder) -> None:
    quality = steps(low_cap.manifest)["reach"]["quality"]
    assert "loopnetwerk" in str(quality)


def test_a_norm_longer_than_the_town_works_and_is_told(
    laadplan: Program, small_town_run: RunFolder, tmp_path: Path
) -> None:
    run = variant(laadplan, small_town_run, tmp_path, until="Reach", walking={"norm_m": 20_000.0})
    pairs = len(points(run)) * len(sites(run))
    reach = walked(run)
    assert len(reach) == pairs
    said = run.stdout + run.stderr + str(steps(run.manifest)["reach"])
    assert "norm" in said.lower() or "longer" in said.lower()


@pytest.mark.real
@pytest.mark.xdist_group("otterlo")
def test_walks_of_otterlo(otterlo_run: RunFolder) -> None:
    """Over the BGT: middle lines of footways and roads, gaps reported."""
    rows = walked(otterlo_run)
    assert 0 < rows["estimated"].mean() < 0.3
    network, others = Network(otterlo_run.frame("WalkEdges")), sites(otterlo_run)
    checked = 0
    for name, place in list(points(otterlo_run).items())[::4]:
        own = network.walks(place, others, NORM_M + 1.0)
        told: Mapping[str, Any] = rows.loc[name].to_dict("index") if name in rows.index.get_level_values(0) else {}
        for key, row in told.items():
            if not row["estimated"] and key in own and row["off_network_m"] == pytest.approx(own[key][1], abs=0.11):
                assert row["walk_m"] == pytest.approx(own[key][0], abs=ROUNDING_M), (name, key)
                checked += 1
    assert checked > 100
    assert steps(otterlo_run.manifest)["reach"]["quality"]["facts"]["network_pieces"] > 1


def test_a_config_with_a_negative_norm_is_refused(laadplan: Program, small_town_run: RunFolder, tmp_path: Path) -> None:
    content = load_yaml(small_town_run.config)
    content["walking"]["norm_m"] = -1.0
    config = write_yaml(content, tmp_path / "laadplan.yaml")
    done = laadplan("run", config, "--out", tmp_path / "uit", cwd=tmp_path)
    assert done.returncode == 2
    assert "norm_m" in done.stderr
