"""The paper's experiments: all systems with the same training loop, budget and scores."""
