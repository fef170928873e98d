"""What is wrong with a definition or a file, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a code to look up, a place, a sentence, a remedy."""

    severity: Literal["error", "warning"]
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


class FindingsError(Exception):
    """A bad input with everything that is wrong in it, never only the first fault."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class DefinitionError(FindingsError):
    """A questionnaire definition (or the YAML around it) that cannot be used."""
