"""Whoever writes to the database can stop a campaign, but never read or change what it gets."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from sqlalchemy import Engine, delete, event, select, update

from survey.db.engine import reading, reading_session, writing
from survey.db.tables import Campaign, campaign_keys, inbox, random_id, submissions
from survey.domain import admission
from survey.domain.campaigns import questionnaire_of
from survey.domain.inbox import Outcome
from survey.domain.plans import stored_plan
from survey.domain.statements import Statement, sign
from survey.domain.submitting import GRACE
from tests.anonymity.town import CLOSES, Town, found_town

pytestmark = pytest.mark.usefixtures("either_database")

THEIRS = PrivateKey(bytes(range(32)))  # of whoever has got into the database


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return found_town(tmp_path)


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """A web process that has just started has seen nothing yet."""
    admission._known_rules.clear()
    admission._newest.clear()
    admission._complained.clear()


def change(town: Town, **columns: object) -> None:
    with writing(town.engine) as connection:
        connection.execute(update(Campaign).values(**columns))


def change_key(town: Town, **columns: object) -> None:
    with writing(town.engine) as connection:
        connection.execute(update(campaign_keys).values(**columns))


def nothing_happened(town: Town) -> bool:
    return (town.count(inbox), town.count(submissions), town.spent()) == (0, 0, 0)


def sent(town: Town) -> Outcome:
    (outcome,) = town.send([town.form(town.slips["bauamt"][0], 1)])
    return outcome


def key_of(town: Town) -> Statement:
    """What the keeper has said of the current key."""
    with reading(town.engine) as connection:
        campaign = connection.execute(select(Campaign.uid, Campaign.plan_hash)).one()
        current = campaign_keys.c.is_current.is_(True)
        key = connection.execute(select(campaign_keys).where(current)).one()
    return Statement(campaign.uid, campaign.plan_hash, key.key_id, key.public_key, key.counter or 0)


def swap(town: Town) -> None:
    change_key(town, public_key=bytes(THEIRS.public_key))


def swap_and_sign(town: Town) -> None:
    """With a signature of their own, which this host does not trust."""
    swap(town)
    change_key(town, signature=sign(SigningKey.generate(), key_of(town)))


def unsign(town: Town) -> None:
    change_key(town, signature=None)


def uncount(town: Town) -> None:
    change_key(town, counter=None)


def recount(town: Town) -> None:
    change_key(town, counter=2)


def add_a_key(town: Town) -> None:
    change_key(town, is_current=False)
    row = {"key_id": random_id(), "public_key": bytes(THEIRS.public_key), "is_current": True}
    with writing(town.engine) as connection:
        connection.execute(campaign_keys.insert().values(campaign_id=town.campaign_id, **row))


def lower_the_threshold(town: Town) -> None:
    with reading(town.engine) as connection:
        plan = json.loads(connection.scalar(select(Campaign.plan)) or "")
    change(town, plan=json.dumps(plan | {"threshold": 5}))


def reword_the_definition(town: Town) -> None:
    with reading(town.engine) as connection:
        definition = connection.scalar(select(Campaign.definition)) or ""
    change(town, definition=definition.replace("Musterheim", "Musterdorf"))


def break_the_plan(town: Town) -> None:
    change(town, plan="{")


def use_another_plan_with_its_own_hash(town: Town) -> None:
    """Plan and hash fit each other, but not what the keeper signed."""
    lower_the_threshold(town)
    with reading_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        fitting = stored_plan(campaign.plan).hash(questionnaire_of(campaign), campaign.keeper_key)
    change(town, plan_hash=fitting)


ATTACKS = (
    swap,
    swap_and_sign,
    unsign,
    uncount,
    recount,
    add_a_key,
    lower_the_threshold,
    reword_the_definition,
    break_the_plan,
    use_another_plan_with_its_own_hash,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: str(attack.__name__))
def test_what_was_changed_in_the_database_is_refused(
    town: Town, attack: Callable[[Town], None], caplog: pytest.LogCaptureFixture
) -> None:
    attack(town)
    with caplog.at_level(logging.ERROR):
        assert [sent(town), sent(town)] == [Outcome.UNTRUSTED] * 2
    assert nothing_happened(town)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"Campaign {town.campaign_id} takes no answers: its plan or its key was")


def test_a_planted_check_that_believes_the_database_is_noticed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_is_trusted", lambda *_: True)
    swap(town)
    assert sent(town) is Outcome.ACCEPTED
    assert not nothing_happened(town)


def test_an_older_key_is_refused_once_a_newer_one_was_seen(town: Town) -> None:
    older = key_of(town)
    with reading(town.engine) as connection:
        signature = connection.scalar(select(campaign_keys.c.signature))
    town.turn()
    assert sent(town) is Outcome.ACCEPTED
    change_key(
        town,
        public_key=older.public_key,
        key_id=older.key_id,
        counter=older.counter,
        signature=signature,
    )
    (again,) = town.send([town.form(town.slips["bauamt"][1], 2)])
    assert again is Outcome.UNTRUSTED
    assert town.count(inbox) == 1


def test_without_a_current_key_people_are_asked_to_come_back(town: Town) -> None:
    form = town.form(town.slips["bauamt"][1], 2)
    assert town.send([form]) == [Outcome.ACCEPTED]
    with writing(town.engine) as connection:
        connection.execute(update(campaign_keys).values(is_current=False))
    assert sent(town) is Outcome.PAUSED
    assert town.send([form]) == [Outcome.REPEATED]
    with writing(town.engine) as connection:
        connection.execute(delete(campaign_keys))
    assert sent(town) is Outcome.PAUSED
    assert (town.count(inbox), town.spent()) == (1, 1)


def test_a_last_day_that_was_moved_in_the_database_alone_moves_nothing(town: Town) -> None:
    change(town, prolonged_to=CLOSES.date() + timedelta(days=3))
    town.clock.now = CLOSES + GRACE
    assert sent(town) is Outcome.ACCEPTED
    town.clock.now += timedelta(seconds=1)
    (late,) = town.send([town.form(town.slips["bauamt"][1], 2)])
    assert late is Outcome.CLOSED


def test_before_a_keeper_has_ever_worked_nothing_is_stored(town: Town) -> None:
    (town.data / "keeper.pub").unlink()
    with pytest.raises(Exception, match="not stored"):
        sent(town)
    assert nothing_happened(town)


def test_a_batch_costs_the_same_statements_however_many_wait(town: Town) -> None:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    counts = []
    try:
        for stamps in (range(1), range(1, 2), range(2, 5), range(5, 35)):
            said.clear()
            forms = [town.form(town.slips["kita"][stamp], stamp) for stamp in stamps]
            assert set(town.send(forms)) == {Outcome.ACCEPTED}
            counts.append(len(said))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert counts == [7, 6, 6, 6]  # the first reads the plan
