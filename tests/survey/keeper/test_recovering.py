"""An interrupted campaign goes on by its sheet, and by nothing else; on both databases."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import func, select, update

from survey.db.engine import make_engine, reading, writing
from survey.db.tables import campaign_keys, inbox
from survey.domain import recovery
from survey.domain.inbox import Outcome
from survey.domain.sealing import seal
from survey.errors import RefusedError, SurveyError, WrongStateError
from survey.keeper import recovering
from survey.keeper.keys import KeeperLostError
from tests.anonymity.town import answers
from tests.survey.keeper.towns import Signed, backup_of, lose_key_folder, signed_town


@pytest.fixture(params=["sqlite", "postgres"])
def signed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Signed]:
    """A signed town on each of the databases."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("PEGEL_DATABASE_URL", url)
        make_engine(url).dispose()
    made = signed_town(tmp_path)
    yield made
    made.town.engine.dispose()


def _recover(signed: Signed, secret: bytes | None = None) -> None:
    town = signed.town
    recovering.recover(
        town.settings,
        town.engine,
        town.campaign_id,
        secret or signed.sheet.secret,
        now=town.clock(),
    )


def _stamps(signed: Signed) -> Counter[tuple[int, ...]]:
    done = signed.town.ask("close")
    assert done.state == "done", done.message
    return Counter(values for _, values in signed.town.responses())


def test_with_backup_and_sheet_nothing_acknowledged_before_the_backup_is_lost(
    signed: Signed,
) -> None:
    town = signed.town
    signed.answer(0, 12)
    town.turn()
    signed.answer(12, 20)
    restore = backup_of(town)
    signed.answer(20, 25)
    town.turn()  # what the backup names is destroyed now
    restore()
    lose_key_folder(town)
    _recover(signed)
    assert town.count(campaign_keys) == 1
    late = town.form(town.slips["bauamt"][5], 25)
    assert town.send([late]) == [Outcome.ACCEPTED]
    assert _stamps(signed) == Counter(tuple(answers(stamp)) for stamp in [*range(20), 25])


def test_the_keeper_comes_back_with_the_sheet_and_is_the_same(signed: Signed) -> None:
    town = signed.town
    before = town.keeper().trust.verify_key
    signed.answer(0, 12)
    lose_key_folder(town)
    with pytest.raises(KeeperLostError, match="not in the key folder"):
        town.keeper()
    _recover(signed)
    assert town.keeper().trust.verify_key == before
    assert len(_stamps(signed)) == 12


def test_a_key_that_is_lost_alone_pauses_the_campaign_until_the_sheet_comes(
    signed: Signed, caplog: pytest.LogCaptureFixture
) -> None:
    town = signed.town
    signed.answer(0, 12)
    keeper = town.keeper()
    (key,) = keeper.keys.ids()
    keeper.keys.destroy(key)
    keeper.run_once()
    keeper.run_once()
    assert caplog.text.count("is interrupted") == 1
    assert "pegel campaign recover" in caplog.text
    assert town.send([town.form(town.slips["archiv"][0], 77)]) == [Outcome.PAUSED]
    assert keeper.keys.ids() == set()
    town.clock.now = town.clock.now.replace(year=town.clock.now.year + 1)
    town.keeper().run_once()  # neither the day nor the period's end makes a new key, or closes
    assert (town.status(), town.count(campaign_keys), town.count(inbox)) == ("open", 1, 12)
    town.clock.now = town.clock.now.replace(year=town.clock.now.year - 1)
    _recover(signed)
    assert len(_stamps(signed)) == 12


def test_another_sheet_changes_nothing(signed: Signed) -> None:
    signed.answer(0, 12)
    lose_key_folder(signed.town)
    with pytest.raises(RefusedError, match="not the recovery sheet"):
        _recover(signed, recovery.new_recovery().secret)
    assert not (signed.town.settings.key_folder / "keeper.seed").exists()


def test_what_somebody_put_into_the_database_for_the_sheet_is_refused(signed: Signed) -> None:
    """The column is public: only a key that the keeper signed and that fits it counts."""
    signed.answer(0, 12)
    foreign = seal(signed.sheet.public_key, bytes(PrivateKey.generate()) + bytes(32))
    lose_key_folder(signed.town)
    with writing(signed.town.engine) as connection:
        connection.execute(update(campaign_keys).values(recovery=foreign))
    with pytest.raises(RefusedError, match="not the recovery sheet"):
        _recover(signed)


def test_a_campaign_that_is_not_interrupted_needs_no_sheet(signed: Signed) -> None:
    signed.answer(0, 12)
    with pytest.raises(WrongStateError, match="not interrupted"):
        _recover(signed)


def test_a_closed_campaign_is_not_recovered(signed: Signed) -> None:
    signed.answer(0, 12)
    restore = backup_of(signed.town)
    assert signed.town.ask("close").state == "done"
    restore()
    with pytest.raises(WrongStateError, match="closed already"):
        _recover(signed)


def test_without_a_sheet_it_can_be_given_up_and_says_so(signed: Signed) -> None:
    town = signed.town
    signed.answer(0, 12)
    (key,) = town.keeper().keys.ids()
    with pytest.raises(WrongStateError, match="not interrupted"):
        recovering.give_up(town.settings, town.engine, town.campaign_id, now=town.clock())
    town.keeper().keys.destroy(key)
    town.keeper().run_once()
    refused = town.ask("close")
    assert refused.state == "failed"
    assert "--give-up" in refused.message
    said = recovering.give_up(town.settings, town.engine, town.campaign_id, now=town.clock())
    assert "without results" in said
    assert (town.status(), town.count(inbox), town.responses()) == ("closed", 0, [])


def test_it_can_be_given_up_even_when_the_keeper_is_lost_and_a_new_one_begins(
    signed: Signed,
) -> None:
    town = signed.town
    signed.answer(0, 12)
    lose_key_folder(town)
    recovering.give_up(town.settings, town.engine, town.campaign_id, now=town.clock())
    assert (town.status(), town.count(inbox), town.count(campaign_keys)) == ("closed", 0, 0)
    with pytest.raises(KeeperLostError, match="begin with a new keeper"):
        town.keeper()
    (town.data / "keeper.pub").unlink()
    before = town.keeper().trust.verify_key
    assert town.keeper().trust.verify_key == before


def test_every_turn_seals_its_key_for_the_sheet_and_no_other_one_remains(signed: Signed) -> None:
    town = signed.town
    for _ in range(2):
        with reading(town.engine) as connection:
            (row,) = connection.execute(select(campaign_keys)).all()
        opened = recovery.open_with_sheet(signed.sheet.secret, row.recovery)
        assert bytes(opened.private_key.public_key) == row.public_key
        town.turn()
    with reading(town.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(campaign_keys)) == 1
    town.send([town.form(slip, n) for n, slip in enumerate(town.slips["hauptamt"])])
    assert town.ask("close").state == "done"
    assert town.count(campaign_keys) == 0


def test_a_campaign_without_signature_has_no_sheet(tmp_path: Path) -> None:
    from tests.anonymity.town import found_town

    town = found_town(tmp_path, heads={"bauamt": 25})
    with reading(town.engine) as connection:
        assert connection.scalar(select(campaign_keys.c.recovery)) is None
    lose_key_folder(town)
    with pytest.raises(SurveyError, match="not the recovery sheet"):
        recovering.recover(
            town.settings, town.engine, 1, recovery.new_recovery().secret, now=town.clock()
        )
