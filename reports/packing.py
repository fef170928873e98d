"""Files in a ZIP without times: equal files give equal bytes."""

import io
import zipfile
from collections.abc import Iterable

NO_TIME = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o644 << 16


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Names and contents as a ZIP, in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = PLAIN_FILE
            archive.writestr(entry, content)
    return packed.getvalue()


def unpack(packed: bytes) -> list[tuple[str, bytes]]:
    """Names and contents of a ZIP of ours, in their order."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]
