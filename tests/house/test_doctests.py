"""The examples in the docstrings hold."""

import doctest
import importlib
import pkgutil

import pytest

import laadplan

MODULES = [each.name for each in pkgutil.walk_packages(laadplan.__path__, "laadplan.") if "__main__" not in each.name]


@pytest.mark.slow
def test_examples_in_docstrings_hold():
    found = [doctest.testmod(importlib.import_module(name)) for name in MODULES]

    assert sum(each.attempted for each in found) > 50
    assert [name for name, each in zip(MODULES, found, strict=True) if each.failed] == []
