"""What a web process runs."""

import ctypes
import gc
import os
import resource
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litestar import Litestar

_PR_SET_PDEATHSIG = 1
GARBAGE_EVERY = 10_000  # objects; a request makes several hundred, nearly all without cycles


def application() -> "Litestar":
    """The web application of this process, which ends with the process that started it."""
    from survey.app import create_app

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    parent = os.getppid()
    with suppress(OSError, AttributeError):  # another system than Linux has no such call
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)
    app = create_app()
    gc.freeze()  # what lives as long as the process need not be looked through again and again
    gc.set_threshold(GARBAGE_EVERY)
    return app
