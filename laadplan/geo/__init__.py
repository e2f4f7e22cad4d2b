"""Distances, widths and coordinates in RD New."""
