"""Attack 15: what an old backup brings back, on SQLite and on PostgreSQL.

No key, no reopened campaign; purged stays purged; and with the recovery sheet nothing that was
acknowledged before the backup is lost.
"""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from survey.db.campaigns import Campaign
from survey.db.engine import make_engine, reading, reading_session, writing_session
from survey.db.tables import campaign_keys, inbox, response_keys, responses, submissions
from survey.domain import backups, jobs
from survey.domain.backups import Restored
from survey.domain.inbox import Outcome
from survey.domain.sealing import SealError, pack_answers, unseal
from survey.errors import RefusedError
from survey.keeper import recovering
from survey.keeper.keys import KeyFolder
from survey.keeper.ledger import Entry, Ledger
from survey.settings import Settings
from tests.anonymity.town import Town, answers
from tests.survey.keeper.towns import Signed, lose_key_folder, signed_town


@pytest.fixture(params=["sqlite", "postgres"])
def signed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Signed]:
    """A signed and open town on each of the databases; twelve have answered."""
    if request.param == "postgres":
        monkeypatch.setenv("PEGEL_DATABASE_URL", request.getfixturevalue("postgres_url"))
    made = signed_town(tmp_path)
    made.answer(0, 12)
    yield made
    made.town.engine.dispose()


def _back_up(town: Town) -> Path:
    file = town.data.parent / f"backup-{len(list(town.data.parent.glob('backup-*')))}.zip"
    backups.make_backup(town.settings, town.engine, file, now=town.clock())
    return file


def _restore(signed: Signed, file: Path) -> Restored:
    """As an operator does: everything stopped, the file put back, everything started."""
    signed.town.engine.dispose()
    done = backups.restore_backup(signed.town.settings, file, force=True)
    signed.town.engine = make_engine(signed.town.settings.database_url)
    return done


def _contents(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _keys(town: Town) -> list[bytes]:
    folder = KeyFolder(town.settings.key_folder)
    return [bytes(folder.read(key_id)) for key_id in folder.ids()]


def _in_database(town: Town, table: Any) -> list[Any]:  # noqa: ANN401 - rows of any table
    with reading(town.engine) as connection:
        return list(connection.execute(select(table)).all())


def test_a_backup_holds_no_key(signed: Signed) -> None:
    town = signed.town
    secrets = [*_keys(town), bytes(KeyFolder(town.settings.key_folder).signing_key())]
    secrets.append(signed.sheet.secret)
    open_now = _contents(_back_up(town))
    assert town.ask("close").state == "done"
    secrets += _keys(town)
    closed = _contents(_back_up(town))
    assert len(secrets) == 4
    for content in (*open_now.values(), *closed.values()):
        assert not [secret for secret in secrets if secret in content]
        assert not [secret for secret in secrets if secret.hex().encode() in content]
    assert set(open_now) == {"manifest.json", "database", "host.secret", "keeper.pub"}


def test_a_restored_campaign_takes_no_answer_for_a_key_that_was_destroyed(signed: Signed) -> None:
    town = signed.town
    old = _back_up(town)
    town.turn()
    assert _restore(signed, old).paused == ("befragung-musterheim",)
    late = town.form(town.slips["archiv"][0], 77)
    assert town.send([late]) == [Outcome.PAUSED]
    town.keeper().run_once()
    assert town.send([late]) == [Outcome.PAUSED]
    assert (town.count(inbox), town.count(submissions)) == (12, 12)
    assert town.ask("close").state == "failed"


def test_with_the_sheet_nothing_acknowledged_before_the_backup_is_lost(signed: Signed) -> None:
    town = signed.town
    town.turn()
    signed.answer(12, 18)
    old = _back_up(town)
    signed.answer(18, 22)
    town.turn()
    lose_key_folder(town)
    _restore(signed, old)
    secret, now = signed.sheet.secret, town.clock()
    recovering.recover(town.settings, town.engine, town.campaign_id, secret, now=now)
    again = [town.form(slip, stamp) for stamp, slip in enumerate(town.slips["hauptamt"][:18])]
    assert set(town.send(again)) == {Outcome.CODE_USED}
    done = town.ask("close")
    assert done.state == "done", done.message
    stored = Counter(values for _, values in town.responses())
    assert stored == Counter(tuple(answers(stamp)) for stamp in range(18))


def test_where_the_keys_are_still_here_it_goes_on_by_itself(signed: Signed) -> None:
    town = signed.town
    old = _back_up(town)
    before = town.keeper().keys.ids()
    _restore(signed, old)
    town.keeper().run_once()
    assert town.keeper().keys.ids().isdisjoint(before)
    assert town.send([town.form(town.slips["archiv"][0], 12)]) == [Outcome.ACCEPTED]
    assert town.ask("close").state == "done"
    assert len(town.responses()) == 13


def test_a_closed_campaign_is_never_opened_again(
    signed: Signed, caplog: pytest.LogCaptureFixture
) -> None:
    town = signed.town
    while_open = _back_up(town)
    assert town.ask("close").state == "done"
    _restore(signed, while_open)
    assert town.status() == "open"
    town.keeper().run_once()
    assert town.status() == "closed"
    assert "was closed already" in caplog.text
    for table in (inbox, submissions, campaign_keys, responses):
        assert town.count(table) == 0
    assert town.send([town.form(town.slips["archiv"][0], 77)]) == [Outcome.CLOSED]


def test_a_draft_of_a_closed_campaign_is_not_opened_either(tmp_path: Path) -> None:
    signed = signed_town(tmp_path, opened=False)
    town = signed.town
    draft = _back_up(town)
    assert town.ask("open").state == "done"
    signed.answer(0, 12)
    assert town.ask("close").state == "done"
    _restore(signed, draft)
    done = town.ask("open")
    assert done.state == "failed"
    assert "closed already" in done.message


def test_purged_stays_purged(signed: Signed) -> None:
    town = signed.town
    assert town.ask("close").state == "done"
    closed = _back_up(town)
    town.clock.now = town.clock.now.replace(year=town.clock.now.year + 1)
    town.keeper().run_once()
    assert (town.status(), town.keeper().keys.ids()) == ("purged", set())
    town.clock.now = town.clock.now.replace(year=town.clock.now.year - 1)
    _restore(signed, closed)
    assert len(_in_database(town, responses)) == 12
    town.keeper().run_once()
    assert (town.status(), _in_database(town, responses)) == ("purged", [])
    assert _in_database(town, response_keys) == []


def test_what_a_backup_holds_of_responses_opens_for_nobody_after_the_purge(
    signed: Signed,
) -> None:
    town = signed.town
    while_open = _back_up(town)
    assert town.ask("close").state == "done"
    closed = _back_up(town)
    town.clock.now = town.clock.now.replace(year=town.clock.now.year + 1)
    town.keeper().run_once()
    for file in (while_open, closed):
        content = _contents(file)["database"]
        assert not [n for n in range(12) if pack_answers(answers(n)) in content]
    folder = KeyFolder(town.settings.key_folder)
    assert folder.ids() == set()


def test_the_attack_notices_a_storage_key_that_outlives_the_purge(
    signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: the purge deletes rows and leaves their key."""
    town = signed.town
    assert town.ask("close").state == "done"
    sealed = [row.answers for row in _in_database(town, responses)]
    monkeypatch.setattr(KeyFolder, "destroy", lambda *_: None)
    town.clock.now = town.clock.now.replace(year=town.clock.now.year + 1)
    town.keeper().run_once()
    folder = KeyFolder(town.settings.key_folder)
    kept = [folder.read(key_id) for key_id in folder.ids()]
    opened = 0
    for key in kept:
        for row in sealed:
            try:
                unseal(key, row)
                opened += 1
            except SealError:
                continue
    assert opened == 12


def test_the_attack_notices_a_keeper_without_memory(
    signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: a keeper that believes the database reopens what was closed."""
    town = signed.town
    while_open = _back_up(town)
    key = next(iter(town.keeper().keys.ids()))
    kept = (town.settings.key_folder / f"{key.hex()}.key").read_bytes()
    assert town.ask("close").state == "done"
    _restore(signed, while_open)
    (town.settings.key_folder / f"{key.hex()}.key").write_bytes(kept)
    with reading_session(town.engine) as session:
        forgetful = Entry("open", session.get_one(Campaign, town.campaign_id).plan_hash)
    monkeypatch.setattr(Ledger, "read", lambda *_: forgetful)
    town.keeper().run_once()
    assert town.status() == "open"
    assert town.send([town.form(town.slips["archiv"][0], 77)]) == [Outcome.ACCEPTED]


def test_what_waited_is_dropped_and_nobody_is_logged_in(signed: Signed) -> None:
    town = signed.town
    with writing_session(town.engine) as session:
        job = jobs.request(session, "close", town.campaign_id, now=town.clock())
    _restore(signed, _back_up(town))
    town.keeper().run_once()
    assert town.status() == "open"
    with writing_session(town.engine) as session:
        assert jobs.state(session, job).state == "failed"


def test_an_installation_that_is_not_empty_is_left_alone(signed: Signed) -> None:
    file = _back_up(signed.town)
    signed.town.engine.dispose()
    with pytest.raises(RefusedError, match="not empty"):
        backups.restore_backup(signed.town.settings, file)


@pytest.mark.parametrize("fault", ["short", "changed", "other", "newer", "path"])
def test_a_backup_that_is_not_as_it_was_made_is_refused_and_changes_nothing(
    tmp_path: Path, fault: str
) -> None:
    signed = signed_town(tmp_path)
    file = _back_up(signed.town)
    contents = _contents(file)
    manifest = json.loads(contents["manifest.json"])
    match fault:
        case "short":
            file.write_bytes(file.read_bytes()[:-400])
        case "changed":
            contents["database"] = contents["database"].replace(b"befragung", b"befragunh")
        case "other":
            manifest["kind"] = "postgresql"
        case "newer":
            manifest["schema"] = "9999"
        case "path":
            manifest["files"]["../evil"] = manifest["files"]["database"]
    if fault != "short":
        contents["manifest.json"] = json.dumps(manifest).encode()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
    before = signed.town.count(campaign_keys)
    with pytest.raises(RefusedError):
        backups.restore_backup(signed.town.settings, file, force=True)
    assert signed.town.count(campaign_keys) == before
    assert signed.town.send([signed.town.form(signed.town.slips["archiv"][0], 1)]) == [
        Outcome.ACCEPTED
    ]


def test_another_machine_gets_everything_but_the_keys(
    signed: Signed,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = signed.town
    file = _back_up(town)
    town.engine.dispose()
    if town.engine.dialect.name == "postgresql":
        server, name = request.getfixturevalue("server"), f"elsewhere_{uuid4().hex}"
        monkeypatch.setenv("PEGEL_DATABASE_URL", server.create(name))
        request.addfinalizer(lambda: server.drop(name))
    settings = Settings(data=tmp_path / "elsewhere")
    done = backups.restore_backup(settings, file)
    assert done.paused == ("befragung-musterheim",)
    assert (settings.data / "host.secret").stat().st_mode & 0o077 == 0
    there = replace(town, settings=settings, engine=make_engine(settings.database_url))
    with pytest.raises(RefusedError, match="not in the key folder"):
        there.keeper()
    secret, now = signed.sheet.secret, town.clock()
    recovering.recover(settings, there.engine, there.campaign_id, secret, now=now)
    assert there.ask("close").state == "done"
    assert len(there.responses()) == 12
    there.engine.dispose()
