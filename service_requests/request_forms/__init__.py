"""Forms that editors shape: what they ask, by which rules, and how it is shown again."""
