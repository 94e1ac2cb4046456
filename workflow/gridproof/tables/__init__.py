"""Tidy Parquet tables: a slice per experiment, and all of them together."""
