"""Files that appear whole, their formats, and where they lie under results/."""
