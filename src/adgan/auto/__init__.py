"""What is found without labels: nucleus sizes and numbers."""
