"""Archives made to harm: each is refused with one message before anything of it is unfolded or written."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date

import pytest

import footprint as fp
from footprint.declaration.archive import MAX_ENTRIES, pack, unpack
from footprint.declaration.case import Request
from footprint.declaration.declaration import canonical_json
from footprint.declaration.verifying import archive_differences
from footprint.errors import InputError

GOOD = {"manifest.json": b"{}", "study/study.toml": b"schema = 1\n"}


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED, change: Callable | None = None) -> bytes:
    """An archive as another program writes it; `change` sets what `zipfile` would not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in entries:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            info.compress_type = method
            if change:
                change(info)
            made.writestr(info, content)
    return out.getvalue()


def renamed(name: bytes) -> bytes:
    """An archive with one entry of that name, put in as bytes."""
    return archive(("x" * len(name), b"content")).replace(b"x" * len(name), name)


@pytest.mark.parametrize(
    "name",
    [
        b"/etc/passwd", b"../outside", b"study/../../outside", b"C:/outside", b"C:outside", b"study\\study.toml",
        b"..\\outside", b"\\\\server\\share", b"a\0b", b"a\nb", b"a\x1b[31m", b"CON", b"study/nul.toml", b"com1.txt",
        b"LPT9", b"aux", b"study/", b"study//x", b"./x", b".hidden", b"x.", b"x ", b" x", b"a:b", b"a*b", b"~/x", b"-x",
        "é".encode(), b"x" * 201,
    ],
    ids=repr,
)  # fmt: skip
def test_a_name_that_is_no_file_below_the_folder_is_refused(name):
    with pytest.raises(InputError, match=r"dossier\.zip: (entry .*such a name is refused|is no dossier)"):
        unpack(renamed(name), "dossier.zip")


@pytest.mark.parametrize(
    "name", ["study/mine (2025).json", "study/Größe & Söhne.json", "study/铜精矿 1.json", "study/खान.json"]
)
def test_a_name_of_any_script_is_written_and_read(name):
    assert unpack(pack({name: b"content"}), "dossier.zip") == {name: b"content"}


def test_two_spellings_of_one_name_are_one_name():
    """e with an acute accent as one character and as two: one file on some systems."""
    with pytest.raises(InputError, match="is there twice"):
        unpack(pack({"caf\u00e9": b"", "cafe\u0301": b""}), "dossier.zip")


@pytest.mark.parametrize("name", ["../x", "/x", "a\\b", "nul", "a/", ""])
def test_such_a_name_is_not_written_either(name):
    with pytest.raises(InputError, match="such a name is refused"):
        pack({name: b""})


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a/b.json", "A/B.JSON"])
def test_a_name_given_twice_is_refused_though_only_its_case_differs(second):
    with pytest.raises(InputError, match="is there twice"):
        unpack(archive(("a/b.json", b"1"), (second, b"2")), "dossier.zip")


def test_a_symbolic_link_is_refused():
    def link(info: zipfile.ZipInfo) -> None:
        info.create_system, info.external_attr = 3, 0o120777 << 16

    with pytest.raises(InputError, match="'study' is a symbolic link"):
        unpack(archive(("study", b"/etc/passwd"), change=link), "dossier.zip")


def test_an_encrypted_entry_is_refused():
    data = bytearray(archive(("a", b"1")))
    data[data.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(InputError, match="is encrypted"):
        unpack(bytes(data), "dossier.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_is_refused_by_its_method_before_it_unfolds(method):
    """64 MB of zeros in some kB: nothing is unfolded, since a dossier is never compressed."""
    data = archive(("study/study.toml", bytes(1 << 26)), method=method)
    started = time.perf_counter()
    with pytest.raises(InputError, match=r"is compressed \(method \d+\)"):
        unpack(data, "dossier.zip")
    assert time.perf_counter() - started < 1


def test_an_unknown_method_is_refused():
    data = bytearray(archive(("a", b"1")))
    struct.pack_into("<H", data, data.index(b"PK\1\2") + 10, 97)
    with pytest.raises(InputError, match="method 97"):
        unpack(bytes(data), "dossier.zip")


def central(name: bytes, offset: int, size: int, content: bytes) -> bytes:
    """One row of the central directory, as APPNOTE.TXT 4.3.12 lays it out."""
    head = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, zlib.crc32(content), size, size, len(name),
                       0, 0, 0, 0, 0, offset)  # fmt: skip
    return head + name


def overlapping(count: int, size: int) -> bytes:
    """`count` entries that all lie on the same bytes: a bomb without compression (Fifield 2019)."""
    content = bytes(size)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, zlib.crc32(content), size, size, 1, 0) + b"a" + content
    rows = b"".join(central(f"a{n}".encode(), 0, size, content) for n in range(count))
    return local + rows + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(rows), len(local), 0)


def test_entries_that_share_their_bytes_are_refused():
    with pytest.raises(InputError, match="more than the file holds"):
        unpack(overlapping(1000, 1 << 20), "dossier.zip")


def test_an_entry_larger_than_the_file_is_refused():
    data = bytearray(archive(("a", b"1")))
    row = data.index(b"PK\1\2")
    struct.pack_into("<2L", data, row + 20, 0xFFFFFF00, 0xFFFFFF00)
    with pytest.raises(InputError, match="more than the file holds"):
        unpack(bytes(data), "dossier.zip")


def test_too_many_entries_are_refused():
    data = archive(*((f"e{n}", b"") for n in range(MAX_ENTRIES + 1)))
    with pytest.raises(InputError, match=f"at most {MAX_ENTRIES:,}"):
        unpack(data, "dossier.zip")
    with pytest.raises(InputError, match="at most"):
        pack({f"e{n}": b"" for n in range(MAX_ENTRIES + 1)})


def test_a_file_larger_than_a_dossier_may_be_is_not_read(tmp_path):
    path = tmp_path / "dossier.zip"
    with path.open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(InputError, match="at most 67,108,864"):
        fp.verify(path)


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\3\4", b"hello", archive(("a", b"1")) + b"x", b"#!/bin/sh\n" + archive(("a", b"1")), pack(GOOD)[:-30],
     b"PK\5\6" + bytes(18), pack(GOOD) + pack(GOOD)],
    ids=["empty", "begun", "text", "trailing", "leading", "cut", "no entries", "two in one"],
)  # fmt: skip
def test_what_is_no_whole_archive_is_no_dossier(data):
    with pytest.raises(InputError, match="is no dossier"):
        unpack(data, "dossier.zip")


@pytest.mark.parametrize("data", [pack({}), pack(GOOD), pack({**GOOD, "request.json": b"{}"})])
def test_an_archive_of_something_else_is_no_dossier(tmp_path, data):
    (tmp_path / "dossier.zip").write_bytes(data)
    with pytest.raises(InputError, match="is no dossier"):
        fp.verify(tmp_path / "dossier.zip")


def test_a_missing_file_and_a_folder_are_told_as_such(tmp_path):
    for path in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(InputError, match=r"cannot be read|is no regular file"):
            fp.verify(path)


def test_an_entry_that_is_a_file_and_a_folder_is_a_difference(tmp_path):
    data = pack({**GOOD, "declaration.json": b"{}", "study/a": b"", "study/a/b": b"",
                 "request.json": canonical_json(Request(declared="a/b", on=date(2026, 6, 1), draft=False, links=None,
                 background="open", electricity="as-modelled", long_term="include", engine="kernel"))})  # fmt: skip
    (tmp_path / "dossier.zip").write_bytes(data)
    (replay,) = [d for d in fp.verify(tmp_path / "dossier.zip").differences if d.kind == "replay"]
    assert "study/a" in str(replay)


HOSTILE: Mapping[str, bytes] = {
    "request.json": b'{"schema": "footprint/dossier-request/1", "declared": "../../x", "on": "2026-06-01"}',
    "study/study.toml": b"schema = 1\nmaterial = [[[[",
    "declaration.json": b"[" * 100_000,
    "manifest.json": b'{"entries": [1, {"name": []}]}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_ends_in_differences_and_not_in_a_fault(tmp_path, name):
    data = pack({**GOOD, "request.json": b"{}", "declaration.json": b"{}", name: HOSTILE[name]})
    (tmp_path / "dossier.zip").write_bytes(data)
    found = fp.verify(tmp_path / "dossier.zip")
    assert {"manifest", "schema", "replay"} <= {difference.kind for difference in found.differences}
    assert not any(str(tmp_path) in str(d) or "footprint-" in str(d) for d in found.differences)


@pytest.mark.parametrize(
    "change",
    [
        lambda info: setattr(info, "date_time", (2026, 1, 1, 0, 0, 0)),
        lambda info: setattr(info, "external_attr", 0o100777 << 16),
        lambda info: setattr(info, "create_system", 0),
        lambda info: setattr(info, "comment", b"signed by nobody"),
        lambda info: setattr(info, "extra", b"\1\0\0\0"),
    ],
    ids=["time", "permissions", "system", "comment", "extra field"],
)
def test_an_archive_written_otherwise_is_told_by_its_byte(change):
    """The entries are as they were; what nobody reads is compared with the one way of writing."""
    data = archive(*sorted(GOOD.items()), change=change)
    assert unpack(data, "dossier.zip") == GOOD
    (found,) = archive_differences(data, GOOD)
    assert found.where.startswith("archive, byte ")


def test_the_order_of_entries_is_part_of_the_one_way_of_writing():
    assert list(archive_differences(pack(GOOD), GOOD)) == []
    assert list(archive_differences(archive(*sorted(GOOD.items(), reverse=True)), GOOD))
