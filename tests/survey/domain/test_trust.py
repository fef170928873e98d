"""What a host trusts lies in files of the host; two processes at once make one of each."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from survey.domain.trust import load_trust, publish, trusts_a_keeper
from survey.errors import NotFoundError, RefusedError
from survey.settings import Settings

KEY = bytes(SigningKey(bytes(32)).verify_key)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def test_before_a_keeper_has_worked_there_is_nothing_to_trust(settings: Settings) -> None:
    assert not trusts_a_keeper(settings)
    with pytest.raises(NotFoundError, match="Start the keeper once"):
        load_trust(settings)


def test_what_was_published_is_trusted_and_the_secret_stays(settings: Settings) -> None:
    publish(settings, KEY)
    publish(settings, KEY)
    trust = load_trust(settings)
    assert (trust.verify_key, trust.keeper_key) == (KEY, KEY.hex())
    assert load_trust(settings).secret == trust.secret
    assert trust.secret.hex() not in repr(trust)
    for name in ("host.secret", "keeper.pub"):
        assert stat.S_IMODE((settings.data / name).stat().st_mode) == 0o600


def test_another_keeper_is_refused(settings: Settings) -> None:
    publish(settings, KEY)
    with pytest.raises(RefusedError, match="trusts another keeper"):
        publish(settings, bytes(32))
    assert load_trust(settings).verify_key == KEY


def test_a_setting_names_the_keeper_where_none_works(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", verify_key=KEY.hex())
    assert trusts_a_keeper(settings)
    assert load_trust(settings).verify_key == KEY


@pytest.mark.parametrize("text", ["", "no key", "ab" * 31])
def test_a_broken_key_is_no_key(settings: Settings, text: str) -> None:
    settings.data.mkdir()
    (settings.data / "keeper.pub").write_text(text)
    with pytest.raises(RefusedError, match="64 hexadecimal digits"):
        load_trust(settings)


def test_a_broken_secret_is_not_replaced(settings: Settings) -> None:
    publish(settings, KEY)
    (settings.data / "host.secret").write_bytes(b"short")
    with pytest.raises(RefusedError, match="Copy it from another host"):
        load_trust(settings)


def test_ten_at_once_make_one_secret(settings: Settings) -> None:
    publish(settings, KEY)
    with ThreadPoolExecutor(10) as pool:
        secrets = {one.secret for one in pool.map(load_trust, [settings] * 10)}
    assert len(secrets) == 1


def test_a_folder_that_was_given_to_a_group_shares_them_and_nobody_else_does(
    settings: Settings,
) -> None:
    settings.data.mkdir()
    settings.data.chmod(0o2770)
    publish(settings, KEY)
    load_trust(settings)
    for name in ("host.secret", "keeper.pub"):
        assert stat.S_IMODE((settings.data / name).stat().st_mode) == 0o640
