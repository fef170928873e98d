"""A release is one document, whatever the order of the rows, and reads back as it was written."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.build import build
from reports.documents.html import render_document
from reports.documents.rows import render_csv
from reports.release import Release
from reports.trending import Published
from tests.reports.series import after, wave
from tests.reports.towns import INSTRUMENT, Town, town_of, towns


@settings(max_examples=20)
@given(towns(), st.randoms(use_true_random=False))
def test_any_order_of_the_rows_gives_the_same_bytes(town: Town, order: random.Random) -> None:
    first, second = town.release(), town.release(order)
    assert first.to_json() == second.to_json()
    for group in town.tree.walk():
        assert render_document(build(first, town.instrument, group.id, "de")) == render_document(
            build(second, town.instrument, group.id, "de")
        )


@given(towns())
def test_a_release_reads_back_as_it_was_written(town: Town) -> None:
    release = town.release()
    again = Release.from_json(release.to_json())
    assert again.to_json() == release.to_json()
    assert again.groups == release.groups


def test_the_document_has_the_tree_of_the_contract() -> None:
    document = town_of(5, 8, 40, asked=(10, 12, 60)).release().to_document()
    assert document["threshold"] == 7
    assert document["questionnaire"].keys() == {"id", "version", "fingerprint"}
    assert document["groups"]["unit"].keys() == {"a", "b", "c"}
    hidden = document["groups"]["unit"]["a"]
    assert hidden["n"] == {"hidden": True}
    assert hidden["items"].keys() == document["items"].keys() == {"q1", "q2", "q3", "q4", "q5"}
    assert set(map(str, hidden["scales"]["trust"].values())) == {"{'hidden': True}"}
    contract = {"n", "mean", "sd", "ci95", "alpha", "rwg_j"}
    assert contract <= hidden["scales"]["trust"].keys()
    whole = {"n_complete", "alpha_if_dropped", "item_rest_r", "omega", "mean_0_100"}
    assert whole <= document["scales"]["trust"].keys()
    assert document["correlations"]["trust"]["trust"] == 1.0
    assert json.loads(json.dumps(document)) == document


def test_what_was_released_first_is_read_forever() -> None:
    """A document as the first version wrote it: readable, and an earlier wave of a new release."""
    written = (Path(__file__).parent / "first_release.json").read_text(encoding="utf-8")
    first = Release.from_json(written)
    assert build(first, INSTRUMENT, "all", "de").parts
    now = wave(town_of(60, 30, 20), 2027)
    found = after(now, Published(first, INSTRUMENT)).waves[0].groups
    assert found["all"]["trust"].published.score == first.whole.scales["trust"].score
    assert render_csv(first) == render_csv(Release.from_json(first.to_json()))


def test_a_foreign_document_is_refused() -> None:
    with pytest.raises(ValueError, match="release/1"):
        Release.from_json('{"format": "other"}')


def test_reading_a_release_loads_no_numpy() -> None:
    """Web processes read releases; they stay small."""
    code = (
        "import sys, reports.release, reports.build, reports.documents.html;"
        "sys.exit(bool({'numpy', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_csv_marks_what_is_hidden_and_runs_no_formula() -> None:
    town = town_of(5, 30, 40)
    named = json.loads(town.release().to_json())
    named["tree"]["parts"][1]["name"] = '=HYPERLINK("x")'
    lines = render_csv(Release.from_json(json.dumps(named))).splitlines()
    assert lines[0] == "group,name,kind,id,statistic,value"
    assert "a,Unit a,scale,trust,mean_0_100,hidden" in lines
    assert any(line.startswith('b,"\'=HYPERLINK(""x"")",') for line in lines)
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line.split(","))
