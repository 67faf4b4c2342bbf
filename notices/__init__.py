"""Outages, maintenance and announcements: the facts, and where people see them."""
