"""Networks. The number of axes (2 or 3) and the width are arguments; no state is hidden."""
