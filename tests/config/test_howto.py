"""The examples of the pages on policies and on choosing sites are read as they stand there."""

import re
from datetime import date

import pytest
import yaml

from laadplan.config.optimisation import Optimisation
from laadplan.config.policy import Policy
from laadplan.policy.lint import lint
from laadplan.store.profiles import is_profile, laid_over, read_profiles
from laadplan.store.projects import read_project

DAY = date(2027, 1, 1)
PAGE = "docs/howto/write-a-policy.md"


@pytest.fixture(scope="module")
def examples(repository):
    """The YAML blocks of the page, in order."""
    return re.findall(r"```yaml\n(.*?)```", (repository / PAGE).read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_page_has_examples_of_each_kind(examples):
    keys = [set(yaml.safe_load(example)) for example in examples]

    assert keys[:2] == [{"policy"}, {"policy"}]
    assert {"schema", "name", "title", "based_on", "leave_out", "criteria"} in keys
    assert keys[3:] == [{"criteria"}] * 2


def test_every_example_is_read(examples, tmp_path):
    """In the folder that the page speaks of: a config, and the profile beside it."""
    for example in examples:
        settings = yaml.safe_load(example)
        if is_profile(settings) and "name" in settings:
            (tmp_path / f"{settings['name']}.yaml").write_text(example, encoding="utf-8")
    for example in examples:
        settings = yaml.safe_load(example)
        if "policy" in settings:
            path = tmp_path / "ede.yaml"
            path.write_text(f"schema: 1\nname: ede\n{example}", encoding="utf-8")
            policy = read_project(path).project.policy
        elif "name" in settings:
            read = read_profiles([f"./{settings['name']}.yaml"], tmp_path / "ede.yaml")
            policy = Policy(criteria=laid_over(read, tmp_path))
        else:
            policy = Policy.model_validate(settings)
        assert [each.text for each in lint(policy, DAY) if each.kind == "finding"] == []


def test_every_setting_of_the_page_on_choosing_sites_is_read_alone_and_together(repository):
    page = (repository / "docs/howto/choose-sites.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    settings = [yaml.safe_load(example)["optimisation"] for example in examples]

    every = {name: value for each in settings for name, value in each.items()}
    assert len(settings) == 4
    for given in [*settings, every]:
        assert {name: Optimisation(**given).model_dump()[name] for name in given} == {
            name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
        }


def test_the_page_on_choosing_sites_names_settings_that_exist(repository):
    page = (repository / "docs/howto/choose-sites.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page)) - {"locatie_id", "optimisation", "scip"}

    assert named <= set(Optimisation.model_fields)
