"""The built-in model: a network that learnt nuclei from simulation alone."""
