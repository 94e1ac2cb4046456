"""Gridproof: a machine-learning study that can be run again, extended and believed."""
