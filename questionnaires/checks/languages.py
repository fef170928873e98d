"""The declared languages: the source is one of them, fallbacks lead somewhere."""

from collections.abc import Iterator

from questionnaires.checks.issue import Issue, error
from questionnaires.model import Questionnaire


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Source, repeated languages, fallbacks."""
    languages = questionnaire.languages
    if languages.source not in languages.available:
        said = f"The source language '{languages.source}' is not among the available ones."
        remedy = "Add it to 'available', or name another source."
        yield error("source-language", ("languages", "source"), said, remedy)
    seen: set[str] = set()
    for index, language in enumerate(languages.available):
        if language.casefold() in seen:
            said = f"The language '{language}' stands twice."
            yield error("duplicate-language", ("languages", "available", index), said, "Keep one.")
        seen.add(language.casefold())
    yield from _fallbacks(questionnaire)


def _fallbacks(questionnaire: Questionnaire) -> Iterator[Issue]:
    languages = questionnaire.languages
    for language, other in languages.fallback.items():
        path = ("languages", "fallback", language)
        if unknown := {language, other} - set(languages.available):
            said = f"The fallback names '{min(unknown)}', which is not available."
            yield error("fallback-language", path, said, "Use available languages.")
    in_cycles = [one for one in languages.fallback if _returns(one, languages.fallback)]
    if in_cycles:
        said = f"The fallbacks of {', '.join(in_cycles)} lead back to where they began."
        path = ("languages", "fallback", in_cycles[0])
        yield error("fallback-cycle", path, said, "Let each chain end in a language without one.")


def _returns(start: str, fallback: dict[str, str]) -> bool:
    language = start
    for _ in fallback:
        language = fallback.get(language, "")
        if language == start:
            return True
    return False
