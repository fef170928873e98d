import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from survey.domain.sealing import (
    Opened,
    PackingError,
    SealError,
    pack,
    pack_answers,
    seal,
    unpack,
    unpack_answers,
    unseal,
)

values = st.lists(st.integers(-32768, 32767), max_size=300)
units = st.none() | st.text(max_size=16)


@given(units, values)
def test_unpacking_gives_back_what_was_packed(unit: str | None, answers: list[int]) -> None:
    assert unpack(pack(unit, answers)) == Opened(unit, tuple(answers))


@given(units, units, values, st.integers(-99, 100))
def test_the_length_depends_on_the_number_of_values_alone(
    unit: str | None, other: str | None, answers: list[int], answer: int
) -> None:
    packed = pack(unit, answers)
    assert len(packed) % 256 == 0
    assert len(pack(other, [answer] * len(answers))) == len(packed)


@given(values)
def test_stored_answers_are_sixteen_bits_little_endian(answers: list[int]) -> None:
    packed = pack_answers(answers)
    assert packed == b"".join(value.to_bytes(2, "little", signed=True) for value in answers)
    assert unpack_answers(packed) == tuple(answers)


@given(st.binary(max_size=600))
def test_other_bytes_are_refused_or_read_but_never_crash(noise: bytes) -> None:
    try:
        opened = unpack(noise)
    except PackingError:
        return
    assert pack(opened.unit, opened.values) == noise


@pytest.mark.parametrize(
    ("unit", "answers"), [(None, [32768]), (None, [-32769]), ("u" * 65, [1]), ("ä" * 33, [1])]
)
def test_what_does_not_fit_is_refused(unit: str | None, answers: list[int]) -> None:
    with pytest.raises(PackingError):
        pack(unit, answers)


def test_only_the_right_key_opens_and_a_changed_byte_is_noticed() -> None:
    key, other = PrivateKey.generate(), PrivateKey.generate()
    sealed = seal(bytes(key.public_key), b"answers")
    assert unseal(key, sealed) == b"answers"
    assert seal(bytes(key.public_key), b"answers") != sealed
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for private, row in ((other, sealed), (key, changed), (key, b""), (key, b"short")):
        with pytest.raises(SealError):
            unseal(private, row)


def test_a_public_key_that_is_none_is_named() -> None:
    with pytest.raises(SealError):
        seal(b"too short", b"answers")
