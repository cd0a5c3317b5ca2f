"""Rivals of AD-GAN, each reimplemented from its paper in one file."""
