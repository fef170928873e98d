"""Campaigns to be answered: real rows, codes and keys, in any state; and what was answered."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from nacl.public import PrivateKey
from sqlalchemy import Connection, Engine, func, select

from questionnaires import loader
from questionnaires.model import Questionnaire
from survey.db import tables
from survey.db.base import random_id
from survey.db.campaigns import Campaign, Status
from survey.db.engine import is_migrated, make_engine, reading, upgrade, writing_session
from survey.domain import access_codes, signatures
from survey.domain.plans import Access, Plan
from survey.domain.sealing import unpack, unseal
from survey.domain.statements import Statement, sign
from survey.domain.trust import Trust
from survey.keeper import establish
from survey.keeper.keys import KeyFolder
from survey.keeper.ledger import Ledger
from survey.settings import Settings
from tests.sqlite import write_migrated

UNITS = {
    "id": "haus",
    "name": "Stadt Musterheim",
    "units": [
        {"id": "bauamt", "name": "Bauamt", "eligible": 34},
        {"id": "hauptamt", "name": "Hauptamt", "eligible": 21},
    ],
}


@cache
def every_kind() -> Questionnaire:
    """A short questionnaire with every kind of question and with conditions."""
    return loader.load(Path(__file__).with_name("every_kind.yaml"))


@dataclass(frozen=True)
class Asked:
    """A campaign that was made here, with the codes of its slips."""

    slug: str
    campaign_id: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Town:
    """A data folder with a migrated database and a folder of keys."""

    settings: Settings
    engine: Engine
    keys: KeyFolder
    trust: Trust

    @classmethod
    def at(cls, folder: Path) -> "Town":
        settings = Settings(data=folder)
        file = folder / "pegel.sqlite"
        if settings.database_url.endswith(str(file)) and not file.exists():
            write_migrated(file)
        engine = make_engine(settings.database_url)
        if not is_migrated(engine):
            upgrade(engine)
        return cls(settings, engine, KeyFolder(settings.key_folder), establish(settings))

    def ask(
        self,
        slug: str,
        *,
        access: Access = "slips",
        status: Status = "open",
        questionnaire: Questionnaire | None = None,
        until: date | None = None,
        codes: int = 20,
        **changes: object,
    ) -> Asked:
        """Add a campaign in `status`; with slips its codes belong to the Bauamt."""
        asked = questionnaire or every_kind()
        now = datetime.now(UTC)
        plan = make_plan(asked, access, until or (now + timedelta(days=20)).date(), changes)
        with writing_session(self.engine) as session:
            campaign = _campaign(slug, asked, plan, now, self.trust.keeper_key)
            session.add(campaign)
            session.flush()
            signatures.record(session, campaign, "create", None, secret=self.trust.secret, now=now)
            issued: list[str] = []
            if access != "open":
                unit = "bauamt" if access == "slips" else None
                issued = access_codes.issue(session, campaign, unit, codes)
            if status == "open":
                self._give_key(session.connection(), campaign, now)
            campaign.status = status
            campaign_id = campaign.id
        return Asked(slug, campaign_id, tuple(issued))

    def set_status(self, asked: Asked, status: Status) -> None:
        """Move a campaign on, as the keeper does."""
        with writing_session(self.engine) as session:
            session.get_one(Campaign, asked.campaign_id).status = status

    def _give_key(self, connection: Connection, campaign: Campaign, now: datetime) -> None:
        key_id, private = random_id(), PrivateKey.generate()
        public_key = bytes(private.public_key)
        statement = Statement(campaign.uid, campaign.plan_hash, key_id, public_key, 1)
        connection.execute(
            tables.campaign_keys.insert(),
            {
                "key_id": key_id,
                "campaign_id": campaign.id,
                "public_key": public_key,
                "is_current": True,
                "counter": 1,
                "signature": sign(self.keys.signing_key(), statement),
            },
        )
        self.keys.write(key_id, private, made_at=now, uid=campaign.uid)
        Ledger(self.keys.path).note(campaign.uid, "open", campaign.plan_hash)


def stored(town: Town) -> list[tuple[str | None, tuple[int, ...]]]:
    """What the sealed inbox holds, opened with the key as the keeper opens it."""
    with reading(town.engine) as connection:
        rows = connection.execute(select(tables.inbox.c.key_id, tables.inbox.c.sealed)).all()
    opened = [unpack(unseal(town.keys.read(row.key_id), row.sealed)) for row in rows]
    return [(one.unit, tuple(one.values)) for one in opened]


def spent(town: Town) -> int:
    """How many codes are used up."""
    with reading(town.engine) as connection:
        counting = select(func.count()).where(tables.access_codes.c.spent.is_(True))
        return connection.scalar(counting) or 0


def make_plan(
    questionnaire: Questionnaire, access: Access, until: date, changes: dict[str, object]
) -> Plan:
    """The plan of Musterheim for a questionnaire."""
    content: dict[str, object] = {
        "title": {"de": "Befragung 2026", "en": "Survey 2026", "de-simple": "Unsere Fragen"},
        "questionnaire": f"{questionnaire.id}@{questionnaire.version}",
        "languages": list(questionnaire.languages.available),
        "access": access,
        "period": {"from": date(2026, 1, 1).isoformat(), "to": until.isoformat()},
        "organisation": {"de": "Stadt Musterheim", "en": "Town of Musterheim"},
        "purpose": {"de": "Wie geht es Ihnen im Rathaus?", "en": "How are you at the town hall?"},
        "readers": {"report": ["hr", "staff"], "responses": ["research"]},
        "contacts": {
            "staff_council": "personalrat@musterheim.example",
            "data_protection": "datenschutz@musterheim.example",
        },
    }
    if access == "slips":
        content["units"] = UNITS
    return Plan.model_validate(content | changes)


def _campaign(
    slug: str, asked: Questionnaire, plan: Plan, now: datetime, keeper_key: str
) -> Campaign:
    return Campaign(
        created_at=now,
        slug=slug,
        title=dict(plan.title.items()),
        questionnaire_id=asked.id,
        questionnaire_version=asked.version,
        fingerprint=asked.fingerprint,
        definition=asked.canonical,
        plan=plan.canonical,
        plan_hash=plan.hash(asked, keeper_key),
        status="draft",
        uid=random_id(),
        keeper_key=keeper_key,
    )
