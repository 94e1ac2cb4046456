"""The statements of the write-up, a module a section."""
