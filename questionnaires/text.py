"""Texts in several languages."""

from collections.abc import Iterator

from pydantic import ConfigDict, RootModel


class Text(RootModel[dict[str, str]]):
    """One text in every declared language; keys are BCP 47 tags."""

    model_config = ConfigDict(frozen=True, strict=True)

    def __getitem__(self, language: str) -> str:
        """The text in `language`, else in the first language given."""
        return self.root.get(language) or next(iter(self.root.values()), "")

    def __contains__(self, language: str) -> bool:
        return language in self.root

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which this text exists."""
        return tuple(self.root)

    def items(self) -> Iterator[tuple[str, str]]:
        """Pairs of language and text, in the order of the definition."""
        return iter(self.root.items())
