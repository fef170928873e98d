"""`pegel campaign sign`, `prolong`, `close`, `release`: steps that take more than one account."""

from datetime import date
from itertools import count
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from reports.release import short_hash
from survey.cli.acting import As, actor
from survey.cli.campaign import have_done, row
from survey.cli.installation import installation
from survey.cli.saying import AsJson, note, say
from survey.cli.slips_file import check_new, written
from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.domain import campaigns, cosigning, recovery
from survey.domain.inbox import utc_now
from survey.errors import RefusedError

WAITS = "It waits for the staff council, which signs with the same command and --as NAME."


def sign(
    slug: str,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    as_: As = None,
    as_json: AsJson = False,
) -> None:
    """Sign the plan of a campaign, and write the recovery sheet that belongs to the signature.

    The sheet is the only place where its secret stands. Until the opening the plan can be signed
    anew; then the newest sheet counts, and earlier ones are worth nothing.

    Example: pegel campaign sign befragung-2026 --as personalrat -o sheet.pdf

    Parameters
    ----------
    slug
        The campaign.
    output
        The PDF of the recovery sheet; otherwise recovery-sheet-SLUG.pdf in this folder.
    as_
        The account of the staff council; without it the operator, for campaigns of his own. Pages
        and reports then say that it was signed without an account.
    as_json
        Print JSON for programs.
    """
    file = output or _free(Path(f"recovery-sheet-{slug}.pdf"))
    check_new(file)
    pair = recovery.new_recovery()
    with installation() as here:
        by = actor(here, as_)
        with reading_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
        sheet = recovery.sheet(campaign, pair)
        with written(file, sheet), writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            cosigning.sign(
                session,
                campaign,
                by.account,
                trust=by.trust,
                now=utc_now(),
                recovery=pair.public_key,
            )
            found = _signed(campaign, file)
    check = recovery.fingerprint(pair.public_key)
    say(
        found | {"sheet_check": check},
        [f"{slug}: {found['status']}", f"plan {found['short_hash']}", f"{file}: sheet {check}"],
        as_json=as_json,
    )
    note("Print the sheet, put it into a sealed envelope, and delete the file.")


def prolong(slug: str, /, *, to: str, as_: As = None, as_json: AsJson = False) -> None:
    """Move the last day of an open campaign to a later one, once and by 8 weeks at most.

    Example: pegel campaign prolong befragung-2026 --to 2027-01-15 --as erika

    Parameters
    ----------
    slug
        The campaign.
    to
        The new last day, as in 2027-01-15.
    as_
        The account that asks for it, or that of the staff council, which agrees; without it the
        operator, for campaigns of his own.
    as_json
        Print JSON for programs.
    """
    last = _day(to)
    with installation() as here:
        by = actor(here, as_)
        with writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            if by.is_council:
                by.agree(session, campaign, "prolong", {"to": last.isoformat()})
                holds = True
            else:
                holds = cosigning.prolong(
                    session, campaign, by.account, last, trust=by.trust, now=utc_now()
                )
    state = f"open until {last}" if holds else f"asked to stay open until {last}"
    say({"slug": slug, "to": str(last), "agreed": holds}, [f"{slug}: {state}"], as_json=as_json)
    note("" if holds else WAITS)


def close(slug: str, /, *, as_: As = None, as_json: AsJson = False) -> int:
    """Close an open campaign: mix and store the answers, destroy the keys and the codes.

    At the end of its period it closes by itself. Earlier, the staff council has to agree where it
    signed the plan.

    Example: pegel campaign close befragung-2026

    Parameters
    ----------
    slug
        The campaign.
    as_
        The account that asks for it, or that of the staff council, which agrees; without it the
        operator, for campaigns of his own.
    as_json
        Print JSON for programs.
    """
    with installation() as here:
        by = actor(here, as_)
        with writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            if by.is_council:
                job = by.agree(session, campaign, "close-early", {})
            else:
                job = cosigning.close(session, campaign, by.account, trust=by.trust, now=utc_now())
            found = row(session, campaign)
        if job is not None:
            return have_done(here, job, slug, as_json=as_json)
    say(found | {"agreed": False}, [f"{slug}: open"], as_json=as_json)
    note(WAITS)
    return 0


def release(slug: str, /, *, as_: As = None, as_json: AsJson = False) -> int:
    """Release the results of a closed campaign, once; afterwards the report can be read.

    Example: pegel campaign release befragung-2026

    Parameters
    ----------
    slug
        The campaign.
    as_
        The account that releases, another than those that created and signed; without it the
        operator, for campaigns of his own.
    as_json
        Print JSON for programs.
    """
    with installation() as here:
        by = actor(here, as_)
        with writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            job = cosigning.release(session, campaign, by.account, trust=by.trust, now=utc_now())
        return have_done(here, job, slug, as_json=as_json)


def _signed(campaign: Campaign, file: Path) -> dict[str, Any]:
    return {
        "slug": campaign.slug,
        "status": campaign.status,
        "plan_hash": campaign.plan_hash,
        "short_hash": short_hash(campaign.plan_hash),
        "sheet": str(file),
    }


def _free(name: Path) -> Path:
    """This name, or the next one with a number that is not taken."""
    numbered = (name.with_stem(f"{name.stem}-{number}") for number in count(2))
    return name if not name.exists() else next(path for path in numbered if not path.exists())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RefusedError(
            "no-day", f"'{text}' is no day.", "Write it as in 2027-01-15."
        ) from error
