"""What a PDF says to whoever reads it: poppler reads in a moment what takes pypdf seconds."""

import shutil
import subprocess
from pathlib import Path

import pytest


def pages_of(pdf: bytes | Path) -> list[str]:
    """The text of each page, in the order in which it stands on the paper."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed (apt install poppler-utils)")
    content = pdf.read_bytes() if isinstance(pdf, Path) else pdf
    done = subprocess.run(
        [program, "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode().split("\f")[:-1]  # each page ends with a form feed
