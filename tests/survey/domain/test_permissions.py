"""One table says what each role may do; administrators see no result, and nobody is everything."""

import pytest

from survey.domain.permissions import DEEDS, ROLES, Deed, may, may_read_report, may_read_responses
from tests.survey.domain.plans import plan

RESULTS: tuple[Deed, ...] = ("read-report", "read-responses", "read-certificate")


def test_administrators_manage_accounts_and_see_no_result() -> None:
    assert [role for role in ROLES if may(role, "manage-accounts")] == ["admin"]
    assert not any(may("admin", deed) for deed in RESULTS)
    assert {deed for deed in DEEDS if may("admin", deed)} == {
        "use-own-account",
        "manage-accounts",
        "see-campaigns",
    }


def test_whoever_creates_cannot_sign_and_whoever_signs_cannot_create_or_release() -> None:
    for role in ROLES:
        assert not (may(role, "create") and may(role, "sign"))
        assert not (may(role, "sign") and may(role, "release"))
        assert not (may(role, "sign") and may(role, "prolong"))
        assert not (may(role, "sign") and may(role, "close-early"))


def test_every_deed_is_somebody_s() -> None:
    for deed in DEEDS:
        assert any(may(role, deed) for role in ROLES), deed


@pytest.mark.parametrize("role", ["", "all", "Admin", "root", "hr "])
def test_an_unknown_role_may_do_nothing(role: str) -> None:
    assert not any(may(role, deed) for deed in DEEDS)


@pytest.mark.parametrize(
    ("readers", "roles"),
    [
        ([], {"hr"}),
        (["hr"], {"hr"}),
        (["staff-council", "research"], {"council", "research"}),
        (["staff"], {"hr", "council", "privacy", "research"}),
        (["admin", "management"], set()),
    ],
)
def test_the_report_is_read_by_those_whom_the_plan_names(
    readers: list[str], roles: set[str]
) -> None:
    agreed = plan(readers={"report": readers})
    assert {role for role in ROLES if may_read_report(role, agreed)} == roles
    assert not any(may_read_responses(role, agreed) for role in ROLES)


def test_responses_are_read_by_nobody_whom_the_plan_does_not_name() -> None:
    agreed = plan(readers={"responses": ["research", "admin"]})
    assert [role for role in ROLES if may_read_responses(role, agreed)] == ["research"]
