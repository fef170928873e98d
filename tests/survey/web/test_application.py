"""Tests share the addresses of the pages, and nothing that an application remembers."""

import pytest
from litestar.testing import TestClient

from survey.web import protection
from tests.survey.web.application import application
from tests.survey.web.factories import Town


def test_a_flood_in_one_test_is_none_in_the_next(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protection, "BURST", 1)
    monkeypatch.setattr(protection, "PER_SECOND", 0.0)
    for _ in range(2):
        with TestClient(application(town.settings), base_url="http://pegel.example") as client:
            assert [client.get("/b/nowhere").status_code for _ in range(2)] == [404, 429]


@pytest.mark.usefixtures("client")
def test_two_at_once_are_refused(town: Town) -> None:
    with pytest.raises(AssertionError, match="has not ended"):
        application(town.settings)
