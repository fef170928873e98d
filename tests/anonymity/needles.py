"""Everything that a value may look like in a file, and the search for it."""

import base64
import ipaddress
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

SHORTEST = 4  # bytes; anything shorter turns up by chance


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
    wanted = sorted({needle for needle in needles if len(needle) >= SHORTEST})
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    if not files or not wanted:
        raise ValueError("There is nothing to search, or nothing to search for.")
    hits = {}
    for path in files:
        content = path.read_bytes()
        hit = next((needle for needle in wanted if needle in content), None)
        if hit is not None:
            hits[str(path)] = hit
    return hits
