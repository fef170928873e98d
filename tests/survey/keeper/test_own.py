"""The keeper touches only what is its own and what was agreed, whatever the database says."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from sqlalchemy import delete, insert, select, update

from survey.db.base import random_id
from survey.db.engine import reading, writing, writing_session
from survey.db.tables import Campaign, campaign_keys, inbox
from survey.domain import jobs
from survey.domain.campaign_keys import current_key
from survey.domain.campaigns import questionnaire_of
from survey.domain.inbox import Outcome
from survey.domain.plans import stored_plan
from survey.domain.sealing import seal
from survey.domain.statements import Statement, sign
from survey.errors import RefusedError, WrongStateError
from survey.keeper import acts, see_through
from survey.settings import Settings
from tests.anonymity.town import CLOSES, Town, found_town

HEADS = {"bauamt": 25, "hauptamt": 20}


@pytest.fixture(params=["sqlite", "postgres"])
def town(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """An open town on each of the databases; twelve have answered."""
    if request.param == "postgres":
        monkeypatch.setenv("PEGEL_DATABASE_URL", request.getfixturevalue("postgres_url"))
    town = found_town(tmp_path, heads=HEADS)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["hauptamt"][:12])])
    yield town
    town.engine.dispose()


def _write(town: Town, **values: object) -> None:
    """What somebody does who may write to the database, and no more."""
    with writing(town.engine) as connection:
        connection.execute(update(Campaign).values(**values))


def _late(town: Town, place: int = 0) -> Outcome:
    (outcome,) = town.send([town.form(town.slips["bauamt"][place], 100 + place)])
    return outcome


def _insert_key(town: Town, signer: SigningKey | None, **changed: object) -> bytes:
    """Make a key of one's own the current one; gives its id."""
    private, key_id = PrivateKey.generate(), random_id()
    with reading(town.engine) as connection:
        campaign = connection.execute(select(Campaign.uid, Campaign.plan_hash)).one()
    public_key = bytes(private.public_key)
    statement = Statement(campaign.uid, campaign.plan_hash, key_id, public_key, 99)
    row = {
        "campaign_id": town.campaign_id,
        "key_id": key_id,
        "public_key": public_key,
        "counter": 99,
        "signature": sign(signer, statement) if signer else None,
        "is_current": True,
    }
    with writing(town.engine) as connection:
        connection.execute(update(campaign_keys).values(is_current=False))
        connection.execute(insert(campaign_keys), row | changed)
    return key_id


@pytest.mark.parametrize("signer", [None, SigningKey.generate()])
def test_a_key_that_somebody_put_in_takes_no_answer_and_is_replaced(
    town: Town, signer: SigningKey | None, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = _insert_key(town, signer)
    assert _late(town) is Outcome.UNTRUSTED
    town.keeper().run_once()
    assert "is not the keeper's, and is replaced" in caplog.text
    assert current_key(town.engine, town.campaign_id) not in {foreign, None}
    assert _late(town) is Outcome.ACCEPTED
    assert town.ask("close").state == "done"
    assert len(town.responses()) == 13


def test_a_swapped_public_key_takes_no_answer_and_loses_none(town: Town) -> None:
    with writing(town.engine) as connection:
        foreign = bytes(PrivateKey.generate().public_key)
        connection.execute(update(campaign_keys).values(public_key=foreign))
    assert _late(town) is Outcome.UNTRUSTED
    town.keeper().run_once()
    assert _late(town) is Outcome.ACCEPTED
    assert town.ask("close").state == "done"
    assert len(town.responses()) == 13


def test_rows_sealed_for_a_foreign_key_are_named_at_closing(town: Town) -> None:
    private, row = PrivateKey.generate(), random_id()
    values = {"campaign_id": town.campaign_id, "id": row, "key_id": random_id()}
    with writing(town.engine) as connection:
        sealed = seal(bytes(private.public_key), b"an answer of nobody")
        connection.execute(insert(inbox).values(**values, sealed=sealed))
    done = town.ask("close")
    assert (done.state, town.status()) == ("failed", "open")
    assert row.hex() in done.message
    assert "was not made by the keeper" in done.message


def test_a_key_of_another_campaign_opens_nothing_here(town: Town, tmp_path: Path) -> None:
    """A row that is copied from one campaign to another neither opens nor destroys its key."""
    del tmp_path
    keeper = town.keeper()
    keeper.keys.write(b"k" * 16, PrivateKey.generate(), made_at=town.clock(), uid=b"u" * 16)
    row = {"campaign_id": town.campaign_id, "key_id": b"k" * 16, "public_key": b"p" * 32}
    other = {"campaign_id": town.campaign_id + 1, "key_id": b"k" * 16, "public_key": b"p" * 32}
    with writing(town.engine) as connection:
        connection.execute(insert(campaign_keys).values(**row, is_current=False))
        connection.execute(insert(campaign_keys).values(**other, is_current=True))
    town.turn()
    assert b"k" * 16 in keeper.keys.ids()


def _raised(plan: str) -> str:
    return json.dumps(json.loads(plan) | {"threshold": 5}, sort_keys=True)


def _prolonged(plan: str) -> str:
    content = json.loads(plan)
    content["period"]["to"] = "2027-03-20"
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("change", [_raised, _prolonged])
@pytest.mark.parametrize("with_hash", [False, True])
def test_a_plan_that_was_changed_is_not_followed(
    town: Town,
    change: Callable[[str], str],
    with_hash: bool,  # noqa: FBT001 - a parameter of the test
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not even together with its hash: the keeper knows the one with which it was opened."""
    with writing_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        agreed, agreed_hash = campaign.plan, campaign.plan_hash
        campaign.plan = change(agreed)
        if with_hash:
            changed = stored_plan(campaign.plan)
            campaign.plan = changed.canonical
            campaign.plan_hash = changed.hash(questionnaire_of(campaign), campaign.keeper_key)
    before = current_key(town.engine, town.campaign_id)
    town.turn()
    assert current_key(town.engine, town.campaign_id) == before
    assert "was changed after it was" in caplog.text
    if with_hash:  # without, a web process goes on by what it has read before: the agreed plan
        assert _late(town) is Outcome.UNTRUSTED
    assert town.ask("close").state == "failed"
    _write(town, plan=agreed, plan_hash=agreed_hash)
    assert town.ask("close").state == "done"
    assert len(town.responses()) == 12


@pytest.mark.parametrize(
    "broken",
    [{"definition": "{}"}, {"definition": "no JSON"}, {"plan": "{}"}, {"plan": ""}, {"uid": b""}],
)
def test_one_campaign_that_was_broken_does_not_hold_up_the_keeper(
    tmp_path: Path, broken: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    town = found_town(tmp_path, heads=HEADS)
    _write(town, **broken)
    keeper = town.keeper()
    keeper.run_once()
    keeper.run_once()
    assert len(caplog.records) == 1
    assert "befragung-musterheim" in caplog.text
    assert town.status() == "open"


def test_a_campaign_under_another_identity_gets_no_new_key(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Else a plan could be changed after all: together with its hash, under a new `uid`."""
    with writing_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        changed = stored_plan(_raised(campaign.plan))
        campaign.plan, campaign.uid = changed.canonical, random_id()
        campaign.plan_hash = changed.hash(questionnaire_of(campaign), campaign.keeper_key)
    before = current_key(town.engine, town.campaign_id)
    town.turn()
    assert current_key(town.engine, town.campaign_id) == before
    assert "never opened it" in caplog.text
    assert _late(town) is Outcome.UNTRUSTED


def test_a_lowered_threshold_is_refused_at_the_release(town: Town) -> None:
    assert town.ask("close").state == "done"
    with writing_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        campaign.plan = _raised(campaign.plan)
    office = town.keeper()._office
    with pytest.raises(RefusedError, match="was changed"):
        acts.release_campaign(office, town.campaign_id, now=town.clock())


def test_a_campaign_of_another_keeper_is_left_alone(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    _write(town, keeper_key=bytes(SigningKey.generate().verify_key).hex())
    town.clock.now = CLOSES.replace(year=CLOSES.year + 1)
    town.keeper().run_once()
    assert (town.status(), town.count(inbox)) == ("open", 12)
    assert "another keeper" in caplog.text or "was changed" in caplog.text


def test_a_campaign_that_somebody_set_to_draft_again_is_not_opened_twice(town: Town) -> None:
    assert town.ask("close").state == "done"
    _write(town, status="draft", closed_at=None)
    office = town.keeper()._office
    with pytest.raises(WrongStateError, match="closed already"):
        acts.open_campaign(office, town.campaign_id, now=town.clock())


def test_deleted_key_rows_pause_and_the_keys_bring_it_back(town: Town) -> None:
    with writing(town.engine) as connection:
        connection.execute(delete(campaign_keys))
    assert _late(town) is Outcome.PAUSED
    town.keeper().run_once()
    assert _late(town) is Outcome.ACCEPTED
    assert town.ask("close").state == "done"
    assert len(town.responses()) == 13


def test_who_is_not_the_keeper_waits_for_it_or_is_told_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path, heads=HEADS, opened=False)
    with writing_session(town.engine) as session:
        job = jobs.request(session, "open", town.campaign_id, now=town.clock())
    owner = town.settings.key_folder.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(WrongStateError, match="No keeper is at work"):
        see_through(town.settings, town.engine, job, clock=town.clock)
    monkeypatch.undo()
    assert not list(replace(town).settings.key_folder.glob("*.key"))
    assert isinstance(town.settings, Settings)
