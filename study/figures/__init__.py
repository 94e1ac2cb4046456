"""Figures of places on a map of Europe, and of what networks make of it."""
