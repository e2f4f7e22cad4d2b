"""Acceptance tests: the program called as users call it, judged by the files it leaves."""
