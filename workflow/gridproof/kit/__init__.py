"""What parts may use beside `gridproof.part`: pure helpers that know no engine."""
