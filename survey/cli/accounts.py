"""`pegel account`: invite people, list accounts, end them. Nobody's password can be set here."""

import json

from survey.cli.installation import installation
from survey.cli.saying import AsJson, note, say
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, invitations, second_factor
from survey.domain.inbox import utc_now
from survey.domain.permissions import Role
from survey.domain.trust import host_secret


def invite(*, role: Role, as_json: AsJson = False) -> None:
    """Print a link with which one person makes an account; it works once and for seven days.

    The invited person chooses name and password. Give the link for a council to the staff council
    unopened: whoever opens it sets up the second factor that co-signs.

    Example: pegel account invite --role council

    Parameters
    ----------
    role
        What the account may do: admin, hr, council, privacy or research.
    as_json
        Print JSON for programs.
    """
    with installation(make=True) as here:
        now = utc_now()
        with writing_session(here.engine) as session:
            token = invitations.invite(session, role, now=now)
        link = f"{here.settings.staff_address}{invitations.PATH}?token={token}"
    until = now + invitations.LENGTH
    made = {"url": link, "role": role, "valid_until": until.isoformat(timespec="seconds")}
    say(made, [link], as_json=as_json)
    note(f"It works once, until {until.date()}, and is shown this once.")


def list_(*, as_json: AsJson = False) -> None:
    """List all accounts: role, whether they are active, second factor, and since when.

    For a council's account the day is when its second factor was set up; it stands beside each
    co-signature.

    Example: pegel account list

    Parameters
    ----------
    as_json
        Print JSON for programs.
    """
    with installation() as here:
        secret = host_secret(here.settings)
        with reading_session(here.engine) as session:
            found = accounts.list_accounts(session)
            waiting = len(invitations.list_invitations(session, now=utc_now()))
        rows = [
            {
                "name": one.name,
                "role": one.role,
                "active": one.is_active,
                "second_factor": one.second_factor is not None,
                "since": str((second_factor.since(one, secret=secret) or one.created_at).date()),
            }
            for one in found
        ]
    if as_json:
        print(json.dumps({"accounts": rows, "invitations": waiting}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = "active" if row["active"] else "ended"
        factor = "second factor" if row["second_factor"] else "password only"
        print(f"{row['name']}  {row['role']}  {state}  {factor}  since {row['since']}")
    if not rows:
        note("There is no account yet. Make the first with 'pegel init'.")
    if waiting:
        note(f"Links that wait to be used: {waiting}.")


def deactivate(name: str, /) -> None:
    """End an account for good: its sessions end, its name stays taken, what it signed stays.

    Example: pegel account deactivate erika

    Parameters
    ----------
    name
        The account.
    """
    with installation() as here, writing_session(here.engine) as session:
        account = accounts.find_account(session, name)
        accounts.deactivate(session, account)
        has_admin = accounts.has_active_admin(session)
    print(f"{account.name}: ended")
    if not has_admin:
        note("Nobody can manage accounts now. Make an administrator: pegel init")
