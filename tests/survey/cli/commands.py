"""Commands as a person gives them, with what they print."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from survey import cli
from tests.survey.domain.plans import plan_data


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code, results, notes."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command printed
        """The results as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Pegel:
    """`pegel` in a working folder whose data folder is `data`."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "pegel.sqlite"

    def __call__(self, *arguments: str) -> Said:
        """Run a command."""
        self.capsys.readouterr()
        code = cli.run(list(arguments))
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err
        return Said(code, out, err)

    def apart(self, *arguments: str) -> Said:
        """Run a command in a process of its own: the keeper changes signals and memory of its."""
        done = subprocess.run(
            [sys.executable, "-c", "from survey.cli import main; main()", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def did(self, *arguments: str) -> Said:
        """Run a command that has to work."""
        said = self(*arguments)
        assert said.code == 0, said.err
        return said

    def plan(self, **changed: Any) -> str:  # noqa: ANN401 - any part of a plan
        """Write a plan whose period is running; gives the file's name."""
        today = datetime.now(UTC).date()
        period = {"from": str(today), "to": str(today + timedelta(days=20))}
        content = plan_data() | {"slug": "klima", "period": period} | changed
        (self.folder / "PLAN.yaml").write_text(json.dumps(content), encoding="utf-8")
        return "PLAN.yaml"
