"""Texts in files, one a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from router.cli.command import CommandError
from router.text import normalize


def read_lines(files: Iterable[str]) -> list[str]:
    """Return the lines of UTF-8 files as a router would read them; blank ones are skipped. Raises CommandError."""
    lines: list[str] = []
    for file in files:
        try:
            lines += Path(file).read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: not UTF-8: {error}") from error
    return [text for line in lines if (text := normalize(line))]
