"""`pegel campaign`: from the plan to the release."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.text import Text
from reports.release import short_hash
from survey.cli.acting import As, actor
from survey.cli.installation import Installation, installation
from survey.cli.saying import AsJson, note, say
from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.domain import (
    access_codes,
    campaign_keys,
    campaigns,
    cosigning,
    plan_checks,
    plan_loading,
)
from survey.domain.inbox import utc_now
from survey.domain.plans import Plan
from survey.domain.series import NotCompared, not_compared
from survey.domain.standing import ASKED_BY, Standing
from survey.errors import WrongStateError
from survey.keeper import known_trust, see_through

SIGNED = {
    "none": "not co-signed",
    "operator": "signed on the command line, without an account",
    "council": "co-signed by the staff council",
}


def create(plan: Path, /, *, as_: As = None, as_json: AsJson = False) -> None:
    """Create a campaign in draft from a plan, and freeze plan and questionnaire.

    Example: pegel campaign create PLAN.yaml

    Parameters
    ----------
    plan
        The plan: title, questionnaire, languages, access, units, period, readers.
    as_
        The account that creates it. Without it the operator of this machine does, who may then
        take it all the way; unless the council signs it, it says everywhere that nobody did.
    as_json
        Print JSON for programs.
    """
    agreed = plan_loading.load_plan(plan)
    with installation(make=True) as here:
        by = actor(here, as_)
        with writing_session(here.engine) as session:
            campaign = campaigns.create(
                session, agreed, now=utc_now(), trust=by.trust, creator=by.account
            )
            made = {
                "slug": campaign.slug,
                "status": campaign.status,
                "plan_hash": campaign.plan_hash,
                "short_hash": short_hash(campaign.plan_hash),
            }
            apart = not_compared(session, agreed, now=utc_now(), slug=campaign.slug)
    warnings = [(found.message, found.remedy) for found in plan_checks.warnings(agreed)]
    warnings += map(_not_compared_words, apart)
    say(
        made | {"warnings": [said for said, _ in warnings]},
        [made["slug"], f"plan {made['short_hash']}"],
        as_json=as_json,
    )
    for said, remedy in warnings:
        note(f"{said} {remedy}")
    note(_next_step(agreed, made["slug"], is_operators=by.account is None))


def open(  # noqa: A001 - the verb of the field
    slug: str, /, *, as_: As = None, as_json: AsJson = False
) -> int:
    """Open a campaign: from now on people can answer, and nothing of the plan changes.

    Example: pegel campaign open befragung-2026

    Parameters
    ----------
    slug
        The campaign.
    as_
        The account that does this; without it the operator, for campaigns of his own.
    as_json
        Print JSON for programs.
    """
    with installation() as here:
        by = actor(here, as_)
        with writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            job = cosigning.open_(session, campaign, by.account, trust=by.trust, now=utc_now())
            missing = _units_without_slips(session, campaign)
        if missing:
            note(f"No slips were issued for {', '.join(missing)}: nobody there can answer.")
        return have_done(here, job, slug, as_json=as_json)


def status(slug: str | None = None, /, *, as_json: AsJson = False) -> None:
    """Tell how far campaigns are; while one is open, with the one number that may be told.

    Example: pegel campaign status befragung-2026 --json

    Parameters
    ----------
    slug
        The campaign; otherwise all of them.
    as_json
        Print JSON for programs.
    """
    with installation() as here, reading_session(here.engine) as session:
        if slug is not None:
            campaign = campaigns.get(session, slug)
            trust = known_trust(here.settings)
            known = campaigns.standing(session, campaign, secret=trust.secret)
            found = _details(session, campaign, known)
            say(found, _detail_lines(campaign, found), as_json=as_json)
            return
        rows = [row(session, campaign) for campaign in campaigns.list_(session)]
        lines = [f"{one['slug']}  {one['status']}  {one['title']}" for one in rows]
        say({"campaigns": rows}, lines, as_json=as_json)
        if not rows:
            note("There is no campaign yet. Create one with 'pegel campaign create PLAN.yaml'.")


def have_done(here: Installation, job_id: int, slug: str, *, as_json: bool) -> int:
    """Wait until the keeper has done what was asked for, and say how it ended."""
    done = see_through(here.settings, here.engine, job_id)
    if done.state == "failed":
        raise WrongStateError("job-failed", done.message or f"'{slug}' could not {done.kind}.")
    with reading_session(here.engine) as session:
        found = row(session, campaigns.get(session, slug))
    say(found, [f"{found['slug']}: {found['status']}"], as_json=as_json)
    note(done.message)
    return 0


def _not_compared_words(one: NotCompared) -> tuple[str, str]:
    """Why a campaign of the series is not compared, and what would let it be."""
    named = f"'{one.title['de']}' of the same series"
    if one.why == "same-day":
        return (
            f"{named} begins on {one.first_day} as well, so the two are not compared.",
            "A wave is compared with those that begin before it: take another first day.",
        )
    named += f", from {one.first_day}, is not compared"
    readers = ", ".join(one.readers)
    return (
        f"{named}: not everybody who reads this report may read that one ({readers}).",
        "For a comparison, name only readers who are named there.",
    )


def _units_without_slips(session: Session, campaign: Campaign) -> list[str]:
    issued = {stock.unit for stock in access_codes.stocks(session, campaign)}
    return [unit.name for unit in campaigns.plan_of(campaign).stocks if unit.id not in issued]


def row(session: Session, campaign: Campaign) -> dict[str, Any]:
    """A campaign in a list."""
    return {
        "slug": campaign.slug,
        "title": Text(campaign.title)["de"],
        "status": campaign.status,
        "responses": campaigns.responses_shown(session, campaign),
    }


def _details(session: Session, campaign: Campaign, known: Standing) -> dict[str, Any]:
    plan, signed = known.plan, known.cosigned
    return row(session, campaign) | {
        "questionnaire": plan.questionnaire,
        "access": plan.access,
        "threshold": plan.threshold,
        "period": {"from": str(plan.period.from_), "to": str(plan.period.to)},
        "series": plan.series,
        "weighting": plan.weighting,
        "eligible": plan.eligible,
        "plan_hash": campaign.plan_hash,
        "short_hash": short_hash(campaign.plan_hash),
        "signed_by": None if signed.by == "none" else signed.by,
        "signed_on": None if signed.day is None else str(signed.day),
        "signed_account": signed.name,
        "signed_account_since": None if signed.since is None else str(signed.since),
        "last_day": str(known.last_day),
        "interrupted": campaign_keys.is_paused(session.connection(), campaign),
        "waiting": [act for act in ASKED_BY if known.waiting(act)],
        "stocks": [
            {"unit": stock.unit, "issued": stock.issued, "left_over": stock.left_over}
            for stock in access_codes.stocks(session, campaign)
        ],
    }


def _agreed_lines(found: dict[str, Any]) -> Iterator[str]:
    """What not every plan says."""
    if found["series"]:
        yield f"a wave of the series {found['series']}"
    if found["weighting"]:
        yield "the whole is also weighted by the head counts of the units"


def _detail_lines(campaign: Campaign, found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['slug']}: {found['status']}",
        found["title"],
        f"{found['questionnaire']}, access {found['access']}, threshold {found['threshold']}",
        f"from {found['period']['from']} to {found['period']['to']}",
        f"plan {found['short_hash']}: {SIGNED[found['signed_by'] or 'none']}",
    ]
    lines += _agreed_lines(found)
    if found["signed_account"]:
        since = found["signed_account_since"]
        lines.append(f"signed with the account {found['signed_account']}, there since {since}")
    if found["last_day"] != found["period"]["to"]:
        lines.append(f"prolonged to {found['last_day']}")
    if found["interrupted"]:
        lines.append(f"interrupted, its key is lost: pegel campaign recover {found['slug']}")
    lines += [f"waits for the staff council: {act}" for act in found["waiting"]]
    if campaign.status == "open" and (words := campaigns.count_in_words(campaign)):
        lines.append(f"responses: {words} (counted once a day)")
    elif found["responses"] is not None:
        lines.append(f"responses: {found['responses']}")
    for stock in found["stocks"]:
        left = "" if stock["left_over"] is None else f", {stock['left_over']} left over"
        lines.append(f"{stock['unit'] or 'the whole'}: {stock['issued']} slips{left}")
    return lines


def _next_step(plan: Plan, slug: str, *, is_operators: bool) -> str:
    if not is_operators:
        return f"Next, by the staff council: pegel campaign sign {slug} --as NAME"
    if plan.access == "open":
        return f"Next: pegel campaign open {slug}"
    return f"Next: pegel campaign codes {slug} --count N -o slips.pdf"
