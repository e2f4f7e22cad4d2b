"""The config: frozen models of a project and its policy."""
