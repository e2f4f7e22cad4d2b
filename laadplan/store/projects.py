"""Reads the config of a project from its YAML file.

In: a path. Out: the checked project with the folder its paths start from, the criteria of its profiles filled in.
``${NAME}`` in a path is taken from the environment; a name that is not set is an error, not an empty text.
"""

from dataclasses import dataclass
from pathlib import Path

from laadplan.config.project import Project, make_project
from laadplan.config.sources import Source
from laadplan.store.profiles import with_profiles
from laadplan.store.settings import located, read_settings


@dataclass(frozen=True)
class ProjectFile:
    """A project, the file it was read from, and the folder that its paths start from."""

    project: Project
    path: Path

    def located(self, source: Source) -> Path:
        """Where a source lies: relative to the config, environment names filled in.

        Raises
        ------
        ConfigError
            A ``${NAME}`` in the path is not set in the environment.
        """
        return located(source.path, self.path)


def read_project(path: Path) -> ProjectFile:
    """The project in a YAML file.

    Raises
    ------
    ConfigError
        The file is not there, is not YAML, names a key twice, or does not hold a valid project; or one of its profiles
        cannot be used.
    """
    settings = read_settings(path, "config", todo="Write one with 'laadplan init'.")
    project = make_project(settings, where=str(path))
    policy = with_profiles(project.policy, path)
    return ProjectFile(project.model_copy(update={"policy": policy}), path)
