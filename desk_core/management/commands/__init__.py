"""The commands of `desk_core`."""
