"""Commands of this deployment."""
