"""What a model refuses, as findings: a sentence, a place, a remedy."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from questionnaires.errors import Finding
from questionnaires.model import basics
from questionnaires.positions import Positions, spell

LONGEST_QUOTE = 40
PATTERNS = {
    basics.IDENTIFIER: f"up to {basics.LONGEST_ID} small letters, digits and _, a letter first",
    basics.SLUG: f"up to {basics.LONGEST_SLUG} small letters, digits and -, a letter first",
    basics.VERSION: "three numbers such as 1.0.0",
    basics.REFERENCE: "a questionnaire and its version, such as change-climate@1.0.0",
    basics.LANGUAGE: "a language tag such as de, en or de-simple",
    basics.DATE: "a date such as 2026-10-01",
}

Sentence = tuple[str, str, str]  # code, what is wrong, what to do


def explain(
    error: ValidationError, model: type[BaseModel], positions: Positions, name: str
) -> list[Finding]:
    """One finding for each thing the model refuses, in the order of the file."""
    details = [one for one in error.errors(include_url=False) if not _is_echo(one)]
    findings = [_finding(detail, model, positions, name) for detail in details]
    return sorted(findings, key=lambda found: (found.line or 0, found.column or 0))


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _is_echo(detail: ErrorDetails) -> bool:
    """A list that is long enough, but counts as short since some of its entries are refused."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _finding(
    detail: ErrorDetails, model: type[BaseModel], positions: Positions, name: str
) -> Finding:
    loc = [step for step in detail["loc"] if step != "[key]"]
    if detail["type"] == "union_tag_invalid":
        loc.append("kind")
    path = positions.known(loc)
    about_key = detail["type"] == "extra_forbidden" or "[key]" in detail["loc"]
    line, column = positions.key(path) if about_key else positions.of(path)
    code, said, remedy = _sentence(detail, model)
    return Finding("error", code, said, remedy, spell(path), line, column, name)


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> Sentence:
    if detail["type"] == "extra_forbidden":
        return _unknown_key(detail, model)
    return EXPLAINERS.get(detail["type"], _other)(detail, detail.get("ctx", {}))


def _unknown_key(detail: ErrorDetails, model: type[BaseModel]) -> Sentence:
    *way, key = detail["loc"]
    near = get_close_matches(str(key), sorted(_keys(_schema(model), way)), n=1)
    remedy = f"Did you mean '{near[0]}'?" if near else "Remove it."
    return "unknown-key", f"The key '{short(str(key))}' is not known here.", remedy


def _keys(schema: dict[str, Any], way: Iterable[object]) -> set[str]:
    """The keys that a mapping may have to which `way` leads through a JSON schema."""
    here = [schema]
    for step in way:
        here = [inner for one in here for inner in _below(_resolved(schema, one), step)]
    found = [one for part in here for one in _resolved(schema, part)]
    return {key for one in found for key in one.get("properties", {})}


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    """The part itself, or the definitions it refers to."""
    if "$ref" in part:
        return [schema["$defs"][part["$ref"].rpartition("/")[2]]]
    choices = part.get("anyOf") or part.get("oneOf")
    if choices is None:
        return [part]
    return [inner for one in choices for inner in _resolved(schema, one)]


def _below(parts: list[dict[str, Any]], step: object) -> list[dict[str, Any]]:
    """Where a step leads; the name of a class that was tried leads nowhere, but narrows down."""
    if isinstance(step, int):
        return [part["items"] for part in parts if "items" in part]
    inner = [part["properties"][step] for part in parts if step in part.get("properties", {})]
    for part in parts:
        inner += [part["additionalProperties"]] if part.get("additionalProperties") else []
        inner += list(part.get("patternProperties", {}).values())
    named = [part for part in parts if step in _tags(part)]
    return inner or named or parts


def _tags(part: dict[str, Any]) -> set[object]:
    kind = part.get("properties", {}).get("kind", {})
    return {kind.get("const"), part.get("title")}


def _missing(detail: ErrorDetails, _: dict[str, Any]) -> Sentence:
    key = detail["loc"][-1]
    return "missing-key", f"The key '{key}' is missing here.", f"Add '{key}'."


def _wrong_type(
    wanted: str, remedy: str = ""
) -> Callable[[ErrorDetails, dict[str, Any]], Sentence]:
    def sentence(detail: ErrorDetails, _: dict[str, Any]) -> Sentence:
        value = detail["input"]
        said = f"{wanted} is wanted here, not {describe(value)}."
        return "wrong-type", said, remedy or f"Write {wanted.lower()}."

    return sentence


def _text(detail: ErrorDetails, _: dict[str, Any]) -> Sentence:
    value = detail["input"]
    said = f"Text is wanted here, not {describe(value)}."
    plain = isinstance(value, bool | int | float)
    remedy = f'Put it in quotation marks: "{describe(value, bare=True)}".' if plain else ""
    return "wrong-type", said, remedy or "Write text in quotation marks."


def _truth(detail: ErrorDetails, _: dict[str, Any]) -> Sentence:
    said = f"true or false is wanted here, not {describe(detail['input'])}."
    return "wrong-type", said, "Write true or false, without quotation marks."


def _pattern(detail: ErrorDetails, context: dict[str, Any]) -> Sentence:
    said = f"{_capital(describe(detail['input']))} cannot stand here."
    return "wrong-form", said, f"Write {PATTERNS[context['pattern']]}."


def _choice(detail: ErrorDetails, context: dict[str, Any]) -> Sentence:
    said = f"{_capital(describe(detail['input']))} is not one of the possible values."
    return "unknown-value", said, f"Write {context['expected']}."


def _kind(_: ErrorDetails, context: dict[str, Any]) -> Sentence:
    said = f"The kind '{short(str(context['tag']))}' does not exist."
    return "unknown-kind", said, f"Write one of {context['expected_tags']}."


def _no_kind(_: ErrorDetails, __: dict[str, Any]) -> Sentence:
    said = "This item names neither a response scale nor its kind."
    return "missing-key", said, "Add 'response' with the name of a response scale, or 'kind'."


def _bound(word: str, key: str) -> Callable[[ErrorDetails, dict[str, Any]], Sentence]:
    def sentence(detail: ErrorDetails, context: dict[str, Any]) -> Sentence:
        said = f"{describe(detail['input'], bare=True)} is outside the permitted range."
        return "out-of-range", said, f"Write a number that is {word} {context[key]}."

    return sentence


def _too_few(detail: ErrorDetails, context: dict[str, Any]) -> Sentence:
    least, found = context["min_length"], len(detail["input"])
    said = f"This list needs at least {least}; it has {found or 'none'}."
    return "too-few", said, "Add what is missing."


def _own(detail: ErrorDetails, context: dict[str, Any]) -> Sentence:
    """A fault that our own validator found: its sentence, and its remedy in the context."""
    return detail["type"].replace("_", "-"), detail["msg"], str(context.get("remedy", ""))


def _said_by_a_validator(_: ErrorDetails, context: dict[str, Any]) -> Sentence:
    return "wrong-value", _capital(str(context["error"])), "Correct the value."


def _other(detail: ErrorDetails, context: dict[str, Any]) -> Sentence:
    if "remedy" in context:
        return _own(detail, context)
    return "wrong-value", f"{describe(detail['input'])}: {detail['msg']}.", "Correct the value."


def describe(value: object, *, bare: bool = False) -> str:
    """What a person wrote, in a few words; `bare` gives a plain value alone."""
    if isinstance(value, bool):
        return str(value).lower() if bare else f"the truth value {str(value).lower()}"
    if isinstance(value, int | float):
        return str(value) if bare else f"the number {value}"
    if isinstance(value, str):
        return f"'{short(value)}'"
    return "nothing" if value is None else "a mapping" if isinstance(value, dict) else "a list"


def short(text: str) -> str:
    """The beginning of a text, on one line."""
    start = " ".join(text[: LONGEST_QUOTE + 1].split())
    return start if len(text) <= LONGEST_QUOTE else start[:LONGEST_QUOTE] + "…"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


_mapping = _wrong_type("A mapping", "Write keys with values, such as 'id: one'.")
_list = _wrong_type("A list", "Write [one, two], or one entry a line behind '- '; [] is empty.")
_whole = _wrong_type("A whole number", "Write it in digits, without quotation marks.")
_number = _wrong_type("A number", "Write it in digits, without quotation marks.")

_date = _wrong_type("A date", "Write year, month and day, such as 2026-10-01.")

EXPLAINERS: dict[str, Callable[[ErrorDetails, dict[str, Any]], Sentence]] = {
    "missing": _missing,
    "bool_type": _truth,
    "bool_parsing": _truth,
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "int_type": _whole,
    "int_from_float": _whole,
    "float_type": _number,
    "finite_number": _number,
    "date_type": _date,
    "date_parsing": _date,
    "date_from_datetime_parsing": _date,
    "value_error": _said_by_a_validator,
    "dict_type": _mapping,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "tuple_type": _list,
    "list_type": _list,
    "literal_error": _choice,
    "union_tag_invalid": _kind,
    "union_tag_not_found": _no_kind,
    "greater_than_equal": _bound("at least", "ge"),
    "greater_than": _bound("more than", "gt"),
    "less_than_equal": _bound("at most", "le"),
    "less_than": _bound("less than", "lt"),
    "too_short": _too_few,
}
