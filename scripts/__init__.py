"""Tools of the project, run by the Makefile."""
