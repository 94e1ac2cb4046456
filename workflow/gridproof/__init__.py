"""Gridproof: a machine-learning study that can be run again, extended and believed."""

__version__ = "0.1.0"
