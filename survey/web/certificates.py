"""The certificate of a campaign: the page, the PDF, and the files by which its hashes are checked.

All of them are made from the same facts, which hold no result.
"""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from questionnaires.model import Questionnaire
from survey.db.campaigns import Campaign
from survey.db.engine import reading_session
from survey.domain import campaigns
from survey.domain.audits import audit
from survey.domain.certificate_explanations import DEFINITION_FILE, PLAN_FILE
from survey.domain.certificate_paper import certificate_paper
from survey.domain.certificates import certificate
from survey.domain.papers import Paper, pdf, spans
from survey.domain.plans import agreement
from survey.web.desk import Desk
from survey.web.guards import HOME, needs
from survey.web.pages import PDF, download
from survey.web.visits import Page

JSON = "application/json"
BASE = f"{HOME}/{{slug:str}}/certificate"
DEED = needs("read-certificate")


@get(BASE, sync_to_thread=True, opt=DEED)
def show(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The certificate as a page."""
    paper = _paper(desk, slug)
    return desk.page(
        "certificates/certificate.html",
        slug=slug,
        paper=paper,
        spans=spans,
        here=f"{HOME}/{slug}/certificate",
        plan_file=PLAN_FILE,
        definition_file=DEFINITION_FILE,
    )


@get(f"{BASE}/pdf", sync_to_thread=True, opt=DEED)
def as_pdf(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The certificate as a PDF."""
    paper = _paper(desk, slug)
    return download(pdf(paper), PDF, f"{desk.say('certificate')}-{slug}.pdf")


@get(f"{BASE}/{PLAN_FILE}", sync_to_thread=True, opt=DEED)
def plan_file(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The text whose SHA-256 is the plan hash, as it is stored, byte for byte."""
    one, _ = _found(desk, slug)
    content = agreement(one.plan, one.fingerprint, one.keeper_key)
    return download(content.encode(), JSON, PLAN_FILE)


@get(f"{BASE}/{DEFINITION_FILE}", sync_to_thread=True, opt=DEED)
def definition_file(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The text whose SHA-256 is the fingerprint of the questionnaire."""
    _, questionnaire = _found(desk, slug)
    return download(questionnaire.canonical.encode(), JSON, DEFINITION_FILE)


def certificates_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[show, as_pdf, plan_file, definition_file])


def _found(desk: Desk, slug: str) -> tuple[Campaign, Questionnaire]:
    with reading_session(desk.engine) as session:
        campaign = campaigns.get(session, slug)
        return campaign, campaigns.questionnaire_of(campaign)


def _paper(desk: Desk, slug: str) -> Paper:
    trust = desk.trust
    with reading_session(desk.engine) as session:
        campaign = campaigns.get(session, slug)
        questionnaire = campaigns.questionnaire_of(campaign)
        found = certificate(session, campaign, secret=trust.secret)
    findings = audit(desk.engine, slug, settings=desk.settings, trust=trust, now=desk.now)
    return certificate_paper(
        found, questionnaire, findings, today=desk.now.date(), language=desk.language
    )
