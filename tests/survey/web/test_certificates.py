"""The staff pages of the certificate: what it says, and files that prove it."""

import html
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.app import create_app
from survey.db.engine import reading_session
from survey.domain import campaigns
from survey.domain.notices import KINDS
from survey.domain.permissions import Role
from survey.domain.slips import slips_pdf
from tests.pdf import pages_of
from tests.survey.domain import people, waves
from tests.survey.domain.waves import paper_of, texts
from tests.survey.web.factories import Town
from tests.survey.web.staff import (
    RELEASED,
    Staff,
    at_work,
    hire_as,
    released_wave,
)

PAGE = f"/staff/campaigns/{RELEASED}"
CERTIFICATE = f"{PAGE}/certificate"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town.at(tmp_path_factory.mktemp("certificates") / "data")
    released_wave(town)
    yield town
    town.engine.dispose()


@pytest.fixture(scope="module")
def erika(released: Town) -> Iterator[Staff]:
    with TestClient(create_app(released.settings), base_url="http://pegel.example") as client:
        client.headers["Accept-Language"] = "de"
        client.follow_redirects = False
        yield at_work(client, released)


def plain(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_page_says_everything_that_the_paper_says(released: Town, erika: Staff) -> None:
    shown = plain(erika.get(CERTIFICATE))
    for said in texts(paper_of(released, RELEASED))[:-1]:
        if "Ausgestellt" not in said and "November" not in said and "Dezember" not in said:
            assert " ".join(said.split()) in shown, said


def test_sha256sum_of_the_files_gives_the_hashes_that_are_printed(
    released: Town,
    erika: Staff,
    tmp_path: Path,
) -> None:
    with reading_session(released.engine) as session:
        campaign = campaigns.get(session, RELEASED)
    page = erika.get(CERTIFICATE)
    for name, expected in (
        ("plan.json", campaign.plan_hash),
        ("questionnaire.json", campaign.fingerprint),
    ):
        answer = erika.client.get(f"{CERTIFICATE}/{name}")
        assert "attachment" in answer.headers["content-disposition"]
        (tmp_path / name).write_bytes(answer.content)
        done = subprocess.run(
            ["/usr/bin/sha256sum", name], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout.split()[0] == expected
        assert f"sha256sum {name}" in page
        assert expected in page
    assert waves.certificate_of(released, RELEASED).short_hash in page


def test_the_number_is_the_same_on_every_paper_and_page(released: Town, erika: Staff) -> None:
    number = waves.certificate_of(released, RELEASED).short_hash
    for path in (CERTIFICATE, PAGE, f"{PAGE}/report"):
        assert number in erika.get(path), path


def test_the_start_page_and_the_slips_have_the_same_number(
    town: Town, client: TestClient[Any]
) -> None:
    codes = waves.opened(town)
    one = waves.certificate_of(town)
    assert one.short_hash in client.get(f"/b/{waves.SLUG}").text
    with reading_session(town.engine) as session:
        campaign = campaigns.get(session, waves.SLUG)
    sheet = slips_pdf(campaign, {"bauamt": codes[:3]}, base_url="https://x.example")
    said = "".join(pages_of(sheet))
    assert one.short_hash in said


def test_the_pdf_is_one(erika: Staff) -> None:
    answer = erika.client.get(f"{CERTIFICATE}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "nachweis-erste-welle.pdf" in answer.headers["content-disposition"]


def test_english_readers_get_an_english_certificate(erika: Staff) -> None:
    assert "What this certificate cannot prove" in erika.get(f"{CERTIFICATE}?lang=en")


@pytest.mark.parametrize("ending", ["pdf", "docx"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_can_be_saved(erika: Staff, kind: str, ending: str) -> None:
    listed = erika.get(f"{PAGE}/papers")
    names = re.findall(rf'href="({PAGE}/papers/{kind}[^"]*\.{ending})"', listed)
    assert names
    for name in names:
        answer = erika.client.get(name)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF" if ending == "pdf" else b"PK")


@pytest.mark.parametrize("name", ["agreement.exe", "nothing.pdf", "privacy-notice.fr.pdf", "pdf"])
def test_there_is_no_other_paper(erika: Staff, name: str) -> None:
    assert erika.client.get(f"{PAGE}/papers/{name}").status_code == 404


def test_the_rehearsal_is_a_page(erika: Staff) -> None:
    page = plain(erika.get(f"{PAGE}/rehearsal"))
    assert "Wenn 60 % antworten, werden etwa" in page
    assert "Standesamt mit Archiv" in page
    assert "sonst zusammengelegt mit: Stadt Musterheim" in page


@pytest.mark.parametrize(
    ("role", "certificate", "rehearsal"),
    [("admin", 403, 403), ("privacy", 200, 200), ("research", 200, 403)],
)
def test_the_certificate_is_for_those_who_may_check(
    released: Town,
    role: Role,
    certificate: int,
    rehearsal: int,
) -> None:
    with TestClient(create_app(released.settings), base_url="http://pegel.example") as client:
        client.follow_redirects = False
        hire_as(released, role, role)
        somebody = Staff(client)
        assert somebody.log_in(role, people.PASSWORD).status_code == 303
        for path in ("certificate", "certificate/pdf", "certificate/plan.json", "papers"):
            assert client.get(f"{PAGE}/{path}").status_code == certificate, path
        assert client.get(f"{PAGE}/rehearsal").status_code == rehearsal


def test_without_a_session_there_is_nothing(released: Town) -> None:
    with TestClient(create_app(released.settings), base_url="http://pegel.example") as client:
        client.follow_redirects = False
        for path in ("certificate", "certificate/plan.json", "papers/agreement.pdf", "rehearsal"):
            assert client.get(f"{PAGE}/{path}").status_code == 303
