"""Outages, maintenance and announcements: facts, the pages that show them, where people see them."""
