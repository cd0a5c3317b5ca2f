"""Properties of images before training: the size, number and kind of their nuclei, and a recipe."""
