import json
import re
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from laadplan.cli.render import rendered
from laadplan.config.criteria import AttributeCriterion, DistanceCriterion, WalkCriterion, WidthCriterion
from laadplan.config.optimisation import Optimisation
from laadplan.config.policy import BASIC_CRITERIA, Policy
from laadplan.config.project import Area, Project, Publication, make_project
from laadplan.config.render import default_yaml, json_schema, render_yaml
from laadplan.config.scenario import Curve, JobSizes, Rhythm, UsualDriveways, Visits
from laadplan.config.sources import BaySource, DialectSource, Source, Sources
from laadplan.pipeline.begin import demo_project
from tests.frames import few

CRITERIA = (DistanceCriterion, WidthCriterion, AttributeCriterion, WalkCriterion)

PROJECTS = {
    "default": Project(schema=1),
    "demo": demo_project(2000, "Demodorp"),
    "area": Project(schema=1, area=Area(municipality_code="GM0228", bbox_rd=(180000.0, 456000.5, 182000.0, 458000.0))),
    "budget": Project(schema=1, optimisation=Optimisation(new_poles=None, budget_eur=50000)),
    "no criteria": Project(schema=1, policy=Policy(criteria=())),
    "criteria": Project(
        schema=1,
        policy=Policy(
            criteria=(
                *BASIC_CRITERIA[:2],
                DistanceCriterion(
                    id="a",
                    label="'s Avonds: 0 m",
                    kind="wens",
                    weight=0,
                    to="trees",
                    at_least_m=0,
                    source="#1 - ja",
                    owner="",
                ),
                WalkCriterion(
                    id="b", label="ver", kind="eis", at_most_m=1e6, source="Nee", source_on=date(2024, 2, 29)
                ),
            )
        ),
    ),
    "criterion without label": Project(
        schema=1, policy=Policy(criteria=(BASIC_CRITERIA[1].model_copy(update={"label": ""}),))
    ),
    "sources": Project(
        schema=1,
        sources=Sources(
            bgt=Source(path="${DATA}/bgt # 2", label="yes", reference_on=date(2024, 2, 29), note="a: b\nsecond line"),
            addresses=Source(path="bag", reference_on=2020),
            trees=DialectSource(path="2024-01-01", columns={"stem_diameter_m": "Ø stam", "tree_id": "1"}),
        ),
    ),
}


def read(text):
    return make_project(yaml.safe_load(text))


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_a_rendered_project_reads_back_the_same(project):
    assert read(render_yaml(project)) == project


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=150)


@few
@given(texts, texts, texts, texts.filter(bool))
def test_any_text_reads_back_the_same(title, note, column, label):
    project = Project(
        schema=1,
        publication=Publication(title=title),
        sources=Sources(bgt=Source(path="bgt", note=note, columns={"a": column, "b": "x"})),
        policy=Policy(criteria=(BASIC_CRITERIA[1].model_copy(update={"label": label, "source": label}),)),
    )

    assert read(render_yaml(project)) == project


@pytest.mark.parametrize(
    "text", ["a " * 200, " a  b " * 40, "x" * 300, "a\n\n  b \n", "regel \t", "# geen", "- x", "éé " * 80]
)
def test_long_and_odd_text_reads_back_the_same(text):
    project = Project(schema=1, publication=Publication(title=text, disclaimer=text))

    assert read(render_yaml(project)) == project


def test_rendering_is_the_same_every_time():
    assert render_yaml(PROJECTS["demo"]) == render_yaml(demo_project(2000, "Demodorp"))


ALIKE = (Curve, Rhythm)
"""Sections that stand several times beside each other: the first explains its keys."""

TABLES = (JobSizes, Rhythm, UsualDriveways, Visits)
"""Sections of numbers of one unit, which their own docstring and each description say."""


def test_every_key_of_the_default_is_explained():
    """Above a key stands a comment; further sources and criteria are explained by the first."""
    lines = default_yaml().splitlines()
    told = {
        place
        for first, last in [("  addresses:", "surfaces:"), ("  criteria:", "optimisation:")]
        for place in range(lines.index(first) + 1, lines.index(last))
    }
    keys = [place for place, line in enumerate(lines) if re.match(r" *[a-z_]+:", line) and place not in told]
    alike = {name for section in ALIKE for name in section.model_fields}
    bare = [place for place in keys if not lines[place - 1].strip().startswith("#")]

    assert len(keys) > 60
    assert [lines[place] for place in bare if lines[place].strip().partition(":")[0] not in alike] == []


def test_no_line_is_too_long():
    assert max(map(len, default_yaml().splitlines())) <= 125


def test_no_line_ends_in_a_space():
    assert [line for line in default_yaml().splitlines() if line != line.rstrip()] == []


def test_a_note_stands_above_its_key():
    lines = render_yaml(Project(schema=1), notes={"sources.buurten": "Niet gevonden."}).splitlines()

    assert "Niet gevonden." in lines[lines.index("  buurten:") - 1]
    assert sum("Niet gevonden." in line for line in lines) == 1


def test_a_note_does_not_change_what_is_read():
    notes = {"sources.buurten": "x " * 100, "walking.norm_m": "y"}

    assert read(render_yaml(Project(schema=1), notes=notes)) == Project(schema=1)


def sections(model=Project):
    """A model and all models in it."""
    inner = [
        each
        for field in model.model_fields.values()
        for each in (field.annotation, *getattr(field.annotation, "__args__", ()))
        if isinstance(each, type) and issubclass(each, BaseModel)
    ]
    return [model, *(found for each in inner for found in sections(each))]


def test_every_field_has_a_description():
    models = {*sections(), *CRITERIA}

    assert len(models) >= 15
    bare = [
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if not field.description and name != "rule"
    ]
    assert bare == []


def test_a_distance_says_its_unit():
    """Numbers carry their unit in their name."""
    units = (
        "_m",
        "_kwh",
        "_eur",
        "_share",
        "_year",
        "_factor",
        "_max",
        "_min",
        "_growth",
        "_worth",
        "_ratio",
        "_month",
        "_driveway",
        "_houses",
        "_m2",
        "_h_per_session",
        "kwh_per_session",
        "_kw",
        "kw_per_evse",
        "_penalty",
        "availability_without_decree",
        "_kwh_pole_year",
        "steepness",
        "per_pole",
        "year",
        "kwh_per_km",
        "weight",
    )
    bare = [
        f"{model.__name__}.{name}"
        for model in {*sections(), *CRITERIA} - set(TABLES)
        for name, field in model.model_fields.items()
        if field.annotation is float and not name.endswith(units)
    ]

    assert bare == []


# ---- the files in the checkout ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rendered())
def test_a_rendered_file_is_not_stale(repository, name):
    assert (repository / name).read_text(encoding="utf-8") == rendered()[name], "run `make render`"


def test_config_and_schema_are_among_the_rendered_files():
    assert rendered()["configs/default.yaml"] == default_yaml()
    assert rendered()["configs/schema.json"] == json_schema()


# ---- the schema ------------------------------------------------------------------------------------------------------

SCHEMA = json.loads(json_schema())
KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def problems(schema, value, where=""):
    """What a value has against the part of JSON schema that is used here."""
    if "$ref" in schema:
        return problems(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, where)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            found = [problems(each, value, where) for each in schema[choice]]
            return [] if [] in found else min(found, key=len)
    if "type" in schema and not isinstance(value, KINDS[schema["type"]]):
        return [f"{where}: not {schema['type']}"]
    found = [f"{where}: {word}" for word, broken in limits(schema, value).items() if broken]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{where}.{key}: missing" for key in schema.get("required", []) if key not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{where}.{key}: unknown" for key in value.keys() - known.keys()]
        found += [
            each for key in value.keys() & known.keys() for each in problems(known[key], value[key], f"{where}.{key}")
        ]
    if isinstance(value, list):
        kinds = schema.get("prefixItems") or [schema.get("items", {})] * len(value)
        found += [each for kind, item in zip(kinds, value, strict=False) for each in problems(kind, item, f"{where}[]")]
    return found


def limits(schema, value):
    return {
        "not allowed": value not in schema.get("enum", [value]) or value != schema.get("const", value),
        "pattern": "pattern" in schema and not re.search(schema["pattern"], value),
        "too small": "minimum" in schema and value < schema["minimum"],
        "too large": "maximum" in schema and value > schema["maximum"],
        "not above": "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"],
        "too few": "minItems" in schema and len(value) < schema["minItems"],
        "too many": "maxItems" in schema and len(value) > schema["maxItems"],
    }


def plain(text):
    """YAML as JSON knows it: days are text."""
    return json.loads(json.dumps(yaml.safe_load(text), default=date.isoformat))


def test_the_schema_takes_otterlo(repository):
    assert problems(SCHEMA, plain((repository / "configs" / "otterlo.yaml").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_the_schema_takes_what_is_rendered(project):
    assert problems(SCHEMA, plain(render_yaml(project))) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"walking": {"norm": 250}}, [".walking.norm: unknown"]),
        ({"walking": {"norm_m": -250}}, [".walking.norm_m: not above"]),
        ({"schema": 2}, [".schema: not allowed"]),
        ({"name": "Ede (proef)"}, [".name: pattern"]),
        ({"sources": {"bgt": {"label": "BGT"}}}, [".sources.bgt.path: missing"]),
        ({"area": {"bbox_rd": [1, 2, 3]}}, [".area.bbox_rd: too few"]),
        ({"optimisation": {"existing_access": ["dicht"]}}, [".optimisation.existing_access[]: not allowed"]),
        ({"scenario": {"year": "soon"}}, [".scenario.year: not integer"]),
    ],
)
def test_the_schema_refuses_what_the_config_refuses(change, expected):
    assert problems(SCHEMA, {"schema": 1, **change}) == expected


def test_the_schema_says_what_every_key_is_for():
    bare = [
        f"{name}.{key}"
        for name, part in {"": SCHEMA, **SCHEMA["$defs"]}.items()
        for key, field in part.get("properties", {}).items()
        if not field.get("description") and "const" not in field
    ]

    assert bare == []


def test_sources_with_names_of_the_users_own_read_back():
    bays = {"osm": BaySource(path="osm.json", label="OSM"), "eigen": BaySource(path="v.gpkg", layer="vakken")}
    project = Project(schema=1, sources=Sources(parking_bays=bays))

    text = render_yaml(project)

    assert Project.model_validate(yaml.safe_load(text)) == project
    assert "    osm:\n      label: OSM\n      path: osm.json\n      licence: onbekend\n" in text
