"""The least bump that every kind of change asks for."""

from typing import Any

import pytest
from hypothesis import given, settings

from questionnaires import registry
from questionnaires.versions import Bump, bump_between, changes, least_bump, rises_enough
from questionnaires.versions.texts import wording
from tests.questionnaires.edits import (
    ALL_VOUCHED,
    BRIDGE,
    SAME_ANYWAY,
    VOUCHED,
    Edit,
    add_item,
    both,
    edited,
    in_other_languages,
    join,
    leave,
    old,
    reorder,
    translate,
    turn,
    type_label,
    word,
)
from tests.questionnaires.strategies import definitions
from tests.questionnaires.test_fingerprint import from_json

CASES: dict[str, tuple[Bump, list[Edit]]] = {
    "typing": ("patch", [word(0, de="Ich kann mich auf Zusagen, im Haus, verlassen!")]),
    "hint": ("patch", [lambda data: data["items"][0].update(hint=both("Hilfe", "Help"))]),
    "section title": ("patch", [lambda data: data["sections"][0]["title"].update(de="Teil eins")]),
    "licence note": ("patch", [lambda data: data["licence"].update(note="Mit Namensnennung")]),
    "new language": ("minor", [translate]),
    "one language": ("minor", [word(0, en="I can rely on what is promised.")]),
    "a word that turns it round": ("minor", [word(2, de="Fehler werden hier vertuscht.")]),
    "item outside scales": ("minor", [add_item]),
    "outcome": ("minor", [lambda data: data.update(outcome="trust")]),
    "item in a scale with a bridge": ("minor", [join, BRIDGE]),
    "item in a scale": ("major", [join]),
    "all languages with evidence": ("minor", [word(0, **SAME_ANYWAY), VOUCHED]),
    "all languages": (
        "major",
        [
            word(
                0, **both("Ich kann mich auf Worte im Haus verlassen.", "I can rely on words here.")
            )
        ],
    ),
    "removal from a scale": ("major", [leave]),
    "reverse": ("major", [turn]),
    "scoring": ("major", [lambda data: data["scales"][0].update(score={"method": "sum"})]),
    "direction": ("major", [lambda data: data["scales"][0].update(higher_is="worse")]),
    "points": ("major", [lambda data: data["response_scales"]["agree"]["points"].pop()]),
    "labels": (
        "major",
        [lambda data: data["response_scales"]["agree"]["points"][0]["label"].update(de="Nie")],
    ),
    "typing of a label": ("patch", [type_label]),
    "other languages": ("major", [in_other_languages]),
    "other languages with evidence": ("minor", [in_other_languages, ALL_VOUCHED]),
    "no-answer option": (
        "major",
        [lambda data: data["response_scales"]["agree"].update(offer_no_answer=True)],
    ),
    "filter": (
        "major",
        [lambda data: data["items"][4].update(show_if={"item": "lea_01", "in": [4, 5]})],
    ),
    "order inside a scale": ("major", [reorder]),
    "layout": ("major", [lambda data: data.update(layout="matrix")]),
    "another question under the same id": (
        "forbidden",
        [word(0, **both("Wie lange arbeiten Sie bei uns?", "How many years?"))],
    ),
    "another questionnaire": ("forbidden", [lambda data: data.update(id="anders")]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_asks_for_its_bump(case: str) -> None:
    bump, edits = CASES[case]
    assert least_bump(changes(old(), edited("1.0.1", *edits))) == bump


def test_nothing_changed_asks_for_nothing() -> None:
    assert changes(old(), edited("1.0.1")) == ()
    assert rises_enough(None, bump_between("1.0.0", "1.0.1"))


@settings(max_examples=10)
@given(definitions())
def test_a_version_does_not_differ_from_itself(data: dict[str, Any]) -> None:
    assert changes(from_json(data), from_json(data)) == ()


@pytest.mark.parametrize(
    ("number", "permitted"),
    [("1.0.0", False), ("1.0.1", False), ("1.1.0", True), ("2.0.0", True), ("0.9.0", False)],
)
def test_a_smaller_bump_is_refused(number: str, permitted: bool) -> None:  # noqa: FBT001 - a table
    least = least_bump(changes(old(), edited(number, add_item)))
    assert rises_enough(least, bump_between("1.0.0", number)) is permitted


def test_no_rise_is_enough_for_what_is_forbidden() -> None:
    assert not rises_enough("forbidden", "major")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Ein Wort.", "ein  Wort", "typing"),
        ("Das ist kein Fehler.", "Das ist ein Fehler.", "reworded"),
        ("Das ist kein Fehler.", "Wie alt sind Sie?", "another"),
    ],
)
def test_one_letter_may_turn_a_meaning_round(before: str, after: str, kind: str) -> None:
    assert wording(before, after) == kind


def test_what_is_shipped_rises_as_its_changes_ask() -> None:
    for one in registry.shipped():
        for other in registry.shipped():
            if one.id == other.id and bump_between(one.version, other.version):
                least = least_bump(changes(one, other))
                assert rises_enough(least, bump_between(one.version, other.version))
