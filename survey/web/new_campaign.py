"""A new campaign: from the form or from a plan's file, over a check, to a draft."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from litestar import Router, get, post
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from questionnaires import registry
from questionnaires.errors import DefinitionError, Finding
from questionnaires.model import Questionnaire
from reports.release import short_hash
from survey.db.engine import reading_session, writing_session
from survey.domain import campaigns, plan_checks
from survey.domain.plan_loading import read_plan
from survey.domain.plans import Plan
from survey.domain.series import NotCompared, not_compared
from survey.domain.standing import NOT_SIGNED
from survey.errors import RefusedError, SurveyError
from survey.web.desk import Desk
from survey.web.guards import HOME, needs
from survey.web.planning import (
    BREAKDOWNS,
    FIELDS,
    breakdown_field,
    breakdowns_of,
    plan_from_form,
    suggestion,
)
from survey.web.sentences import Sentence, finding_sentence, sentence
from survey.web.visits import Page

NEW = f"{HOME}/new"
FILE_NAME = "PLAN.yaml"
FIRST_FIELDS = {"", "title", "from", "to", "units", "plan"}


@get(NEW, sync_to_thread=True, opt=needs("create"))
def new(desk: NamedDependency[Desk]) -> Page:
    """The empty form, with what was agreed the last time."""
    with reading_session(desk.engine) as session:
        last = _last_plan(session)
    given = suggestion(last, desk.say("The whole administration"), desk.now.date())
    return _form(desk, given)


@post(NEW, sync_to_thread=True, opt=needs("create"))
def make(desk: NamedDependency[Desk]) -> Page:
    """Check the plan and show it in words; at the second step create the campaign."""
    given = {name: desk.form[name] for name in FIELDS} | _ticked(desk.form.texts)
    written = _written(desk)
    if desk.form["step"] == "edit":
        return _form(desk, given, written=written)
    try:
        plan = _plan(desk, given, written)
        if desk.form["step"] == "create":
            return _create(desk, plan)
    except DefinitionError as error:
        findings = [finding_sentence(found, desk.say) for found in error.findings]
        return _form(desk, given, error.findings, findings, written=written, status=422)
    except SurveyError as error:
        return _form(desk, given, (), [sentence(error, desk.say)], written=written, status=422)
    questionnaire = registry.get(plan.questionnaire_id, plan.questionnaire_version)
    return desk.page(
        "campaigns/check.html",
        plan=plan,
        questionnaire=questionnaire,
        short_hash=short_hash(plan.hash(questionnaire, desk.trust.keeper_key)),
        cosigned=NOT_SIGNED,
        warnings=_small_units(plan),
        not_compared=_not_compared(desk, plan),
        given=given,
        written=written,
    )


def new_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[new, make])


def offered() -> list[Questionnaire]:
    """The questionnaires that a campaign can use: the newest active version of each."""
    newest: dict[str, Questionnaire] = {}
    for questionnaire in registry.shipped():
        if questionnaire.status == "active":
            newest[questionnaire.id] = questionnaire
    return [registry.get(name) for name in newest]


def _create(desk: Desk, plan: Plan) -> Page:
    with writing_session(desk.engine) as session:
        slug = campaigns.create(
            session, plan, now=desk.now, trust=desk.trust, creator=desk.account
        ).slug
    return desk.go(f"{HOME}/{slug}")


def _plan(desk: Desk, given: dict[str, str], written: str | None) -> Plan:
    if written is None:
        return plan_from_form(given, _questionnaire(given["questionnaire"]))
    if "file" in desk.form.files:
        return read_plan(desk.form.files["file"][1], FILE_NAME)
    if not written.strip():
        raise DefinitionError([Finding("error", "file-missing", "There is no plan.")])
    return read_plan(written.encode(), FILE_NAME)


def _written(desk: Desk) -> str | None:
    """The plan as a file, pasted or chosen; None when the form's fields were used."""
    if desk.form["way"] != "file":
        return None
    if "file" in desk.form.files:
        return desk.form.files["file"][1].decode("utf-8-sig", errors="replace")
    return desk.form["plan"].replace("\r\n", "\n")


def _questionnaire(name: str) -> Questionnaire:
    known = {one.id: one for one in offered()}
    return known.get(name) or next(iter(known.values()))


def _ticked(texts: Mapping[str, str]) -> dict[str, str]:
    """The fields of breakdowns, which depend on what the questionnaires ask."""
    return {name: text for name, text in texts.items() if name.startswith(f"{BREAKDOWNS}.")}


def _not_compared(desk: Desk, plan: Plan) -> tuple[NotCompared, ...]:
    with reading_session(desk.engine) as session:
        return not_compared(session, plan, now=desk.now)


def _last_plan(session: Session) -> Plan | None:
    """The plan of the newest campaign by slips."""
    for campaign in campaigns.list_(session):
        with suppress(RefusedError):  # a plan that was changed is no model for another
            plan = campaigns.plan_of(campaign)
            if plan.access == "slips":
                return plan
    return None


def _small_units(plan: Plan) -> list[tuple[str, int, str]]:
    """Units too small for results of their own: name, people, and the unit they are merged into."""
    named = {found.path for found in plan_checks.warnings(plan)}
    walk = plan.units.walk() if plan.units else ()
    return [
        (unit.name, unit.eligible or 0, parent.name)
        for parent in walk
        for unit in parent.units
        if unit.id in named
    ]


def _form(
    desk: Desk,
    given: dict[str, str],
    findings: Sequence[Finding] = (),
    said: Sequence[Sentence] = (),
    *,
    written: str | None = None,
    status: int = 200,
) -> Page:
    fields = [_field_of(found) for found in findings] or [""] * len(said)
    return desk.page(
        "campaigns/new.html",
        status=status,
        given=given,
        written=written,
        problems=list(zip(fields, said, strict=True)),
        wrong=set(fields) - {""},
        more_is_wrong=bool(set(fields) - FIRST_FIELDS),
        questionnaires=offered(),
        chosen=_questionnaire(given["questionnaire"]).id,
        breakdowns_of=breakdowns_of,
        breakdown_field=breakdown_field,
    )


def _field_of(found: Finding) -> str:
    """The field of the form that a finding is about; empty where there is none."""
    if found.file:
        return "plan"
    if found.line is not None or found.path.startswith("units"):
        return "units"
    if found.code == "period-backwards":
        return "to"
    if found.path.startswith(BREAKDOWNS):
        return BREAKDOWNS
    last = found.path.rpartition(".")[2]
    return last if last in FIELDS else "title" if found.path.startswith("title") else ""
