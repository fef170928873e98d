"""`pegel campaign certificate`, and the facts of each campaign for `pegel doctor --json`."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from survey.cli.installation import connect, database_file, installation
from survey.cli.saying import STANDARD_OUTPUT
from survey.db.engine import is_migrated, reading_session
from survey.domain import campaigns
from survey.domain.audits import audit
from survey.domain.certificates import certificate as certificate_of
from survey.domain.inbox import utc_now
from survey.domain.trust import Trust, load_trust
from survey.errors import SurveyError
from survey.settings import Settings


def certificate(
    slug: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], allow_leading_hyphen=True)],
    language: Literal["de", "en"] = "de",
) -> None:
    """Write the certificate for the staff council as a PDF; it holds no result.

    Example: pegel campaign certificate befragung-2026 -o nachweis.pdf

    Parameters
    ----------
    slug
        The campaign.
    output
        The PDF to write; "-" writes it to standard output.
    language
        de or en.
    """
    from survey.domain.certificate_paper import certificate_paper
    from survey.domain.papers import pdf

    now = utc_now()
    with installation() as here:
        trust = load_trust(here.settings)
        with reading_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            questionnaire = campaigns.questionnaire_of(campaign)
            found = certificate_of(session, campaign, secret=trust.secret)
        findings = audit(here.engine, slug, settings=here.settings, trust=trust, now=now)
        paper = certificate_paper(
            found, questionnaire, findings, today=now.date(), language=language
        )
    made = pdf(paper)
    if output == STANDARD_OUTPUT:
        sys.stdout.buffer.write(made)
    else:
        output.write_bytes(made)


def campaign_facts(settings: Settings) -> list[dict[str, Any]]:
    """What the certificate of each campaign says, for programs; empty without a sound database."""
    file = database_file(settings)
    if file is not None and not file.exists():
        return []
    try:
        engine = connect(settings)
    except SurveyError:
        return []  # the checks have named it
    try:
        if not is_migrated(engine):
            return []
        with reading_session(engine) as session:
            slugs = [one.slug for one in campaigns.list_(session)]
        if not slugs:
            return []
        trust = load_trust(settings)
        made = [_facts(settings, engine, slug, trust) for slug in slugs]
    except (SurveyError, DBAPIError):
        return []  # the same
    else:
        return made
    finally:
        engine.dispose()


def _facts(settings: Settings, engine: Engine, slug: str, trust: Trust) -> dict[str, Any]:
    """One campaign; where its plan was changed, its checks alone."""
    found = audit(engine, slug, settings=settings, trust=trust, now=utc_now())
    checks = [{"check": one.check, "state": one.state, "message": one.spoken(str)} for one in found]
    with reading_session(engine) as session:
        campaign = campaigns.get(session, slug)
        said: dict[str, Any] = {"slug": slug, "status": campaign.status}
        with suppress(SurveyError):
            said = certificate_of(session, campaign, secret=trust.secret).document
    return said | {"checks": checks}
