"""Definitions from files: strict, and with everything that is wrong at once."""

from pathlib import Path

from questionnaires import checks
from questionnaires.errors import DefinitionError, Finding, listed
from questionnaires.model import Questionnaire
from questionnaires.positions import Positions, spell
from questionnaires.yaml import MAX_BYTES, validate


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
    questionnaire, findings = read(content, name)
    errors = [found for found in findings if found.severity == "error"]
    if errors or questionnaire is None:
        raise DefinitionError(errors)
    return questionnaire


def read(content: bytes, name: str) -> tuple[Questionnaire | None, tuple[Finding, ...]]:
    """The questionnaire in `content` and all findings, errors and warnings.

    The questionnaire is None when the file does not have the shape of one; the checks of what it
    says (references, languages, conditions) can only follow then.
    """
    try:
        questionnaire, positions = validate(Questionnaire, content, name)
    except DefinitionError as error:
        return None, error.findings
    findings = [placed(issue, positions, name) for issue in checks.check(questionnaire)]
    findings.sort(key=lambda found: (found.line or 0, found.column or 0))
    return questionnaire, listed(findings)


def read_bytes(path: Path) -> bytes:
    """The content of a file, but never more than one byte above what a definition may have."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def placed(issue: checks.Issue, positions: Positions, name: str) -> Finding:
    """What a check found, with its line and column in the file `name`."""
    line, column = positions.key(issue.path) if issue.at_key else positions.of(issue.path)
    path = spell(positions.known(issue.path))
    return Finding(
        issue.severity, issue.code, issue.message, issue.remedy, path, line, column, name
    )
