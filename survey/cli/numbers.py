"""Numbers on the command line: whole ones stay what was written, nothing is rounded."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter, Token


def _whole(_type: object, tokens: Sequence[Token]) -> int:
    """`12`, `+12` or `-12`; ValueError for everything else, as for 7.5."""
    written = tokens[0].value.strip()
    if not (written.isascii() and written.lstrip("+-").isdigit()):
        raise ValueError(f'"{written}" is not a whole number.')
    return int(written)


Whole = Annotated[int, Parameter(converter=_whole)]
