"""The demo: a desk of an invented body, with pages, staff, a signed agreement and some cases."""
