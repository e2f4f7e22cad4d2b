"""What lies on disk: configs, sources, frames, runs."""
