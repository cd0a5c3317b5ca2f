"""Many images, one after the other: what was done is known, and what is missing is done."""
