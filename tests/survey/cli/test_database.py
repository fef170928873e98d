"""`pegel db upgrade` makes the schema and leaves data alone; other commands never change it."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from survey.db.engine import downgrade, make_engine
from tests.survey.cli.commands import Pegel


def test_a_new_database_is_made_and_a_current_one_left_alone(pegel: Pegel) -> None:
    assert pegel.did("db", "upgrade").out == "The database is up to date now.\n"
    assert pegel.did("db", "upgrade").out == "The database was up to date.\n"
    assert pegel.did("doctor").code == 0


def test_without_a_database_a_command_says_where_it_looked(pegel: Pegel) -> None:
    said = pegel("campaign", "status")
    assert (said.code, said.out) == (1, "")
    assert f"There is no database {pegel.database}" in said.err
    assert not pegel.data.exists()


def test_an_older_schema_is_not_touched_unasked(pegel: Pegel) -> None:
    pegel.did("db", "upgrade")
    engine = make_engine(f"sqlite:///{pegel.database}")
    downgrade(engine, "base")
    engine.dispose()
    with sqlite3.connect(pegel.database) as connection:
        connection.execute("CREATE TABLE campaigns (id INTEGER)")
    connection.close()
    said = pegel("campaign", "status")
    assert said.code == 1
    assert "pegel db upgrade" in said.err


def test_a_file_that_is_no_database_is_named(pegel: Pegel) -> None:
    pegel.data.mkdir()
    pegel.database.write_bytes(b"no database" * 1000)
    for command in (["campaign", "status"], ["db", "upgrade"]):
        said = pegel(*command)
        assert said.code == 1
        assert str(pegel.database) in said.err
        assert "not a database" in said.err


@pytest.mark.parametrize(
    "address", ["nonsense", "mysterydb://somewhere/x", "postgresql+nodriver://u:geheim@h/x"]
)
def test_an_address_that_cannot_be_used_is_named(
    pegel: Pegel, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PEGEL_DATABASE", address)
    for command in (["campaign", "status"], ["db", "upgrade"], ["init"]):
        said = pegel(*command)
        assert said.code == 1
        assert "PEGEL_DATABASE" in said.err
        assert "geheim" not in said.err


def test_a_data_folder_that_cannot_be_made_is_named(
    pegel: Pegel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("PEGEL_DATA", os.fspath(blocked / "data"))
    said = pegel("db", "upgrade")
    assert said.code == 1
    assert str(blocked) in said.err


def test_several_upgrades_at_once_make_one_schema(pegel: Pegel) -> None:
    run = [sys.executable, "-c", "from survey.cli import main; main()", "db", "upgrade"]
    started = [subprocess.Popen(run, stderr=subprocess.PIPE) for _ in range(3)]
    outcomes = [(process.communicate()[1], process.returncode) for process in started]
    assert outcomes == [(b"", 0)] * 3
    assert pegel.did("doctor").code == 0
