"""A family that trains nothing."""
