"""A town's files are written aside and moved into place at the end.

In: the folder wanted. Out: a folder on the same disk to write in; when all is written its files are moved, and when
something goes wrong the folder wanted is as it was.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio.errors

from laadplan.errors import ConfigError

_BYTES_PER_INHABITANT = 9_000
"""Room that is asked for on the disk before anything is written; found by running the generator, spools included."""

_GDAL_ERRORS = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)


def refuse_folder(folder: Path, *, force: bool) -> None:
    """Refuses what cannot become the folder of a town, before anything is made.

    Raises
    ------
    ConfigError
        It holds something and `force` is not given, it is a file, or it cannot be written.
    """
    home = next(place for place in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(place))
    if not home.is_dir() or not os.access(home, os.W_OK):
        why = "not writable" if home.is_dir() else "no folder"
        raise ConfigError(
            f"The folder cannot be written ({home} is {why}).", where=str(folder), todo="Choose another folder."
        )
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise _not_empty(folder)


def _not_empty(folder: Path) -> ConfigError:
    return ConfigError(
        "The folder is not empty.", where=str(folder), todo="Choose another folder, or replace its town with --force."
    )


@contextmanager
def written_aside(folder: Path, inhabitants: int) -> Iterator[Path]:
    """A folder on the same disk to write in, which is gone afterwards; what goes wrong there is said in plain words.

    Raises
    ------
    ConfigError
        The disk has not room enough for so many inhabitants, or something could not be written.
    """
    home = next(parent for parent in folder.absolute().parents if parent.exists())
    try:
        _ask_room(home, folder, inhabitants)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=home))
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except (OSError, *_GDAL_ERRORS) as error:
        raise ConfigError(
            f"The folder cannot be written ({getattr(error, 'strerror', None) or error}).",
            where=str(folder),
            todo="See that there is room on the disk, and permission.",
        ) from None


def _ask_room(home: Path, folder: Path, inhabitants: int) -> None:
    free, needed = shutil.disk_usage(home).free, inhabitants * _BYTES_PER_INHABITANT
    if free < needed:
        raise ConfigError(
            f"The disk has {free / 1e6:.0f} MB left; a town of {inhabitants} inhabitants needs about "
            f"{needed / 1e6:.0f} MB.",
            where=str(folder),
            todo="Make room, or choose a folder on another disk.",
        )


def move_into(folder: Path, aside: Path, *, force: bool) -> list[Path]:
    """Moves all files into the folder, over those of the same names; gives their paths there, sorted.

    Raises
    ------
    ConfigError
        Meanwhile the folder was filled and `force` is not given, or a folder stands where a file must come: nothing is
        moved then.
    """
    targets = {path: folder / path.relative_to(aside) for path in sorted(aside.rglob("*")) if path.is_file()}
    if not folder.is_dir():
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise _not_empty(folder) from None
    elif any(folder.iterdir()) and not force:
        raise _not_empty(folder)
    for target in targets.values():
        if target.is_dir() or (target.parent.exists() and not target.parent.is_dir()):
            raise ConfigError(
                f"{target} is in the way of a file of the town.",
                where=str(folder),
                todo="Remove it, or choose another.",
            )
    for path, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    return list(targets.values())
