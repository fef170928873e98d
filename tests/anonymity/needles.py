"""Everything that a value may look like in a file, and the search for it."""

import base64
import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np

PREFIX = 4  # bytes; anything shorter turns up by chance


def spellings(text: str) -> Iterator[bytes]:
    """A text as it is, in other cases, and each of them encoded."""
    for written in {text, text.upper(), text.lower()}:
        yield from encodings(written)
        yield from encodings(quote(written, safe=""))
        yield from encodings("".join(f"%{byte:02x}" for byte in written.encode()))
        yield from encodings("".join(f"\\x{byte:02x}" for byte in written.encode()))
        yield from of_bytes(written.encode())


def of_bytes(raw: bytes) -> Iterator[bytes]:
    """Bytes raw, reversed, in hexadecimal, and in base64 wherever it may begin in a longer text."""
    yield raw
    yield raw[::-1]
    for order in (raw, raw[::-1]):
        yield from encodings(order.hex())
        yield from encodings(order.hex().upper())
    yield from encodings(base64.b32encode(raw).decode().rstrip("="))
    for skipped in range(3):
        # In a longer text these bytes share their first and last characters with neighbours.
        inside = base64.b64encode(bytes(skipped) + raw).decode()
        first = -(-skipped * 4 // 3)
        last = (skipped + len(raw)) * 4 // 3
        yield from encodings(inside[first:last])
        yield from encodings(inside[first:last].replace("+", "-").replace("/", "_"))


def of_address(address: str) -> Iterator[bytes]:
    """An IPv4 address as text, as packed bytes, as a number, and within IPv6."""
    parsed = ipaddress.IPv4Address(address)
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    backwards = ".".join(reversed(address.split(".")))
    for text in (address, backwards, mapped.exploded, mapped.compressed, address.replace(".", "-")):
        yield from spellings(text)
    for number in (int(parsed), int.from_bytes(parsed.packed, "little")):
        yield from encodings(str(number))
    yield from of_bytes(parsed.packed)


def encodings(text: str) -> Iterator[bytes]:
    """A text in the encodings that programs write."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield text.encode(encoding)


def found(folders: Iterable[Path], needles: Iterable[bytes]) -> dict[str, bytes]:
    """The files below `folders` that hold a needle, each with the first one that it holds."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    search = Search(needles)
    if not files:
        raise ValueError("There is nothing to search.")
    hits = {str(path): search.first(path.read_bytes()) for path in files}
    return {name: hit for name, hit in hits.items() if hit is not None}


class Search:
    """A search for thousands of needles in one pass, by the first four bytes of each."""

    def __init__(self, needles: Iterable[bytes]) -> None:
        self._needles: dict[bytes, list[bytes]] = defaultdict(list)
        for needle in {needle for needle in needles if len(needle) >= PREFIX}:
            self._needles[needle[:PREFIX]].append(needle)
        if not self._needles:
            raise ValueError("There is nothing to search for.")
        self._first, self._second = np.zeros((2, 1 << 16), dtype=bool)
        for prefix in self._needles:
            self._first[prefix[0] << 8 | prefix[1]] = True
            self._second[prefix[2] << 8 | prefix[3]] = True

    def first(self, content: bytes) -> bytes | None:
        """A needle that `content` holds; None when it holds none."""
        if len(content) < PREFIX:
            return None
        signs = np.frombuffer(content, dtype=np.uint8).astype(np.uint16)
        pairs = signs[:-1] << 8 | signs[1:]
        candidates = np.flatnonzero(self._first[pairs[:-2]] & self._second[pairs[2:]])
        for at in candidates.tolist():
            for needle in self._needles.get(content[at : at + PREFIX], ()):
                if content.startswith(needle, at):
                    return needle
        return None
