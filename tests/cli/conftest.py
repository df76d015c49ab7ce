"""A folder of tools, and a bundle of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.cli import main

TOOLS = {
    "set_alarm.yaml": """\
name: set_alarm
description: Set an alarm that rings at a time of day.
parameters: {type: object, properties: {time: {type: string}}, required: [time]}
examples:
  - "wake me at {time: half past six}"
  - set an alarm
  - "alarm for {time: noon}"
""",
    "play_media.yaml": """\
name: play_media
description: Play music.
examples: [play some jazz, put on a song, i want to hear music]
confirm: always
""",
    "out_of_scope.yaml": "out_of_scope: [who won last night, how old are you]\n",
}
"""File names and contents."""


@pytest.fixture(scope="session")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tools."""
    folder = tmp_path_factory.mktemp("specs")
    for name, content in TOOLS.items():
        (folder / name).write_text(content)
    return folder


@pytest.fixture(scope="session")
def bundle(specs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tools of `specs`, compiled with the encoder that needs nothing."""
    bundle = tmp_path_factory.mktemp("bundles") / "two.bundle"
    assert main(["compile", str(specs), "-o", str(bundle), "--encoder", "hashing", "--no-cache"]) == 0
    return bundle


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own: an empty working folder, no bundle named, a cache that goes away."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("ROUTER_BUNDLE", raising=False)
