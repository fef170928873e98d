"""What a web process runs."""

import ctypes
import os
import resource
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litestar import Litestar

_PR_SET_PDEATHSIG = 1


def application() -> "Litestar":
    """The web application of this process, which ends with the process that started it."""
    from survey.app import create_app

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    parent = os.getppid()
    with suppress(OSError, AttributeError):  # another system than Linux has no such call
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)
    return create_app()
