"""Benchmarks of laadplan: each measures laadplan and its peer in one run; results lie in ``results/``."""
