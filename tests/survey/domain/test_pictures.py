"""Pictures come from a child process, and a person reads a sentence when none can be made."""

import os
from pathlib import Path

import pytest

from survey.domain import pictures
from survey.errors import SurveyError
from tests.reports.figures.factories import EVERY

CHART = EVERY["drivers"]


def test_nothing_is_left_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the data folder, whose files are all accounted for."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    first = pictures.picture(CHART, "svg")
    assert first.startswith(b"<?xml")
    assert pictures.picture(CHART, "svg") is first  # kept, so nobody waits twice
    assert list(tmp_path.iterdir()) == []
    assert "MPLCONFIGDIR" not in os.environ


def test_who_has_to_wait_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.0)
    turns = [pictures._turns.acquire(timeout=0) for _ in range(pictures.AT_ONCE)]
    try:
        with pytest.raises(SurveyError, match="in a minute"):
            pictures.all_pictures({"": [CHART]}, "png", "de")
    finally:
        for _ in turns:
            pictures._turns.release()


def test_what_takes_too_long_ends_and_gives_its_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LONGEST", 0.001)
    for _ in range(pictures.AT_ONCE + 1):
        with pytest.raises(SurveyError, match="could not be made"):
            pictures.all_pictures({"": [CHART]}, "png", "de")


def test_a_language_that_we_do_not_speak_is_no_traceback() -> None:
    with pytest.raises(SurveyError, match="could not be made"):
        pictures.all_pictures({"": [CHART]}, "svg", "xx")
