"""Statements held against the tables of a study, for each seed."""
