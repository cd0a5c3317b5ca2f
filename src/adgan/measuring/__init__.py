"""Measuring of files: label maps and images in, one table per image or one for all out."""
