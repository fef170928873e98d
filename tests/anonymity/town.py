"""A town whose staff answer: a real database, real keys, a clock that the test moves on."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nacl.public import PrivateKey
from sqlalchemy import Engine, Table, func, select
from sqlalchemy.orm import Session

from questionnaires import registry
from survey.db.engine import (
    is_migrated,
    make_engine,
    reading,
    reading_session,
    upgrade,
    writing_session,
)
from survey.db.jobs import Kind
from survey.db.signatures import Act
from survey.db.tables import Campaign, response_keys, responses
from survey.db.tables import access_codes as access_codes_table
from survey.domain import access_codes, campaigns, jobs, plan_loading, signatures
from survey.domain.campaign_keys import MissingKeyError
from survey.domain.inbox import Inbox, Outcome, Submission
from survey.domain.jobs import JobState
from survey.domain.sealing import unpack_answers, unseal
from survey.domain.trust import load_trust
from survey.keeper import Keeper, establish
from survey.keeper.keys import KeyFolder
from survey.settings import Settings
from tests.sqlite import write_migrated

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CLOSES = datetime(2026, 3, 20, 23, 0, tzinfo=UTC)
DEFINITIONS = Path(__file__).with_name("definitions")  # of the town, and no other
RATINGS = 40  # after the stamp, which tells responses apart

UNITS = {"bauamt": 34, "hauptamt": 60, "kita": 40, "feuerwehr": 120, "archiv": 6}


@dataclass
class Clock:
    """A clock that stands still until somebody moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Town:
    """One campaign in a folder of its own, and the slips that were drawn, by unit."""

    settings: Settings
    engine: Engine
    clock: Clock = field(default_factory=Clock)
    campaign_id: int = 1
    slips: dict[str | None, list[str]] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, database: str = "") -> "Town":
        """The town in `folder`, as another process sees it.

        `database` is the URL of its database; empty: what the settings name, by default a SQLite
        file in the folder.
        """
        registry.FOLDER = DEFINITIONS
        data = folder / "data"
        settings = Settings(data=data, database=database) if database else Settings(data=data)
        return cls(settings, make_engine(settings.database_url))

    @property
    def data(self) -> Path:
        """The folder that an attacker has copied."""
        return self.settings.data

    def hash_of(self, slip: str) -> bytes:
        """What is stored of a code."""
        return access_codes.hash_code(self.campaign_id, access_codes.normalise(slip) or b"")

    def form(self, slip: str | None, stamp: int, submission_id: bytes | None = None) -> Submission:
        """A form that somebody filled in: ratings that follow from the stamp."""
        return Submission(
            campaign_id=self.campaign_id,
            submission_hash=hashlib.sha256(submission_id or secrets.token_bytes(16)).digest(),
            values=answers(stamp),
            code_hash=self.hash_of(slip) if slip else None,
        )

    def send(self, forms: Iterable[Submission], *, at_once: bool = True) -> list[Outcome]:
        """Send forms, all at once or one after the other, through an inbox of their own."""
        box = self.box()

        async def sending() -> list[Outcome]:
            if at_once:
                return await asyncio.gather(*(box.submit(form) for form in forms))
            return [await box.submit(form) for form in forms]

        try:
            # In a thread of its own: a browser may have left a running loop in this one.
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(lambda: asyncio.run(sending())).result()
        finally:
            box.close()

    def box(self) -> Inbox:
        """The inbox of another web process; close it."""
        return Inbox(
            self.engine,
            self.clock,
            verify_key=lambda: load_trust(self.settings).verify_key,
            secret=lambda: load_trust(self.settings).secret,
        )

    def keeper(self) -> Keeper:
        """A keeper that has just started."""
        return Keeper(self.settings, self.engine, self.clock)

    def ask(self, kind: Kind) -> JobState:
        """Ask for something, and let a keeper do it."""
        with writing_session(self.engine) as session:
            job_id = self.request(session, kind)
        self.keeper().do_jobs()
        with reading_session(self.engine) as session:
            return jobs.state(session, job_id)

    def request(self, session: Session, kind: Kind) -> int:
        """Ask for something as the operator, who made the campaign; gives the job's id."""
        campaign, now = session.get_one(Campaign, self.campaign_id), self.clock()
        act: Act = "close-early" if kind == "close" else kind
        secret = load_trust(self.settings).secret
        signatures.record(session, campaign, act, None, secret=secret, now=now)
        return jobs.request(session, kind, self.campaign_id, now=now)

    def turn(self) -> None:
        """A day passes, and the keeper turns the key."""
        self.clock.now += timedelta(hours=24)
        self.keeper().run_once()

    def count(self, table: Table) -> int:
        """Rows of a table."""
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0

    def status(self) -> str:
        """The campaign's status."""
        with reading_session(self.engine) as session:
            return session.get_one(Campaign, self.campaign_id).status

    def responses(self) -> list[tuple[str | None, tuple[int, ...]]]:
        """Stored unit and values of each response, in the order of the database."""
        return list(self.stored().values())

    def stored(self) -> dict[bytes, tuple[str | None, tuple[int, ...]]]:
        """Stored unit and values by the id of the response, as whoever has the key reads them."""
        folder = KeyFolder(self.settings.key_folder)
        with reading(self.engine) as connection:
            ids = connection.scalars(select(response_keys.c.key_id)).all()
            found = connection.execute(
                select(responses.c.id, responses.c.unit, responses.c.answers)
            ).all()
            if not found:
                return {}
            keys = [key for key_id in ids if (key := _whole(folder, key_id)) is not None]
            assert len(keys) == 1, f"{len(keys)} keys for the responses, and one is needed"
            return {
                row.id: (row.unit, unpack_answers(unseal(keys[0], row.answers))) for row in found
            }

    def spent(self) -> int:
        """Codes that are spent."""
        with reading(self.engine) as connection:
            used = access_codes_table.c.spent.is_(True)
            counted = select(func.count()).select_from(access_codes_table).where(used)
            return connection.scalar(counted) or 0


def _whole(folder: KeyFolder, key_id: bytes) -> PrivateKey | None:
    """A key; None where a closing was broken off before or while its file was written."""
    try:
        return folder.read(key_id)
    except MissingKeyError:
        return None


def answers(stamp: int) -> list[int]:
    """The answers of one person; no two stamps answer alike."""
    noise = hashlib.sha512(b"town %d" % stamp).digest()
    return [stamp, *(1 + byte % 5 for byte in noise[:RATINGS])]


def found_town(
    folder: Path,
    *,
    access: str = "slips",
    heads: dict[str, int] | None = None,
    opened: bool = True,
    database: str = "",
) -> Town:
    """A new town: a database, a campaign, slips for everybody, and (if `opened`) a first key."""
    file = folder / "data" / "pegel.sqlite"
    if not database and not file.exists():
        write_migrated(file)
    town = Town.at(folder, database)
    if not is_migrated(town.engine):
        upgrade(town.engine)
    heads = UNITS if heads is None else heads
    plan = plan_loading.make_plan(
        {
            "title": {"de": "Befragung Musterheim"},
            "questionnaire": "town@1.0.0",
            "languages": ["de"],
            "access": access,
            "period": {"from": "2026-03-02", "to": "2026-03-20"},
            "units": _units(access, heads),
        }
    )
    with writing_session(town.engine) as session:
        campaign = campaigns.create(session, plan, now=town.clock(), trust=establish(town.settings))
        town.campaign_id = campaign.id
        stocks = dict.fromkeys([None], 10) if access == "shared-code" else heads
        for unit, count in {} if access == "open" else stocks.items():
            town.slips[unit] = access_codes.issue(session, campaign, unit, count)
    if opened:
        done = town.ask("open")
        assert done.state == "done", done.message
    return town


def _units(access: str, heads: dict[str, int]) -> dict[str, object]:
    whole: dict[str, object] = {"id": "haus", "name": "Musterheim"}
    if access != "slips":
        return whole | {"eligible": sum(heads.values())}
    below = [{"id": unit, "name": unit, "eligible": count} for unit, count in heads.items()]
    return whole | {"units": below}
