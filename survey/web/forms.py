"""The questionnaire as one document: rendered once, then filled in and sent as bytes.

All languages are in it, and no answer is. What differs between people, the code in a hidden field,
is put in just before the end, so that serving the page costs next to nothing: the part before it
is compressed once, and its checksum is known.
"""

import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from questionnaires.errors import Finding
from questionnaires.model import AnyQuestion, Condition, MaturityItem, Questionnaire, target_name
from questionnaires.text import Text
from survey.domain.announcements import Announcement
from survey.domain.answering import CODE, FINGERPRINT, SUBMISSION
from survey.web.languages import words
from survey.web.pages import environment
from survey.web.speech import Speech

_HIDDEN = "<!--hidden-->"
_SUMMARY = "<!--summary-->"
_MARKS = re.compile(r"<!--(?:summary|error:[a-z0-9_]+)-->\n?")
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_LEVEL = 9


@dataclass(frozen=True, slots=True)
class ShownCondition:
    """A condition twice: as data for the script, in words (one per language) for everybody."""

    data: str
    words: tuple[str, ...]


class FormDocument:
    """The form of one campaign, opening in one language."""

    def __init__(self, announcement: Announcement, language: str, *, trial: bool) -> None:
        self.language = language
        self._speech = Speech(announcement.languages)
        self._marked = render_form(announcement, language, self._speech, trial=trial)
        head, _, tail = _MARKS.sub("", self._marked).partition(_HIDDEN)
        self._head, self._tail = head.encode(), tail.encode()
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._packed = packer.compress(self._head) + packer.flush(zlib.Z_FULL_FLUSH)
        self._head_checksum = zlib.crc32(self._head)
        self._fingerprint = announcement.questionnaire.fingerprint

    def plain(self, code: str, submission: str) -> bytes:
        """The empty form for one code and one submission id."""
        return self._head + self._hidden(code, submission) + self._tail

    def compressed(self, code: str, submission: str) -> bytes:
        """The same as a gzip stream; only the end is compressed anew."""
        end = self._hidden(code, submission) + self._tail
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        size = len(self._head) + len(end)
        return b"".join(
            (
                _GZIP_HEADER,
                self._packed,
                packer.compress(end),
                packer.flush(),
                struct.pack("<II", zlib.crc32(end, self._head_checksum), size & 0xFFFFFFFF),
            )
        )

    def filled(
        self,
        code: str,
        submission: str,
        answers: Mapping[str, str],
        findings: Sequence[Finding] = (),
    ) -> bytes:
        """The form with `answers` put back (field name -> value), and what is wrong with them."""
        page = self._marked
        for name, value in answers.items():
            page = _fill(page, name, value)
        for finding in findings:
            said = self._said(finding, 'id="e-{}"', finding.path)
            page = page.replace(f"<!--error:{finding.path}-->", said, 1)
            page = _point_out(page, finding.path)
        if findings:
            error = words("respond", self.language).gettext("Error: ")
            page = page.replace("<title>", f"<title>{escape(error)}", 1)
            page = page.replace(_SUMMARY, self._summary(findings), 1)
        head, _, tail = _MARKS.sub("", page).partition(_HIDDEN)
        return head.encode() + self._hidden(code, submission) + tail.encode()

    def _hidden(self, code: str, submission: str) -> bytes:
        field = Markup('<input type="hidden" name="{}" value="{}">')
        fields = {FINGERPRINT: self._fingerprint, SUBMISSION: submission}
        if code:
            fields[CODE] = code
        return "".join(field.format(*pair) for pair in fields.items()).encode()

    def _said(self, finding: Finding, attributes: str, *values: str) -> str:
        opening = Markup(f'<p class="kern-error card__error" {attributes}>').format(*values)  # noqa: S704  # a constant of this module
        return opening + self._speech.words(MESSAGES.get(finding.code, FOREIGN)) + Markup("</p>")

    def _summary(self, findings: Sequence[Finding]) -> str:
        errors = []
        for code, path in dict.fromkeys((finding.code, finding.path) for finding in findings):
            href = f"#q-{path}" if f'id="q-{path}"' in self._marked else ""
            said = {"href": href, "text": self._speech.words(MESSAGES.get(code, FOREIGN))}
            if said not in errors:
                errors.append(said)
        macros = environment("respond", self.language).get_template("macros/notices.html")
        title = self._speech.words("Please check your answers. They are all still here.")
        error_summary: Callable[..., str] = getattr(macros.module, "error_summary")  # noqa: B009  # a macro of the template, unknown to types
        return error_summary(title, errors)


FOREIGN = "This form no longer fits the survey. Please look through it and send it again."
MESSAGES = {
    "out-of-range": "Please enter a whole number within the limits, or leave the field empty.",
    "exclusive": "Two of these answers exclude one another. Please choose again.",
    "out-of-scale": "Please choose one of the answers shown.",
}


@lru_cache(maxsize=64)
def document(announcement: Announcement, language: str, *, trial: bool) -> FormDocument:
    """The form of a campaign; made at the first request and kept."""
    return FormDocument(announcement, language, trial=trial)


def in_words(questionnaire: Questionnaire, condition: Condition, language: str) -> str:
    """A condition as people say it: „Haben Sie eine direkte Führungskraft?“: ja."""
    say = words("respond", language).gettext
    if condition.item is not None:
        question = questionnaire.questions[condition.item]
        wanted = _labels(questionnaire, question, condition.in_ or (), language)
        return f"{say('“%s”') % question.text[language]}: {say(' or ').join(wanted)}"
    for parts, joint in ((condition.all, " and "), (condition.any, " or ")):
        if parts is not None:
            return say(joint).join(in_words(questionnaire, part, language) for part in parts)
    inner = condition.not_ or Condition()
    return say("not (%s)") % in_words(questionnaire, inner, language)


def _labels(
    questionnaire: Questionnaire, question: AnyQuestion, codes: Sequence[int], language: str
) -> list[str]:
    if isinstance(question, MaturityItem):
        level = words("respond", language).gettext("Level %(number)s")
        return [level % {"number": question.place(code)} for code in codes]
    scale = questionnaire.response_scale(question)
    known: dict[int, Text] = {point.value: point.label for point in scale.points} if scale else {}
    return [known[code][language] if code in known else str(code) for code in codes]


def _shown(announcement: Announcement, condition: Condition | None) -> ShownCondition | None:
    if condition is None:
        return None
    data = condition.model_dump(mode="json", by_alias=True, exclude_none=True)
    said = (
        words("respond", language).gettext("Only if %s")
        % in_words(announcement.questionnaire, condition, language)
        for language in announcement.languages
    )
    return ShownCondition(json.dumps(data, separators=(",", ":")), tuple(said))


def render_form(announcement: Announcement, language: str, speech: Speech, *, trial: bool) -> str:
    """The document with its marks for answers, errors and hidden fields still in it."""
    page = environment("respond", language).get_template("respond/form.html")
    questions = announcement.reader.questions.values()
    return page.render(
        language=language,
        speech=speech,
        trial=trial,
        base=announcement.address(trial=trial),
        title=announcement.title[language],
        campaign_title=announcement.title,
        organisation=announcement.organisation,
        questionnaire=announcement.questionnaire,
        sections=announcement.reader.sections,
        conditions={q.id: _shown(announcement, q.show_if) for q in questions},
        missing=announcement.questionnaire.missing,
        target_name=target_name,
        Markup=Markup,
    )


def _fill(page: str, name: str, value: str) -> str:
    """Tick the option `name` = `value`, or write `value` into the number field `name`."""
    chosen = f' id="i-{name}.{value}"'
    if chosen in page:
        return page.replace(chosen, f"{chosen} checked", 1)
    number = f' id="i-{name}"'
    return page.replace(number, f'{number} value="{escape(value)}"', 1)


def _point_out(page: str, question: str) -> str:
    """Tie the error to its field, for those who hear the page."""
    number = f'aria-describedby="h-{question}"'
    if number in page:
        told = f'aria-describedby="h-{question} e-{question}" aria-invalid="true"'
        return page.replace(number, told, 1)
    card = f' id="q-{question}"'
    return page.replace(card, f'{card} aria-describedby="e-{question}"', 1)
