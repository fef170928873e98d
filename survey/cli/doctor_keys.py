"""What `pegel doctor` tells of the keeper's campaigns, and of the folder it shares."""

import stat
from pathlib import Path

from sqlalchemy import Engine

from survey.db.engine import reading, reading_session
from survey.domain import campaign_keys, campaigns
from survey.domain.recovery import fingerprint, public_key_of
from survey.domain.trust import load_trust
from survey.errors import SurveyError
from survey.settings import Settings


def interrupted(engine: Engine) -> tuple[str, ...]:
    """A sentence for each open campaign whose key is lost."""
    with reading_session(engine) as session, reading(engine) as connection:
        paused = [
            one.slug for one in campaigns.list_(session) if campaign_keys.is_paused(connection, one)
        ]
    return tuple(
        f"{slug} is interrupted and takes no answers: the key for them is lost "
        f"(pegel campaign recover {slug})"
        for slug in paused
    )


def sheets(settings: Settings, engine: Engine) -> tuple[str, ...]:
    """The check number of the recovery sheet of each open campaign, to compare with the paper."""
    said = []
    with reading_session(engine) as session:
        for campaign in campaigns.list_(session):
            if campaign.status == "open":
                try:
                    secret = load_trust(settings).secret
                    key = public_key_of(session, campaign, secret=secret)
                except SurveyError:
                    continue
                said.append(f"{campaign.slug}: {fingerprint(key) if key else 'none'}")
    return tuple(said)


def is_shared(folder: Path) -> bool:
    """Whether a data folder is meant for a group: it has the set-group-ID bit."""
    return bool(folder.stat().st_mode & stat.S_ISGID)
