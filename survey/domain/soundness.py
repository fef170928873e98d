"""Soundness: whether the database may be trusted with a campaign before it opens or closes."""

from sqlalchemy import Engine

from survey.db.audit import audit_database
from survey.db.engine import is_postgres, reading
from survey.db.postgres_audit import server_findings
from survey.errors import RefusedError


def check_server(engine: Engine) -> None:
    """Whether the database server does nothing that breaks the promise.

    Raises:
        RefusedError: names everything that does, each with a remedy.
    """
    if not is_postgres(engine):
        return
    with reading(engine) as connection:
        broken = [one for one in server_findings(connection) if one.severity == "error"]
    if broken:
        raise RefusedError(
            "unsound-server",
            "The database server would break the promise. " + " ".join(map(str, broken)),
            "'pegel doctor' shows whether it is sound then.",
        )


def check_database(engine: Engine) -> None:
    """Whether neither server nor tables can tell who answered when.

    Raises:
        RefusedError: names everything that could.
    """
    check_server(engine)
    faults = audit_database(engine)
    if faults:
        raise RefusedError(
            "unsound-database",
            f"The database is not as it should be: {'; '.join(faults)}.",
            "Remove what is not Pegel's, or restore the database; 'pegel doctor' looks again.",
        )
