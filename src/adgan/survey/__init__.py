"""What images show before training: sizes, number and kind of the nuclei, and a recipe for them."""
