"""Frames of dwellings and of figures per square and postcode."""
