"""YAML 1.2, read strictly: plain data with the line and column of every value.

What two programs could read differently is refused rather than guessed: duplicate keys, aliases,
tags, words such as `no`, several documents. Size, depth and number of values are bounded, so a
hostile file ends in a finding. JSON is read as the YAML that it is.
"""

import re
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from questionnaires.errors import MOST_LISTED, DefinitionError, Finding, listed
from questionnaires.explain import explain, short
from questionnaires.positions import Path, Place, Positions

M = TypeVar("M", bound=BaseModel)

MAX_BYTES = 2_000_000
MAX_DEPTH = 32
MAX_VALUES = 50_000
MAX_DIGITS = 18  # a whole number that every program can hold

AMBIGUOUS = frozenset({"yes", "no", "on", "off"})  # truth values for YAML 1.1, words for YAML 1.2
NULL = frozenset({"", "~", "null", "Null", "NULL"})
TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
WHOLE = re.compile(r"[-+]?[0-9]+")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
LONG_RUN = re.compile(r'[^\s"{}]{1000,}')
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\u2028\u2029"  # line and paragraph separators
    "\u202a-\u202e\u2066-\u2069"  # characters that turn the direction of writing around
    "\ud800-\udfff\ufeff\ufffe\uffff]"  # halves of characters, byte order marks, non-characters
)


def validate(model: type[M], content: bytes, name: str) -> tuple[M, Positions]:
    """Read `content` as YAML and make a `model` of it; `name` names the file in findings.

    Raises:
        DefinitionError: everything that is wrong with the file, with line and column.
    """
    data, positions = read_yaml(content, name)
    try:
        return model.model_validate(data), positions
    except ValidationError as error:
        raise DefinitionError(listed(explain(error, model, positions, name))) from error


def read_yaml(content: bytes, name: str) -> tuple[object, Positions]:
    """The plain data in `content` (dict, list, str, int, float, bool, None) and its places.

    Dates and times stay text, as YAML 1.2 has it. Raises DefinitionError with every finding.
    """
    text = _decode(content, name)
    builder = _Builder(name)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        builder.refuse_syntax(error)
    except (YAMLError, ValueError, OverflowError) as error:
        builder.refuse("yaml-syntax", f"This is not valid YAML: {error}.", "Correct it.")
    if not builder.documents and not builder.findings:
        builder.refuse("empty-file", "The file is empty.", "Write a definition into it.")
    if builder.findings:
        raise DefinitionError(builder.findings)
    return builder.root, builder.positions


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        said = f"The file has {len(content):,} bytes; at most {MAX_BYTES:,} are read."
        raise DefinitionError([_error("too-large", name, said, "Split or shorten it.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        said = f"Byte {error.start + 1} (0x{content[error.start]:02x}) is not UTF-8."
        remedy = "Save the file as UTF-8."
        found = _error("not-utf-8", name, said, remedy, _end_of(before))
        raise DefinitionError([found]) from error
    if wrong := FORBIDDEN.search(text):
        raise DefinitionError([_forbidden(text, wrong, name)])
    for run in LONG_RUN.finditer(text):
        if "!" in run[0]:  # the parser's time for a tag grows with the square of its length
            said = "A tag of more than 1,000 characters stands here."
            place = _end_of(text[: run.start() + run[0].index("!")])
            raise DefinitionError([_error("tag", name, said, "Remove it.", place)])
    return text


def _forbidden(text: str, wrong: re.Match[str], name: str) -> Finding:
    said = f"The character U+{ord(wrong[0]):04X} is invisible or turns text around."
    place = _end_of(text[: wrong.start()])
    return _error("forbidden-character", name, said, "Remove it.", place)


def _end_of(text: str) -> Place:
    """Line and column of the character that follows `text`."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


@dataclass
class _Open:
    """A mapping or list that is being read."""

    value: dict[object, object] | list[object]
    path: Path
    key: object = None
    awaits_value: bool = False


@dataclass
class _Builder:
    """Makes plain data from parser events, without recursion and within the bounds."""

    name: str
    root: object = None
    documents: int = 0
    values: int = 0
    findings: list[Finding] = field(default_factory=list)
    positions: Positions = field(default_factory=Positions)
    _open: list[_Open] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Take the next event of the parser."""
        match event:
            case DocumentStartEvent():
                self._begin_document(event)
            case AliasEvent():
                self.refuse_at(
                    event,
                    "alias",
                    f"'*{short(event.anchor)}' repeats another part of the file.",
                    "Write the part out.",
                )
                self._put(event, None)
            case ScalarEvent():
                self._check_tag(event)
                self._put(event, self._scalar(event))
            case SequenceStartEvent() | MappingStartEvent():
                self._check_tag(event)
                self._begin(event)
            case SequenceEndEvent() | MappingEndEvent():
                self._open.pop()
            case _:
                pass

    def refuse(self, code: str, said: str, remedy: str, place: Place = (1, 1)) -> None:
        """Note a finding."""
        self.findings.append(_error(code, self.name, said, remedy, place))
        if len(self.findings) > MOST_LISTED:
            raise DefinitionError(listed(self.findings))

    def refuse_at(self, event: Event, code: str, said: str, remedy: str) -> None:
        """Note a finding at the place of an event."""
        self.refuse(code, said, remedy, _place(event))

    def refuse_syntax(self, error: MarkedYAMLError) -> None:
        """Note what the parser could not read."""
        mark = error.problem_mark or error.context_mark
        said = ", ".join(filter(None, [error.context, error.problem]))
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        remedy = "Check indentation, quotation marks, brackets and colons near this place."
        self.refuse("yaml-syntax", f"This is not valid YAML: {said}.", remedy, place)

    def _stop(self, event: Event, code: str, said: str, remedy: str) -> None:
        self.refuse_at(event, code, said, remedy)
        raise DefinitionError(self.findings)

    def _begin_document(self, event: Event) -> None:
        self.documents += 1
        if self.documents > 1:
            said = "A second document starts here."
            self._stop(event, "several-documents", said, "Keep one document in a file.")

    def _check_tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.ctag is not None:
            tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
            said = f"The tag '{short(tag)}' asks for a special type."
            self.refuse_at(event, "tag", said, "Remove the tag; no type has to be named.")

    def _begin(self, event: CollectionStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            said = f"Lists and mappings are nested more than {MAX_DEPTH} deep."
            self._stop(event, "too-deep", said, "Make the structure flatter.")
        value: dict[object, object] | list[object]
        value = {} if isinstance(event, MappingStartEvent) else []
        path = self._put(event, value)
        self._open.append(_Open(value, path))

    def _put(self, event: Event, value: object) -> Path:
        """Put a value where it belongs; gives its path."""
        self.values += 1
        if self.values > MAX_VALUES:
            said = f"The file holds more than {MAX_VALUES:,} values."
            self._stop(event, "too-large", said, "Split or shorten it.")
        if not self._open:
            self.root = value
            return self._note((), event)
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
            return self._note((*parent.path, len(parent.value) - 1), event)
        if not parent.awaits_value:
            parent.key, parent.awaits_value = self._key(event, parent, value), True
            return parent.path
        parent.awaits_value = False
        if parent.key is None:
            return parent.path
        parent.value[parent.key] = value
        return self._note((*parent.path, parent.key), event)

    def _key(self, event: Event, parent: _Open, key: object) -> object:
        """The key to use, or None when it is refused and its value is to be dropped."""
        if isinstance(key, bool) or not isinstance(key, str | int):
            said = "A key has to be a word or a whole number."
            self.refuse_at(event, "key-type", said, "Put the key in quotation marks.")
            return None
        path = (*parent.path, key)
        if key in parent.value:
            first = self.positions.key(path)[0]
            said = f"The key '{short(str(key))}' stands here a second time (first in line {first})."
            self.refuse_at(event, "duplicate-key", said, "Keep one of the two.")
            return None
        self.positions.keys[path] = _place(event)
        return key

    def _note(self, path: Path, event: Event) -> Path:
        self.positions.values[path] = _place(event)
        return path

    def _scalar(self, event: ScalarEvent) -> object:
        text = event.value
        if not event.implicit[0]:  # quoted, or a block of text
            return self._join_halves(event, text)
        if text in NULL:
            return None
        if text in TRUTH:
            return TRUTH[text]
        if text.lower() in AMBIGUOUS:
            said = f"Some programs read '{text}' as true or false, others as a word."
            remedy = f'Write true or false, or put it in quotation marks: "{text}".'
            self.refuse_at(event, "implicit-boolean", said, remedy)
        return self._number(event, text)

    def _number(self, event: ScalarEvent, text: str) -> object:
        """A whole or decimal number in plain notation, else the text itself."""
        if not DECIMAL.fullmatch(text):
            return text
        if sum(character.isdigit() for character in text) > MAX_DIGITS:
            said = f"A number of more than {MAX_DIGITS} digits cannot be held exactly."
            self.refuse_at(event, "number-too-long", said, "Shorten it, or put it in quotes.")
            return 0
        return int(text) if WHOLE.fullmatch(text) else float(text)

    def _join_halves(self, event: ScalarEvent, text: str) -> str:
        """JSON writes a rare character as two escapes; alone, a half is no character."""
        try:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            text = "\ud800"
        if wrong := FORBIDDEN.search(text):
            said = f"The character U+{ord(wrong[0]):04X} is invisible or turns text around."
            self.refuse_at(event, "forbidden-character", said, "Remove it.")
        return FORBIDDEN.sub("\ufffd", text)  # no message repeats it to a terminal


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _error(code: str, name: str, said: str, remedy: str, place: Place = (1, 1)) -> Finding:
    line, column = place
    return Finding("error", code, said, remedy, line=line, column=column, file=name)
