"""A campaign with maturity items, from the form over closing and release to the level."""

import re
from typing import Any

from litestar.testing import TestClient

from questionnaires import registry
from questionnaires.variables import variables
from survey.db.engine import writing_session
from survey.domain import access_codes, campaigns
from tests.survey.domain.waves import EVERYBODY, SLUG, answer, opened
from tests.survey.web.factories import Asked, Town
from tests.survey.web.forms import forms_of, send
from tests.survey.web.staff import at_work, keeper_of, order

ASKED = registry.get("digital-maturity", "1.0.0")


def answers(person: int) -> list[int]:
    """Today level 2, 3 or 4, each by a third of all; the target one higher; nothing of oneself."""
    return [
        2 + (person + place // 6) % 3 + one.is_target if one.question.kind == "maturity" else -9
        for place, one in enumerate(variables(ASKED))
    ]


def test_the_level_comes_from_what_people_have_answered(
    client: TestClient[Any], town: Town
) -> None:
    code, *others = opened(town, questionnaire="digital-maturity@1.0.0")
    names = [one.name for one in variables(ASKED)]
    form = {name: str(value) for name, value in zip(names, answers(0), strict=True) if value > 0}
    form |= {"_fingerprint": ASKED.fingerprint, "_language": "de-simple", "_code": code}
    reviewed = client.post(f"/b/{SLUG}/review", data=form)
    assert "Stufe 2: Manche Ämter haben einen eigenen Plan." in reviewed.text
    asked = Asked(SLUG, 0, (code,))
    assert send(client, asked, forms_of(reviewed)["send"]).status_code == 303
    answer(town, others, [answers(person) for person in range(1, EVERYBODY)])
    order(town, SLUG, "close", keeper_of(town))
    with writing_session(town.engine) as session:
        campaign = campaigns.get(session, SLUG)
        for stock in access_codes.stocks(session, campaign):
            access_codes.enter_left_over(session, campaign, stock.unit, 0)
    order(town, SLUG, "release", keeper_of(town))
    page = at_work(client, town).get(f"/staff/campaigns/{SLUG}/report")
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    # All areas stand at level 3 of 5, which is 50 points, and are to stand at level 4, which is 75.
    assert "Ist: Stufe 3 von 5, Geregelt." in said
    assert "Strategie und Führung hat 50, gefordert ist mindestens 62,5" in said
    assert "Soll: Stufe 4 von 5, Durchgängig digital." in said
