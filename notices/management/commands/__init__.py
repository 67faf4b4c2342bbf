"""The commands of `notices`."""
