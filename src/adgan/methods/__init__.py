"""The method of the paper, and how 2D networks translate volumes."""
