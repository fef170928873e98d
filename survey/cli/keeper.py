"""`pegel keeper`: the keeper in the foreground."""

import sys
import threading

from sqlalchemy.exc import DBAPIError

from survey.cli.installation import unreachable
from survey.keeper.process import keep
from survey.settings import load_settings


def keeper() -> None:
    """Run the keeper: it opens and closes campaigns, turns their keys every day, and purges.

    It alone reads private keys. 'pegel serve' brings its own; run this where the keeper has a
    system user of its own, and serve with --no-keeper.

    Example: PEGEL_DATA=/var/lib/pegel pegel keeper
    """
    settings = load_settings()
    print(f"pegel: keeping {settings.data} (keys in {settings.key_folder})", file=sys.stderr)
    try:
        keep(settings, threading.Event())
    except DBAPIError as error:
        raise unreachable(settings, error) from error
