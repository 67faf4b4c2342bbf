"""Commands of `cms_pages`."""
