"""Build hook: puts the browser libraries that npm installed into the package.

In: ``node_modules/`` as ``npm ci`` lays it down. Out: ``laadplan/publish/assets/leaflet/`` with the script, the style
sheet, its images and the licence, byte for byte. A wheel without them would draw blank pages, so building one fails.
"""

import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LEAFLET = Path("laadplan/publish/assets/leaflet")


class BrowserLibraries(BuildHookInterface):  # type: ignore[type-arg]
    """Copies leaflet into the package before hatchling collects its files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copy from ``node_modules/``; refuse to go on when the libraries are neither there nor in the package."""
        root = Path(self.root)
        source = root / "node_modules" / "leaflet"
        if source.is_dir():
            copy_leaflet(source, root / LEAFLET)
        elif not (root / LEAFLET / "leaflet.js").is_file():
            raise FileNotFoundError("leaflet is not installed: run `make` in the checkout, then build again")


def copy_leaflet(source: Path, target: Path) -> None:
    """Lay leaflet's distributed files and its licence in ``target``; a file that is already the same is left alone."""
    files = [source / "dist" / "leaflet.js", source / "dist" / "leaflet.css", source / "LICENSE"]
    wanted = {file.name: file for file in files}
    wanted |= {f"images/{image.name}": image for image in sorted((source / "dist" / "images").iterdir())}
    for name, file in wanted.items():
        copy = target / name
        if not copy.is_file() or copy.read_bytes() != file.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
