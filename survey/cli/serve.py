"""`pegel serve`: web processes, and the keeper beside them."""

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import Annotated, Any, Literal

from cyclopts import Parameter, validators

from survey.cli.children import KeeperChild
from survey.cli.installation import connect, unreachable
from survey.cli.numbers import Whole
from survey.cli.worker import application
from survey.db.engine import is_migrated, upgrade
from survey.errors import SurveyError
from survey.settings import Settings, load_settings

Port = Annotated[Whole, Parameter(validator=validators.Number(gte=1, lte=65535))]
Workers = Annotated[Whole, Parameter(validator=validators.Number(gte=1, lte=64))]

ASK_EVERY = 0.1  # seconds between two looks whether the server answers yet
END_WITHIN = 5  # seconds that a web process has to finish what it is doing

# Warnings and errors only, on standard error; there is no access log.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s: %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"_granian": {"level": "WARNING"}},
}


def serve(
    *,
    host: str = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    keeper: Annotated[bool, Parameter(negative="--no-keeper")] = True,
    only: Literal["respond", "staff"] | None = None,
) -> int:
    """Serve the web pages and, unless --no-keeper, run the keeper beside them.

    Example: pegel serve --port 8000 --workers 2

    Parameters
    ----------
    host
        The address to listen on; put a proxy with TLS in front of any other than this machine's.
    port
        The port to listen on.
    workers
        Web processes.
    keeper
        Run the keeper as a child process.
    only
        Serve the pages of one audience, so that each can have processes and a port of its own.
    """
    settings = load_settings()
    if only is not None:
        settings = settings.model_copy(update={"serves": only})
    return run_server(settings, host=host, port=port, workers=workers, keeper=keeper)


def run_server(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    keeper: bool = True,
    when_ready: Callable[[str], None] = lambda url: print(f"Pegel answers at {url}", flush=True),
) -> int:
    """Serve until SIGTERM or SIGINT; gives the exit code. `when_ready` is told the URL.

    Raises:
        SurveyError: the port cannot be used, or the database is of another version.
    """
    check_port(host, port)
    _check_database(settings)
    os.environ.update(_environment(settings))
    with _keeping(keeper), _telling(host, port, when_ready):
        return _web_processes(host, port, workers)


def _web_processes(host: str, port: int, workers: int) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "pegel",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=END_WITHIN,
    )
    try:
        server.serve(target_loader=application, wrap_loader=False)  # never from the working folder
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@contextmanager
def _keeping(wanted: bool) -> Iterator[None]:  # noqa: FBT001 # the command's own switch, passed on
    if not wanted:
        yield
        return
    child = KeeperChild()
    child.start()
    try:
        yield
    finally:
        child.stop()


@contextmanager
def _telling(host: str, port: int, when_ready: Callable[[str], None]) -> Iterator[None]:
    """Tell the URL as soon as the server answers; ask no more when the context ends."""
    ended = threading.Event()

    def ask() -> None:
        while not _answers(host, port):
            if ended.wait(ASK_EVERY):
                return
        when_ready(f"http://{_in_url(host)}:{port}/")

    asking = threading.Thread(target=ask, name="ready", daemon=True)
    asking.start()
    try:
        yield
    finally:
        ended.set()
        asking.join()


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(_reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < HTTP_FAULT
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


HTTP_FAULT = 500


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 # an address to compare with


def _in_url(host: str) -> str:
    name = _reachable(host)
    return f"[{name}]" if ":" in name else name


def check_port(host: str, port: int) -> None:
    """Whether the port is free; SurveyError says why not.

    The web processes share their port, so a second server would not notice the first.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: "another program listens there already",
            errno.EACCES: "only the administrator may listen there",
        }
        reason = reasons.get(error.errno or 0, error.strerror or str(error))
        raise SurveyError(
            "port",
            f"Cannot listen on {host}, port {port}: {reason}.",
            "Choose another one with --port, or stop the other program.",
        ) from error


def _check_database(settings: Settings) -> None:
    """A new database is set up; an old one is left alone, because upgrading needs a backup."""
    from sqlalchemy.exc import DBAPIError

    engine = connect(settings)
    try:
        if is_migrated(engine):
            return
        from sqlalchemy import inspect

        if inspect(engine).get_table_names():
            raise SurveyError(
                "database-version",
                "The database belongs to another version of Pegel.",
                "Make a backup, then run 'pegel db upgrade'.",
            )
        upgrade(engine)
    except DBAPIError as error:
        raise unreachable(settings, error) from error
    finally:
        engine.dispose()


def _environment(settings: Settings) -> dict[str, str]:
    """The settings in force for child processes, wherever they came from."""
    return {
        "PEGEL_DATA": str(settings.data.absolute()),
        "PEGEL_DATABASE_URL": settings.database_url,
        "PEGEL_KEYS": str(settings.key_folder.absolute()),
        "PEGEL_BASE_URL": settings.base_url,
        "PEGEL_STAFF_URL": settings.staff_url,
        "PEGEL_SERVES": settings.serves,
        "PEGEL_BEHIND_PROXY": str(settings.behind_proxy).lower(),
        "PEGEL_SECURE_COOKIES": str(settings.secure_cookies).lower(),
    }
