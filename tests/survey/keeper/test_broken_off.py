"""Purging, recovering and restoring, broken off before each of their steps, and done again."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from survey.db.tables import inbox, response_keys, responses
from survey.domain import backups
from survey.errors import WrongStateError
from survey.keeper import recovering
from survey.keeper.keys import KeyFolder
from tests.anonymity.town import START, Town, answers
from tests.attacks import ROUNDS
from tests.survey.keeper.disks import PowerCutError
from tests.survey.keeper.towns import signed_town

NEXT_YEAR = START.replace(year=START.year + 1)
NEVER = 10**9

Work = Callable[[Town], object]


@contextmanager
def _cut_before(step: int) -> Iterator[list[str]]:
    """Cut the power before a step: a statement, a commit, a sync or a removal."""
    taken: list[str] = []

    def take(name: str) -> None:
        if len(taken) == step:
            raise PowerCutError
        taken.append(name)

    def statement(*_: object) -> None:
        take("statement")

    def commit(*_: object) -> None:
        take("commit")

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "unlink"):
                patch.setattr(os, name, _taking(take, name, getattr(os, name)))
            yield taken
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
        event.remove(Engine, "commit", commit)


def _taking(
    take: Callable[[str], None], name: str, call: Callable[..., object]
) -> Callable[..., object]:
    def taking(*args: object, **kwargs: object) -> object:
        take(name)
        return call(*args, **kwargs)

    return taking


def _broken_off_everywhere(original: Path, scratch: Path, work: Work) -> Iterator[Town]:
    """Copies of a town in which `work` was broken off before a step: as many steps as rounds."""
    shutil.copytree(original, scratch / "whole")
    with _cut_before(NEVER) as taken:
        work(_town(scratch / "whole"))
    assert len(taken) >= 5
    for step in sorted({number * len(taken) // ROUNDS for number in range(ROUNDS)}):
        folder = scratch / str(step)
        shutil.copytree(original, folder)
        town = _town(folder)
        with _cut_before(step), pytest.raises(PowerCutError):
            work(town)
        town.engine.dispose()
        again = _town(folder)
        yield again
        again.engine.dispose()


def _town(folder: Path) -> Town:
    town = Town.at(folder)
    town.clock.now = START
    return town


def _one_round(town: Town) -> None:
    town.clock.now = NEXT_YEAR
    town.keeper().run_once()


def test_a_purge_that_is_broken_off_is_done_again_and_leaves_nothing(tmp_path: Path) -> None:
    signed = signed_town(tmp_path / "town")
    signed.answer(0, 12)
    assert signed.town.ask("close").state == "done"
    signed.town.engine.dispose()
    for town in _broken_off_everywhere(tmp_path / "town", tmp_path / "cuts", _one_round):
        _one_round(town)
        assert (town.status(), town.count(responses)) == ("purged", 0)
        assert (town.count(response_keys), KeyFolder(town.settings.key_folder).ids()) == (0, set())


def test_a_recovery_that_is_broken_off_is_done_again_and_loses_nothing(tmp_path: Path) -> None:
    signed = signed_town(tmp_path / "town")
    signed.answer(0, 12)
    shutil.rmtree(signed.town.settings.key_folder)
    signed.town.engine.dispose()
    secret = signed.sheet.secret

    def recover(town: Town) -> None:
        recovering.recover(town.settings, town.engine, 1, secret, now=town.clock())

    for town in _broken_off_everywhere(tmp_path / "town", tmp_path / "cuts", recover):
        with suppress(WrongStateError):  # it had come so far that no sheet is needed
            recover(town)
        town.keeper().run_once()
        assert town.count(inbox) == 12
        done = town.ask("close")
        assert done.state == "done", done.message
        stored = Counter(values for _, values in town.responses())
        assert stored == Counter(tuple(answers(stamp)) for stamp in range(12))


def test_a_restore_that_is_broken_off_leaves_the_old_or_the_new_and_is_done_again(
    tmp_path: Path,
) -> None:
    signed = signed_town(tmp_path / "town")
    signed.answer(0, 6)
    file = tmp_path / "backup.zip"
    backups.make_backup(signed.town.settings, signed.town.engine, file, now=START)
    signed.answer(6, 12)
    signed.town.engine.dispose()

    def restore(town: Town) -> None:
        town.engine.dispose()
        backups.restore_backup(town.settings, file, force=True)

    for town in _broken_off_everywhere(tmp_path / "town", tmp_path / "cuts", restore):
        assert town.count(inbox) in {6, 12}
        restore(town)
        town.keeper().run_once()
        assert town.count(inbox) == 6
        assert town.ask("close").state == "done"
