"""How good a result is, told without labels: scores, confidence, verdicts."""
