"""Who gives a command: the operator of the machine, or an account that proves to be one."""

import getpass
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from sqlalchemy.orm import Session

from survey.cli.installation import Installation
from survey.db.accounts import Account
from survey.db.campaigns import Campaign
from survey.db.signatures import Act
from survey.domain import cosigning
from survey.domain.accounts import confirm, needs_second_factor, try_password
from survey.domain.inbox import utc_now
from survey.domain.trust import Trust
from survey.errors import RefusedError
from survey.keeper import known_trust

As = Annotated[str | None, Parameter(name="--as")]


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever gives a command (`account` None: the operator), and what this host trusts."""

    account: Account | None
    trust: Trust

    @property
    def is_council(self) -> bool:
        """Whether what he does is agreeing rather than asking."""
        return self.account is not None and self.account.role == "council"

    def agree(
        self, session: Session, campaign: Campaign, act: Act, details: Mapping[str, str]
    ) -> int | None:
        """Agree to what was asked for; gives the id of the job that follows, if any."""
        return cosigning.agree(
            session, campaign, self.account, act, details, trust=self.trust, now=utc_now()
        )


def actor(here: Installation, name: str | None) -> Actor:
    """The account that was named with --as, or the operator where none was.

    The password is asked for, or comes from PEGEL_PASSWORD; where the account has a second factor
    its code is asked for, too, or comes from PEGEL_CODE.

    Raises:
        RefusedError: password or code is wrong, or cannot be asked for.
        WrongStateError: too many of them were wrong.
    """
    trust = known_trust(here.settings)
    if name is None:
        return Actor(None, trust)
    password = _secret("PEGEL_PASSWORD", f"Password of {name}: ")
    account = try_password(here.engine, name, password, secret=trust.secret, now=utc_now())
    if account is None:
        raise RefusedError(
            "wrong-password",
            "Name or password is wrong, or the account is not active; nothing was done.",
            "Try again.",
        )
    if needs_second_factor(account):
        code = _secret("PEGEL_CODE", "Code of the second factor: ")
        if not confirm(here.engine, account, code, secret=trust.secret, now=utc_now()):
            raise RefusedError(
                "wrong-code",
                "The code is wrong, over, or was used already; nothing was done.",
                "Enter the code that the app shows now.",
            )
    return Actor(account, trust)


def _secret(variable: str, question: str) -> str:
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise RefusedError(
            "no-terminal",
            f"{question.rstrip(': ')} cannot be asked for, because this is no terminal.",
            f"Put it into {variable}.",
        )
    return getpass.getpass(question)
