"""The graph of steps and how it runs."""
