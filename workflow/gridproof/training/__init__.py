"""Trainers: one module per family, which knows nothing of Snakemake, experiments or reports."""
