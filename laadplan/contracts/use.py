"""Frames of charge points in detail and of their use."""
