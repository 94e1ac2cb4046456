"""From a study's configuration file to checked values and experiments."""
