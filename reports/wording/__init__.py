"""Numbers and sentences per language."""
