"""Two versions: the least bump of every kind of change, and what may be drawn as one line."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from questionnaires import registry
from questionnaires.model import Questionnaire
from questionnaires.versions import (
    Bump,
    bump_between,
    changes,
    least_bump,
    new_languages,
    rises_enough,
    trends,
)
from questionnaires.versions.texts import wording
from tests.questionnaires.strategies import definitions
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
    "typing of a label": (
        "patch",
        [lambda data: data["response_scales"]["agree"]["points"][0]["label"].update(de="stufe 1,")],
    ),
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


def lines(*edits: Edit) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {one.scale: (one.line, one.items) for one in trends(old(), edited("2.0.0", *edits))}


def test_silence_is_a_break() -> None:
    assert lines() == {"trust": ("break", ()), "leaders": ("break", ())}


def test_what_is_declared_and_unchanged_goes_on() -> None:
    declared = says(scales={"trust": "equivalent", "leaders": "break"})
    assert lines(declared) == {
        "trust": ("equivalent", ("tru_01", "tru_02", "tru_03")),
        "leaders": ("break", ()),
    }


@pytest.mark.parametrize("edit", [turn, leave, word(0, **SAME_ANYWAY)])
def test_a_declaration_that_the_versions_do_not_bear_out_is_a_break(edit: Edit) -> None:
    assert lines(edit, says(scales={"trust": "equivalent"}))["trust"] == ("break", ())


def test_evidence_bears_out_a_new_wording() -> None:
    vouched = says(
        items={"equivalent": ["tru_01"]}, scales={"trust": "equivalent"}, evidence="Pretest"
    )
    assert lines(word(0, **SAME_ANYWAY), vouched)["trust"][0] == "equivalent"


def test_no_language_in_common_is_a_break_without_evidence() -> None:
    said = says(scales={"trust": "equivalent"})
    (trust, _) = trends(old(), edited("2.0.0", in_other_languages, said))
    assert trust.line == "break"
    assert [reason.code for reason in trust.reasons] == ["reworded"] * 3
    assert lines(in_other_languages, ALL_VOUCHED)["trust"][0] == "equivalent"


def test_a_comma_in_a_label_cuts_no_line() -> None:
    case = CASES["typing of a label"][1]
    assert lines(*case, says(scales={"trust": "equivalent"}))["trust"][0] == "equivalent"


def ask_for_all(scale: int) -> Edit:
    """A person needs an answer to every item of the scale."""
    return lambda data: data["scales"][scale].update(
        score={"min_valid": len(data["scales"][scale]["items"])}
    )


def test_another_least_number_of_answers_is_a_break_unless_a_bridge_goes_round_it() -> None:
    (trust, _) = trends(
        old(), edited("2.0.0", ask_for_all(0), says(scales={"trust": "equivalent"}))
    )
    assert (trust.line, [reason.code for reason in trust.reasons]) == ("break", ["scoring"])
    assert lines(ask_for_all(1), join, BRIDGE)["leaders"][0] == "bridge"


def test_a_bridge_is_made_of_the_common_items() -> None:
    assert lines(join, BRIDGE)["leaders"] == ("bridge", ("lea_01", "lea_02"))


def test_a_bridge_of_one_item_is_a_break() -> None:
    worded = word(4, **both("Meine Leitung spricht gut.", "My managers talk well to us."))
    assert lines(join, BRIDGE, worded)["leaders"] == ("break", ())


def test_the_reason_of_a_break_is_told() -> None:
    (trust, _) = trends(old(), edited("2.0.0", turn, says(scales={"trust": "equivalent"})))
    assert [str(reason) for reason in trust.reasons] == ["the direction of 'tru_01' changed"]


def to(version: str, **scales: object) -> Edit:
    """One more entry on an earlier version."""
    entry = {"to": version, "scales": scales}
    return lambda data: data.setdefault("comparability", []).append(entry)


def way(*edits: Edit) -> tuple[Questionnaire, Questionnaire, Questionnaire]:
    """1.0.0, then 1.1.0 with a further item in `leaders`, then 1.2.0 with `edits`."""
    bridge = to("1.0.0", trust="equivalent", leaders={"bridge": ["lea_01", "lea_02"]})
    return old(), edited("1.1.0", join, bridge), edited("1.2.0", join, *edits)


def test_versions_further_apart_are_compared_along_the_declarations_between_them() -> None:
    one, two, three = way(to("1.1.0", trust="equivalent", leaders="equivalent"))
    trust, leaders = trends(one, three, [two])
    assert (trust.line, trust.items) == ("equivalent", ("tru_01", "tru_02", "tru_03"))
    assert (leaders.line, leaders.items) == ("bridge", ("lea_01", "lea_02"))


def test_without_the_version_between_silence_is_a_break() -> None:
    one, _, three = way(to("1.1.0", trust="equivalent", leaders="equivalent"))
    assert {trend.line for trend in trends(one, three)} == {"break"}


def test_one_break_on_the_way_cuts_the_line_with_its_reason() -> None:
    one, two, three = way(to("1.1.0", trust="break", leaders="equivalent"))
    trust, _ = trends(one, three, [two])
    assert (trust.line, [reason.code for reason in trust.reasons]) == ("break", ["declared"])


def test_bridges_that_share_one_item_do_not_carry_a_line() -> None:
    bridge = {"bridge": ["lea_02", "new_01"]}
    one, two, three = way(to("1.1.0", trust="equivalent", leaders=bridge))
    _, leaders = trends(one, three, [two])
    assert (leaders.line, leaders.reasons[-1].code) == ("break", "few-items")


def test_what_a_version_says_itself_comes_before_the_way_round() -> None:
    direct = to("1.0.0", trust="break", leaders={"bridge": ["lea_01", "lea_02"]})
    one, two, three = way(direct, to("1.1.0", trust="equivalent", leaders="equivalent"))
    trust, _ = trends(one, three, [two])
    assert trust.line == "break"


def test_many_declarations_are_followed_once_each() -> None:
    """Without memory, the ways over forty versions that all declare all are 2 to the 39."""
    several: list[Questionnaire] = []
    for minor in range(1, 41):
        declared = [to(one.version, trust="equivalent", leaders="equivalent") for one in several]
        several.append(edited(f"1.{minor}.0", *declared))
    *between, last = several
    assert {trend.line for trend in trends(old(), last, between)} == {"break"}
    assert {trend.line for trend in trends(several[0], last, between)} == {"equivalent"}


def test_the_same_content_is_equivalent_and_another_questionnaire_is_not() -> None:
    assert {trend.line for trend in trends(old(), old())} == {"equivalent"}
    other = edited("1.1.0", lambda data: data.update(id="anders"), to("1.0.0", trust="equivalent"))
    assert {trend.reasons[0].code for trend in trends(old(), other)} == {"another-questionnaire"}


def test_a_language_that_was_new_on_the_way_is_new() -> None:
    two, three = edited("1.1.0", translate, to("1.0.0")), edited("1.2.0", translate, to("1.1.0"))
    assert new_languages(two, three) == ()
    assert new_languages(old(), three, [two]) == ("de-simple",)


def test_a_further_language_cuts_no_line() -> None:
    """Its labels stand in the response scales, too; the answers are the same."""
    declared = says(scales={"trust": "equivalent", "leaders": "equivalent"})
    assert {one.line for one in trends(old(), edited("1.1.0", translate, declared))} == {
        "equivalent"
    }


def test_new_languages_are_those_that_come_in_and_those_worded_anew() -> None:
    assert new_languages(old(), edited("1.1.0", translate)) == ("de-simple",)
    assert new_languages(old(), edited("1.1.0", word(0, en="I rely on promises."))) == ("en",)


def test_what_is_shipped_rises_as_its_changes_ask() -> None:
    for one in registry.shipped():
        for other in registry.shipped():
            if one.id == other.id and bump_between(one.version, other.version):
                least = least_bump(changes(one, other))
                assert rises_enough(least, bump_between(one.version, other.version))
