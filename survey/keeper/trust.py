"""The keeper makes itself known to the host: web processes then accept keys that it signed."""

from survey.domain.trust import Trust, load_trust, publish
from survey.keeper.keys import KeyFolder
from survey.settings import Settings


def establish(settings: Settings) -> Trust:
    """What this host trusts, with the keeper of the key folder; both are made when missing.

    Raises:
        RefusedError: the host trusts another keeper than the one of this key folder.
    """
    publish(settings, bytes(KeyFolder(settings.key_folder).signing_key().verify_key))
    return load_trust(settings)
