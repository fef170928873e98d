"""Slips: issued as a PDF, issued anew or once more, and counted at the end.

Nothing of a code stays on the server but its hash: the slips go out with the answer.
"""

from collections.abc import Mapping

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from survey.db.engine import writing_session
from survey.domain import access_codes, campaigns, cosigning, issuing
from survey.domain.access_codes import How
from survey.domain.issuing import Order
from survey.domain.standing import Run
from survey.errors import RefusedError, SurveyError
from survey.web.campaigns import ALL_STOCKS, back, look, refused
from survey.web.desk import Desk
from survey.web.guards import HOME, needs
from survey.web.overview import WHOLE, Overview, StockRow
from survey.web.pages import PDF, download
from survey.web.visits import Page

LONGEST_NUMBER = 7


@post(f"{HOME}/{{slug:str}}/slips", sync_to_thread=True, opt=needs("issue-slips"))
def slips(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Issue the slips of one stock, or of all that are left, and send them as one PDF."""
    found = look(desk, slug)
    try:
        how = _how(desk)
        counts = _counts(found, desk, how)
        content = _issue(desk, slug, counts, how)
    except SurveyError as error:
        return refused(desk, slug, error)
    part = f"-{next(iter(counts))}" if len(counts) == 1 < len(found.stocks) else ""
    return download(content, PDF, f"{desk.say('slips')}-{slug}{part}.pdf")


@post(f"{HOME}/{{slug:str}}/second-run", sync_to_thread=True, opt=needs("issue-slips"))
def second_run(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Ask for a second run of slips of one unit."""
    try:
        with writing_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
            run = Run(_unit(desk.form["stock"]), _number(desk.form["count"]))
            cosigning.ask_second_run(
                session, campaign, desk.account, run, trust=desk.trust, now=desk.now
            )
    except SurveyError as error:
        return refused(desk, slug, error)
    return back(desk, slug, news="asked")


@post(f"{HOME}/{{slug:str}}/left-over", sync_to_thread=True, opt=needs("enter-left-over"))
def left_over(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Note how many slips nobody drew, for every unit whose field is filled."""
    given = {row.key: desk.form[f"left-{row.key}"].strip() for row in look(desk, slug).issued}
    try:
        with writing_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
            for key, text in given.items():
                if text:
                    access_codes.enter_left_over(session, campaign, _unit(key), _number(text))
    except SurveyError as error:
        return refused(desk, slug, error, entered=given)
    return back(desk, slug, news="left-over")


def slips_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[slips, second_run, left_over])


def _how(desk: Desk) -> How:
    """Which run is meant: the first, the first anew, or a second one that was agreed."""
    given = desk.form["how"]
    return "anew" if given == "anew" else "more" if given == "more" else "first"


def _counts(found: Overview, desk: Desk, how: How) -> dict[str, int]:
    """How many slips of which stocks were asked for."""
    asked = desk.form["stock"]
    rows = [row for row in _possible(found, how) if asked in (ALL_STOCKS, row.key)]
    if not rows:
        known = asked == ALL_STOCKS or any(row.key == asked for row in found.stocks)
        code = "second-run" if known else "unknown-unit"
        raise RefusedError(code if found.stocks else "open-link", "There is no such stock.")
    if how == "more":
        agreed = {run.unit or WHOLE: run.count for run in found.agreed_runs}
        return {row.key: agreed[row.key] for row in rows}
    return {row.key: _number(desk.form[f"slips-{row.key}"]) for row in rows}


def _possible(found: Overview, how: How) -> tuple[StockRow, ...]:
    if how == "more":
        agreed = {run.unit or WHOLE for run in found.agreed_runs}
        return tuple(row for row in found.issued if row.key in agreed)
    return found.issued if how == "anew" else found.unissued


def _issue(desk: Desk, slug: str, counts: Mapping[str, int], how: How) -> bytes:
    """The slips; their codes are stored when the file is complete, and not without it."""
    order = Order(slug, {_unit(key): count for key, count in counts.items()}, how)
    base_url = desk.settings.base_url
    drawn = issuing.draw(desk.engine, order, desk.account, trust=desk.trust, base_url=base_url)
    with writing_session(desk.engine) as session:
        issuing.store(session, drawn, desk.account, trust=desk.trust)
    return drawn.pdf


def _unit(key: str) -> str | None:
    return None if key == WHOLE else key


def _number(text: str) -> int:
    """A whole number as somebody typed it; what is none counts as too small."""
    digits = text.strip()
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER
    return int(digits) if is_number else -1
