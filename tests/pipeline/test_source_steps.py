"""What steps that only read make of several sources, and of one that lacks a part."""

import json
from datetime import date

import pandas as pd
import pytest
import shapely
import yaml

from laadplan.config.monitoring import Monitoring
from laadplan.config.project import Area, Surfaces
from laadplan.config.sources import BaySource, Source
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.monitoring import UseHours, UseWeeks
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import RoadParts
from laadplan.errors import BadInput
from laadplan.pipeline.demand_steps import use_weeks
from laadplan.pipeline.run import check
from laadplan.pipeline.source_steps import cables, grid_capacity, obstacles, parking_bays
from laadplan.store.catalogue import SourceFile
from laadplan.store.projects import read_project
from tests.frames import X, Y, box, make
from tests.ingest.delivery import deliver, square, thing
from tests.ingest.test_grid_capacity import services

AREA = Area()
DAY = date(2026, 1, 15)


def source(path, **settings):
    return SourceFile(path.name, BaySource(path=str(path), **settings), path, {})


def write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def collection(geometry, **properties):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    feature = {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(geometry)}
    return {"type": "FeatureCollection", "crs": crs, "features": [feature]}


def test_a_bgt_without_obstacles_is_told_and_holds_nothing_up(tmp_path):
    folder = deliver(tmp_path, "wegdeel", thing("wegdeel", "a", square()))
    quality = Quality()

    found = obstacles(SourceFile("bgt", Source(path="bgt"), folder, {}), Surfaces(), AREA, quality)

    pd.testing.assert_frame_equal(found, Obstacles.empty())
    assert [each.split(" Download")[0] for each in quality.findings] == ["The BGT delivery holds no obstacles."]


def test_without_sessions_and_polls_the_use_is_empty():
    weeks, hours = use_weeks(None, None, None, None, Monitoring(), DAY, Quality())

    pd.testing.assert_frame_equal(weeks, UseWeeks.empty())
    pd.testing.assert_frame_equal(hours, UseHours.empty())


def test_the_two_directions_of_the_capacity_map_in_one_folder_are_one_source(tmp_path):
    write(tmp_path / "kaart" / "afname.json", services("afname", ("A", 3, 0)))
    write(tmp_path / "kaart" / "opwek.json", services("opwek", ("A", 0, 0)))

    found, areas = grid_capacity({"kaart": source(tmp_path / "kaart")}, None, AREA, Quality())

    assert found[["offtake", "feed_in"]].to_numpy().tolist() == [["vol", "ruim"]]
    assert list(areas.index) == ["A"]


def test_feeding_areas_have_the_code_that_indications_name_them_by(tmp_path):
    given = {
        "afname": source(write(tmp_path / "afname.json", services("afname", ("A", 3, 0), ("B", 0, 200)))),
        "opwek": source(write(tmp_path / "opwek.json", services("opwek", ("A", 0, 0)))),
    }

    found, areas = grid_capacity(given, None, AREA, Quality())

    assert sorted(areas.index) == ["A", "B"]
    assert set(found["area_code"]) == set(areas.index)


def test_what_is_found_in_one_of_several_cable_sources_says_in_which(tmp_path):
    line = collection(shapely.LineString([(X, Y), (X + 9, Y)]), soort="x")
    given = {"eigen": source(write(tmp_path / "kabels.geojson", line), columns={"description": "soort"})}
    quality = Quality()

    cables(given, AREA, DAY, quality)

    assert quality.findings
    assert all(each.startswith("eigen: ") for each in quality.findings)


def test_bays_of_the_bgt_stand_in_the_count_of_bays(tmp_path):
    bay = collection(shapely.box(X, Y, X + 5, Y + 2), id="V1", type="langs")
    road = {"function": "parkeervlak", "level": 0, "status": "bestaand", "geometry": box(0, 0, 9, 2)}
    roads = make(RoadParts, {"P": road, "R": {**road, "function": "voetpad"}})
    quality = Quality()

    found = parking_bays({"eigen": source(write(tmp_path / "vakken.geojson", bay))}, roads, AREA, quality)

    assert sorted(found["kind"]) == ["strook", "strook"]
    assert (quality.read, quality.kept) == (3, len(found))
    assert "per 'origin'" in quality.findings[-1]


def test_a_check_names_every_source_that_cannot_be_used_and_each_trouble_once(tmp_path):
    texts = {"jobs": "a;b\n1;2\n", "registrations": "c;d\n1;2\n", "charge_points": "e;f\n1;2\n"}
    absent = dict.fromkeys(["bgt", "addresses", "buurten", "car_stock"])
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    sources = absent | {name: {"path": f"{name}.csv"} for name in texts}
    (tmp_path / "laadplan.yaml").write_text(yaml.safe_dump({"schema": 1, "sources": sources}), encoding="utf-8")

    with pytest.raises(BadInput) as caught:
        check(read_project(tmp_path / "laadplan.yaml"), today=DAY)

    first, *others = str(caught.value).splitlines()
    assert first == "3 things stand in the way."
    assert sorted(each.partition(":")[0] for each in others) == sorted(str(tmp_path / f"{name}.csv") for name in texts)
