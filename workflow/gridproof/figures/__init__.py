"""Figures: functions from the tables of a study to matplotlib figures."""
