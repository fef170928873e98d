"""Texts that people wrote, where only one line or a plain name has room."""

import unicodedata
from typing import Final

# What a German word becomes in plain letters; other languages are python-slugify's matter.
UMLAUTS: Final = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"))


def one_line(text: str) -> str:
    """A text on one line, without characters that steer and that no file format takes."""
    kept = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join("".join(kept).split())
