import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from pandera.typing import Index, Series

from laadplan.config.project import Publication, Walking
from laadplan.contracts.frame import Table, column, index
from laadplan.contracts.quality import Quality
from laadplan.errors import ConfigError, LaadplanError
from laadplan.pipeline import source_steps
from laadplan.pipeline.graph import read_graph, snake_case
from laadplan.pipeline.job import read_job
from laadplan.store.catalogue import SourceFile
from tests.pipeline import little_steps


class Flour(Table):
    name: Index[str] = index("name")
    grams: Series[float] = column("grams")


class Dough(Flour):
    """What flour becomes."""


class RyeBread(Flour):
    """What dough becomes."""


class Secrets(Flour):
    _confidential = True


class Crumbs(Flour):
    """What several sources leave."""


def flour(bgt: SourceFile) -> Flour: ...


def secrets(trees: SourceFile | None) -> Secrets: ...


def dough(flour: Flour, walking: Walking, quality: Quality) -> Dough: ...


def rye_bread(dough: Dough, flour: Flour) -> RyeBread: ...


def shop_html(target: Path, rye_bread: RyeBread, publication: Publication, today: date) -> None: ...


def graph_of(*functions):
    """The graph of a module that holds these functions, in this order."""
    module = ModuleType(sys.modules[__name__].__name__)
    for function in functions:
        setattr(module, function.__name__, function)
    return read_graph(module)


def graph_with(names, *functions):
    """As above, for functions whose annotations name classes of the test itself."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in names.items():
            patch.setitem(globals(), name, value)
        return graph_of(*functions)


def refused(*functions):
    with pytest.raises(LaadplanError) as caught:
        graph_of(*functions)
    return str(caught.value)


BAKERY = (shop_html, rye_bread, flour, dough)


def test_every_step_comes_after_what_it_needs():
    assert list(graph_of(*BAKERY).steps) == ["flour", "dough", "rye_bread", "shop_html"]


def test_the_order_in_the_module_decides_only_between_equals():
    def other_txt(target: Path, flour: Flour) -> None: ...

    assert list(graph_of(other_txt, *BAKERY).steps) == ["flour", "other_txt", "dough", "rye_bread", "shop_html"]


def test_parameters_are_told_apart_by_their_annotation():
    found = graph_of(*BAKERY, secrets).steps

    assert (found["dough"].frames, found["dough"].sections) == ({"flour": Flour}, ("walking",))
    assert (found["dough"].services, found["dough"].makes) == ({"quality": "quality"}, (Dough,))
    assert (found["flour"].sources, found["secrets"].sources) == (("bgt",), ("trees",))
    assert found["shop_html"].services == {"target": "target", "today": "today"}
    assert [name for name, step in found.items() if step.writes_file] == ["shop_html"]


def test_private_functions_classes_and_imports_are_no_steps():
    def _hidden(flour: Flour) -> Dough: ...

    assert list(graph_of(flour, _hidden, Flour, snake_case).steps) == ["flour"]


def test_a_step_that_makes_two_frames_serves_both():
    def pair(flour: Flour) -> tuple[Dough, RyeBread]: ...

    graph = graph_of(flour, pair, shop_html)

    assert graph.maker_of("Dough").name == graph.maker_of("rye_bread").name == "pair"
    assert list(graph.steps) == ["flour", "pair", "shop_html"]


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_a_circle_is_refused():
    def first(dough: Dough) -> Flour: ...

    def second(rye_bread: RyeBread) -> Dough: ...

    def third(flour: Flour) -> RyeBread: ...

    assert refused(first, second, third) == "Steps need each other in a circle: first -> second -> third -> first."


def test_a_step_that_needs_itself_is_refused():
    def itself(flour: Flour) -> Flour: ...

    assert refused(itself) == "Steps need each other in a circle: itself -> itself."


def test_two_makers_of_a_frame_are_refused():
    def again(bgt: SourceFile) -> Flour: ...

    assert refused(flour, again) == "Frame Flour is made by flour and by again."


def test_a_frame_that_nobody_makes_is_refused():
    assert refused(rye_bread, flour) == "Step rye_bread needs 'dough', which no step makes."


def test_a_frame_under_another_name_is_refused():
    """The name decides which frame comes in, so it may not say another than the annotation."""

    def mixed(flour: Dough) -> RyeBread: ...

    assert "mixed" in refused(flour, dough, mixed)


@pytest.mark.parametrize("annotation", [int, str, list[str], "float | None"])
def test_a_parameter_of_an_unknown_kind_is_refused(annotation):
    def cake(flour: Flour, eggs) -> Dough: ...

    cake.__annotations__["eggs"] = annotation

    assert refused(flour, cake) == "Parameter 'eggs' of step cake is neither frame, section, source nor service."


def test_a_parameter_without_annotation_is_refused():
    def cake(flour: Flour, eggs) -> Dough: ...

    assert refused(flour, cake) == "Parameter 'eggs' of step cake is neither frame, section, source nor service."


def test_a_section_that_the_config_does_not_have_is_refused():
    def cake(flour: Flour, sprinting: Walking) -> Dough: ...

    assert "Parameter 'sprinting' of step cake" in refused(flour, cake)


# ---- confidential ----------------------------------------------------------------------------------------------------


def test_a_frame_from_a_confidential_one_is_confidential():
    def dough(secrets: Secrets) -> Dough: ...

    graph = graph_of(secrets, dough, rye_bread, flour)

    assert {name: graph.confidential(step) for name, step in graph.steps.items()} == {
        "secrets": True,
        "dough": True,
        "flour": False,
        "rye_bread": True,
    }


def test_a_product_from_a_confidential_frame_is_refused():
    def leak_csv(target: Path, secrets: Secrets) -> None: ...

    assert refused(secrets, leak_csv) == (
        "Step leak_csv would publish a confidential frame. Leave that frame out of what it needs."
    )


def test_a_product_from_what_a_confidential_frame_became_is_refused():
    def dough(secrets: Secrets) -> Dough: ...

    assert "Step shop_html would publish a confidential frame." in refused(secrets, dough, rye_bread, flour, shop_html)


# ---- cleared ---------------------------------------------------------------------------------------------------------


class Verdicts(Flour):
    """What secrets say, without what they are."""

    _cleared = True


def verdicts(secrets: Secrets | None, flour: Flour) -> Verdicts: ...


def verdicts_html(target: Path, verdicts: Verdicts) -> None: ...


def test_a_cleared_frame_and_what_is_made_of_it_are_public_but_its_step_is_run_quiet():
    def dough(verdicts: Verdicts) -> Dough: ...

    graph = graph_of(secrets, verdicts, flour, dough, rye_bread, verdicts_html, shop_html)

    assert [name for name, step in graph.steps.items() if graph.confidential(step)] == ["secrets", "verdicts"]
    assert [made.__name__ for step in graph.steps.values() for made in step.makes if graph.hidden(made)] == ["Secrets"]


def test_a_step_that_makes_a_confidential_and_a_cleared_frame_gives_each_its_due():
    def verdicts(secrets: Secrets) -> tuple[Crumbs, Verdicts, Dough]: ...

    graph = graph_of(secrets, verdicts, verdicts_html)

    assert [made.__name__ for made in graph.steps["verdicts"].makes if graph.hidden(made)] == ["Crumbs", "Dough"]
    assert "verdicts_html" in graph.steps


@pytest.mark.parametrize("kept_back", ["Dough", "Secrets"])
def test_what_a_cleared_frame_is_made_beside_stays_confidential(kept_back):
    """Planted: the product of a cleared frame asks for something that was not cleared as well."""

    def verdicts(secrets: Secrets) -> tuple[Verdicts, Dough]: ...

    def both_html(target: Path, verdicts: Verdicts, dough: Dough) -> None: ...

    def secrets_html(target: Path, verdicts: Verdicts, secrets: Secrets) -> None: ...

    leak = both_html if kept_back == "Dough" else secrets_html
    assert f"Step {leak.__name__} would publish a confidential frame." in refused(secrets, verdicts, leak)


def test_clearance_is_not_inherited():
    class Grounds(Verdicts):
        """Verdicts with more to them."""

    def grounds(secrets: Secrets) -> Grounds: ...

    def grounds_html(target: Path, grounds: Grounds) -> None: ...

    assert (Verdicts.is_cleared(), Grounds.is_cleared()) == (True, False)
    with pytest.raises(LaadplanError, match="Step grounds_html would publish a confidential frame"):
        graph_with({"Grounds": Grounds}, secrets, grounds, grounds_html)


def test_a_frame_that_is_confidential_and_cleared_is_refused():
    class Muddle(Secrets):
        """Neither fish nor flesh."""

        _cleared = True

    def muddle(flour: Flour) -> Muddle: ...

    with pytest.raises(LaadplanError, match="Frame Muddle is both confidential and cleared"):
        graph_with({"Muddle": Muddle}, flour, muddle)


# ---- goals and the chart ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["RyeBread", "rye_bread"])
def test_a_frame_is_known_as_its_contract_and_in_snake_case(name):
    assert graph_of(*BAKERY).maker_of(name).name == "rye_bread"


def test_a_file_is_known_by_its_step():
    assert graph_of(*BAKERY).maker_of("shop_html").name == "shop_html"


def test_a_frame_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(ConfigError) as caught:
        graph_of(*BAKERY).maker_of("Cake")

    assert str(caught.value) == "--until: No step makes 'Cake'. Frames: Flour, Dough, RyeBread."


@pytest.mark.parametrize(
    ("goals", "expected"),
    [
        (["Flour"], ["flour"]),
        (["RyeBread"], ["flour", "dough", "rye_bread"]),
        (["RyeBread", "Flour"], ["flour", "dough", "rye_bread"]),
        ([], []),
    ],
)
def test_a_goal_needs_the_steps_before_it(goals, expected):
    graph = graph_of(*BAKERY)

    assert [step.name for step in graph.needed_for(graph.maker_of(goal) for goal in goals)] == expected


@pytest.mark.parametrize(
    ("name", "snake"),
    [("RoadParts", "road_parts"), ("Plan", "plan"), ("road_parts", "road_parts"), ("A1Signs", "a1_signs")],
)
def test_snake_case(name, snake):
    assert snake_case(name) == snake


def test_the_chart_shows_sources_frames_and_products():
    assert graph_of(*BAKERY).mermaid() == (
        "flowchart TD\n"
        "    flour[flour]\n"
        "    bron_bgt[(bron_bgt)] --> flour\n"
        "    dough[dough]\n"
        "    flour --> dough\n"
        "    rye_bread[rye_bread]\n"
        "    dough --> rye_bread\n"
        "    flour --> rye_bread\n"
        "    shop_html[/shop_html/]\n"
        "    rye_bread --> shop_html\n"
    )


# ---- the main job ----------------------------------------------------------------------------------------------------

SUFFIXES = ("csv", "geojson", "gpkg", "html", "png", "xlsx")
"""Last word of a step that writes a file: the format of the file."""

MAIN = read_job()
OWN = {name: step for name, step in MAIN.steps.items() if step.function.__module__ != source_steps.__name__}


@pytest.mark.parametrize("step", OWN.values(), ids=OWN.keys())
def test_a_step_is_named_after_what_it_makes(step):
    names = [snake_case(made.__name__) for made in step.makes]

    assert step.name in names or (step.writes_file and step.name.rpartition("_")[2] in SUFFIXES)
    assert step.writes_file == ("target" in step.services.values())


def test_no_frame_is_made_that_nobody_needs():
    needed = {name for step in MAIN.steps.values() for name in step.frames}
    made = {snake_case(each.__name__) for step in OWN.values() for each in step.makes}

    assert made - needed == set()


def test_the_little_job_has_the_shape_of_the_main_one():
    assert [step.writes_file for step in read_graph(little_steps).steps.values()] == [False, False, False, True]


def crumbs(zones: dict[str, SourceFile]) -> Crumbs: ...


def toast_html(target: Path, rye_bread: RyeBread, crumbs: Crumbs | None) -> None: ...


class Porridge(Flour):
    """What is made of either."""


def porridge(flour: Flour | None, crumbs: Crumbs | None, walking: Walking) -> Porridge: ...


def test_sources_by_name_are_sources():
    assert graph_of(crumbs).steps["crumbs"].sources == ("zones",)


@pytest.mark.parametrize(
    ("absent", "idle"),
    [
        ([], set()),
        (["zones"], {"crumbs"}),
        (["bgt"], {"flour", "dough", "rye_bread", "shop_html", "toast_html"}),
        (["trees"], {"secrets"}),
        (["bgt", "zones"], {"flour", "dough", "rye_bread", "shop_html", "toast_html", "crumbs", "porridge"}),
    ],
)
def test_a_step_is_idle_without_its_source_and_so_is_what_cannot_do_without_it(absent, idle):
    assert graph_of(*BAKERY, crumbs, toast_html, secrets, porridge).idle(absent) == idle
