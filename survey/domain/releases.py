"""Releasing a campaign: results become visible, once; and reading what was released."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires import registry
from reports.release import Release, ReleaseFacts
from survey import __version__
from survey.db.campaigns import Campaign, Stock
from survey.db.releases import Release as ReleaseRow
from survey.db.responses import responses
from survey.domain.campaign_keys import Keys
from survey.domain.campaigns import check_release, get, plan_of, questionnaire_of, set_status
from survey.domain.plans import UNIT_COLUMN
from survey.domain.responses import stored
from survey.domain.standing import NOT_SIGNED, CoSigned
from survey.errors import NotFoundError, WrongStateError

if TYPE_CHECKING:
    from questionnaires.model import Questionnaire
    from reports.responses import ResponseTable

UNIT = UNIT_COLUMN


def compute(
    session: Session,
    campaign: Campaign,
    keys: Keys,
    *,
    cosigned: CoSigned = NOT_SIGNED,
    last_day: date | None = None,
) -> Release:
    """What the release of a closed campaign would be; reads only, so that nobody has to wait.

    Only the keeper has the `keys` that open the stored responses. `cosigned` and `last_day` (None:
    as planned) are what recorded acts say.

    Raises:
        WrongStateError: not closed, left-over slips not yet entered, or nothing to release.
    """
    check_release(campaign)
    _check_left_over(session, campaign)
    _check_responses(session, campaign)
    plan = plan_of(campaign)
    facts = ReleaseFacts(
        title=plan.title,
        first_day=plan.period.from_.isoformat(),
        last_day=(last_day or plan.period.to).isoformat(),
        plan_hash=campaign.plan_hash,
        cosigned=cosigned.by == "council",
        signed_on=cosigned.day.isoformat() if cosigned.day else "",
        software=f"Pegel {__version__}",
    )
    from survey.domain.waves import waves_of  # with statistics, as `_make`

    made, norms = _make(session, campaign, keys, facts), registry.norms(questionnaire_of(campaign))
    waves = waves_of(session, campaign, made)
    return replace(made, waves=waves, norms=norms.newest if norms else None)


def freeze(session: Session, campaign: Campaign, made: Release, *, now: datetime) -> None:
    """Store what was computed, once (R1); closed responses do not change in between.

    Raises:
        WrongStateError: the campaign has been released meanwhile.
    """
    check_release(campaign)
    session.add(ReleaseRow(created_at=now, campaign_id=campaign.id, document=made.to_json()))
    set_status(campaign, "released", now=now)
    session.flush()


def load_release(session: Session, slug: str) -> Release:
    """The release of a campaign.

    Raises:
        NotFoundError: there is no such campaign.
        WrongStateError: it has not been released.
    """
    campaign = get(session, slug)
    document = session.scalar(
        select(ReleaseRow.document).where(ReleaseRow.campaign_id == campaign.id)
    )
    if document is None:
        raise WrongStateError(
            "not-released",
            f"'{slug}' has no results yet; it is {campaign.status}.",
            _until_released(session, campaign),
        )
    return Release.from_json(document)


def _until_released(session: Session, campaign: Campaign) -> str:
    """What is still to be done before there are results."""
    once = f"pegel campaign release {campaign.slug}"
    if campaign.status == "draft":
        return f"Open it, close it at the end, then release it once: {once}"
    if campaign.status == "open":
        return f"Close it, then release it once: {once}"
    if not _count_responses(session, campaign):
        return "It was closed without results: too few people answered."
    return f"Release it once: {once}"


def find_group(released: Release, unit: str) -> str:
    """The id of a unit, or of a category as in `tenure=2`, of a release; or NotFoundError."""
    known = [group.id for group in released.planned()]
    if unit not in known:
        raise NotFoundError(
            "unknown-unit",
            f"The plan has no unit '{unit}'.",
            f"It has {', '.join(known)}.",
        )
    return unit


def _make(session: Session, campaign: Campaign, keys: Keys, facts: ReleaseFacts) -> Release:
    # numpy and scipy are loaded only where a release is made, never to read one
    from reports.counting import tally
    from reports.releasing import make_release

    plan, questionnaire = plan_of(campaign), questionnaire_of(campaign)
    tree = plan.tree()
    breakdowns = _categories(questionnaire, plan.breakdowns)
    tallies = tally(
        _tables(session, campaign, keys),
        questionnaire,
        [UNIT, *breakdowns],
        crossed=bool(breakdowns),
    )
    return make_release(
        questionnaire,
        tree,
        tallies.groups[UNIT],
        plan.results_from,
        facts,
        column=UNIT,
        whole=tallies.whole,
        breakdowns=breakdowns,
        crossed=tallies,
        by_head_counts=plan.weighting is not None,
    )


def _categories(
    questionnaire: "Questionnaire", breakdowns: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The fixed categories of each breakdown: all codes of its question."""
    found = {}
    for name in breakdowns:
        scale = questionnaire.response_scale(questionnaire.questions[name])
        found[name] = tuple(str(code) for code in scale.codes) if scale else ()
    return found


def _tables(session: Session, campaign: Campaign, keys: Keys) -> Iterator["ResponseTable"]:
    """The stored responses in batches; a row without a unit belongs to the whole."""
    import numpy as np

    from questionnaires.variables import variables
    from reports.responses import GroupColumn, ResponseTable, answer_type

    plan, questionnaire = plan_of(campaign), questionnaire_of(campaign)
    whole = plan.tree().id
    columns = variables(questionnaire)
    places = {column.name: place for place, column in enumerate(columns)}
    for batch in stored(session.connection(), campaign, keys):
        units, packed = [row.unit or whole for row in batch], b"".join(row.answers for row in batch)
        values, index = np.unique(units, return_inverse=True)
        answers = np.frombuffer(packed, dtype="<i2").reshape(len(units), len(columns))
        groups = {UNIT: GroupColumn(tuple(map(str, values)), index.astype(np.int32))}
        for name in plan.breakdowns:
            codes = columns[places[name]].codes
            told = answers[:, [places[name]]] == np.array(codes)
            category = np.where(told.any(axis=1), told.argmax(axis=1), -1)  # -1: did not say
            groups[name] = GroupColumn(tuple(map(str, codes)), category.astype(np.int32))
        yield ResponseTable(questionnaire, columns, answers.astype(answer_type(columns)), groups)


def _check_left_over(session: Session, campaign: Campaign) -> None:
    """Left-over slips are counted before anybody knows the results."""
    if plan_of(campaign).access != "slips":
        return
    open_stocks = session.scalars(
        select(Stock.unit).where(Stock.campaign_id == campaign.id, Stock.left_over.is_(None))
    ).all()
    if open_stocks:
        names = ", ".join(unit or "the whole" for unit in open_stocks)
        raise WrongStateError(
            "left-over-missing",
            f"The left-over slips of {names} were not entered yet.",
            f"Count and enter them: pegel campaign leftover {campaign.slug} --unit UNIT --count N",
        )


def _count_responses(session: Session, campaign: Campaign) -> int:
    count = select(func.count()).select_from(responses)
    return session.scalar(count.where(responses.c.campaign_id == campaign.id)) or 0


def _check_responses(session: Session, campaign: Campaign) -> None:
    if not _count_responses(session, campaign):
        raise WrongStateError(
            "no-responses",
            f"'{campaign.slug}' was closed without results: too few people answered.",
            "There is nothing to release.",
        )
