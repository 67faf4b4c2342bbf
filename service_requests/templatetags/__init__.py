"""Template tags of `service_requests`."""
