"""Who may do what: five roles, one table of deeds, and the readers that a plan names.

Creator, signer and releaser of a campaign are three accounts, and none of them an administrator.
What a role may do stands here; whether *this* account may do it to *this* campaign, after what was
done before, stands in survey/domain/cosigning.py.
"""

from typing import Literal, get_args

from survey.domain.plans import Plan

Role = Literal["admin", "hr", "council", "privacy", "research"]
ROLES: tuple[Role, ...] = get_args(Role)

Deed = Literal[
    "use-own-account",  # log out, change the own password and second factor
    "manage-accounts",
    "see-campaigns",  # the plan, how far it is, the one number; never a result
    "create",
    "rehearse",
    "sign",  # the plan, and what needs the second role later
    "issue-slips",
    "open",
    "prolong",  # ask for it; it counts when it is signed
    "close-early",  # ask for it; it counts when it is signed
    "enter-left-over",
    "release",
    "read-report",  # where the plan names the role: see `may_read_report`
    "read-certificate",
    "read-responses",  # where the plan names the role: see `may_read_responses`
]
DEEDS: tuple[Deed, ...] = get_args(Deed)

_DEEDS_OF: dict[Role, frozenset[Deed]] = {
    "admin": frozenset({"use-own-account", "manage-accounts", "see-campaigns"}),
    "hr": frozenset(
        {
            "use-own-account",
            "see-campaigns",
            "create",
            "rehearse",
            "issue-slips",
            "open",
            "prolong",
            "close-early",
            "enter-left-over",
            "release",
            "read-report",
            "read-certificate",
            "read-responses",
        }
    ),
    "council": frozenset(
        {
            "use-own-account",
            "see-campaigns",
            "rehearse",
            "sign",
            "enter-left-over",
            "read-report",
            "read-certificate",
            "read-responses",
        }
    ),
    "privacy": frozenset(
        {
            "use-own-account",
            "see-campaigns",
            "rehearse",
            "release",
            "read-report",
            "read-certificate",
            "read-responses",
        }
    ),
    "research": frozenset(
        {
            "use-own-account",
            "see-campaigns",
            "read-report",
            "read-certificate",
            "read-responses",
        }
    ),
}

# Plans name readers in words of the town hall; some of them are roles of accounts.
_READER_ROLES: dict[str, tuple[Role, ...]] = {
    "hr": ("hr",),
    "council": ("council",),
    "staff-council": ("council",),
    "privacy": ("privacy",),
    "data-protection": ("privacy",),
    "research": ("research",),
    "staff": ("hr", "council", "privacy", "research"),
}


def may(role: str, deed: Deed) -> bool:
    """Whether accounts with this role may do this at all; an unknown role may do nothing."""
    return any(role == known and deed in deeds for known, deeds in _DEEDS_OF.items())


def may_read_report(role: str, plan: Plan) -> bool:
    """Whether the plan lets this role read the report: as it names, else those who create."""
    return may(role, "read-report") and role in report_readers(plan)


def named_readers(plan: Plan) -> tuple[str, ...]:
    """Who reads the report, in the words of the plan; those who create where it names nobody."""
    return plan.readers.report or ("hr",)


def report_readers(plan: Plan) -> set[str]:
    """Who reads the report, by roles.

    Names of one role are that role. All others stay beside their roles, as "staff" and "mayor" may
    be given the report without an account.
    """
    named = named_readers(plan)
    return {*_roles(named), *(name for name in named if len(_READER_ROLES.get(name, ())) != 1)}


def may_read_responses(role: str, plan: Plan) -> bool:
    """Whether the plan lets this role read datasets of the responses; no name, no reader."""
    return may(role, "read-responses") and role in _roles(plan.readers.responses)


def _roles(readers: tuple[str, ...]) -> set[Role]:
    return {role for reader in readers for role in _READER_ROLES.get(reader, ())}
