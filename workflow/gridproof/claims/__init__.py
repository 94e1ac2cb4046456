"""Statements as code: each a rule over the tables of a study, judged for each seed."""
