"""The quality of a result, estimated without labels: scores, confidence and verdicts."""
