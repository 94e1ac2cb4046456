"""Parts that any study may use; each is a file or a folder, found by its name."""
