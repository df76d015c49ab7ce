"""A report as one HTML page: it loads nothing, and its essentials need no scripts."""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.resources
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from router.errors import MissingExtraError
from router.evaluation import wording
from router.evaluation.catalogue import TOOL_METRICS
from router.evaluation.changes import Changes
from router.evaluation.judging import GateResult
from router.evaluation.measures import EVERYTHING
from router.evaluation.rendering import highlights, movements
from router.evaluation.rendering.page import charts, sections
from router.evaluation.report import SLICE_METRICS, Report

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_LISTED = 3000
"""So many cases are listed behind the confusion tables of all suites together."""
LONGEST = 300
"""So many characters are shown of an utterance."""


def html_page(report: Report, gates: Sequence[GateResult] = (), changes: Changes | None = None) -> str:
    """Write a report as a page: the same bytes for the same report.

    What is too long to open is cut, and the page says what it leaves out. Raises
    MissingExtraError without Jinja.
    """
    changed = {suite.name: suite for suite in changes.suites} if changes else {}
    most_listed = MOST_LISTED // max(len(report.suites), 1)
    return render(
        "page.html.j2",
        report=report,
        suites=[
            sections.suite_section(f"s{n}", suite, list(report.tools), gates, changed.get(suite.name), most_listed)
            for n, suite in enumerate(report.suites, start=1)
        ],
        verdict=highlights.verdict(gates),
        failed=highlights.failed(gates),
        passed=[gate for gate in gates if gate.passed],
        changes=changes,
    )


def render(template: str, **given: Any) -> str:
    """Fill in a template of this folder, with the style and the script of all pages.

    Raises MissingExtraError without Jinja.
    """
    require_jinja()
    style, script = _beside("page.css"), _beside("page.js")
    page = _environment().get_template(template)
    return page.render(style=style, script=script, content_policy=_content_policy(style, script), **given)


def require_jinja() -> None:
    """Raise MissingExtraError without Jinja."""
    try:
        _environment()
    except ImportError:
        raise MissingExtraError("jinja2", "eval", "writing the HTML report") from None


@functools.cache  # it compiles the templates, which takes longer than a small page
def _environment() -> Environment:
    """Return the templates, ready to be filled in. Raises ImportError without Jinja."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_beside),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cut"] = _cut
    environment.globals |= {
        "charts": charts,
        "highlights": highlights,
        "movements": movements,
        "sections": sections,
        "wording": wording,
        "EVERYTHING": EVERYTHING,
        "SLICE_METRICS": SLICE_METRICS,
        "TOOL_METRICS": TOOL_METRICS,
    }
    return environment


def _harmless(value: Any) -> Any:
    """Show what cannot be seen, in whatever is written into the page: control characters, and those that turn text."""
    if not isinstance(value, str) or hasattr(value, "__html__") or value.isprintable():
        return value
    return "".join(character if character == "\\" else wording.escaped(character) for character in value)


def _cut(utterance: str) -> str:
    return utterance if len(utterance) <= LONGEST else f"{utterance[:LONGEST]}… ({len(utterance):,} characters)"


def _beside(name: str) -> str:
    return importlib.resources.files(__package__).joinpath(name).read_text("utf-8")


def _content_policy(style: str, script: str) -> str:
    """Allow this style and this script, and nothing else: neither another's, nor any request."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    style_source, script_source = (f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; style-src {style_source}; script-src {script_source}; base-uri 'none'; form-action 'none'"
    )
