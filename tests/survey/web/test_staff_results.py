"""Reports on staff pages: every planned unit, the release alone, nothing before it."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.app import create_app
from survey.db.engine import reading_session
from survey.domain import pictures
from survey.domain.releases import load_release
from tests.survey.web.factories import Town
from tests.survey.web.staff import (
    HIDDEN,
    RELEASED,
    UNITS,
    Staff,
    answered_wave,
    at_work,
    released_wave,
)

REPORT = f"/staff/campaigns/{RELEASED}/report"
IDS = [unit["id"] for unit in UNITS]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town.at(tmp_path_factory.mktemp("released") / "data")
    released_wave(town)
    yield town
    town.engine.dispose()


@pytest.fixture(scope="module")
def reader(released: Town) -> Iterator[Staff]:
    with TestClient(create_app(released.settings), base_url="http://pegel.example") as client:
        client.headers["Accept-Language"] = "de"
        client.follow_redirects = False
        yield at_work(client, released)


def article(page: str) -> str:
    found = re.search(r"<article.*</article>", page, re.DOTALL)
    assert found is not None
    return found[0]


def test_every_planned_unit_has_its_page_and_its_link(reader: Staff) -> None:
    whole = reader.get(REPORT)
    assert "Gesamtbericht" in whole
    for unit in UNITS:
        assert f'href="{REPORT}/{unit["id"]}"' in whole
        assert unit["name"] in article(reader.get(f"{REPORT}/{unit['id']}"))


def test_the_whole_has_one_report_under_both_addresses(reader: Staff) -> None:
    assert article(reader.get(REPORT)) == article(reader.get(f"{REPORT}/haus"))


def test_pages_of_hidden_units_are_the_same_but_for_the_name(reader: Staff) -> None:
    one, other = (reader.get(f"{REPORT}/{unit}") for unit in HIDDEN)
    swapped = article(one).replace("Standesamt", "Archiv").replace("standesamt", "archiv")
    assert swapped == article(other)
    without_mark = [page.replace(' aria-current="page"', "") for page in (one, other)]
    plain = without_mark[0].split("<main")[1].split('<p class="reading__files">')[0]
    twin = without_mark[1].split("<main")[1].split('<p class="reading__files">')[0]
    now = '<span class="reading__now">: '
    assert plain.replace(f"{now}Standesamt", f"{now}Archiv") == twin


@pytest.mark.parametrize("kind", ["json", "csv", "html"])
@pytest.mark.parametrize("unit", ["haus", *IDS])
def test_files_come_from_the_release(reader: Staff, released: Town, unit: str, kind: str) -> None:
    response = reader.client.get(f"{REPORT}/{unit}/{kind}")
    assert response.status_code == 200
    assert f"{RELEASED}-{unit}.{kind}" in response.headers["content-disposition"]
    with reading_session(released.engine) as session:
        frozen = load_release(session, RELEASED)
    if kind == "json":
        expected = frozen.to_document() if unit == "haus" else frozen.of_group(unit)
        assert response.json() == json.loads(json.dumps(expected))
    elif kind == "csv":
        rows = list(csv.DictReader(io.StringIO(response.text)))
        groups = {row["group"] for row in rows}
        assert groups == ({"haus", *IDS} if unit == "haus" else {unit})
    else:
        assert response.text.startswith("<!doctype html>")
        assert "default-src 'none'; style-src 'unsafe-inline'" in response.text


def test_a_report_speaks_english_when_asked(reader: Staff) -> None:
    page = reader.get(f"{REPORT}?lang=en")
    assert '<article class="report" lang="en">' in page
    assert f'href="{REPORT}/bauamt?lang=en"' in page
    assert f'href="{REPORT}/haus/csv?lang=en"' in page


@pytest.mark.parametrize("place", ["nirgends", "bauamt/pdf", "bauamt/../../x", "nirgends/json"])
def test_what_is_not_there_is_not_there(reader: Staff, place: str) -> None:
    assert reader.client.get(f"{REPORT}/{place}").status_code == 404


def test_there_is_nothing_to_read_before_the_release(client: Any, town: Town) -> None:  # noqa: ANN401  # the fixture's client
    erika = at_work(client, town)
    answered_wave(town)
    places = [REPORT, f"{REPORT}/bauamt", f"{REPORT}/haus/json", f"{REPORT}/bauamt/csv"]
    places += [f"{REPORT}/haus/charts/dimensions-1.png", f"{REPORT}/haus/svg"]
    for place in places:
        page = erika.get(place, 404)
        assert "Es gibt noch keinen Bericht" in page
        assert "<article" not in page
        assert "Punkte" not in page


def test_reading_loads_no_statistics(tmp_path: Any) -> None:  # noqa: ANN401  # a path
    import subprocess
    import sys

    code = (
        "import sys, survey.app; heavy = ('numpy', 'scipy', 'matplotlib');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"


def test_every_chart_of_a_page_is_a_picture_one_click_away(reader: Staff) -> None:
    page = reader.get(f"{REPORT}/haus")
    links = re.findall(
        r'<a href="([^"]+/charts/[^"]+)" aria-label="([^"]+)" download>(\w+)</a>', page
    )
    charts = page.count("<figure") + page.count('report-table-heatmap">')
    assert len(links) == 2 * charts
    assert len({name for _, name, _ in links}) == len(links)
    assert all(name.endswith(f" als {text}") for _, name, text in links)
    assert "charts/" not in reader.client.get(f"{REPORT}/haus/html").text
    address = next(address for address, _, text in links if text == "SVG")
    picture = reader.client.get(address)
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "01-dimensionen-von-0-bis-100-punkten.svg" in picture.headers["content-disposition"]
    root = ET.fromstring(picture.content)  # noqa: S314 - our own
    assert root.tag.endswith("svg")
    assert reader.client.get(address).content == picture.content


def test_all_charts_come_as_one_file(reader: Staff) -> None:
    response = reader.client.get(f"{REPORT}/haus/svg?lang=en")
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        names = packed.namelist()
        assert packed.read(names[0]).startswith(b"<?xml")
    assert names[-1] == "alternative-texts.txt"
    page = reader.get(f"{REPORT}/haus?lang=en")
    assert page.count(">SVG</a>") == len(names)  # all but the texts, and the link to all


def test_whoever_has_to_wait_too_long_for_pictures_reads_it_on_a_page(
    reader: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.0)
    turns = [pictures._turns.acquire(timeout=0) for _ in range(pictures.AT_ONCE)]
    try:
        page = reader.get(f"{REPORT}/haus/png", 503)
    finally:
        for _ in turns:
            pictures._turns.release()
    assert "Es werden gerade andere Bilder erstellt" in page


def test_a_picture_that_fails_is_a_fault_of_ours_with_a_page(
    reader: Staff, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pictures, "DRAWING", "no.such.module")
    assert "Das Bild konnte nicht erstellt werden" in reader.get(f"{REPORT}/haus/png", 500)
    assert "no.such.module failed" in caplog.text


def test_a_group_without_results_has_no_pictures(reader: Staff) -> None:
    page = reader.get(f"{REPORT}/{HIDDEN[0]}")
    assert "PNG" not in page
    for name in ("dimensions-1.png", "questions-1.svg"):
        assert reader.client.get(f"{REPORT}/{HIDDEN[0]}/charts/{name}").status_code == 404


@pytest.mark.parametrize("name", ["dimensions-9.png", "dimensions-1.gif", "dimensions-1", ".png"])
def test_a_chart_that_is_not_there_is_not_drawn(reader: Staff, name: str) -> None:
    assert reader.client.get(f"{REPORT}/haus/charts/{name}").status_code == 404
