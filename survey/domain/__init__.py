"""Use cases: plain functions that lock, check and write."""
