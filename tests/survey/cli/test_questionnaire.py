"""`pegel questionnaire`: what it prints, and with which exit code it leaves."""

import json
from pathlib import Path

import pytest

from questionnaires import registry
from tests.questionnaires.test_definitions import DEFINITIONS, INVALID, VALID
from tests.survey.cli.commands import Pegel

MINIMAL = DEFINITIONS / "valid" / "minimal.yaml"
BROKEN = DEFINITIONS / "invalid" / "unknown-item.yaml"
DOUBTFUL = DEFINITIONS / "invalid" / "one-item-scale.yaml"


def test_list_is_a_table_and_json(pegel: Pegel) -> None:
    shipped = registry.shipped()
    table = pegel.did("questionnaire", "list").out.splitlines()
    assert table[0].split()[:3] == ["ID", "VERSION", "STATUS"]
    assert [line.split()[:2] for line in table[1:]] == [[one.id, one.version] for one in shipped]

    listed = pegel.did("questionnaire", "list", "--json").json["questionnaires"]
    assert [one["fingerprint"] for one in listed] == [one.fingerprint for one in shipped]


def test_show_prints_every_item_once_in_the_language_asked_for(pegel: Pegel) -> None:
    questionnaire = registry.get("change-climate")
    for language in questionnaire.languages.available:
        out = pegel.did("questionnaire", "show", "change-climate", "--language", language).out
        flat = " ".join(out.split())
        for question in questionnaire.questions.values():
            assert flat.count(f" {question.id} {' '.join(question.text[language].split())}") == 1
        assert questionnaire.fingerprint in flat
        assert max(map(len, out.splitlines())) <= 100


def test_show_names_reversed_links_and_conditions(
    pegel: Pegel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    (tmp_path / "tiny").mkdir()
    text = (DEFINITIONS / "valid" / "conditions.yaml").read_text(encoding="utf-8")
    text = text.replace("{item: a, in: [2]}", "{item: a, in: [2]}, {item: a, in: [1, 2]}")
    text += "scales:\n  - {id: s, title: {en: S}, items: [{ref: a}, {ref: b, reverse: true}]}\n"
    (tmp_path / "tiny" / "1.0.0.yaml").write_text(text, encoding="utf-8")
    out = " ".join(pegel.did("questionnaire", "show", "tiny", "1.0.0").out.split())
    assert "[rating, two; s reversed; only if a is 1 and not (a is 2 or (a is 1 or 2))]" in out
    assert "mean of at least 1): a, -b" in out


def test_show_prints_levels_targets_and_what_a_maturity_level_asks_for(pegel: Pegel) -> None:
    out = pegel.did("questionnaire", "show", "digital-maturity", "--language", "en").out
    said = " ".join(out.split())
    assert "[maturity, with target, or no answer; strategy; strategy_target]" in said
    assert "2 Some departments have a plan of their own." in said
    assert "strategy_target: Strategy and leadership (target) (target of strategy;" in said
    assert "1 Paper: where it begins 2 Single steps: strategy at least 12.5," in said


def test_show_in_json_is_a_definition_that_checks(pegel: Pegel) -> None:
    shown = pegel.did("questionnaire", "show", "change-climate", "--json").json
    (pegel.folder / "again.json").write_text(json.dumps(shown["definition"]), encoding="utf-8")
    checked = pegel.did("questionnaire", "check", "again.json", "--json").json["files"]
    assert [one["fingerprint"] for one in checked] == [shown["fingerprint"]]


@pytest.mark.parametrize(
    "arguments",
    [("change-climat",), ("change-climate", "9.9.9"), ("change-climate", "--language", "xx")],
)
def test_show_says_what_there_is_instead(pegel: Pegel, arguments: tuple[str, ...]) -> None:
    said = pegel("questionnaire", "show", *arguments)
    assert (said.code, said.out) == (1, "")
    assert any(word in said.err for word in ("There are:", "Choose one of"))


def test_check_prints_findings_as_compilers_do(pegel: Pegel) -> None:
    said = pegel("questionnaire", "check", str(BROKEN))
    assert said.code == 1
    assert said.out == (
        f"{BROKEN}:26:53: error unknown-item: There is no item 'c'. Correct the name.\n"
        f"{BROKEN}: 1 error\n"
    )
    assert said.err == ""


def test_check_of_a_good_file_names_its_fingerprint(pegel: Pegel) -> None:
    out = pegel.did("questionnaire", "check", str(MINIMAL)).out
    assert out.startswith(f"{MINIMAL}: ok: tiny 1.0.0, 1 item, 0 scales, fingerprint ")


def test_norms_are_checked_against_the_version_beside_them(pegel: Pegel) -> None:
    shipped = registry.FOLDER / "people-survey-core" / "1.0.0.norms.yaml"
    out = pegel.did("questionnaire", "check", str(shipped)).out
    assert out == f"{shipped}: ok: 32 norms, people-survey-core@1.0.0\n"
    alone = pegel.folder / "1.0.0.norms.yaml"
    alone.write_bytes(shipped.read_bytes())
    said = pegel("questionnaire", "check", str(alone))
    assert said.code == 1
    assert f"{pegel.folder / '1.0.0.yaml'}: error unreadable" in said.out


def test_warnings_alone_are_no_failure(pegel: Pegel) -> None:
    out = pegel.did("questionnaire", "check", str(DOUBTFUL)).out
    assert ": warning one-item-scale: " in out
    assert ": ok: " in out


def test_check_goes_on_after_a_file_that_fails(pegel: Pegel) -> None:
    said = pegel("questionnaire", "check", "nowhere.yaml", str(BROKEN), ".", str(MINIMAL), "--json")
    assert said.code == 1
    files = said.json["files"]
    assert [one["ok"] for one in files] == [False, False, False, True]
    codes = [[found["code"] for found in one["findings"]] for one in files]
    assert codes == [["unreadable"], ["unknown-item"], ["unreadable"], []]
    assert files[1]["findings"][0] | {"line": 26, "column": 53} == files[1]["findings"][0]


def test_check_survives_every_file_of_the_collection(pegel: Pegel) -> None:
    said = pegel("questionnaire", "check", *map(str, INVALID + VALID))
    assert said.code == 1
    for path in INVALID + VALID:
        assert f"{path}: " in said.out


def test_an_endless_file_is_not_read_to_its_end(pegel: Pegel) -> None:
    said = pegel("questionnaire", "check", "/dev/zero")
    assert said.code == 1
    assert "too-large" in said.out


def test_check_without_a_file_is_wrong_use(pegel: Pegel) -> None:
    assert pegel("questionnaire", "check").code == 2


def test_schema_is_json_alone(pegel: Pegel) -> None:
    schema = pegel.did("questionnaire", "schema").json
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "kind" not in schema["$defs"]["RatingItem"]["required"]


def test_diff_goes_along_the_versions_that_come_along(pegel: Pegel) -> None:
    """2.0.0 says something about 1.1.0 alone, and 1.1.0 about 1.0.0."""
    shipped = registry.get("change-climate", "1.1.0")
    verdicts = dict.fromkeys(shipped.scale_by_id, "equivalent")
    new = json.loads(shipped.canonical) | {
        "version": "2.0.0",
        "comparability": [{"to": "1.1.0", "scales": verdicts}],
    }
    (pegel.folder / "2.0.0.json").write_text(json.dumps(new), encoding="utf-8")
    told = pegel.did("questionnaire", "diff", "change-climate@1.0.0", "2.0.0.json", "--json").json
    lines = {name: one["line"] for name, one in told["trends"].items()}
    assert lines.pop("participation") == "bridge"
    assert set(lines.values()) == {"equivalent"}


def test_diff_refuses_a_number_that_rises_too_little(pegel: Pegel) -> None:
    shown = pegel.did("questionnaire", "show", "change-climate", "1.0.0", "--json").json[
        "definition"
    ]
    for number in ("1.0.1", "2.0.0"):
        new = json.loads(json.dumps(shown)) | {"version": number}
        new["scales"][0]["items"].pop()
        (pegel.folder / f"{number}.json").write_text(json.dumps(new), encoding="utf-8")
    refused = pegel("questionnaire", "diff", "change-climate@1.0.0", "1.0.1.json")
    assert refused.code == 1
    assert "at least a major version is needed; 1.0.0 to 1.0.1 is patch." in refused.out
    told = pegel.did("questionnaire", "diff", "change-climate@1.0.0", "2.0.0.json", "--json").json
    assert (told["least_bump"], told["bump"], told["permitted"]) == ("major", "major", True)
    assert {one["line"] for one in told["trends"].values()} == {"break"}
