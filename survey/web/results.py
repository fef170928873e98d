"""Results: the report of a released campaign, on the page and as files.

Everything is made from the frozen release and nothing else. Every planned group has its page,
whether it has results or not.
"""

import json
from urllib.parse import quote

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports.build import build, names
from reports.charts import PictureFormat, charts
from reports.documents.html import render_body, render_document
from reports.documents.rows import render_csv
from reports.release import Release
from survey.db.engine import reading_session
from survey.domain.campaigns import get as get_campaign
from survey.domain.campaigns import plan_of, questionnaire_of
from survey.domain.permissions import may_read_report
from survey.domain.pictures import all_pictures, picture
from survey.domain.releases import find_group, load_release
from survey.errors import NotFoundError, WrongStateError
from survey.web.desk import Desk
from survey.web.guards import HOME, MayNotError, needs
from survey.web.pages import download
from survey.web.visits import Page

MEDIA = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
PICTURES = {PictureFormat.PNG: "image/png", PictureFormat.SVG: "image/svg+xml"}
ZIP = "application/zip"


@get(f"{HOME}/{{slug:str}}/report", sync_to_thread=True, opt=needs("read-report"))
def of_whole(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The report of the whole."""
    return _report(desk, slug, None)


@get(f"{HOME}/{{slug:str}}/report/{{unit:str}}", sync_to_thread=True, opt=needs("read-report"))
def of_unit(desk: NamedDependency[Desk], slug: FromPath[str], unit: FromPath[str]) -> Page:
    """The report of one planned group, with results or without."""
    return _report(desk, slug, unit)


@get(
    f"{HOME}/{{slug:str}}/report/{{unit:str}}/{{kind:str}}",
    sync_to_thread=True,
    opt=needs("read-report"),
)
def file(
    desk: NamedDependency[Desk], slug: FromPath[str], unit: FromPath[str], kind: FromPath[str]
) -> Page:
    """The report of a group as a file; JSON and CSV of the whole have all groups.

    PNG and SVG are all charts, as a ZIP.
    """
    if kind not in MEDIA and kind not in PICTURES:
        raise NotFoundError("unknown-format", "There is no such file.")
    try:
        released, questionnaire = _load(desk, slug)
    except WrongStateError:
        return _not_yet(desk, slug)
    group = find_group(released, unit)
    if kind in PICTURES:
        language = _language(questionnaire, desk.language)
        drawn = charts(build(released, questionnaire, group, language))
        packed = all_pictures({"": drawn}, PictureFormat(kind), language)
        return download(packed, ZIP, f"{slug}-{unit}-{kind}.zip")
    content = _content(released, questionnaire, group, kind, desk.language)
    return download(content.encode(), MEDIA[kind], f"{slug}-{unit}.{kind}")


@get(
    f"{HOME}/{{slug:str}}/report/{{unit:str}}/charts/{{name:str}}",
    sync_to_thread=True,
    opt=needs("read-report"),
)
def chart(
    desk: NamedDependency[Desk], slug: FromPath[str], unit: FromPath[str], name: FromPath[str]
) -> Page:
    """A chart of the report of a group as a picture, as in "dimensions-1.png"."""
    try:
        released, questionnaire = _load(desk, slug)
    except WrongStateError:
        return _not_yet(desk, slug)
    language = _language(questionnaire, desk.language)
    drawn = charts(build(released, questionnaire, find_group(released, unit), language))
    stem, _, kind = name.rpartition(".")
    found = next((one for one in drawn if one.name == stem), None)
    if found is None or kind not in PICTURES:
        raise NotFoundError("unknown-chart", "There is no such chart.")
    form = PictureFormat(kind)
    return download(picture(found, form), PICTURES[form], f"{slug}-{unit}-{found.file}.{form}")


def results_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[of_whole, of_unit, file, chart])


def _report(desk: Desk, slug: str, unit: str | None) -> Page:
    try:
        released, questionnaire = _load(desk, slug)
    except WrongStateError:
        return _not_yet(desk, slug)
    group = find_group(released, unit or released.tree.id)
    language = _language(questionnaire, desk.language)
    report = build(released, questionnaire, group, language)
    base = f"{HOME}/{slug}/report"
    at_charts = f"{base}/{quote(group)}/charts"
    body = render_body(report, lambda name: desk.at(f"{at_charts}/{name}"))
    return desk.page(
        "results/report.html",
        slug=slug,
        title=released.facts.title[desk.language],
        tree=released.tree,
        group=group,
        group_name=report.group,
        breakdowns=released.breakdowns,
        names=names(released, questionnaire, language),
        base=base,
        kinds=tuple(MEDIA),
        picture_kinds=tuple(PICTURES) if charts(report) else (),
        body=Markup(body),  # noqa: S704  # made by a template that escapes
    )


def _not_yet(desk: Desk, slug: str) -> Page:
    with reading_session(desk.engine) as session:
        title = Text(get_campaign(session, slug).title)[desk.language]
    return desk.page("results/not_yet.html", status=404, slug=slug, title=title)


def _load(desk: Desk, slug: str) -> tuple[Release, Questionnaire]:
    with reading_session(desk.engine) as session:
        campaign = get_campaign(session, slug)
        role = desk.account.role if desk.account else ""
        if not may_read_report(role, plan_of(campaign)):
            raise MayNotError
        return load_release(session, slug), questionnaire_of(campaign)


def _content(
    released: Release, questionnaire: Questionnaire, group: str, kind: str, language: str
) -> str:
    is_whole = group == released.tree.id
    if kind == "json":
        document = released.to_document() if is_whole else released.of_group(group)
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if kind == "csv":
        return render_csv(released, None if is_whole else group)
    return render_document(
        build(released, questionnaire, group, _language(questionnaire, language))
    )


def _language(questionnaire: Questionnaire, wanted: str) -> str:
    languages = questionnaire.languages
    return wanted if wanted in languages.available else languages.source
