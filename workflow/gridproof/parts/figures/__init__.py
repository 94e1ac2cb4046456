"""Figures of experiments and of data."""
