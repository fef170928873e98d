"""Whatever a file holds, reading it ends with findings: no crash, no flood, no long wait."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import loader
from questionnaires.errors import MOST_LISTED
from questionnaires.yaml import MAX_BYTES

MINIMAL = (Path(__file__).parent.parent / "definitions" / "valid" / "minimal.yaml").read_bytes()
KINDS = (Path(__file__).parent.parent / "definitions" / "valid" / "kinds.yaml").read_bytes()

HOSTILE = {
    "more bytes than are read": (b" " * (MAX_BYTES + 1), "too-large"),
    "more values than are held": (b"[" + b"1," * 60_000, "too-large"),
    "deep lists": (b"[" * 500_000, "too-deep"),
    "deep mappings": (b'{"a":' * 200_000, "too-deep"),
    "deep blocks": (b"- " * 500_000, "too-deep"),
    "an alias bomb": (
        b"a0: &a0 [x, x]\n"
        + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)),
        "alias",
    ),
    "an alias of itself": (b"&a [*a]", "alias"),
    "an endless tag": (b"!" * 1_000_000, "tag"),
    "an endless verbatim tag": (b"!<" + b"a" * 1_000_000 + b">", "tag"),
    "a tag that builds an object": (b"!!python/object/apply:os.system ['true']", "tag"),
    "an endless number": (b"9" * 1_000_000, "number-too-long"),
    "an endless exponent": (b"1e" + b"9" * 100_000, "number-too-long"),
    "an infinite number": (MINIMAL.replace(b"value: 1,", b"value: 1e999,"), "wrong-type"),
    "a NUL": (MINIMAL.replace(b"low", b"lo\0w"), "forbidden-character"),
    "an escape for the terminal": (b'"\\e[2J": 1', "forbidden-character"),
    "UTF-16": ("format: questionnaire/1".encode("utf-16"), "not-utf-8"),
    "a zip": (b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe", "not-utf-8"),
    "a character beyond Unicode": (b'"\\U00110000"', "yaml-syntax"),
    "a version of YAML to come": (b"%YAML 9.9\n---\na: 1\n", "yaml-syntax"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty-file"),
    "nothing": (b"", "empty-file"),
    "null": (b"null", "wrong-type"),
}


@pytest.mark.parametrize(("content", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_ends_in_a_finding(content: bytes, code: str) -> None:
    questionnaire, findings = loader.read(content, "hostile.yaml")
    assert questionnaire is None
    assert findings[0].code == code
    assert findings[0].line is not None
    assert len(findings) <= MOST_LISTED + 1
    said = "".join(map(str, findings))
    assert said.isprintable()
    assert max(len(str(one)) for one in findings) < 500


def test_a_flood_of_findings_is_cut_and_says_so() -> None:
    content = b"format: questionnaire/1\nitems:\n" + b"- {kind: rating, oops: 1}\n" * 2000
    _, findings = loader.read(content, "flood.yaml")
    assert len(findings) == MOST_LISTED + 1
    assert findings[-1].code == "more-findings"


def test_a_flood_of_warnings_refuses_nothing() -> None:
    points = "{level: ordinal, points: [{value: 1, label: {en: a}}, {value: 2, label: {en: b}}]}"
    unused = "".join(f"  s{number}: {points}\n" for number in range(150))
    content = MINIMAL.decode().replace("response_scales:\n", f"response_scales:\n{unused}")
    assert loader.loads(content.encode(), "warnings.yaml").id == "tiny"


def test_long_minified_json_without_a_blank_is_read() -> None:
    points = [{"value": n, "label": {"en": f"p{n}!"}} for n in range(1, 8)]
    scales = {f"s{n}": {"level": "ordinal", "points": points} for n in range(200)}
    missing = ("not_answered", "no_answer", "not_shown", "not_in_version", "suppressed")
    definition = {
        "format": "questionnaire/1",
        "id": "tiny",
        "version": "1.0.0",
        "status": "draft",
        "title": {"en": "Tiny"},
        "languages": {"source": "en", "available": ["en"]},
        "licence": {"id": "CC-BY-4.0", "holder": "Invented", "ship": True},
        "source": {"kind": "own", "citation": "Invented"},
        "missing": {
            name: {"code": -9 + n, "label": {"en": name}} for n, name in enumerate(missing)
        },
        "response_scales": scales,
        "items": [{"id": f"i{n}", "response": f"s{n}", "text": {"en": "A"}} for n in range(200)],
        "sections": [{"id": "all", "title": {"en": "All"}, "show": [f"i{n}" for n in range(200)]}],
    }
    text = json.dumps(definition, separators=(",", ":"))
    assert " " not in text
    assert len(loader.loads(text.encode(), "x").items) == 200


@given(st.binary(max_size=300))
def test_any_bytes_give_findings_and_nothing_else(content: bytes) -> None:
    questionnaire, findings = loader.read(content, "any")
    assert questionnaire is None
    assert findings


@given(
    st.text(alphabet="{}[],:!&*#?|>-%@`'\"\\ \n\tab01~<=.xuU\u2028\u202e"),
)
def test_any_signs_of_yaml_give_findings_and_nothing_else(content: str) -> None:
    questionnaire, findings = loader.read(content.encode(), "any")
    assert questionnaire is None
    assert findings


@given(st.data())
def test_a_damaged_definition_gives_findings_or_a_questionnaire(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(KINDS)))
    length = data.draw(st.integers(0, 40))
    instead = data.draw(st.text(alphabet="{}[],:-\n ab01\"'!*&#tre", max_size=12)).encode()
    damaged = KINDS[:start] + instead + KINDS[start + length :]
    questionnaire, findings = loader.read(damaged, "damaged")
    assert questionnaire is not None or findings
    for found in findings:
        assert found.line is not None
        assert found.line <= damaged.count(b"\n") + 1
