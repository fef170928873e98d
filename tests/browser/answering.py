"""The hands of somebody who answers: what they press, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.survey.web.factories import Asked

SECTIONS = 3
REVIEW = "Das wird gespeichert"  # its heading
ANSWERS = {
    "tru_01": "4",
    "tru_02": "-8",
    "lea_00": "1",
    "lea_01": "5",
    "wish_1": "1",
    "steer": "2",
    "steer_target": "3",
    "tenure": "2",
}
LAST_PART = {name: ANSWERS[name] for name in ("wish_1", "steer", "steer_target", "tenure")}


@dataclass
class Person:
    """Somebody with a page before them, who counts clicks on buttons and links."""

    page: Page
    clicks: int = 0

    def open(self, asked: Asked, number: int = 0) -> None:
        """Scan the slip."""
        fragment = f"#{asked.codes[number]}" if asked.codes else ""
        self.page.goto(f"/b/{asked.slug}{fragment}")

    def press(self, name: str) -> None:
        """Press the button or link that is in view and has this name."""
        here = self.page.locator("a, button").filter(visible=True)
        here.filter(has_text=name).last.click()
        self.clicks += 1

    def choose(self, answers: Mapping[str, str] = ANSWERS) -> None:
        """Choose whatever of `answers` is in view."""
        for name, value in answers.items():
            option = self.page.locator(f'[id="i-{name}.{value}"]')
            if option.is_visible():
                option.locator("xpath=../label").click()

    def fill_in(self) -> None:
        """From the first part to the review, all questions answered."""
        for part in range(1, SECTIONS + 1):
            self.choose()
            years = self.page.locator("#i-years")
            if years.is_visible():
                years.fill("12")
            self.press("Weiter")
            if part < SECTIONS:
                self.page.locator(f"#s{part + 1}").wait_for()
        self.page.get_by_role("heading", name=REVIEW).wait_for()

    def chosen(self) -> dict[str, str]:
        """What the form holds now, seen or not."""
        return dict(
            self.page.evaluate(
                "[...document.querySelectorAll('#answers input:checked')].map((i) =>"
                " [i.name, i.value])"
            )
        )
