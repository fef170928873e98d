"""Several languages in one page, so that changing the language keeps the answers."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from questionnaires.text import Text
from survey.web.languages import interface_language, words


class Speech:
    """Says each text in every language of a campaign; CSS shows the one that is chosen.

    Language number i is in `<span class="l l<i>">`. Languages that say the same share a span, and
    what all of them say alike needs none.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)

    def text(self, text: Text) -> Markup:
        """A text of the questionnaire or the plan."""
        return self.spans([text[language] for language in self.languages])

    def words(self, message: str, **values: object) -> Markup:
        """An interface text (a msgid of the domain "respond") with its values put in."""
        return self.spans(
            [escape(self._translated(message, tag)) % values for tag in self.languages]
        )

    def spans(self, said: Sequence[str]) -> Markup:
        """One span for each different text; `said` has one per language, in their order."""
        if len(set(said)) == 1:
            return escape(said[0])
        span = Markup('<span class="l {}" lang="{}">{}</span>')
        parts = []
        for text in dict.fromkeys(said):
            places = [place for place, other in enumerate(said) if other == text]
            classes = " ".join(f"l{place}" for place in places)
            tag = self.languages[places[0]]
            parts.append(span.format(classes, tag, text))
        return Markup().join(parts)

    @staticmethod
    def _translated(message: str, language: str) -> str:
        return words("respond", interface_language(language)).gettext(message)
