"""Responses as bytes: packed, padded to one size, and sealed so that only the keeper can read.

A packed response has the same length for everybody who answers the same version, whatever was
answered and wherever the person works, so that the length of a sealed row says nothing.
"""

import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from survey.errors import SurveyError

BLOCK = 256
UNIT_BYTES = 64
LAYOUT = 1  # the first byte of a packed response; a later layout takes another number
_HEAD = 1 + 1 + 2 + UNIT_BYTES  # layout, length of the unit + 1 (0: none), number of values, unit


class PackingError(SurveyError):
    """A record that cannot be packed, or bytes that are no packed record."""


class SealError(SurveyError):
    """A sealed row that does not open under its key."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A response as it was sealed: the unit of its code and one value per variable."""

    unit: str | None
    values: tuple[int, ...]


def pack(unit: str | None, values: Sequence[int]) -> bytes:
    """`unit` (None: the whole) and `values` (one per variable, missing negative) as bytes.

    int16 little endian, filled up to a multiple of 256 bytes: the length depends on the number of
    variables alone.

    Raises:
        PackingError: a value outside int16, or a unit of more than 64 bytes.
    """
    name = b"" if unit is None else unit.encode()
    if len(name) > UNIT_BYTES:
        raise PackingError("packing", f"The unit's id has more than {UNIT_BYTES} bytes.")
    head = bytes((LAYOUT, 0 if unit is None else len(name) + 1)) + len(values).to_bytes(2, "little")
    packed = head + name.ljust(UNIT_BYTES, b"\0") + pack_answers(values)
    return packed.ljust(-(-len(packed) // BLOCK) * BLOCK, b"\0")


def unpack(packed: bytes) -> Opened:
    """What `pack` was given.

    Raises:
        PackingError: the bytes are no packed response of a known layout.
    """
    if len(packed) < BLOCK or len(packed) % 2:
        raise _not_packed()
    length, count = packed[1], int.from_bytes(packed[2:4], "little")
    unit = packed[4 : 4 + length - 1].decode(errors="replace") if length else None
    opened = Opened(unit, unpack_answers(packed[_HEAD : _HEAD + 2 * count]))
    if pack(opened.unit, opened.values) != packed:
        raise _not_packed()
    return opened


def _not_packed() -> PackingError:
    return PackingError("packing", "These bytes are not a packed response.")


def pack_answers(values: Iterable[int]) -> bytes:
    """Values as int16 little endian: the column `answers` of a stored response.

    Raises:
        PackingError: a value is no int16.
    """
    try:
        packed = array("h", values)
    except (OverflowError, TypeError) as error:
        raise PackingError("packing", "An answer is not a whole number of 16 bits.") from error
    return _little_endian(packed).tobytes()


def unpack_answers(packed: bytes) -> tuple[int, ...]:
    """What `pack_answers` was given, in the order of the variables."""
    return tuple(_little_endian(array("h", packed)))


def _little_endian(values: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        values.byteswap()
    return values


def seal(public_key: bytes, packed: bytes) -> bytes:
    """`packed` so that only the holder of the private key can read it (libsodium sealed box).

    Raises:
        SealError: the key is no key.
    """
    return _box(public_key).encrypt(packed)


def unseal(private_key: PrivateKey, sealed: bytes) -> bytes:
    """What was sealed for the public half of `private_key`.

    Raises:
        SealError: it was sealed for another key, or changed since.
    """
    try:
        return SealedBox(private_key).decrypt(sealed)
    except (CryptoError, ValueError, TypeError) as error:
        raise SealError("sealed-row", "A sealed row does not open under its key.") from error


@lru_cache(maxsize=64)
def _box(public_key: bytes) -> "SealedBox[PublicKey]":
    try:
        return SealedBox(PublicKey(public_key))
    except (CryptoError, ValueError, TypeError) as error:
        raise SealError("public-key", "The public key of the campaign is no key.") from error
