"""What is measured of finished perceptrons."""
