from __future__ import annotations

from pathlib import Path

import pytest

from router.encoder_making.placing import placed
from router.encoders.card import CARD
from router.errors import EncoderError


def _put(out: Path, text: str, stop: type[BaseException] | None = None) -> None:
    with placed(out) as new:
        (new / CARD).write_text(text, "utf-8")
        if stop:
            raise stop("enough")


def test_a_folder_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "für später" / "my encoder"
    for text in ("one", "two"):
        _put(out, text)
        assert [file.read_text("utf-8") for file in out.iterdir()] == [text]
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EncoderError, OSError])
@pytest.mark.parametrize("before", [True, False])
def test_whatever_stops_it_leaves_what_was_there(tmp_path: Path, stop: type[BaseException], before: bool) -> None:
    if before:
        _put(tmp_path / "out", "one")
    with pytest.raises(stop, match="enough"):
        _put(tmp_path / "out", "two", stop)
    assert [file.read_text("utf-8") for file in tmp_path.rglob(CARD)] == ["one"] * before
    assert len(list(tmp_path.iterdir())) == before


@pytest.mark.parametrize("step", [1, 2])
def test_so_does_what_stops_it_while_they_change_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    _put(tmp_path / "out", "one")
    renamed, rename = [], Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        renamed.append(target)
        if len(renamed) == step:
            raise KeyboardInterrupt("enough")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt, match="enough"):
        _put(tmp_path / "out", "two")
    assert (tmp_path / "out" / CARD).read_text("utf-8") == "one"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_link_to_a_folder_stays_one(tmp_path: Path) -> None:
    _put(tmp_path / "disk" / "out", "one")
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "out")
    _put(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "disk" / "out" / CARD).read_text("utf-8") == "two"


@pytest.mark.parametrize("way", ["a file", "a folder with something else"])
def test_what_is_no_encoder_is_in_the_way(tmp_path: Path, way: str) -> None:
    (tmp_path / "out").mkdir() if "folder" in way else (tmp_path / "out").write_text("thesis")
    if "folder" in way:
        (tmp_path / "out" / "thesis.tex").write_text("years of work")
    with pytest.raises(EncoderError, match="is in the way and not part of an encoder"):
        _put(tmp_path / "out", "one")
    assert len(list(tmp_path.iterdir())) == 1


def test_the_current_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EncoderError, match=r"^\.: is the folder that you are in, which cannot be replaced"):
        _put(Path(), "one")
    assert not list(tmp_path.iterdir())
