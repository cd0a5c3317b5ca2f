"""Networks that only rivals have."""
