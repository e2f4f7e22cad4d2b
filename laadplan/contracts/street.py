"""Frames of parking bays, zones and rasters."""
