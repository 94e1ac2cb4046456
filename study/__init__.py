"""Code and words that only the default study needs."""
