"""A dossier as bytes: a ZIP archive written in one way only, and read with suspicion.

Entries are stored as they are (compression differs between programs), in the order of their names, with the time
1980-01-01 and the same permissions. What comes in may be hostile: nothing is extracted to a place it names.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping

from footprint.errors import InputError

MAX_BYTES = 64 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_NAME = 200
EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16
#: length of a local header before the name, and of the record that ends an archive
_LOCAL, _END = 30, 22
#: what a name has beside letters and digits of any script
_SIGNS = frozenset(" _.,;()[]{}&'+=@#%!$^~-")
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?:\..*)?", re.IGNORECASE)


def pack(entries: Mapping[str, bytes]) -> bytes:
    """The archive of these entries: the same entries make the same bytes, everywhere.

    Raises InputError for a name that an archive may not have, or where there is too much.
    """
    if len(entries) > MAX_ENTRIES or sum(map(len, entries.values())) > MAX_BYTES:
        raise InputError(f"a dossier has at most {MAX_ENTRIES:,} entries and {MAX_BYTES:,} bytes")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            check_name(name)
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system, info.external_attr = 3, _MODE
            archive.writestr(info, entries[name])
    return out.getvalue()


def check_name(name: str) -> None:
    """A name is relative, stays below its folder, and is a file's name on every system; else InputError."""
    if len(name.encode(errors="replace")) > MAX_NAME or not all(map(_is_part, name.split("/"))):
        what = (
            f"letters and digits first, then also {' '.join(sorted(_SIGNS - {' '}))} and space, in parts joined by / "
            "(no absolute path, no .., no backslash)"
        )
        raise InputError(f"entry {name[:MAX_NAME]!r}: such a name is refused; allowed: {what}")
    if any(_RESERVED.fullmatch(part) for part in name.split("/")):
        raise InputError(f"entry '{name}': such a name is refused; Windows reserves it for a device")


def _is_part(part: str) -> bool:
    """Whether a part of a name begins with a letter, a digit or _, and ends with neither a dot nor a space."""
    plain = all(_is_letter(c) or c in _SIGNS for c in part)
    return plain and bool(part) and (_is_letter(part[0]) or part[0] == "_") and part[-1] not in ". "


def _is_letter(character: str) -> bool:
    """A letter, digit or mark on one, of any script."""
    return unicodedata.category(character)[0] in "LMN"


def unpack(data: bytes, name: str) -> dict[str, bytes]:
    """The entries of an archive; whether it is written as `pack` writes is for the caller to compare.

    Raises InputError where the file is no archive, is too large, or holds what a dossier never holds.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(_bounded(data))) as archive:
            return dict(_entries(data, archive.infolist()))
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError, struct.error) as error:
        raise InputError(f"{name}: is no dossier, or is damaged: {error}") from None


def _bounded(data: bytes) -> bytes:
    """The bytes, if the record at their very end says that they are one archive of a bearable size."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{len(data):,} bytes; a dossier has at most {MAX_BYTES:,}")
    if data[:4] != b"PK\3\4":
        raise InputError("is no dossier: a ZIP archive begins with another word")
    mark, *_, count, size, start, comment = struct.unpack("<4s4H2LH", data[-_END:].rjust(_END))
    if mark != b"PK\5\6" or comment or start + size != len(data) - _END:
        raise InputError("is no dossier, or is damaged: something stands behind the archive, or its end is missing")
    if count > MAX_ENTRIES or size > MAX_ENTRIES * (46 + MAX_NAME):
        raise InputError(f"{count:,} entries; a dossier has at most {MAX_ENTRIES:,}")
    return data


def _entries(data: bytes, listed: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each entry, read from where it is stored; the sizes of all fit into the file."""
    seen: set[str] = set()
    room = len(data)
    for info in listed:
        name = info.orig_filename
        check_name(name)
        alike = unicodedata.normalize("NFC", name.casefold())
        if alike in seen:
            raise InputError(f"entry '{name}' is there twice")
        seen.add(alike)
        if info.flag_bits & 0x1:
            raise InputError(f"entry '{name}' is encrypted; a dossier is open to read")
        if info.compress_type != zipfile.ZIP_STORED:
            raise InputError(
                f"entry '{name}' is compressed (method {info.compress_type}); a dossier stores it as it is"
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputError(f"entry '{name}' is a symbolic link; a dossier holds files")
        room -= info.file_size
        if info.file_size != info.compress_size or room < 0:
            raise InputError(f"entry '{name}' unfolds to {info.file_size:,} bytes, more than the file holds")
        yield name, _stored(data, info)


def _stored(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry behind its local header."""
    begin = info.header_offset
    name, extra = struct.unpack("<2H", data[begin + 26 : begin + _LOCAL].rjust(4, b"\0"))
    start = begin + _LOCAL + name + extra
    content = data[start : start + info.file_size]
    if len(content) < info.file_size:
        raise InputError(f"entry '{info.orig_filename}' ends before its {info.file_size:,} bytes")
    return content
