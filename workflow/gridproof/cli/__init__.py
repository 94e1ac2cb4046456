"""The commands that people and rules call."""
