"""The municipality's criteria applied to candidates."""
