"""The method of the paper, and how networks of planes translate volumes."""
