"""What every certificate explains: the stored fields, how to check, and what none can prove."""

from collections.abc import Iterator

from questionnaires.model import Questionnaire
from survey.db.tables import metadata
from survey.domain.certificates import Certificate
from survey.domain.papers import Part, Section, bullets, code, steps, table, text
from survey.domain.stored_fields import stored_fields
from survey.domain.wordings import Say

RESPONSES = "responses"
WHILE_OPEN = ("access_codes", "inbox", "submissions", "campaign_keys", "response_keys")
PLAN_FILE, DEFINITION_FILE = "plan.json", "questionnaire.json"


def record(questionnaire: Questionnaire, language: str, _: Say, *, demographics: bool) -> Section:
    """Every field of a stored record; `demographics` says whether personal details are asked."""
    parts: list[Part] = [
        text(
            _(
                "One answered form becomes one record. It has the following fields and no "
                "others. Everybody sees the own record before sending it, on the page “This "
                "will be stored”."
            )
        ),
        table((_("Field"), _("What it holds")), list(_columns(RESPONSES, _))),
        text(_("The answers are whole numbers. These are the fields in their order:")),
    ]
    for group in stored_fields(questionnaire, language, _, demographics=demographics):
        values = "; ".join(f"{value} = {label.rstrip('.')}" for value, label in group.values)
        parts.append(text(_("Possible values: %(values)s.") % {"values": values}))
        parts.append(table((_("Field"), _("Question")), list(group.names)))
    return Section("record", _("What is stored about an answered form"), tuple(parts))


def tables(_: Say) -> Section:
    """The other tables that hold something of an open survey."""
    parts: list[Part] = [
        text(
            _(
                "While the survey is open, records lie sealed in these tables. With the "
                "closing the first four are emptied; the last one keeps the public half of the "
                "key for the stored records until they are deleted."
            )
        )
    ]
    titles = {
        "access_codes": _("Codes of the slips"),
        "inbox": _("Sealed records"),
        "submissions": _("Forms that were sent"),
        "campaign_keys": _("Public keys of the open survey"),
        "response_keys": _("Public key of the stored records"),
    }
    for name in WHILE_OPEN:
        parts.append(text(f"{titles[name]} ({name}):"))
        parts.append(table((_("Field"), _("What it holds")), list(_columns(name, _))))
    return Section("tables", _("What else the database holds"), tuple(parts))


def never(_: Say) -> Section:
    """What no table has."""
    return Section(
        "never",
        _("What is not stored"),
        (
            bullets(
                _("no name, no personnel number, no account, no e-mail address"),
                _("no time, not even the day, and no order in which forms arrived"),
                _("no network address (IP), no device, no browser, no cookie"),
                _("no link between a record and the code of a slip"),
                _("nothing of a form that was not sent to the end"),
                _("no log of who has opened the survey"),
            ),
        ),
    )


def check(one: Certificate, _: Say) -> Section:
    """What a staff council can do to see with its own eyes."""
    return Section(
        "check",
        _("How you can check this"),
        (
            steps(
                _(
                    "Compare the check number %(number)s: it is the same on the start page of "
                    "the survey, on the sheet that comes with the slips, in the report, and "
                    "here. If one differs, the "
                    "plan is another one."
                )
                % {"number": one.short_hash},
                _(
                    "Download the plan file (%(file)s) and read it. It is a text: everything "
                    "that is listed under “What was agreed” stands in it."
                )
                % {"file": PLAN_FILE},
                _(
                    "Let a computer of your own work out the check sum of this file, with the "
                    "command below (on Windows: certutil -hashfile plan.json SHA256). The "
                    "result must be the full plan hash; its first 16 characters are the check "
                    "number."
                ),
                _(
                    "Do the same with the questionnaire (%(file)s). The result must be the "
                    "fingerprint that stands in the plan file and above."
                )
                % {"file": DEFINITION_FILE},
                _(
                    "Count the slips yourselves: before they are drawn and what is left in the "
                    "box afterwards. Compare with the numbers above."
                ),
                _(
                    "Answer a slip as a test before the opening (trial run), and read the page "
                    "“This will be stored”."
                ),
                _(
                    "Have somebody you trust read the source of the program and run its tests. "
                    "The list of promises and the test for each is in docs/anonymity.md."
                ),
            ),
            code(
                f"sha256sum {PLAN_FILE}",
                one.plan_hash,
                f"sha256sum {DEFINITION_FILE}",
                one.fingerprint,
            ),
        ),
    )


def limits(_: Say) -> Section:
    """What nobody can prove on paper."""
    return Section(
        "limits",
        _("What this certificate cannot prove"),
        (
            bullets(
                _(
                    "That the server really runs this program, unchanged. Whoever changes the "
                    "running program, copies its memory or its keys while the survey is open, "
                    "can read along, and can also make this certificate say anything. You "
                    "have to trust those who run the server, or watch them."
                ),
                _(
                    "That nobody reads along on the way: on the device on which somebody "
                    "answers, or in the network of the house. Against that helps an own device "
                    "outside of it."
                ),
                _(
                    "That nobody is recognised by their answers. Whoever may read the single "
                    "records and knows somebody well could recognise them by unit and personal "
                    "details; that is why so few may, and why the records are deleted."
                ),
                _(
                    "That the slips were mixed and drawn fairly, and that nobody answered with "
                    "slips that were left over. Count them yourselves."
                ),
                _(
                    "The numbers at closing are noted in the database. Whoever writes to the "
                    "database could change these notes, but not read an answer by doing so."
                ),
            ),
        ),
    )


def _columns(name: str, _: Say) -> Iterator[tuple[str, str]]:
    """Every column of a table of the database, described; an unknown one fails."""
    described = _descriptions(_)
    for column in metadata.tables[name].columns:
        yield column.name, described.get(f"{name}.{column.name}") or described[column.name]


def _descriptions(_: Say) -> dict[str, str]:
    return {
        "campaign_id": _("the number of the survey, the same in every record"),
        "responses.id": _("16 random bytes, drawn anew at the closing; they mean nothing"),
        "responses.unit": _(
            "the unit that was printed on the slip, or the larger unit into which a small one was "
            "merged; empty without slips"
        ),
        "responses.answers": _(
            "the answers as listed below, encrypted; only the keeper can read them, and nobody "
            "after they were deleted"
        ),
        "access_codes.code_hash": _(
            "the check sum (SHA-256) of a code; the code itself stands on the slip alone"
        ),
        "access_codes.unit": _("the unit for which the slip was printed"),
        "access_codes.spent": _("whether the code was used: yes or no, without time"),
        "inbox.id": _("16 random bytes, drawn anew at every turn of the key; they mean nothing"),
        "inbox.key_id": _("the number of the key for which the record is sealed"),
        "inbox.sealed": _("the sealed record, of the same length for everybody"),
        "submission_hash": _(
            "the check sum of a random number of the form, so that one that is sent twice is "
            "stored once"
        ),
        "key_id": _("16 random bytes, the number of the key"),
        "public_key": _("the public half of the key: it seals, and cannot open"),
        "is_current": _("whether new records are sealed for this key: yes or no"),
        "counter": _("counts the keys of this survey: 1, 2, 3 …"),
        "signature": _("the signature of the keeper, so that nobody can slip in another key"),
        "recovery": _(
            "the private half, sealed for the recovery sheet that the staff council keeps; empty "
            "without a sheet"
        ),
    }
