"""Measure the nuclei of label maps in their images: one table per image, or one for all."""
