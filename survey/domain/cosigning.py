"""Who may take a campaign further: each step is recorded, and the keeper reads the records again.

A campaign that an account created needs three: the creator, the council that signs, and somebody
else who releases. The operator of the machine may do everything to a campaign that he created on
the command line; unless the council signed it, it then says everywhere that nobody did.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from survey.db.accounts import Account
from survey.db.campaigns import Campaign
from survey.db.jobs import Kind
from survey.db.signatures import Act
from survey.domain import jobs, signatures
from survey.domain.access_codes import check_second_run
from survey.domain.campaigns import (
    check_close,
    check_open,
    check_release,
    set_status,
    standing,
)
from survey.domain.permissions import Deed, may
from survey.domain.plans import end_of_day
from survey.domain.standing import MOST_PROLONGED, RECOVERY, Run, Standing
from survey.domain.trust import Trust
from survey.errors import RefusedError, WrongStateError


def sign(
    session: Session,
    campaign: Campaign,
    account: Account | None,
    *,
    trust: Trust,
    now: datetime,
    recovery: bytes | None = None,
) -> None:
    """Sign the plan; until the opening it can be signed anew, and the newest signature counts.

    `recovery` is the public key (32 bytes) of the recovery sheet that goes with the signature.

    Raises:
        WrongStateError: the campaign was opened already.
        RefusedError: another role than the council's, the creator, or the operator for a campaign
            that an account created.
    """
    found = _known(session, campaign, trust)
    if campaign.status not in ("draft", "signed"):
        raise WrongStateError(
            "not-a-draft", f"'{campaign.slug}' is {campaign.status}; a plan is signed before that."
        )
    _check_deed(found, campaign, account, "sign")
    _check_signer(found, campaign, account)
    details = {RECOVERY: recovery.hex()} if recovery else {}
    _record(session, campaign, "sign", account, trust=trust, now=now, details=details)
    if campaign.status == "draft":
        set_status(campaign, "signed", now=now)


def open_(
    session: Session, campaign: Campaign, account: Account | None, *, trust: Trust, now: datetime
) -> int:
    """Ask the keeper to open the campaign; gives the job's id.

    Raises:
        SurveyError: as `check_open` of campaigns; without the right; or without the signature that
            a campaign of an account needs.
    """
    found = _known(session, campaign, trust)
    _check_deed(found, campaign, account, "open")
    check_open(session, campaign, now=now)
    _check_signed(found, campaign)
    _record(session, campaign, "open", account, trust=trust, now=now)
    return jobs.request(session, "open", campaign.id, now=now)


def close(
    session: Session, campaign: Campaign, account: Account | None, *, trust: Trust, now: datetime
) -> int | None:
    """Ask for the closing; gives the job's id, or None when the council has to agree first.

    Raises:
        WrongStateError: the campaign is not open.
        RefusedError: without the right.
    """
    found = _known(session, campaign, trust)
    _check_deed(found, campaign, account, "close-early")
    check_close(campaign)
    if now < found.closes_at:
        _record(session, campaign, "close-early", account, trust=trust, now=now)
        if standing(session, campaign, secret=trust.secret).early_closing is None:
            return None
    return jobs.request(session, "close", campaign.id, now=now)


def prolong(
    session: Session,
    campaign: Campaign,
    account: Account | None,
    last: date,
    *,
    trust: Trust,
    now: datetime,
) -> bool:
    """Ask for a later last day; gives whether it holds already, or waits for the council.

    Raises:
        WrongStateError: the campaign is not open, was prolonged before, or is over.
        RefusedError: the day is not later, or too late; or without the right.
    """
    found = _known(session, campaign, trust)
    _check_deed(found, campaign, account, "prolong")
    _check_prolonging(found, campaign, last, now)
    details = {"to": last.isoformat()}
    _record(session, campaign, "prolong", account, trust=trust, now=now, details=details)
    return _apply(session, campaign, trust)


def ask_second_run(
    session: Session,
    campaign: Campaign,
    account: Account | None,
    run: Run,
    *,
    trust: Trust,
    now: datetime,
) -> bool:
    """Ask for more slips of a stock; gives whether they may be issued, or wait for the council.

    Raises as `access_codes.check_second_run`, and RefusedError without the right.
    """
    found = _known(session, campaign, trust)
    _check_deed(found, campaign, account, "issue-slips")
    check_second_run(session, campaign, run.unit, run.count)
    _record(session, campaign, "second-run", account, trust=trust, now=now, details=run.details)
    return standing(session, campaign, secret=trust.secret).has_run(run)


def agree(
    session: Session,
    campaign: Campaign,
    account: Account | None,
    act: Act,
    details: Mapping[str, str],
    *,
    trust: Trust,
    now: datetime,
) -> int | None:
    """Agree to what was asked for with `details`; gives the id of the job that follows, if any.

    Raises:
        WrongStateError: nothing like it waits (any more), or it has become impossible.
        RefusedError: another role than the council's, or whoever asked.
    """
    found = _known(session, campaign, trust)
    _check_deed(found, campaign, account, "sign")
    waiting = found.waiting(act)
    if waiting is None or dict(waiting.details) != dict(details):
        raise WrongStateError(
            "nothing-waits",
            f"Nothing of '{campaign.slug}' waits for this signature; it may be signed already, "
            "or something else was asked for meanwhile.",
            "Look at it anew.",
        )
    _check_signer(found, campaign, account)
    if act == "prolong":
        _check_prolonging(found, campaign, date.fromisoformat(details["to"]), now)
    elif act == "second-run":
        check_second_run(session, campaign, details["unit"] or None, int(details["count"]))
    else:
        check_close(campaign)
    _record(session, campaign, act, account, trust=trust, now=now, details=details)
    _apply(session, campaign, trust)
    return jobs.request(session, "close", campaign.id, now=now) if act == "close-early" else None


def release(
    session: Session, campaign: Campaign, account: Account | None, *, trust: Trust, now: datetime
) -> int:
    """Ask the keeper to release the results; gives the job's id.

    Raises:
        WrongStateError: the campaign is not closed.
        RefusedError: without the right, or by the account that created or signed.
    """
    found = _known(session, campaign, trust)
    _check_deed(found, campaign, account, "release")
    check_release(campaign)
    _check_third(found, campaign, account)
    _record(session, campaign, "release", account, trust=trust, now=now)
    return jobs.request(session, "release", campaign.id, now=now)


def ask(
    session: Session,
    campaign: Campaign,
    kind: Kind,
    account: Account | None,
    *,
    trust: Trust,
    now: datetime,
) -> int | None:
    """Ask the keeper to open, close or release; gives the job's id, or None when it has to wait.

    Raises as `open_`, `close` and `release`.
    """
    if kind == "open":
        return open_(session, campaign, account, trust=trust, now=now)
    if kind == "close":
        return close(session, campaign, account, trust=trust, now=now)
    return release(session, campaign, account, trust=trust, now=now)


def check_job(
    session: Session, campaign: Campaign, kind: Kind, *, trust: Trust, now: datetime
) -> None:
    """What the keeper asks before it does a job: whether people with the right wanted it.

    A row in the table of jobs proves nothing: whoever writes to the database can add one.

    Raises:
        RefusedError: nobody with the right asked, the signature is missing, or the plan or the
            acts were changed.
    """
    found = _known(session, campaign, trust)
    if kind == "open":
        if campaign.status in ("draft", "signed"):
            _check_signed(found, campaign)
        wanted = found.opener is not None
    elif kind == "close":
        wanted = now >= found.closes_at or found.early_closing is not None
    else:
        wanted = found.releaser is not None
    if not wanted:
        raise RefusedError(
            "nobody-asked",
            f"Nobody who may has asked to {kind} '{campaign.slug}'; it was left as it is.",
            "If this was no mistake, somebody writes to the database: tell the staff council.",
        )


def check_may(
    session: Session, campaign: Campaign, account: Account | None, deed: Deed, *, trust: Trust
) -> None:
    """RefusedError when `account` (None: the operator) may not do this to the campaign."""
    _check_deed(_known(session, campaign, trust), campaign, account, deed)


def check_issue(
    session: Session, campaign: Campaign, account: Account | None, *, trust: Trust
) -> None:
    """Whether slips may be printed now: they name the plan, so it has to be signed before.

    Raises:
        RefusedError: without the right, or without the signature that the campaign needs.
    """
    found = _known(session, campaign, trust)
    _check_deed(found, campaign, account, "issue-slips")
    _check_signed(found, campaign)


def check_run(session: Session, campaign: Campaign, run: Run, *, trust: Trust) -> None:
    """RefusedError when a further run of slips was not agreed."""
    if not standing(session, campaign, secret=trust.secret).has_run(run):
        raise RefusedError(
            "second-run",
            f"The slips for '{run.unit or 'the whole'}' were issued already; a second run could "
            "single people out, so the staff council has to sign it.",
            f"Ask for it: pegel campaign second-run {campaign.slug} --unit {run.unit} --count N",
        )


def may_do(found: Standing, account: Account | None, deed: Deed) -> bool:
    """Whether `account` (None: the operator) may do this to a campaign that stands like this."""
    return found.is_operators if account is None else may(account.role, deed)


def is_third(found: Standing, account: Account | None) -> bool:
    """Whether `account` neither created nor signed."""
    others = [one.account_id for one in (found.creator, found.signer) if one is not None]
    return account is None or account.id not in others


def _known(session: Session, campaign: Campaign, trust: Trust) -> Standing:
    found = standing(session, campaign, secret=trust.secret)
    if found.creator is None:
        raise RefusedError(
            "no-creator",
            f"Who created '{campaign.slug}' is not recorded, or the record was changed.",
            "Restore the database, or on another host the file host.secret; nothing was changed.",
        )
    return found


def _check_deed(found: Standing, campaign: Campaign, account: Account | None, deed: Deed) -> None:
    if may_do(found, account, deed):
        return
    if account is None:
        raise RefusedError(
            "whose",
            f"'{campaign.slug}' was created by an account, so accounts take it further.",
            "Say who you are with --as NAME, or use the staff pages.",
        )
    raise RefusedError("may-not", f"'{account.name}' ({account.role}) may not do this.")


def _check_signer(found: Standing, campaign: Campaign, account: Account | None) -> None:
    creator = found.creator.account_id if found.creator else None
    if account is not None and account.id == creator:
        raise RefusedError(
            "same-account",
            f"'{account.name}' created '{campaign.slug}'; another account has to sign it.",
        )


def _check_third(found: Standing, campaign: Campaign, account: Account | None) -> None:
    if account is not None and not is_third(found, account):
        raise RefusedError(
            "not-third",
            f"'{account.name}' created or signed '{campaign.slug}'; somebody else releases it.",
            "Ask the data protection officer, or another account of the personnel office.",
        )


def _check_signed(found: Standing, campaign: Campaign) -> None:
    if found.signer is not None or found.is_operators:
        return
    raise RefusedError(
        "not-signed",
        f"The plan of '{campaign.slug}' is not signed by the staff council yet.",
        f"It signs on the staff pages, or with: pegel campaign sign {campaign.slug} --as NAME",
    )


def _check_prolonging(found: Standing, campaign: Campaign, last: date, now: datetime) -> None:
    check_close(campaign)
    if found.prolonging is not None:
        raise WrongStateError(
            "prolonged-already",
            f"'{campaign.slug}' was prolonged to {found.last_day} already; that is done once.",
        )
    if now >= found.closes_at:
        raise WrongStateError("period-over", f"The period of '{campaign.slug}' is over.")
    planned = found.plan.period.to
    if not planned < last <= planned + MOST_PROLONGED or now >= end_of_day(last):
        raise RefusedError(
            "prolong-range",
            f"{last} is not after {planned}, or more than {MOST_PROLONGED.days // 7} weeks later.",
            f"Name a day up to {planned + MOST_PROLONGED}.",
        )


def _apply(session: Session, campaign: Campaign, trust: Trust) -> bool:
    """Note the moved last day where it is quickly read; gives whether it was moved."""
    found = standing(session, campaign, secret=trust.secret)
    if found.prolonging is None:
        return False
    campaign.prolonged_to = found.last_day
    session.flush()
    return True


def _record(
    session: Session,
    campaign: Campaign,
    act: Act,
    account: Account | None,
    *,
    trust: Trust,
    now: datetime,
    details: Mapping[str, str] | None = None,
) -> None:
    signatures.record(
        session, campaign, act, account, secret=trust.secret, now=now, details=details
    )
