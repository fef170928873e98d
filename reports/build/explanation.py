"""How the report protects people, and how it was made."""

from reports.build.items import is_all_levels
from reports.build.reading import Reading
from reports.disclosure.limits import STEP_OF_ITEMS
from reports.release import short_hash
from reports.report import Block, Cell, Part, Points, Row, Sentence, Table


def protection(reading: Reading) -> Part:
    """The rules of protection in plain words."""
    words, n = reading.words, reading.release.threshold
    items_from = max(STEP_OF_ITEMS, n)
    rules = [
        words.say(
            "A dimension is shown from {n} valid answers of a group, "
            "a single question from {items}.",
            n=n,
            items=items_from,
        ),
        words.say(
            "Where the rest of a larger group would give a small one away, "
            "another group is hidden as well."
        ),
        words.say("Where (nearly) all said the same, the result is hidden or cut to 5 and 95."),
        words.say(
            "Small groups get coarse results: "
            "below 20 answers points in steps of 5 and what follows from them."
        ),
        words.say(
            "How many took part is shown only where at least 20 were asked "
            "and at least 3 did not answer."
        ),
        words.say(
            "A value that is not shown has one sign, whatever the reason. "
            "Groups without results and groups without answers look the same."
        ),
        words.say("Results are released once, after the end, and never change."),
    ]
    blocks: tuple[Block, ...] = (Points(tuple(Sentence(rule) for rule in rules)),)
    return Part("protection", words.say("How this report protects people"), blocks)


def method(reading: Reading) -> Part:
    """Version, fingerprint, period, formulae, software."""
    words = reading.words
    facts = Table(words.say("About this report"), ("", ""), tuple(_facts(reading)), "facts")
    formulae = Points(tuple(Sentence(text, strong) for strong, text in _formulae(reading)))
    return Part("method", words.say("Method"), (facts, formulae))


def _facts(reading: Reading) -> list[Row]:
    words, release, questionnaire = reading.words, reading.release, reading.questionnaire
    facts = release.facts
    cosigned = _signed(reading) if facts.plan_hash else ""
    known = [
        (words.say("Questionnaire"), f"{reading.text(questionnaire.title)} {release.version}"),
        (words.say("Source"), questionnaire.source.citation),
        (words.say("Licence"), f"{questionnaire.licence.id}, {questionnaire.licence.holder}"),
        (words.say("Fingerprint of the questionnaire"), release.fingerprint),
        (words.say("Period"), _period(reading)),
        (words.say("Agreed plan"), _check_number(facts.plan_hash)),
        (words.say("Co-signed by the staff council"), cosigned),
        (words.say("Results from"), words.say("{n} valid answers", n=release.threshold)),
        (words.say("Software"), facts.software),
    ]
    return [Row(head, (Cell(text),)) for head, text in known if text]


def _check_number(plan_hash: str) -> str:
    """The short form, by which people compare it with start page and slips; then the whole."""
    return f"{short_hash(plan_hash)} ({plan_hash})" if plan_hash else ""


def _signed(reading: Reading) -> str:
    facts, words = reading.release.facts, reading.words
    day = words.day(facts.signed_on) if facts.signed_on else ""
    if facts.cosigned:
        return words.say("yes, on {day}", day=day) if day else words.say("yes")
    if not day:
        return words.say("no (not co-signed)")
    return words.say("no (signed on the command line on {day}, without an account)", day=day)


def _period(reading: Reading) -> str:
    facts, words = reading.release.facts, reading.words
    if not (facts.first_day and facts.last_day):
        return ""
    first, last = words.day(facts.first_day), words.day(facts.last_day)
    return words.say("{first} to {last}", first=first, last=last)


def _formulae(reading: Reading) -> list[tuple[str, str]]:
    say, asked = reading.words.say, reading.variables.values()
    return [
        (
            say("Points:"),
            say(
                "reversed items are turned round first; a person's score is the mean of the "
                "answered items when at least half of them (or as many as the questionnaire "
                "asks for) are answered; points = 100 × (score − lowest) / (highest − lowest)."
            ),
        ),
        (
            say("Upper levels:") if is_all_levels(asked) else say("Agreement:"),
            say(
                "share of the answers at the favourable end: two categories of four to six, "
                "three of seven, one of two or three. Cells of one or two answers are joined with "
                "their neighbours. From 30 answers on, 5 stands for 5 or less, 95 for 95 or more."
            ),
        ),
        (
            say("Interval:"),
            say(
                "Student's t interval (95 %) from the rounded score and standard deviation "
                "(n − 1), from 20 answers where their number is shown; with finite population "
                "correction where participation is. For shares Wilson's interval from the "
                "rounded percent."
            ),
        ),
        (
            say("With the silent:"),
            say(
                "points if all who were asked and gave no answer to the dimension had given the "
                "lowest or the highest answers, where participation is shown."
            ),
        ),
        (
            say("How far people are apart:"),
            say(
                "by the standard deviation; close together below 13 points, far apart from 25. "
                "Two of five categories beside each other are 25 points apart."
            ),
        ),
        *_formulae_of_comparison(reading),
        *_formulae_of_waves(reading),
        *_formula_of_weighting(reading),
        *_formula_of_drivers(reading),
        (
            say("Reliability:"),
            say("Cronbach's alpha on complete answers, from 30; quartiles of type 7."),
        ),
        (
            say("Rounding:"),
            say("everything is rounded once; order, sentences and colours use the rounded values."),
        ),
        (
            say("Colours and words:"),
            say("six steps that begin at 0, 30, 40, 50, 60 and 70 points, the same everywhere."),
        ),
    ]


def _formulae_of_waves(reading: Reading) -> list[tuple[str, str]]:
    say = reading.words.say
    if not reading.release.waves:
        return []
    return [
        (
            say("Development:"),
            say(
                "size and certainty of a change as of other differences (Hedges' g, Welch's test, "
                "Holm's method over the dimensions), from the rounded values of both releases, as "
                "if other people had answered. On common questions a dimension is the mean of "
                "their shown points, and no test is made; such a change may be chance."
            ),
        )
    ]


def _formulae_of_comparison(reading: Reading) -> list[tuple[str, str]]:
    say = reading.words.say
    if not reading.release.against_rest:
        return []
    return [
        (
            say("All others:"),
            say(
                "everybody less the group, worked out from the rounded values of both where the "
                "numbers of answers of both are shown and rounding moves the score by at most "
                "1.5 points; otherwise the comparison is with everybody."
            ),
        ),
        (
            say("Difference:"),
            say(
                "size by Hedges' g (below 0.2 hardly a difference, below 0.5 small, below 0.8 "
                "medium, else large); certain where Welch's test, adjusted by Holm's method over "
                "the dimensions of the report, has p below 0.05; rounding counts as chance. The "
                "interval looks at one dimension alone. All of it comes from the rounded scores, "
                "standard deviations and numbers of answers."
            ),
        ),
        (
            say("Among the units:"),
            say(
                "median and quartiles (type 7) of the shown scores of units without units "
                "inside, from 5 of them; place by mid-rank: below 25 the lowest, above 75 the "
                "highest quarter."
            ),
        ),
    ]


def _formula_of_weighting(reading: Reading) -> list[tuple[str, str]]:
    say = reading.words.say
    if not (reading.is_whole and reading.release.weighted):
        return []
    return [
        (
            say("By head counts:"),
            say(
                "mean of the units that show score and number of answers, and of all others "
                "together, each weighted with its people; stratified standard error with finite "
                "population correction, rounding counted as chance. All of it comes from the "
                "rounded values of this report; the weighting was fixed in the plan."
            ),
        )
    ]


def _formula_of_drivers(reading: Reading) -> list[tuple[str, str]]:
    say = reading.words.say
    if reading.questionnaire.outcome is None or not reading.is_whole:
        return []
    return [
        (
            say("Weight:"),
            say(
                "Pearson's correlation with the outcome, in the favourable direction of both, "
                "times the points to the favourable end; from 30 answers, from rounded values. "
                "Dimensions that do not go the same way have no weight."
            ),
        )
    ]
