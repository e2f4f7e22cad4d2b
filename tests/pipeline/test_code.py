import sys

import pytest

from laadplan.pipeline import code

FILES = {
    "__init__.py": "",
    "first.py": "from little_house.second import two\nimport os\n",
    "second.py": "def two():\n    from little_house.cellar import third\n    return third.three\n",
    "cellar/__init__.py": "",
    "cellar/third.py": "three = 3\n",
    "cellar/fourth.py": "import little_house.first\n",
    "apart.py": "import little_house.first\n",
    "page.py": "one = 1\n",
    "assets/page.css": "body {}\n",
    "assets/deep/page.js": "x\n",
    "round.py": "from little_house import turn\n",
    "turn.py": "from little_house import round\n",
    "loud.py": "raise RuntimeError('a module was imported, not read')\n",
}


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small package that the code of steps is looked for in; function from a path in it and a text to the file."""
    monkeypatch.setattr(code, "PACKAGE", "little_house")
    monkeypatch.syspath_prepend(tmp_path)
    code._path.cache_clear()

    def write(name, text):
        path = tmp_path / "little_house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    for name, text in FILES.items():
        write(name, text)
    yield write
    code._path.cache_clear()
    for name in [each for each in sys.modules if each.split(".")[0] == "little_house"]:
        del sys.modules[name]


def step():
    """Never called: only its imports count."""
    from little_house.first import two

    return two


def reached(source):
    """Modules reached, the package and its folders left out."""
    return {name.removeprefix("little_house.") for name in code.reached_modules(source)}


def test_modules_are_reached_through_imports_of_imports(house):
    assert reached("from little_house.first import two") >= {"first", "second", "cellar.third"}
    assert reached("from little_house.first import two") & {"apart", "cellar.fourth", "page"} == set()


@pytest.mark.parametrize(
    "source",
    [
        "import little_house.first",
        "from little_house import first",
        "import little_house.first as f",
        "def f():\n import little_house.first",
    ],
)
def test_every_way_to_import_is_seen(house, source):
    assert reached(source) >= {"first", "second", "cellar.third"}


def test_modules_that_import_each_other_are_reached_once(house):
    assert reached("import little_house.round") >= {"round", "turn"}


@pytest.mark.parametrize(
    "source", ["import os", "from collections import abc", "x = 1", "from little_house_two import first"]
)
def test_other_packages_are_not_followed(house, source):
    assert reached(source) == set()


def test_a_module_that_is_not_there_does_no_harm(house):
    assert reached("from little_house.nowhere import x") == {"nowhere"}


def test_modules_are_read_and_not_imported(house):
    reached("from little_house.loud import noise")

    assert "little_house.loud" not in sys.modules


@pytest.mark.parametrize("name", ["first.py", "second.py", "cellar/third.py"])
def test_the_hash_changes_with_every_module_that_is_reached(house, name):
    before = code.code_hash(step)
    house(name, FILES[name] + "\nmore = 1\n")

    assert code.code_hash(step) != before


@pytest.mark.parametrize("name", ["apart.py", "cellar/fourth.py", "page.py", "new.py"])
def test_the_hash_does_not_change_with_a_module_that_is_not_reached(house, name):
    before = code.code_hash(step)
    house(name, "more = 1\n")

    assert code.code_hash(step) == before


def test_the_hash_changes_with_a_new_import(house):
    before = code.code_hash(step)
    house("second.py", FILES["second.py"] + "\nimport little_house.page\n")

    assert code.code_hash(step) != before


@pytest.mark.parametrize("name", ["assets/page.css", "assets/deep/page.js", "assets/new.svg"])
def test_files_beside_a_module_belong_to_its_code(house, name):
    def of_page():
        import little_house.page  # noqa: F401

    before = code.code_hash(of_page)
    house(name, "changed")

    assert code.code_hash(of_page) != before


def test_the_body_of_the_step_counts(house):
    def other():
        """Other words."""
        from little_house.first import two

        return two

    assert code.code_hash(other) != code.code_hash(step)


def test_the_hash_is_the_same_in_every_process(house):
    assert code.code_hash(step) == code.code_hash(step)
    assert len(code.code_hash(step)) == 64
