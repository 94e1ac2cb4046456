"""What a cell's folder holds: replicates, resume state, locks, and the files assembled from them."""
