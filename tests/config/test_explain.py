import pytest
from pydantic import ValidationError

from laadplan.config.explain import explain_validation
from laadplan.config.project import Walking
from laadplan.config.section import Section
from laadplan.errors import ConfigError


class Outer(Section):
    walking: Walking
    count: int


def explained(settings):
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(settings)
    return explain_validation(caught.value, Outer, where="a.yaml")


def test_every_finding_is_one_sentence_in_one_error():
    error = explained({"walking": {"norm_m": -1, "detour": 2}, "cout": 3})

    assert (type(error), str(error)) == (
        ConfigError,
        "a.yaml: Key 'walking.norm_m': Input should be greater than 0 (found: -1). "
        "Key 'walking.detour': unknown key; did you mean 'detour_factor'? "
        "Key 'count': this key is missing. "
        "Key 'cout': unknown key; did you mean 'count'? "
        "Correct it; configs/default.yaml shows every key with its meaning.",
    )


def test_a_section_that_is_no_mapping_is_shown():
    assert "Key 'walking': " in str(explained({"walking": [1], "count": 1}))


def test_a_finding_does_not_repeat_a_whole_section():
    assert "{" not in str(explained({"walking": {"norm_m": 1}}))


def test_the_whole_config_has_a_name_too():
    assert "Key 'the whole config'" in str(explained([1]))
