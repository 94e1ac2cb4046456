"""The forms of prepared data that families read."""
