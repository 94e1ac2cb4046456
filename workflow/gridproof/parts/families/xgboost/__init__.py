"""Gradient-boosted trees on pixels."""
