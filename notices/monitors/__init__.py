"""Monitors propose, people publish: alerts in, proposals for the editors out."""
