"""The accounts of the house, for administrators: invite, revoke, deactivate.

There is nothing here to read, set or take away a password or a second factor of somebody else.
"""

from litestar import Router, get, post
from litestar.di import NamedDependency

from survey.db.accounts import Account
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, invitations, second_factor
from survey.domain.permissions import ROLES
from survey.errors import NotFoundError, RefusedError
from survey.web.desk import Desk
from survey.web.guards import needs
from survey.web.visits import Page

ACCOUNTS = "/staff/accounts"
NEWS = ("revoked", "deactivated")


@get(ACCOUNTS, sync_to_thread=True)
def list_accounts(desk: NamedDependency[Desk]) -> Page:
    """Everybody with an account, and the links that wait to be used."""
    return _page(desk)


@post(ACCOUNTS, sync_to_thread=True)
def invite(desk: NamedDependency[Desk]) -> Page:
    """Make a one-time link, and show it this once."""
    role = accounts.known_role(desk.form["role"])
    with writing_session(desk.engine) as session:
        token = invitations.invite(session, role, now=desk.now)
    link = f"{desk.settings.staff_address}{invitations.PATH}?token={token}"
    return _page(desk, link, role)


@post(f"{ACCOUNTS}/revoke", sync_to_thread=True)
def revoke(desk: NamedDependency[Desk]) -> Page:
    """End a link that was not used yet."""
    with writing_session(desk.engine) as session:
        for found in invitations.list_invitations(session, now=desk.now):
            if found.token_hash.hex() == desk.form["invitation"]:
                invitations.revoke(session, found.token_hash)
    return desk.go(ACCOUNTS, done="revoked")


@post(f"{ACCOUNTS}/deactivate", sync_to_thread=True)
def deactivate(desk: NamedDependency[Desk]) -> Page:
    """End somebody else's account and its sessions."""
    with writing_session(desk.engine) as session:
        account = accounts.find_account(session, desk.form["account"])
        if desk.account is None or account.id == desk.account.id:
            raise RefusedError(
                "own-account",
                "Nobody can end the own account.",
                "Ask another administrator.",
            )
        accounts.deactivate(session, account)
    return desk.go(ACCOUNTS, done="deactivated")


def accounts_router() -> Router:
    """The pages of administrators."""
    return Router(
        "/",
        opt=needs("manage-accounts"),
        route_handlers=[list_accounts, invite, revoke, deactivate],
    )


def _page(desk: Desk, link: str = "", role: str = "") -> Page:
    if desk.account is None:
        raise NotFoundError("unknown-page", "There is nothing at this address.")
    with reading_session(desk.engine) as session:
        everybody = accounts.list_accounts(session)
        waiting = invitations.list_invitations(session, now=desk.now)
    news = desk.request.query_params.get("done", "")
    return desk.page(
        "accounts/list.html",
        roles=ROLES,
        accounts=[_row(desk, one) for one in everybody],
        waiting=[
            {"key": one.token_hash.hex(), "role": one.role, "until": one.expires_at}
            for one in waiting
        ],
        me=desk.account.id,
        news=news if news in NEWS else "",
        link=link,
        invited=role,
        until=desk.now + invitations.LENGTH,
    )


def _row(desk: Desk, account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "role": account.role,
        "is_active": account.is_active,
        "has_factor": account.second_factor is not None,
        "since": second_factor.since(account, secret=desk.host_secret) or account.created_at,
    }
