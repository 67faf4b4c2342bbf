"""Commands of the `sla` floor."""
