"""From a study's configuration file to its cells: reading, validation, expansion, identity."""
