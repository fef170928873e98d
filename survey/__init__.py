"""Pegel: anonymous self-assessment and maturity surveys for public administrations."""

__version__ = "0.1.0"
