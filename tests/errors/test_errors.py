import copy
import pickle

import pytest

from laadplan import errors
from laadplan.errors import (
    EXIT_CODES,
    BadInput,
    ConfigError,
    ContractBroken,
    LaadplanError,
    MissingSource,
    NoFeasiblePlan,
    PartlyFailed,
    SourceChanged,
    SourceUnreachable,
    Stopped,
    WrongCrs,
    some_of,
)

TREE = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, LaadplanError) and value is not LaadplanError
]


def test_message_says_what_where_which_rows_and_what_to_do():
    error = BadInput("2 rows are broken.", where="trees.csv", ids=["t1", 7], todo="Repair them.")

    assert str(error) == "trees.csv: 2 rows are broken. Rows: t1, 7. Repair them."


def test_message_without_the_rest_is_what_is_wrong():
    assert str(ConfigError("No name.")) == "No name."


def test_a_missing_source_reads_as_the_other_errors_do():
    error = MissingSource("The file does not exist.", where="bgt_pand.gml", todo="Correct its path.")

    assert (str(error), isinstance(error, FileNotFoundError)) == (
        "bgt_pand.gml: The file does not exist. Correct its path.",
        True,
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ConfigError, 2),
        (BadInput, 3),
        (MissingSource, 3),
        (WrongCrs, 3),
        (ContractBroken, 3),
        (SourceChanged, 3),
        (NoFeasiblePlan, 4),
        (SourceUnreachable, 6),
        (PartlyFailed, 7),
        (LaadplanError, 5),
        (Stopped, 130),
    ],
)
def test_each_error_has_the_exit_code_of_the_design(kind, code):
    assert kind("x").exit_code == code


@pytest.mark.parametrize("kind", TREE)
def test_every_error_has_an_exit_code_that_is_explained(kind):
    assert kind("x").exit_code in EXIT_CODES


@pytest.mark.parametrize("kind", TREE)
def test_an_error_keeps_its_words_when_copied_or_pickled(kind):
    error = kind("Wrong.", where="here", ids=["a"], todo="Mend it.")

    words = {str(copy.copy(error)), str(pickle.loads(pickle.dumps(error)))}

    assert words == {"here: Wrong. Rows: a. Mend it."}


@pytest.mark.parametrize(
    ("kind", "builtin"), [(ConfigError, ValueError), (BadInput, ValueError), (SourceUnreachable, ConnectionError)]
)
def test_an_error_is_also_the_fitting_builtin(kind, builtin):
    assert issubclass(kind, builtin)


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "c", "d", "e"], "a, b, c, d, e"),
        (["a", "b", "c", "d", "e", "f"], "a, b, c, d, e and 1 more"),
    ],
)
def test_some_of_shows_five_ids_and_counts_the_rest(ids, text):
    assert some_of(ids) == text
