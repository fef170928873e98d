"""The installation that a command works on: its settings and its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from survey.db.engine import is_migrated, make_engine, upgrade
from survey.errors import SurveyError, WrongStateError
from survey.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Installation:
    """What a command needs to know about where it works."""

    settings: Settings
    engine: Engine


@contextmanager
def installation(*, make: bool = False) -> Iterator[Installation]:
    """The installation named by the settings; `make` creates its database where there is none.

    Raises:
        SurveyError: there is none, it cannot be reached, or its schema is not this version's.
    """
    settings = load_settings()
    file = database_file(settings)
    if file is not None and not file.exists() and not make:
        raise SurveyError(
            "no-database",
            f"There is no database {file}.",
            "Create a campaign first, or say with PEGEL_DATA where the data is.",
        )
    engine = connect(settings)
    try:
        _check_schema(engine)
        yield Installation(settings, engine)
    except DBAPIError as error:
        raise unreachable(settings, error) from error
    finally:
        engine.dispose()


def connect(settings: Settings) -> Engine:
    """The engine of an installation; SurveyError when the address is none or has no driver."""
    try:
        return make_engine(settings.database_url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise SurveyError(
            "database-address",
            f"The database address cannot be used: {error}.",
            "Correct it, or leave it out for a SQLite file in the data folder.",
            place="PEGEL_DATABASE",
        ) from error


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None for a server."""
    try:
        address = make_url(settings.database_url)
    except ArgumentError:
        return None
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database)


def _check_schema(engine: Engine) -> None:
    if not inspect(engine).get_table_names():
        upgrade(engine)
    elif not is_migrated(engine):
        raise WrongStateError(
            "old-schema",
            "The database belongs to another version of Pegel; nothing was changed.",
            "Make a copy of it, then run 'pegel db upgrade'.",
        )


def unreachable(settings: Settings, error: DBAPIError) -> SurveyError:
    """What to say when the database does not answer; its own words name no values."""
    where = database_file(settings) or make_url(settings.database_url).render_as_string()
    return SurveyError(
        "database",
        f"The database {where} cannot be used ({str(error.orig).strip() or type(error).__name__}).",
        "Nothing was changed. Check that it is there, readable and not full.",
    )
