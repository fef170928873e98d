"""Documents made from the one report tree."""
