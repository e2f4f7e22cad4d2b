"""A delivery: one file, a folder with files, or several of these.

In: what the config names. Out: the files, in order.
"""

from collections.abc import Sequence
from pathlib import Path

from laadplan.errors import MissingSource

Parts = Path | Sequence[Path]
"""A file, a folder, or several of these."""


def delivered_files(path: Parts) -> list[Path]:
    """The files of a delivery; of a folder all that are not hidden, in order of their names.

    Raises
    ------
    MissingSource
        A folder holds no file. A file that is missing is named when it is read.
    """
    given = [path] if isinstance(path, Path) else list(path)
    found = [file for each in given for file in (sorted(each.iterdir()) if each.is_dir() else [each])]
    found = [file for file in found if not file.name.startswith(".") and not file.is_dir()]
    if not found:
        where = ", ".join(str(each) for each in given)
        raise MissingSource("There is no file here.", where=where, todo="Correct its path in the config.")
    return found
