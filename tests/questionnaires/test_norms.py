"""Norms from files: strict, placed findings, and never a number of another kind."""

import pytest

from questionnaires import norms_file, registry
from questionnaires.errors import DefinitionError
from questionnaires.model import Questionnaire
from tests.reference import people_survey
from tests.reports.questionnaires import questionnaire, response_scale, scale

OWN = questionnaire(
    {"agree": response_scale(range(1, 6)), "kind": {**response_scale((0, 1)), "level": "nominal"}},
    {"q1": "agree", "q2": "agree", "q3": {"kind": "single-choice", "response": "kind"}},
    [
        scale("trust", "q1", "q2"),
        scale("good", "q1", "q2", score={"method": "percent_favourable"}),
    ],
)

GOOD = """\
format: norms/1
questionnaire: test@1.0.0
sources:
  town:
    citation: "Musterheim 2025"
    licence: {id: CC0-1.0, holder: nobody, ship: true}
norms:
  - source: town
    population: {en: "Invented towns"}
    year: 2025
    centre: median-of-organisations
    organisations: 5
    scales:
      trust: {statistic: mean_0_100, value: 60, among: [70, 50, 60, 55, 80]}
      good: {statistic: percent_favourable, value: 70.5}
    items:
      q1: {statistic: percent_favourable, value: 71.5}
"""


def findings(text: str) -> list[tuple[str, str, int | None, int | None]]:
    _, found = norms_file.read(text.encode(), "x.norms.yaml", OWN)
    assert all(one.message.endswith(".") and one.remedy for one in found)
    return [(one.severity, one.code, one.line, one.column) for one in found]


def test_good_norms_have_no_finding() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("test@1.0.0", "test@1.1.0", ("error", "norms-elsewhere", 2, 16)),
        ("test@1.0.0", "test", ("error", "wrong-form", 2, 16)),
        ("source: town", "source: twon", ("error", "unknown-source", 8, 13)),
        ('{en: "Invented towns"}', "{}", ("error", "missing-language", 9, 17)),
        ("Invented towns", "Invented <b>towns</b>", ("error", "markup", 9, 22)),
        ("Invented towns", " ", ("error", "empty-text", 9, 22)),
        ("towns", "words " * 400, ("error", "text-too-long", 9, 22)),
        ('towns"', 'towns", de: "Orte"', ("error", "unknown-language", 9, 40)),
        ("      trust:", "      trsut:", ("error", "unknown-scale", 14, 14)),
        ("      q1:", "      q9:", ("error", "unknown-item", 17, 11)),
        ("      q1:", "      q3:", ("error", "unknown-item", 17, 11)),
        ("trust: {statistic: mean_0_100", "trust: {statistic: percent_favourable",
         ("error", "norm-statistic", 14, 26)),
        ("value: 60,", "value: 62,", ("warning", "norm-median", 14, 45)),
        ("value: 70.5", "value: 170.5", ("error", "out-of-range", 15, 52)),
        ("median-of-organisations", "median", ("error", "unknown-value", 11, 13)),
        ("    year: 2025\n", "", ("error", "missing-key", 8, 5)),
        ("items:", "item:", ("error", "unknown-key", 16, 5)),
    ],
)  # fmt: skip
def test_one_fault_gives_one_finding_at_its_place(
    old: str, new: str, expected: tuple[str, str, int, int]
) -> None:
    assert findings(GOOD.replace(old, new, 1)) == [expected]


def test_one_population_year_and_centre_has_one_norm() -> None:
    twice = GOOD + GOOD[GOOD.index("  - source") :]
    assert [one[1] for one in findings(twice)] == ["norm-twice"]


def test_errors_refuse_a_file_and_warnings_do_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("norms") / "1.0.0.norms.yaml"
    path.write_text(GOOD.replace("value: 60,", "value: 62,"))
    assert norms_file.load(path, OWN).norms[0].scales["trust"].value == 62
    path.write_text(GOOD.replace("trust:", "trsut:"))
    with pytest.raises(DefinitionError, match="Did you mean 'trust'"):
        norms_file.load(path, OWN)


def test_the_newest_year_of_each_population_and_centre_is_kept() -> None:
    norms, _ = norms_file.read(GOOD.encode(), "x", OWN)
    assert norms
    (newest,) = norms.norms
    older = newest.model_copy(update={"year": 2020})
    mean = newest.model_copy(update={"year": 2020, "centre": "mean-of-people"})
    several = norms.model_copy(update={"norms": (older, newest, mean)})
    assert several.newest.norms == (newest, mean)


def people_survey_core() -> Questionnaire:
    return registry.get("people-survey-core", "1.0.0")


def test_the_norms_of_the_people_survey_are_the_published_values() -> None:
    path = registry.FOLDER / "people-survey-core" / "1.0.0.norms.yaml"
    assert path.read_text(encoding="utf-8") == people_survey.norms()


def test_the_median_of_organisations_and_the_mean_of_people_are_two_norms() -> None:
    norms = registry.norms(people_survey_core())
    assert norms
    leading = {
        norm.centre: norm.scales["leading_change"].value
        for norm in norms.newest.norms
        if norm.year == 2024
    }
    assert leading == {"median-of-organisations": 52.156, "mean-of-people": 48.010}


def test_the_norms_of_the_people_survey_are_of_103_organisations() -> None:
    norms = registry.norms(people_survey_core())
    assert norms
    median = norms.newest.norms[0]
    assert median.organisations == 103
    assert {len(value.among) for value in median.scales.values()} == {103}
    assert [median.scales[scale].value for scale in median.scales] == [
        sorted(median.scales[scale].among)[51] for scale in median.scales
    ]


def test_the_wording_is_the_published_one() -> None:
    """Word for word, but for the name of the organisation in its brackets."""
    published = people_survey.wordings()
    asked = {item.id: item.text["en"] for item in people_survey_core().items}
    assert asked == {
        item: f"{published[measure].replace('[My', 'My').replace('[my', 'my').replace(']', '')}."
        for measure, item in people_survey.ITEMS.items()
    }
