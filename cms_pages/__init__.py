"""The pages of the desk, and the facts they show: departments, staff, services, settings."""
