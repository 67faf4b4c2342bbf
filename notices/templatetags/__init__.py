"""Template tags of the `notices` floor."""
