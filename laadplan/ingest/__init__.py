"""Readers of the sources, one module each."""
