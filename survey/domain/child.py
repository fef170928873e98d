"""Work in a short-lived process of our own, which takes its memory along when it ends.

What a library keeps in memory for later (codes that were set, a hundred megabytes) does not stay
in a web process, and nothing touches a disk: data comes by standard input as JSON, what was made
goes to standard output.
"""

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

NOTHING: Final[Mapping[str, str]] = {}

_log = logging.getLogger(__name__)
# A traceback ends with a place, indented lines of source, and the kind at the margin.
_END = re.compile(rb'(?:[^"]*/)?([\w.]+)", line (\d+).*?^([\w.]+)', re.DOTALL | re.MULTILINE)


def made_by(
    module: str,
    *arguments: str,
    told: object,
    longest: float,
    defaults: Mapping[str, str] = NOTHING,
) -> bytes | None:
    """What `python -m module` makes of `told`; None when it makes nothing within `longest` seconds.

    `defaults` are added to the environment where it does not set them. A failure is logged by its
    kind and place, without the words of the child, which may quote what it was told.
    """
    # -P: a file that happens to lie in the working folder is never imported.
    command = [sys.executable, "-P", "-m", module, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; arguments are known words
            command, input=json.dumps(told).encode(), capture_output=True, timeout=longest,
            check=False, env={**defaults, **os.environ},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        _log.error("%s took longer than %.0f s.", module, longest)
        return None
    if done.returncode != 0 or not done.stdout:
        _log.error("%s failed: %s (exit %s)", module, _failure(done.stderr), done.returncode)
        return None
    return done.stdout


def _failure(said: bytes) -> str:
    """Kind and place of the failure that ends a traceback; nothing else that was said."""
    found = _END.match(said.rpartition(b'File "')[2])
    if found is None:
        return "no traceback"
    file, line, kind = (one.decode() for one in found.groups())
    return f"{kind} in {file}:{line}"
