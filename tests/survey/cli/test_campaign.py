"""`pegel campaign` from the plan to the release, with what a person reads on the way."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from questionnaires.variables import variables
from survey.db.access_codes import access_codes
from survey.db.engine import make_engine, reading_session, writing_session
from survey.domain import campaigns
from survey.domain.access_codes import hash_code, normalise
from survey.domain.inbox import utc_now
from survey.domain.submitting import CodeState, Outcome, Submission, code_state, store
from survey.errors import SurveyError
from tests.pdf import pages_of
from tests.survey.cli.commands import Pegel
from tests.survey.domain.plans import CONTRACT

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


def codes_in(pdf: bytes) -> list[str]:
    return CODE.findall("\n".join(pages_of(pdf)))


@pytest.fixture
def engine(pegel: Pegel) -> Engine:
    pegel.did("db", "upgrade")
    return make_engine(f"sqlite:///{pegel.database}")


def answer(engine: Engine, codes: list[str]) -> list[Outcome | SurveyError]:
    """Somebody answers with each code, the first category of every item."""
    with reading_session(engine) as session:
        campaign = campaigns.get(session, "klima")
        values = [one.minimum for one in variables(campaigns.questionnaire_of(campaign))]
    batch = [
        Submission(campaign.id, os.urandom(32), values, hash_code(campaign.id, raw))
        for raw in map(normalise, codes)
        if raw is not None
    ]
    trusted = bytes.fromhex(campaign.keeper_key)
    return store(engine, batch, now=utc_now(), verify_key=trusted)


def test_a_campaign_is_created_from_the_plan_of_the_contract(pegel: Pegel) -> None:
    (pegel.folder / "PLAN.yaml").write_text(CONTRACT, encoding="utf-8")
    said = pegel.did("campaign", "create", "PLAN.yaml")
    slug, plan = said.out.splitlines()
    assert slug == "befragung-2026"
    assert re.fullmatch(r"plan [0-9a-f]{4}(-[0-9a-f]{4}){3}", plan)
    assert "pegel campaign codes befragung-2026" in said.err
    made = pegel.did("campaign", "create", "PLAN.yaml", "--json").json
    assert (made["slug"], made["status"]) == ("befragung-2026-2", "draft")
    assert made["plan_hash"].startswith(made["short_hash"].replace("-", ""))
    assert made["warnings"] == []


def test_small_units_are_announced_before_anything_is_fixed(pegel: Pegel) -> None:
    units = {
        "id": "haus",
        "name": "Haus",
        "units": [
            {"id": "bauamt", "name": "Bauamt", "eligible": 34},
            {"id": "standesamt", "name": "Standesamt", "eligible": 5},
        ],
    }
    said = pegel.did("campaign", "create", pegel.plan(units=units), "--json")
    assert "'Standesamt' has 5 people" in said.json["warnings"][0]
    assert "will be merged into 'Haus'" in said.err


def test_a_wave_that_is_not_compared_is_named_with_what_helps(pegel: Pegel, engine: Engine) -> None:
    first = pegel.plan(series="jedes-jahr")
    pegel.did("campaign", "create", first)
    with writing_session(engine) as session:
        campaigns.get(session, "klima").status = "released"
    second = pegel.plan(series="jedes-jahr", slug="nochmal")
    said = pegel.did("campaign", "create", second, "--json")
    assert said.json["warnings"][0].endswith("as well, so the two are not compared.")
    assert "take another first day" in said.err
    period = {"from": "2099-01-01", "to": "2099-01-20"}
    readers = {"report": ["hr", "council"]}
    third = pegel.plan(series="jedes-jahr", slug="spaeter", period=period, readers=readers)
    said = pegel.did("campaign", "create", third)
    assert "not everybody who reads this report may read that one (hr)" in said.err
    assert "name only readers who are named there" in said.err


def test_a_faulty_plan_makes_nothing(pegel: Pegel) -> None:
    said = pegel("campaign", "create", pegel.plan(threshold=3, colour="red"))
    assert (said.code, said.out) == (1, "")
    assert "PLAN.yaml, line 1, column" in said.err
    assert "colour" in said.err
    assert not pegel.data.exists()


def test_a_plan_that_is_not_there_is_named(pegel: Pegel) -> None:
    said = pegel("campaign", "create", "nowhere.yaml")
    assert said.code == 1
    assert "nowhere.yaml" in said.err


def test_wrong_use_is_2(pegel: Pegel) -> None:
    for arguments in (["create"], ["codes", "klima"], ["open", "a", "b"], ["fly"]):
        assert pegel("campaign", *arguments).code == 2


def test_every_command_has_an_example(pegel: Pegel) -> None:
    for verb in ("create", "codes", "open", "status", "close", "leftover", "release"):
        assert f"Example: pegel campaign {verb}" in pegel.did("campaign", verb, "--help").out
    for group in ((), ("campaign",), ("questionnaire",), ("db",)):
        assert "Example: pegel" in pegel.did(*group, "--help").out
    for command in (["init"], ["doctor"], ["db", "upgrade"]):
        assert f"Example: pegel {' '.join(command)}" in pegel.did(*command, "--help").out


def test_the_whole_way(pegel: Pegel, engine: Engine) -> None:
    pegel.did("campaign", "create", pegel.plan())
    printed: list[str] = []
    for unit, count in (("bauamt", 40), ("hauptamt", 25)):
        arguments = ["--unit", unit, "--count", str(count), "-o", f"{unit}.pdf"]
        said = pegel.did("campaign", "codes", "klima", *arguments)
        assert said.out == f"{unit}.pdf: {count} slips for {unit}\n"
        codes = codes_in((pegel.folder / f"{unit}.pdf").read_bytes())
        assert len(set(codes)) == count
        printed += codes
    assert pegel.did("campaign", "open", "klima").out == "klima: open\n"
    assert set(answer(engine, printed[:20] + printed[40:52])) == {Outcome.ACCEPTED}
    assert set(answer(engine, printed[:20])) == {Outcome.CODE_USED}
    said = pegel.did("campaign", "leftover", "klima", "--unit", "bauamt", "--count", "20")
    assert said.out == "bauamt: 20 of 40 slips left over\n"
    closed = pegel.did("campaign", "close", "klima")
    assert closed.out == "klima: closed\n"
    assert "without code or time" in closed.err
    assert "32" not in closed.err
    early = pegel("campaign", "release", "klima")
    assert early.code == 1
    assert "left-over slips of hauptamt were not entered" in early.err
    pegel.did("campaign", "leftover", "klima", "--unit", "hauptamt", "--count", "13")
    assert pegel.did("campaign", "release", "klima", "--json").json["status"] == "released"
    (row,) = pegel.did("campaign", "status", "--json").json["campaigns"]
    assert set(row) == {"slug", "title", "status", "responses"}
    assert (row["slug"], row["title"], row["status"]) == ("klima", "Befragung 2026", "released")
    again = pegel("campaign", "release", "klima")
    assert again.code == 1
    assert "a release is made once" in again.err
    assert pegel.did("doctor").code == 0


def test_too_few_answers_are_never_opened(pegel: Pegel, engine: Engine) -> None:
    pegel.did("campaign", "create", pegel.plan())
    pegel.did("campaign", "codes", "klima", "--unit", "bauamt", "--count", "20", "-o", "s.pdf")
    opened = pegel.did("campaign", "open", "klima")
    assert "No slips were issued for Hauptamt" in opened.err
    answer(engine, codes_in((pegel.folder / "s.pdf").read_bytes())[:9])
    closed = pegel.did("campaign", "close", "klima")
    assert "destroyed unopened" in closed.err
    released = pegel("campaign", "release", "klima")
    assert released.code == 1
    assert released.out == ""
    report = pegel("report", "klima")
    assert "closed without results: too few people answered" in report.err
    assert "pegel campaign release" not in report.err


def test_status_tells_the_one_number_only(pegel: Pegel, engine: Engine) -> None:
    assert pegel.did("campaign", "status", "--json").json == {"campaigns": []}
    pegel.did("campaign", "create", pegel.plan(series="change-climate", weighting="head-counts"))
    pegel.did("campaign", "codes", "klima", "--count", "60", "-o", "slips.pdf")
    found = pegel.did("campaign", "status", "klima", "--json").json
    assert (found["status"], found["responses"], found["eligible"]) == ("draft", None, 55)
    assert found["series"] == "change-climate"
    pegel.did("campaign", "open", "klima")
    codes = codes_in((pegel.folder / "slips.pdf").read_bytes())
    answer(engine, codes[:33])
    assert pegel.did("campaign", "status", "--json").json["campaigns"][0]["responses"] is None
    with writing_session(engine) as session:
        campaign = campaigns.get(session, "klima")
        campaign.public_count_at = None
        session.flush()
        campaigns.refresh_public_count(session.connection(), campaign, now=utc_now())
    assert pegel.did("campaign", "status", "--json").json["campaigns"][0]["responses"] == 30
    said = pegel.did("campaign", "status", "klima").out
    assert "responses: at least 30 (counted once a day)" in said
    assert "a wave of the series change-climate" in said
    assert "weighted by the head counts of the units" in said
    assert "33" not in said.replace(found["short_hash"], "")


def unit_of_code(engine: Engine, campaign_id: int, code: str) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(
            select(access_codes.c.unit).where(
                access_codes.c.code_hash == hash_code(campaign_id, normalise(code) or b"")
            )
        )


def test_slips_for_all_units_are_shared_out_in_one_file(pegel: Pegel, engine: Engine) -> None:
    pegel.did("campaign", "create", pegel.plan())
    said = pegel.did("campaign", "codes", "klima", "--count", "60", "-o", "slips.pdf", "--json")
    assert said.json["stocks"] == [
        {"unit": "bauamt", "issued": 37, "file": "slips.pdf"},
        {"unit": "hauptamt", "issued": 23, "file": "slips.pdf"},
    ]
    content = (pegel.folder / "slips.pdf").read_bytes()
    assert len(set(codes_in(content))) == 60
    with reading_session(engine) as session:
        campaign_id = campaigns.get(session, "klima").id
    for text in pages_of(pegel.folder / "slips.pdf"):
        of_page = {unit_of_code(engine, campaign_id, code) for code in CODE.findall(text)}
        named = {name.lower() for name in ("Bauamt", "Hauptamt") if name in text}
        assert len(named) == 1  # no sheet mixes units
        assert of_page <= named


def test_slips_are_for_their_owner_and_stand_nowhere_else(pegel: Pegel, engine: Engine) -> None:
    pegel.did("campaign", "create", pegel.plan())
    said = pegel.did(
        "campaign", "codes", "klima", "--unit", "bauamt", "--count", "12", "-o", "s.pdf"
    )
    file = pegel.folder / "s.pdf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    codes = codes_in(file.read_bytes())
    with reading_session(engine) as session:
        campaign_id = campaigns.get(session, "klima").id
    for code in codes:
        raw = normalise(code) or b""
        assert code_state(engine, campaign_id, hash_code(campaign_id, raw)) is CodeState.FREE
        others = [path for path in pegel.folder.rglob("*") if path.is_file() and path != file]
        for content in [*(path.read_bytes() for path in others), said.out.encode()]:
            assert code.encode() not in content
            assert raw not in content


@pytest.mark.parametrize(("languages", "word"), [(["de", "en"], "Ziehen"), (["en"], "Draw")])
def test_slips_speak_the_first_language_of_the_plan(
    pegel: Pegel, languages: list[str], word: str
) -> None:
    pegel.did("campaign", "create", pegel.plan(languages=languages))
    pegel.did("campaign", "codes", "klima", "--unit", "bauamt", "--count", "12", "-o", "s.pdf")
    pages = pages_of(pegel.folder / "s.pdf")
    assert f"{word} " in pages[1]


def test_slips_can_go_to_standard_output(pegel: Pegel) -> None:
    run = [sys.executable, "-c", "from survey.cli import main; main()", "campaign"]
    pegel.did("campaign", "create", pegel.plan())
    arguments = ["codes", "klima", "--unit", "bauamt", "--count", "12", "-o", "-"]
    done = subprocess.run([*run, *arguments], check=True, capture_output=True)
    assert len(codes_in(done.stdout)) == 12
    assert b"12 slips for bauamt" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--unit", "bauamt", "--count", "41"], "at most 40"),
        (["--unit", "rathaus", "--count", "10"], "Units: bauamt, hauptamt"),
        (["--count", "67"], "at most 65"),
        (["--count", "1"], "fewer than the 2 units"),
        (["--unit", "bauamt", "--count", "10"], "used.pdf is there already"),
    ],
)
def test_slips_that_are_refused_leave_nothing(
    pegel: Pegel, arguments: list[str], sentence: str
) -> None:
    pegel.did("campaign", "create", pegel.plan())
    used = pegel.folder / "used.pdf"
    output = "new.pdf"
    if "used.pdf" in sentence:
        used.write_bytes(b"slips of another unit")
        output = "used.pdf"
    before = sorted(pegel.folder.iterdir())
    said = pegel("campaign", "codes", "klima", *arguments, "-o", output)
    assert (said.code, said.out) == (1, "")
    assert sentence in said.err
    assert sorted(pegel.folder.iterdir()) == before
    assert pegel.did("campaign", "status", "klima", "--json").json["stocks"] == []


def test_slips_that_cannot_be_written_are_not_issued(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan())
    arguments = ["klima", "--unit", "bauamt", "--count", "10", "-o"]
    assert pegel("campaign", "codes", *arguments, "nowhere/slips.pdf").code == 1
    assert pegel.did("campaign", "status", "klima", "--json").json["stocks"] == []
    pegel.did("campaign", "codes", *arguments, "slips.pdf")
    second = pegel("campaign", "codes", *arguments, "more.pdf")
    assert second.code == 1
    assert "issued already" in second.err
    assert not Path("more.pdf").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "No codes were issued"),
        ({"period": {"from": "2020-01-01", "to": "2020-01-31"}}, "ended on 2020-01-31"),
    ],
)
def test_what_may_not_open_stays_a_draft(
    pegel: Pegel, changed: dict[str, object], sentence: str
) -> None:
    pegel.did("campaign", "create", pegel.plan(**changed))
    said = pegel("campaign", "open", "klima")
    assert (said.code, said.out) == (1, "")
    assert sentence in said.err
    assert pegel.did("campaign", "status", "klima", "--json").json["status"] == "draft"


def test_steps_out_of_order_are_refused(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan(access="open", units=None))
    for verb, sentence in (
        ("close", "only an open one can be closed"),
        ("release", "after closing"),
    ):
        said = pegel("campaign", verb, "klima")
        assert said.code == 1
        assert sentence in said.err
    pegel.did("campaign", "open", "klima")
    said = pegel("campaign", "open", "klima")
    assert said.code == 1
    assert "open already" in said.err
    said = pegel("campaign", "codes", "klima", "--count", "5", "-o", "s.pdf")
    assert said.code == 1
    assert "needs no codes" in said.err


def test_left_over_slips_are_asked_per_unit(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan())
    pegel.did("campaign", "codes", "klima", "--count", "60", "-o", "slips.pdf")
    pegel.did("campaign", "open", "klima")
    said = pegel("campaign", "leftover", "klima", "--count", "3")
    assert said.code == 1
    assert "Name one with --unit: bauamt, hauptamt" in said.err
    said = pegel("campaign", "leftover", "klima", "--unit", "bauamt", "--count", "38")
    assert said.code == 1
    assert "38 cannot be left over of 37" in said.err


def test_a_campaign_that_is_not_there_is_named(pegel: Pegel) -> None:
    pegel.did("db", "upgrade")
    for verb in ("open", "close", "release", "status"):
        said = pegel("campaign", verb, "nirgends")
        assert said.code == 1
        assert "There is no campaign 'nirgends'" in said.err


def test_exit_codes_and_streams_reach_the_shell(pegel: Pegel) -> None:
    run = [sys.executable, "-c", "from survey.cli import main; main()", "campaign"]
    made = subprocess.run(
        [*run, "create", pegel.plan(), "--json"], check=False, capture_output=True
    )
    assert (made.returncode, json.loads(made.stdout)["slug"]) == (0, "klima")
    refused = subprocess.run([*run, "open", "klima"], check=False, capture_output=True)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert refused.stderr.startswith(b"pegel: No codes were issued")
