"""From the pixels of a file to the batches of a training step, and the tiles of large images."""
