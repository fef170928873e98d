"""Musterheim: an invented town to try everything on."""
