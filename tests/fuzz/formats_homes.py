"""Formats to fuzz."""

from tests.fuzz.format import Format

FORMATS: tuple[Format, ...] = ()
