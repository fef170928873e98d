"""Translations: gettext catalogues, read as .po at start and compiled in memory."""

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"  # msgids are the English text


@cache
def translations(folder: Path, domain: str, language: str) -> gettext.NullTranslations:
    """The catalogue `folder/<language>/LC_MESSAGES/<domain>.po`, ready for gettext and ngettext.

    English needs no catalogue. A variant such as "de-simple" has the texts of the questionnaire
    to itself and shares the interface with its language, so "de-simple" reads the German file.

    Raises:
        FileNotFoundError: there is no catalogue for this language.
    """
    primary = language.partition("-")[0]
    if primary == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    path = folder / primary / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=primary, domain=domain)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
