"""The order of groups."""

import re
from collections.abc import Iterable

INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)


def in_order(values: Iterable[str]) -> list[str]:
    """Group values as integers when all of them are, else by code point."""
    names = sorted(values)
    return sorted(names, key=int) if all(map(INTEGER.fullmatch, names)) else names
