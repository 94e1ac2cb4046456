"""Statements as code."""
