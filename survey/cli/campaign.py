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
from survey.keeper import establish, see_through

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
        campaign = campaigns.create(session, agreed, now=utc_now(), trust=establish(here.settings))
        made = {
            "slug": campaign.slug,
            "status": campaign.status,
            "plan_hash": campaign.plan_hash,
            "short_hash": plans.short_hash(campaign.plan_hash),
        }
    warnings = [found.message for found in plans.warnings(agreed)]
    _say(
        made | {"warnings": warnings},
        [made["slug"], f"plan {made['short_hash']}"],
        as_json=as_json,
    )
    for warning in plans.warnings(agreed):
        _note(f"{warning.message} {warning.remedy}")
    _note(_next_step(agreed, made["slug"]))


def codes(
    slug: str,
    /,
    *,
    count: Whole,
    output: Annotated[Path, Parameter(name=["--output", "-o"], allow_leading_hyphen=True)],
    unit: str | None = None,
    as_json: AsJson = False,
) -> None:
    """Issue access codes and write them as slips to cut apart; they are kept nowhere else.

    Codes are issued once for each unit, before opening. The file is the only place where they
    stand: print it, then delete it.

    Example: pegel campaign codes befragung-2026 --unit bauamt --count 40 -o slips.pdf

    Parameters
    ----------
    slug
        The campaign.
    count
        How many slips, at most 1.2 for each person. Without --unit they are shared out over all
        units in proportion to their people.
    output
        The PDF to write; "-" writes it to standard output. Where several units share the slips,
        each has its own instruction sheet in it, followed by its slips.
    unit
        A unit of the plan.
    as_json
        Print JSON for programs (not together with "-o -").
    """
    from survey.domain.slips import LANGUAGES, all_slips_pdf

    check_new(output)
    with installation() as here:
        with reading_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            shares = _shares(campaign, unit, count)
            drawn = {
                name: access_codes.draw(session, campaign, name, share)
                for name, share in shares.items()
            }
        spoken = campaigns.plan_of(campaign).languages
        language = next((known for known in spoken if known in LANGUAGES), LANGUAGES[0])
        slips = all_slips_pdf(campaign, drawn, base_url=here.settings.base_url, language=language)
        # The codes are stored when the slips are safely on disk, and not without them.
        with written(output, slips), writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            for name, of_unit in drawn.items():
                access_codes.store(session, campaign, name, of_unit)
    _tell_issued(slug, shares, output, as_json=as_json)


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
            _note(f"No slips were issued for {', '.join(missing)}: nobody there can answer.")
        return _have_done(here, "open", campaign, as_json=as_json)


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
            _say(found, _detail_lines(campaign, found), as_json=as_json)
            return
        rows = [_row(session, campaign) for campaign in campaigns.list_(session)]
        lines = [f"{row['slug']}  {row['status']}  {row['title']}" for row in rows]
        _say({"campaigns": rows}, lines, as_json=as_json)
        if not rows:
            _note("There is no campaign yet. Create one with 'pegel campaign create PLAN.yaml'.")


def close(slug: str, /, *, as_json: AsJson = False) -> int:
    """Close an open campaign: mix and store the answers, destroy the keys and the codes.

    Example: pegel campaign close befragung-2026

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
            campaigns.check_close(campaign)
        return _have_done(here, "close", campaign, as_json=as_json)


def leftover(
    slug: str, /, *, count: Whole, unit: str | None = None, as_json: AsJson = False
) -> None:
    """Enter how many slips nobody drew; they are counted and destroyed before the release.

    Example: pegel campaign leftover befragung-2026 --unit bauamt --count 6

    Parameters
    ----------
    slug
        The campaign.
    count
        How many slips were left in the box.
    unit
        The unit they were printed for; not needed where there is one stock only.
    as_json
        Print JSON for programs.
    """
    with installation() as here, writing_session(here.engine) as session:
        campaign = campaigns.get(session, slug)
        stock = access_codes.enter_left_over(
            session, campaign, _stock(session, campaign, unit), count
        )
        entered = {"slug": slug, "unit": stock.unit, "issued": stock.issued, "left_over": count}
    name = entered["unit"] or "the whole"
    _say(entered, [f"{name}: {count} of {entered['issued']} slips left over"], as_json=as_json)


def release(slug: str, /, *, as_json: AsJson = False) -> int:
    """Release the results of a closed campaign, once; afterwards the report can be read.

    Example: pegel campaign release befragung-2026

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
            campaigns.check_release(campaign)
        return _have_done(here, "release", campaign, as_json=as_json)


def _have_done(here: Installation, kind: Kind, campaign: Campaign, *, as_json: bool) -> int:
    """Ask the keeper, wait, and say how it ended."""
    with writing_session(here.engine) as session:
        job_id = jobs.request(session, kind, campaign.id, now=utc_now())
    done = see_through(here.settings, here.engine, job_id)
    if done.state == "failed":
        raise WrongStateError("job-failed", done.message or f"The campaign could not {kind}.")
    with reading_session(here.engine) as session:
        found = _row(session, campaigns.get(session, campaign.slug))
    _say(found, [f"{found['slug']}: {found['status']}"], as_json=as_json)
    _note(done.message)
    return 0


def _shares(campaign: Campaign, unit: str | None, count: int) -> dict[str | None, int]:
    plan = campaigns.plan_of(campaign)
    if unit is not None or plan.access != "slips":
        return {unit: count}
    shares: dict[str | None, int] = {}
    shares.update(access_codes.distribute(plan, count))
    return shares


def _tell_issued(
    slug: str,
    shares: dict[str | None, int],
    output: Path,
    *,
    as_json: bool,
) -> None:
    stocks = [
        {"unit": name, "issued": share, "file": str(output)} for name, share in shares.items()
    ]
    lines = [
        f"{stock['file']}: {stock['issued']} slips for {stock['unit'] or 'the whole'}"
        for stock in stocks
    ]
    if output == STANDARD_OUTPUT:
        _note("\n".join(lines))
    else:
        _say({"slug": slug, "stocks": stocks}, lines, as_json=as_json)
        _note("The codes stand in this file only. Print it, then delete it.")


def _stock(session: Session, campaign: Campaign, unit: str | None) -> str | None:
    """The unit that was meant: the only one where none is named."""
    units = [stock.unit for stock in access_codes.stocks(session, campaign)]
    if unit is not None or len(units) <= 1:
        return unit or next(iter(units), None)
    raise RefusedError(
        "which-unit",
        "Slips are counted per unit.",
        f"Name one with --unit: {', '.join(name or 'the whole' for name in units)}.",
    )


def _units_without_slips(session: Session, campaign: Campaign) -> list[str]:
    issued = {stock.unit for stock in access_codes.stocks(session, campaign)}
    return [unit.name for unit in campaigns.plan_of(campaign).stocks if unit.id not in issued]


def _row(session: Session, campaign: Campaign) -> dict[str, Any]:
    return {
        "slug": campaign.slug,
        "title": campaigns.plan_of(campaign).title["de"],
        "status": campaign.status,
        "responses": campaigns.responses_shown(session, campaign),
    }


def _details(session: Session, campaign: Campaign) -> dict[str, Any]:
    plan = campaigns.plan_of(campaign)
    return _row(session, campaign) | {
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


def _say(found: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            print(line)


def _note(sentence: str) -> None:
    if sentence:
        print(sentence, file=sys.stderr)
