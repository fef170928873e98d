"""Two wordings: the same, a matter of typing, another wording, or about something else."""

import re
from difflib import SequenceMatcher
from typing import Literal

from questionnaires.text import Text

Wording = Literal["same", "typing", "reworded", "another"]
ANOTHER_BELOW = 0.4  # of the words in common: below that two texts are taken for two questions


def wording(old: str, new: str) -> Wording:
    """How a text differs in one language.

    "typing" is what nobody hears: case, punctuation, spaces. Every other letter may turn the
    meaning round ("kein" and "ein"), so it is a new wording, however small.
    """
    if old == new:
        return "same"
    before, after = _words(old), _words(new)
    if before == after:
        return "typing"
    common = SequenceMatcher(None, before, after, autojunk=False).ratio()
    return "reworded" if common >= ANOTHER_BELOW else "another"


def wordings(old: Text, new: Text) -> dict[str, Wording]:
    """How a text differs in each language that both have."""
    return {
        language: wording(text, new[language]) for language, text in old.items() if language in new
    }


def is_reworded(old: Text, new: Text) -> bool:
    """Whether other words are read: in a common language, or in none, which nobody can tell."""
    kinds = wordings(old, new).values()
    return not kinds or not {"reworded", "another"}.isdisjoint(kinds)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
