"""From the new plan to the release, as forms of the browser send it; and what is never told."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import func, literal_column, select, update

from survey.db.campaigns import Campaign
from survey.db.engine import reading, reading_session, writing_session
from survey.db.tables import access_codes
from survey.domain import campaigns
from survey.domain.access_codes import normalise
from tests.pdf import pages_of
from tests.survey.web.factories import Town
from tests.survey.web.staff import Staff, answered_wave, at_work, keeper_of, signed

Client = TestClient[Any]
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b")
UNITS = "Bauamt; 34\nZentrale Dienste\n  Hauptamt; 21\n  Standesamt; 6"
PART = {"HX-Request": "true"}
HERE = "/staff/campaigns/befragung-2026"


@pytest.fixture
def erika(client: Client, town: Town) -> Staff:
    return at_work(client, town)


def form(**changes: str) -> dict[str, str]:
    today = datetime.now(UTC).date()
    fields = {
        "title": "Befragung 2026",
        "from": str(today),
        "to": str(today + timedelta(days=20)),
        "units": UNITS,
        "house": "Stadt Musterheim",
        "threshold": "7",
        "access": "slips",
        "step": "check",
    }
    return fields | changes


def create(erika: Staff, **changes: str) -> str:
    response = erika.post("/staff/campaigns/new", form(step="create", **changes))
    assert response.status_code == 303, response.text
    place: str = response.headers["location"]
    return place


def create_signed(erika: Staff, town: Town, **changes: str) -> str:
    """A campaign of Erika's whose plan the council has signed."""
    here = create(erika, **changes)
    signed(town, here.rpartition("/")[2])
    return here


def issue_all(erika: Staff, here: str = HERE) -> Any:  # noqa: ANN401  # the client's response
    page = erika.get(here)
    fields = dict(re.findall(r'name="(slips-[^"]+)"[^>]* value="(\d+)"', page))
    return erika.post(f"{here}/slips", {"stock": "all"} | fields)


def test_a_plan_is_checked_read_and_created(erika: Staff) -> None:
    erika.get("/staff/campaigns/new")
    checked = erika.post("/staff/campaigns/new", form()).text
    for said in (
        "Der Plan kann so verwendet werden",
        "61 Personen, in 3 Bereichen",
        "Dimensionen ab 7 gültigen Antworten, einzelne Fragen ab 20",
        "Standesamt hat 6 Personen, weniger als die Schwelle von 7",
        "ohne Mitzeichnung",
    ):
        assert said in checked, said
    short = re.search(r'class="hash">([0-9a-f-]{19})<', checked)
    assert short is not None
    place = create(erika)
    page = erika.get(place)
    assert place == HERE
    assert "in Vorbereitung" in page
    assert short[1] in page


def test_what_was_entered_is_kept_when_something_is_wrong(erika: Staff) -> None:
    wrong = form(title="", units="Bauamt; 34\nHauptamt", purpose="Wir fragen <alle>")
    response = erika.post("/staff/campaigns/new", wrong)
    assert response.status_code == 422
    page = response.text
    assert "Die Befragung hat keinen Titel." in page
    assert "<span>Zeile 2: Die Zahl der Personen fehlt." in page
    assert "Bauamt; 34\nHauptamt</textarea>" in page
    assert 'value="Wir fragen &lt;alle&gt;"' in page
    edited = erika.post("/staff/campaigns/new", form(step="edit"))
    assert "Hauptamt; 21" in edited.text
    with pytest.raises(AssertionError):
        erika.get(HERE)


def test_a_plan_from_a_file_names_line_and_column(erika: Staff) -> None:
    text = (
        "title: {de: Probe}\nquestionnaire: change-climate@1.0.0\nlanguages: [de]\nacces: slips\n"
    )
    given = {"way": "file", "plan": text, "step": "check"}
    pasted = erika.post("/staff/campaigns/new", given)
    assert pasted.status_code == 422
    assert "Zeile 4, Spalte 1, acces: " in pasted.text
    assert "acces: slips" in pasted.text
    chosen = erika.post(
        "/staff/campaigns/new",
        {"way": "file", "step": "check"},
        files={"file": ("PLAN.yaml", text.encode())},
    )
    assert "Zeile 4, Spalte 1, acces: " in chosen.text
    assert "acces: slips" in chosen.text


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"a: &a [1]\nb: *a", b"{" * 5000, b"title: <script>x</script>"],
)
def test_a_hostile_file_is_refused_with_a_sentence(erika: Staff, content: bytes) -> None:
    fields = {"way": "file", "step": "check"}
    response = erika.post("/staff/campaigns/new", fields, files={"file": ("PLAN.yaml", content)})
    assert response.status_code == 422
    assert "Der Plan kann noch nicht verwendet werden" in response.text
    assert "<script>x" not in response.text


def test_a_file_of_ten_megabytes_is_refused(erika: Staff) -> None:
    files = {"file": ("PLAN.yaml", b"a" * 10_000_000)}
    assert erika.post("/staff/campaigns/new", {"way": "file"}, files=files).status_code == 413


def test_a_good_file_becomes_a_campaign(erika: Staff) -> None:
    today = datetime.now(UTC).date()
    text = (
        "title: {de: Probe, en: Trial}\nslug: probe\nquestionnaire: change-climate@1.0.0\n"
        f"languages: [de]\nperiod: {{from: {today}, to: {today + timedelta(days=9)}}}\n"
        "units: {id: haus, name: Haus, units: [{id: amt, name: Amt, eligible: 30}]}\n"
        "series: jedes-jahr\nweighting: head-counts\nbreakdowns: [tenure]\n"
    )
    given = {"way": "file", "plan": text}
    checked = erika.post("/staff/campaigns/new", given | {"step": "check"})
    assert "Befragung anlegen" in checked.text
    again = re.search(r'<textarea name="plan"[^>]*>\n(.*?)</textarea>', checked.text, re.DOTALL)
    assert again is not None
    created = erika.post(
        "/staff/campaigns/new", {"way": "file", "plan": again[1], "step": "create"}
    )
    assert created.headers["location"] == "/staff/campaigns/probe"
    page = erika.get("/staff/campaigns/probe")
    for agreed in (
        "<dt>Verglichen mit anderen Wellen von</dt><dd>jedes-jahr</dd>",
        "<dt>Aufgliederungen des Ganzen</dt><dd>Wie lange arbeiten Sie schon",
        "<dt>Gewichtung</dt><dd>das Ganze auch nach den Köpfen der Bereiche</dd>",
    ):
        assert agreed in checked.text
        assert agreed in page
    suggested = erika.get("/staff/campaigns/new")
    assert 'value="jedes-jahr"' in suggested
    assert 'id="weighting" checked' in suggested


def test_the_slips_of_all_units_come_as_one_file_and_once(erika: Staff, town: Town) -> None:
    create_signed(erika, town)
    response = issue_all(erika)
    assert response.headers["content-type"] == "application/pdf"
    assert "Zettel-befragung-2026.pdf" in response.headers["content-disposition"]
    read = "\n".join(pages_of(response.content))
    codes = {code for code in CODE.findall(read) if code != "ABCD-EFGH-JKMN-PQRS"}
    assert len(codes) == 40 + 25 + 7
    again = erika.post(f"{HERE}/slips", {"stock": "all"})
    assert again.status_code == 409
    assert "Diese Zettel wurden schon ausgegeben" in again.text
    _nowhere(town, erika, codes)


def _nowhere(town: Town, erika: Staff, codes: set[str]) -> None:
    """No code is on a page or in a file, neither as printed nor as bytes."""
    with reading(town.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(access_codes)) == len(codes)
    held = b"".join(path.read_bytes() for path in town.settings.data.rglob("*") if path.is_file())
    pages = "".join([*erika.pages, erika.get(HERE)])
    for code in codes:
        raw = normalise(code)
        assert raw is not None
        for form_ in (code.encode(), code.replace("-", "").encode(), raw, raw.hex().encode()):
            assert form_ not in held
        assert code not in pages


def test_slips_of_one_unit(erika: Staff, town: Town) -> None:
    create_signed(erika, town)
    fields = {"stock": "bauamt", "slips-bauamt": "36"}
    response = erika.post(f"{HERE}/slips", fields)
    assert "Zettel-befragung-2026-bauamt.pdf" in response.headers["content-disposition"]
    page = erika.get(HERE)
    assert "36 ausgegeben" in page
    assert 'id="slips-hauptamt"' in page
    assert 'id="slips-bauamt"' not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"stock": "bauamt", "slips-bauamt": "41"}, "höchstens 1,2 Zettel"),
        ({"stock": "bauamt", "slips-bauamt": "0"}, "mindestens ein Zettel"),
        ({"stock": "bauamt", "slips-bauamt": "viele"}, "mindestens ein Zettel"),
        ({"stock": "nirgends"}, "Diesen Bereich gibt es im Plan nicht"),
    ],
)
def test_wrong_numbers_of_slips_issue_nothing(
    erika: Staff, town: Town, fields: dict[str, str], said: str
) -> None:
    create_signed(erika, town)
    response = erika.post(f"{HERE}/slips", fields)
    assert response.status_code == 409
    assert said in response.text
    with reading(town.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(access_codes)) == 0


def test_opening_waits_for_the_keeper_and_then_says_so(erika: Staff, town: Town) -> None:
    create_signed(erika, town)
    refused = erika.post(f"{HERE}/open")
    assert refused.status_code == 409
    assert "keine Zettel ausgegeben" in refused.text
    issue_all(erika)
    assert erika.post(f"{HERE}/open").headers["location"] == HERE
    waiting = erika.get(HERE)
    assert "Die Befragung wird geöffnet" in waiting
    assert "Seite neu laden" in waiting
    poll = re.search(r'hx-get="([^"]+/state[^"]+)"', waiting)
    assert poll is not None
    assert erika.get(poll[1], 204, headers=PART) == ""
    keeper_of(town).do_jobs()
    part = erika.get(poll[1], headers=PART)
    assert "<html" not in part
    assert "Die Befragung ist geöffnet." in part
    assert re.search(r'<h2[^>]* tabindex="-1" autofocus>Die Befragung ist geöffnet', part)
    assert "http://127.0.0.1:8000/b/befragung-2026" in erika.get(HERE)


def test_asked_twice_it_is_done_once(erika: Staff, town: Town) -> None:
    create_signed(erika, town)
    issue_all(erika)
    for _ in range(2):
        assert erika.post(f"{HERE}/open").status_code == 303
    keeper_of(town).do_jobs()
    late = erika.post(f"{HERE}/open")
    assert late.status_code == 409
    assert "nur vor dem Öffnen möglich" in late.text


def test_what_the_keeper_could_not_do_is_said(erika: Staff, town: Town) -> None:
    create_signed(erika, town)
    issue_all(erika)
    erika.post(f"{HERE}/open")
    keeper_of(town, days=30).do_jobs()  # the period passes while the keeper is away
    page = erika.get(HERE)
    assert "Die Befragung konnte nicht geöffnet werden" in page
    assert re.search(r'<span lang="en">The period of .+ ended on', page)


def test_from_closing_to_the_release(erika: Staff, town: Town) -> None:
    answered_wave(town)
    here = "/staff/campaigns/erste-welle"
    page = erika.get(here)
    assert "Bitte tragen Sie zuerst die übrigen Zettel" in page
    assert erika.post(f"{here}/release").status_code == 409
    keys = re.findall(r'name="(left-[^"]+)"', page)
    assert len(keys) == 5
    wrong = erika.post(f"{here}/left-over", dict.fromkeys(keys, "3") | {keys[0]: "999"})
    assert wrong.status_code == 422
    assert 'value="999"' in wrong.text
    assert 'value="3"' in wrong.text
    for text in ("3,5", "-1", "drei"):
        assert erika.post(f"{here}/left-over", {keys[0]: text}).status_code == 422
    assert erika.post(f"{here}/left-over", dict.fromkeys(keys, "3")).status_code == 303
    assert "Ja, jetzt freigeben" in erika.get(here)
    assert erika.post(f"{here}/release").status_code == 303
    keeper_of(town).do_jobs()
    assert f"{here}/report" in erika.get(here)


def test_one_number_and_no_other_is_told_while_people_answer(erika: Staff, town: Town) -> None:
    town.ask("befragung", codes=20)
    with writing_session(town.engine) as session:
        session.execute(update(access_codes).values(spent=True))
    page = erika.get("/staff/campaigns/befragung")
    assert "nicht gezeigt" in page
    for count, said in ((0, "weniger als 10"), (15, "mindestens 15")):
        with writing_session(town.engine) as session:
            session.execute(update(Campaign).values(public_count=count))
        for path in ("/staff/campaigns", "/staff/campaigns/befragung"):
            assert said in erika.get(path)
    seen = re.sub(r"<[^>]+>", " ", erika.get("/staff/campaigns/befragung"))
    numbers = set(re.findall(r"\b\d+\b", seen.split("Was vereinbart ist")[0]))
    year = str(datetime.now(UTC).year)
    dates = {str(day) for day in range(1, 32)} | {year, str(int(year) + 1), "2026"}
    assert numbers - dates <= {"127", "0", "1", "8000", "15", "20"}
    with writing_session(town.engine) as session:
        session.execute(update(Campaign).values(status="closed"))
    assert "einmal am Tag gezählt" in erika.get("/staff/campaigns/befragung")


def test_a_plan_that_was_changed_is_pointed_out_and_hides_no_other(
    erika: Staff, town: Town
) -> None:
    create(erika)
    create(erika, title="Andere Befragung")
    with writing_session(town.engine) as session:
        plan = campaigns.get(session, "befragung-2026").plan
        session.execute(
            update(Campaign)
            .where(Campaign.slug == "befragung-2026")
            .values(plan=plan.replace('"eligible":34', '"eligible":12'))
        )
    page = erika.get("/staff/campaigns")
    assert "Der gespeicherte Plan von „befragung-2026“ wurde geändert" in page
    assert "Andere Befragung" in page
    assert erika.get("/staff/campaigns/new")


def test_the_list_tells_states_in_words(erika: Staff, town: Town) -> None:
    assert "Es gibt noch keine Befragung." in erika.get("/staff/campaigns")
    town.ask("befragung")
    town.ask("geschlossen", status="closed")
    page = erika.get("/staff/campaigns")
    assert "geöffnet" in page
    assert "geschlossen" in page
    english = erika.get("/staff/campaigns?lang=en")
    assert '<html lang="en">' in english
    assert 'href="/staff/campaigns/befragung?lang=en"' in english


def test_texts_of_a_plan_are_never_markup(erika: Staff) -> None:
    evil = "<img src=x onerror=alert(1)>\"'{{ 12345 * 6789 }}"
    place = create(erika, title=evil, units=f"{evil}; 30", house=evil, purpose=evil)
    for page in (erika.get(place), erika.get("/staff/campaigns")):
        assert "<img" not in page
        assert "&lt;img" in page
        assert "83810205" not in re.sub(r"<[^>]+>", " ", page)


@pytest.mark.parametrize(
    "path", ["/staff/campaigns/nirgends", "/staff/campaigns/nirgends/report", "/staff/nirgends"]
)
def test_what_does_not_exist_is_said_on_a_staff_page(erika: Staff, path: str) -> None:
    assert "Bitte sehen Sie in der Liste der Befragungen nach." in erika.get(path, 404)


def test_a_fault_of_ours_is_a_page_with_a_remedy_and_no_detail(
    erika: Staff, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.ask("befragung")
    with writing_session(town.engine) as session:
        session.execute(update(Campaign).values(created_at=literal_column("'kaputt'")))
    page = erika.get("/staff/campaigns/befragung", 500)
    assert "Auf dem Server ging etwas schief" in page
    assert "kaputt" not in page
    assert "kaputt" not in caplog.text


def test_an_open_link_needs_no_slips(erika: Staff, town: Town) -> None:
    here = create_signed(erika, town, access="open")
    page = erika.get(here)
    assert "Zettel drucken" not in page
    assert erika.post(f"{here}/slips", {"stock": "all"}).status_code == 409
    assert erika.post(f"{here}/open").status_code == 303
    keeper_of(town).do_jobs()
    with reading_session(town.engine) as session:
        assert campaigns.get(session, "befragung-2026").status == "open"
