"""`pegel report`: the release of a campaign as files."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.exceptions import CycloptsError

from questionnaires.model import Questionnaire
from reports.build import build
from reports.charts import PictureFormat
from reports.documents.html import render_document
from reports.documents.rows import render_csv
from reports.packing import pack
from reports.release import Release
from survey.cli.installation import installation
from survey.cli.pictures import check_place, write_file, write_pictures
from survey.cli.saying import STANDARD_OUTPUT
from survey.db.engine import reading_session
from survey.domain.campaigns import get, questionnaire_of
from survey.domain.releases import find_group, load_release
from survey.errors import NotFoundError, RefusedError

Format = Literal["json", "csv", "html", "pdf", "xlsx", "pptx", "png", "svg"]
LATER = {"pdf", "xlsx", "pptx"}


def report(
    slug: str,
    /,
    *,
    unit: str | None = None,
    all_units: Annotated[bool, Parameter(negative=())] = False,
    format: Format = "html",  # noqa: A002 - contract
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    language: str | None = None,
) -> None:
    """Write the report of a released campaign, of the whole or of one unit.

    Everything comes from the release: whatever it does not show is in no file. With --all-units
    every planned unit, and every category of a breakdown, has its file in one ZIP, those without
    results too.

    Example: pegel report befragung-2026 --all-units --format html -o berichte.zip

    PNG and SVG give each chart as a picture, with their alternative texts in a file beside them.

    Example: pegel report befragung-2026 --unit bauamt --format png -o bilder/

    Parameters
    ----------
    slug
        The campaign.
    unit
        Id of a unit of the plan, or a category as in tenure=2; the whole when left out.
    all_units
        One file per planned unit and category, in a ZIP.
    format
        What is written; png and svg are the charts.
    output
        Where it is written; standard output when left out or "-". For png and svg a folder, or a
        file whose name ends with .zip.
    language
        Language of the report; that of the questionnaire's source when left out.
    """
    if unit is not None and all_units:
        raise CycloptsError(msg="Choose --unit or --all-units, not both.")
    if format in LATER:
        raise RefusedError(
            "format",
            f"This version does not write {format} yet.",
            "Use --format html and print it, or --format json or csv.",
        )
    is_drawn = format in set(PictureFormat)
    if is_drawn:
        check_place(output)
    released, questionnaire = _load(slug)
    if is_drawn:
        groups = [one.id for one in released.planned()] if all_units else [_group(released, unit)]
        spoken = _language(questionnaire, language)
        reports = [(one, build(released, questionnaire, one, spoken)) for one in groups]
        write_pictures(reports, PictureFormat(format), output)
        return
    render = _renderer(released, questionnaire, format, _language(questionnaire, language))
    if all_units:
        _write(_packed(released, format, render), output)
    else:
        group = None if unit is None else find_group(released, unit)
        _write(render(group).encode(), output)


def _load(slug: str) -> tuple[Release, Questionnaire]:
    with installation() as here, reading_session(here.engine) as session:
        return load_release(session, slug), questionnaire_of(get(session, slug))


def _group(released: Release, unit: str | None) -> str:
    return released.tree.id if unit is None else find_group(released, unit)


def _language(questionnaire: Questionnaire, language: str | None) -> str:
    available = questionnaire.languages.available
    if language is not None and language not in available:
        raise NotFoundError(
            "unknown-language",
            f"The questionnaire has no texts in '{language}'.",
            f"It has {', '.join(available)}.",
        )
    return language or questionnaire.languages.source


def _renderer(
    released: Release, questionnaire: Questionnaire, form: Format, language: str
) -> Callable[[str | None], str]:
    """How one file is made; None is the whole, in JSON and CSV with all units."""

    def html(group: str | None) -> str:
        name = released.tree.id if group is None else group
        return render_document(build(released, questionnaire, name, language))

    def as_json(group: str | None) -> str:
        document = released.to_document() if group is None else released.of_group(group)
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def as_csv(group: str | None) -> str:
        return render_csv(released, group)

    return {"html": html, "json": as_json, "csv": as_csv}[form]


def _packed(released: Release, form: Format, render: Callable[[str | None], str]) -> bytes:
    """Every planned group, in the order of the plan; the whole first."""
    return pack((f"{group.id}.{form}", render(group.id).encode()) for group in released.planned())


def _write(content: bytes, output: Path | None) -> None:
    if output is None or output == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        return
    write_file(output, content)
