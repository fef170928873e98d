"""`pegel backup` and `pegel restore`, as an operator gives them."""

import stat
import zipfile
from pathlib import Path

import pytest

from survey.db.engine import make_engine
from survey.keeper import keeper_lock
from survey.keeper.lock import database_lock
from tests.survey.cli.commands import Pegel


def _filled(pegel: Pegel, slug: str = "klima") -> str:
    return str(pegel.did("campaign", "create", pegel.plan(slug=slug), "--json").json["slug"])


def test_a_backup_is_for_its_owner_alone_and_holds_no_key_folder(pegel: Pegel) -> None:
    _filled(pegel)
    said = pegel.did("backup", "monday.zip")
    assert "Keys are not in it" in said.err
    file = pegel.folder / "monday.zip"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        assert set(archive.namelist()) == {
            "manifest.json", "database", "host.secret", "keeper.pub"
        }  # fmt: skip
    assert [path.name for path in pegel.folder.glob(".*")] == []


def test_a_backup_overwrites_nothing_and_never_lies_among_the_keys(pegel: Pegel) -> None:
    _filled(pegel)
    pegel.did("backup", "monday.zip")
    assert pegel("backup", "monday.zip").code == 1
    said = pegel("backup", str(pegel.data / "keys" / "monday.zip"))
    assert (said.code, "no backup may contain" in said.err) == (1, True)


def test_restoring_gives_the_campaigns_back(pegel: Pegel) -> None:
    slug = _filled(pegel)
    pegel.did("backup", "monday.zip")
    second = _filled(pegel, "zweite")
    assert pegel("restore", "monday.zip").code == 1
    said = pegel.did("restore", "monday.zip", "--force")
    assert "restored from" in said.out
    found = pegel.did("campaign", "status", "--json").json["campaigns"]
    assert [one["slug"] for one in found] == [slug] != [second]
    assert pegel.did("doctor").code == 0


def test_while_a_keeper_works_nothing_is_restored(
    pegel: Pegel, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither under a keeper of this host, nor on PostgreSQL under one of another host."""
    monkeypatch.setenv("PEGEL_DATABASE_URL", postgres_url)
    _filled(pegel)
    pegel.did("backup", "monday.zip")
    engine = make_engine(postgres_url)
    for lock in (keeper_lock(pegel.data), database_lock(engine)):
        with lock:
            said = pegel("restore", "monday.zip", "--force")
            assert (said.code, "Another keeper" in said.err) == (1, True)
    engine.dispose()
    pegel.did("restore", "monday.zip", "--force")


def test_what_is_no_backup_is_refused_in_a_sentence(pegel: Pegel, tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_bytes(b"Dear town hall")
    said = pegel("restore", "letter.zip")
    assert (said.code, "it is no backup" in said.err) == (1, True)
    assert pegel("restore", "nowhere.zip").code == 1
    assert not pegel.database.exists()
