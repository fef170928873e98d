"""Waves: the earlier released campaigns of a series, from which a new release takes trends."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires import registry
from questionnaires.errors import DefinitionError
from questionnaires.model import Questionnaire
from reports.release import Release
from reports.trending import Published, make_waves
from reports.waves import Wave
from survey.db.campaigns import Campaign
from survey.db.releases import Release as ReleaseRow
from survey.domain.campaigns import plan_of, questionnaire_of
from survey.domain.plans import Plan
from survey.domain.series import agreed_for, names_all_readers
from survey.errors import RefusedError


def waves_of(session: Session, campaign: Campaign, made: Release) -> tuple[Wave, ...]:
    """The earlier waves as the release `made` of `campaign` may show them, the oldest first.

    Earlier waves are campaigns of the same series and questionnaire that are released and whose
    first day lies before. Their values come from their releases, which never change. Whoever reads
    the new report must have been named as a reader of the earlier one, too.
    """
    plan = plan_of(campaign)
    if plan.series is None:
        return ()
    earlier = [
        wave
        for wave in _released(session, campaign, plan)
        if wave.release.facts.first_day < made.facts.first_day
    ]
    now = Published(made, questionnaire_of(campaign))
    return make_waves(now, sorted(earlier, key=_period), _versions(campaign, earlier))


def _released(session: Session, campaign: Campaign, plan: Plan) -> Iterator[Published]:
    rows = session.execute(
        select(Campaign, ReleaseRow.document)
        .join(ReleaseRow, ReleaseRow.campaign_id == Campaign.id)
        .where(
            Campaign.questionnaire_id == campaign.questionnaire_id,
            Campaign.id != campaign.id,
        )
        .order_by(Campaign.id)
    )
    for other, document in rows:
        if _is_wave(other, plan):
            release = Release.from_json(document)
            yield Published(release, _asked(other, release))


def _is_wave(other: Campaign, plan: Plan) -> bool:
    """Whether another campaign was agreed for the series of `plan`, and for all its readers."""
    agreed = agreed_for(other, plan)
    return agreed is not None and names_all_readers(agreed, plan)


def _asked(campaign: Campaign, release: Release) -> Questionnaire | None:
    """The version that was asked, as the campaign froze it; None where it is not that any more."""
    try:
        found = questionnaire_of(campaign)
    except RefusedError:
        return None
    return found if found.fingerprint == release.fingerprint else None


def _period(wave: Published) -> tuple[str, str]:
    return wave.release.facts.first_day, wave.release.facts.last_day


def _versions(campaign: Campaign, earlier: list[Published]) -> tuple[Questionnaire, ...]:
    """All versions of the questionnaire, where the waves do not have one and the same."""
    if all(wave.release.fingerprint == campaign.fingerprint for wave in earlier):
        return ()
    try:
        return registry.versions(campaign.questionnaire_id)
    except DefinitionError:
        return ()  # fewer ways to compare, and none that would not hold
