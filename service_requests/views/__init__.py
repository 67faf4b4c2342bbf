"""The citizens' pages: parse, call the verb, render."""
