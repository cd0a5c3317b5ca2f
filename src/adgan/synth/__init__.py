"""Simulated nuclei: scenes, their label maps and masks, and simulated microscope images."""
