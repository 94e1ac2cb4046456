"""What the trainers of several families share."""
