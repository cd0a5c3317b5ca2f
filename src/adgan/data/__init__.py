"""From pixels of a file to batches of a training step."""
