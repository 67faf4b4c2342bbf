"""Commands of `service_requests`."""
