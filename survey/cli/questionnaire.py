"""`pegel questionnaire`: the definitions that come along, and checks of others."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from questionnaires import loader, norms_file, registry
from questionnaires.errors import DefinitionError, Finding
from questionnaires.model import Questionnaire
from questionnaires.norms import Norms
from questionnaires.schema import norms_schema
from questionnaires.schema import schema as definition_schema
from survey.cli.questionnaire_text import count_items, counted, listing, pages
from survey.cli.saying import AsJson
from survey.errors import NotFoundError


def list_(*, as_json: AsJson = False) -> None:
    """List the questionnaires that come with Pegel, newest version first.

    Example: pegel questionnaire list

    Parameters
    ----------
    as_json
        Print JSON for programs instead of a table.
    """
    shipped = registry.shipped()
    if as_json:
        _print_json({"questionnaires": [_summary(one) for one in shipped]})
    else:
        print(listing(shipped))


def show(
    id: str,  # noqa: A002 - the word of the format, and of the help
    version: str | None = None,
    /,
    *,
    language: str | None = None,
    as_json: AsJson = False,
) -> None:
    """Show a questionnaire: its sections, items, response scales and scales.

    Example: pegel questionnaire show change-climate --language en

    Parameters
    ----------
    id
        The questionnaire, as `pegel questionnaire list` names it.
    version
        A version such as 1.0.0; otherwise the newest active one.
    language
        The language of the texts; otherwise the one they were written in.
    as_json
        Print the definition and its fingerprint as JSON.
    """
    questionnaire = registry.get(id, version)
    if as_json:
        definition = questionnaire.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        _print_json({"fingerprint": questionnaire.fingerprint, "definition": definition})
        return
    available = questionnaire.languages.available
    if language is not None and language not in available:
        said = f"'{id}' has no texts in '{language}'."
        raise NotFoundError("unknown-language", said, f"Choose one of {', '.join(available)}.")
    print(pages(questionnaire, language or questionnaire.languages.source))


def check(file: Path, /, *more: Path, as_json: AsJson = False) -> int:
    """Check definitions and norms: every error and warning, with line and column.

    A file <version>.norms.yaml is checked against the definition <version>.yaml beside it. The
    exit code is 1 when there is an error; warnings alone leave it at 0.

    Example: pegel questionnaire check my-survey.yaml

    Parameters
    ----------
    file
        A definition or norms, in YAML or JSON.
    more
        Further files.
    as_json
        Print the findings as JSON.
    """
    results = [(path, *_read(path)) for path in (file, *more)]
    if as_json:
        _print_json({"files": [_result(*result) for result in results]})
    else:
        print("\n".join(_lines(*result) for result in results))
    return int(any(_errors(findings) for _, _, findings in results))


def schema(*, norms: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Print the format as a JSON Schema, with which an editor completes and underlines.

    Example: pegel questionnaire schema > questionnaire.schema.json

    Parameters
    ----------
    norms
        The format of norms instead of that of definitions.
    """
    _print_json(norms_schema() if norms else definition_schema())


def _read(path: Path) -> tuple[Questionnaire | Norms | None, tuple[Finding, ...]]:
    try:
        content = loader.read_bytes(path)
        if path.name.endswith(norms_file.SUFFIX):
            return norms_file.read(content, _name(path), loader.load(_definition(path)))
    except OSError as error:
        said = f"The file cannot be read: {error.strerror or error}."
        name = _name(Path(error.filename or path))
        return None, (Finding("error", "unreadable", said, "Check its name.", file=name),)
    except DefinitionError as error:
        return None, error.findings
    return loader.read(content, _name(path))


def _definition(norms: Path) -> Path:
    """The definition that norms belong to: the version beside them."""
    return norms.with_name(norms.name.removesuffix(norms_file.SUFFIX) + ".yaml")


def _name(path: Path) -> str:
    """A file name that can be printed, whatever bytes it has."""
    return str(path).encode(errors="replace").decode()


def _errors(findings: tuple[Finding, ...]) -> bool:
    return any(found.severity == "error" for found in findings)


def _lines(path: Path, one: Questionnaire | Norms | None, findings: tuple[Finding, ...]) -> str:
    lines = [_line(found) for found in findings]
    if isinstance(one, Norms) and not _errors(findings):
        lines.append(f"{_name(path)}: ok: {counted(len(one.norms), 'norm')}, {one.questionnaire}")
    elif isinstance(one, Questionnaire) and not _errors(findings):
        counts = f"{counted(count_items(one), 'item')}, {counted(len(one.scales), 'scale')}"
        about = f"{one.id} {one.version}, {counts}, fingerprint {one.fingerprint}"
        lines.append(f"{_name(path)}: ok: {about}")
    else:
        severities = Counter(found.severity for found in findings)
        said = [counted(count, word) for word, count in sorted(severities.items())]
        lines.append(f"{_name(path)}: {', '.join(said)}")
    return "\n".join(lines)


def _line(found: Finding) -> str:
    """One finding as compilers print it, so that editors can jump to the place."""
    place = found.file if found.line is None else f"{found.file}:{found.line}:{found.column}"
    return f"{place}: {found.severity} {found.code}: {found.message} {found.remedy}".rstrip()


def _result(
    path: Path, one: Questionnaire | Norms | None, findings: tuple[Finding, ...]
) -> dict[str, Any]:
    ok = one is not None and not _errors(findings)
    questionnaire = one if isinstance(one, Questionnaire) else None
    keys = ("severity", "code", "message", "remedy", "path", "line", "column")
    return {
        "file": _name(path),
        "ok": ok,
        "id": questionnaire.id if questionnaire else None,
        "version": questionnaire.version if questionnaire else None,
        "fingerprint": questionnaire.fingerprint if questionnaire and ok else None,
        "findings": [{key: getattr(found, key) for key in keys} for found in findings],
    }


def _summary(questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "id": questionnaire.id,
        "version": questionnaire.version,
        "status": questionnaire.status,
        "title": questionnaire.title.root,
        "languages": questionnaire.languages.available,
        "items": count_items(questionnaire),
        "demographics": len(questionnaire.demographics),
        "scales": len(questionnaire.scales),
        "minutes": questionnaire.minutes,
        "fingerprint": questionnaire.fingerprint,
    }


def _print_json(content: object) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False))
