"""A folder to work in, and the command that works there."""

from pathlib import Path

import pytest

from tests.survey.cli.commands import Pegel


@pytest.fixture
def pegel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Pegel:
    for name in ("PEGEL_DATABASE", "PEGEL_KEYS", "PEGEL_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEGEL_DATA", str(tmp_path / "data"))
    return Pegel(tmp_path, capsys)
