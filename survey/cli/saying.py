"""What a command prints: results on standard output, notes on standard error."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

AsJson = Annotated[bool, Parameter(name="--json", negative=())]
STANDARD_OUTPUT = Path("-")


def say(found: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    """Print the results: as JSON for programs, else as lines for people."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            print(line)


def note(sentence: str) -> None:
    """Say something besides the results; nothing where there is nothing to say."""
    if sentence:
        print(sentence, file=sys.stderr)
