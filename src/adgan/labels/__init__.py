"""Label maps: checks, shapes, outlines, and the layouts of other programs."""
