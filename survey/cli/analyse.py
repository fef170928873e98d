"""`pegel analyse`: statistics of a CSV file, without a database or a server."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from cyclopts.exceptions import CycloptsError
from cyclopts.validators import Number

from questionnaires import norms_file
from questionnaires.loader import load
from questionnaires.model import Questionnaire
from questionnaires.norms import Norms
from reports.charts import PictureFormat
from reports.release import Release
from reports.tallies import Tallies
from survey import __version__
from survey.cli.numbers import Whole
from survey.cli.pictures import check_place, write_pictures
from survey.cli.saying import STANDARD_OUTPUT
from survey.errors import RefusedError

FLOOR = 5


def analyse(
    definition: Path,
    responses: Path,
    /,
    *,
    unit: str | None = None,
    by: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    eligible: Path | None = None,
    norms: Path | None = None,
    format: Literal["json", "html", "pdf", "xlsx", "pptx", "png", "svg"] = "json",  # noqa: A002 - contract
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    threshold: Annotated[Whole, Parameter(validator=Number(gte=FLOOR))] = 7,
    language: str | None = None,
    unprotected: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Compute the statistics of a CSV file of responses.

    One row per response; columns are item ids in upper or lower case, cells are codes, an empty
    cell is a missing answer. The rules of disclosure apply, as in a report, unless --unprotected
    asks for every value at full precision: for people who hold the raw data anyway.

    Example: pegel analyse questionnaire.yaml responses.csv --unit department -o result.json

    Args:
        definition: The questionnaire, YAML or JSON.
        responses: The CSV file.
        unit: Column of the organisational unit.
        by: Column to group by; may be given several times.
        eligible: CSV with the columns unit and eligible (head count).
        norms: Published values to stand beside, a file as in 1.0.0.norms.yaml.
        format: What is written; png and svg are the charts, with alternative texts beside them.
        output: Where it is written; standard output when left out. For png and svg a folder, or a
            file whose name ends with .zip.
        threshold: Valid answers below which nothing of a group is shown; at least 5.
        language: Language of the report; the questionnaire's source when left out.
        unprotected: No disclosure rules and no rounding; JSON only.
    """
    columns = tuple(dict.fromkeys(by if unit is None else [unit, *by]))
    _check(columns, unit, eligible, format, unprotected=unprotected)
    if format in set(PictureFormat):
        check_place(output)
    questionnaire = load(definition)
    spoken = _language(questionnaire, language)
    head_counts = _eligible(eligible)
    beside = norms_file.load(norms, questionnaire) if norms else None
    crossed = bool(by) and not unprotected
    tallies = _count(responses, questionnaire, columns, crossed=crossed)
    if unprotected:
        _write(_unprotected(questionnaire, tallies, unit, head_counts, beside), output)
    else:
        from reports.flat import flat_release

        release = flat_release(
            questionnaire,
            tallies,
            threshold,
            unit=unit,
            by=tuple(dict.fromkeys(by)),
            eligible=head_counts,
            software=f"Pegel {__version__}",
        )
        release = replace(release, norms=beside.newest if beside else None)
        _tell(release, questionnaire, spoken, format, output)
    return 0


def _check(
    columns: Sequence[str],
    unit: str | None,
    eligible: Path | None,
    form: str,
    *,
    unprotected: bool,
) -> None:
    if "" in columns:
        raise CycloptsError(msg="--unit and --by need the name of a column.")
    if eligible and not unit:
        raise CycloptsError(msg="--eligible needs --unit: head counts belong to units.")
    if unprotected and form != "json":
        raise CycloptsError(msg="--unprotected gives JSON only; leave it out for a report.")
    if form not in {"json", "html", *PictureFormat}:
        raise RefusedError(
            "format",
            f"This version does not write {form} yet.",
            "Use --format html and print it, or --format json.",
        )


def _eligible(path: Path | None) -> dict[str, int]:
    from reports.csv_eligible import read_eligible

    return read_eligible(path) if path else {}


def _count(
    responses: Path, questionnaire: Questionnaire, columns: tuple[str, ...], *, crossed: bool
) -> Tallies:
    from reports.counting import tally
    from reports.csv_responses import CsvResponses

    with CsvResponses(responses, questionnaire, columns) as source:
        for note in source.notes:
            print(note, file=sys.stderr)
        return tally(source.tables(), questionnaire, columns, crossed=crossed)


def _unprotected(
    questionnaire: Questionnaire,
    tallies: Tallies,
    unit: str | None,
    eligible: dict[str, int],
    norms: Norms | None,
) -> str:
    from reports.flat import check_eligible
    from reports.head_counts import add_head_counts
    from reports.unprotected import beside_norms, unprotected

    tree = unprotected(questionnaire, tallies)
    if eligible and unit:
        check_eligible(tallies.groups[unit], eligible)
        add_head_counts(tree, unit, tallies.groups[unit], eligible)
    if norms:
        tree["norms"] = beside_norms(questionnaire, tree, norms)
    return _dump(tree)


def _tell(
    release: Release, questionnaire: Questionnaire, language: str, form: str, output: Path | None
) -> None:
    """Write the release, or the report made from it."""
    from reports.build import build
    from reports.documents.html import render_document

    if form == "json":
        _write(_dump(release.to_document()), output)
        return
    report = build(release, questionnaire, release.tree.id, language)
    if form == "html":
        _write(render_document(report), output)
    else:
        write_pictures([(release.tree.id, report)], PictureFormat(form), output)


def _language(questionnaire: Questionnaire, wanted: str | None) -> str:
    there = questionnaire.languages.available
    if wanted is not None and wanted not in there:
        raise CycloptsError(msg=f"The questionnaire is not in {wanted!r}: {', '.join(there)}.")
    return wanted or questionnaire.languages.source


def _dump(tree: dict[str, Any]) -> str:
    return json.dumps(tree, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _write(text: str, output: Path | None) -> None:
    if output is None or output == STANDARD_OUTPUT:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
