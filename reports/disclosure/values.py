"""Not-shown is a type: a result is `Shown` or `Suppressed`, and only this package makes a `Shown`.

Everything that is read later (pages, files, charts, alt texts) receives these values, so no
output can forget the rules. A test holds that no other package calls `show`.
"""

from dataclasses import InitVar, dataclass
from typing import Generic, TypeAlias, TypeVar, final

T = TypeVar("T")

_KEY = object()  # whoever holds it may show; it does not leave this module


@final
@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """A value that has passed the rules, rounded once."""

    value: T
    key: InitVar[object]

    def __post_init__(self, key: object) -> None:
        """Refuse everybody but disclosure control.

        Raises:
            TypeError: made elsewhere.
        """
        if key is not _KEY:
            raise TypeError("only disclosure control decides what is shown")


@final
@dataclass(frozen=True, slots=True)
class Suppressed:
    """A value that is not shown; one marker, whatever the rule was."""


HIDDEN = Suppressed()
MARKER = {"hidden": True}  # how a suppressed value is written in a document

Value: TypeAlias = Shown[T] | Suppressed


def show(value: T) -> Shown[T]:
    """A value that has passed the rules; called in this package only."""
    return Shown(value, _KEY)


def show_if(passed: bool, value: T) -> Value[T]:  # noqa: FBT001 - reads as "show if passed"
    """`value` where the rules allow it."""
    return show(value) if passed else HIDDEN
