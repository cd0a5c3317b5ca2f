"""Unpaired images and simulated masks, and the built-in sample as files."""
