"""The simple form: lines become units, or findings with their number."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import registry
from questionnaires.errors import DefinitionError
from survey.domain.plans import Plan, Unit
from survey.web.planning import (
    MOST_LINES,
    lines_of,
    plan_from_form,
    suggested_period,
    suggestion,
)

FORM = {
    "title": "Befragung 2026",
    "from": "2026-11-23",
    "to": "2026-12-18",
    "units": "Bauamt; 34\nHauptamt; 21",
    "house": "Stadt Musterheim",
    "threshold": "7",
}


def plan(**changes: str) -> Plan:
    return plan_from_form(FORM | changes, registry.get("change-climate"))


def findings(**changes: str) -> list[tuple[str, int | None]]:
    with pytest.raises(DefinitionError) as caught:
        plan(**changes)
    return [(found.code, found.line) for found in caught.value.findings]


def leaves(made: Plan) -> list[tuple[str, int | None]]:
    assert made.units is not None
    return [(unit.id, unit.eligible) for unit in made.units.leaves]


def test_four_fields_make_a_plan() -> None:
    made = plan()
    assert made.title["de"] == "Befragung 2026"
    assert made.units is not None
    assert made.units.name == "Stadt Musterheim"
    assert leaves(made) == [("bauamt", 34), ("hauptamt", 21)]
    assert (made.access, made.threshold, made.eligible) == ("slips", 7, 55)


def test_indented_lines_are_units_of_the_line_above() -> None:
    made = plan(units="Zentrale Dienste\n  Hauptamt; 21\n\tPersonalamt; 12\n\nBauamt; 34\n")
    assert made.units is not None
    assert [unit.id for unit in made.units.units] == ["zentrale-dienste", "bauamt"]
    assert leaves(made) == [("hauptamt", 21), ("personalamt", 12), ("bauamt", 34)]


@pytest.mark.parametrize(
    "line",
    ["Bürgerbüro; 62", "Bürgerbüro:62", "Bürgerbüro, 62", "Bürgerbüro\t62", "Bürgerbüro   62 "],
)
def test_people_write_lines_as_they_like(line: str) -> None:
    made = plan(units=line)
    assert made.units is not None
    assert made.units.units[0].name == "Bürgerbüro"
    assert leaves(made) == [("buergerbuero", 62)]


def test_equal_names_get_ids_of_their_own() -> None:
    made = plan(units="Team; 8\nTeam; 9\nStadt Musterheim; 10\n4. Revier; 11")
    assert [name for name, _ in leaves(made)] == [
        "team",
        "team-2",
        "stadt-musterheim-2",
        "e-4-revier",
    ]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ("Bauamt; 34\nHauptamt", [("line-without-count", 2)]),
        ("\n; 34", [("line-without-name", 2)]),
        ("Bauamt; 0", [("line-count-range", 1)]),
        ("Amt; 5\n  Team; 5", [("line-count-above", 1)]),
        ("  Team; 5\nAmt; 8", [("line-indented-first", 1)]),
        ("Amt\n  Team", [("line-without-count", 2)]),
        ("\n".join(["Amt; 9"] * (MOST_LINES + 1)), [("too-many-lines", MOST_LINES + 1)]),
        ("", [("units-missing", None)]),
    ],
)
def test_a_line_that_cannot_be_read_is_named(units: str, expected: list[tuple[str, int]]) -> None:
    assert findings(units=units) == expected


def test_everything_wrong_is_said_at_once() -> None:
    found = findings(title=" ", to="2026-11-01", units="Bauamt", threshold="3")
    assert {code for code, _ in found} == {
        "title-missing",
        "period-backwards",
        "line-without-count",
        "threshold-range",
    }
    assert ("no-day", None) in findings(**{"from": "bald"})


def test_an_open_link_asks_for_no_unit() -> None:
    made = plan(access="open", units="Bauamt; 34\nHauptamt; 21")
    assert made.stocks == ()
    assert made.eligible == 55


@given(st.text(max_size=200), st.sampled_from(["slips", "open"]))
def test_whatever_is_typed_becomes_a_plan_or_findings(units: str, access: str) -> None:
    with suppress(DefinitionError):
        made = plan(units=units, access=access)
        assert made.eligible or access == "open"


names = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)
counts = st.integers(1, 999)
trees = st.lists(
    st.one_of(
        st.tuples(names, counts),
        st.tuples(names, st.lists(st.tuples(names, counts), min_size=1, max_size=3)),
    ),
    min_size=1,
    max_size=4,
)


@given(trees)
def test_lines_of_a_plan_give_the_same_plan_again(
    tree: list[tuple[str, int | list[tuple[str, int]]]],
) -> None:
    lines: list[str] = []
    for name, inner in tree:
        lines.append(name if isinstance(inner, list) else f"{name}; {inner}")
        lines += [f"  {n}; {c}" for n, c in inner] if isinstance(inner, list) else []
    made = plan(units="\n".join(lines))
    assert made.units is not None
    assert plan(units=lines_of(made.units)) == made


def test_the_form_begins_with_what_was_agreed_the_last_time() -> None:
    last = plan(units="Zentrale Dienste\n  Hauptamt; 21\nBauamt; 34", staff_council="Personalrat")
    given_back = suggestion(last, "Das Ganze", date(2026, 11, 22))
    assert given_back["units"] == "Zentrale Dienste\n  Hauptamt; 21\nBauamt; 34"
    assert given_back["house"] == "Stadt Musterheim"
    assert given_back["staff_council"] == "Personalrat"
    assert given_back["questionnaire"] == "change-climate"
    assert suggestion(None, "Das Ganze", date(2026, 11, 22))["house"] == "Das Ganze"


def test_a_series_is_written_as_people_like_and_suggested_again() -> None:
    made = plan(series=" Jedes Jahr ")
    assert made.series == "jedes-jahr"
    assert made.hash(registry.get("change-climate"), "") != plan().hash(
        registry.get("change-climate"), ""
    )
    assert suggestion(made, "", date(2026, 11, 22))["series"] == "jedes-jahr"
    assert suggestion(plan(series=" "), "", date(2026, 11, 22))["series"] == ""
    assert plan(series=" ").series is None
    assert plan(series="2024 Klima").series == "reihe-2024-klima"


@given(st.from_regex(r"\A[a-z][a-z0-9-]{0,63}\Z"))
def test_a_series_that_was_agreed_survives_the_form(series: str) -> None:
    """Also with two hyphens, one at the end, or 64 signs: else the next wave is of another."""
    agreed = plan().model_copy(update={"series": series})
    form = suggestion(agreed, "", date(2026, 11, 22))
    assert plan(series=form["series"]).series == series


@pytest.mark.parametrize("series", ["???", "Klima " * 11, "ä" * 33])
def test_what_cannot_name_a_series_is_said_at_its_field(series: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        plan(series=series)
    assert [(found.code, found.path) for found in caught.value.findings] == [
        ("series-name", "series")
    ]


def test_the_form_weights_where_it_is_wanted_and_suggests_it_again() -> None:
    made = plan(weighting="head-counts")
    assert made.weighting == "head-counts"
    assert suggestion(made, "", date(2026, 11, 22))["weighting"] == "head-counts"
    assert plan().weighting is None
    with pytest.raises(DefinitionError) as caught:
        plan(weighting="head-counts", access="open")
    assert [found.code for found in caught.value.findings] == ["weighting-without-units"]


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_suggested_period_goes_from_a_monday_to_a_friday(today: date) -> None:
    first, last = suggested_period(today)
    assert (first.weekday(), last.weekday()) == (0, 4)
    assert 7 <= (first - today).days < 14


def test_a_single_unit_has_lines_too() -> None:
    assert lines_of(Unit(id="haus", name="Haus", eligible=9)) == "Haus; 9"
