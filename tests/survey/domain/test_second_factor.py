"""One-time codes as RFC 6238 has them; keys that open for one account, one role, one host."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.secret import SecretBox
from sqlalchemy import Engine

from survey.db.accounts import Account
from survey.db.engine import writing_session
from survey.domain import second_factor
from survey.domain.second_factor import KEY_BYTES, STEP, Draft
from survey.errors import RefusedError
from tests.survey.domain.people import elect, hire
from tests.survey.domain.rows import NOW

SECRET, OTHER_HOST = b"s" * 32, b"o" * 32
A_STEP = timedelta(seconds=STEP)
WIDE = {ord("0") + digit: ord("０") + digit for digit in range(10)}
# RFC 6238, appendix B: the key of SHA-1, and the last six of its eight digits.
RFC_KEY = b"12345678901234567890"
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


def somebody(role: str = "hr", name: str = "erika") -> Account:
    return Account(name=name, password_hash="", role=role, created_at=NOW, is_active=False)


def with_factor(role: str = "hr") -> tuple[Account, Draft]:
    account, draft = somebody(role), second_factor.draw()
    second_factor.switch_on(account, draft, draft.code(NOW), secret=SECRET, now=NOW)
    return account, draft


def is_right(account: Account, code: str, now: datetime, secret: bytes = SECRET) -> bool:
    return second_factor.is_right(account, code, secret=secret, now=now)


@pytest.mark.parametrize(("at", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    now = datetime.fromtimestamp(at, UTC)
    assert Draft(RFC_KEY).code(now) == code
    assert second_factor.check(Draft(RFC_KEY), code, now=now) == at // STEP


def test_a_code_is_good_once() -> None:
    account, draft = with_factor()
    later = NOW + A_STEP
    assert is_right(account, draft.code(later), later)
    assert not is_right(account, draft.code(later), later)
    assert not is_right(account, draft.code(later), later + A_STEP)


def test_the_first_code_is_used_up_by_switching_on() -> None:
    account, draft = with_factor()
    assert not is_right(account, draft.code(NOW), NOW)


def test_no_code_is_good_that_is_older_than_a_used_one() -> None:
    account, draft = with_factor()
    now = NOW + 3 * A_STEP
    assert is_right(account, draft.code(now + A_STEP), now)
    assert not is_right(account, draft.code(now), now)
    assert is_right(account, draft.code(now + 2 * A_STEP), now + A_STEP)


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_off_by_one_step(steps: int, good: bool) -> None:  # noqa: FBT001 - a table
    account, draft = with_factor()
    now = NOW + 100 * A_STEP
    assert is_right(account, draft.code(now + steps * A_STEP), now) is good


@pytest.mark.parametrize(
    "change", [lambda code: f" {code[:3]} {code[3:]}\n", lambda code: code.translate(WIDE)]
)
def test_a_code_may_be_pasted_as_apps_show_it(change: Callable[[str], str]) -> None:
    account, draft = with_factor()
    later = NOW + A_STEP
    assert is_right(account, change(draft.code(later)), later)


@given(st.text())
def test_nothing_else_is_a_code(typed: str) -> None:
    account, draft = with_factor()
    now = NOW + 10 * A_STEP
    good = {draft.code(now + offset * A_STEP) for offset in (-1, 0, 1)}
    if "".join(typed.split()) not in good:
        assert not is_right(account, typed, now)


def test_every_code_is_compared_whichever_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    account, draft = with_factor()
    now = NOW + 10 * A_STEP
    compared: list[bytes] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for typed in (draft.code(now - A_STEP), "", "000000"):
        is_right(account, typed, now)
    assert len(compared) == 9


def test_the_key_opens_for_this_account_this_role_and_this_host_alone() -> None:
    account, draft = with_factor()
    later = NOW + A_STEP
    code = draft.code(later)
    for changed in (somebody("council"), somebody(name="max")):
        changed.second_factor = account.second_factor
        assert not is_right(changed, code, later)
        assert second_factor.since(changed, secret=SECRET) is None
    assert not is_right(account, code, later, OTHER_HOST)
    assert is_right(account, code, later)


def forgeries() -> list[str]:
    """What somebody who only writes to the database can put into a council's row, and works."""
    victim, attacker = somebody("council", "berta"), somebody("hr", "eve")
    own = second_factor.draw()
    second_factor.switch_on(attacker, own, own.code(NOW), secret=SECRET, now=NOW)
    later = NOW + A_STEP
    ways = {
        "swapped": attacker.second_factor,
        "key": own.key,
        "plain": own.key + bytes(8),
        "empty": b"",
        "zeros": bytes(68),
        "none": None,
    }
    found = []
    for name, forged in ways.items():
        victim.second_factor, victim.last_step = forged, None
        if is_right(victim, own.code(later), later):
            found.append(name)
    return found


def test_whoever_writes_to_the_database_cannot_make_a_second_factor() -> None:
    assert forgeries() == []


def test_that_attack_finds_a_key_that_is_bound_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_factor, "_box", lambda _account, secret: SecretBox(secret))
    assert forgeries() == ["swapped"]


def test_nobody_can_date_a_council_back() -> None:
    account, _ = with_factor("council")
    account.created_at = NOW - timedelta(days=400)
    assert second_factor.since(account, secret=SECRET) == NOW.replace(microsecond=0)


def test_a_key_on_another_device_keeps_the_day_and_ends_the_old_one() -> None:
    account, old = with_factor("council")
    later, new = NOW + timedelta(days=30), second_factor.draw()
    second_factor.switch_on(account, new, new.code(later), secret=SECRET, now=later)
    assert second_factor.since(account, secret=SECRET) == NOW.replace(microsecond=0)
    after = later + A_STEP
    assert not is_right(account, old.code(after), after)
    assert is_right(account, new.code(after), after)


def test_a_council_works_from_its_second_factor_on_and_never_without() -> None:
    account, _ = with_factor("council")
    assert account.is_active
    with pytest.raises(RefusedError) as caught:
        second_factor.switch_off(account)
    assert caught.value.code == "council-factor"
    assert account.second_factor is not None


def test_others_may_switch_it_off() -> None:
    account, draft = with_factor("hr")
    second_factor.switch_off(account)
    assert (account.second_factor, account.last_step) == (None, None)
    assert not is_right(account, draft.code(NOW + A_STEP), NOW + A_STEP)


def test_a_wrong_first_code_switches_nothing_on() -> None:
    account, draft = somebody("council"), second_factor.draw()
    wrong = draft.code(NOW + 50 * A_STEP)
    with pytest.raises(RefusedError) as caught:
        second_factor.switch_on(account, draft, wrong, secret=SECRET, now=NOW)
    assert caught.value.code == "wrong-code"
    assert (account.second_factor, account.is_active) == (None, False)


def test_a_page_carries_a_key_that_nobody_else_can_use() -> None:
    draft = second_factor.draw()
    page = second_factor.carry(draft, "link", secret=SECRET, now=NOW)
    assert second_factor.carried(page, "link", secret=SECRET, now=NOW) == draft
    assert draft.key.hex() not in page
    over = NOW + second_factor.DRAFT_LENGTH
    for about, secret, now in (
        ("other", SECRET, NOW),
        ("link", OTHER_HOST, NOW),
        ("link", SECRET, over),
    ):
        assert second_factor.carried(page, about, secret=secret, now=now) is None
    for broken in ("", "ä", page[:-4], page[::-1], "A" * 200):
        assert second_factor.carried(broken, "link", secret=SECRET, now=NOW) is None


def test_apps_read_the_key_from_the_picture_and_from_the_text() -> None:
    draft = second_factor.draw()
    read = pyotp.parse_uri(draft.uri("Pegel musterheim.example", "berta"))
    assert isinstance(read, pyotp.TOTP)
    assert (read.issuer, read.name, read.interval, read.digits) == (
        "Pegel musterheim.example",
        "berta",
        STEP,
        6,
    )
    assert read.at(NOW) == draft.code(NOW) == pyotp.TOTP(draft.text).at(NOW)
    assert len(draft.key) == KEY_BYTES
    assert repr(draft) == "Draft()"


def test_a_dump_of_the_database_holds_no_key(
    engine: Engine, bytes_on_disk: Callable[[], bytes]
) -> None:
    with writing_session(engine) as session:
        _, draft = elect(session, "berta", secret=SECRET, now=NOW)
        hire(session, "erika", now=NOW)
    content = bytes_on_disk()
    assert b"berta" in content
    for written in (draft.key, draft.text.encode(), draft.key.hex().encode()):
        assert written not in content
