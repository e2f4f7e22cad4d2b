"""What every frame promises."""
