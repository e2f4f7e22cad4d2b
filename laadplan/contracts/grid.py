"""Frames of the electricity grid: cables, what stands along them, and indications of capacity."""
