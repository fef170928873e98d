"""The keeper as a child of `pegel serve`: `python -m survey.keeper`, with a pipe to its parent."""

import sys
import threading

from sqlalchemy.exc import DBAPIError

from survey.errors import SurveyError
from survey.keeper.process import keep, no_answer, stop_with_parent
from survey.settings import load_settings

if __name__ == "__main__":
    parent_ended = threading.Event()
    stop_with_parent(parent_ended)
    try:
        keep(load_settings(), parent_ended, patient=True)
    except DBAPIError as error:
        sys.exit(f"keeper: {no_answer(error)}")
    except (SurveyError, OSError) as error:
        sys.exit(f"keeper: {error}")
