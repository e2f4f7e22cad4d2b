"""Frames of the walking network, traffic signs and published decrees."""
