"""What all tests have in common."""

from hypothesis import settings

# The same examples each time: a change is told from luck. `make fuzz` looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
