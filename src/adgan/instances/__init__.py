"""From a soft mask to nuclei: boundaries, splits, merges, and false detections."""
