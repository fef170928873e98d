"""The keeper makes itself known to the host: web processes then accept keys that it signed."""

from contextlib import suppress

from survey.domain.trust import Trust, load_trust, publish, trusts_a_keeper
from survey.keeper.keys import KeyFolder, NotTheKeeperError
from survey.settings import Settings


def establish(settings: Settings) -> Trust:
    """What this host trusts, with the keeper of the key folder; both are made when missing.

    Raises:
        RefusedError: the host trusts another keeper than the one of this key folder.
        KeeperLostError: the host trusts a keeper, but the key folder is lost.
        NotTheKeeperError: the key folder belongs to another user of the system.
    """
    keys = KeyFolder(settings.key_folder)
    if not trusts_a_keeper(settings):
        keys.make_signing_key()
    publish(settings, keys.verify_key())
    return load_trust(settings)


def known_trust(settings: Settings) -> Trust:
    """What this host trusts, for whoever is not the keeper; the first one here makes a keeper.

    Raises:
        NotFoundError: the keeper is another user of the system, and has never worked yet.
    """
    if not trusts_a_keeper(settings):
        with suppress(NotTheKeeperError):
            return establish(settings)
    return load_trust(settings)
