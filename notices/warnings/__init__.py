"""Warnings of places: where one holds, in codes and shapes, and how it changes."""
