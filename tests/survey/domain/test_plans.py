"""A plan is read strictly, says everything that is wrong and where, and has one hash."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.errors import DefinitionError, Finding
from questionnaires.model import Questionnaire
from questionnaires.registry import get
from reports.release import short_hash
from survey.domain.plan_checks import warnings
from survey.domain.plan_loading import load_plan, make_plan, read_plan
from survey.domain.plans import Contacts, Plan, Readers, stored_plan
from tests.survey.domain.plans import CONTRACT, plan, plan_data

KEY = "0a" * 32


def findings(content: str) -> list[tuple[str, int | None, int | None]]:
    with pytest.raises(DefinitionError) as caught:
        read_plan(content.encode(), "PLAN.yaml")
    return [(found.code, found.line, found.column) for found in caught.value.findings]


def test_the_plan_of_the_contract_is_read(tmp_path: Path) -> None:
    file = tmp_path / "PLAN.yaml"
    file.write_text(CONTRACT, encoding="utf-8")
    read = load_plan(file)
    assert (read.questionnaire_id, read.questionnaire_version) == ("change-climate", "1.0.0")
    assert read.period.from_ == date(2026, 11, 23)
    assert read.access == "slips"
    assert read.eligible == 55
    assert [unit.id for unit in read.stocks] == ["bauamt", "hauptamt"]
    assert read.breakdowns == ("tenure",)
    assert read.readers.report == ("hr",)


def test_json_is_read_as_the_yaml_that_it_is() -> None:
    content = b'{"title": {"de": "Umfrage"}, "questionnaire": "change-climate@1.0.0",'
    content += b'"languages": ["de"], "access": "open",'
    content += b'"period": {"from": "2026-11-23", "to": "2026-11-23"}}'
    assert read_plan(content, "plan.json").eligible is None


def test_what_is_left_out_has_the_values_of_the_house() -> None:
    least = {key: plan_data()[key] for key in ("title", "questionnaire", "languages", "period")}
    made = make_plan(least | {"units": {"id": "haus", "name": "Haus", "eligible": 40}})
    assert (made.access, made.threshold, made.retention_days) == ("slips", 7, 90)


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        ("{de: Befragung 2026, en: Survey 2026}", "{}", "title-missing", 1, 8),
        ("threshold: 7", "threshold: 4", None, 5, 12),
        ("threshold: 7", "threshold: 7\ncolour: red", "unknown-key", 6, 1),
        ("access: slips", "access: e-mail", None, 4, 9),
        ("@1.0.0", "@9.9.9", "unknown-questionnaire", 2, 16),
        ("@1.0.0", "", None, 2, 16),
        ("[de, en, de-simple]", "[de, fr]", "unknown-language", 3, 17),
        ("to: 2026-12-18", "to: 2026-11-01", "period-backwards", 6, 32),
        ("to: 2026-12-18", "to: 2026-02-31", None, 6, 32),
        ("to: 2026-12-18", "to: 20261218", None, 6, 32),
        ("id: hauptamt", "id: bauamt", "unit-id-twice", 12, 12),
        ("id: hauptamt", "id: Haupt Amt", None, 12, 12),
        ("eligible: 34", "eligible: 0", None, 11, 44),
        (", eligible: 34", "", "head-count-missing", 11, 7),
        ("  name: Stadt Musterheim", "  name: Stadt\n  eligible: 55", "head-count-above", 10, 13),
        ("breakdowns: [tenure]", "breakdowns: [colour]", "unknown-breakdown", 13, 14),
        ("breakdowns: [tenure]", "breakdowns: [tenure, tenure]", "breakdown-twice", 13, 22),
        ("retention_days: 90", "retention_days: 91", None, 16, 17),
        ("threshold: 7", "threshold: 7\nweighting: rank", None, 6, 12),
    ],
)
def test_a_fault_is_named_with_its_place(
    old: str, new: str, code: str | None, line: int, column: int
) -> None:
    assert CONTRACT.count(old) == 1
    found = findings(CONTRACT.replace(old, new))
    assert (line, column) in [place[1:] for place in found]
    if code is not None:
        assert code in [place[0] for place in found]


def test_all_faults_are_named_at_once() -> None:
    content = CONTRACT.replace("[de, en, de-simple]", "[fr]").replace("[tenure]", "[colour]")
    codes = [code for code, _, _ in findings(content)]
    assert codes == ["unknown-language", "unknown-breakdown"]


@pytest.mark.parametrize("access", ["open", "shared-code"])
def test_without_slips_there_are_no_units_and_no_breakdowns(access: str) -> None:
    content = CONTRACT.replace("access: slips", f"access: {access}")
    codes = [code for code, _, _ in findings(content)]
    assert codes == ["units-without-slips", "breakdowns-without-slips"]


def test_only_units_can_weight_the_whole() -> None:
    whole = {"id": "haus", "name": "Haus", "eligible": 60}
    for changed in ({"access": "open", "units": None}, {"units": whole}):
        with pytest.raises(DefinitionError, match="no units whose head counts"):
            make_plan(plan_data() | changed | {"weighting": "head-counts"})


def test_slips_need_units() -> None:
    with pytest.raises(DefinitionError, match="Slips are counted per unit"):
        make_plan(plan_data() | {"units": None})


def test_without_slips_the_whole_may_have_a_head_count() -> None:
    whole = {"id": "haus", "name": "Haus", "eligible": 60}
    made = plan(access="open", units=whole)
    assert (made.eligible, made.stocks) == (60, ())
    assert plan(access="open", units=None).eligible is None


def test_closing_is_due_when_the_last_day_is_over() -> None:
    assert plan().closes_at == datetime(2026, 12, 18, 23, tzinfo=UTC)


def test_small_units_are_announced_with_where_they_go() -> None:
    units = {
        "id": "haus",
        "name": "Haus",
        "units": [
            {"id": "bauamt", "name": "Bauamt", "eligible": 34},
            {"id": "standesamt", "name": "Standesamt", "eligible": 6},
        ],
    }
    (found,) = warnings(plan(units=units))
    assert found.severity == "warning"
    assert "'Standesamt' has 6 people" in found.message
    assert "will be merged into 'Haus'" in found.message
    assert warnings(plan()) == ()


def test_a_plan_comes_back_from_its_canonical_form() -> None:
    made = plan()
    assert stored_plan(made.canonical) == made
    assert stored_plan(made.canonical).canonical == made.canonical


def test_the_hash_does_not_depend_on_how_the_plan_is_written() -> None:
    questionnaire = get("change-climate", "1.0.0")
    data = plan_data()
    turned = dict(reversed(list(data.items()))) | {"threshold": 7, "retention_days": 90}
    assert make_plan(turned).hash(questionnaire, KEY) == make_plan(data).hash(questionnaire, KEY)


CHANGES: list[dict[str, Any]] = [
    {"threshold": 8},
    {"title": {"de": "Befragung 2027"}},
    {"languages": ["de"]},
    {"period": {"from": "2026-11-23", "to": "2026-12-19"}},
    {"retention_days": 30},
    {"readers": {"report": ["hr", "mayor"]}},
    {"series": "other"},
    {"weighting": "head-counts"},
    {"purpose": {"de": "Darum."}},
    {"contacts": {"staff_council": "Personalrat"}},
    {"slug": "anders"},
    {"access": "open", "units": None},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_the_hash_changes_with_everything_that_is_agreed(change: dict[str, Any]) -> None:
    questionnaire = get("change-climate", "1.0.0")
    assert plan(**change).hash(questionnaire, KEY) != plan().hash(questionnaire, KEY)


def test_the_hash_changes_with_the_questionnaire() -> None:
    questionnaire = get("change-climate", "1.0.0")
    content = json.loads(questionnaire.canonical) | {"minutes": 99, "status": "active"}
    other = Questionnaire.model_validate_json(json.dumps(content))
    assert plan().hash(other, KEY) != plan().hash(questionnaire, KEY)
    assert plan().hash(questionnaire, "ef" * 32) != plan().hash(questionnaire, KEY)


def test_the_short_hash_is_for_people() -> None:
    assert short_hash("0123456789abcdef" * 4) == "0123-4567-89ab-cdef"


names = st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs"]), min_size=1).filter(
    lambda name: len(name) <= 200
)


@st.composite
def unit_trees(draw: st.DrawFn) -> dict[str, Any]:
    """A tree of units of two levels with distinct ids."""
    departments = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    return {
        "id": "haus",
        "name": draw(names),
        "units": [
            {
                "id": f"d{d}",
                "name": draw(names),
                "units": [
                    {"id": f"d{d}-u{u}", "name": draw(names), "eligible": draw(st.integers(1, 99))}
                    for u in range(size)
                ],
            }
            for d, size in enumerate(departments)
        ],
    }


@given(unit_trees())
def test_any_tree_comes_back_and_its_heads_add_up(units: dict[str, Any]) -> None:
    made: Plan = plan(units=units)
    assert stored_plan(made.canonical) == made
    leaves = [unit for department in units["units"] for unit in department["units"]]
    assert made.eligible == sum(leaf["eligible"] for leaf in leaves)
    assert [stock.id for stock in made.stocks] == [leaf["id"] for leaf in leaves]
    small = [leaf["id"] for leaf in leaves if leaf["eligible"] < 7]
    assert [found.path for found in warnings(made)] == small


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["de", "id", "name", "units", "eligible", "x"]), inner)
    ),
    max_leaves=6,
)
KEYS = [*Plan.model_fields, "colour"]


def made_or_findings(data: dict[str, Any]) -> Plan | tuple[Finding, ...]:
    try:
        return make_plan(data)
    except DefinitionError as error:
        return error.findings


@given(st.dictionaries(st.sampled_from(KEYS), anything, min_size=1, max_size=3))
def test_whatever_a_plan_says_is_a_plan_or_has_findings(changed: dict[str, Any]) -> None:
    made = made_or_findings(plan_data() | changed)
    if isinstance(made, Plan):
        assert stored_plan(made.canonical) == made
        assert made.tree().name
    else:
        assert made
        assert all(found.message for found in made)


def test_the_groups_of_a_release_are_the_units_of_the_plan() -> None:
    tree = plan().tree()
    assert [(group.id, group.name) for group in tree.walk()] == [
        ("haus", "Stadt Musterheim"),
        ("bauamt", "Bauamt"),
        ("hauptamt", "Hauptamt"),
    ]
    assert [group.head_count for group in tree.walk()] == [55, 34, 21]


def test_without_units_a_release_is_about_the_whole() -> None:
    tree = plan(access="open", units=None).tree()
    assert (tree.name, tree.head_count, tree.children) == ("Befragung 2026", None, ())


def test_the_defaults_of_a_plan_never_change() -> None:
    """Plan hashes leave them out, so another default would change what councils have signed."""
    required = {"title", "questionnaire", "languages", "period"}
    fields = {name: field for name, field in Plan.model_fields.items() if name not in required}
    assert all(Plan.model_fields[name].is_required() for name in required)
    assert {name: field.default for name, field in fields.items()} == {
        "access": "slips",
        "threshold": 7,
        "units": None,
        "breakdowns": (),
        "series": None,
        "weighting": None,
        "readers": Readers(report=(), responses=()),
        "retention_days": 90,
        "slug": None,
        "organisation": None,
        "purpose": None,
        "contacts": Contacts(staff_council="", data_protection=""),
    }
