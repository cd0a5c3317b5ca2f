"""Processing of image sets: finished images are recorded, so that a rerun completes the rest."""
