"""One script per change of the schema; the oldest is 0001."""
