"""Persian at the edge: digits, letters, Jalali dates, identifiers. No models."""
