"""Issuing slips: codes are drawn and set into a PDF, and stored when that is where it belongs.

Page and command line do the same; only where the file goes differs. Between drawing and storing
nothing counts as issued, and what was allowed is looked at again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.db.accounts import Account
from survey.db.campaigns import Campaign
from survey.db.engine import reading_session
from survey.domain import access_codes, campaigns, cosigning
from survey.domain.access_codes import How
from survey.domain.standing import Run
from survey.domain.trust import Trust

Shares = Mapping[str | None, int]  # slips per unit; None: the whole


@dataclass(frozen=True, slots=True)
class Order:
    """Which slips of which campaign are wanted, and in which run."""

    slug: str
    shares: Shares
    how: How = "first"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Slips that are not issued yet: their codes by unit, and the PDF in which they stand."""

    order: Order
    codes: Mapping[str | None, list[str]] = field(repr=False)
    pdf: bytes = field(repr=False)


def draw(
    engine: Engine, order: Order, account: Account | None, *, trust: Trust, base_url: str
) -> Drawn:
    """The slips of one or several stocks, for `account` (None: the operator).

    Raises as `access_codes.issue` and `cosigning.check_issue`; SurveyError where the PDF could not
    be made.
    """
    from survey.domain.slips import LANGUAGES, slips_pdf

    with reading_session(engine) as session:
        campaign = campaigns.get(session, order.slug)
        _check(session, campaign, account, order, trust)
        codes = {
            unit: access_codes.draw(session, campaign, unit, count, order.how)
            for unit, count in order.shares.items()
        }
        found = campaigns.standing(session, campaign, secret=trust.secret)
    spoken = (known for known in found.plan.languages if known in LANGUAGES)
    language = next(spoken, LANGUAGES[0])
    pdf = slips_pdf(campaign, codes, base_url=base_url, language=language, cosigned=found.cosigned)
    return Drawn(order, codes, pdf)


def store(session: Session, drawn: Drawn, account: Account | None, *, trust: Trust) -> None:
    """Let the codes count; call it in a writing session. Raises as `draw`."""
    campaign = campaigns.get(session, drawn.order.slug)
    _check(session, campaign, account, drawn.order, trust)
    for unit, codes in drawn.codes.items():
        access_codes.store(session, campaign, unit, codes, drawn.order.how)


def _check(
    session: Session, campaign: Campaign, account: Account | None, order: Order, trust: Trust
) -> None:
    cosigning.check_issue(session, campaign, account, trust=trust)
    if order.how == "more":
        for unit, count in order.shares.items():
            cosigning.check_run(session, campaign, Run(unit, count), trust=trust)
