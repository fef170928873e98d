"""`pegel campaign`: from the plan to the release."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from sqlalchemy.orm import Session

from survey.cli.installation import Installation, installation
from survey.cli.numbers import Whole
from survey.cli.slips_file import STANDARD_OUTPUT, check_new, written
from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.db.jobs import Kind
from survey.domain import access_codes, campaigns, jobs, plans
from survey.domain.inbox import utc_now
from survey.errors import RefusedError, WrongStateError
from survey.keeper import known_trust, see_through

AsJson = Annotated[bool, Parameter(name="--json", negative=())]


def create(plan: Path, /, *, as_json: AsJson = False) -> None:
    """Create a campaign in draft from a plan, and freeze plan and questionnaire.

    Example: pegel campaign create PLAN.yaml

    Parameters
    ----------
    plan
        The plan: title, questionnaire, languages, access, units, period, readers.
    as_json
        Print JSON for programs.
    """
    agreed = plans.load_plan(plan)
    with installation(make=True) as here, writing_session(here.engine) as session:
        campaign = campaigns.create(session, agreed, now=utc_now(), trust=known_trust(here.settings))
        made = {
            "slug": campaign.slug,
            "status": campaign.status,
            "plan_hash": campaign.plan_hash,
            "short_hash": plans.short_hash(campaign.plan_hash),
        }
    warnings = [found.message for found in plans.warnings(agreed)]
    say(
        made | {"warnings": warnings},
        [made["slug"], f"plan {made['short_hash']}"],
        as_json=as_json,
    )
    for warning in plans.warnings(agreed):
        note(f"{warning.message} {warning.remedy}")
    note(_next_step(agreed, made["slug"]))


def open(slug: str, /, *, as_json: AsJson = False) -> int:  # noqa: A001 - the verb of the field
    """Open a campaign: from now on people can answer, and nothing of the plan changes.

    Example: pegel campaign open befragung-2026

    Parameters
    ----------
    slug
        The campaign.
    as_json
        Print JSON for programs.
    """
    with installation() as here:
        with reading_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            campaigns.check_open(session, campaign, now=utc_now())
            missing = _units_without_slips(session, campaign)
        if missing:
            note(f"No slips were issued for {', '.join(missing)}: nobody there can answer.")
        return have_done(here, "open", campaign, as_json=as_json)


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
            found = _details(session, campaign)
            say(found, _detail_lines(campaign, found), as_json=as_json)
            return
        rows = [row(session, campaign) for campaign in campaigns.list_(session)]
        lines = [f"{row['slug']}  {row['status']}  {row['title']}" for row in rows]
        say({"campaigns": rows}, lines, as_json=as_json)
        if not rows:
            note("There is no campaign yet. Create one with 'pegel campaign create PLAN.yaml'.")


def have_done(here: Installation, kind: Kind, campaign: Campaign, *, as_json: bool) -> int:
    """Ask the keeper, wait, and say how it ended."""
    with writing_session(here.engine) as session:
        job_id = jobs.request(session, kind, campaign.id, now=utc_now())
    done = see_through(here.settings, here.engine, job_id)
    if done.state == "failed":
        raise WrongStateError("job-failed", done.message or f"The campaign could not {kind}.")
    with reading_session(here.engine) as session:
        found = row(session, campaigns.get(session, campaign.slug))
    say(found, [f"{found['slug']}: {found['status']}"], as_json=as_json)
    note(done.message)
    return 0


def _units_without_slips(session: Session, campaign: Campaign) -> list[str]:
    issued = {stock.unit for stock in access_codes.stocks(session, campaign)}
    return [unit.name for unit in campaigns.plan_of(campaign).stocks if unit.id not in issued]


def row(session: Session, campaign: Campaign) -> dict[str, Any]:
    return {
        "slug": campaign.slug,
        "title": campaigns.plan_of(campaign).title["de"],
        "status": campaign.status,
        "responses": campaigns.responses_shown(session, campaign),
    }


def _details(session: Session, campaign: Campaign) -> dict[str, Any]:
    plan = campaigns.plan_of(campaign)
    return row(session, campaign) | {
        "questionnaire": plan.questionnaire,
        "access": plan.access,
        "threshold": plan.threshold,
        "period": {"from": str(plan.period.from_), "to": str(plan.period.to)},
        "eligible": plan.eligible,
        "plan_hash": campaign.plan_hash,
        "short_hash": plans.short_hash(campaign.plan_hash),
        "stocks": [
            {"unit": stock.unit, "issued": stock.issued, "left_over": stock.left_over}
            for stock in access_codes.stocks(session, campaign)
        ],
    }


def _detail_lines(campaign: Campaign, found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['slug']}: {found['status']}",
        found["title"],
        f"{found['questionnaire']}, access {found['access']}, threshold {found['threshold']}",
        f"from {found['period']['from']} to {found['period']['to']}",
        f"plan {found['short_hash']}",
    ]
    if campaign.status == "open" and (words := campaigns.count_in_words(campaign)):
        lines.append(f"responses: {words} (counted once a day)")
    elif found["responses"] is not None:
        lines.append(f"responses: {found['responses']}")
    for stock in found["stocks"]:
        left = "" if stock["left_over"] is None else f", {stock['left_over']} left over"
        lines.append(f"{stock['unit'] or 'the whole'}: {stock['issued']} slips{left}")
    return lines


def _next_step(plan: plans.Plan, slug: str) -> str:
    if plan.access == "open":
        return f"Next: pegel campaign open {slug}"
    return f"Next: pegel campaign codes {slug} --count N -o slips.pdf"
