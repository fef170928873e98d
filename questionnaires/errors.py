"""What is wrong with a definition or a file, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a code to look up, a place, a sentence, a remedy."""

    severity: Severity
    code: str
    message: str
    remedy: str = ""
    path: str = ""
    line: int | None = None
    column: int | None = None
    file: str = ""

    @property
    def place(self) -> str:
        """File, line, column and path, as far as they are known; empty when none is."""
        known = [self.file] if self.file else []
        if self.line is not None:
            known.append(f"line {self.line}")
        if self.column is not None:
            known.append(f"column {self.column}")
        if self.path:
            known.append(self.path)
        return ", ".join(known)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"


MOST_LISTED = 100


def listed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings as people can read them: the first hundred, and that there are more."""
    if len(findings) <= MOST_LISTED:
        return tuple(findings)
    left_out = {found.severity for found in findings[MOST_LISTED:]}
    severity: Severity = "error" if "error" in left_out else "warning"
    said = f"There are more findings than these {MOST_LISTED}."
    more = Finding(severity, "more-findings", said, "Correct these first.", file=findings[0].file)
    return (*findings[:MOST_LISTED], more)


class FindingsError(Exception):
    """A bad input with everything that is wrong in it, never only the first fault."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class DefinitionError(FindingsError):
    """A questionnaire definition (or the YAML around it) that cannot be used."""
