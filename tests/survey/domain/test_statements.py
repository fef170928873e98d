"""A key counts with the keeper's signature over everything it stands for, and not without."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from survey.domain.statements import Statement, holds, sign

KEEPER = SigningKey(bytes(range(32)))
VERIFY = bytes(KEEPER.verify_key)
STATEMENT = Statement(b"u" * 16, "ab" * 32, b"k" * 16, b"p" * 32, 7)


def test_a_signed_statement_holds() -> None:
    assert holds(VERIFY, STATEMENT, sign(KEEPER, STATEMENT))


@pytest.mark.parametrize(
    "changed",
    [
        {"uid": b"v" * 16},
        {"plan_hash": "ac" * 32},
        {"key_id": b"l" * 16},
        {"public_key": b"q" * 32},
        {"counter": 8},
    ],
)
def test_nothing_of_it_can_be_changed(changed: dict[str, object]) -> None:
    other = replace(STATEMENT, **changed)  # type: ignore[arg-type] # any part of a statement
    assert not holds(VERIFY, other, sign(KEEPER, STATEMENT))


@given(st.binary(max_size=80))
def test_no_other_bytes_are_a_signature(signature: bytes) -> None:
    assert not holds(VERIFY, STATEMENT, signature)


@pytest.mark.parametrize("signature", [None, b"", b"x" * 64])
def test_without_a_signature_it_does_not_hold(signature: bytes | None) -> None:
    assert not holds(VERIFY, STATEMENT, signature)


def test_another_keeper_s_signature_does_not_hold() -> None:
    assert not holds(VERIFY, STATEMENT, sign(SigningKey.generate(), STATEMENT))


@pytest.mark.parametrize(
    "broken", [{"uid": b""}, {"plan_hash": "abc"}, {"plan_hash": "zz"}, {"counter": -1}]
)
def test_what_is_no_statement_does_not_hold(broken: dict[str, object]) -> None:
    other = replace(STATEMENT, **broken)  # type: ignore[arg-type] # any part of a statement
    assert not holds(VERIFY, other, b"x" * 64)
