"""What may be drawn as one line over two versions, and where it is cut."""

import pytest

from questionnaires.model import Questionnaire
from questionnaires.versions import new_languages, trends
from tests.questionnaires.edits import (
    ALL_VOUCHED,
    BRIDGE,
    SAME_ANYWAY,
    Edit,
    both,
    edited,
    in_other_languages,
    join,
    leave,
    old,
    says,
    translate,
    turn,
    type_label,
    word,
)


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
    assert lines(type_label, says(scales={"trust": "equivalent"}))["trust"][0] == "equivalent"


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
