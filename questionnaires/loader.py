"""Definitions from files: strict, and with everything that is wrong at once."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import BaseModel

from questionnaires import checks
from questionnaires.errors import DefinitionError, Finding, listed
from questionnaires.model import Questionnaire
from questionnaires.positions import Positions, spell
from questionnaires.yaml import MAX_BYTES, validate

M = TypeVar("M", bound=BaseModel)
Findings: TypeAlias = tuple[Finding, ...]


def load(path: Path) -> Questionnaire:
    """The questionnaire in a file.

    Raises:
        DefinitionError: every error in it, with line and column. Warnings raise nothing.
        OSError: the file cannot be read.
    """
    return loads(read_bytes(path), str(path))


def loads(content: bytes, name: str) -> Questionnaire:
    """The questionnaire in `content`, YAML or JSON; `name` names it in findings.

    Raises:
        DefinitionError: every error in it, with line and column. Warnings raise nothing.
    """
    return sound(read(content, name))


def read(content: bytes, name: str) -> tuple[Questionnaire | None, Findings]:
    """The questionnaire in `content` and all findings, errors and warnings; see `read_checked`."""
    return read_checked(Questionnaire, content, name, checks.check)


def read_checked(
    model: type[M], content: bytes, name: str, check: Callable[[M], Iterable[checks.Issue]]
) -> tuple[M | None, Findings]:
    """A `model` in `content`, YAML or JSON, and all findings; `name` names it in them.

    The model is None where the file does not have its shape; `check`, which looks at what it says
    (references, languages, conditions), can only follow then.
    """
    try:
        made, positions = validate(model, content, name)
    except DefinitionError as error:
        return None, error.findings
    findings = [_placed(issue, positions, name) for issue in check(made)]
    findings.sort(key=lambda found: (found.line or 0, found.column or 0))
    return made, listed(findings)


def sound(found: tuple[M | None, Findings]) -> M:
    """What was read, where no finding is an error.

    Raises:
        DefinitionError: with every error.
    """
    made, findings = found
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors or made is None:
        raise DefinitionError(errors)
    return made


def read_bytes(path: Path) -> bytes:
    """The content of a file, but never more than one byte above what a definition may have."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _placed(issue: checks.Issue, positions: Positions, name: str) -> Finding:
    """What a check found, with its line and column in the file `name`."""
    line, column = positions.key(issue.path) if issue.at_key else positions.of(issue.path)
    path = spell(positions.known(issue.path))
    return Finding(
        issue.severity, issue.code, issue.message, issue.remedy, path, line, column, name
    )
