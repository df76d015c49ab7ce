"""A page as its parts, read with the standard parser, and what must hold for every page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from router.evaluation import Report
from router.evaluation.changes import Changes
from router.evaluation.judging import GateResult
from router.evaluation.rendering.page import html_page

VOID = {"meta", "link", "br", "hr", "img", "input", "base"}


@dataclass
class Element:
    """An element and what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Every element of these tags below this one, in the order of the document; every one, if none is named."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child] if not tags or child.tag in tags else []
                found += child.all(*tags)
        return found

    def one(self, id: str) -> Element:  # noqa: A002
        """The element with this id."""
        (found,) = (each for each in self.all() if each.attributes.get("id") == id)
        return found

    @property
    def text(self) -> str:
        """All text in it, white space folded."""
        parts = (child if isinstance(child, str) else f" {child.text} " for child in self.children)
        return " ".join("".join(parts).split())

    @property
    def raw(self) -> str:
        """Its own text, as it is."""
        return "".join(child for child in self.children if isinstance(child, str))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(page: str) -> Element:
    """Read a page; every element must be closed in its place."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    assert builder.open == [builder.root], f"left open: {[each.tag for each in builder.open[1:]]}"
    return builder.root


def page(report: Report, gates: Sequence[GateResult] = (), changes: Changes | None = None) -> Element:
    """A report's page, after the checks that every page must pass."""
    text = html_page(report, gates, changes)
    root = parsed(text)
    assert_sound(root)
    assert_headings_in_order(root)
    assert_loads_nothing(text, root)
    return root


def assert_sound(root: Element) -> None:
    """Ids are unique, anchors and labels have what they point to, tables are labelled, and charts described."""
    elements = root.all()
    ids = [each.attributes["id"] for each in elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    for each in elements:
        for reference in ("aria-labelledby", "aria-describedby"):
            assert set(each.attributes.get(reference, "").split()) <= set(ids)
    anchors = root.all("a")
    assert {each.attributes["href"] for each in anchors} <= {f"#{each}" for each in ids}
    for table in root.all("table"):
        assert table.all("caption")[0].text
        assert all(each.attributes["scope"] in {"row", "col"} for each in table.all("th"))
        widths = {len(row.all("th", "td")) for row in table.all("tr")}
        assert len(widths) == 1, "every row has as many cells"
    for svg in root.all("svg"):
        described = svg.attributes.get("role") == "img" and svg.all("title") and svg.all("desc")
        assert described or svg.attributes.get("aria-hidden") == "true" or svg.attributes.keys() == {
            "x", "y", "width", "height",
        }, "a nested one only clips"  # fmt: skip


def assert_headings_in_order(root: Element) -> None:
    levels = [int(each.tag[1]) for each in root.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def assert_loads_nothing(text: str, root: Element) -> None:
    """Nothing is requested, and only our own style and script may do anything."""
    for each in root.all():
        assert each.tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video", "use"}
        assert not {"src", "srcset", "style", "action"}.intersection(each.attributes)
        assert not [name for name in each.attributes if name.startswith(("on", "xlink"))]
    (style,), (script,) = root.all("style"), root.all("script")
    assert "url(" not in style.raw
    assert "@import" not in style.raw
    (policy,) = (each for each in root.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy")
    digests = [base64.b64encode(hashlib.sha256(each.raw.encode()).digest()).decode() for each in (style, script)]
    assert policy.attributes["content"].split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digests[0]}'",
        f"script-src 'sha256-{digests[1]}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
