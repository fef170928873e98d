"""The groups of a column as arrays: they merge like their rows, and say what exact sums say."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import lcm
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.model import Questionnaire
from questionnaires.variables import Variable, variables
from reports import counting, histogram, products, tabulation
from reports.comparisons import comparisons
from reports.counting import tally
from reports.responses import GroupColumn
from reports.scoring import favourable_ends, scoring_keys
from reports.statistics.comparison import benjamini_hochberg, difference, hedges_g, holm, welch
from reports.statistics.distribution import Distribution
from reports.statistics.groups import CompleteRows, GroupValues
from reports.statistics.intervals import mean_interval, percent
from reports.statistics.summaries import complete_alpha, count
from reports.tallies import Tallies
from reports.tally import CompleteTally, Tally
from reports.unprotected import group_trees
from tests.reports.questionnaires import questionnaire, response_scale, scale, table

NUMBER = {"kind": "number", "min": 0, "max": 9000}
DEFINITIONS = [
    questionnaire(
        {"five": response_scale(range(1, 6)), "zero": response_scale(range(11))},
        {"a": "five", "b": "five", "c": "zero", "d": "zero", "years": NUMBER},
        [scale("one", "a", "-b"), scale("two", "-c", "d", "a", higher_is="worse")],
        {"role": "five"},
    ),
    questionnaire(
        {"six": response_scale(range(1, 7)), "odd": response_scale([0, 3, 7])},
        {"a": "six", "b": "six", "c": "six", "d": "odd"},
        [
            scale("sum", "a", "-b", "c", score={"method": "sum", "min_valid": 1}),
            scale("share", "-a", "b", "c", score={"method": "percent_favourable"}),
            scale("sole", "d"),
        ],
    ),
    questionnaire(
        {"yes": response_scale([1, 0])},
        {**dict.fromkeys("abcdefg", "yes"), "m": {"kind": "multiple-choice", "response": "yes"}},
        [scale("all", "a", "-b", "c", "d", "e", "f", "g", score={"min_valid": 5})],
    ),
    questionnaire({"yes": response_scale([1, 0])}, {"a": "yes"}),
]
MANY = 10**9  # times each row of a few, so that products of sums outgrow 64 bits
MISSING = (-9, -8, -7, -6, -5)
Rows = list[tuple[list[int], str | None, str | None]]


@st.composite
def cases(draw: st.DrawFn, parts: int = 1) -> tuple[Questionnaire, list[Rows]]:
    """A questionnaire, and rows with gaps in two groupings; the last group is met late."""
    definition = draw(st.sampled_from(DEFINITIONS))
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - invented answers
    gaps = draw(st.sampled_from((0.0, 0.1, 0.6)))
    sizes = draw(st.lists(st.integers(0, 25), min_size=parts, max_size=parts))

    def code(variable: Variable) -> int:
        if chance.random() < gaps:
            return chance.choice(MISSING)
        codes = variable.codes or range(variable.minimum, variable.maximum + 1)
        return chance.choice(codes)

    def row(names: str) -> tuple[list[int], str | None, str | None]:
        codes = [code(variable) for variable in variables(definition)]
        return codes, chance.choice([*names, None]), chance.choice(["1", "2", "10", None])

    return definition, [
        [row("xy" if part else "zyx") for _ in range(size)] for part, size in enumerate(sizes)
    ]


def counted(definition: Questionnaire, *parts: Rows, crossed: bool = True) -> Tallies:
    tables = [
        table(
            definition,
            [codes for codes, _, _ in part],
            unit=[unit for _, unit, _ in part],
            age=[age for _, _, age in part],
        )
        for part in parts
    ]
    return tally(tables, definition, ["unit", "age"], crossed=crossed)


@settings(deadline=None, max_examples=25)
@given(cases(parts=3))
def test_parts_merge_in_any_order_to_what_their_rows_give(
    case: tuple[Questionnaire, list[Rows]],
) -> None:
    definition, (one, two, three) = case
    a, b, c = (counted(definition, rows) for rows in (one, two, three))
    together = counted(definition, one + two + three)
    assert (a + b) + c == a + (b + c) == c + b + a == together
    assert a + counted(definition) == a
    assert together.whole == a.whole + b.whole + c.whole
    for column, groups in together.groups.items():
        for value, found in groups.items():
            inside = [part.groups[column] for part in (a, b, c)]
            views = [part[value] for part in inside if value in part]
            assert sum(views[1:], views[0]) == found


@settings(deadline=None, max_examples=25)
@given(cases(), st.integers(1, 4))
def test_how_answers_are_packed_and_cut_changes_nothing(
    case: tuple[Questionnaire, list[Rows]], size: int
) -> None:
    definition, (rows,) = case
    expected = counted(definition, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "BATCH", size * len(variables(definition)))
        patch.setattr(counting, "PENDING", 3)
        patch.setattr(products, "BLOCK", 3)
        patch.setattr(tabulation, "DENSE", 1)  # count by sorting
        patch.setattr(tabulation, "STACKED", 100)
        patch.setattr(histogram, "SPARSE", 0)  # find keys by sorting
        assert counted(definition, rows) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tabulation, "_packs", in_threes)
        patch.setattr(histogram, "SPARSE", 1 << 40)
        assert counted(definition, rows) == expected


def test_a_value_that_no_row_has_is_no_group() -> None:
    found = table(DEFINITIONS[3], [[1], [0]], unit=["x", None])
    for n, groups in ((2, ["x"]), (0, [])):
        unit = GroupColumn(("v", "w", "x", "y"), np.array([2, -1], np.int32)[:n])
        part = replace(found, answers=found.answers[:n], groups={"unit": unit})
        tallies = tally([part], DEFINITIONS[3], ["unit"])
        assert [*tallies.groups["unit"]] == groups
        assert tallies.whole.n == n


def in_threes(widths: Sequence[int], *_: object, **__: object) -> list[slice]:
    return [slice(at, min(at + 3, len(widths))) for at in range(0, len(widths), 3)]


@settings(deadline=None, max_examples=30)
@given(cases())
def test_all_groups_at_once_are_told_what_each_is_told_by_itself(
    case: tuple[Questionnaire, list[Rows]],
) -> None:
    definition, (rows,) = case
    for groups in counted(definition, rows, crossed=False).groups.values():
        found = group_trees(definition, groups)
        assert found.keys() == {*groups}
        for value, said in found.items():
            same(said, by_itself(definition, groups[value]))
        compared = comparisons(groups)
        for name, said in compared.items():
            scores = {value: Distribution.of_scores(groups[value].scales[name]) for value in found}
            same(said["against_rest"], against_rest(scores))


def by_itself(definition: Questionnaire, group: Tally) -> dict[str, Any]:
    """One group from its exact view, by Python's own integers."""
    items: dict[str, Any] = {}
    asked = {item.id for item in definition.items}
    for variable in variables(definition):
        if variable.question.id in asked:
            answers = Distribution.of_item(group.items[variable.name])
            ends = favourable_ends(definition, variable)
            good = count(group.items[variable.name], ends.favourable) if ends else 0
            items[variable.name] = {
                "n": answers.n,
                "mean": answers.mean,
                "sd": answers.sd,
                "favourable": percent(good, answers.n) if ends else None,
            }
    scales = {}
    for key in scoring_keys(definition, variables(definition)):
        tallied = group.scales[key.scale.id]
        scores = Distribution.of_scores(tallied)
        scales[key.scale.id] = {
            "n": scores.n,
            "mean": scores.mean,
            "sd": scores.sd,
            "ci95": mean_interval(scores),
            "alpha": complete_alpha(tallied),
            "rwg_j": rwg_j(tallied.complete, key.categories),
        }
    return {"n": group.n, "items": items, "scales": scales}


def rwg_j(rows: CompleteTally, categories: int) -> float | None:
    """Of one group, from the sums of its items."""
    if rows.n < 2:
        return None
    n, k = rows.n, len(rows.sums)
    inner = n * sum(rows.squares) - sum(total**2 for total in rows.sums)
    noise = min(1.0, 12 * (inner / (k * n * (n - 1))) / (categories**2 - 1))
    return k * (1 - noise) / (k * (1 - noise) + noise)


def against_rest(groups: dict[str, Distribution]) -> dict[str, Any]:
    """Each group against the others, from histograms over one common denominator."""
    common = lcm(*(group.denominator for group in groups.values()))
    counts = {
        value: Counter({number * (common // group.denominator): n for number, n in pairs(group)})
        for value, group in groups.items()
    }
    whole = sum(counts.values(), Counter())
    found: dict[str, Any] = {}
    for value, own in counts.items():
        group, rest = (Distribution.of(one.items(), common) for one in (own, whole - own))
        tested = welch(group, rest)
        found[value] = {
            "difference": difference(group, rest),
            "t": tested.t if tested else None,
            "df": tested.df if tested else None,
            "p": tested.p if tested else None,
            "p_holm": None,
            "p_bh": None,
            "hedges_g": hedges_g(group, rest),
        }
        found[value] = found[value] if group.n > 1 else None
    family = [one for one in found.values() if one is not None and one["p"] is not None]
    values = [one["p"] for one in family]
    for one, by_holm, by_rate in zip(family, holm(values), benjamini_hochberg(values), strict=True):
        one |= {"p_holm": by_holm, "p_bh": by_rate}
    return found


def pairs(group: Distribution) -> Iterator[tuple[int, int]]:
    return zip(group.values, group.counts, strict=True)


@pytest.mark.parametrize("most", [10**6, 10**9, 10**12])
def test_sums_that_outgrow_64_bits_stay_exact(most: int) -> None:
    values, counts = np.array([most, most - 1, 3, most]), np.array([10**7, 10**7, 5, 1])
    found = GroupValues(2, np.array([0, 0, 0, 1]), values, counts).sums
    expected = Distribution.of([(most, 10**7), (most - 1, 10**7), (3, 5)])
    assert found.scatter[0] == expected.squares
    assert found.variance[0] == pytest.approx(expected.variance, rel=1e-14)
    assert np.isnan(found.variance[1])
    assert found.rest.total.tolist() == [most, expected.total]


def test_alpha_and_agreement_stay_exact_beyond_64_bits() -> None:
    definition = DEFINITIONS[0]
    chance = random.Random(2)  # noqa: S311 - invented answers
    rows: Rows = [
        ([chance.randint(1, 5), chance.randint(1, 5), 0, 9, 7, 1], chance.choice("xy"), None)
        for _ in range(50)
    ]
    few = counted(definition, rows, crossed=False).groups["unit"]
    many = replace(
        few,
        rows=few.rows * MANY,
        counts=replace(few.counts, counts=few.counts.counts * MANY),
        complete=tuple(found * MANY for found in few.complete),
    )
    complete, key = CompleteRows.of(many, 0), many.layout.keys[0]
    for place, value in enumerate(many):
        scale = many[value].scales["one"]
        n, total_squares = scale.complete.n, scale.complete.total_squares
        assert n * total_squares > 1 << 64
        assert complete.total[place] == n * total_squares - sum(scale.complete.sums) ** 2
        inner = n * sum(scale.complete.squares) - sum(one**2 for one in scale.complete.sums)
        assert complete.inner[place] == inner
        assert complete.alpha[place] == complete_alpha(scale)
        assert complete.rwg_j(key.categories)[place] == rwg_j(scale.complete, key.categories)


def test_a_scale_with_odd_counts_of_answers_needs_python_s_integers() -> None:
    items = [f"i{place}" for place in range(45)]
    wide = questionnaire(
        {"wide": response_scale(range(101))}, dict.fromkeys(items, "wide"), [scale("all", *items)]
    )
    chance = random.Random(1)  # noqa: S311 - invented answers
    rows = [
        [chance.randrange(101) if chance.random() > 0.3 else -9 for _ in items] for _ in range(60)
    ]
    groups = tally([table(wide, rows, unit=["x", "y"] * 30)], wide, ["unit"]).groups["unit"]
    scores = GroupValues.of_scores(groups, 0)
    assert scores.denominator > 2**40
    for place, value in enumerate(("x", "y")):
        expected = Distribution.of_scores(groups[value].scales["all"])
        assert scores.sums.mean[place] == pytest.approx(expected.mean, rel=1e-14)
        assert scores.sums.variance[place] == pytest.approx(expected.variance, rel=1e-14)


def test_tallies_of_other_columns_or_questionnaires_do_not_merge() -> None:
    one, other = (tally([], definition) for definition in DEFINITIONS[:2])
    with pytest.raises(ValueError, match="different questionnaires"):
        one + other
    with pytest.raises(ValueError, match="different columns"):
        one + tally([], DEFINITIONS[0], ["unit"])


def same(found: Any, expected: Any) -> None:  # noqa: ANN401 - a tree of anything
    """Equal trees, numbers but for the last digits."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            same(found[key], value)
    elif isinstance(expected, (tuple, float)):
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    else:
        assert found == expected
