"""Bays along the kerb and the spots where a pole could stand."""
