"""`pegel doctor` finds what would break a promise, says so, and changes nothing."""

import sqlite3
import threading
from pathlib import Path

import pytest

from survey.keeper import keeper_lock
from tests.survey.cli.commands import Pegel, Said


def problems(said: Said) -> list[str]:
    return [found["message"] for found in said.json["checks"] if found["state"] == "problem"]


def warnings(said: Said) -> list[str]:
    return [found["message"] for found in said.json["checks"] if found["state"] == "warning"]


def execute(pegel: Pegel, statement: str) -> None:
    with sqlite3.connect(pegel.database) as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def installed(pegel: Pegel) -> Pegel:
    pegel.did("campaign", "create", pegel.plan())
    return pegel


def test_a_sound_installation(installed: Pegel) -> None:
    said = installed.did("doctor", "--json")
    assert said.json["ok"] is True
    assert (problems(said), warnings(said)) == ([], [])
    checks = {found["check"] for found in said.json["checks"]}
    assert checks == {"settings", "files", "keys", "schema", "database", "campaigns", "keeper"}
    lines = installed.did("doctor").out.splitlines()
    assert all(line.startswith("ok ") for line in lines)


def test_no_database_is_a_problem(pegel: Pegel) -> None:
    said = pegel("doctor", "--json")
    assert said.code == 1
    assert said.json["ok"] is False
    assert any("pegel db upgrade" in message for message in problems(said))
    assert not pegel.data.exists()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("ALTER TABLE inbox ADD COLUMN received TEXT", "inbox.received is not one of ours"),
        ("CREATE TABLE access_log (address TEXT)", "access_log is not one of ours"),
        (
            "CREATE TRIGGER spy AFTER INSERT ON inbox BEGIN UPDATE jobs SET message = ''; END",
            "the trigger spy is not one of ours",
        ),
        (
            "UPDATE campaigns SET plan = replace(plan, 'Bauamt', 'Amt')",
            "the stored definition or plan of klima",
        ),
        ("UPDATE campaigns SET definition = '{}'", "the stored definition or plan of klima"),
        ("UPDATE campaigns SET plan_hash = 'x'", "the stored definition or plan of klima"),
        ("DELETE FROM alembic_version", "pegel db upgrade"),
    ],
)
def test_a_changed_database_is_a_problem(installed: Pegel, statement: str, found: str) -> None:
    execute(installed, statement)
    said = installed("doctor", "--json")
    assert said.code == 1
    assert any(found in message for message in problems(said)), problems(said)


def test_files_that_others_may_read_are_a_problem(installed: Pegel) -> None:
    keys = installed.data / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    for path, mode in ((installed.database, 0o644), (keys, 0o755)):
        right = path.stat().st_mode
        path.chmod(mode)
        said = installed("doctor", "--json")
        assert said.code == 1
        assert any(f"Others may read {path}" in message for message in problems(said))
        path.chmod(right)
        assert installed.did("doctor").code == 0


def test_copies_in_the_data_folder_are_pointed_out(installed: Pegel) -> None:
    (installed.data / "pegel.sqlite.bak").write_bytes(b"")
    (installed.data / "pegel.sqlite.bak").chmod(0o600)
    assert warnings(installed.did("doctor", "--json")) == [
        "Not made by Pegel: pegel.sqlite.bak. A copy keeps what Pegel deletes."
    ]


def test_an_open_campaign_without_keeper_is_pointed_out(installed: Pegel) -> None:
    execute(installed, "UPDATE campaigns SET status = 'open'")
    (message,) = warnings(installed("doctor", "--json"))
    assert "nobody turns the keys of klima" in message
    held, done = threading.Event(), threading.Event()

    def keep() -> None:
        with keeper_lock(installed.data):
            held.set()
            done.wait()

    keeper = threading.Thread(target=keep)
    keeper.start()
    held.wait()
    try:
        assert warnings(installed("doctor", "--json")) == []
    finally:
        done.set()
        keeper.join()


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("https://pegel.musterheim.example", "ok"),
        ("http://localhost:8000", "ok"),
        ("http://pegel.musterheim.example", "warning"),
        ("pegel.musterheim.example", "problem"),
    ],
)
def test_the_address_is_looked_at(
    installed: Pegel, monkeypatch: pytest.MonkeyPatch, address: str, state: str
) -> None:
    monkeypatch.setenv("PEGEL_BASE_URL", address)
    said = installed("doctor", "--json")
    assert said.json["checks"][0] | {"message": ""} == {
        "check": "settings",
        "state": state,
        "message": "",
    }


def test_a_broken_file_is_a_problem(installed: Pegel) -> None:
    content = bytearray(installed.database.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    installed.database.write_bytes(content)
    for path in installed.data.glob("pegel.sqlite-*"):
        Path(path).unlink()
    assert installed("doctor", "--json").code == 1
    assert "Traceback" not in installed("doctor").err
