"""The questionnaires that come with Pegel: `definitions/<id>/<version>.yaml`."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from questionnaires import loader, norms_file
from questionnaires.errors import DefinitionError, Finding
from questionnaires.model import Questionnaire
from questionnaires.norms import Norms

FOLDER = Path(__file__).parent / "definitions"


def shipped() -> tuple[Questionnaire, ...]:
    """Every questionnaire that comes along, by id, the newest version first.

    Raises:
        DefinitionError: one of the files is broken or lies in the wrong place.
    """
    return tuple(_load(path) for name in _names() for path in _versions(name))


def get(id: str, version: str | None = None) -> Questionnaire:  # noqa: A002 - the word of the format
    """The questionnaire `id` in `version`, or in its newest active version.

    Raises:
        DefinitionError: there is none; names those there are.
    """
    if id not in _names():
        raise _unknown("unknown-questionnaire", f"There is no questionnaire '{id}'.", id, _names())
    paths = _versions(id)
    if version is None:
        active = (one for one in map(_load, paths) if one.status == "active")
        if found := next(active, None):
            return found
        said = f"The questionnaire '{id}' has no active version."
        raise _unknown("no-active-version", said, "", [path.stem for path in paths])
    for path in paths:
        if path.stem == version:
            return _load(path)
    said = f"The questionnaire '{id}' has no version '{version}'."
    raise _unknown("unknown-version", said, version, [path.stem for path in paths])


def versions(id: str) -> tuple[Questionnaire, ...]:  # noqa: A002 - the word of the format
    """Every version of a questionnaire that comes along, the newest first; none where it does not.

    Raises:
        DefinitionError: one of the files is broken or lies in the wrong place.
    """
    return tuple(_load(path) for path in _versions(id)) if id in _names() else ()


def norms(questionnaire: Questionnaire) -> Norms | None:
    """The norms that come along with a version; None where there are none.

    None also for a questionnaire that is not the version that comes along, but says it is.

    Raises:
        DefinitionError: the file of norms is broken.
    """
    path = FOLDER / questionnaire.id / f"{questionnaire.version}{norms_file.SUFFIX}"
    if questionnaire.id not in _names() or not path.is_file():
        return None
    own = get(questionnaire.id, questionnaire.version)
    return norms_file.load(path, own) if own.fingerprint == questionnaire.fingerprint else None


def _names() -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if any(folder.glob("*.yaml")))


def _versions(name: str) -> list[Path]:
    """Files of a questionnaire, newest version first; norms beside a version are none."""
    paths = [path for path in (FOLDER / name).glob("*.yaml") if _is_version(path.stem)]
    return sorted(
        paths, key=lambda path: [int(part) for part in path.stem.split(".")], reverse=True
    )


def _is_version(stem: str) -> bool:
    return all(part.isdecimal() for part in stem.split("."))


@cache
def _load(path: Path) -> Questionnaire:
    questionnaire = loader.load(path)
    if (questionnaire.id, questionnaire.version) != (path.parent.name, path.stem):
        said = f"This file says that it is {questionnaire.id} {questionnaire.version}."
        remedy = "Name folder and file after id and version."
        raise DefinitionError([Finding("error", "wrong-place", said, remedy, file=str(path))])
    return questionnaire


def _unknown(code: str, said: str, wanted: str, known: list[str]) -> DefinitionError:
    near = get_close_matches(wanted, known, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    remedy = f"{guess}There are: {', '.join(known) or 'none'}."
    return DefinitionError([Finding("error", code, said, remedy)])
