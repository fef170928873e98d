"""What a PostgreSQL server does that the promise does not allow.

A finding of severity `error` breaks the promise, and campaigns are neither opened nor closed while
there is one. A `warning` says what to look after, or what only weakens a second line of defence.
What is asked for is the setting in force in our own sessions, whoever made it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from questionnaires.errors import Finding, Severity

RELOAD = "then: SELECT pg_reload_conf();"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One setting: which values are wrong, what that means, and what to do."""

    setting: str
    is_wrong: Callable[[str], bool]
    severity: Severity
    message: str
    remedy: str


def _is(*values: str) -> Callable[[str], bool]:
    return lambda found: found in values


def _is_not(*values: str) -> Callable[[str], bool]:
    return lambda found: found not in values


def _is_on(found: str) -> bool:
    return found not in ("-1", "0", "off")


def _for_us(setting: str, value: str) -> str:
    """A superuser's remedy for Pegel's sessions alone; others on the server keep their log."""
    return f"As a superuser: ALTER ROLE {{role}} SET {setting} = '{value}'; then restart Pegel."


_WITH_TIMES = "The server logs statements, with the time and with what is in them:"

RULES = (
    _Rule(
        "track_commit_timestamp",
        _is("on"),
        "error",
        "The server keeps the time of every commit, and so the time of every answer.",
        "Set track_commit_timestamp = off in postgresql.conf, and restart the server.",
    ),
    _Rule(
        "log_statement",
        _is("mod", "all"),
        "error",
        f"{_WITH_TIMES} who used which code when.",
        _for_us("log_statement", "none"),
    ),
    _Rule(
        "log_min_duration_statement",
        lambda found: found != "-1",
        "error",
        f"{_WITH_TIMES} all that last long enough.",
        _for_us("log_min_duration_statement", "-1"),
    ),
    _Rule(
        "log_min_duration_sample",
        lambda found: found != "-1",
        "error",
        f"{_WITH_TIMES} a sample of those that last long enough.",
        _for_us("log_min_duration_sample", "-1"),
    ),
    _Rule(
        "log_transaction_sample_rate",
        lambda found: float(found) > 0,
        "error",
        f"{_WITH_TIMES} those of a sample of transactions.",
        _for_us("log_transaction_sample_rate", "0"),
    ),
    _Rule(
        "log_parameter_max_length_on_error",
        _is_on,
        "error",
        "When a statement fails the server logs the values that were sent with it.",
        "Set log_parameter_max_length_on_error = 0 in postgresql.conf; " + RELOAD,
    ),
    _Rule(
        "auto_explain.log_min_duration",
        lambda found: found != "-1",
        "error",
        "auto_explain logs how statements were carried out, with their time and their values.",
        _for_us("auto_explain.log_min_duration", "-1"),
    ),
    _Rule(
        "pgaudit.log",
        _is_not("none", ""),
        "error",
        "pgaudit logs who does what when, and so when somebody answered.",
        _for_us("pgaudit.log", "none"),
    ),
    _Rule(
        "pgaudit.role",
        _is_not(""),
        "error",
        "pgaudit logs what is done to tables, and so when somebody answered.",
        _for_us("pgaudit.role", ""),
    ),
    _Rule(
        "fsync",
        _is("off"),
        "error",
        "The server does not write through: a power cut loses answers that were thanked for.",
        "Set fsync = on in postgresql.conf; " + RELOAD,
    ),
    _Rule(
        "synchronous_commit",
        _is_not("on", "remote_apply"),
        "error",
        "A commit is confirmed before it is on disk: a power cut loses answers.",
        "Set synchronous_commit = on in postgresql.conf; " + RELOAD,
    ),
    _Rule(
        "full_page_writes",
        _is("off"),
        "warning",
        "A power cut in the middle of a write can break the tables, unless the file system "
        "writes whole pages or none.",
        "Set full_page_writes = on in postgresql.conf; " + RELOAD,
    ),
    _Rule(
        "log_duration",
        _is("on"),
        "warning",
        "The server logs a line with the time for every statement, though not what is in it.",
        _for_us("log_duration", "off"),
    ),
    _Rule(
        "log_error_verbosity",
        _is_not("terse"),
        "warning",
        "When a statement fails the server logs its text and, as DETAIL, a part of the row: "
        "hashes and sealed answers, never a code or a readable answer.",
        _for_us("log_error_verbosity", "terse"),
    ),
    _Rule(
        "wal_level",
        _is("logical"),
        "warning",
        "The server is ready to hand every single change on to others, with its time.",
        "Set wal_level = replica in postgresql.conf where nothing else needs it, and restart.",
    ),
    _Rule(
        "archive_mode",
        _is("on", "always"),
        "warning",
        "The write-ahead log is archived. It holds when sealed answers arrived; nobody can open "
        "what it holds once the keeper has turned the key (24 hours) and purged the responses.",
        "Delete archived log as soon as your backups allow.",
    ),
)


def server_findings(connection: Connection) -> tuple[Finding, ...]:
    """What server and settings do that the promise does not allow, or should better not."""
    role = connection.scalar(text("SELECT current_user"))
    found = list(_settings(connection, str(role)))
    found += _copies(connection)
    found += _reach(connection)
    return tuple(sorted(found, key=lambda one: one.severity))


def _settings(connection: Connection, role: str) -> Iterator[Finding]:
    asked = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    rows = connection.execute(asked, {"names": [rule.setting for rule in RULES]})
    values = {str(name): str(setting) for name, setting in rows}
    for rule in RULES:
        value = values.get(rule.setting)
        if value is not None and rule.is_wrong(value):
            yield Finding(
                rule.severity,
                rule.setting.replace("_", "-").replace(".", "-"),
                f"{rule.message} ({rule.setting} = {value or 'empty'})",
                rule.remedy.format(role=role),
            )


def _copies(connection: Connection) -> Iterator[Finding]:
    """Who else gets what is written: standbys, subscribers, modules that watch."""
    slots = "SELECT slot_name, slot_type, database = current_database() FROM pg_replication_slots"
    for name, kind, is_ours in connection.execute(text(slots)):
        if kind == "logical" and is_ours:
            yield Finding(
                "error",
                "logical-slot",
                f"The replication slot {name} hands on every single change, with its time.",
                f"SELECT pg_drop_replication_slot('{name}');",
            )
        elif kind == "physical":
            yield Finding(
                "warning",
                "physical-slot",
                f"The replication slot {name} keeps the write-ahead log for somebody; a standby "
                "holds sealed answers like this server does.",
                "Protect it as this server; drop the slot where nobody uses it.",
            )
    if connection.scalar(_COUNTS):
        yield Finding(
            "warning",
            "pg-stat-statements",
            "pg_stat_statements counts statements. It keeps their text, which has no values in "
            "it, and no times; how many answered can be read from it, and from the tables.",
            "Leave it out where nobody needs it.",
        )


# Which modules are loaded only a superuser may see; their settings are there once they are.
_COUNTS = text("SELECT count(*) FROM pg_settings WHERE name LIKE 'pg\\_stat\\_statements.%'")

_ENCRYPTED = """
SELECT coalesce(ssl, false) OR inet_server_addr() IS NULL
    OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'
FROM pg_stat_ssl WHERE pid = pg_backend_pid()
"""


def _reach(connection: Connection) -> Iterator[Finding]:
    if connection.scalar(text(_ENCRYPTED)) is False:
        yield Finding(
            "warning",
            "not-encrypted",
            "The connection to the database is not encrypted, and the server is another machine: "
            "whoever reads the network between them sees when which code is used.",
            "Add ?sslmode=verify-full to PEGEL_DATABASE_URL, and give the server a certificate.",
        )
