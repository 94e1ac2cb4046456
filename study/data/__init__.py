"""The data of the default study."""
