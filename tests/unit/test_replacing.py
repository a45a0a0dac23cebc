"""Files that are there whole or not at all, and what is never written over."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from footprint.errors import InputError
from footprint.library.replacing import apart, folder_for, free, replacing, write_together, write_whole


def linked(link: Path, target: Path) -> Path:
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("this system lets nobody make a link")
    return link


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have a name")
@pytest.mark.parametrize("through_a_link", [False, True])
def test_a_pipe_stays_a_pipe(tmp_path, through_a_link):
    """As a device does: what is no regular file is not taken away by a name."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    target = linked(tmp_path / "link", pipe) if through_a_link else pipe
    with pytest.raises(InputError, match=r"cannot be written \(is there already and is no regular file\)"):
        write_whole(target, "text")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert len(list(tmp_path.iterdir())) == 1 + through_a_link


def test_a_folder_stays_a_folder(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(InputError, match="is no regular file"):
        write_whole(tmp_path / "there", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_link_to_a_file_stays_and_leads_to_what_is_new(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere/a.txt"
    file.write_text("old", encoding="utf-8")
    link = linked(tmp_path / "a.txt", file)
    write_whole(link, "new")
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "new"
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["a.txt"]


def test_several_files_are_written_or_none(tmp_path):
    """The second has no folder: the first stays as it was, and nothing is left beside it."""
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=r"no.b\.txt: cannot be written"):
        write_together({tmp_path / "a.txt": "new", tmp_path / "no/b.txt": "new"})
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    write_together({tmp_path / "a.txt": "new", tmp_path / "b.txt": b"bytes"})
    assert [(tmp_path / name).read_bytes() for name in ("a.txt", "b.txt")] == [b"new", b"bytes"]


def test_a_folder_made_for_files_goes_again_where_they_fail(tmp_path):
    def fill(folder: Path) -> None:
        with folder_for(folder), replacing(folder / "a.txt"):
            raise InputError("no")

    (tmp_path / "there").mkdir()
    for name in ("new/folder", "there"):
        with pytest.raises(InputError, match="no"):
            fill(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="file: cannot be made"):
        fill(tmp_path / "file")


def test_an_output_is_no_input_by_any_name(tmp_path):
    read = tmp_path / "study.toml"
    read.write_text("mine", encoding="utf-8")
    (tmp_path / "hard.toml").hardlink_to(read)
    names = [read, tmp_path / "x/../study.toml", tmp_path / "hard.toml", linked(tmp_path / "soft.toml", read)]
    (tmp_path / "x").mkdir()
    for name in names:
        with pytest.raises(InputError, match="is read as an input; choose another name"):
            apart([tmp_path / "other.toml", name], [read])
    apart([tmp_path / "other.toml"], [read, tmp_path / "gone.toml"])


def test_what_is_there_is_replaced_only_where_that_was_said(tmp_path):
    path = tmp_path / "study.toml"
    free(path, force=False)
    path.write_text("mine", encoding="utf-8")
    free(path, force=True)
    with pytest.raises(InputError, match="is there already; choose another name, or --force to replace it"):
        free(path, force=False)
