"""From images to label maps, for every model and image size, in memory or to files."""
