"""Annotations: what GitHub Actions marks in a pull request, one workflow command a line."""

from __future__ import annotations

from typing import Literal


def annotation(level: Literal["error", "warning", "notice"], file: str, line: int, title: str, message: str) -> str:
    """Return the command that marks a line of a file, or the file if the line is 0."""
    properties = {"file": file, "line": str(line or ""), "title": title}
    listed = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items() if value)
    return f"::{level} {listed}::{_escaped(message)}"


def _escaped(text: str, also: str = "") -> str:
    """Write what would end a workflow command or a part of it as a percent sign and two hexadecimal digits."""
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" + also else c for c in text)
