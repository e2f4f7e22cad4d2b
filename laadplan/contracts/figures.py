"""Frames of cars, forecasts, requests, planned dwellings, jobs and road managers."""
