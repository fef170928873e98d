"""Building: from a release and its questionnaire to a report. Here it is decided what is said.

Everything is made from released, rounded values. The rows, their order and every sentence of a
group whose values are hidden depend on plan and questionnaire alone.
"""

from questionnaires.model import Questionnaire
from reports.build.actions import actions
from reports.build.beside_norms import beside_norms
from reports.build.breakdowns import breakdowns
from reports.build.comparison import comparison
from reports.build.drivers import drivers
from reports.build.explanation import method, protection
from reports.build.heatmap import heatmap
from reports.build.items import items
from reports.build.maturity import maturity
from reports.build.names import names
from reports.build.reading import Reading
from reports.build.scales import scales
from reports.build.summary import summary
from reports.build.targets import targets
from reports.build.trend import trend
from reports.release import Release
from reports.report import Part, Report
from reports.wording.words import Words

__all__ = ["build", "names"]


def build(release: Release, questionnaire: Questionnaire, group_id: str, language: str) -> Report:
    """The report of one group of a release, the whole included.

    Raises:
        KeyError: the release has no such group.
        ValueError: the questionnaire is not the version that was released.
    """
    if questionnaire.fingerprint != release.fingerprint:
        raise ValueError("the release belongs to another version of the questionnaire")
    reading = Reading(release, questionnaire, release.find(group_id), Words(language))
    words = reading.words
    found: list[Part | None] = [summary(reading)]
    if reading.result.is_shown:
        found += [scales(reading), targets(reading), maturity(reading), trend(reading)]
        found += [comparison(reading), beside_norms(reading), drivers(reading), items(reading)]
        found += [heatmap(reading), breakdowns(reading), actions(reading)]
    found += [protection(reading), method(reading)]
    return Report(
        language=words.locale.language,
        title=words.say("Overall report") if reading.is_whole else _name(reading),
        campaign=reading.text(release.facts.title),
        group=_name(reading),
        period=_period(reading),
        stamps=_stamps(reading),
        contents_title=words.say("Contents"),
        table_title=words.say("Show the numbers as a table"),
        parts=tuple(part for part in found if part is not None),
    )


def _name(reading: Reading) -> str:
    """What the group is called; a category with its question."""
    name, breakdown = reading.names[reading.group.id], reading.release.breakdown(reading.group.id)
    if breakdown is None:
        return name
    return reading.words.say(
        "{question} {category}", question=reading.names[breakdown.id], category=name
    )


def _stamps(reading: Reading) -> tuple[str, ...]:
    """What the reader should know at once; a file that is analysed has no plan to be signed."""
    facts = reading.release.facts
    unsigned = facts.plan_hash and not facts.cosigned
    return (reading.words.say("not co-signed"),) if unsigned else ()


def _period(reading: Reading) -> str:
    facts, words = reading.release.facts, reading.words
    if not (facts.first_day and facts.last_day):
        return ""
    first, last = words.day(facts.first_day), words.day(facts.last_day)
    return words.say("{first} to {last}", first=first, last=last)
