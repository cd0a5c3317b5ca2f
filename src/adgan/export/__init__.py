"""Models handed on to other programs: a file that they run, and a description of what to do."""
