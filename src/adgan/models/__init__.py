"""AD-GAN: its training step, and a trained network from an image to nuclei, planes and volumes."""
