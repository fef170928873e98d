"""What the documents name is there."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *REPOSITORY.glob("docs/**/*.md")]
)
PROMISES = re.findall(
    r"`(tests/[\w/]+\.py)::(test_\w+)`", (REPOSITORY / "docs/anonymity.md").read_text()
)


@pytest.mark.parametrize(("file", "name"), PROMISES)
def test_every_promise_has_its_test(file: str, name: str) -> None:
    assert f"def {name}(" in (REPOSITORY / file).read_text()


def test_the_staff_council_reads_of_many_promises() -> None:
    assert len(PROMISES) > 25


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_every_command_of_the_readme_exists() -> None:
    from survey.cli import app

    for line in re.findall(r"\.venv/bin/pegel ([a-z ]+)", (REPOSITORY / "README.md").read_text()):
        words = [word for word in line.split() if word.isalpha()]
        group = app[words[0]]
        assert group is not None
        if words[0] in ("campaign", "questionnaire", "db"):
            assert group[words[1]] is not None


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    readme = (REPOSITORY / "README.md").read_text()
    targets = re.findall(r"(?:`|^    )make ([a-z]+)", readme, re.MULTILINE)
    assert {"demo", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
