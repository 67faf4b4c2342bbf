"""Template tags of `persian`."""
