"""One demo for all: from the wheel, far from the repository, as people start it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import socket
from typing import Any
from zipfile import ZipFile

import pytest

from survey.settings import Settings

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return ZipFile(built)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Where the demo keeps its data."""
    return Settings(data=tmp_path_factory.mktemp("musterheim"), database="", keys=None)


@pytest.fixture(scope="session")
def facts(
    wheel: ZipFile, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The demo of the wheel, serving; what it prints as JSON."""
    installed = tmp_path_factory.mktemp("installed")
    wheel.extractall(installed)
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = "from survey.cli import main; main()"
    command = [sys.executable, "-c", program, "demo", "--json", "--port", str(port)]
    command += ["--data", str(settings.data)]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with subprocess.Popen(
        command, cwd=elsewhere, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
    assert process.returncode == 0
