"""What went wrong, in the reader's language: a sentence and what to do, by the code of an error.

The domain says it in English with names and numbers in it; pages say it plainly, and point to the
field or the line that is meant. What has no sentence here is shown as it came, marked as English.
"""

from collections.abc import Callable
from dataclasses import dataclass

from questionnaires.errors import Finding
from survey.errors import SurveyError

Say = Callable[[str], str]

# code: (what is wrong, what to do); English here is the msgid of the catalogue.
ERRORS: dict[str, tuple[str, str]] = {
    "bad-name": ("A name has 1 to 64 characters.", "Choose another name."),
    "name-taken": ("There is an account with this name already.", "Choose another name."),
    "short-password": (
        "The password has fewer than 12 characters.",
        "Take three or four words that nobody would put together.",
    ),
    "long-password": ("The password has more than 256 characters.", "Choose a shorter one."),
    "name-in-password": ("The password contains the name.", "Choose another password."),
    "too-many-attempts": (
        "Too many attempts.",
        "Please wait 15 minutes and try again. Nothing is locked or changed.",
    ),
    "wrong-password": ("The present password is not right.", "Please check and try again."),
    "wrong-code": (
        "The code does not belong to this key, or it is over.",
        "Check the clock of the device and enter the code that the app shows now.",
    ),
    "wrong-old-code": (
        "This code is not right.",
        "Please enter the one that the app shows now; each works once.",
    ),
    "old-draft": (
        "The key on the page has run out.",
        "Please take the new key that is shown now.",
    ),
    "council-factor": (
        "The account of a staff council works with its second factor only.",
        "Set it up anew on another device instead.",
    ),
    "own-account": ("Nobody can end the own account.", "Ask another administrator."),
    "unknown-account": ("There is no such account.", "Choose one from the list."),
    "unknown-role": ("There is no such role.", "Choose one from the list."),
    "unknown-campaign": ("There is no such survey.", "Choose one from the list."),
    "may-not": ("Your account may not do this.", "Ask whoever may."),
    "whose": ("This survey belongs to somebody else.", "Ask whoever created it."),
    "same-account": (
        "Whoever created the survey cannot sign it as well.",
        "Another account has to do it.",
    ),
    "not-third": (
        "Whoever created or signed the survey cannot release its results.",
        "Ask data protection, or another account of the human resources office.",
    ),
    "not-signed": (
        "The staff council has not signed the plan yet.",
        "Ask it to sign; it sees the survey in its list.",
    ),
    "no-creator": (
        "Who created this survey is not recorded on this host, or the record was changed.",
        "Please tell your IT: database or host.secret is not the one of this survey.",
    ),
    "plan-changed": (
        "The stored plan is not the one that was agreed.",
        "Please tell the staff council and your IT: somebody changed the database.",
    ),
    "nobody-asked": (
        "Nobody who may has asked for this.",
        "Please tell the staff council: somebody writes to the database.",
    ),
    "nothing-waits": (
        "Nothing waits for this signature any more, or something else was asked for.",
        "Load the page again.",
    ),
    "another-plan": ("This page showed another plan.", "Load the page again."),
    "code-needed": (
        "The code of the second factor is wrong, over, or was used already.",
        "Enter the code that the app shows now.",
    ),
    "prolonged-already": ("The last day was moved already; that is done once.", ""),
    "prolong-range": (
        "The new last day has to be later than the old one, by 8 weeks at most.",
        "Choose another day.",
    ),
    "third-run": ("This unit had a second run of slips already.", ""),
    "short-run": (
        "A second run has at least 20 slips; fewer could single somebody out.",
        "Enter a larger number.",
    ),
    "one-code": ("This survey has one code for everybody.", "Copy the slips on paper."),
    "codes-spent": (
        "Codes of these slips were used already, although the survey was not open.",
        "Please tell your IT.",
    ),
    "unknown-unit": ("The plan has no such unit.", "Choose one from the list."),
    "too-many-slips": (
        "At most 1.2 slips for each person can be issued.",
        "Enter a smaller number.",
    ),
    "too-few-slips": ("At least one slip is needed.", "Enter a number."),
    "second-run": (
        "Slips for this unit were issued already; a second run could single people out.",
        "If they are lost, issue them anew before the opening.",
    ),
    "open-link": ("This survey is answered by an open link; it has no slips.", ""),
    "not-a-draft": ("This is possible before opening only.", ""),
    "not-countable": (
        "Left-over slips are counted after opening and before the release.",
        "",
    ),
    "no-stock": ("No slips were issued for this unit.", ""),
    "left-over-range": (
        "There cannot be more slips left over than were issued.",
        "Count again and enter a whole number.",
    ),
    "not-active": ("This version of the questionnaire is not in use.", "Choose another one."),
    "wrong-status": ("This step is not possible now.", "Load the page again."),
    "breakdown-twice": ("A breakdown is planned twice.", "Remove one of them."),
    "breakdown-unit": (
        "A breakdown cannot be called “unit”; the units have this name.",
        "Remove the breakdown.",
    ),
    "period-over": (
        "The period of this survey is over.",
        "Create it anew with a new period.",
    ),
    "no-codes": ("No slips were issued yet, so nobody could answer.", "Print the slips first."),
    "not-open": ("Only an open survey can be closed.", "Load the page again."),
    "not-closed": ("Results are released once, after closing.", "Load the page again."),
    "definition-changed": (
        "The questionnaire was changed after a survey was created from it.",
        "Ask those who look after the server to restore the file.",
    ),
    "slug-taken": (
        "There is a survey with this short name already.",
        "Choose another “slug” in the plan.",
    ),
    "not-released": (
        "This survey has no results yet.",
        "Results are there after it was closed and released.",
    ),
    "left-over-missing": (
        "The left-over slips of some units were not entered yet.",
        "Count and enter them first.",
    ),
    "no-responses": (
        "The survey was closed without results: too few people answered.",
        "There is nothing to release.",
    ),
    "pictures": ("The picture could not be made.", "Please try again."),
    "busy": ("Other pictures are being made.", "Please try again in a minute."),
    "typesetting": ("The PDF could not be made.", "Please try again."),
    "unknown-page": ("There is nothing at this address.", "Choose a survey from the list."),
    "unknown-format": ("There is no such file.", "Choose one from the report."),
}

FINDINGS: dict[str, tuple[str, str]] = {
    "title-missing": ("The survey has no title, or an empty one.", "Write one."),
    "unit-id-twice": ("A unit stands in the plan twice.", "Give each unit a name of its own."),
    "head-count-above": (
        "A unit with units below it has the sum of their heads.",
        "Remove its own number.",
    ),
    "head-count-missing": (
        "A unit has no number of people.",
        "Add how many people get a slip there.",
    ),
    "units-missing": (
        "Slips are counted per unit, and the plan has no units.",
        "Add units with their number of people.",
    ),
    "units-without-slips": (
        "Without slips there are results for the whole only; no unit is asked.",
        "Keep the whole with its number of people, or choose slips.",
    ),
    "breakdowns-without-slips": (
        "Without slips there are results for the whole only.",
        "Remove the breakdowns, or choose slips.",
    ),
    "period-backwards": ("The last day is before the first day.", "Correct the days."),
    "unknown-questionnaire": (
        "There is no such questionnaire.",
        "Write id and version of one that is installed.",
    ),
    "unknown-language": (
        "The questionnaire has no texts in this language.",
        "Remove the language.",
    ),
    "unknown-breakdown": ("The questionnaire has no such question.", "Remove the breakdown."),
    "small-unit": (
        "This unit has fewer people than the threshold: it will be merged with the unit above.",
        "Join it with a neighbour in the plan if both should see results.",
    ),
    "no-day": ("This is no day.", "Write it as in 2026-11-23."),
    "no-version": ("This names no version of a questionnaire.", "Write id and version."),
    "missing-key": ("Something is missing here.", "Add it."),
    "unknown-key": ("This key is not known here.", "Correct or remove it."),
    "wrong-type": ("Another kind of value is wanted here.", "Correct the value."),
    "wrong-form": ("This value does not have the right form.", "Correct the value."),
    "unknown-value": ("This value is not known here.", "Correct the value."),
    "out-of-range": ("This number is too small or too large.", "Correct the number."),
    "yaml-syntax": ("This is no YAML.", "Correct the line; often a space or a colon is missing."),
    "not-utf-8": ("The file is not written in UTF-8.", "Save it as UTF-8."),
    "empty-file": ("The plan is empty.", "Paste it, or choose a file."),
    "line-without-count": (
        "The number of people is missing.",
        "Write it behind the name, as in “Building office; 34”.",
    ),
    "line-without-name": (
        "The name is missing.",
        "Write name and number, as in “Building office; 34”.",
    ),
    "line-count-range": ("The number of people must be 1 to 1,000,000.", "Correct the number."),
    "line-count-above": (
        "A unit with units below it has the sum of their heads.",
        "Remove its own number.",
    ),
    "line-indented-first": (
        "The first line is indented, but no unit stands above it.",
        "Begin it at the margin.",
    ),
    "too-many-lines": ("There are more than 500 lines.", "Use a file (PLAN.yaml)."),
    "threshold-range": (
        "The smallest group has 5 to 1,000 answers.",
        "Enter a whole number from 5.",
    ),
    "series-name": (
        "The name of the series has no letter and no digit, or more than 64 signs.",
        "Write another name.",
    ),
    "weighting-without-units": (
        "There are no units whose head counts could weight the whole.",
        "Write the units, or do not weight.",
    ),
    "file-missing": ("There is no plan yet.", "Paste it, or choose a file."),
    "too-few": ("There are too few entries here.", "Add what is missing."),
    "wrong-value": ("This value cannot be used.", "Correct the value."),
    "text-by-language": (
        "A text in each language is wanted here.",
        "Write it as in {de: Befragung 2026, en: Survey 2026}.",
    ),
    "duplicate-key": ("This key stands here twice.", "Remove one of the two."),
    "alias": ("References within the file are not allowed.", "Write the text out."),
    "tag": ("Tags are not allowed in this file.", "Remove the tag."),
    "several-documents": ("There is more than one document.", "Keep one."),
    "key-type": ("This cannot be a key.", "Put it in quotation marks."),
    "implicit-boolean": (
        "Some programs read this word as true or false.",
        "Put it in quotation marks.",
    ),
    "number-too-long": ("This number is too long.", "Shorten it."),
    "forbidden-character": ("There is a character that cannot be read.", "Remove it."),
    "too-large": ("The file is too large.", "Shorten it."),
    "too-deep": ("The file is nested too deeply.", "Make it flatter."),
}

PLACES = ("line %(number)s", "column %(number)s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened and what to do.

    `language` is set where it is not that of the page; `detail` is the domain's own English, which
    has the names and numbers in it.
    """

    said: str
    remedy: str = ""
    place: str = ""
    detail: str = ""
    language: str = ""


def sentence(error: SurveyError, say: Say) -> Sentence:
    """An error for a page."""
    if error.code not in ERRORS:
        return Sentence(error.message, error.remedy, language="en")
    said, remedy = ERRORS[error.code]
    return Sentence(say(said), say(remedy) if remedy else "")


def finding_sentence(finding: Finding, say: Say) -> Sentence:
    """A finding for a page, with line, column and key as far as they are known."""
    place, detail = _place(finding, say), finding.message if finding.file else ""
    if finding.code not in FINDINGS:
        return Sentence(finding.message, finding.remedy, place, language="en")
    said, remedy = FINDINGS[finding.code]
    return Sentence(say(said), say(remedy), place, detail)


def _place(finding: Finding, say: Say) -> str:
    numbers = zip(PLACES, (finding.line, finding.column), strict=True)
    known = [say(text) % {"number": number} for text, number in numbers if number is not None]
    if finding.file and finding.path:
        known.append(finding.path)
    return ", ".join(known)
