"""Build Musterheim in an empty folder, through the same doors as a real town."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine

from survey.db.campaigns import Campaign
from survey.db.engine import make_engine, reading_session, upgrade, writing_session
from survey.db.jobs import Kind
from survey.demo import town
from survey.demo.answers import invent
from survey.domain import access_codes, accounts, campaigns, cosigning, jobs, second_factor
from survey.domain.permissions import Role
from survey.domain.plan_loading import make_plan
from survey.domain.submitting import Outcome, Submission, store
from survey.errors import SurveyError
from survey.keeper import Keeper, keeper_lock
from survey.settings import Settings

SEED = 20260901
DAY = timedelta(days=1)
ANSWERING_DAYS = 14
FIRST_ANSWERING_DAYS = 3  # fewer turns of the key, so that the demo starts soon
DRAWN_BUT_SILENT = 0.08  # of the slips that people took, these were never used
RESPONSE_RATES = (0.71, 0.84, 0.76, 0.9, 0.66, 0.8)
ACCOUNT = "demo"
COUNCIL = "personalrat"
RELEASER = "datenschutz"
OTHERS: dict[str, Role] = {
    COUNCIL: "council",
    RELEASER: "privacy",
    "forschung": "research",
    "technik": "admin",
}


@dataclass(frozen=True)
class Demo:
    """What a person needs to try everything: unused codes, and the accounts.

    `released` are the finished waves, the last one first. All accounts have the same password;
    `others` are their names with their roles. The council signs with a second factor, whose `key`
    (base32) an app takes.
    """

    slips: str
    open_link: str
    released: tuple[str, ...]
    codes: tuple[str, ...]
    account: str
    password: str
    others: Mapping[str, str]
    key: str


def build(settings: Settings, *, now: datetime) -> Demo:
    """Invent the town in `settings.data`, which is empty.

    `now` is the moment that counts as today, aware and in UTC; the finished waves lie before it.
    """
    engine = make_engine(settings.database_url)
    upgrade(engine)
    password = secrets.token_urlsafe(9)
    with keeper_lock(settings.data):
        builder = _Builder(settings, engine, now)
        key = builder.hire(password)
        first = builder.first_wave()
        released = builder.finished_wave()
        slips, codes = builder.running_wave()
        open_link = builder.open_link()
    engine.dispose()
    return Demo(slips, open_link, (released, first), codes, ACCOUNT, password, OTHERS, key)


class _Builder:
    """Carries out what people and the keeper do, at the times at which they would."""

    def __init__(self, settings: Settings, engine: Engine, now: datetime) -> None:
        self._engine = engine
        self._now = self._today = now
        self._keeper = Keeper(settings, engine, lambda: self._now)
        self._random = Random(SEED)  # noqa: S311 - invented data, nothing to protect

    def hire(self, password: str) -> str:
        """Accounts for every role, older than all waves; gives the key of the council's app."""
        begun, secret = self._now - town.FIRST_AGO - 30 * DAY, self._keeper.trust.secret
        draft = second_factor.draw()
        with writing_session(self._engine) as session:
            accounts.create_account(session, ACCOUNT, password, now=begun)
            for name, role in OTHERS.items():
                account = accounts.create_account(session, name, password, now=begun, role=role)
                if role == "council":
                    code = draft.code(begun)
                    second_factor.switch_on(account, draft, code, secret=secret, now=begun)
        return draft.text

    def first_wave(self) -> str:
        """The wave of the year before; its responses are purged by now, its release remains."""
        data, chance = town.first_wave(self._today.date()), self._random
        self._random = Random(SEED - 1)  # noqa: S311 - invented data, nothing to protect
        slug = self._finish(data, town.FIRST_AGO, FIRST_ANSWERING_DAYS, town.FIRST_STANDING)
        self._random = chance
        return slug

    def finished_wave(self) -> str:
        """The wave that was finished last."""
        data = town.finished_wave(self._today.date())
        return self._finish(data, town.FINISHED_AGO, ANSWERING_DAYS, {})

    def _finish(
        self, data: Mapping[str, Any], ago: timedelta, days: int, standing: Mapping[str, float]
    ) -> str:
        """A wave that began so long `ago`: answered within `days`, closed and released."""
        self._now = self._today - ago - DAY
        campaign = self._create(data)
        stocks = self._issue(campaign)
        self._now += DAY
        self._do("open", campaign)
        drawn = self._draw(stocks)
        self._answer(campaign, drawn, days, standing)
        self._now = self._today - ago + 29 * DAY
        self._keeper.run_once()
        self._count_left_over(campaign, stocks, drawn)
        self._do("release", campaign)
        self._now = self._today
        return campaign.slug

    def running_wave(self) -> tuple[str, tuple[str, ...]]:
        """A wave that is open now; its codes are all unused."""
        campaign = self._create(town.running_wave(self._today.date()))
        stocks = self._issue(campaign)
        self._do("open", campaign)
        codes = [code for stock in stocks.values() for code in stock]
        self._random.shuffle(codes)
        return campaign.slug, tuple(codes)

    def open_link(self) -> str:
        """A campaign that everybody with the link can answer."""
        campaign = self._create(town.open_link(self._today.date()))
        self._do("open", campaign)
        return campaign.slug

    def _create(self, data: Mapping[str, Any]) -> Campaign:
        with writing_session(self._engine) as session:
            trust, now = self._keeper.trust, self._now
            creator = accounts.find_account(session, ACCOUNT)
            campaign = campaigns.create(
                session, make_plan(data), now=now, trust=trust, creator=creator
            )
            council = accounts.find_account(session, COUNCIL)
            cosigning.sign(session, campaign, council, trust=trust, now=now)
            session.expunge(campaign)
            return campaign

    def _issue(self, campaign: Campaign) -> dict[str, list[str]]:
        """A slip for everybody, and a few more so that nobody has to take the last one."""
        with writing_session(self._engine) as session:
            found = campaigns.get(session, campaign.slug)
            return {
                unit: access_codes.issue(session, found, unit, access_codes.most_slips(count))
                for unit, count in town.head_counts().items()
            }

    def _do(self, kind: Kind, campaign: Campaign) -> None:
        with writing_session(self._engine) as session:
            found = campaigns.get(session, campaign.slug)
            who = accounts.find_account(session, RELEASER if kind == "release" else ACCOUNT)
            trust, now = self._keeper.trust, self._now
            job_id = cosigning.ask(session, found, kind, who, trust=trust, now=now)
        self._keeper.do_jobs()
        with reading_session(self._engine) as session:
            done = jobs.state(session, job_id or 0)
        if done.state != "done":
            raise SurveyError("demo", f"The demo could not {kind} '{campaign.slug}'.", done.message)

    def _draw(self, stocks: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """The slips of each unit that are used in the end."""
        heads = town.head_counts()
        return {
            unit: codes[: round(heads[unit] * RESPONSE_RATES[position % len(RESPONSE_RATES)])]
            for position, (unit, codes) in enumerate(stocks.items())
        }

    def _answer(
        self,
        campaign: Campaign,
        drawn: Mapping[str, list[str]],
        days: int,
        standing: Mapping[str, float],
    ) -> None:
        """People answer over some days; every day the keeper turns the key."""
        questionnaire = campaigns.questionnaire_of(campaign)
        slips = [(unit, code) for unit, codes in drawn.items() for code in codes]
        self._random.shuffle(slips)
        for day in range(days):
            self._now += DAY
            batch = [
                self._submission(
                    campaign, code, invent(questionnaire, unit, self._random, standing)
                )
                for unit, code in slips[day::days]
            ]
            trusted = self._keeper.trust.verify_key
            outcomes = store(self._engine, batch, now=self._now, verify_key=trusted)
            if any(outcome is not Outcome.ACCEPTED for outcome in outcomes):
                raise SurveyError("demo", "The demo could not store its invented answers.")
            self._keeper.run_once()

    def _submission(self, campaign: Campaign, code: str, values: list[int]) -> Submission:
        return Submission(
            campaign_id=campaign.id,
            submission_hash=hashlib.sha256(secrets.token_bytes(16)).digest(),
            values=values,
            code_hash=access_codes.hash_code(campaign.id, access_codes.normalise(code) or b""),
        )

    def _count_left_over(
        self,
        campaign: Campaign,
        stocks: Mapping[str, list[str]],
        drawn: Mapping[str, list[str]],
    ) -> None:
        with writing_session(self._engine) as session:
            found = campaigns.get(session, campaign.slug)
            for unit, codes in stocks.items():
                taken = min(round(len(drawn[unit]) * (1 + DRAWN_BUT_SILENT)), len(codes))
                access_codes.enter_left_over(session, found, unit, len(codes) - taken)
