"""The application on a data folder of its own, called without a network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.survey.web.application import application
from tests.survey.web.factories import Town

Client = TestClient[Litestar]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town.at(tmp_path / "data")
    yield made
    made.engine.dispose()


@pytest.fixture
def client(town: Town) -> Iterator[TestClient[Any]]:
    with TestClient(application(town.settings), base_url="http://pegel.example") as made:
        made.headers["Accept-Language"] = "de"
        made.follow_redirects = False
        yield made
