"""Typesetting: Typst templates and data become accessible PDF, in a process of its own.

The compiler keeps what it has set in memory for later. In a short-lived process neither access
codes nor 100 MB of compiler stay behind in a web process, and nothing touches a disk: data comes
by standard input, the PDF goes to standard output.
"""

import json
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import survey
from survey.errors import SurveyError

FONTS = Path(survey.__file__).parent / "fonts"
TEMPLATES = Path(survey.__file__).parent.parent / "templates"
ACCESSIBLE: Final = "ua-1"
NO_GLYPH = "could not be displayed with"  # how Typst begins to say that PDF/UA is not possible
LONGEST = 120.0  # seconds


def one_line(said: str, otherwise: str = "–") -> str:
    """A text on one line, without signs that steer; `otherwise` where nothing is left."""
    kept = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in said)
    return " ".join("".join(kept).split()) or otherwise


def typeset(template: str, data: Mapping[str, object]) -> bytes:
    """The PDF of a template (a path under `templates/`), which reads `data` as sys.inputs.input.

    Texts in `data` are shown as they are; none of them is run as markup. The PDF is tagged and
    carries no date. It is PDF/UA-1 unless a text has characters that the shipped fonts lack.

    Raises:
        SurveyError: the PDF could not be made.
    """
    command = [sys.executable, "-P", "-m", __name__, template]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; nothing of it comes from outside
            command, input=json.dumps(data).encode(), capture_output=True, timeout=LONGEST,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _failed() from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        raise _failed()
    return done.stdout


def _failed() -> SurveyError:
    return SurveyError(
        "typesetting", "The PDF could not be made; nothing was stored.", "Please try again."
    )


def _compile(template: str, data: str) -> bytes:
    import typst

    compiler = typst.Compiler(
        TEMPLATES / template,
        root=(TEMPLATES / template).parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"input": data},
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=[ACCESSIBLE])
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise
        made = compiler.compile(format="pdf")
    if not isinstance(made, bytes):
        raise TypeError(template)
    return made


if __name__ == "__main__":
    sys.stdout.buffer.write(_compile(sys.argv[1], sys.stdin.buffer.read().decode()))
