"""The review: what it shows, what it names as wrong or open, and the way back from it."""

from typing import Any

from litestar.testing import TestClient

from questionnaires.model import Questionnaire
from tests.survey.web.factories import Town, every_kind
from tests.survey.web.forms import ANSWERS, begin, forms_of, review

Client = TestClient[Any]


def test_answers_that_do_not_fit_come_back_in_the_form_with_what_is_wrong(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    page = review(client, asked, asked.codes[0], ANSWERS | {"years": "99", "wish_3": "1"})
    assert page.status_code == 422
    assert "Bitte geben Sie eine ganze Zahl innerhalb der Grenzen ein" in page.text
    assert "Zwei dieser Antworten schließen einander aus" in page.text
    assert 'href="#q-years"' in page.text
    assert "<title>Fehler: " in page.text
    assert 'aria-describedby="h-years e-years" aria-invalid="true"' in page.text
    assert 'id="q-wish" aria-describedby="e-wish"' in page.text
    kept = forms_of(page)["answers"]
    assert kept["tru_01"] == "4"
    assert kept["years"] == "99"
    assert kept["_code"] == asked.codes[0]


def test_change_answers_brings_the_filled_form_back(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    shown = review(client, asked, asked.codes[0])
    back = client.post("/b/befragung/form", data=forms_of(shown)["change"])
    assert back.status_code == 200
    sent = forms_of(back)["answers"]
    assert {name: sent[name] for name in ANSWERS} == ANSWERS


def test_the_review_can_be_had_alone_for_the_script(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    client.headers["Pegel-Part"] = "1"
    part = review(client, asked, asked.codes[0], {"tru_01": "1"}).text
    assert part.lstrip().startswith('<section class="part" id="review"')
    assert "<html" not in part
    assert 'href="#q-tru_02"' in part


def test_open_questions_are_named_and_lead_back(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    page = review(client, asked, asked.codes[0], {"tru_01": "1", "lea_00": "0"})
    assert "5 Fragen sind offen" in page.text
    for card in ("tru_02", "steer", "steer_target"):
        assert f'formaction="/b/befragung/form#q-{card}"' in page.text
    assert "nicht gezeigt (Filter)" in page.text


def test_a_maturity_item_is_asked_on_two_cards_and_reviewed_in_words(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    form = begin(client, asked, asked.codes[0], steer="3")
    for card in ("steer", "steer_target"):
        assert form.text.count(f' id="q-{card}"') == 1
    assert ' id="i-steer.3" checked' in form.text
    page = review(client, asked, asked.codes[0], {"steer": "3", "steer_target": "-8"})
    assert "Wer plant Neues? – heute" in page.text
    assert "Stufe 3: Alle planen gemeinsam." in page.text
    assert "Wer plant Neues? – in drei Jahren" in page.text
    assert "steer_target = -8" in page.text
    wrong = review(client, asked, asked.codes[0], {"steer": "3", "steer_target": "4"})
    assert wrong.status_code == 422
    assert 'id="q-steer_target" aria-describedby="e-steer_target"' in wrong.text
    assert ' id="i-steer.3" checked' in wrong.text


def test_without_a_target_nobody_is_asked_about_today(client: Client, town: Town) -> None:
    content = every_kind().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for item in content["items"]:
        item.pop("target", None)
    content["scales"] = [scale for scale in content["scales"] if "target_of" not in scale]
    town.ask("befragung", questionnaire=Questionnaire.model_validate(content))
    form = client.get("/b/befragung/trial").text
    assert "Welche Stufe passt am besten?" in form
    assert "Heute" not in form
