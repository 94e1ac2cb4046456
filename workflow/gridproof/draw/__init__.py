"""Figures, drawn by their name."""
