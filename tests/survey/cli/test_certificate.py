"""`pegel campaign certificate`, and the same facts from `pegel doctor --json`."""

import io
import sqlite3

from pypdf import PdfReader

from tests.survey.cli.commands import Pegel


def test_the_pdf_has_the_number_that_create_has_told(pegel: Pegel) -> None:
    made = pegel.did("campaign", "create", pegel.plan(), "--json").json
    pegel.did("campaign", "certificate", "klima", "-o", "nachweis.pdf")
    content = (pegel.folder / "nachweis.pdf").read_bytes()
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert made["short_hash"] in said
    assert made["plan_hash"] in said
    assert "Nachweis für den Personalrat" in said


def test_doctor_says_the_same_facts_for_programs(pegel: Pegel) -> None:
    made = pegel.did("campaign", "create", pegel.plan(), "--json").json
    pegel.did("campaign", "codes", "klima", "--count", "40", "-o", "slips.pdf")
    (fact,) = pegel.did("doctor", "--json").json["campaigns"]
    assert (fact["slug"], fact["status"], fact["plan_hash"]) == (
        "klima",
        "draft",
        made["plan_hash"],
    )
    assert (fact["issued"], fact["left_over"], fact["accepted"]) == (40, None, None)
    assert [one["act"] for one in fact["signed"]] == ["create"]
    assert len(fact["keeper_key"]) == 64
    assert {one["check"] for one in fact["checks"]} >= {"plan", "keeper", "signatures", "database"}


def test_doctor_names_a_campaign_whose_plan_was_changed_and_goes_on(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan())
    pegel.did("campaign", "create", pegel.plan(slug="zweite"))
    with sqlite3.connect(pegel.database) as connection:
        changed = "replace(plan, 'Bauamt', 'Bauhof')"
        connection.execute(f"UPDATE campaigns SET plan = {changed} WHERE slug = 'klima'")  # noqa: S608 # no outside
    connection.close()
    facts = {one["slug"]: one for one in pegel("doctor", "--json").json["campaigns"]}
    assert facts["klima"]["checks"][0]["state"] == "problem"
    assert "plan_hash" not in facts["klima"]
    assert facts["zweite"]["plan_hash"]


def test_without_a_database_there_are_no_campaigns(pegel: Pegel) -> None:
    assert pegel("doctor", "--json").json["campaigns"] == []
