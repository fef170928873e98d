"""The self-audit of one campaign: what can be looked up about the promises, said for people.

Whoever controls the running server controls what it says about itself; the certificate says so.
What is found here is what others could do to the database, and what went wrong by accident.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import Engine, Table, func, select
from sqlalchemy.orm import Session

from survey.db.audit import audit_database, audit_metadata
from survey.db.campaigns import Campaign
from survey.db.engine import is_postgres, reading, reading_session
from survey.db.postgres_audit import server_findings
from survey.db.tables import access_codes, campaign_keys, inbox, responses, submissions
from survey.domain import campaigns
from survey.domain.access_codes import stocks as stocks_of
from survey.domain.campaign_keys import current_of, keys_of
from survey.domain.retention import purge_due
from survey.domain.trust import Trust
from survey.errors import SurveyError
from survey.settings import LOCAL, Settings

State = Literal["ok", "warning", "problem"]
KEEPER_SEEN = timedelta(hours=26)  # it counts once in 24 hours, and looks every few seconds
_ = str  # marks a text of the catalogue; it is translated when it is spoken
ENDED = ("closed", "released", "purged")


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: what at, how it stands, and a sentence (English, to be translated) with values."""

    check: str
    state: State
    said: str
    values: Mapping[str, str] = field(default_factory=dict)

    def spoken(self, say: Callable[[str], str]) -> str:
        """The sentence in another language."""
        return say(self.said) % self.values


def audit(
    engine: Engine, slug: str, *, settings: Settings, trust: Trust, now: datetime
) -> tuple[Finding, ...]:
    """Look at everything that can be looked at without a private key; nothing is changed."""
    with reading_session(engine) as session:
        campaign = campaigns.get(session, slug)
        found = list(_of_campaign(session, campaign, trust=trust, now=now))
    faults = (*audit_metadata(), *audit_database(engine))
    return (*found, _tables(faults), *_server(engine), *_addresses(settings))


def _of_campaign(
    session: Session, campaign: Campaign, *, trust: Trust, now: datetime
) -> Iterator[Finding]:
    agreed = _plan(campaign)
    yield agreed
    if agreed.state == "problem":
        return  # nothing else can be compared with it
    yield _keeper(campaign, trust)
    yield _acts(session, campaign, trust)
    if campaign.status == "open":
        yield _key(session, campaign, trust)
        yield _at_work(campaign, now)
    if campaign.status in ENDED:
        yield _cleared(session, campaign)
        yield _purged(session, campaign, now)
        yield from _numbers(session, campaign)


def _plan(campaign: Campaign) -> Finding:
    """Whether plan and questionnaire are those that the plan hash stands for."""
    try:
        campaigns.questionnaire_of(campaign)
        campaigns.plan_of(campaign)
    except (SurveyError, ValueError):
        return Finding("plan", "problem", _("Plan or questionnaire were changed in the database."))
    return Finding("plan", "ok", _("Plan and questionnaire are those that were agreed."))


def _keeper(campaign: Campaign, trust: Trust) -> Finding:
    if campaign.keeper_key == trust.keeper_key:
        return Finding("keeper", "ok", _("The keeper is the one that is named in the plan hash."))
    return Finding("keeper", "problem", _("This server trusts another keeper than the plan hash."))


def _acts(session: Session, campaign: Campaign, trust: Trust) -> Finding:
    found = campaigns.standing(session, campaign, secret=trust.secret)
    if found.creator is None:
        return Finding(
            "signatures", "problem", _("Who created the survey is not recorded, or was changed.")
        )
    if found.cosigned.by == "council":
        return Finding("signatures", "ok", _("The staff council has signed this plan."))
    return Finding("signatures", "warning", _("The staff council has not signed this plan."))


def _key(session: Session, campaign: Campaign, trust: Trust) -> Finding:
    current = current_of(keys_of(session.connection(), campaign.id))
    if current is None:
        return Finding(
            "key", "problem", _("The survey is interrupted: it has no key, and takes no answers.")
        )
    if current.is_signed(campaign, trust.verify_key):
        return Finding("key", "ok", _("The keeper has signed the key that is in use."))
    return Finding(
        "key", "problem", _("The key in use is not signed by the keeper; no answers are taken.")
    )


def _at_work(campaign: Campaign, now: datetime) -> Finding:
    seen = campaign.public_count_at
    if seen is not None and now - seen < KEEPER_SEEN:
        return Finding("turning", "ok", _("The keeper has done its daily work."))
    return Finding(
        "turning", "warning", _("The keeper has not done its daily work for more than a day.")
    )


def _cleared(session: Session, campaign: Campaign) -> Finding:
    """Whether what belonged to the open campaign is gone."""
    left = [
        table.name
        for table in (access_codes, inbox, submissions, campaign_keys)
        if _rows(session, campaign, table)
    ]
    if not left:
        return Finding("cleared", "ok", _("Codes, sealed answers and keys are deleted."))
    return Finding(
        "cleared", "problem", _("Not deleted yet: %(tables)s."), {"tables": ", ".join(left)}
    )


def _purged(session: Session, campaign: Campaign, now: datetime) -> Finding:
    if not _rows(session, campaign, responses):
        return Finding("retention", "ok", _("No single record is stored any more."))
    if purge_due(campaign, now=now):
        return Finding("retention", "problem", _("The single records should be deleted by now."))
    return Finding("retention", "ok", _("The single records are deleted when their time is over."))


def _numbers(session: Session, campaign: Campaign) -> Iterator[Finding]:
    """Whether more answers were accepted than there can honestly be."""
    accepted = _rows(session, campaign, responses)
    eligible = campaigns.plan_of(campaign).eligible
    if eligible is not None and accepted > eligible:
        yield Finding("numbers", "problem", _("There are more answers than people were asked."))
    stocks = stocks_of(session, campaign)
    left = [one.left_over for one in stocks]
    if left and None not in left and campaigns.plan_of(campaign).access == "slips":
        drawn = sum(one.issued - (one.left_over or 0) for one in stocks)
        if accepted > drawn:
            yield Finding("numbers", "problem", _("There are more answers than slips were drawn."))


def _tables(faults: tuple[str, ...]) -> Finding:
    if not faults:
        return Finding("database", "ok", _("No table of answers can tell who or when."))
    return Finding(
        "database", "problem", _("The database is not as promised: %(faults)s."),
        {"faults": "; ".join(faults)},
    )  # fmt: skip


def _server(engine: Engine) -> Iterator[Finding]:
    """What a database server keeps, of which a file knows nothing; said in English."""
    if not is_postgres(engine):
        return
    with reading(engine) as connection:
        found = server_findings(connection)
    for one in found:
        state: State = "problem" if one.severity == "error" else "warning"
        yield Finding("server", state, _("Database server: %(said)s"), {"said": one.message})
    if not found:
        yield Finding("server", "ok", _("The database server logs and copies nothing of answers."))


def _addresses(settings: Settings) -> Iterator[Finding]:
    address = urlsplit(settings.base_url)
    if address.scheme == "https":
        yield Finding("address", "ok", _("Answers travel encrypted to the server."))
    elif address.hostname in LOCAL:
        yield Finding("address", "ok", _("The server is reached from this machine alone."))
    else:
        yield Finding(
            "address", "warning", _("Answers travel to the server without encryption (no HTTPS).")
        )


def _rows(session: Session, campaign: Campaign, table: Table) -> int:
    counted = select(func.count()).select_from(table)
    return session.scalar(counted.where(table.c.campaign_id == campaign.id)) or 0
