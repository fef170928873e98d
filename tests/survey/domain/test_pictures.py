"""Pictures come from a child process, and a person reads a sentence when none can be made."""

import os
import re
from pathlib import Path

import pytest

from reports.charts import PictureFormat
from survey.domain import pictures
from survey.domain.child import made_by
from survey.errors import BusyError, FaultError
from tests.reports.figures.factories import EVERY

CHART = EVERY["drivers"]


def test_nothing_is_left_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the data folder, whose files are all accounted for."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    first = pictures.picture(CHART, PictureFormat.SVG)
    assert first.startswith(b"<?xml")
    assert pictures.picture(CHART, PictureFormat.SVG) is first  # kept, so nobody waits twice
    assert list(tmp_path.iterdir()) == []
    assert "MPLCONFIGDIR" not in os.environ


def test_who_has_to_wait_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.0)
    turns = [pictures._turns.acquire(timeout=0) for _ in range(pictures.AT_ONCE)]
    try:
        with pytest.raises(BusyError, match="in a minute"):
            pictures.all_pictures({"": [CHART]}, PictureFormat.PNG, "de")
    finally:
        for _ in turns:
            pictures._turns.release()


def test_what_takes_too_long_ends_and_gives_its_turn_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pictures, "LONGEST", 0.001)
    for _ in range(pictures.AT_ONCE + 1):
        with pytest.raises(FaultError, match="could not be made"):
            pictures.all_pictures({"": [CHART]}, PictureFormat.PNG, "de")
    assert [one.message for one in caplog.records] == ["reports.figures took longer than 0 s."] * 3


def test_a_failure_is_logged_by_kind_and_place_and_without_what_was_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = {"Bauamt": ["drei von siebzehn"]}  # both stand in the child's own words
    assert made_by("reports.figures", "svg", "de", told=told, longest=60.0) is None
    (found,) = caplog.records
    assert re.fullmatch(
        r"reports\.figures failed: [\w.]+\.ValidationError in \w+\.py:\d+ \(exit 1\)", found.message
    )


def test_words_that_are_no_traceback_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert made_by("no.such.module", told=None, longest=60.0) is None
    assert [one.message for one in caplog.records] == [
        "no.such.module failed: no traceback (exit 1)"
    ]
