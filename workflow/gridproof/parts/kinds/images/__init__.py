"""Prepared images: how they are made, and the form in which trainers read them."""
