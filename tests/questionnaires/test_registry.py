"""The questionnaires that come along: by id and version, and never a broken one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from questionnaires import registry
from questionnaires.errors import DefinitionError
from tests.questionnaires.test_definitions import DEFINITIONS
from tests.questionnaires.test_fingerprint import from_json

MINIMAL = (DEFINITIONS / "valid" / "minimal.yaml").read_text(encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of definitions of our own in the place of the real one."""
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    yield tmp_path
    registry._load.cache_clear()


def put(shelf: Path, version: str, status: str = "active", *, name: str = "tiny") -> None:
    text = MINIMAL.replace("1.0.0", version).replace("status: draft", f"status: {status}")
    (shelf / name).mkdir(exist_ok=True)
    (shelf / name / f"{version}.yaml").write_text(text, encoding="utf-8")


def refusal(id_: str, version: str | None = None) -> str:
    with pytest.raises(DefinitionError) as caught:
        registry.get(id_, version)
    (found,) = caught.value.findings
    return f"{found.code}: {found}"


def test_everything_that_comes_along_is_sound_and_may_be_shipped() -> None:
    shipped = registry.shipped()
    assert [one.id for one in shipped]
    assert all(one.licence.ship for one in shipped)
    assert all(registry.get(one.id, one.version) is one for one in shipped)


def test_norms_that_come_along_are_sound_and_of_their_version() -> None:
    for path in registry.FOLDER.glob("*/*.norms.yaml"):
        own = registry.get(path.parent.name, path.name.removesuffix(".norms.yaml"))
        norms = registry.norms(own)
        assert norms is not None
        assert all(source.licence.ship for source in norms.sources.values())
    assert registry.norms(registry.get("change-climate", "1.0.0")) is None


def test_a_file_that_only_says_it_is_a_version_gets_none_of_its_norms() -> None:
    own = registry.get("people-survey-core", "1.0.0")
    assert registry.norms(own) is not None
    other = from_json(
        own.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"minutes": 9}
    )
    assert registry.norms(other) is None


def test_without_a_version_it_is_the_newest_active_one(shelf: Path) -> None:
    put(shelf, "1.9.0")
    put(shelf, "1.10.0")
    put(shelf, "2.0.0", "draft")
    assert registry.get("tiny").version == "1.10.0"
    assert registry.get("tiny", "2.0.0").status == "draft"
    assert [one.version for one in registry.shipped()] == ["2.0.0", "1.10.0", "1.9.0"]


def test_norms_beside_a_version_are_no_version(shelf: Path) -> None:
    put(shelf, "1.0.0")
    (shelf / "tiny" / "1.0.0.norms.yaml").write_text("- norm\n", encoding="utf-8")
    assert [one.version for one in registry.shipped()] == ["1.0.0"]


def test_an_unknown_one_is_refused_with_those_there_are(shelf: Path) -> None:
    put(shelf, "1.0.0", "draft")
    assert refusal("tinny").startswith("unknown-questionnaire: There is no questionnaire 'tinny'.")
    assert "Did you mean 'tiny'?" in refusal("tinny")
    assert refusal("tiny", "1.0.1").endswith("Did you mean '1.0.0'? There are: 1.0.0.")
    assert refusal("tiny").startswith("no-active-version")


@pytest.mark.parametrize("name", ["../tiny", "/etc", "", ".", "tiny/1.0.0", "tiny\0"])
def test_a_path_is_no_name(shelf: Path, name: str) -> None:
    put(shelf, "1.0.0")
    (shelf / "1.0.0.yaml").write_text(MINIMAL, encoding="utf-8")
    assert refusal(name).startswith("unknown-questionnaire")
    assert refusal("tiny", f"../{name}").startswith("unknown-version")


def test_a_file_in_the_wrong_place_is_refused(shelf: Path) -> None:
    put(shelf, "1.0.0", name="other")
    assert refusal("other").startswith("wrong-place")
    assert "tiny 1.0.0" in refusal("other")
