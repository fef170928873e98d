"""Each file in tests/definitions shows one feature, or one fault and where it is found."""

import ast
import re
from pathlib import Path

import pytest

import questionnaires
from questionnaires import loader
from questionnaires.errors import DefinitionError

DEFINITIONS = Path(__file__).parent.parent / "definitions"
INVALID = sorted((DEFINITIONS / "invalid").iterdir())
VALID = sorted((DEFINITIONS / "valid").iterdir())
PLACE = re.compile(rb"# one finding at (\d+):(\d+)\n")

WARNINGS = {
    "no-coarsening",
    "one-item-scale",
    "points-gap",
    "points-order",
    "recommendation-gap",
    "recommendation-overlap",
    "unused-response-scale",
}
ELSEWHERE = {
    "more-findings": "test_hostile_files",
    "too-large": "test_hostile_files",
    "wrong-value": "test_yaml",
    "wrong-place": "test_registry",
    "unknown-questionnaire": "test_registry",
    "unknown-version": "test_registry",
    "no-active-version": "test_registry",
    "norm-median": "test_norms",
    "norm-statistic": "test_norms",
    "norm-twice": "test_norms",
    "norms-elsewhere": "test_norms",
    "unknown-source": "test_norms",
}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_one_fault_gives_one_finding_at_its_place(path: Path) -> None:
    content = path.read_bytes()
    place = PLACE.match(content)
    assert place

    _, findings = loader.read(content, path.name)

    code = path.stem.partition("--")[0]
    found = [(one.code, one.line, one.column) for one in findings]
    assert found == [(code, int(place[1]), int(place[2]))]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_finding_is_a_sentence_with_a_remedy(path: Path) -> None:
    _, (found,) = loader.read(path.read_bytes(), path.name)
    assert found.message.endswith((".", "?"))
    assert found.remedy.endswith((".", "?", "..."))
    assert found.file == path.name
    assert path.name in str(found)
    assert f"line {found.line}, column {found.column}" in str(found)


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_errors_refuse_a_file_and_warnings_do_not(path: Path) -> None:
    if path.stem.partition("--")[0] in WARNINGS:
        assert loader.load(path).id == "tiny"
    else:
        with pytest.raises(DefinitionError):
            loader.load(path)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_definition_has_no_finding(path: Path) -> None:
    questionnaire, findings = loader.read(path.read_bytes(), path.name)
    assert findings == ()
    assert questionnaire is not None


def test_every_code_of_the_loader_is_shown_by_a_file_or_tested_elsewhere() -> None:
    shown = {path.stem.partition("--")[0] for path in INVALID}
    assert _codes_in_the_source() == shown | set(ELSEWHERE)


def test_findings_do_not_hide_each_other() -> None:
    text = (DEFINITIONS / "valid" / "minimal.yaml").read_text()
    text = text.replace("response: two", "response: too").replace("show: [a]", "show: [a, c]")
    _, findings = loader.read(text.replace("{en: low}", "{de: niedrig}").encode(), "x")
    assert [one.code for one in findings] == [
        "unused-response-scale",
        "missing-language",
        "unknown-language",
        "unknown-response-scale",
        "unknown-question",
    ]


def test_json_is_accepted_and_is_the_same_questionnaire() -> None:
    in_yaml = loader.load(DEFINITIONS / "valid" / "demographics.yaml")
    in_json = loader.load(DEFINITIONS / "valid" / "demographics-in-json.json")
    assert in_json == in_yaml
    assert in_json.fingerprint == in_yaml.fingerprint


def test_a_kind_left_out_follows_from_the_response_scale() -> None:
    questionnaire = loader.load(DEFINITIONS / "valid" / "kind-left-out.yaml")
    assert [item.kind for item in questionnaire.items] == ["rating", "single-choice", "rating"]


def _codes_in_the_source() -> set[str]:
    """Words in the place of a code in calls and returned sentences of the package."""
    folder = Path(questionnaires.__file__).parent
    codes = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=func, args=args):
                    name = getattr(func, "id", getattr(func, "attr", ""))
                    codes |= _strings(
                        args[CODE_AT[name] : CODE_AT[name] + 1] if name in CODE_AT else []
                    )
                case ast.Return(value=ast.Tuple(elts=[first, _, _])):
                    codes |= _strings([first])
    return codes


CODE_AT = {
    "Finding": 1,
    "Issue": 1,
    "error": 0,
    "warning": 0,
    "_error": 0,
    "_unknown": 0,
    "refuse": 0,
    "refuse_at": 1,
    "_stop": 1,
    "PydanticCustomError": 0,
}


def _strings(nodes: list[ast.expr]) -> set[str]:
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
