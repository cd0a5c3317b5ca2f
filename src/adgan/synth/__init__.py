"""Simulated nuclei: scenes, their label maps and masks, and their microscope images."""
