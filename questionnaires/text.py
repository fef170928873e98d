"""Texts in several languages."""

from collections.abc import Iterable, Iterator

from pydantic import ConfigDict, RootModel, model_validator
from pydantic_core import PydanticCustomError


class Text(RootModel[dict[str, str]]):
    """One text in every declared language; keys are BCP 47 tags."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _by_language(cls, value: object) -> object:
        if isinstance(value, dict | Text):
            return value
        said = "A text in each language is wanted here."
        remedy = 'Write it by language, such as {de: "Ihr Team", en: "Your team"}.'
        raise PydanticCustomError("text-by-language", "{said}", {"said": said, "remedy": remedy})

    def __getitem__(self, language: str) -> str:
        """The text in `language`, else in the first language given."""
        return self.root.get(language) or next(iter(self.root.values()), "")

    def first(self, languages: Iterable[str]) -> str:
        """The text in the first of `languages` that it has, else in the first language given."""
        return self[next((one for one in languages if one in self), "")]

    def __contains__(self, language: str) -> bool:
        return language in self.root

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which this text exists."""
        return tuple(self.root)

    def items(self) -> Iterator[tuple[str, str]]:
        """Pairs of language and text, in the order of the definition."""
        return iter(self.root.items())
