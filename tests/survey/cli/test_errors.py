"""Whatever goes wrong on the command line ends in one sentence and an exit code."""

import errno

import pytest

from survey import cli
from survey.errors import SurveyError


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (SurveyError("x", "It is closed.", "Wait."), 1, "pegel: It is closed. Wait.\n"),
        (
            OSError(errno.ENOENT, "No such file", "a.csv"),
            1,
            "pegel: a.csv: No such file. Check the name.\n",
        ),
        (OSError(errno.EIO, "Input/output error"), 1, "pegel: Input/output error.\n"),
        (KeyboardInterrupt(), 130, "pegel: Interrupted.\n"),
    ],
)
def test_an_error_is_a_sentence(
    error: BaseException,
    code: int,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run_into(error, monkeypatch) == code
    assert capsys.readouterr().err == sentence


def test_a_fault_of_ours_names_its_place_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run_into(KeyError("ABCD-EFGH-JKMN-PQRS"), monkeypatch) == 1
    said = capsys.readouterr().err
    assert "KeyError in test_errors.py, line" in said
    assert "ABCD" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["serve", "--port", "a"],
        ["report"],
        ["analyse", "q.yaml", "r.csv", "--threshold", "7.9"],
        ["campaign", "codes", "klima", "--count", "7.5", "-o", "s.pdf"],
    ],
)
def test_wrong_use_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "pegel --help" in said.err


def _run_into(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", broken)
    return cli.run([])
