"""Findings of a few tools, on the encoder that needs nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from router.declarations import ToolSet, loads
from router.encoders import HashingEncoder
from router.linting import Finding, Findings, lint
from router.linting.inspection import Inspection, inspect

Rule = Callable[[Inspection], object]


def linted(source: str) -> Findings:
    """Lint YAML text."""
    return lint(loads(source, "tools.yaml"), HashingEncoder())


def of_rule(findings: Findings, rule: str) -> list[Finding]:
    """The findings of one rule."""
    return [finding for finding in findings.found if finding.rule == rule]


@pytest.fixture(scope="session")
def everyday_inspection(everyday: ToolSet) -> Inspection:
    """Five tools that even an encoder without meanings can tell apart, measured."""
    return inspect(everyday, HashingEncoder())
