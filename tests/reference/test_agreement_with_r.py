"""Every value that R's psych, multilevel and base say about two real data sets is ours too."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from survey.cli import run
from tests.reference.expectations import FOLDER, expectations
from tests.reference.expected import Expected

CASES = {
    "lq2002": ["--unit", "COMPID"],
    "bfi": ["--by", "gender", "--by", "education", "--by", "ageband"],
}


def statistics(name: str) -> dict[str, list[Expected]]:
    by_statistic = defaultdict(list)
    for expected in expectations(name):
        by_statistic[expected.statistic].append(expected)
    return by_statistic


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = {}
    for name, options in CASES.items():
        output = tmp_path_factory.mktemp("reference") / f"{name}.json"
        definition, csv = FOLDER / name / "definition.yaml", FOLDER / name / f"{name}.csv"
        command = ["analyse", str(definition), str(csv), "--unprotected", "-o", str(output)]
        assert run([*command, *options]) == 0
        found[name] = json.loads(output.read_text())
    return found


@pytest.mark.parametrize(
    ("name", "statistic"), [(name, one) for name in CASES for one in statistics(name)]
)
def test_a_statistic_is_what_r_says(trees: dict[str, Any], name: str, statistic: str) -> None:
    for expected in statistics(name)[statistic]:
        got = trees[name]
        for step in expected.path:
            got = got[step]
        wanted = pytest.approx(expected.value, rel=expected.tolerance, abs=expected.tolerance)
        assert got == wanted, expected.path


def test_the_reference_is_complete_enough_to_mean_something() -> None:
    assert sum(1 for name in CASES for _ in expectations(name)) == 3151


def test_the_numbers_of_r_are_quoted(trees: dict[str, Any]) -> None:
    # psych 2.2.9: alpha(bfi[, A1:A5], keys = "A1", use = "complete.obs")
    agree = trees["bfi"]["scales"]["agree"]
    assert agree["alpha"] == pytest.approx(0.7037558943748361, rel=1e-12)  # raw_alpha
    assert agree["average_r"] == pytest.approx(0.3324807164580414, rel=1e-12)
    assert agree["alpha_if_dropped"]["a1"] == pytest.approx(0.7179720565650483, rel=1e-12)
    # base R: mean, sd, t.test()$conf.int, quantile(type = 7) of the person scores
    assert agree["mean"] == pytest.approx(4.652973423906567, rel=1e-12)
    assert agree["sd"] == pytest.approx(0.8975538105981575, rel=1e-12)
    assert agree["ci95"] == pytest.approx([4.619695946701436, 4.686250901111698], rel=1e-12)
    assert (agree["q1"], agree["median"], agree["q3"]) == (4.2, 4.8, 5.4)


def test_the_data_name_their_licence_and_stay_out_of_the_package() -> None:
    for name in CASES:
        assert "GNU General Public License" in (FOLDER / name / "LICENCE.md").read_text()
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert (
        'packages = ["survey", "reports", "questionnaires", "templates"]' in pyproject.read_text()
    )
