"""Scripts that run in other Python environments; nothing here is imported."""
