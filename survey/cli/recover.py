"""`pegel campaign recover`: an interrupted campaign goes on by its recovery sheet."""

import os
import sys
from getpass import getpass

from survey.cli.installation import Installation, installation
from survey.cli.saying import note
from survey.db.engine import reading_session
from survey.domain import campaigns, recovery
from survey.domain.inbox import utc_now
from survey.errors import RefusedError
from survey.keeper import keeper_lock, recovering

VARIABLE = "PEGEL_RECOVERY"


def recover(slug: str, /, *, give_up: bool = False) -> None:
    """Let an interrupted campaign go on: with a restored backup and the recovery sheet.

    The secret of the sheet is asked for, or read from standard input or PEGEL_RECOVERY; it is
    never an argument, which others on this machine could see. Stop the keeper before.

    Example: pegel campaign recover befragung-2026

    Parameters
    ----------
    slug
        The campaign.
    give_up
        There is no sheet: close the campaign without results. What was sealed is deleted.
    """
    with installation() as here:
        with reading_session(here.engine) as session:
            campaign_id = campaigns.get(session, slug).id
        if give_up:
            _close(here, campaign_id)
        else:
            _go_on(here, slug, campaign_id, recovery.read(_secret()))


def _go_on(here: Installation, slug: str, campaign_id: int, secret: bytes) -> None:
    with keeper_lock(here.settings.data, engine=here.engine):
        turned = recovering.recover(here.settings, here.engine, campaign_id, secret, now=utc_now())
    print(f"{slug}: open")
    left = f" {turned.left} sealed rows have no key; closing will name them." if turned.left else ""
    note(f"The campaign goes on, with a new key.{left} Start the keeper again now.")
    note("Put the sheet back into the safe: it is still the one of this campaign.")


def _close(here: Installation, campaign_id: int) -> None:
    with keeper_lock(here.settings.data, engine=here.engine):
        print(recovering.give_up(here.settings, here.engine, campaign_id, now=utc_now()))


def _secret() -> str:
    given = os.environ.get(VARIABLE)
    if given is None:
        asked = "Secret of the recovery sheet (it is not shown): "
        given = getpass(asked) if sys.stdin.isatty() else sys.stdin.readline()
    if not given.strip():
        raise RefusedError(
            "recovery-secret",
            "No secret was given.",
            f"Type it, pass it on standard input, or set {VARIABLE}.",
        )
    return given
