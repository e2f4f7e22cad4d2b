"""Frames of what stands and lies in the street besides road parts: obstacles of the BGT."""
