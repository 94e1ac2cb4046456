"""Kinds of trainer, a folder each."""
