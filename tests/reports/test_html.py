"""HTML says nothing that the release does not, and needs no style or script of its own."""

import json
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings

from questionnaires.model import Questionnaire
from reports.build import build
from reports.disclosure.values import Shown
from reports.documents.html import render_body, render_document
from reports.release import Release
from tests.reports import test_drivers, test_maturity
from tests.reports.crossings import CrossedTown, crossed_towns
from tests.reports.pages import DATA, Page, numbers, numbers_of_its_own
from tests.reports.test_build import example
from tests.reports.towns import INSTRUMENT, Town, town_of, towns


@settings(max_examples=20)
@given(towns())
def test_every_number_on_the_page_is_in_the_release(town: Town) -> None:
    assert not numbers_of_its_own(town.release())


@settings(max_examples=20)
@given(crossed_towns())
def test_every_number_about_a_category_is_in_the_release(town: CrossedTown) -> None:
    assert not numbers_of_its_own(town.release())


def test_every_number_of_a_level_is_asked_or_released() -> None:
    maturity = test_maturity.INSTRUMENT.maturity
    assert maturity is not None
    asked = {bound for level in maturity.levels for bound in numbers(level.model_dump_json())}
    release = test_maturity.RELEASE
    now, goal = (release.whole.scales[name].score for name in ("s", "s_goal"))
    assert isinstance(now, Shown)
    assert isinstance(goal, Shown)
    more = asked | {float(abs(goal.value - now.value))}
    assert not numbers_of_its_own(release, test_maturity.INSTRUMENT, more)


def test_every_number_of_a_driver_follows_from_the_release() -> None:
    release, instrument = test_drivers.BIG, test_drivers.instrument()
    assert not numbers_of_its_own(release, instrument, set(weights(release, instrument)))


def weights(release: Release, instrument: Questionnaire) -> Iterator[float]:
    """Room and weight of every scale; the outcome is one of which more is better."""
    for scale in instrument.scales:
        score = release.whole.scales[scale.id].score
        r = release.correlations[instrument.outcome or ""][scale.id]
        if isinstance(score, Shown):
            room = score.value if scale.higher_is == "worse" else 100 - score.value
            yield room
            if isinstance(r, Shown):
                exact = abs(Decimal(str(r.value))) * room
                yield float(exact.quantize(Decimal(1), ROUND_HALF_UP))


@settings(max_examples=20)
@given(towns())
def test_a_hidden_group_s_page_holds_no_result(town: Town) -> None:
    release = town.release()
    for group, result in release.groups.items():
        if not result.is_shown:
            page = Page(render_body(build(release, INSTRUMENT, group, "de")))
            assert not [text for part, text in page.texts if part in DATA[1:] and text.strip()]
            assert not any(tag == "svg" for tag, _, _ in page.attributes)


def test_the_fragment_stands_under_a_strict_policy() -> None:
    body = render_body(example("change-climate"))
    page = Page(body)
    assert "<script" not in body
    assert "<style" not in body
    names = {name for _, name, _ in page.attributes}
    assert "style" not in names
    assert not any(name.startswith("on") for name in names)
    assert not re.search(r"(?:src|href)=\"(?!#)", body)


def test_the_document_needs_nothing_else() -> None:
    content = render_document(example("change-climate"))
    assert content.startswith("<!doctype html>")
    assert not re.search(r"(?:src|href)=\"(?!#)|https?://|@import", content)
    assert content.count("url(") == content.count("url(data:font/woff2;base64,")


def test_every_chart_has_words_and_a_table() -> None:
    body = render_body(example("change-climate"))
    figures = re.findall(r"<figure.*?</figure>", body, re.DOTALL)
    assert len(figures) >= 9
    for figure in figures:
        assert re.search(r'role="img" aria-label="[^"]{20,}"', figure)
        assert "<figcaption>" in figure
        assert "<details" in figure
        assert "<table" in figure


def test_names_are_text_and_never_markup() -> None:
    document = json.loads(town_of(30, 40).release().to_json())
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    document["tree"]["name"] = document["facts"]["title"]["de"] = attack
    document["tree"]["parts"][0]["name"] = attack
    release = Release.from_json(json.dumps(document))
    for group in ("all", "a"):
        content = render_document(build(release, INSTRUMENT, group, "de"))
        assert "<script" not in content
        assert "<img" not in content


def test_every_address_inside_the_page_exists_once() -> None:
    body = render_body(example("change-climate"))
    ids = re.findall(r' id="([^"]+)"', body)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', body)) <= set(ids)
    assert set(re.findall(r'aria-labelledby="([^"]+)"', body)) <= set(ids)
