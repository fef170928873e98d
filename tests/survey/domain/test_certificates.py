"""The certificate says what the database holds, and nothing that nobody may know."""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import Engine, delete, func, insert, select, text, update

from questionnaires.variables import variables
from survey.db.audit import ANSWERS
from survey.db.base import random_id
from survey.db.engine import reading_session, writing, writing_session
from survey.db.signatures import Signature
from survey.db.tables import (
    Campaign,
    Stock,
    access_codes,
    campaign_keys,
    inbox,
    metadata,
    responses,
)
from survey.domain import campaigns
from survey.domain.access_codes import enter_left_over, stocks
from survey.domain.audits import audit
from survey.domain.certificate_explanations import RESPONSES, WHILE_OPEN
from survey.domain.certificates import (
    certificate,
    facts_at_closing,
    may_tell,
)
from survey.domain.papers import pdf, word
from survey.domain.plan_loading import make_plan
from survey.domain.plans import agreement
from survey.domain.trust import Trust
from survey.settings import Settings
from tests.survey.domain import waves
from tests.survey.domain.rows import NOW, TRUST, create
from tests.survey.domain.waves import (
    EVERYBODY,
    SLUG,
    answer,
    certificate_of,
    closed,
    findings_of,
    opened,
    paper_of,
    texts,
)
from tests.survey.web.factories import Town
from tests.survey.web.staff import RELEASED, keeper_of, order, plan_of_town, released_wave


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town.at(tmp_path / "data")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town.at(tmp_path_factory.mktemp("certified") / "data")
    released_wave(made)
    yield made
    made.engine.dispose()


def pdf_text(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def facts_of(town: Town, section: str, slug: str = SLUG) -> dict[str, str]:
    """Name and value of every fact in a section."""
    found = next(one for one in paper_of(town, slug).sections if one.id == section)
    return {row[0]: row[1] for part in found.parts if part.kind == "facts" for row in part.rows}


def test_every_number_is_the_database_s(released: Town) -> None:
    numbers = certificate_of(released, RELEASED).numbers
    with reading_session(released.engine) as session:
        stored = session.scalar(select(func.count()).select_from(responses))
        issued = session.scalar(select(func.sum(Stock.issued)))
        left = session.scalar(select(func.sum(Stock.left_over)))
        keys = session.scalar(select(func.count()).select_from(campaign_keys))
    assert (numbers.accepted, numbers.issued, numbers.left_over) == (stored, issued, left)
    assert numbers.unanswered == (issued or 0) - (left or 0) - (stored or 0)
    assert (numbers.keys_made, numbers.keys_turned, numbers.keys_left) == (1, 0, keys)
    said = facts_of(released, "numbers", RELEASED)
    assert said["Angenommene Antworten"] == str(stored)
    assert said["Ausgegebene Zettel"] == str(issued)
    assert said["Übrige Zettel"] == str(left)
    assert said["Gezogen, aber nicht verwendet"] == str(numbers.unanswered)
    assert said["Schlüssel vernichtet"] == "1 von 1"


def test_keys_are_counted_over_turns_and_closing(town: Town) -> None:
    codes = opened(town)
    answer(town, codes[:12])
    keeper_of(town, days=1).run_once()
    keeper_of(town, days=2).run_once()
    assert certificate_of(town).numbers.keys_turned == 2
    order(town, SLUG, "close", keeper_of(town, days=2))
    numbers = certificate_of(town).numbers
    assert (numbers.keys_made, numbers.keys_turned, numbers.keys_left) == (3, 2, 0)
    assert numbers.last_turn == (datetime.now(UTC) + timedelta(days=2)).date()


@pytest.mark.parametrize("answers", [EVERYBODY, EVERYBODY - 2])
def test_where_silence_could_be_worked_out_it_says_at_least(town: Town, answers: int) -> None:
    closed(town, answers)
    with writing_session(town.engine) as session:
        campaign = campaigns.get(session, SLUG)
        noted = json.loads(campaign.certificate or "") | {"last_turn": None}
        for stock in stocks(session, campaign):
            enter_left_over(session, campaign, stock.unit, 0)
    numbers = certificate_of(town).numbers
    assert (numbers.accepted, numbers.at_least, numbers.unanswered) == (None, 10, None)
    assert str(answers) not in json.dumps(noted)
    said = facts_of(town, "numbers")
    assert said["Angenommene Antworten"] == "mindestens 10"
    assert "Gezogen, aber nicht verwendet" not in said


def test_what_was_destroyed_unopened_is_not_counted(town: Town) -> None:
    closed(town, 9)
    numbers = certificate_of(town).numbers
    assert (numbers.opened, numbers.accepted, numbers.at_least) == (False, None, None)
    assert "ungelesen vernichtet" in facts_of(town, "numbers")["Angenommene Antworten"]


@given(eligible=st.none() | st.integers(1, 60), accepted=st.integers(0, 70))
def test_a_number_is_told_only_as_r7_allows(eligible: int | None, accepted: int) -> None:
    told = may_tell(accepted, eligible)
    if told and eligible is not None:
        assert eligible >= 20
        assert eligible - accepted >= 3
    assert told is False or accepted > 0


@pytest.mark.parametrize("stored", [12, 21, 22, 24, 30])
def test_the_note_of_closing_holds_no_number_that_may_not_be_told(town: Town, stored: int) -> None:
    opened(town)
    rows = [{"campaign_id": 1, "id": random_id(), "answers": b"x"} for _ in range(stored)]
    with writing(town.engine) as connection:
        connection.execute(insert(responses), rows)
    with writing_session(town.engine) as session:
        campaign = campaigns.get(session, SLUG)
        noted = json.loads(facts_at_closing(session.connection(), campaign))
    expected = stored if EVERYBODY - stored >= 3 else None
    assert noted["accepted"] == expected
    assert (str(stored) in json.dumps(noted)) == (expected is not None)


def test_while_open_answers_change_no_byte(town: Town) -> None:
    codes = opened(town)
    before = (pdf(paper_of(town)), word(paper_of(town)), certificate_of(town).document)
    answer(town, codes[:17])
    after = (pdf(paper_of(town)), word(paper_of(town)), certificate_of(town).document)
    assert before == after
    assert {"responses", "accepted", "at_least"} <= after[2].keys()
    assert facts_of(town, "numbers")["Antworten bisher"] == "wird nicht genannt"


def test_while_open_the_one_number_is_all_that_is_told(town: Town) -> None:
    heads = [{**unit, "eligible": 20} for unit in waves.UNITS]
    codes = opened(town, units=waves.TREE | {"units": heads})
    answer(town, codes[:17])
    with writing_session(town.engine) as session:
        campaigns.get(session, SLUG).public_count = 0
    assert facts_of(town, "numbers")["Antworten bisher"] == "weniger als 10"
    with writing_session(town.engine) as session:
        campaigns.get(session, SLUG).public_count = 15
    assert facts_of(town, "numbers")["Antworten bisher"] == "mindestens 15"
    assert certificate_of(town).numbers.accepted is None


def test_a_planted_count_of_sealed_rows_would_be_noticed(town: Town) -> None:
    """The comparison of bytes sees a certificate that counts what lies in the inbox."""
    codes = opened(town)

    def leaky() -> dict[str, object]:
        with reading_session(town.engine) as session:
            sealed = session.scalar(select(func.count()).select_from(inbox))
        return certificate_of(town).document | {"responses": sealed}

    before = leaky()
    answer(town, codes[:3])
    assert leaky() != before


def test_the_plan_hash_is_the_sha256_of_the_plan_file(town: Town) -> None:
    opened(town)
    with reading_session(town.engine) as session:
        campaign = campaigns.get(session, SLUG)
        content = agreement(campaign.plan, campaign.fingerprint, campaign.keeper_key)
        definition = campaigns.questionnaire_of(campaign).canonical
    assert hashlib.sha256(content.encode()).hexdigest() == campaign.plan_hash
    assert hashlib.sha256(definition.encode()).hexdigest() == campaign.fingerprint
    assert json.loads(content)["fingerprint"] == campaign.fingerprint
    assert json.loads(content)["keeper"] == campaign.keeper_key


def test_every_stored_field_is_named_and_every_table_of_answers(town: Town) -> None:
    opened(town)
    said = texts(paper_of(town))
    with reading_session(town.engine) as session:
        asked = campaigns.questionnaire_of(campaigns.get(session, SLUG))
    for variable in variables(asked):
        assert variable.name in said
        assert variable.question.text["de"] in said
    assert {RESPONSES, *WHILE_OPEN} == ANSWERS
    for name in ANSWERS:
        for column in metadata.tables[name].columns:
            assert column.name in said
    possible = [one for one in said if one.startswith("Mögliche Werte:")]
    for scale in asked.response_scales.values():
        for point in scale.points:
            assert any(f"{point.value} = {point.label['de']}" in one for one in possible)


@pytest.mark.parametrize(
    ("series", "said"),
    [("jedes-jahr", "anderen Wellen der Reihe „jedes-jahr“"), (None, "keiner anderen Befragung")],
)
def test_the_series_that_was_agreed_is_named(town: Town, series: str | None, said: str) -> None:
    opened(town, series=series)
    assert facts_of(town, "plan")["Verglichen mit"] == said


@pytest.mark.parametrize(
    ("weighting", "said"),
    [("head-counts", "das Ganze auch nach den Köpfen der Bereiche"), (None, "ungewichtet")],
)
def test_the_weighting_that_was_agreed_is_named(
    town: Town, weighting: str | None, said: str
) -> None:
    opened(town, weighting=weighting)
    assert facts_of(town, "plan")["Gewichtung"] == said


def test_without_slips_personal_details_are_said_not_to_be_asked(town: Town) -> None:
    whole = {"id": "haus", "name": "Haus", "eligible": 60}
    with writing_session(town.engine) as session:
        plan = make_plan(plan_of_town(SLUG) | {"units": whole, "access": "open"})
        campaigns.create(session, plan, now=datetime.now(UTC), trust=town.trust)
    assert any("Diese Frage wird nicht gestellt" in one for one in texts(paper_of(town)))


def test_page_pdf_and_word_file_say_the_same_and_the_pdf_is_accessible(released: Town) -> None:
    paper = paper_of(released, RELEASED)
    made = pdf(paper)
    said = pdf_text(made)
    for section in paper.sections:
        assert section.title in said
    for expected in (certificate_of(released, RELEASED).short_hash, "86", "121", "emp_01"):
        assert expected in said
    root = PdfReader(io.BytesIO(made)).root_object
    assert "'/Marked': True" in str(root["/MarkInfo"])
    assert str(root["/Lang"]) == "de"
    assert b"pdfuaid:part>1<" in made
    english = pdf_text(pdf(paper_of(released, RELEASED, "en")))
    assert "What this certificate cannot prove" in english


def test_who_did_what_is_listed_and_what_was_only_written_is_not(town: Town) -> None:
    opened(town)
    listed = [one.act for one in certificate_of(town).acts]
    assert listed == ["create", "open"]
    with writing_session(town.engine) as session:
        real = session.scalars(select(Signature)).first()
        assert real is not None
        forged = real.content.replace('"create"', '"sign"')
        session.add(
            Signature(
                created_at=real.created_at, campaign_id=real.campaign_id, act="sign",
                account_id=None, content=forged, mac=real.mac,
            )
        )  # fmt: skip
    assert [one.act for one in certificate_of(town).acts] == listed
    assert certificate_of(town).cosignature == "none"


def test_a_sound_wave_has_no_fault(released: Town) -> None:
    faults = [one for one in findings_of(released, RELEASED) if one.state == "problem"]
    assert faults == []


def problems(town: Town, now: datetime | None = None) -> set[str]:
    return {one.check for one in findings_of(town, now=now) if one.state == "problem"}


def test_each_look_finds_its_planted_fault_while_open(town: Town) -> None:
    opened(town)
    assert problems(town) == set()
    with writing(town.engine) as connection:
        connection.execute(update(Campaign).values(keeper_key="00" * 32))
    assert problems(town) == {"plan"}
    with writing(town.engine) as connection:
        connection.execute(update(Campaign).values(keeper_key=town.trust.keeper_key))
        connection.execute(update(campaign_keys).values(public_key=bytes(32)))
    assert problems(town) == {"key"}
    with writing(town.engine) as connection:
        connection.execute(delete(campaign_keys))
    assert problems(town) == {"key"}
    found = audit(
        town.engine, SLUG, settings=town.settings, now=datetime.now(UTC),
        trust=Trust(bytes(32), town.trust.secret),
    )  # fmt: skip
    assert "keeper" in {one.check for one in found if one.state == "problem"}


def test_each_look_finds_its_planted_fault_after_closing(town: Town) -> None:
    closed(town, 12)
    assert problems(town) == set()
    code = {"campaign_id": 1, "code_hash": bytes(32), "unit": None, "spent": False}
    with writing(town.engine) as connection:
        connection.execute(insert(access_codes), code)
    assert problems(town) == {"cleared"}
    with writing(town.engine) as connection:
        connection.execute(delete(access_codes))
        connection.execute(text("CREATE TABLE seen (at TEXT)"))
    assert problems(town) == {"database"}
    with writing(town.engine) as connection:
        connection.execute(text("DROP TABLE seen"))
    assert problems(town, datetime.now(UTC) + timedelta(days=91)) == {"retention"}
    with writing(town.engine) as connection:
        connection.execute(update(Stock).values(left_over=Stock.issued))
    assert problems(town) == {"numbers"}
    with writing(town.engine) as connection:
        connection.execute(delete(Signature))
    assert "signatures" in problems(town)


def test_a_keeper_that_rests_is_noted(town: Town) -> None:
    opened(town)
    keeper_of(town).run_once()
    later = datetime.now(UTC) + timedelta(days=2)
    states = {one.check: one.state for one in findings_of(town, now=later)}
    assert states["turning"] == "warning"
    assert {one.check: one.state for one in findings_of(town)}["turning"] == "ok"


def test_another_host_s_secret_lists_nothing(town: Town) -> None:
    opened(town)
    stranger = Trust(town.trust.verify_key, bytes(32))
    with reading_session(town.engine) as session:
        campaign = campaigns.get(session, SLUG)
        found = certificate(session, campaign, secret=stranger.secret)
    assert found.acts == ()


def test_certificate_and_self_audit_are_made_on_both_databases(
    engine: Engine, tmp_path: Path
) -> None:
    with writing_session(engine) as session:
        slug = create(session).slug
    with reading_session(engine) as session:
        one = certificate(session, campaigns.get(session, slug), secret=TRUST.secret)
    assert [act.act for act in one.acts] == ["create"]
    found = audit(engine, slug, settings=Settings(data=tmp_path), trust=TRUST, now=NOW)
    states = {look.check: look.state for look in found}
    assert (states["plan"], states["keeper"], states["database"]) == ("ok", "ok", "ok")
    assert ("server" in states) == (engine.dialect.name == "postgresql")
