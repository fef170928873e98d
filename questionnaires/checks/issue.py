"""What a check finds: like a Finding, but by path; the loader knows line and column."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from questionnaires.errors import Severity


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with the content of a definition.

    `path` leads from the root to the value meant, `at_key` to the key in front of it.
    """

    severity: Severity
    code: str
    path: tuple[object, ...]
    message: str
    remedy: str
    at_key: bool = False


def error(code: str, path: tuple[object, ...], message: str, remedy: str) -> Issue:
    """Something that makes the definition unusable."""
    return Issue("error", code, path, message, remedy)


def warning(code: str, path: tuple[object, ...], message: str, remedy: str) -> Issue:
    """Something that works, but is probably not meant."""
    return Issue("warning", code, path, message, remedy)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "Correct the name.") -> str:
    """The remedy for a name that does not exist: the known one most like it."""
    near = get_close_matches(name, sorted(known), n=1)
    return f"Did you mean '{near[0]}'?" if near else otherwise
