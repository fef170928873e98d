"""`pegel init`: the first administrator."""

import json
import sys
from typing import Annotated

from cyclopts import Parameter

from survey.cli.installation import installation
from survey.db.engine import writing_session
from survey.domain import invitations
from survey.domain.inbox import utc_now


def init(*, as_json: Annotated[bool, Parameter(name="--json", negative=())] = False) -> None:
    """Make the database and print a link with which the first administrator's account is made.

    The link works once and for one hour; running the command again makes a new one. It is there
    as long as no administrator is active; administrators invite everybody else.

    Example: pegel init

    Parameters
    ----------
    as_json
        Print JSON for programs.
    """
    with installation(make=True) as here:
        now = utc_now()
        with writing_session(here.engine) as session:
            token = invitations.invite_first(session, now=now)
        link = f"{here.settings.staff_address}{invitations.PATH}?token={token}"
    if as_json:
        until = (now + invitations.FIRST_LENGTH).isoformat(timespec="seconds")
        print(json.dumps({"url": link, "valid_until": until}))
    else:
        print(link)
    print(
        "Open this link within an hour and choose a name and a password. "
        "Pegel has to be running: pegel serve",
        file=sys.stderr,
    )
