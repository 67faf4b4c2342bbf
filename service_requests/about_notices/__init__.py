"""Cases about a notice: suggested by the desk, confirmed by staff, answered in one go."""
