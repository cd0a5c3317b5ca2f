"""Settings of a run: declared once, grouped, read from files and saved with the run."""
