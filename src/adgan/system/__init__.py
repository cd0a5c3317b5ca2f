"""What the program needs of the machine: devices, memory, processes, locks, text."""
