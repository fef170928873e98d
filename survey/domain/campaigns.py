"""Campaigns: creating them, finding them, and what may be said while they run."""

import json
from datetime import datetime, timedelta

from pydantic import ValidationError
from slugify import slugify
from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from questionnaires.registry import get as get_questionnaire
from survey.db.accounts import Account
from survey.db.base import random_id
from survey.db.campaigns import Campaign, Status, Stock
from survey.db.inbox import inbox
from survey.db.releases import Release
from survey.domain import signatures
from survey.domain.permissions import may
from survey.domain.plans import Plan, hash_of, stored_plan
from survey.domain.standing import Standing
from survey.domain.trust import Trust
from survey.errors import NotFoundError, RefusedError, WrongStateError

COUNT_FROM_ELIGIBLE = 30
COUNT_FROM = 10
COUNT_STEP = 5
COUNT_EVERY = timedelta(hours=24)
SLUG_LENGTH = 48


def create(
    session: Session, plan: Plan, *, now: datetime, trust: Trust, creator: Account | None = None
) -> Campaign:
    """A new campaign in draft, with its plan and definition frozen.

    `trust` is what this host trusts, `creator` the account that makes it (None: the operator of
    the machine, on the command line).

    Raises:
        RefusedError: the slug is taken, the questionnaire cannot be used, or the account has no
            right to create.
    """
    if creator is not None and not may(creator.role, "create"):
        raise RefusedError("may-not", f"'{creator.name}' may not create campaigns.")
    questionnaire = get_questionnaire(plan.questionnaire_id, plan.questionnaire_version)
    _check_usable(session, questionnaire)
    campaign = Campaign(
        created_at=now,
        slug=_free_slug(session, plan),
        title=dict(plan.title.items()),
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        fingerprint=questionnaire.fingerprint,
        definition=_frozen(questionnaire),
        plan=plan.canonical,
        plan_hash=plan.hash(questionnaire, trust.keeper_key),
        status="draft",
        uid=random_id(),
        keeper_key=trust.keeper_key,
    )
    session.add(campaign)
    session.flush()
    signatures.record(session, campaign, "create", creator, secret=trust.secret, now=now)
    return campaign


def get(session: Session, slug: str) -> Campaign:
    """The campaign with this slug, or NotFoundError."""
    campaign = session.scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise NotFoundError(
            "unknown-campaign",
            f"There is no campaign '{slug}'.",
            "'pegel campaign status' lists them.",
        )
    return campaign


def list_(session: Session) -> list[Campaign]:
    """All campaigns, the newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def plan_of(campaign: Campaign) -> Plan:
    """The frozen plan.

    Raises:
        RefusedError: what is stored is not what the plan hash stands for.
    """
    try:
        plan = stored_plan(campaign.plan)
    except ValidationError:
        plan = None
    agreed = campaign.plan_hash
    if plan is None or hash_of(plan, campaign.fingerprint, campaign.keeper_key) != agreed:
        raise RefusedError(
            "plan-changed",
            f"The stored plan of '{campaign.slug}' was changed after it was created.",
            "Restore the database from a backup.",
        )
    return plan


def standing(session: Session, campaign: Campaign, *, secret: bytes) -> Standing:
    """What people did to a campaign, as far as it holds; `secret` is that of the hosts."""
    acts = signatures.signed(session, campaign, secret=secret)
    return Standing(plan_of(campaign), acts)


def closes_at(session: Session, campaign: Campaign, *, secret: bytes) -> datetime:
    """When closing is due, in UTC: the end of the last day, which may have been moved once.

    The column `prolonged_to` is not believed: what counts is the act that the council signed.
    """
    return standing(session, campaign, secret=secret).closes_at


def questionnaire_of(campaign: Campaign) -> Questionnaire:
    """The frozen questionnaire, from the campaign itself.

    Raises:
        RefusedError: what is stored is not what the fingerprint stands for.
    """
    try:
        questionnaire = Questionnaire.model_validate_json(campaign.definition)
    except ValidationError:
        questionnaire = None
    if questionnaire is None or questionnaire.fingerprint != campaign.fingerprint:
        raise RefusedError(
            "definition-changed",
            f"The stored definition of '{campaign.slug}' was changed after it was created.",
            "Restore the database from a backup.",
        )
    return questionnaire


def set_status(campaign: Campaign, status: Status, *, now: datetime) -> None:
    """Take a campaign one step on: draft (signed), open, closed, released, purged; never back.

    Raises:
        WrongStateError: the step does not lead on from the present status.
    """
    if status not in _NEXT[campaign.status]:
        raise WrongStateError(
            "wrong-status",
            f"'{campaign.slug}' is {campaign.status} and cannot become {status}.",
        )
    campaign.status = status
    if status == "open":
        campaign.opened_at = now
    elif status == "closed":
        campaign.closed_at = now
    elif status == "released":
        campaign.released_at = now


def check_open(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Whether the campaign may be opened; says why not.

    Raises:
        WrongStateError: not a draft, no slips yet, the period is over.
        RefusedError: another definition than the agreed one.
    """
    plan = plan_of(campaign)
    if campaign.status not in ("draft", "signed"):
        raise WrongStateError("not-a-draft", f"'{campaign.slug}' is {campaign.status} already.")
    if now >= plan.closes_at:
        raise WrongStateError(
            "period-over",
            f"The period of '{campaign.slug}' ended on {plan.period.to}.",
            "Create the campaign from a plan with a new period.",
        )
    _check_definition(campaign)
    if plan.access != "open" and not _stock_count(session, campaign):
        raise WrongStateError(
            "no-codes",
            f"No codes were issued for '{campaign.slug}', so nobody could answer.",
            f"Print slips first: pegel campaign codes {campaign.slug} --count N -o slips.pdf",
        )


def check_close(campaign: Campaign) -> None:
    """Whether the campaign may be closed; WrongStateError says why not."""
    if campaign.status != "open":
        raise WrongStateError(
            "not-open", f"'{campaign.slug}' is {campaign.status}; only an open one can be closed."
        )


def check_release(campaign: Campaign) -> None:
    """Whether the campaign may be released; WrongStateError says why not."""
    if campaign.status != "closed":
        raise WrongStateError(
            "not-closed",
            f"'{campaign.slug}' is {campaign.status}; a release is made once, after closing.",
        )


def public_count(rows: int, eligible: int | None) -> int | None:
    """The one number that is shown while a campaign is open.

    None below 30 eligible people or where their number is not known; 0 stands for "fewer than
    10"; from 10 on the number is cut to steps of 5.
    """
    if eligible is None or eligible < COUNT_FROM_ELIGIBLE:
        return None
    return 0 if rows < COUNT_FROM else rows - rows % COUNT_STEP


def refresh_public_count(connection: Connection, campaign: Campaign, *, now: datetime) -> bool:
    """Count the sealed responses anew, once in 24 hours; whether it did.

    Call it in a writing transaction while the campaign is open. Within 24 hours of the last count
    it does nothing, so that nobody can watch a single response arrive.
    """
    if campaign.public_count_at is not None and now - campaign.public_count_at < COUNT_EVERY:
        return False
    rows = connection.scalar(
        select(func.count()).select_from(inbox).where(inbox.c.campaign_id == campaign.id)
    )
    shown = public_count(rows or 0, plan_of(campaign).eligible)
    connection.execute(
        update(Campaign)
        .where(Campaign.id == campaign.id)
        .values(public_count=shown, public_count_at=now)
    )
    return True


def count_in_words(campaign: Campaign) -> str:
    """The one number for people, in English; empty where there is none."""
    if campaign.public_count is None:
        return ""
    if campaign.public_count == 0:
        return f"fewer than {COUNT_FROM}"
    return f"at least {campaign.public_count}"


def responses_shown(session: Session, campaign: Campaign) -> int | None:
    """The number of responses that may be told: of the release, else the one number; or None."""
    document = session.scalar(select(Release.document).where(Release.campaign_id == campaign.id))
    if document is not None:
        released = json.loads(document).get("n")
        return released if isinstance(released, int) else None
    return campaign.public_count or None


def _check_usable(session: Session, questionnaire: Questionnaire) -> None:
    reference = f"{questionnaire.id}@{questionnaire.version}"
    if questionnaire.status != "active":
        raise RefusedError(
            "not-active",
            f"{reference} is {questionnaire.status}; campaigns use active versions only.",
            "'pegel questionnaire list' shows which are active.",
        )
    used = session.scalar(
        select(Campaign.fingerprint)
        .where(
            Campaign.questionnaire_id == questionnaire.id,
            Campaign.questionnaire_version == questionnaire.version,
        )
        .limit(1)
    )
    if used is not None and used != questionnaire.fingerprint:
        raise _changed(reference)


def _check_definition(campaign: Campaign) -> None:
    shipped = get_questionnaire(campaign.questionnaire_id, campaign.questionnaire_version)
    if shipped.fingerprint != campaign.fingerprint:
        raise _changed(f"{campaign.questionnaire_id}@{campaign.questionnaire_version}")
    questionnaire_of(campaign)


def _frozen(questionnaire: Questionnaire) -> str:
    """The canonical form, with the status that a questionnaire cannot be read without."""
    content = json.loads(questionnaire.canonical) | {"status": questionnaire.status}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _changed(reference: str) -> RefusedError:
    return RefusedError(
        "definition-changed",
        f"The file of {reference} was changed after a campaign was created from it.",
        "Restore the file, and give the changed wording a new version.",
    )


def _stock_count(session: Session, campaign: Campaign) -> int:
    counted = select(func.count()).select_from(Stock).where(Stock.campaign_id == campaign.id)
    return session.scalar(counted) or 0


def _free_slug(session: Session, plan: Plan) -> str:
    taken = set(session.scalars(select(Campaign.slug)))
    if plan.slug is not None:
        if plan.slug in taken:
            raise RefusedError(
                "slug-taken",
                f"There is a campaign '{plan.slug}' already.",
                "Choose another 'slug' in the plan.",
            )
        return plan.slug
    base = slugify(
        plan.title["de"], max_length=SLUG_LENGTH, word_boundary=True, replacements=_GERMAN
    )
    base = base if base[:1].isalpha() else f"befragung-{base}".rstrip("-")
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug


_GERMAN = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")]
_NEXT: dict[Status, tuple[Status, ...]] = {
    "draft": ("signed", "open"),
    "signed": ("open",),
    "open": ("closed",),
    "closed": ("released", "purged"),
    "released": ("purged",),
    "purged": (),
}
