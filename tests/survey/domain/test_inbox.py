import asyncio
import secrets
from pathlib import Path

import pytest

from survey.db.tables import inbox, submissions
from survey.domain.inbox import CodeState, NotStoredError, Outcome
from survey.domain.submitting import GRACE
from tests.anonymity.town import CLOSES, Town, found_town

pytestmark = pytest.mark.usefixtures("either_database")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return found_town(tmp_path)


def test_a_submission_spends_its_code_and_is_stored_sealed(town: Town) -> None:
    slip = town.slips["bauamt"][0]
    assert town.send([town.form(slip, 1)]) == [Outcome.ACCEPTED]
    assert (town.count(inbox), town.count(submissions), town.spent()) == (1, 1, 1)


def test_the_same_form_twice_is_thanked_twice_and_stored_once(town: Town) -> None:
    form = town.form(town.slips["bauamt"][0], 1)
    assert sorted(o.name for o in town.send([form, form])) == ["ACCEPTED", "REPEATED"]
    assert town.send([form]) == [Outcome.REPEATED]
    assert (town.count(inbox), town.count(submissions), town.spent()) == (1, 1, 1)


def test_one_code_takes_one_response_however_many_are_sent_at_once(town: Town) -> None:
    slip = town.slips["bauamt"][0]
    outcomes = town.send([town.form(slip, stamp) for stamp in range(50)])
    assert outcomes.count(Outcome.ACCEPTED) == 1
    assert outcomes.count(Outcome.CODE_USED) == 49
    assert (town.count(inbox), town.spent()) == (1, 1)


def test_unknown_codes_and_forms_without_code_are_refused(town: Town) -> None:
    assert town.send([town.form("AAAA-AAAA-AAAA-AAAA", 1), town.form(None, 2)]) == [
        Outcome.CODE_UNKNOWN,
        Outcome.CODE_UNKNOWN,
    ]
    assert town.count(inbox) == 0


def test_a_bad_request_does_not_fail_its_neighbours(town: Town) -> None:
    good = [town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:5])]
    bad = town.form("AAAA-AAAA-AAAA-AAAA", 9)
    outcomes = town.send([*good, bad, town.form(town.slips["bauamt"][0], 1)])
    assert outcomes == [Outcome.ACCEPTED] * 5 + [Outcome.CODE_UNKNOWN, Outcome.ACCEPTED]


def test_values_that_cannot_be_stored_never_reach_the_writer(town: Town) -> None:
    with pytest.raises(Exception, match="16 bits"):
        town.form(town.slips["bauamt"][0], 40_000)


def test_late_answers_are_accepted_for_an_hour_and_then_refused(town: Town) -> None:
    first, second, third = town.slips["bauamt"][:3]
    town.clock.now = CLOSES + GRACE
    form = town.form(first, 1)
    assert town.send([form, town.form(second, 2)]) == [Outcome.ACCEPTED] * 2
    town.clock.now = CLOSES + GRACE * 1.01
    assert town.send([town.form(third, 3), form]) == [Outcome.CLOSED, Outcome.REPEATED]


def test_nothing_is_accepted_before_opening_or_for_an_unknown_campaign(tmp_path: Path) -> None:
    town = found_town(tmp_path, opened=False)
    assert town.send([town.form(town.slips["bauamt"][0], 1)]) == [Outcome.CLOSED]
    town.campaign_id = 17
    assert town.send([town.form(None, 1)]) == [Outcome.CLOSED]


@pytest.mark.parametrize("access", ["open", "shared-code"])
def test_without_slips_three_responses_per_person_are_the_most(tmp_path: Path, access: str) -> None:
    town = found_town(tmp_path, access=access, heads={"haus": 10})
    slip = town.slips[None][0] if access == "shared-code" else None
    outcomes = town.send([town.form(slip, stamp) for stamp in range(40)])
    assert outcomes.count(Outcome.ACCEPTED) == 30
    assert outcomes.count(Outcome.FULL) == 10
    assert town.send([town.form(slip, 50)]) == [Outcome.FULL]
    assert (town.count(inbox), town.spent()) == (30, 0)


def test_looking_a_code_up_changes_nothing(town: Town) -> None:
    used, free = town.slips["bauamt"][:2]
    town.send([town.form(used, 1)])
    box = town.box()

    async def states() -> list[CodeState]:
        wanted = [used, free, "AAAA-AAAA-AAAA-AAAA"]
        return [await box.code_state(town.campaign_id, town.hash_of(slip)) for slip in wanted]

    expected = [CodeState.USED, CodeState.FREE, CodeState.UNKNOWN]
    assert asyncio.run(states()) == expected
    assert asyncio.run(states()) == expected


def test_when_the_transaction_fails_nobody_is_thanked_and_sending_again_helps(town: Town) -> None:
    forms = [town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:5])]
    with town.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE submissions RENAME TO elsewhere")
        connection.commit()
    box = town.box()

    async def sending() -> list[Outcome | BaseException]:
        return await asyncio.gather(*map(box.submit, forms), return_exceptions=True)

    assert [type(outcome) for outcome in asyncio.run(sending())] == [NotStoredError] * 5
    with town.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO submissions")
        connection.commit()
    assert (town.count(inbox), town.spent()) == (0, 0)
    assert asyncio.run(sending()) == [Outcome.ACCEPTED] * 5
    box.close()


def test_who_leaves_before_the_answer_is_stored_all_the_same(town: Town) -> None:
    box = town.box()
    form = town.form(town.slips["kita"][0], 1, secrets.token_bytes(16))

    async def leaving() -> None:
        task = asyncio.create_task(box.submit(form))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(leaving())
    box.close()
    assert town.count(inbox) == 1
    assert town.send([form]) == [Outcome.REPEATED]


def test_a_closed_inbox_refuses_instead_of_forgetting(town: Town) -> None:
    box = town.box()
    box.close()
    with pytest.raises(NotStoredError):
        asyncio.run(box.submit(town.form(town.slips["kita"][0], 1)))
