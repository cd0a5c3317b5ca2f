"""The parts of a training: one step, the sequence of restarts, and the checks on the way."""
