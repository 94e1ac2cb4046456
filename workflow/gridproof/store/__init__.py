"""What a cell's folder holds: replicates, resume state, locks, and files assembled from them."""
