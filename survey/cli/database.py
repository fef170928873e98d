"""`pegel db`: the schema of the database."""

from sqlalchemy.exc import DBAPIError

from survey.cli.installation import connect, unreachable
from survey.db.engine import is_migrated
from survey.db.engine import upgrade as upgrade_schema
from survey.settings import load_settings


def upgrade() -> None:
    """Bring the database to the schema of this version; makes it where there is none.

    Make a copy of the data folder before. Running it twice does no harm.

    Example: pegel db upgrade
    """
    settings = load_settings()
    engine = connect(settings)
    try:
        was_current = is_migrated(engine)
        upgrade_schema(engine)
    except DBAPIError as error:
        raise unreachable(settings, error) from error
    finally:
        engine.dispose()
    print("The database was up to date." if was_current else "The database is up to date now.")
