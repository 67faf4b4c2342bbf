"""`make bench`: ours beside its bounds, interleaved in one run."""
