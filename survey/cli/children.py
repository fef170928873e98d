"""Processes that `pegel serve` starts, and that end with it, however it ends."""

import subprocess
import sys
import threading
import time

RESTART_AFTER = (0.2, 1.0, 5.0, 30.0)  # seconds; the last one for all further restarts
STEADY = 60.0  # seconds after which a keeper counts as well started
END_WITHIN = 10.0  # seconds that the keeper has to finish its transaction


class KeeperChild:
    """The keeper as a child process: restarted when it dies, ended with us.

    The child reads from a pipe that only we hold open: when we die, even by SIGKILL, the pipe
    closes and the child stops.
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="keeper", daemon=True)

    def start(self) -> None:
        """Start the keeper, and watch it."""
        self._watcher.start()

    def stop(self) -> None:
        """End the keeper; returns when it has ended."""
        self._stopping.set()
        child = self._child
        if child is not None:
            child.terminate()
            try:
                child.wait(END_WITHIN)
            except subprocess.TimeoutExpired:
                child.kill()  # what it was doing is undone or done again at the next start
        self._watcher.join()

    def _watch(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            lasted = self._run()
            failures = 0 if lasted > STEADY else failures + 1
            if self._stopping.wait(RESTART_AFTER[min(failures, len(RESTART_AFTER)) - 1]):
                return
            print("pegel: the keeper ended and is started again.", file=sys.stderr)

    def _run(self) -> float:
        """Run the keeper until it ends; gives how many seconds that took."""
        started = time.monotonic()
        # -P: a file that happens to lie in the working folder is never imported.
        command = [sys.executable, "-P", "-m", "survey.keeper"]
        # A session of its own: Ctrl-C reaches us alone, and we end the keeper in order.
        with subprocess.Popen(  # noqa: S603 # our own module, under our own interpreter
            command, stdin=subprocess.PIPE, start_new_session=True
        ) as child:
            self._child = child
            if self._stopping.is_set():
                child.terminate()
            child.wait()
        return time.monotonic() - started
