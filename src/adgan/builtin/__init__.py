"""The built-in model: a network that was trained on simulated images only."""
