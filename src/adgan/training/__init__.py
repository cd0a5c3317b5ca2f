"""The parts of a training: one step, its course of tries, what is looked at on the way."""
