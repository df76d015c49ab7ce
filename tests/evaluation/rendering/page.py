"""A page as its parts, read with the standard parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

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
        return " ".join("".join(child if isinstance(child, str) else f" {child.text} " for child in self.children).split())

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
