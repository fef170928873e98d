"""The staff of Musterheim at work: an account, a session, and campaigns in every state."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from litestar.testing import TestClient
from sqlalchemy import select

from questionnaires import registry
from survey.db.accounts import Account
from survey.db.engine import reading_session, writing_session
from survey.demo.answers import invent
from survey.domain import access_codes, accounts, campaigns, cosigning, jobs
from survey.domain.permissions import Role
from survey.domain.plan_loading import make_plan
from survey.domain.second_factor import Draft
from survey.domain.submitting import Outcome, Submission, store
from survey.keeper import Keeper
from tests.survey.domain import people
from tests.survey.web.factories import Town

NAME, PASSWORD = "erika", "grüne Wiese, blauer Turm"
COUNCIL = "rat"
RELEASED = "erste-welle"
HIDDEN = ("standesamt", "archiv")  # nobody answered in the one, a few in the other
UNITS: list[dict[str, Any]] = [
    {"id": "bauamt", "name": "Bauamt", "eligible": 40},
    {"id": "hauptamt", "name": "Hauptamt", "eligible": 30},
    {"id": "sozialamt", "name": "Sozialamt", "eligible": 36},
    {"id": "archiv", "name": "Archiv", "eligible": 8},
    {"id": "standesamt", "name": "Standesamt", "eligible": 7},
]
TREE = {"id": "haus", "name": "Stadt Musterheim", "units": UNITS}
ANSWERING = {"bauamt": 31, "hauptamt": 24, "sozialamt": 27, "archiv": 4}


def hire(town: Town) -> None:
    """Give Erika an account."""
    with writing_session(town.engine) as session:
        accounts.create_account(session, NAME, PASSWORD, now=datetime.now(UTC))


def hire_as(town: Town, name: str, role: Role) -> None:
    """Give somebody an account with a role; not for councils, who come by `signed`."""
    with writing_session(town.engine) as session:
        people.hire(session, name, role, now=datetime.now(UTC))


def council(town: Town, name: str = COUNCIL) -> Draft:
    """A council that works, with what its app holds; codes of now are good."""
    past = datetime.now(UTC) - timedelta(minutes=5)
    with writing_session(town.engine) as session:
        return people.elect(session, name, secret=town.trust.secret, now=past)[1]


def signed(town: Town, slug: str, name: str = COUNCIL) -> None:
    """Have the council sign the plan; it is elected where there is none yet."""
    now = datetime.now(UTC)
    with reading_session(town.engine) as session:
        elected = session.scalar(select(Account.id).where(Account.name == name))
    if elected is None:
        council(town, name)
    with writing_session(town.engine) as session:
        account = accounts.find_account(session, name)
        campaign = campaigns.get(session, slug)
        cosigning.sign(session, campaign, account, trust=town.trust, now=now)


@dataclass
class Staff:
    """Somebody at a browser without JavaScript."""

    client: TestClient[Any]
    check: str = ""
    pages: list[str] = field(default_factory=list)

    def log_in(self, name: str = NAME, password: str = PASSWORD, onward: str = "") -> Any:  # noqa: ANN401  # the client's response
        data = {"name": name, "password": password, "next": onward}
        return self.client.post("/staff/login", data=data)

    def get(self, path: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
        """The page at `path`; remembers the secret of its forms."""
        response = self.client.get(path, headers=headers)
        assert response.status_code == status, (path, response.status_code)
        found = re.search(r'name="_check" value="([^"]+)"', response.text)
        self.check = found[1] if found else self.check
        self.pages.append(response.text)
        return response.text

    def post(self, path: str, fields: dict[str, str] | None = None, **more: Any) -> Any:  # noqa: ANN401  # the client's own
        """Send a form of a page seen before."""
        return self.client.post(path, data={"_check": self.check} | (fields or {}), **more)


def at_work(client: TestClient[Any], town: Town) -> Staff:
    """Erika, logged in."""
    hire(town)
    erika = Staff(client)
    assert erika.log_in().status_code == 303
    erika.get("/staff/campaigns")
    return erika


def keeper_of(town: Town, *, days: int = 0) -> Keeper:
    """The keeper, to be called when it is its turn, so many days from now."""
    return Keeper(town.settings, town.engine, lambda: datetime.now(UTC) + timedelta(days=days))


def plan_of_town(slug: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # values of a plan
    """A plan of Musterheim by slips."""
    today = datetime.now(UTC).date()
    content = {
        "slug": slug,
        "title": {"de": "Erste Welle", "en": "First wave"},
        "questionnaire": "change-climate@1.0.0",
        "languages": ["de", "en", "de-simple"],
        "period": {"from": today.isoformat(), "to": (today + timedelta(days=20)).isoformat()},
        "units": TREE,
        "readers": {"report": ["hr"]},
    }
    return content | changes


def answered_wave(town: Town, slug: str = RELEASED) -> None:
    """A campaign that was opened, answered by 86 invented people, and closed."""
    now, random = datetime.now(UTC), Random(7)  # noqa: S311  # invented answers
    keeper, questionnaire = keeper_of(town), registry.get("change-climate", "1.0.0")
    with writing_session(town.engine) as session:
        campaign = campaigns.create(
            session, make_plan(plan_of_town(slug)), now=now, trust=keeper.trust
        )
        codes = {
            unit["id"]: access_codes.issue(session, campaign, unit["id"], unit["eligible"])
            for unit in UNITS
        }
    order(town, slug, "open", keeper)
    batch = [
        Submission(
            campaign_id=campaign.id,
            submission_hash=hashlib.sha256(code.encode()).digest(),
            values=invent(questionnaire, unit, random),
            code_hash=access_codes.hash_code(campaign.id, access_codes.normalise(code) or b""),
        )
        for unit, number in ANSWERING.items()
        for code in codes[unit][:number]
    ]
    trusted = keeper.trust.verify_key
    assert set(store(town.engine, batch, now=now, verify_key=trusted)) == {Outcome.ACCEPTED}
    order(town, slug, "close", keeper)


def released_wave(town: Town, slug: str = RELEASED) -> None:
    """The same, with left-over slips entered and the results released."""
    answered_wave(town, slug)
    with writing_session(town.engine) as session:
        campaign = campaigns.get(session, slug)
        for stock in access_codes.stocks(session, campaign):
            access_codes.enter_left_over(session, campaign, stock.unit, 1)
    order(town, slug, "release", keeper_of(town))


def order(town: Town, slug: str, kind: Any, keeper: Keeper) -> None:  # noqa: ANN401  # a kind of job
    """Have the keeper do one thing."""
    with writing_session(town.engine) as session:
        campaign = campaigns.get(session, slug)
        now = datetime.now(UTC)
        job = cosigning.ask(session, campaign, kind, None, trust=keeper.trust, now=now)
    keeper.do_jobs()
    with reading_session(town.engine) as session:
        done = jobs.state(session, job or 0)
    assert done.state == "done", done.message
