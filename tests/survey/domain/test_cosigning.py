"""Three accounts take a campaign from the plan to the release, and none of them can do it alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from survey.db.accounts import Account
from survey.db.campaigns import Campaign, Stock
from survey.db.engine import writing_session
from survey.db.jobs import Job
from survey.db.signatures import Act, Signature
from survey.db.tables import access_codes
from survey.domain import campaigns, cosigning, signatures
from survey.domain.access_codes import enter_left_over, issue
from survey.domain.standing import Run, Standing
from survey.errors import RefusedError, SurveyError, WrongStateError
from tests.survey.domain import people
from tests.survey.domain.plans import plan
from tests.survey.domain.rows import NOW, TRUST

LATER = date(2027, 1, 15)
NOWHERE: dict[str, Any] = {"trust": TRUST, "now": NOW}


@dataclass
class House:
    """People with accounts in a database, and a campaign of Erika's."""

    session: Session
    erika: Account
    otto: Account
    rat: Account
    dora: Account
    technik: Account
    campaign: Campaign

    @property
    def standing(self) -> Standing:
        return campaigns.standing(self.session, self.campaign, secret=TRUST.secret)

    def sign(self, account: Account | None = None) -> None:
        cosigning.sign(self.session, self.campaign, account or self.rat, **NOWHERE)

    def open(self) -> None:
        """Signed, with slips, and open."""
        self.sign()
        issue(self.session, self.campaign, "bauamt", 20)
        cosigning.open_(self.session, self.campaign, self.erika, **NOWHERE)
        campaigns.set_status(self.campaign, "open", now=NOW)

    def agree(self, act: Act, details: dict[str, str], by: Account | None = None) -> int | None:
        return cosigning.agree(self.session, self.campaign, by or self.rat, act, details, **NOWHERE)

    def wanted(self, kind: Any, now: Any = NOW) -> bool:  # noqa: ANN401  # a kind of job, a moment
        """Whether the keeper would do such a job."""
        try:
            cosigning.check_job(self.session, self.campaign, kind, trust=TRUST, now=now)
        except RefusedError:
            return False
        return True


@pytest.fixture
def house(engine: Engine) -> Iterator[House]:
    with writing_session(engine) as session:
        erika, otto = (people.hire(session, name, now=NOW) for name in ("erika", "otto"))
        rat, _ = people.elect(session, "rat", secret=TRUST.secret, now=NOW)
        dora = people.hire(session, "dora", "privacy", now=NOW)
        technik = people.hire(session, "technik", "admin", now=NOW)
        big = {"id": "bauamt", "name": "Bauamt", "eligible": 100}
        units = {"id": "haus", "name": "Haus", "units": [big]}
        campaign = campaigns.create(session, plan(units=units), creator=erika, **NOWHERE)
        yield House(session, erika, otto, rat, dora, technik, campaign)


def refused(code: str) -> Any:  # noqa: ANN401  # pytest's own
    """What is refused with this code."""
    return pytest.raises(SurveyError, check=lambda error: error.code == code)


def test_creator_signer_and_releaser_are_three_accounts(house: House) -> None:
    house.open()
    campaigns.set_status(house.campaign, "closed", now=NOW)
    enter_left_over(house.session, house.campaign, "bauamt", 3)
    for account in (house.erika,):
        with refused("not-third"):
            cosigning.release(house.session, house.campaign, account, **NOWHERE)
    for account in (house.rat, house.technik):
        with refused("may-not"):
            cosigning.release(house.session, house.campaign, account, **NOWHERE)
    with refused("whose"):
        cosigning.release(house.session, house.campaign, None, **NOWHERE)
    assert not house.wanted("release")
    for account in (house.dora, house.otto):
        assert cosigning.release(house.session, house.campaign, account, **NOWHERE)
        assert house.wanted("release")
    found = house.standing
    names = [one.account for one in (found.creator, found.signer, found.releaser) if one]
    assert names == ["erika", "rat", "otto"]


def test_an_act_of_the_creator_releases_nothing_even_when_it_was_recorded(house: House) -> None:
    house.open()
    campaigns.set_status(house.campaign, "closed", now=NOW)
    for account in (house.erika, house.rat, house.technik, None):
        signatures.record(
            house.session, house.campaign, "release", account, secret=TRUST.secret, now=NOW
        )
        assert not house.wanted("release")


@pytest.mark.parametrize("name", ["otto", "dora", "technik", "erika"])
def test_only_the_council_signs(house: House, name: str) -> None:
    with refused("may-not"):
        house.sign(getattr(house, name))
    with refused("whose"):
        cosigning.sign(house.session, house.campaign, None, **NOWHERE)
    assert house.campaign.status == "draft"


def test_nobody_but_human_resources_creates(house: House) -> None:
    for account in (house.rat, house.dora, house.technik):
        with refused("may-not"):
            campaigns.create(house.session, plan(slug="x"), creator=account, **NOWHERE)


def test_without_the_signature_nothing_is_printed_or_opened(house: House) -> None:
    with refused("not-signed"):
        cosigning.check_issue(house.session, house.campaign, house.erika, trust=TRUST)
    issue(house.session, house.campaign, "bauamt", 20)
    with refused("not-signed"):
        cosigning.open_(house.session, house.campaign, house.erika, **NOWHERE)
    assert not house.wanted("open")
    house.sign()
    assert not house.wanted("open")  # signed, but nobody asked
    assert cosigning.open_(house.session, house.campaign, house.erika, **NOWHERE)
    assert house.wanted("open")


def test_until_the_opening_the_newest_signature_and_its_sheet_count(house: House) -> None:
    for sheet in (b"a" * 32, b"b" * 32):
        cosigning.sign(house.session, house.campaign, house.rat, recovery=sheet, **NOWHERE)
    assert house.campaign.status == "signed"
    assert house.standing.signer is not None
    assert house.standing.signer.details == {"recovery": (b"b" * 32).hex()}
    issue(house.session, house.campaign, "bauamt", 20)
    campaigns.set_status(house.campaign, "open", now=NOW)
    with refused("not-a-draft"):
        house.sign()


def test_the_last_day_moves_once_and_when_both_agree(house: House) -> None:
    house.open()
    planned = house.standing.plan.period.to
    for last in (planned, planned - timedelta(days=1), planned + timedelta(weeks=8, days=1)):
        with refused("prolong-range"):
            cosigning.prolong(house.session, house.campaign, house.erika, last, **NOWHERE)
    assert not cosigning.prolong(house.session, house.campaign, house.erika, LATER, **NOWHERE)
    assert house.standing.last_day == planned
    assert house.standing.waiting("prolong") is not None
    with refused("nothing-waits"):
        house.agree("prolong", {"to": "2027-01-16"})
    with refused("may-not"):
        house.agree("prolong", {"to": str(LATER)}, by=house.otto)
    house.agree("prolong", {"to": str(LATER)})
    assert (house.standing.last_day, house.campaign.prolonged_to) == (LATER, LATER)
    assert house.standing.waiting("prolong") is None
    with refused("prolonged-already"):
        cosigning.prolong(
            house.session, house.campaign, house.otto, LATER + timedelta(days=3), **NOWHERE
        )


def test_a_moved_day_that_nobody_signed_is_not_believed(house: House) -> None:
    house.open()
    planned = house.standing.plan.closes_at
    for day in (LATER, date(2026, 11, 24)):
        house.session.execute(update(Campaign).values(prolonged_to=day))
        house.session.refresh(house.campaign)
        found = campaigns.closes_at(house.session, house.campaign, secret=TRUST.secret)
        assert found == planned


def test_closing_early_takes_two_and_by_period_none(house: House) -> None:
    house.open()
    assert not house.wanted("close")
    assert cosigning.close(house.session, house.campaign, house.erika, **NOWHERE) is None
    assert not house.wanted("close")
    with refused("may-not"):
        house.agree("close-early", {}, by=house.otto)
    job = house.agree("close-early", {})
    assert house.session.scalars(select(Job.id).where(Job.kind == "close")).all() == [job]
    assert house.wanted("close")


def test_at_the_end_of_the_period_it_closes_without_anybody(house: House) -> None:
    house.open()
    end = house.standing.closes_at
    assert not house.wanted("close", end - timedelta(seconds=1))
    assert house.wanted("close", end)


def test_the_council_alone_closes_nothing(house: House) -> None:
    house.open()
    with refused("nothing-waits"):
        house.agree("close-early", {})
    with refused("may-not"):
        cosigning.close(house.session, house.campaign, house.rat, **NOWHERE)
    signatures.record(
        house.session, house.campaign, "close-early", house.rat, secret=TRUST.secret, now=NOW
    )
    assert not house.wanted("close")


def test_a_second_run_of_slips_is_signed_large_enough_and_done_once(house: House) -> None:
    house.open()
    run = Run("bauamt", 30)
    for count, code in ((19, "short-run"), (101, "too-many-slips")):
        with refused(code):
            cosigning.ask_second_run(
                house.session, house.campaign, house.erika, Run("bauamt", count), **NOWHERE
            )
    assert not cosigning.ask_second_run(house.session, house.campaign, house.erika, run, **NOWHERE)
    with refused("second-run"):
        cosigning.check_run(house.session, house.campaign, run, trust=TRUST)
    house.agree("second-run", run.details)
    cosigning.check_run(house.session, house.campaign, run, trust=TRUST)
    with refused("second-run"):
        cosigning.check_run(house.session, house.campaign, Run("bauamt", 31), trust=TRUST)
    assert len(issue(house.session, house.campaign, "bauamt", 30, "more")) == 30
    stock = house.session.scalars(select(Stock)).one()
    assert (stock.issued, stock.runs, stock.left_over) == (50, 2, None)
    assert len(house.session.execute(select(access_codes)).all()) == 50
    with refused("third-run"):
        issue(house.session, house.campaign, "bauamt", 30, "more")


def test_before_opening_a_run_is_repeated_and_the_earlier_codes_are_gone(house: House) -> None:
    first = issue(house.session, house.campaign, "bauamt", 20)
    again = issue(house.session, house.campaign, "bauamt", 25, "anew")
    assert not set(first) & set(again)
    stock = house.session.scalars(select(Stock)).one()
    assert (stock.issued, stock.runs) == (25, 1)
    assert len(house.session.execute(select(access_codes)).all()) == 25
    campaigns.set_status(house.campaign, "open", now=NOW)
    with pytest.raises(WrongStateError, match="before opening only"):
        issue(house.session, house.campaign, "bauamt", 20, "anew")


def test_codes_that_were_spent_are_not_withdrawn(house: House) -> None:
    issue(house.session, house.campaign, "bauamt", 20)
    house.session.execute(update(access_codes).values(spent=True))
    with refused("codes-spent"):
        issue(house.session, house.campaign, "bauamt", 20, "anew")


def test_the_operator_goes_all_the_way_with_his_own_campaign(house: House) -> None:
    own = campaigns.create(house.session, plan(slug="klima"), **NOWHERE)
    issue(house.session, own, "bauamt", 20)
    cosigning.open_(house.session, own, None, **NOWHERE)
    assert campaigns.standing(house.session, own, secret=TRUST.secret).cosigned.by == "none"
    campaigns.set_status(own, "open", now=NOW)
    assert cosigning.prolong(house.session, own, None, LATER, **NOWHERE)
    assert cosigning.close(house.session, own, None, **NOWHERE) is not None
    campaigns.set_status(own, "closed", now=NOW)
    assert cosigning.release(house.session, own, None, **NOWHERE)


def test_what_the_operator_signs_is_called_so(house: House) -> None:
    own = campaigns.create(house.session, plan(slug="klima"), **NOWHERE)
    cosigning.sign(house.session, own, None, **NOWHERE)
    found = campaigns.standing(house.session, own, secret=TRUST.secret)
    assert (found.cosigned.by, found.cosigned.day) == ("operator", NOW.date())
    assert not found.needs_council


def test_when_the_council_signed_the_operator_needs_it_too(house: House) -> None:
    own = campaigns.create(house.session, plan(slug="klima"), **NOWHERE)
    cosigning.sign(house.session, own, house.rat, **NOWHERE)
    issue(house.session, own, "bauamt", 20)
    campaigns.set_status(own, "open", now=NOW)
    assert cosigning.close(house.session, own, None, **NOWHERE) is None
    assert not cosigning.prolong(house.session, own, None, LATER, **NOWHERE)


def test_a_campaign_whose_creation_is_not_recorded_goes_nowhere(house: House) -> None:
    for signature in house.session.scalars(select(Signature).where(Signature.act == "create")):
        house.session.delete(signature)
    house.session.flush()
    with refused("no-creator"):
        house.sign()
    for kind in ("open", "close", "release"):
        assert not house.wanted(kind)
