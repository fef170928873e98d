"""Waves of a small town in any state, with as many answers as a test needs."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from survey.db.engine import reading_session, writing_session
from survey.demo.answers import invent
from survey.domain import access_codes, campaigns
from survey.domain.audits import Finding, audit
from survey.domain.certificate_paper import certificate_paper
from survey.domain.certificates import Certificate, certificate
from survey.domain.papers import Paper
from survey.domain.plan_loading import make_plan
from survey.domain.submitting import Outcome, Submission, store
from tests.survey.web.factories import Town
from tests.survey.web.staff import keeper_of, order, plan_of_town

SLUG = "welle"
UNITS = [
    {"id": "bauamt", "name": "Bauamt", "eligible": 14},
    {"id": "hauptamt", "name": "Hauptamt", "eligible": 10},
]
TREE = {"id": "haus", "name": "Stadt Musterheim", "units": UNITS}
EVERYBODY = 24


def opened(town: Town, **changed: Any) -> list[str]:  # noqa: ANN401 - any part of a plan
    """An open wave with a slip for everybody; gives the codes."""
    keeper = keeper_of(town)
    plan = make_plan(plan_of_town(SLUG) | {"units": TREE} | changed)
    with writing_session(town.engine) as session:
        campaign = campaigns.create(session, plan, now=datetime.now(UTC), trust=keeper.trust)
        codes = [
            code
            for unit in plan.stocks
            for code in access_codes.issue(session, campaign, unit.id, unit.eligible or 0)
        ]
    order(town, SLUG, "open", keeper)
    return codes


def answer(town: Town, codes: Sequence[str], rows: Sequence[Sequence[int]] | None = None) -> None:
    """Somebody answers with each of `codes`: by `rows`, or at random."""
    random = Random(7)  # noqa: S311 # invented answers
    with reading_session(town.engine) as session:
        campaign = campaigns.get(session, SLUG)
    questionnaire = campaigns.questionnaire_of(campaign)
    given = rows or [invent(questionnaire, "bauamt", random) for _ in codes]
    batch = [
        Submission(
            campaign_id=campaign.id,
            submission_hash=hashlib.sha256(code.encode()).digest(),
            values=values,
            code_hash=access_codes.hash_code(campaign.id, access_codes.normalise(code) or b""),
        )
        for code, values in zip(codes, given, strict=True)
    ]
    key = town.trust.verify_key
    done = store(town.engine, batch, now=datetime.now(UTC), verify_key=key)
    assert set(done) <= {Outcome.ACCEPTED}


def closed(town: Town, answers: int, **changed: Any) -> None:  # noqa: ANN401 - any part of a plan
    """A wave that was answered so often, and closed."""
    answer(town, opened(town, **changed)[:answers])
    order(town, SLUG, "close", keeper_of(town))


def certificate_of(town: Town, slug: str = SLUG) -> Certificate:
    """The certificate as it is now."""
    with reading_session(town.engine) as session:
        return certificate(session, campaigns.get(session, slug), secret=town.trust.secret)


def findings_of(town: Town, slug: str = SLUG, now: datetime | None = None) -> tuple[Finding, ...]:
    """The self-audit as it is now."""
    moment = now or datetime.now(UTC)
    return audit(town.engine, slug, settings=town.settings, trust=town.trust, now=moment)


def paper_of(town: Town, slug: str = SLUG, language: str = "de") -> Paper:
    """The certificate as people read it."""
    with reading_session(town.engine) as session:
        questionnaire = campaigns.questionnaire_of(campaigns.get(session, slug))
    return certificate_paper(
        certificate_of(town, slug),
        questionnaire,
        findings_of(town, slug),
        today=datetime(2026, 11, 24, tzinfo=UTC).date(),
        language=language,
    )


def texts(paper: Paper) -> list[str]:
    """Everything that a paper says, cell by cell."""
    cells = [
        cell
        for section in paper.sections
        for part in section.parts
        for row in (part.head, *part.rows)
        for cell in row
    ]
    return [paper.title, *paper.lead, *(one.title for one in paper.sections), *cells, paper.foot]
