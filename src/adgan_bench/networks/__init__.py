"""Networks that only the rivals use."""
