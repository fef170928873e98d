"""Statistics take tallies and return plain frozen results."""
