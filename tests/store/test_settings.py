import pytest

from laadplan.errors import ConfigError
from laadplan.store.settings import DEEPEST, LARGEST_BYTES, MOST_VALUES, located, read_settings


@pytest.fixture
def read(tmp_path):
    """Function from text, or bytes, to the settings in a file that holds it."""

    def put(content):
        path = tmp_path / "file.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_settings(path, "profile", todo="Name another.")

    return put


def refused(read, content):
    with pytest.raises(ConfigError) as caught:
        read(content)
    assert str(caught.value).count("file.yaml") == 1
    return str(caught.value)


def bomb(levels):
    """A few lines that stand for ten to the power of the levels values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_keys_and_values_are_read(read):
    assert read("a: &x [1, twee]\nb: {c: *x}\n") == {"a": [1, "twee"], "b": {"c": [1, "twee"]}}


def test_aliases_that_stand_for_billions_are_refused(read):
    assert "far more values than a profile can" in refused(read, bomb(9))


def test_merged_keys_that_stand_for_billions_are_refused(read):
    lines = ["m0: &m0 {a: 1, b: 2}"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 10)}]}}" for n in range(1, 9)]

    assert "far more values" in refused(read, "\n".join(lines))


def test_as_many_values_as_aliases_may_stand_for_are_read(read):
    assert len(read(bomb(4))["a3"]) == 10
    assert 10**4 < MOST_VALUES < 10**9


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: &a [*a]", "values within themselves"),
        ("a: " + "[" * (DEEPEST + 5) + "]" * (DEEPEST + 5), "values within themselves"),
        pytest.param("a: " + "[" * 5000 + "]" * 5000, "far more values", id="deep"),
        (b"naam: S\xfadwest\n", "is not YAML"),
        ("a: 1\n".encode("utf-16"), "not YAML"),
        (b"a: \x00\n", "not YAML"),
        pytest.param(b"a: " + b"x" * LARGEST_BYTES, "larger than 2 MB", id="large"),
        ("a: !!python/object:os.system x\n", "line 1"),
        ("a: 1\nb: 2\na: 3\n", "key 'a' stands twice"),
        ("- a\n", "holds no keys"),
        ("", "holds no keys"),
        ("a: 2024-02-30\n", "is not YAML"),
    ],
)
def test_what_cannot_be_settings_is_refused_plainly(read, content, words):
    message = refused(read, content)

    assert words in message
    assert "\n" not in message


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"The profile does not exist\. Name another\."):
        read_settings(tmp_path / "none.yaml", "profile", todo="Name another.")


def test_a_path_starts_beside_its_file_with_names_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("LITTLE", "beleid")

    assert located("../${LITTLE}/a.yaml", tmp_path / "configs" / "b.yaml") == tmp_path / "beleid" / "a.yaml"
    with pytest.raises(ConfigError, match="LITTLE_NONE is not set"):
        located("${LITTLE_NONE}/a.yaml", tmp_path / "b.yaml")
