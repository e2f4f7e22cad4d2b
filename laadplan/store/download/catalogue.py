"""The catalogue of services: which source is fetched where, how, and under which licence.

In: ``data/catalogue.yaml``, or a file of the user's. Out: frozen models. Addresses, years and caps stand there and not
in code, because they change; an unknown key is refused.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from laadplan.config.explain import explain_validation
from laadplan.config.section import Section
from laadplan.config.sources import Year
from laadplan.errors import ConfigError

Kind = Literal["ogc_api", "wfs", "arcgis", "bgt_download", "odata", "socrata", "sru", "ocpi", "file"]
SPATIAL: tuple[Kind, ...] = ("ogc_api", "wfs", "arcgis", "bgt_download")
"""Kinds that are asked for a box in RD New."""

PLACEHOLDERS = ("municipality_code", "municipality_digits", "municipality_number", "municipality")
"""What may stand between braces: GM0228, 0228, 228, Ede."""

CHECKOUT = Path(__file__).parents[3] / "data" / "catalogue.yaml"
INSTALLED = Path(__file__).with_name("catalogue.yaml")
"""Where a wheel carries the catalogue of the checkout."""

FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Dotted = Annotated[str, Field(pattern=r"^[a-z][a-z_]*(\.[a-z][a-z0-9_]*)?$")]
JSON_TYPES = ("application/json", "application/geo+json", "text/json", "application/vnd.geo+json")


class Service(Section):
    """One service: what is asked of it, how politely, and what serves as which source of a config."""

    kind: Kind = Field(description="protocol")
    source: Dotted = Field(description="source of the config that reads the result, e.g. cables.liander")
    address: str = Field(pattern=r"^https?://[^\s{}]+$", description="address, without query")
    files: dict[FileName, str] = Field(
        min_length=1, description="file that is written: what is asked for it (collection, type, layer, path)"
    )
    query: dict[str, str] = Field(default_factory=dict, description="further query, with placeholders in braces")
    label: str = Field(description="name as it is printed in outputs")
    licence: str = Field(description="licence of the data")
    reference_on: Year | None = Field(default=None, description="reference year of the figures, where it is fixed")
    note: str = Field(default="", description="what somebody who fetches must know")
    by_default: bool = Field(default=True, description="fetched when no --source is given")
    page_size: int = Field(default=1000, ge=1, description="items asked per page")
    cap: int = Field(default=50_000, ge=1, description="items that paging can reach at most")
    tiles: bool = Field(default=False, description="its paging is broken: ask per tile, halve tiles that are full")
    fields: tuple[str, ...] = Field(default=(), description="fields that every item must have")
    rate_per_second: float = Field(default=4.0, gt=0, description="requests per second, sustained")
    burst: int = Field(default=4, ge=1, description="requests at once before the rate counts")
    most_requests: int = Field(default=20_000, ge=1, description="requests after which the service is left alone")
    most_bytes: int = Field(default=2_000_000_000, ge=1, description="largest answer that is taken")
    content_types: tuple[str, ...] = Field(default=JSON_TYPES, description="content types that are believed")
    key_env: str | None = Field(default=None, description="environment variable that holds the key")
    key_header: str | None = Field(default=None, description="header in which the key is sent")

    @model_validator(mode="after")
    def _consistent(self) -> "Service":
        if (self.key_env is None) != (self.key_header is None):
            raise ValueError("give both key_env and key_header, or neither")
        texts = [*self.query.values(), *self.files.values()]
        unknown = {name for text in texts for name in re.findall(r"{(.*?)}", text)} - set(PLACEHOLDERS)
        if unknown:
            raise ValueError(f"unknown placeholder {', '.join(sorted(unknown))}; there are {', '.join(PLACEHOLDERS)}")
        return self

    @property
    def spatial(self) -> bool:
        """Whether it is asked for a box in RD New."""
        return self.kind in SPATIAL

    def mentions(self, placeholder: str) -> bool:
        """Whether the placeholder stands in what is asked."""
        return any(f"{{{placeholder}}}" in text for text in [*self.query.values(), *self.files.values()])


class Catalogue(Section):
    """All services by name."""

    services: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Service]

    def chosen(self, names: list[str]) -> dict[str, Service]:
        """The services named, or those that are fetched by default.

        Raises
        ------
        ConfigError
            A name is not in the catalogue.
        """
        unknown = [name for name in names if name not in self.services]
        if unknown:
            todo = f"Choose from: {', '.join(self.services)}."
            raise ConfigError(f"There is no source '{unknown[0]}' in the catalogue.", where="--source", todo=todo)
        return {name: each for name, each in self.services.items() if name in names or (not names and each.by_default)}


def read_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in a file; without one that of the checkout, or the one that was installed with laadplan.

    Raises
    ------
    ConfigError
        The file is not there, is not YAML, or holds a key or value that does not belong.
    """
    chosen = path or (CHECKOUT if CHECKOUT.is_file() else INSTALLED)
    if not chosen.is_file():
        raise ConfigError("The catalogue does not exist.", where=str(chosen), todo="Give one with --catalogue.")
    try:
        content: Any = yaml.safe_load(chosen.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"The catalogue is not YAML ({reason}).", where=str(chosen), todo="Correct it.") from None
    if not isinstance(content, Mapping):
        raise ConfigError("The catalogue holds no services.", where=str(chosen), todo="Start from data/catalogue.yaml.")
    try:
        return Catalogue.model_validate(dict(content))
    except ValidationError as error:
        words = explain_validation(error, Catalogue, where=str(chosen)).what
        todo = "Correct it; data/catalogue.yaml shows how."
        raise ConfigError(words, where=str(chosen), todo=todo) from None
