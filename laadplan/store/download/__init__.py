"""Fetching open data: the only room of the house with a door to the network."""
