"""Papers to fill in: privacy notice, record of processing and agreement, as PDF and for Word."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from survey.db.engine import reading_session
from survey.domain import campaigns
from survey.domain.certificates import certificate
from survey.domain.notices import KINDS, Subject, notice
from survey.domain.papers import DOCX, pdf, word
from survey.errors import NotFoundError
from survey.web.desk import Desk
from survey.web.guards import HOME, needs
from survey.web.pages import PDF, download
from survey.web.visits import Page

BASE = f"{HOME}/{{slug:str}}/papers"
DEED = needs("read-certificate")
FORMATS = {"pdf": (PDF, pdf), "docx": (DOCX, word)}


@get(BASE, sync_to_thread=True, opt=DEED)
def show(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """What there is, and what has to be done with it."""
    with reading_session(desk.engine) as session:
        plan = campaigns.plan_of(campaigns.get(session, slug))
    return desk.page("notices/papers.html", slug=slug, plan=plan, here=f"{HOME}/{slug}/papers")


@get(f"{BASE}/{{name:str}}", sync_to_thread=True, opt=DEED)
def file(desk: NamedDependency[Desk], slug: FromPath[str], name: FromPath[str]) -> Page:
    """One paper as a file, such as "agreement.docx" or "privacy-notice.en.pdf"."""
    stem, _, ending = name.rpartition(".")
    kind, _, language = stem.partition(".")
    known = next((one for one in KINDS if one == kind), None)
    if known is None or ending not in FORMATS or language not in ("", "de", "en"):
        raise NotFoundError("unknown-paper", "There is no such paper.")
    with reading_session(desk.engine) as session:
        campaign = campaigns.get(session, slug)
        questionnaire = campaigns.questionnaire_of(campaign)
        found = certificate(session, campaign, secret=desk.trust.secret)
    subject = Subject(found, questionnaire, desk.settings.base_url)
    media, made = FORMATS[ending]
    return download(made(notice(subject, known, language or "de")), media, f"{slug}-{name}")


def notices_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[show, file])
