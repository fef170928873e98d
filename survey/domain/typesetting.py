"""Typesetting: Typst templates and data become accessible PDF, in a process of its own.

The compiler keeps what it has set in memory for later; access codes must not stay there.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import survey
from reports.wording.lines import one_line
from survey.domain.child import made_by
from survey.errors import FaultError

FONTS = Path(survey.__file__).parent / "fonts"
TEMPLATES = Path(survey.__file__).parent.parent / "templates"
ACCESSIBLE: Final = "ua-1"
NO_GLYPH = "could not be displayed with"  # how Typst begins to say that PDF/UA is not possible
LONGEST = 120.0  # seconds


def printable(said: str) -> str:
    """A text on one line; a dash where nothing is left, as an empty heading is none."""
    return one_line(said) or "–"


def typeset(template: str, data: Mapping[str, object]) -> bytes:
    """The PDF of a template (a path under `templates/`), which reads `data` as sys.inputs.input.

    Texts in `data` are shown as they are; none of them is run as markup. The PDF is tagged and
    carries no date. It is PDF/UA-1 unless a text has characters that the shipped fonts lack.

    Raises:
        FaultError: the PDF could not be made.
    """
    made = made_by(__name__, template, told=data, longest=LONGEST)
    if made is None:
        raise FaultError(
            "typesetting", "The PDF could not be made; nothing was stored.", "Please try again."
        )
    return made


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
