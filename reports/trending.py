"""Waves: what a release takes over from the earlier ones of its series, frozen with it (R11)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from questionnaires.model import Questionnaire
from questionnaires.versions import Reason, Trend, new_languages, trends
from questionnaires.versions.changes import response_scale_changes
from questionnaires.versions.texts import is_reworded
from reports.bridging import bridge_values
from reports.disclosure.changes import changes, on_common_items
from reports.disclosure.results import Change, ScaleResult
from reports.release import Release
from reports.waves import Past, Wave

Results = Mapping[str, ScaleResult]
Between = Sequence[Questionnaire]


@dataclass(frozen=True)
class Published:
    """A release with the version that was asked; None where that version is lost."""

    release: Release
    questionnaire: Questionnaire | None

    @property
    def targets(self) -> frozenset[str]:
        """The scales of target answers; reports draw no line of them, so they are not tested."""
        scales = self.questionnaire.scales if self.questionnaire else ()
        return frozenset(scale.id for scale in scales if scale.target_of is not None)


def make_waves(
    now: Published, earlier: Sequence[Published], versions: Iterable[Questionnaire] = ()
) -> tuple[Wave, ...]:
    """The `earlier` waves of the series of `now`, the oldest first, as `now` may show them.

    `versions` are further versions of the questionnaire, over whose declarations two waves may be
    compared. A scale of a group is there only where both releases show it.
    """
    between, steps = tuple(versions), pairwise([*earlier, now])
    return tuple(_wave(now, before, after, between) for before, after in steps)


def _wave(now: Published, before: Published, after: Published, between: Between) -> Wave:
    steps = _steps(now, before, after, between)
    facts = before.release.facts
    return Wave(
        title=facts.title,
        first_day=facts.first_day,
        last_day=facts.last_day,
        version=before.release.version,
        fingerprint=before.release.fingerprint,
        steps=steps,
        new_languages=_new_languages(before.questionnaire, after.questionnaire, between),
        groups={
            group.id: _group(group.id, now, before, after, steps) for group in now.release.planned()
        },
        cosigned=facts.cosigned,
    )


def _steps(
    now: Published, before: Published, after: Published, between: Between
) -> dict[str, Trend]:
    """How each scale of this release goes on from a wave to the next."""
    old, new = before.questionnaire, after.questionnaire
    scales = now.release.whole.scales
    if old is None or new is None:
        lost = before if old is None else after
        reason = Reason("lost", lost.release.version)
        return {scale: Trend(scale, "break", reasons=(reason,)) for scale in scales}
    found = {trend.scale: trend for trend in trends(old, new, between)}
    return {scale: found.get(scale, Trend(scale, "break")) for scale in scales}


def _new_languages(
    old: Questionnaire | None, new: Questionnaire | None, between: Between
) -> tuple[str, ...]:
    return () if old is None or new is None else new_languages(old, new, between)


def _group(
    group_id: str, now: Published, before: Published, after: Published, steps: Mapping[str, Trend]
) -> dict[str, Past]:
    """One group in an earlier wave."""
    old, new = _visible(group_id, before, now), _visible(group_id, after, now)
    lines = {
        name: scale
        for name, scale in old.items()
        if steps[name].line == "equivalent" and name not in now.targets
    }
    tested = changes(lines, new)
    return {
        name: Past(
            scale,
            on_common_items(_common(group_id, before, after, steps[name]))
            if scale.is_shown and new[name].is_shown
            else on_common_items(None),
            tested.get(name, Change()),
        )
        for name, scale in old.items()
    }


def _visible(group_id: str, wave: Published, now: Published) -> dict[str, ScaleResult]:
    """Every scale of a group in a wave; an empty one where this release does not show it, too."""
    results = now.release.groups[group_id].scales
    there = wave.release.groups.get(group_id) if _is_same(group_id, wave, now) else None
    then: Results = there.scales if there else {}
    return {
        name: _taken_over(then[name]) if name in then and scale.is_shown else ScaleResult()
        for name, scale in results.items()
    }


def _taken_over(scale: ScaleResult) -> ScaleResult:
    """What another wave is compared by."""
    return ScaleResult(n=scale.n, score=scale.score, sd=scale.sd, interval=scale.interval)


def _is_same(group_id: str, wave: Published, now: Published) -> bool:
    """Whether the id stands for the same node: a unit's does, a category's if its question does."""
    breakdown = now.release.breakdown(group_id)
    if breakdown is None or wave is now:
        return True
    if wave.questionnaire is None or now.questionnaire is None:
        return False
    return _is_same_question(wave.questionnaire, now.questionnaire, breakdown.id)


def _is_same_question(old: Questionnaire, new: Questionnaire, name: str) -> bool:
    """Whether a question about oneself has the same words and the same categories."""
    before, after = old.questions.get(name), new.questions.get(name)
    if before is None or after is None:
        return False
    of_old, of_new = old.response_scale(before), new.response_scale(after)
    if of_old is None or of_new is None or any(response_scale_changes(of_old, of_new).values()):
        return False
    return not is_reworded(before.text, after.text)


def _common(
    group_id: str, before: Published, after: Published, step: Trend
) -> tuple[int, ...] | None:
    """The scores of both waves on the common items of a bridge; None where one is not shown."""
    if step.line != "bridge" or before.questionnaire is None or after.questionnaire is None:
        return None
    waves = (before, before.questionnaire), (after, after.questionnaire)
    groups = [(wave.release.groups[group_id], asked) for wave, asked in waves]
    return bridge_values(groups, step)
