"""The council reads and signs on its pages; what it did not sign does not happen."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from pypdf import PdfReader

from survey.db.accounts import Account
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, campaigns, recovery, sessions
from survey.domain.second_factor import Draft
from survey.domain.standing import Standing
from survey.web.guards import COOKIE
from tests.survey.web.application import application
from tests.survey.web.factories import Town
from tests.survey.web.staff import Staff, at_work, council, keeper_of
from tests.survey.web.test_staff_campaigns import HERE, create, issue_all

Client = TestClient[Any]
SLUG = "befragung-2026"


class Moments:
    """A clock that moves on by a minute whenever a code is used, so that each is a new one."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def code(self, app: Draft) -> str:
        self.now += timedelta(minutes=1)
        return app.code(self.now)


@pytest.fixture
def clock() -> Moments:
    return Moments()


@pytest.fixture
def client(town: Town, clock: Moments) -> Iterator[Client]:
    app = application(town.settings, clock=clock)
    with TestClient(app, base_url="http://pegel.example") as made:
        made.headers["Accept-Language"] = "de"
        made.follow_redirects = False
        yield made


@pytest.fixture
def erika(client: Client, town: Town) -> Staff:
    return at_work(client, town)


@pytest.fixture
def app(town: Town) -> Draft:
    return council(town)


def become(client: Client, town: Town, name: str) -> Staff:
    """Somebody else at the same browser, logged in."""
    with writing_session(town.engine) as session:
        account: Account = accounts.find_account(session, name)
        login = sessions.start_session(session, account, now=datetime.now(UTC), confirmed=True)
    client.cookies.clear()
    client.cookies.set(COOKIE, login.token)
    return Staff(client, check=login.csrf_token)


def standing(town: Town, slug: str = SLUG) -> Standing:
    with reading_session(town.engine) as session:
        campaign = campaigns.get(session, slug)
        return campaigns.standing(session, campaign, secret=town.trust.secret)


def sign(rat: Staff, code: str) -> Any:  # noqa: ANN401  # the client's response
    page = rat.get(f"{HERE}/sign")
    plan_hash = re.search(r'name="plan_hash" value="([0-9a-f]{64})"', page)
    assert plan_hash is not None
    return rat.post(f"{HERE}/sign", {"plan_hash": plan_hash[1], "code": code})


def test_the_council_reads_the_whole_plan_and_gets_the_sheet_once(
    client: Client, town: Town, erika: Staff, app: Draft, clock: Moments
) -> None:
    create(erika)
    assert "Wartet auf Mitzeichnung" in erika.get("/staff/campaigns")
    refused = erika.post(f"{HERE}/slips", {"stock": "bauamt", "slips-bauamt": "30"})
    assert refused.status_code == 409
    assert "Der Personalrat hat den Plan noch nicht mitgezeichnet" in refused.text
    rat = become(client, town, "rat")
    page = rat.get(f"{HERE}/sign")
    for said in ("Bauamt", "34 Personen", "ab 7 gültigen Antworten", "die Personalstelle"):
        assert said in page
    wrong = sign(rat, "000000")
    assert wrong.status_code == 422
    assert "Der Code des zweiten Faktors ist falsch" in wrong.text
    assert standing(town).signer is None
    answer = sign(rat, clock.code(app))
    assert answer.headers["content-type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    signer = standing(town).signer
    assert signer is not None
    key = bytes.fromhex(signer.details["recovery"])
    assert recovery.fingerprint(key) in text
    spelt = re.search(r"(?:[0-9A-HJKMNP-TV-Z]{4}[\s-]*){14}", text)
    assert spelt is not None
    secret = recovery.read(spelt[0])
    assert recovery.public_half(secret) == key
    for path in town.settings.data.rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes()


def test_a_sheet_that_was_not_saved_is_replaced_by_signing_anew(
    client: Client, town: Town, erika: Staff, app: Draft, clock: Moments
) -> None:
    create(erika)
    rat = become(client, town, "rat")
    keys = []
    for _ in range(2):
        assert sign(rat, clock.code(app)).status_code == 200
        signer = standing(town).signer
        assert signer is not None
        keys.append(signer.details["recovery"])
    assert keys[0] != keys[1]
    assert "Neu mitzeichnen" in rat.get(HERE)


def test_whoever_created_it_cannot_reach_the_signature(erika: Staff) -> None:
    create(erika)
    assert "Plan lesen und mitzeichnen" not in erika.get(HERE)
    erika.get(f"{HERE}/sign", 403)
    assert erika.post(f"{HERE}/sign", {"code": "123456"}).status_code == 403


def opened(client: Client, town: Town, erika: Staff, app: Draft, clock: Moments) -> Staff:
    """A signed campaign, open; gives the council, logged in."""
    create(erika)
    rat = become(client, town, "rat")
    sign(rat, clock.code(app))
    erika = become(client, town, "erika")
    issue_all(erika)
    assert erika.post(f"{HERE}/open").status_code == 303
    keeper_of(town).do_jobs()
    return erika


def test_the_last_day_moves_when_the_council_has_signed_what_it_saw(
    client: Client, town: Town, erika: Staff, app: Draft, clock: Moments
) -> None:
    erika = opened(client, town, erika, app, clock)
    planned = standing(town).plan.period.to
    later = planned + timedelta(days=14)
    assert erika.post(f"{HERE}/prolong", {"to": str(planned)}).status_code == 409
    assert erika.post(f"{HERE}/prolong", {"to": str(later)}).status_code == 303
    assert standing(town).last_day == planned
    rat = become(client, town, "rat")
    assert "Wartet auf den Personalrat: späterer letzter Tag" in rat.get(HERE)
    other = {"act": "prolong", "detail-to": str(later + timedelta(days=1))}
    assert rat.post(f"{HERE}/agree", other | {"code": clock.code(app)}).status_code == 409
    seen = {"act": "prolong", "detail-to": str(later)}
    assert rat.post(f"{HERE}/agree", seen | {"code": "000000"}).status_code == 409
    assert rat.post(f"{HERE}/agree", seen | {"code": clock.code(app)}).status_code == 303
    assert standing(town).last_day == later
    assert f"verlängert bis {later.day}.\N{NO-BREAK SPACE}" in rat.get(HERE)
    assert f"{later.year}" in client.get(f"/b/{SLUG}").text


def test_closing_early_is_carried_out_with_the_second_signature(
    client: Client, town: Town, erika: Staff, app: Draft, clock: Moments
) -> None:
    erika = opened(client, town, erika, app, clock)
    assert "Vorzeitiges Schließen beantragen" in erika.get(HERE)
    assert erika.post(f"{HERE}/close").status_code == 303
    keeper_of(town).do_jobs()
    assert "geöffnet" in erika.get(HERE)
    rat = become(client, town, "rat")
    agreed = rat.post(f"{HERE}/agree", {"act": "close-early", "code": clock.code(app)})
    assert agreed.status_code == 303
    keeper_of(town).do_jobs()
    assert "geschlossen" in rat.get(HERE)


def test_respondents_read_who_signed_and_no_name(
    client: Client, town: Town, erika: Staff, app: Draft, clock: Moments
) -> None:
    opened(client, town, erika, app, clock)
    client.cookies.clear()
    page = client.get(f"/b/{SLUG}").text
    assert "mitgezeichnet vom Personalrat am" in page
    assert "„rat“" not in page
    assert "erika" not in page
