"""PostgreSQL's own files, read byte by byte as somebody reads them who has no server.

A heap file is a row of pages of 8 kB (storage/bufpage.h, access/htup_details.h): a header, line
pointers, and tuples with who made and who ended them, by transaction and by command within it.
Dead tuples lie there like living ones until somebody cleans up.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

PAGE = 8192
_HEADER, _POINTER, _IN_USE = 24, 4, 1
_TUPLE = struct.Struct("<IIIHHHHHB")  # xmin, xmax, command, block (high, low), slot, masks, length


class Place(NamedTuple):
    """Block and slot: what PostgreSQL calls ctid."""

    block: int
    slot: int


@dataclass(frozen=True)
class HeapTuple:
    """A row version, alive or dead. `command`: the one that made it, or ended it."""

    place: Place
    xmin: int
    xmax: int
    command: int
    next_version: Place
    data: bytes

    def key(self, size: int) -> bytes:
        """The second column, a value of `size` bytes; the first is a whole number of four."""
        return self.data[5 : 5 + size]


def heap_tuples(content: bytes) -> Iterator[HeapTuple]:
    """Every tuple of a heap file, in the order of pages and line pointers."""
    for block in range(len(content) // PAGE):
        page = content[block * PAGE : (block + 1) * PAGE]
        (lower,) = struct.unpack_from("<H", page, 12)
        for slot in range(max(lower - _HEADER, 0) // _POINTER):
            (pointer,) = struct.unpack_from("<I", page, _HEADER + slot * _POINTER)
            offset, state, length = pointer & 0x7FFF, pointer >> 15 & 3, pointer >> 17
            if state == _IN_USE:
                yield _tuple(Place(block, slot + 1), page[offset : offset + length])


def _tuple(place: Place, content: bytes) -> HeapTuple:
    xmin, xmax, command, high, low, slot, _, _, length = _TUPLE.unpack_from(content)
    onwards = Place(high << 16 | low, slot)
    return HeapTuple(place, xmin, xmax, command, onwards, content[length:])


def keys_in(content: bytes, campaign_id: int, size: int) -> dict[bytes, tuple[int, int]]:
    """Where in any file tuples of a campaign begin: for each key its first and its last place.

    A tuple's data are the campaign's number, then the length of the key and the key. So they are
    written in heap files, in full pages of the log and in its single records.
    """
    begin = struct.pack("<IB", campaign_id, size + 1 << 1 | 1)
    found: dict[bytes, tuple[int, int]] = {}
    for match in re.finditer(re.escape(begin) + b"(.{%d})" % size, content, re.DOTALL):
        first, _ = found.get(match[1], (match.start(), 0))
        found[match[1]] = first, match.start()
    return found


class Change(NamedTuple):
    """A record of the write-ahead log about one row: which file (number), where, and what."""

    transaction: int
    kind: str
    file: int
    place: Place


_CHANGE = re.compile(
    r"rmgr: Heap .*?tx:\s+(\d+).*?desc: (INSERT|DELETE|UPDATE|HOT_UPDATE)\b.*?\boff:? (\d+)"
    r"(?:.*?\bnew off:? (\d+))?"
)
_BLOCK = re.compile(r"blkref #\d+: rel \d+/\d+/(\d+) (?:fork main )?blk (\d+)")


def changes(waldump: str) -> Iterator[Change]:
    """What `pg_waldump` tells of rows, in the order in which they were changed.

    An update is told of twice: the version that ended, and the one that took its place.
    """
    for line in waldump.splitlines():
        match, blocks = _CHANGE.search(line), _BLOCK.findall(line)
        if match and blocks:
            transaction, kind, slot, new_slot = match.groups()
            (file, first), (_, last) = blocks[0], blocks[-1]  # an update names the new page first
            yield Change(int(transaction), kind, int(file), Place(int(last), int(slot)))
            if new_slot:
                place = Place(int(first), int(new_slot))
                yield Change(int(transaction), f"{kind} to", int(file), place)
