"""Where the data come from, what identifies them, and the one form in which training reads them."""
