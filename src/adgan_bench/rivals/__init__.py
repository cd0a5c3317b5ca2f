"""Rivals of AD-GAN, each written from its paper in one file."""
