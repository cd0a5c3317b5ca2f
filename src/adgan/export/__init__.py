"""Export models to other programs: a file that they run, and a description of how to use it."""
