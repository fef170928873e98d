"""The German catalogues, as translators see them."""

from babel.messages.pofile import read_po

from survey.web.languages import LOCALE


def german(domain: str) -> dict[str, list[str]]:
    """English text -> its German texts (several where it has a plural)."""
    with (LOCALE / "de" / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    made: dict[str, list[str]] = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts = message.string
            made[key] = [texts] if isinstance(texts, str) else list(texts or [""])
    return made
