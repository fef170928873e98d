"""The certificate as a paper for a staff council, in plain words."""

from collections.abc import Iterator, Sequence
from datetime import date

from questionnaires.model import Questionnaire
from survey.db.tables import metadata
from survey.domain.audits import Finding
from survey.domain.certificates import Certificate
from survey.domain.papers import (
    Paper,
    Part,
    Section,
    bullets,
    code,
    facts,
    steps,
    table,
    text,
)
from survey.domain.signatures import Signed
from survey.domain.stored_fields import stored_fields
from survey.domain.wordings import (
    Say,
    access_word,
    act_word,
    long_day,
    role_word,
    roles_words,
    speaker,
    status_word,
    unit_rows,
)

RESPONSES = "responses"
WHILE_OPEN = ("access_codes", "inbox", "submissions", "campaign_keys", "response_keys")
PLAN_FILE, DEFINITION_FILE = "plan.json", "questionnaire.json"


def certificate_paper(
    certificate: Certificate,
    questionnaire: Questionnaire,
    findings: Sequence[Finding],
    *,
    today: date,
    language: str,
) -> Paper:
    """The certificate in one language; `findings` are those of the self-audit."""
    writer = _Writer(certificate, questionnaire, language)
    _ = writer.say
    return Paper(
        language=language,
        title=_("Certificate for the staff council"),
        lead=(
            _(
                "This certificate says what the program Pegel stores about answers, what was "
                "agreed, what has happened, and how you can check it. It holds no result."
            ),
        ),
        sections=(
            writer.survey(today),
            writer.numbers(),
            writer.audit(findings),
            writer.plan(),
            writer.people(),
            writer.check(),
            writer.limits(),
            writer.record(),
            writer.never(),
            writer.tables(),
        ),
        foot=f"{certificate.short_hash} · {certificate.software}",
    )


class _Writer:
    def __init__(
        self, certificate: Certificate, questionnaire: Questionnaire, language: str
    ) -> None:
        self.one = certificate
        self.questionnaire = questionnaire
        self.language = language
        self.say = speaker(language)

    def survey(self, today: date) -> Section:
        _, one = self.say, self.one
        rows = [(_("Survey"), one.plan.title[self.language])]
        if one.plan.organisation:
            rows.append((_("Asked by"), one.plan.organisation[self.language]))
        rows += [
            (_("Short name"), one.slug),
            (_("How far it is"), status_word(one.status, _)),
            (_("Check number of the plan"), one.short_hash),
            (_("Co-signature"), self._cosignature()),
            (_("As of"), self._day(today)),
        ]
        return Section("survey", _("The survey"), (facts(rows),))

    def numbers(self) -> Section:
        _, one = self.say, self.one
        rows = [*self._key_rows(), *self._slip_rows(), *self._response_rows()]
        rows.append((_("Single records are deleted by"), self._day(one.delete_by)))
        said = _(
            "While a survey is open there is one number only, counted once a day: none below 30 "
            "people, then “fewer than 10”, then in steps of five."
        )
        if one.closed_on is not None:
            said = _(
                "The numbers are those of the whole survey. There are none for single units here. "
                "The number of answers is told from 20 people, and only if at least 3 of them did "
                "not answer; otherwise it could be worked out who kept silent."
            )
        return Section("numbers", _("Keys, slips and answers"), (facts(rows), text(said)))

    def audit(self, findings: Sequence[Finding]) -> Section:
        _ = self.say
        words = {"ok": _("in order"), "warning": _("please note"), "problem": _("fault")}
        rows = [(words[found.state], found.spoken(_)) for found in findings]
        return Section(
            "audit",
            _("Self-check"),
            (
                table((_("Result"), _("What was looked at")), rows),
                text(
                    _(
                        "The program has looked this up when this certificate was made. The "
                        "command “pegel doctor” on the server looks further, at files and keys."
                    )
                ),
            ),
        )

    def plan(self) -> Section:
        _, one, plan = self.say, self.one, self.one.plan
        period = _("%(first)s to %(last)s") % {
            "first": self._day(plan.period.from_),
            "last": self._day(one.last_day),
        }
        if one.prolonged:
            period += _(" (prolonged; first agreed: to %(last)s)") % {
                "last": self._day(plan.period.to)
            }
        rows = [
            (_("Questionnaire"), self._questionnaire()),
            (_("Languages"), ", ".join(plan.languages)),
            (_("Period"), period),
            (_("How people get in"), access_word(plan.access, _)),
            (_("People asked"), str(plan.eligible) if plan.eligible else _("not counted")),
            (
                _("Results from"),
                _("dimensions from %(threshold)s valid answers, single questions from 20")
                % {"threshold": plan.results_from},
            ),
            (_("Breakdowns of the whole"), self._breakdowns()),
            (
                _("Compared with"),
                _("other waves of the series “%(series)s”") % {"series": plan.series}
                if plan.series
                else _("no other survey"),
            ),
            (
                _("Weighting"),
                _("the whole also by the head counts of the units")
                if plan.weighting
                else _("not weighted"),
            ),
            (_("The report is read by"), roles_words(plan.readers.report or ("hr",), _)),
            (_("Single records are read by"), roles_words(plan.readers.responses, _)),
            (
                _("Single records are kept"),
                _("at most %(days)s days after the end") % {"days": plan.retention_days},
            ),
        ]
        parts: list[Part] = [facts(rows)]
        if plan.units and plan.units.units:
            parts.append(table((_("Unit"), _("People")), list(unit_rows(plan.units))))
        parts += [
            text(
                _("Nothing of this can be changed after the opening. These numbers stand for it:")
            ),
            facts(self._hashes()),
        ]
        return Section("plan", _("What was agreed"), tuple(parts))

    def people(self) -> Section:
        _ = self.say
        rows = [
            (act_word(act.act, _) + self._detail(act), self._who(act), self._day(act.at.date()))
            for act in self.one.acts
        ]
        shown = table((_("What"), _("Who"), _("When")), rows) if rows else text(_("Nothing yet."))
        note = _(
            "Every entry is sealed with a secret of the server. An entry that was changed, or that "
            "was only written into the database, is not listed."
        )
        return Section("people", _("Who did what"), (shown, text(note)))

    def record(self) -> Section:
        _ = self.say
        asked = self.one.plan.access == "slips"
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
        for group in stored_fields(self.questionnaire, self.language, _, demographics=asked):
            values = "; ".join(f"{value} = {label.rstrip('.')}" for value, label in group.values)
            parts.append(text(_("Possible values: %(values)s.") % {"values": values}))
            parts.append(table((_("Field"), _("Question")), list(group.names)))
        return Section("record", _("What is stored about an answered form"), tuple(parts))

    def tables(self) -> Section:
        _ = self.say
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

    def never(self) -> Section:
        _ = self.say
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

    def check(self) -> Section:
        _, one = self.say, self.one
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

    def limits(self) -> Section:
        _ = self.say
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

    def _cosignature(self) -> str:
        _ = self.say
        words = {
            "none": _("without co-signature"),
            "operator": _("signed by the operator of the server, not by the staff council"),
            "council": _("signed by the staff council"),
        }
        return words[self.one.cosignature]

    def _key_rows(self) -> Iterator[tuple[str, str]]:
        _, one, numbers = self.say, self.one, self.one.numbers
        if not numbers.keys_made:
            yield _("Keys"), _("none yet")
            return
        turned = _("%(number)s times (planned: every 24 hours)") % {"number": numbers.keys_turned}
        if numbers.last_turn and numbers.keys_turned:
            turned += _(", the last time on %(day)s") % {"day": self._day(numbers.last_turn)}
        yield _("Keys turned"), turned
        if one.status != "open":
            left = numbers.keys_left
            yield (
                _("Keys destroyed"),
                _("%(number)s of %(all)s") % {"number": numbers.keys_made, "all": numbers.keys_made}
                if not left
                else _("not all yet: %(number)s still exist") % {"number": left},
            )
            yield (
                _("Key of the stored records"),
                _("exists, until the records are deleted") if one.storage_key else _("none"),
            )

    def _slip_rows(self) -> Iterator[tuple[str, str]]:
        _, one, numbers = self.say, self.one, self.one.numbers
        if one.plan.access == "open":
            return
        if numbers.issued is None:
            yield _("Slips issued"), _("none yet")
            return
        yield _("Slips issued"), str(numbers.issued)
        left = numbers.left_over
        yield _("Slips left over"), _("not counted yet") if left is None else str(left)

    def _response_rows(self) -> Iterator[tuple[str, str]]:
        _, one, numbers = self.say, self.one, self.one.numbers
        if one.status in ("draft", "signed"):
            return
        if one.status == "open":
            yield _("Answers so far"), self._public_count()
            return
        yield _("Closed on"), self._day(one.closed_on) if one.closed_on else _("not known")
        if numbers.opened is False:
            yield (
                _("Answers accepted"),
                _("too few for any result; they were destroyed unopened"),
            )
            return
        if numbers.accepted is not None:
            yield _("Answers accepted"), str(numbers.accepted)
        elif numbers.at_least is not None:
            yield _("Answers accepted"), _("at least %(number)s") % {"number": numbers.at_least}
        if numbers.unanswered is not None and one.plan.access == "slips":
            yield _("Slips drawn but not used"), str(numbers.unanswered)

    def _public_count(self) -> str:
        _, count = self.say, self.one.numbers.count
        if count is None:
            return _("no number is told")
        return _("at least %(number)s") % {"number": count} if count else _("fewer than 10")

    def _questionnaire(self) -> str:
        one = self.questionnaire
        return f"{one.title[self.language]} ({one.id} {one.version})"

    def _breakdowns(self) -> str:
        asked = {one.id: one.text[self.language] for one in self.questionnaire.demographics}
        return "; ".join(asked.get(one, one) for one in self.one.plan.breakdowns) or self.say(
            "no breakdowns"
        )

    def _hashes(self) -> list[tuple[str, str]]:
        _, one = self.say, self.one
        return [
            (_("Plan hash (SHA-256)"), _grouped(one.plan_hash)),
            (_("Fingerprint of the questionnaire (SHA-256)"), _grouped(one.fingerprint)),
            (
                _("Public key of the keeper (the part of the program that has the keys)"),
                _grouped(one.keeper_key) if one.keeper_key else _("none"),
            ),
            (
                _("Check number of the recovery sheet"),
                one.recovery or _("there is no recovery sheet"),
            ),
        ]

    def _detail(self, act: Signed) -> str:
        _ = self.say
        if act.act == "prolong" and "to" in act.details:
            day = self._day(date.fromisoformat(act.details["to"]))
            return _(" to %(last)s") % {"last": day}
        if act.act == "second-run" and "count" in act.details:
            return f" ({act.details['count']})"
        return ""

    def _who(self, act: Signed) -> str:
        _ = self.say
        if act.account is None:
            return _("the operator of the server (command line)")
        known = {"name": act.account, "role": role_word(act.role or "", _)}
        if act.since is None:
            return "{name} ({role})".format(**known)
        known["since"] = self._day(act.since.date())
        return _("%(name)s (%(role)s; account since %(since)s)") % known

    def _day(self, day: date) -> str:
        return long_day(day, self.language)


def _grouped(digits: str) -> str:
    """Hexadecimal digits in groups of 16, for people to compare."""
    return " ".join(digits[start : start + 16] for start in range(0, len(digits), 16))


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
