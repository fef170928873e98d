"""PostgreSQL: connections that are durable, tell nothing to the server's log, and lock in order."""

from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    import psycopg

DRIVER: Final = "postgresql+psycopg"
WRITINGS = ("postgresql", DRIVER, "postgresql+psycopg2")  # in an address; all mean psycopg 3
NAME: Final = "pegel"  # how our sessions are called in pg_stat_activity

KEPT_OPEN = 8  # connections: one for each thread of a web process, so that none is made anew
CONNECT_WITHIN = 10  # seconds; whoever waits longer has no database
UNANSWERED_AT_MOST = 30_000  # milliseconds that a server may be silent before it counts as gone
LOCKED_AT_MOST = "30s"  # as long as SQLite waits for a lock

# The first number of our advisory locks, which are told apart from others' by it ("PEGE").
_OURS = 0x50454745

Lock = Literal["write", "keeper"]
_LOCKS: dict[Lock, int] = {"write": -1, "keeper": -2}  # campaigns have their own id

# What a statement would leave in the server's log. Only a superuser may switch most of it off, or
# a role that was granted it; `survey.db.postgres_audit` finds what is still on.
QUIET: dict[str, str] = {
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "auto_explain.log_min_duration": "-1",
    "pgaudit.log": "none",
}

# One round trip: every switch that this role may turn.
_HUSH = """
SELECT set_config(name, value, false)
FROM pg_settings JOIN unnest(%s::text[], %s::text[]) AS quiet (name, value) USING (name)
WHERE setting <> value AND (context = 'user' OR {permitted})
"""
_SINCE_15 = "has_parameter_privilege(name, 'SET')"
_BEFORE_15 = "current_setting('is_superuser') = 'on'"
_WITH_GRANTS = 150000  # the first version in which a role can be granted a single setting


def make_postgres_engine(address: URL) -> Engine:
    """The engine for a PostgreSQL server, by psycopg 3.

    Prepared statements are left to the driver: they hold the text of a statement, which never has
    values in it, and live as long as their connection.

    Raises:
        ArgumentError: the address names another driver.
    """
    if address.drivername not in WRITINGS:
        raise ArgumentError(f"Pegel reaches PostgreSQL by psycopg, not by {address.drivername}")
    engine = create_engine(
        address.set(drivername=DRIVER),
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_size=KEPT_OPEN,
        pool_pre_ping=True,  # a server that was restarted costs nobody an answer
        connect_args={
            "application_name": NAME,
            "connect_timeout": CONNECT_WITHIN,
            "tcp_user_timeout": UNANSWERED_AT_MOST,
        },
    )
    event.listen(engine, "connect", _prepare)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The same engine with transactions that see one consistent state, and cannot write."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def lock(connection: Connection, which: Lock | int) -> None:
    """Wait for a lock (a number: that of a campaign), and hold it until the transaction ends."""
    connection.execute(_LOCK, _numbers(which))


def try_lock(connection: Connection, which: Lock) -> bool:
    """Take a lock for as long as the connection lives; False when somebody else has it."""
    return bool(connection.scalar(_TRY_LOCK, _numbers(which)))


def notice_dead_hosts(connection: Connection) -> None:
    """Let the server find out within a minute that our host is gone, and release its locks."""
    for setting, value in (("idle", 30), ("interval", 10), ("count", 3)):
        connection.execute(text(f"SET tcp_keepalives_{setting} = {value}"))


_LOCK = text("SELECT pg_advisory_xact_lock(:ours, :one)")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:ours, :one)")


def _numbers(which: Lock | int) -> dict[str, Any]:
    return {"ours": _OURS, "one": which if isinstance(which, int) else _LOCKS[which]}


def _prepare(connection: "psycopg.Connection[Any]", _record: object) -> None:
    """Settings that last as long as the connection, so they are made outside a transaction."""
    connection.autocommit = True
    permitted = _SINCE_15 if connection.info.server_version >= _WITH_GRANTS else _BEFORE_15
    with connection.cursor() as cursor:
        # "Danke" is said after a commit, so a commit has to be on disk.
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"
        )
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", (LOCKED_AT_MOST,))
        cursor.execute(_HUSH.format(permitted=permitted), (list(QUIET), list(QUIET.values())))
    connection.autocommit = False
