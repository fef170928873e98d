"""Why two versions are not compared: a code for reports, and a sentence for the command line."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Why: TypeAlias = Literal[
    "another-questionnaire",
    "new-scale",
    "silent",
    "declared",
    "scoring",
    "not-in-scale",
    "direction",
    "not-asked",
    "broken",
    "response-scale",
    "reworded",
    "items",
    "few-items",
    "lost",
]

SENTENCES: dict[Why, str] = {
    "another-questionnaire": "'{about}' is another questionnaire",
    "new-scale": "the scale is new",
    "silent": "nothing is declared about {about}",
    "declared": "declared as a break",
    "scoring": "the scoring changed",
    "not-in-scale": "'{about}' was not in the scale",
    "direction": "the direction of '{about}' changed",
    "not-asked": "'{about}' is not asked in both",
    "broken": "'{about}' is declared as broken",
    "response-scale": "the response scale of '{about}' changed",
    "reworded": "'{about}' changed its text or filter, and there is no evidence",
    "items": "the scale has other items",
    "few-items": "fewer than two common items",
    "lost": "what was asked in {about} is not stored as it was",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is cut or shortened; `about` is the item, version or questionnaire it is about."""

    code: Why
    about: str = ""

    def __str__(self) -> str:
        return SENTENCES[self.code].format(about=self.about)
