"""Codes: 80 random bits, every writing of a code is one code, one run per stock, hashes only."""

import os
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from survey.db.access_codes import access_codes
from survey.db.engine import reading, reading_session, writing_session
from survey.domain import campaigns
from survey.domain.access_codes import (
    distribute,
    enter_left_over,
    hash_code,
    issue,
    most_slips,
    new_code,
    normalise,
    stocks,
)
from survey.domain.crockford import ALPHABET, spell
from survey.errors import RefusedError, SurveyError, WrongStateError
from tests.survey.domain.plans import plan
from tests.survey.domain.rows import create

raw_codes = st.binary(min_size=10, max_size=10)


@st.composite
def writings(draw: st.DrawFn) -> tuple[bytes, str]:
    """A code and one of the ways in which somebody may type it."""
    raw = draw(raw_codes)
    typed = ""
    for letter in spell(raw):
        if letter == "-":
            typed += draw(
                st.sampled_from(
                    ["-", "", " ", " - ", "–", "\u2011", "\u00a0", "\u00ad", "\u200b", "."]
                )
            )
            continue
        lookalikes = {"0": "0Oo", "1": "1IiLl"}.get(letter, letter + letter.lower())
        typed += draw(st.sampled_from(lookalikes)) + draw(st.sampled_from(["", "", "", " "]))
    around = draw(st.sampled_from(["", " ", "\t", "\r\n"]))
    return raw, around + typed + around


@given(writings())
def test_every_writing_of_a_code_is_one_code(writing: tuple[bytes, str]) -> None:
    raw, typed = writing
    assert normalise(typed) == raw


@given(raw_codes)
def test_a_code_is_printed_in_four_groups_that_cannot_be_misread(raw: bytes) -> None:
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", spell(raw))
    assert not set("ILOU") & set(spell(raw))


@given(raw_codes, raw_codes)
def test_two_codes_are_never_written_alike(one: bytes, other: bytes) -> None:
    assert (spell(one) == spell(other)) == (one == other)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    raw = normalise(typed)
    assert raw is None or (len(raw) == 10 and normalise(spell(raw)) == raw)


@pytest.mark.parametrize(
    "typed",
    ["", "ABCD", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRST", "ABCD-EFGH-JKMN-PQRU", "ß" * 16],
)
def test_no_code(typed: str) -> None:
    assert normalise(typed) is None


def test_codes_are_new_each_time() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000


@given(raw_codes)
def test_a_code_means_nothing_in_another_campaign(raw: bytes) -> None:
    assert hash_code(1, raw) != hash_code(11, raw)
    assert len(hash_code(1, raw)) == 32


def test_issuing_stores_sorted_unspent_hashes_and_nothing_else(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        codes = issue(session, campaign, "bauamt", 40)
    assert len(set(codes)) == 40
    with reading(engine) as connection:
        rows = connection.execute(select(access_codes)).all()
    expected = {hash_code(campaign.id, normalise(code) or b"") for code in codes}
    assert {row.code_hash for row in rows} == expected
    assert {(row.campaign_id, row.unit, row.spent) for row in rows} == {(1, "bauamt", False)}
    assert [row.code_hash for row in rows] == sorted(expected)


def test_codes_are_in_no_file(engine: Engine, bytes_on_disk: Callable[[], bytes]) -> None:
    with writing_session(engine) as session:
        codes = issue(session, create(session), "bauamt", 40)
    content = bytes_on_disk()
    for code in codes:
        raw = normalise(code) or b""
        for form in (code, code.replace("-", ""), code.lower(), raw.hex()):
            assert form.encode() not in content
        assert raw not in content


def test_the_order_of_the_slips_says_nothing_about_the_hashes(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        codes = issue(session, campaign, "bauamt", 40)
    hashes = [hash_code(campaign.id, normalise(code) or b"") for code in codes]
    assert hashes != sorted(hashes)


@pytest.mark.parametrize(("eligible", "most"), [(1, 1), (5, 6), (6, 7), (10, 12), (34, 40)])
def test_a_stock_has_at_most_1_2_slips_for_each_person(eligible: int, most: int) -> None:
    assert most_slips(eligible) == most


def refusal(engine: Engine, unit: str | None, count: int, **changed: object) -> SurveyError:
    with pytest.raises(SurveyError) as caught, writing_session(engine) as session:
        issue(session, create(session, **changed), unit, count)
    return caught.value


@pytest.mark.parametrize(
    ("unit", "count", "code"),
    [
        ("bauamt", 41, "too-many-slips"),
        ("bauamt", 0, "too-few-slips"),
        ("haus", 10, "unknown-unit"),
        ("nirgends", 10, "unknown-unit"),
        (None, 10, "unknown-unit"),
    ],
)
def test_a_stock_that_breaks_the_rules_is_refused(
    engine: Engine, unit: str | None, count: int, code: str
) -> None:
    error = refusal(engine, unit, count)
    assert (type(error), error.code) == (RefusedError, code)
    with reading(engine) as connection:
        assert connection.execute(select(access_codes)).all() == []


def test_a_second_run_is_refused(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        issue(session, campaign, "bauamt", 10)
        issue(session, campaign, "hauptamt", 10)
        with pytest.raises(RefusedError, match="issued already"):
            issue(session, campaign, "bauamt", 10)
        assert [(stock.unit, stock.issued) for stock in stocks(session, campaign)] == [
            ("bauamt", 10),
            ("hauptamt", 10),
        ]


@pytest.mark.parametrize("status", ["open", "closed", "released", "purged"])
def test_codes_are_issued_before_opening_only(engine: Engine, status: str) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        campaign.status = status  # type: ignore[assignment] # the four values above
        with pytest.raises(WrongStateError, match="before opening only"):
            issue(session, campaign, "bauamt", 10)


def test_an_open_link_needs_no_codes(engine: Engine) -> None:
    assert refusal(engine, None, 10, access="open", units=None).code == "open-link"


def test_a_shared_code_is_the_same_on_every_slip(engine: Engine) -> None:
    whole = {"id": "haus", "name": "Haus", "eligible": 50}
    with writing_session(engine) as session:
        codes = issue(session, create(session, access="shared-code", units=whole), None, 60)
        with pytest.raises(RefusedError):
            issue(session, campaigns.get(session, "befragung-2026"), None, 1)
    assert (len(codes), len(set(codes))) == (60, 1)
    with reading(engine) as connection:
        (row,) = connection.execute(select(access_codes)).all()
    assert (row.unit, row.spent) == (None, False)


def test_a_shared_code_has_a_limit_and_no_unit(engine: Engine) -> None:
    whole = {"id": "haus", "name": "Haus", "eligible": 50}
    changed = {"access": "shared-code", "units": whole}
    assert refusal(engine, None, 61, **changed).code == "too-many-slips"
    assert refusal(engine, "haus", 10, **changed).code == "unknown-unit"


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12), st.data())
def test_slips_are_distributed_in_proportion(heads: list[int], data: st.DataObject) -> None:
    units = [{"id": f"u{n}", "name": "U", "eligible": head} for n, head in enumerate(heads)]
    made = plan(units={"id": "haus", "name": "Haus", "units": units})
    most = sum(most_slips(head) for head in heads)
    count = data.draw(st.integers(len(heads), most))
    shares = distribute(made, count)
    assert sum(shares.values()) == count
    for unit, head in zip(units, heads, strict=True):
        assert 1 <= shares[str(unit["id"])] <= most_slips(head)


@pytest.mark.parametrize("count", [0, 1, 66, 1000])
def test_slips_that_cannot_be_distributed_are_refused(count: int) -> None:
    with pytest.raises(RefusedError):
        distribute(plan(), count)


def test_left_over_slips_are_entered_per_stock(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        issue(session, campaign, "bauamt", 40)
        with pytest.raises(WrongStateError):
            enter_left_over(session, campaign, "bauamt", 3)
        campaign.status = "closed"
        enter_left_over(session, campaign, "bauamt", 3)
        enter_left_over(session, campaign, "bauamt", 4)
        for unit, count in (("bauamt", 41), ("bauamt", -1), ("hauptamt", 1), (None, 1)):
            with pytest.raises(RefusedError):
                enter_left_over(session, campaign, unit, count)
        campaign.status = "released"
        with pytest.raises(WrongStateError):
            enter_left_over(session, campaign, "bauamt", 5)
    with reading_session(engine) as session:
        assert [stock.left_over for stock in stocks(session, campaign)] == [4]


def test_randomness_is_that_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = os.urandom

    def count(size: int) -> bytes:
        asked.append(size)
        return real(size)

    monkeypatch.setattr("secrets.token_bytes", count)
    assert normalise(new_code()) is not None
    assert asked == [10]
