"""Measurements of finished cells: what follows from their weights and was not recorded."""
