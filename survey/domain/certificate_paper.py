"""The certificate as a paper for a staff council, in plain words."""

from collections.abc import Iterator, Sequence
from datetime import date

from questionnaires.model import Questionnaire
from survey.domain.audits import Finding
from survey.domain.certificate_explanations import check, limits, never, record, tables
from survey.domain.certificates import Certificate
from survey.domain.papers import (
    Paper,
    Part,
    Section,
    facts,
    table,
    text,
)
from survey.domain.permissions import named_readers
from survey.domain.signatures import Signed
from survey.domain.wordings import (
    access_word,
    act_word,
    long_day,
    role_word,
    roles_words,
    speaker,
    status_word,
    unit_rows,
)


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
            check(certificate, _),
            limits(_),
            record(questionnaire, language, _, demographics=certificate.plan.access == "slips"),
            never(_),
            tables(_),
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
            (_("The report is read by"), roles_words(named_readers(plan), _)),
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
