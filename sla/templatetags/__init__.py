"""Template tags of `sla`."""
