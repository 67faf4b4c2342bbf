"""Intake, tracking, casework and surveys: what citizens hand in and what becomes of it."""
