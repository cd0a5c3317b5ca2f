"""The built-in model fine-tuned on one set of images, without labels or with a few."""
