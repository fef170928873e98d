"""Secrets on paper: letters and digits that people read, type and tell apart (Crockford base32)."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
GROUP = 4
BITS = 5  # in each letter

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_VALUES |= {"O": 0, "I": 1, "L": 1}


def spell(raw: bytes) -> str:
    """Bytes (a multiple of 5) as printed: letters in groups of four, with hyphens between."""
    number, length = int.from_bytes(raw, "big"), 8 * len(raw) // BITS
    letters = [ALPHABET[(number >> BITS * place) & 31] for place in reversed(range(length))]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, length, GROUP))


def read(text: str, size: int) -> bytes | None:
    """The `size` bytes (a multiple of 5) however they were typed; None when they are not that.

    Case does not matter, nor does any sign that is neither letter nor digit, seen or unseen; O is
    read as 0, I and L as 1.
    """
    letters = [sign for sign in text.upper() if sign.isalnum()]
    if len(letters) != 8 * size // BITS or any(letter not in _VALUES for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << BITS | _VALUES[letter]
    return number.to_bytes(size, "big")
