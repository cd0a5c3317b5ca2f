"""The paper's experiments: every system on one loop, one budget, one way of scoring."""
