"""A questionnaire of two scales in two languages, and the edits that make other versions of it."""

import copy
from collections.abc import Callable
from typing import Any

from questionnaires.model import Questionnaire
from tests.questionnaires.test_fingerprint import from_json

Edit = Callable[[dict[str, Any]], object]


def both(german: str, english: str) -> dict[str, str]:
    return {"de": german, "en": english}


def definition() -> dict[str, Any]:
    """Five statements in two scales, in two languages."""
    points = [
        {"value": value, "label": both(f"Stufe {value}", f"Point {value}")} for value in range(1, 6)
    ]
    kinds = ("not_answered", "no_answer", "not_shown", "not_in_version", "suppressed")
    statements = {
        "tru_01": both("Ich kann mich auf Zusagen im Haus verlassen.", "I can rely on promises."),
        "tru_02": both("Wir sagen offen unsere Meinung dazu.", "We say openly what we think."),
        "tru_03": both("Fehler werden hier nicht vertuscht.", "Mistakes are not covered up."),
        "lea_01": both("Meine Leitung hält ihr Wort im Alltag.", "My managers keep their word."),
        "lea_02": both("Meine Leitung hört gut zu.", "My managers listen well to us."),
    }
    return {
        "format": "questionnaire/1",
        "id": "klima",
        "version": "1.0.0",
        "status": "active",
        "title": both("Klima", "Climate"),
        "languages": {"source": "de", "available": ["de", "en"]},
        "licence": {"id": "CC-BY-4.0", "holder": "Musterheim", "ship": True},
        "source": {"kind": "own", "citation": "Musterheim"},
        "missing": {
            kind: {"code": -9 + at, "label": both(kind, kind)} for at, kind in enumerate(kinds)
        },
        "response_scales": {"agree": {"level": "ordinal", "points": points}},
        "sections": [{"id": "one", "title": both("Eins", "One"), "show": list(statements)}],
        "items": [
            {"id": name, "response": "agree", "text": text} for name, text in statements.items()
        ],
        "scales": [
            {
                "id": "trust",
                "title": both("Vertrauen", "Trust"),
                "items": [{"ref": name} for name in statements if name.startswith("tru")],
            },
            {
                "id": "leaders",
                "title": both("Leitung", "Leaders"),
                "items": [{"ref": name} for name in statements if name.startswith("lea")],
            },
        ],
    }


def edited(version: str, *edits: Edit) -> Questionnaire:
    data = copy.deepcopy(definition()) | {"version": version}
    for edit in edits:
        edit(data)
    return from_json(data)


def old() -> Questionnaire:
    return edited("1.0.0")


def says(**entry: object) -> Edit:
    return lambda data: data.update(comparability=[{"to": "1.0.0", **entry}])


def word(item: int, **texts: str) -> Edit:
    return lambda data: data["items"][item]["text"].update(texts)


def add_item(data: dict[str, Any]) -> None:
    """A new statement, asked last and outside all scales."""
    text = both("Ich weiß, wen ich fragen kann.", "I know whom to ask.")
    data["items"].append({"id": "new_01", "response": "agree", "text": text})
    data["sections"][0]["show"].append("new_01")


def join(data: dict[str, Any]) -> None:
    """The new statement counts in `leaders`."""
    add_item(data)
    data["scales"][1]["items"].append({"ref": "new_01"})


def leave(data: dict[str, Any]) -> None:
    data["scales"][0]["items"].pop()


def turn(data: dict[str, Any]) -> None:
    data["scales"][0]["items"][0]["reverse"] = True


def type_label(data: dict[str, Any]) -> None:
    """The same label in another typing."""
    data["response_scales"]["agree"]["points"][0]["label"].update(de="stufe 1,")


def reorder(data: dict[str, Any]) -> None:
    data["sections"][0]["show"][:2] = ["tru_02", "tru_01"]


def in_other_languages(part: object) -> None:
    """Norwegian and Danish instead of German and English, everywhere."""
    if isinstance(part, dict):
        for old, new in (("de", "no"), ("en", "da")):
            if old in part:
                part[new] = part.pop(old)
        if "available" in part:
            part.update(source="no", available=["no", "da"])
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for one in inner:
        in_other_languages(one)


def translate(data: dict[str, Any]) -> None:
    """Plain German, everywhere."""
    data["languages"]["available"].append("de-simple")

    def add(part: object) -> None:
        if isinstance(part, dict) and set(part) == {"de", "en"}:
            part["de-simple"] = part["de"]
        for inner in (
            part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        ):
            add(inner)

    add(data)


BRIDGE = says(scales={"leaders": {"bridge": ["lea_01", "lea_02"]}})
SAME_ANYWAY = both("Auf Zusagen im Haus ist Verlass.", "I can rely on all promises here.")
ALL_VOUCHED = says(
    items={"equivalent": ["tru_01", "tru_02", "tru_03", "lea_01", "lea_02"]},
    scales={"trust": "equivalent"},
    evidence="Übersetzung und Rückübersetzung",
)
VOUCHED = says(items={"equivalent": ["tru_01"]}, evidence="Kognitiver Pretest, n = 12")
