"""Training jobs: replicates, resume state, locks, devices, and files assembled from them."""
